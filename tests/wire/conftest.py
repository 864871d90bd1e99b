# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the suite stands on: every row asked through every door, once for the whole run."""

from __future__ import annotations

from pathlib import Path

import ansible_fixtures
import pytest
from asked import Asked, asked
from tables import ROWS

collections = ansible_fixtures.collections


@pytest.fixture(scope="session")
def all_answers() -> dict[str, Asked | Exception]:
    """By the door. Kept here, since pytest would ask anew for each row: it counts parameters and does not compare."""
    return {}


@pytest.fixture
def answers(
    request: pytest.FixtureRequest,
    all_answers: dict[str, Asked | Exception],
    collections: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Asked:
    """Parametrised with the door, whose rows are all asked before the first is looked at."""
    door: str = request.param
    if door not in all_answers:
        rows = [row for row in ROWS if door in row.doors]
        try:
            all_answers[door] = asked(collections, tmp_path_factory.mktemp("wire"), door, rows)
        except Exception as error:  # told to every row, at once
            all_answers[door] = error
    answers = all_answers[door]
    if isinstance(answers, Exception):
        raise answers
    return answers
