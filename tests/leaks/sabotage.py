# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies of the collection under other names, of which one meets an error and one protects nothing.

The exception of C(broken.wso2), which nobody foresaw, holds each secret there is, in its text and in that of its cause.
"""

from __future__ import annotations

import shutil
from pathlib import Path

BROKEN_PLUGIN = "broken.wso2.wso2_password_token"
LEAKING_PLUGIN = "leaking.wso2.wso2_password_token"

_BROKEN_ENDPOINT = """

def _broken(request, form, **everything):
    try:
        raise KeyError(f"{form} {everything}")
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
    """Put C(broken.wso2) beside the collection that is installed in COLLECTIONS."""
    _Copy(collections, "broken").replace("def _request", "module_utils/_token_endpoint.py", _BROKEN_ENDPOINT)


def add_leaking_copy(collections: Path) -> None:
    """Put C(leaking.wso2) there."""
    copy = _Copy(collections, "leaking")
    copy.replace("class TaskProtection", "plugin_utils/_task_protection.py", _NO_PROTECTION)
    copy.replace("def register_secrets", "module_utils/_secrets_api.py", _NO_MASKING)


class _Copy:
    """The collection again, with NAMESPACE instead of apiops."""

    def __init__(self, collections: Path, namespace: str) -> None:
        root = collections / "ansible_collections"
        self._path = root / namespace / "wso2"
        shutil.copytree(root / "apiops" / "wso2", self._path)
        for path in [*self._path.glob("plugins/**/*.py"), *self._path.glob("meta/*.yml")]:
            path.write_text(path.read_text("utf-8").replace("apiops.wso2", f"{namespace}.wso2"), "utf-8")

    def replace(self, definition: str, module: str, source: str) -> None:
        """Append SOURCE to MODULE, which replaces what DEFINITION defines there."""
        path = self._path / "plugins" / module
        before = path.read_text("utf-8")
        assert f"\n{definition}" in before, f"{module} has no {definition} to be replaced"
        path.write_text(before + source, "utf-8")
