# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmark cases: ways to get a token in a playbook, and baselines without a token."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playbook import Ansible, Run
from plugins.lookup.naive_token import LookupModule
from targets import LOCAL_SSH
from wso2 import Wso2

PLUGINS = Path(__file__).resolve().parent / "plugins" / "lookup"
MODULE = "apiops.wso2.wso2_password_token"
# The ssh connection plugin without an ssh server: its programs run on this machine. A real network takes longer.
OVER_SSH = {
    "ansible_connection": "ssh",
    "ansible_ssh_executable": str(LOCAL_SSH),
    "ansible_ssh_transfer_method": "piped",
}
# A task whose request the managed node sends.
ON_MANAGED_NODE = {"vars": {"wso2_request_from": "managed_node"}}
MAX_SECONDS_OF_LATENCY = 0.05


@dataclass(frozen=True)
class Case:
    """tasks: of the measured play. has_cached_token: an earlier run has stored the token.

    sends_one_request: whether more than one token request is a bug of the collection.
    baseline: the name of the case that does the same without a token; if empty, the first case of the group.
    """

    name: str
    tasks: Sequence[Mapping[str, Any]]
    hosts: int = 1
    forks: int = 5
    variables: Mapping[str, Any] = field(default_factory=dict)
    has_cached_token: bool = False
    has_latency: bool = False
    sends_one_request: bool = False
    baseline: str = ""


@dataclass(frozen=True)
class Environment:
    """Where cases run: the installed collection, the WSO2 simulator, and a Redis server."""

    ansible: Ansible
    wso2: Wso2
    redis_url: str

    def variables(self) -> dict[str, Any]:
        return {**self.wso2.demo_variables, "page_url": self.wso2.base_url}

    def prepare(self, case: Case) -> None:
        """Reset the server and, if the case has a cached token, store one."""
        self.wso2.reset()
        if case.has_cached_token:
            task = {MODULE: {"force": True}}
            run = self.ansible.play([task], variables={**self.variables(), **case.variables}, verbosity=0)
            if run.returncode != 0:
                raise RuntimeError(run.stdout + run.stderr)
            # The request that filled the store is not part of the measured run.
            self.wso2.forget_journal()
        if case.has_latency:
            times = case.hosts * 10
            self.wso2.queue_fault("slow", delay=MAX_SECONDS_OF_LATENCY, times=times, path="*", processed=True)

    def play(self, case: Case) -> Run:
        return self.ansible.play(
            case.tasks,
            variables={**self.variables(), **case.variables},
            hosts=[f"host{number}" for number in range(case.hosts)],
            arguments=["--forks", str(case.forks)],
            # As in an installed ansible-core, which has the bytecode of its own plugins.
            environment={"ANSIBLE_LOOKUP_PLUGINS": str(PLUGINS), "PYTHONDONTWRITEBYTECODE": ""},
            verbosity=0,
        )

    def requests(self) -> int:
        return len(self.wso2.token_requests())

    def server_seconds(self) -> float:
        """The median duration of a token request over a new connection, with all modules imported."""
        given = self.wso2.demo_variables
        options = {name: given[f"wso2_{name}"] for name in ("username", "password", "ca_path")}
        options.update(
            url=given["wso2_token_url"], key=given["wso2_consumer_key"], secret=given["wso2_consumer_secret"]
        )
        seconds = []
        for _round in range(20):
            started = time.perf_counter()
            LookupModule().run([], **options)
            seconds.append(time.perf_counter() - started)
        return statistics.median(seconds)


OURS = f"lookup('{MODULE}')"
BASELINE = "lookup('ansible.builtin.env', 'HOME')"
URL = "lookup('ansible.builtin.url', page_url, ca_path=wso2_ca_path, split_lines=False)"
NAIVE = (
    "lookup('naive_token', url=wso2_token_url, username=wso2_username, password=wso2_password,"
    " key=wso2_consumer_key, secret=wso2_consumer_secret, ca_path=wso2_ca_path)"
)

URI_REQUEST: dict[str, Any] = {
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
    "register": "response",
    "no_log": True,
}
URI_FACT = {"ansible.builtin.set_fact": {"token": "{{ response.json.access_token }}"}, "run_once": True, "no_log": True}


def evaluate(lookup: str, evaluations: int = 1) -> list[Mapping[str, Any]]:
    """A task that evaluates LOOKUP that many times, and does nothing else."""
    # One template, because each template takes ansible-core longer than an evaluation in it.
    return [{"ansible.builtin.assert": {"that": " and ".join([f"{lookup} | length > 0"] * evaluations), "quiet": True}}]


def run_once(task: Mapping[str, Any]) -> dict[str, Any]:
    """TASK, for one host of the play only."""
    return {**task, "run_once": True}


def lookups(environment: Environment, directory: Path, *, hosts: int) -> list[Case]:
    """The ways to get a token inside a template, the baseline first.

    The store of a run has a token only after a token request in that run. Cases that need such a task are compared with
    a baseline that runs the same task.
    """
    directory_store = {"wso2_token_store": str(directory / "tokens")}
    redis_store = {"wso2_token_store": environment.redis_url}
    first_lookup, task = run_once(evaluate(OURS)[0]), run_once({MODULE: {}})
    return [
        Case("env (baseline)", evaluate(BASELINE), hosts),
        Case("ours, first request", evaluate(OURS), hosts, sends_one_request=True),
        Case("env, after a lookup", [first_lookup, *evaluate(BASELINE)], hosts, sends_one_request=True),
        Case(
            "ours, cached in the run",
            [first_lookup, *evaluate(OURS)],
            hosts,
            sends_one_request=True,
            baseline="env, after a lookup",
        ),
        Case("env, after a task", [task, *evaluate(BASELINE)], hosts, sends_one_request=True),
        Case(
            "ours, after a task", [task, *evaluate(OURS)], hosts, sends_one_request=True, baseline="env, after a task"
        ),
        Case(
            "ours, cached in a directory",
            evaluate(OURS),
            hosts,
            variables=directory_store,
            has_cached_token=True,
            sends_one_request=True,
        ),
        Case(
            "ours, cached in Redis",
            evaluate(OURS),
            hosts,
            variables=redis_store,
            has_cached_token=True,
            sends_one_request=True,
        ),
        Case("uri once, set_fact", [run_once(URI_REQUEST), URI_FACT, *evaluate("token")], hosts),
        Case("url lookup (a page)", evaluate(URL), hosts),
        Case("naive requests lookup", evaluate(NAIVE), hosts),
    ]


def requests_per_host(*, hosts: int) -> list[Case]:
    """A token request for each host, as in many playbooks, compared with this collection."""
    return [
        Case("env (baseline)", evaluate(BASELINE), hosts),
        Case("ours, first request", evaluate(OURS), hosts, sends_one_request=True),
        Case("uri request per host", [URI_REQUEST], hosts),
    ]


def slow_server(environment: Environment, *, hosts: int) -> list[Case]:
    """The same with a server that responds after 50 ms, with TLS and without."""
    cases = [Case("env (baseline)", evaluate(BASELINE), hosts)]
    plain = {"wso2_token_url": f"{environment.wso2.http_url}/oauth2/token", "page_url": environment.wso2.http_url}
    for suffix, variables in (("", {}), (", plain", plain)):
        slow = {"hosts": hosts, "variables": variables, "has_latency": True}
        cases += [
            Case(f"ours, first request{suffix}", evaluate(OURS), sends_one_request=True, **slow),
            Case(f"url lookup (a page){suffix}", evaluate(URL), **slow),
            Case(f"naive requests lookup{suffix}", evaluate(NAIVE), **slow),
        ]
    return cases


def growth(unit: str, numbers: Sequence[int]) -> list[Case]:
    """The baseline and this collection with NUMBERS of C(hosts), C(evaluations) or C(forks)."""
    cases = []
    for number in numbers:
        sizes = {"hosts": 200, "evaluations": 1, "forks": 5, unit: number}
        hosts, evaluations, forks = sizes["hosts"], sizes["evaluations"], sizes["forks"]
        baseline = f"env, {number} {unit}"
        cases += [
            Case(baseline, evaluate(BASELINE, evaluations), hosts, forks, baseline=baseline),
            Case(
                f"ours, {number} {unit}",
                evaluate(OURS, evaluations),
                hosts,
                forks,
                sends_one_request=True,
                baseline=baseline,
            ),
        ]
    return cases


def tasks(*, count: int) -> list[Case]:
    """The same task COUNT times on one host. The cost of one task is the difference to a run without tasks."""
    ping: dict[str, Any] = {"ansible.builtin.ping": {}}
    request: dict[str, Any] = {MODULE: {"token_store": "none"}}
    cached: dict[str, Any] = {MODULE: {}}
    return [
        Case("no task", []),
        Case("debug", [{"ansible.builtin.debug": {"msg": "x"}}] * count),
        Case("ping", [ping] * count),
        Case("uri request", [URI_REQUEST] * count),
        Case("ours, request, control node", [request] * count),
        Case("ours, cached token, control node", [cached] * count, sends_one_request=True),
        Case("ours, request, managed node", [{**request, **ON_MANAGED_NODE}] * count),
        Case("ours, cached token, managed node", [{**cached, **ON_MANAGED_NODE}] * count, sends_one_request=True),
    ]


def tasks_over_ssh(*, count: int) -> list[Case]:
    """The same with hosts that ansible-core reaches over ssh. With a cached token, the module needs no connection."""
    names = ("no task", "ping", "ours, request, control node", "ours, cached token, control node")
    return [replace(case, variables=OVER_SSH) for case in tasks(count=count) if case.name in names]
