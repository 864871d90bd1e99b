# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README names the file of each scenario, and each file."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENTRY_POINTS = {"__init__.py", "__main__.py"}


def test_the_table_of_scenarios_and_the_files_agree() -> None:
    table = (HERE / "README.md").read_text("utf-8").partition("## Where to find a scenario")[2]
    named = set(re.findall(r"`(\w+\.py)`", table.partition("\n## ")[0]))
    assert named == {path.name for path in (HERE / "wso2_simulator").glob("*.py")} - ENTRY_POINTS
