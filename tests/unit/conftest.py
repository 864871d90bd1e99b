# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the collection importable without ansible-test, and isolates each test from the environment and other tests."""

from __future__ import annotations

import importlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

try:
    importlib.import_module("ansible_collections.apiops.wso2")
except ImportError:
    # Without ansible-test, pyproject.toml adds the directory of this module to the path.
    importlib.import_module("importable_checkout")

from ansible_collections.apiops.wso2.plugins.module_utils import _secrets_api
from ansible_collections.apiops.wso2.tests.unit.clean_environment import remove_variables
from ansible_collections.apiops.wso2.tests.unit.token_server import TokenServer


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    remove_variables(monkeypatch)


@pytest.fixture(autouse=True)
def separate_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test the temporary directory of a new run, so that no test finds the tokens of another one."""
    try:
        constants = importlib.import_module("ansible.constants")
    except ImportError:
        return  # ansible-test hides the control node's part from the tests of what runs on managed nodes
    (tmp_path / "ansible-local").mkdir(mode=0o700)
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "ansible-local"))
    monkeypatch.setattr(constants, "CONFIG_FILE", None)


@pytest.fixture
def registered_secrets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are registered with ansible-core, also where this release has no Secrets API."""
    texts: list[str] = []
    monkeypatch.setattr(_secrets_api, "HAS_SECRETS_API", True)
    monkeypatch.setattr(_secrets_api, "_register", texts.extend, raising=False)
    return texts


@pytest.fixture
def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as running:
        yield running
