# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ad hoc commands, C(ansible -m), for all scenarios in one run."""

from __future__ import annotations

import json

import pytest
from channels import Channels, RecordedRun, record_run
from forms import APPLICATION_PLUGIN, PLUGIN, arguments
from playbook import Ansible
from scenario_inventory import write_inventory
from scenarios import ScenarioServers
from secret_search import compact

RUNS = (
    Channels("-vvvvv", 5),
    pytest.param(Channels("-v", 1), marks=pytest.mark.whole),
    pytest.param(Channels("one line", 3, arguments=("-o",)), marks=pytest.mark.whole),
    pytest.param(Channels("tree", 3, arguments=("-t", "channel-ad-hoc")), marks=pytest.mark.whole),
    pytest.param(Channels("ANSIBLE_DEBUG", 3, {"ANSIBLE_DEBUG": "1"}), marks=pytest.mark.whole),
    pytest.param(Channels("kept files", 3, {"ANSIBLE_KEEP_REMOTE_FILES": "1"}), marks=pytest.mark.whole),
)


@pytest.mark.parametrize("plugin", [PLUGIN, APPLICATION_PLUGIN])
@pytest.mark.parametrize("channels", RUNS, ids=lambda channels: channels.name)
def test_ad_hoc(ansible: Ansible, servers: ScenarioServers, channels: Channels, plugin: str) -> None:
    scenarios = [scenario for scenario in servers.scenarios if scenario.plugin == plugin]
    hosts = ",".join(scenario.host for scenario in scenarios)
    recorded = _run(ansible, servers, channels, hosts, plugin, json.dumps(arguments()))
    assert recorded.leaks(servers.secrets()) == {}
    output = compact(recorded.run.stdout + recorded.run.stderr)
    for scenario in scenarios:
        for words in scenario.words:
            assert compact(words) in output, scenario.host


@pytest.mark.parametrize("host", ["broken", "broken-application"])
def test_an_unexpected_error(ansible: Ansible, servers: ScenarioServers, host: str) -> None:
    (plugin,) = (scenario.plugin for scenario in servers.scenarios if scenario.host == host)
    recorded = _run(ansible, servers, Channels("-vvvvv", 5), host, plugin, json.dumps(arguments()))
    assert recorded.leaks(servers.secrets()) == {}
    assert compact("Unexpected RuntimeError at _token_endpoint.py") in compact(recorded.run.stdout)


def test_a_literal_secret_is_not_repeated(ansible: Ansible, servers: ScenarioServers) -> None:
    """The command line itself contains it, so it is in the process list and in the shell history."""
    (scenario,) = (each for each in servers.scenarios if each.host == "wrong-password")
    recorded = _run(ansible, servers, Channels("-vvvvv", 5), scenario.host, PLUGIN, json.dumps(scenario.options))
    leaks = recorded.leaks(servers.secrets())
    assert set(leaks.pop("process arguments")) >= {scenario.options["password"]}
    assert leaks == {}
    assert compact(scenario.words[0]) in compact(recorded.run.stdout)


def _run(
    ansible: Ansible, servers: ScenarioServers, channels: Channels, hosts: str, plugin: str, options: str
) -> RecordedRun:
    inputs = ansible.scratch / "inputs"
    inputs.mkdir()
    inventory = write_inventory(inputs, servers.scenarios)
    command = [hosts, "-i", str(inventory), "-m", plugin, "-a", options, *channels.arguments]
    return record_run(ansible, "ansible", command, channels)
