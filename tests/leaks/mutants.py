# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mutants: copies of the collection under other names. One raises an unexpected error, one protects no secrets.

The exception of C(broken.wso2) contains all secrets of the request, in its own text and in the text of its cause.
"""

from __future__ import annotations

import shutil
from pathlib import Path

BROKEN_PLUGIN = "broken.wso2.wso2_password_token"
BROKEN_APPLICATION_PLUGIN = "broken.wso2.wso2_application_token"
LEAKING_PLUGIN = "leaking.wso2.wso2_password_token"

_BROKEN_ENDPOINT = """

def _broken(request, form, **options):
    try:
        raise KeyError(f"{form} {options}")
    except KeyError as error:
        raise RuntimeError(f"{form} {request.password} {request.consumer_secret}", request.secrets()) from error


_request = _broken
"""

_NO_PROTECTION = """

class _Unprotected(TaskProtection):
    def __init__(self, task, options):
        self._task = task
        self._is_censored_by_user = False
        self.arguments = dict(task.args)
        self.failure_seen = 0.0

    @classmethod
    def of(cls, task, options):
        return cls(task, options)

    def censor(self, result):
        pass

    def show(self, result, task_vars, secrets):
        return True


TaskProtection = _Unprotected
"""


_NO_MASKING = """

def register_secrets(*values):
    pass
"""


def add_broken_copy(collections: Path) -> None:
    """Add C(broken.wso2) to the directory COLLECTIONS with the installed collection."""
    _Mutant(collections, "broken").replace("def _request", "module_utils/_token_endpoint.py", _BROKEN_ENDPOINT)


def add_leaking_copy(collections: Path) -> None:
    """Add C(leaking.wso2) to the directory COLLECTIONS."""
    mutant = _Mutant(collections, "leaking")
    mutant.replace("class TaskProtection", "plugin_utils/_task_protection.py", _NO_PROTECTION)
    mutant.replace("def register_secrets", "module_utils/_secrets_api.py", _NO_MASKING)


class _Mutant:
    """A copy of the collection with the namespace NAMESPACE instead of apiops."""

    def __init__(self, collections: Path, namespace: str) -> None:
        root = collections / "ansible_collections"
        self._path = root / namespace / "wso2"
        shutil.copytree(root / "apiops" / "wso2", self._path)
        for path in [*self._path.glob("plugins/**/*.py"), *self._path.glob("meta/*.yml")]:
            path.write_text(path.read_text("utf-8").replace("apiops.wso2", f"{namespace}.wso2"), "utf-8")

    def replace(self, definition: str, module: str, source: str) -> None:
        """Append SOURCE to MODULE, so that it overrides DEFINITION there."""
        path = self._path / "plugins" / module
        text = path.read_text("utf-8")
        assert f"\n{definition}" in text, f"{module} has no {definition} to override"
        path.write_text(text + source, "utf-8")
