# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every scenario in every form, read on every channel: no secret is anywhere, and each failure is explained."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from channels import IS_WHOLE, Channels, Examined, examine
from forms import TASKS, Form, lookups, play, title
from playbook import Ansible
from scenario_inventory import write_inventory
from scenarios import Scenario, World
from secret_search import compact

RUNS = (
    Channels("default, -vvvvv, on the control node", 5, is_complete=True),
    Channels("default, -vvvvv, shipped", 5, places=("ssh",), is_complete=True),
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
# A run that is not complete has every third scenario in each form, another third in the next form.
THIRDS = 3
# Shipping takes its time.
QUICK_WHEN_SHIPPED = ("ignored", "looped over secrets", "retried", "rescued", "fatal")


@dataclass(frozen=True)
class Played:
    """One or two plays of the same form and place, the second for the collection that fails."""

    form: Form
    place: str
    scenarios: tuple[Scenario, ...]

    def plays(self) -> list[dict[str, Any]]:
        """As they stand in the playbook."""
        plays = []
        for is_broken in (False, True):
            hosts = [scenario.host for scenario in self.scenarios if scenario.is_broken == is_broken]
            if hosts:
                plays.append(play(self.form, self.place, hosts, is_broken=is_broken))
        return plays

    def expected_words(self) -> Counter[str]:
        """What must be read, and how often."""
        if self.form.is_silent:
            return Counter()
        if self.form.refuses_all:
            return Counter({"async": len(self.scenarios)})
        return Counter(words for each in self.scenarios for words in each.expected(lookup=self.form.is_lookup))


@dataclass(frozen=True)
class Matrix:
    """One run with all that was played in it."""

    channels: Channels
    played: tuple[Played, ...]
    examined: Examined
    world: World


def run_matrix(ansible: Ansible, servers: World, channels: Channels) -> Matrix:
    """Write inventory and playbook, and run them."""
    inputs, kept = ansible.scratch / "inputs", ansible.scratch / "kept"
    inputs.mkdir()
    kept.mkdir()
    forms = [
        (form, place)
        for place in channels.places
        for form in TASKS
        if IS_WHOLE or place == "control node" or form.name in QUICK_WHEN_SHIPPED
    ]
    if "control node" in channels.places:
        forms += [(form, "control node") for form in lookups(kept)]
    # The fatal ones take their hosts out of the rest.
    forms.sort(key=lambda entry: entry[0].name == "fatal")
    played = tuple(
        Played(form, place, _scenarios(servers, number, channels)) for number, (form, place) in enumerate(forms)
    )
    plays = [each for entry in played for each in entry.plays()]
    (inputs / "playbook.yml").write_text(yaml.safe_dump(plays, sort_keys=False, width=1000), "utf-8")
    given = [str(inputs / "playbook.yml"), "-i", str(write_inventory(inputs, servers.scenarios))]
    return Matrix(channels, played, examine(ansible, "ansible-playbook", given, channels), servers)


def _scenarios(servers: World, number: int, channels: Channels) -> tuple[Scenario, ...]:
    if IS_WHOLE and channels.is_complete:
        return servers.scenarios
    return servers.scenarios[number % THIRDS :: THIRDS]


def _param(run: Channels, *marks: pytest.MarkDecorator) -> Any:
    # One worker takes all that is asked of a run, lest each play it for itself.
    return pytest.param(run, marks=(pytest.mark.xdist_group(run.name), *marks), id=run.name)


@pytest.fixture(
    scope="module",
    params=[*map(_param, RUNS), *(_param(run, pytest.mark.whole) for run in MORE_RUNS)],
)
def matrix(
    request: pytest.FixtureRequest, collections: Path, servers: World, tmp_path_factory: pytest.TempPathFactory
) -> Matrix:
    ansible = Ansible(collections, tmp_path_factory.mktemp("matrix"))
    return run_matrix(ansible, servers, request.param)


def test_no_secret_is_anywhere(matrix: Matrix) -> None:
    assert matrix.examined.leaks(matrix.world.secrets()) == {}


def test_every_channel_was_open(matrix: Matrix) -> None:
    names = matrix.examined.channels
    for channel in ("stdout", "log", "process arguments", "channel-spy"):
        assert len(names[channel]) > 1000, channel
    for directory in ("channel-junit", "channel-tree"):
        assert any(name.startswith(f"{directory}/") for name in names), directory


def test_each_failure_is_explained(matrix: Matrix) -> None:
    """On the screen, with nothing set for it, in every form that has such a failure."""
    if not matrix.channels.tells_plays:
        pytest.skip("these channels do not tell which play a text belongs to")
    missing = []
    for entry in matrix.played:
        name = title(entry.form, entry.place)
        said = matrix.examined.said_in(name)
        for words, times in entry.expected_words().items():
            found = said.count(compact(words))
            if found < times:
                missing.append(f"{name}: {words} ({found} of {times})")
    assert "\n".join(missing) == ""
