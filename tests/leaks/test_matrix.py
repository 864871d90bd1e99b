# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every scenario in every form: no output channel contains a secret, and each failure is explained."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from channels import IS_WHOLE, Channels, RecordedRun, record_run
from forms import TASKS, Form, lookups, play, title
from playbook import Ansible
from scenario_inventory import write_inventory
from scenarios import Scenario, ScenarioServers
from secret_search import compact

RUNS = (
    Channels("default, -vvvvv, control node", 5, is_complete=True),
    Channels("default, -vvvvv, managed node", 5, targets=("ssh",), is_complete=True),
)
MORE_RUNS = (
    Channels("default, -v", 1),
    Channels("YAML, -vvv", 3, {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}, ("control node", "managed node")),
    Channels(
        "minimal, -vvvvv", 5, {"ANSIBLE_STDOUT_CALLBACK": "minimal", "ANSIBLE_PIPELINING": "1"}, ("control node", "ssh")
    ),
    Channels("oneline, -vvv", 3, {"ANSIBLE_STDOUT_CALLBACK": "oneline"}),
    Channels("strategy free, -vvvvv", 5, {"ANSIBLE_STRATEGY": "free"}),
    Channels("ANSIBLE_DEBUG", 5, {"ANSIBLE_DEBUG": "1"}),
    Channels("ANSIBLE_KEEP_REMOTE_FILES", 5, {"ANSIBLE_KEEP_REMOTE_FILES": "1"}),
)
# A run that is not complete has a third of the scenarios in each form, and another third in the next form.
THIRDS = 3
# Executing a module on a managed node takes long.
FORMS_ON_MANAGED_NODE = ("ignored", "looped over secrets", "retried", "rescued", "fatal")


@dataclass(frozen=True)
class PlayGroup:
    """The plays with the same form and target, one for each plugin that the scenarios use."""

    form: Form
    target: str
    scenarios: tuple[Scenario, ...]

    def plays(self) -> list[dict[str, Any]]:
        """The plays of the playbook."""
        plugins = dict.fromkeys(scenario.plugin for scenario in self.scenarios)
        hosts = {plugin: [each.host for each in self.scenarios if each.plugin == plugin] for plugin in plugins}
        return [play(self.form, self.target, hosts[plugin], plugin) for plugin in plugins]

    def expected_words(self) -> Counter[str]:
        """The words that the log must contain, and how often."""
        if self.form.is_censored:
            return Counter()
        if self.form.is_rejected:
            return Counter({"async": len(self.scenarios)})
        return Counter(words for each in self.scenarios for words in each.expected(lookup=self.form.is_lookup))


@dataclass(frozen=True)
class Matrix:
    """One run with its plays."""

    channels: Channels
    pairs: tuple[PlayGroup, ...]
    recorded: RecordedRun
    servers: ScenarioServers


def run_matrix(ansible: Ansible, servers: ScenarioServers, channels: Channels) -> Matrix:
    """Write inventory and playbook, and run them."""
    inputs, rendered = ansible.scratch / "inputs", ansible.scratch / "rendered"
    inputs.mkdir()
    rendered.mkdir()
    forms = [
        (form, target)
        for target in channels.targets
        for form in TASKS
        if IS_WHOLE or target == "control node" or form.name in FORMS_ON_MANAGED_NODE
    ]
    if "control node" in channels.targets:
        forms += [(form, "control node") for form in lookups(rendered)]
    # Last, because their hosts do not run any further play.
    forms.sort(key=lambda entry: entry[0].name == "fatal")
    pairs = tuple(
        PlayGroup(form, target, _scenarios(servers, number, channels)) for number, (form, target) in enumerate(forms)
    )
    plays = [play for pair in pairs for play in pair.plays()]
    (inputs / "playbook.yml").write_text(yaml.safe_dump(plays, sort_keys=False, width=1000), "utf-8")
    arguments = [str(inputs / "playbook.yml"), "-i", str(write_inventory(inputs, servers.scenarios))]
    return Matrix(channels, pairs, record_run(ansible, "ansible-playbook", arguments, channels), servers)


def _scenarios(servers: ScenarioServers, number: int, channels: Channels) -> tuple[Scenario, ...]:
    if IS_WHOLE and channels.is_complete:
        return servers.scenarios
    return servers.scenarios[number % THIRDS :: THIRDS]


def _param(run: Channels, *marks: pytest.MarkDecorator) -> Any:
    # One worker runs all tests of a run, because each worker would play it again.
    return pytest.param(run, marks=(pytest.mark.xdist_group(run.name), *marks), id=run.name)


@pytest.fixture(
    scope="module",
    params=[*map(_param, RUNS), *(_param(run, pytest.mark.whole) for run in MORE_RUNS)],
)
def matrix(
    request: pytest.FixtureRequest,
    collections: Path,
    servers: ScenarioServers,
    tmp_path_factory: pytest.TempPathFactory,
) -> Matrix:
    ansible = Ansible(collections, tmp_path_factory.mktemp("matrix"))
    return run_matrix(ansible, servers, request.param)


def test_no_channel_contains_a_secret(matrix: Matrix) -> None:
    assert matrix.recorded.leaks(matrix.servers.secrets()) == {}


def test_every_channel_was_recorded(matrix: Matrix) -> None:
    names = matrix.recorded.channels
    for channel in ("stdout", "log", "process arguments", "channel-recorder"):
        assert len(names[channel]) > 1000, channel
    for directory in ("channel-junit", "channel-tree"):
        assert any(name.startswith(f"{directory}/") for name in names), directory


def test_each_failure_is_explained(matrix: Matrix) -> None:
    """The log contains the explanation in every form that has such a failure, without any setting."""
    if not matrix.channels.separates_plays:
        pytest.skip("these channels do not show to which play a text belongs")
    missing = []
    for pair in matrix.pairs:
        name = title(pair.form, pair.target)
        log = matrix.recorded.log_of_play(name)
        for words, times in pair.expected_words().items():
            found = log.count(compact(words))
            if found < times:
                missing.append(f"{name}: {words} ({found} of {times})")
    assert "\n".join(missing) == ""
