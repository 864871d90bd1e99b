# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is measured against what: the ways to a token that playbooks know, and what ansible-core costs without any."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playbook import Ansible, Run
from plugins.lookup.naive_token import LookupModule
from wso2 import Wso2

PLUGINS = Path(__file__).resolve().parent / "plugins" / "lookup"
MODULE = "apiops.wso2.wso2_password_token"
# A task whose request the managed node sends.
ON_MANAGED_NODE = {"vars": {"wso2_request_from": "managed_node"}}
MAX_SECONDS_OF_LATENCY = 0.05


@dataclass(frozen=True)
class Contestant:
    """tasks: of the play that is measured. is_warm: the run finds the token that an earlier one has stored.

    asks_once: whether more than one token request would be a fault of ours.
    floor: the name of the one that does the same without a token; the first one of its slice if empty.
    """

    name: str
    tasks: Sequence[Mapping[str, Any]]
    hosts: int = 1
    forks: int = 5
    variables: Mapping[str, Any] = field(default_factory=dict)
    is_warm: bool = False
    has_latency: bool = False
    asks_once: bool = False
    floor: str = ""


@dataclass(frozen=True)
class Stage:
    """Where contestants run: the installed collection, the simulated WSO2, and a Redis for those that want one."""

    ansible: Ansible
    wso2: Wso2
    redis_url: str

    def variables(self) -> dict[str, Any]:
        return {**self.wso2.demo_variables, "page_url": self.wso2.base_url}

    def prepare(self, contestant: Contestant) -> None:
        """Bring the server and, for a warm contestant, the store to where the measured run begins."""
        self.wso2.reset()
        if contestant.is_warm:
            task = {MODULE: {"force": True}}
            run = self.ansible.play([task], variables={**self.variables(), **contestant.variables}, verbosity=0)
            if run.returncode != 0:
                raise RuntimeError(run.stdout + run.stderr)
            # What filled the store is no part of what is measured.
            self.wso2.forget_journal()
        if contestant.has_latency:
            times = contestant.hosts * 10
            self.wso2.queue_fault("slow", delay=MAX_SECONDS_OF_LATENCY, times=times, path="*", processed=True)

    def play(self, contestant: Contestant) -> Run:
        return self.ansible.play(
            contestant.tasks,
            variables={**self.variables(), **contestant.variables},
            hosts=[f"host{number}" for number in range(contestant.hosts)],
            arguments=["--forks", str(contestant.forks)],
            # As an installed ansible-core has it, with the byte code of its own plugins at hand.
            environment={"ANSIBLE_LOOKUP_PLUGINS": str(PLUGINS), "PYTHONDONTWRITEBYTECODE": ""},
            verbosity=0,
        )

    def requests(self) -> int:
        return len(self.wso2.token_requests())

    def server_seconds(self) -> float:
        """The median of what a grant takes that asks over a new connection and has all loaded."""
        given = self.wso2.demo_variables
        options = {name: given[f"wso2_{name}"] for name in ("username", "password", "ca_path")}
        options.update(
            url=given["wso2_token_url"], key=given["wso2_consumer_key"], secret=given["wso2_consumer_secret"]
        )
        seconds = []
        for _turn in range(20):
            started = time.perf_counter()
            LookupModule().run([], **options)
            seconds.append(time.perf_counter() - started)
        return statistics.median(seconds)


OURS = f"lookup('{MODULE}')"
FLOOR = "lookup('ansible.builtin.env', 'HOME')"
URL = "lookup('ansible.builtin.url', page_url, ca_path=wso2_ca_path, split_lines=False)"
NAIVE = (
    "lookup('naive_token', url=wso2_token_url, username=wso2_username, password=wso2_password,"
    " key=wso2_consumer_key, secret=wso2_consumer_secret, ca_path=wso2_ca_path)"
)

URI_GRANT: dict[str, Any] = {
    "ansible.builtin.uri": {
        "url": "{{ wso2_token_url }}",
        "method": "POST",
        "body_format": "form-urlencoded",
        "body": {"grant_type": "password", "username": "{{ wso2_username }}", "password": "{{ wso2_password }}"},
        "url_username": "{{ wso2_consumer_key }}",
        "url_password": "{{ wso2_consumer_secret }}",
        "force_basic_auth": True,
        "ca_path": "{{ wso2_ca_path }}",
    },
    "register": "answer",
    "no_log": True,
}
URI_FACT = {"ansible.builtin.set_fact": {"token": "{{ answer.json.access_token }}"}, "run_once": True, "no_log": True}


def mentioned(lookup: str, mentions: int = 1) -> list[Mapping[str, Any]]:
    """A task that mentions LOOKUP so often, and does nothing else."""
    # One template, for each takes ansible-core longer than a mention in it.
    return [{"ansible.builtin.assert": {"that": " and ".join([f"{lookup} | length > 0"] * mentions), "quiet": True}}]


def once(task: Mapping[str, Any]) -> dict[str, Any]:
    """TASK, for one host of the play alone."""
    return {**task, "run_once": True}


def lookups(stage: Stage, directory: Path, *, hosts: int) -> list[Contestant]:
    """The ways to a token inside a template, the floor first.

    The store of a run is warm only after a grant in it. So is what a task loads for the workers that follow. What comes
    before is in the floor of these contestants, too.
    """
    kept = {"wso2_token_store": str(directory / "tokens")}
    shared = {"wso2_token_store": stage.redis_url}
    granted, task = once(mentioned(OURS)[0]), once({MODULE: {}})
    return [
        Contestant("env (floor)", mentioned(FLOOR), hosts),
        Contestant("ours, cold", mentioned(OURS), hosts, asks_once=True),
        Contestant("env, after a lookup", [granted, *mentioned(FLOOR)], hosts, asks_once=True),
        Contestant("ours, warm run", [granted, *mentioned(OURS)], hosts, asks_once=True, floor="env, after a lookup"),
        Contestant("env, after a task", [task, *mentioned(FLOOR)], hosts, asks_once=True),
        Contestant("ours, after a task", [task, *mentioned(OURS)], hosts, asks_once=True, floor="env, after a task"),
        Contestant("ours, warm directory", mentioned(OURS), hosts, variables=kept, is_warm=True, asks_once=True),
        Contestant("ours, warm Redis", mentioned(OURS), hosts, variables=shared, is_warm=True, asks_once=True),
        Contestant("uri once, set_fact", [once(URI_GRANT), URI_FACT, *mentioned("token")], hosts),
        Contestant("url lookup (a page)", mentioned(URL), hosts),
        Contestant("naive requests lookup", mentioned(NAIVE), hosts),
    ]


def grants_of_each_host(*, hosts: int) -> list[Contestant]:
    """A grant for each host, as recipes have it, beside ours."""
    return [
        Contestant("env (floor)", mentioned(FLOOR), hosts),
        Contestant("ours, cold", mentioned(OURS), hosts, asks_once=True),
        Contestant("uri grant per host", [URI_GRANT], hosts),
    ]


def slow_server(stage: Stage, *, hosts: int) -> list[Contestant]:
    """The same where the server is 50 ms away, with TLS and without."""
    found = [Contestant("env (floor)", mentioned(FLOOR), hosts)]
    plain = {"wso2_token_url": f"{stage.wso2.http_url}/oauth2/token", "page_url": stage.wso2.http_url}
    for suffix, variables in (("", {}), (", plain", plain)):
        far = {"hosts": hosts, "variables": variables, "has_latency": True}
        found += [
            Contestant(f"ours, cold{suffix}", mentioned(OURS), asks_once=True, **far),
            Contestant(f"url lookup (a page){suffix}", mentioned(URL), **far),
            Contestant(f"naive requests lookup{suffix}", mentioned(NAIVE), **far),
        ]
    return found


def growth(unit: str, numbers: Sequence[int]) -> list[Contestant]:
    """The floor and ours, as the NUMBERS of C(hosts), C(mentions) or C(forks) grow."""
    found = []
    for number in numbers:
        sizes = {"hosts": 200, "mentions": 1, "forks": 5, unit: number}
        hosts, mentions, forks = sizes["hosts"], sizes["mentions"], sizes["forks"]
        floor = f"env, {number} {unit}"
        found += [
            Contestant(floor, mentioned(FLOOR, mentions), hosts, forks, floor=floor),
            Contestant(f"ours, {number} {unit}", mentioned(OURS, mentions), hosts, forks, asks_once=True, floor=floor),
        ]
    return found


def tasks(*, count: int) -> list[Contestant]:
    """The same task COUNT times on one host; what one costs is the difference to none."""
    ping: dict[str, Any] = {"ansible.builtin.ping": {}}
    cold: dict[str, Any] = {MODULE: {"token_store": "none"}}
    warm: dict[str, Any] = {MODULE: {}}
    return [
        Contestant("no task", []),
        Contestant("debug", [{"ansible.builtin.debug": {"msg": "x"}}] * count),
        Contestant("ping", [ping] * count),
        Contestant("uri grant", [URI_GRANT] * count),
        Contestant("ours, cold, here", [cold] * count),
        Contestant("ours, warm, here", [warm] * count, asks_once=True),
        Contestant("ours, cold, shipped", [{**cold, **ON_MANAGED_NODE}] * count),
        Contestant("ours, warm, shipped", [{**warm, **ON_MANAGED_NODE}] * count, asks_once=True),
    ]
