# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory. Each host is a scenario."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from scenarios import Scenario

# Options that the lookup does not have.
TASK_ONLY_OPTIONS = ("refresh_token", "state", "fact_name")


def write_inventory(directory: Path, scenarios: Iterable[Scenario]) -> Path:
    """Write the inventory, with the options of each scenario as variables of its host."""
    hosts = {scenario.host: _variables(scenario) for scenario in scenarios}
    content: dict[str, Any] = {"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}
    path = directory / "inventory.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return path


def _variables(scenario: Scenario) -> dict[str, Any]:
    options = dict(scenario.options)
    return {
        "task_options": options,
        "lookup_options": {name: value for name, value in options.items() if name not in TASK_ONLY_OPTIONS},
    }
