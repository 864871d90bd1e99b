# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ad hoc: C(ansible -m), on every scenario at once."""

from __future__ import annotations

import json

import pytest
import sabotage
from channels import Channels, Examined, examine
from forms import PLUGIN, arguments
from playbook import Ansible
from scenario_inventory import write_inventory
from scenarios import World
from secret_search import compact

RUNS = (
    Channels("-vvvvv", 5),
    pytest.param(Channels("-v", 1), marks=pytest.mark.whole),
    pytest.param(Channels("one line", 3, arguments=("-o",)), marks=pytest.mark.whole),
    pytest.param(Channels("tree", 3, arguments=("-t", "channel-ad-hoc")), marks=pytest.mark.whole),
    pytest.param(Channels("ANSIBLE_DEBUG", 3, {"ANSIBLE_DEBUG": "1"}), marks=pytest.mark.whole),
    pytest.param(Channels("kept files", 3, {"ANSIBLE_KEEP_REMOTE_FILES": "1"}), marks=pytest.mark.whole),
)


@pytest.mark.parametrize("channels", RUNS, ids=lambda channels: channels.name)
def test_ad_hoc(ansible: Ansible, servers: World, channels: Channels) -> None:
    examined = _run(ansible, servers, channels, "all:!broken", PLUGIN, json.dumps(arguments()))
    assert examined.leaks(servers.secrets()) == {}
    said = compact(examined.run.stdout + examined.run.stderr)
    for scenario in servers.scenarios:
        for words in scenario.words if not scenario.is_broken else ():
            assert compact(words) in said, scenario.host


def test_an_error_that_nobody_foresaw(ansible: Ansible, servers: World) -> None:
    examined = _run(ansible, servers, Channels("-vvvvv", 5), "broken", sabotage.BROKEN_PLUGIN, json.dumps(arguments()))
    assert examined.leaks(servers.secrets()) == {}
    assert compact("Unexpected RuntimeError at _token_endpoint.py") in compact(examined.run.stdout)


def test_a_literal_secret_is_not_quoted(ansible: Ansible, servers: World) -> None:
    """It stands in the process list and in the history of the shell, though: the one who types it puts it there."""
    (scenario,) = (each for each in servers.scenarios if each.host == "wrong-password")
    examined = _run(ansible, servers, Channels("-vvvvv", 5), scenario.host, PLUGIN, json.dumps(scenario.options))
    leaks = examined.leaks(servers.secrets())
    assert set(leaks.pop("process arguments")) >= {scenario.options["password"]}
    assert leaks == {}
    assert compact(scenario.words[0]) in compact(examined.run.stdout)


def _run(ansible: Ansible, servers: World, channels: Channels, hosts: str, plugin: str, given: str) -> Examined:
    inputs = ansible.scratch / "inputs"
    inputs.mkdir()
    inventory = write_inventory(inputs, servers.scenarios)
    command = [hosts, "-i", str(inventory), "-m", plugin, "-a", given, *channels.arguments]
    return examine(ansible, "ansible", command, channels)
