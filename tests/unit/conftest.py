# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the collection importable where ansible-test has not done so, and keeps the environment out of the tests."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

try:
    importlib.import_module("ansible_collections.apiops.wso2")
except ImportError:
    # Without ansible-test the harness is on the path, as pyproject.toml says.
    importlib.import_module("importable_checkout")

from ansible_collections.apiops.wso2.plugins.module_utils import _secrets_api
from ansible_collections.apiops.wso2.tests.unit.bare_environment import take_away_what_is_heeded
from ansible_collections.apiops.wso2.tests.unit.token_server import TokenServer


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    take_away_what_is_heeded(monkeypatch)


@pytest.fixture(autouse=True)
def run_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test the temporary directory of a new run, so that no test finds the tokens of another."""
    try:
        constants = importlib.import_module("ansible.constants")
    except ImportError:
        return  # ansible-test hides the controller's part from the tests of what runs on managed nodes
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "ansible-local"))


@pytest.fixture
def told_to_mask(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the ansible-core at hand is told to mask, or would be if it had a Secrets API."""
    texts: list[str] = []
    monkeypatch.setattr(_secrets_api, "HAS_SECRETS_API", True)
    monkeypatch.setattr(_secrets_api, "register_secrets", texts.extend, raising=False)
    return texts


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as running:
        yield running
