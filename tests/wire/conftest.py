# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the wire tests: all rows of an entry point are called before the first is checked."""

from __future__ import annotations

from pathlib import Path

import ansible_fixtures
import pytest
from run_rows import Results, run_rows
from tables import selected_rows

collections = ansible_fixtures.collections


@pytest.fixture(scope="session")
def all_results() -> dict[str, Results | Exception]:
    """The results by entry point. pytest would run a parametrized session fixture again for each row."""
    return {}


@pytest.fixture
def results(
    request: pytest.FixtureRequest,
    all_results: dict[str, Results | Exception],
    collections: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Results:
    """The results of the entry point that is the parameter."""
    entry_point: str = request.param
    if entry_point not in all_results:
        rows = selected_rows(entry_point)
        try:
            all_results[entry_point] = run_rows(collections, tmp_path_factory.mktemp("wire"), entry_point, rows)
        except Exception as error:  # raised for every row, without another run
            all_results[entry_point] = error
    found = all_results[entry_point]
    if isinstance(found, Exception):
        raise found
    return found
