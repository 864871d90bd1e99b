# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the leak tests.

C(APIOPS_LEAKS) in the environment selects C(whole), the whole matrix, or C(release), less than by default.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ansible_fixtures
import pytest
from channels import IS_WHOLE
from installed_collection import install
from mutants import add_broken_copy, add_leaking_copy
from scenarios import ScenarioServers, start_servers

ansible = ansible_fixtures.ansible


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the long tests, which C(make leaks) runs."""
    for item in items:
        if item.get_closest_marker("whole") and not IS_WHOLE:
            item.add_marker(pytest.mark.skip(reason="part of the whole matrix, which make leaks runs"))


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with the installed collection and the mutants."""
    path = install(tmp_path_factory.mktemp("collections"))
    add_broken_copy(path)
    add_leaking_copy(path)
    return path


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScenarioServers]:
    with start_servers(tmp_path_factory.mktemp("servers")) as running:
        yield running
