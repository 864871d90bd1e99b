# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of all tests that run playbooks. A conftest imports those that its tests need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from installed_collection import install
from playbook import Ansible
from wso2 import Wso2, running_wso2


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that holds the collection, installed from the built artifact."""
    return install(tmp_path_factory.mktemp("collections"))


@pytest.fixture
def ansible(collections: Path, tmp_path: Path) -> Ansible:
    """Runs playbooks in the test's own directory."""
    return Ansible(collections, tmp_path)


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wso2]:
    with running_wso2(tmp_path_factory.mktemp("wso2")) as running:
        yield running


@pytest.fixture
def wso2(running_simulator: Wso2) -> Wso2:
    """The simulator of the test session, reset to its initial state."""
    running_simulator.reset()
    return running_simulator
