# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory in which each host is a scenario."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from scenarios import Scenario

# What the lookup does not know.
OPTIONS_OF_TASKS = ("refresh_token", "state", "fact_name")


def write_inventory(directory: Path, scenarios: Iterable[Scenario]) -> Path:
    """Write it, with the options of each scenario as variables of its host."""
    hosts = {scenario.host: _variables(scenario) for scenario in scenarios}
    content: dict[str, Any] = {"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}
    path = directory / "inventory.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return path


def _variables(scenario: Scenario) -> dict[str, Any]:
    asked = dict(scenario.options)
    return {
        "asked": asked,
        "asked_by_lookup": {name: value for name, value in asked.items() if name not in OPTIONS_OF_TASKS},
    }
