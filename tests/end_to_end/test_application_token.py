# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The application's own token: one request per run, apart from the tokens of users, and without a user."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, write_json
from redis_server import running_redis
from scripted_endpoint import ScriptedEndpoint
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_application_token"
USER_PLUGIN = "apiops.wso2.wso2_password_token"
APPLICATION_TOKEN = f"lookup('{PLUGIN}')"
USER_TOKEN = f"lookup('{USER_PLUGIN}')"
HOSTS = [f"host{number}" for number in range(200)]
FORKS = ["--forks", "20"]
FORM = [["grant_type", "client_credentials"]]
ALL_TOKENS = "groups['all'] | map('extract', hostvars, ['registered', 'access_token']) | list"


@pytest.fixture
def application(variables: dict[str, Any]) -> dict[str, Any]:
    """The variables without the user."""
    return {name: value for name, value in variables.items() if name not in ("wso2_username", "wso2_password")}


# Only the store of the run depends on the processes of ansible-core.
STORES = ["run", *(pytest.param(store, marks=pytest.mark.any_release) for store in ("directory", "redis"))]


@pytest.fixture(params=STORES)
def token_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param != "redis":
        yield "run" if request.param == "run" else str(tmp_path / "tokens")
        return
    with running_redis(tmp_path / "redis") as server:
        yield server.url


def _fact(name: str, expression: str, **keywords: Any) -> dict[str, Any]:
    return {"ansible.builtin.set_fact": {name: f"{{{{ {expression} }}}}"}, "no_log": True, **keywords}


def _results(path: Path, variable: str) -> dict[str, Any]:
    """A task that writes the VARIABLE of all hosts to PATH."""
    everything = f"ansible_play_hosts | map('extract', hostvars, '{variable}') | list"
    return {**write_json(everything, path), "run_once": True}


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.any_release
def test_200_hosts_with_module_and_lookup_share_one_request(
    ansible: Ansible, wso2: Wso2, application: dict[str, Any], tmp_path: Path
) -> None:
    """On a server that revokes the former JWT, a second request would leave some hosts with a dead token."""
    wso2.reset(token_format="jwt")
    plays = [
        {"hosts": "~.*[13579]$", "tasks": [{PLUGIN: {}, "register": "registered"}]},
        {"hosts": "~.*[02468]$", "tasks": [_fact("registered", f"{{'access_token': {APPLICATION_TOKEN}}}")]},
        {"hosts": HOSTS[0], "tasks": [write_json(ALL_TOKENS, tmp_path / "seen.json")]},
    ]
    plays = [{"gather_facts": False, **play} for play in plays]
    run = ansible.play_all(plays, variables=application, hosts=HOSTS, arguments=FORKS)
    assert run.returncode == 0, run.stdout + run.stderr
    seen = _read(tmp_path / "seen.json")
    assert len(seen) == len(HOSTS)
    (token,) = set(seen)
    assert wso2.is_active(token)
    assert [entry["form"] for entry in wso2.token_requests()] == [FORM]
    assert run.leaks("demo_secret", token) == []


def test_users_and_applications_do_not_get_the_tokens_of_each_other(
    ansible: Ansible,
    wso2: Wso2,
    variables: dict[str, Any],
    token_store: str,
    tmp_path: Path,
) -> None:
    shared = {**variables, "wso2_token_store": token_store}
    results = "{'application': application, 'user': user, 'seen': seen, 'again': again}"
    tasks = [
        {PLUGIN: {}, "register": "application"},
        {USER_PLUGIN: {}, "register": "user"},
        _fact("seen", f"[{APPLICATION_TOKEN}, {USER_TOKEN}]"),
        {PLUGIN: {}, "register": "again"},
        write_json(results, tmp_path / "results.json"),
    ]
    run = ansible.play(tasks, variables=shared)
    assert run.returncode == 0, run.stdout + run.stderr
    returned = _read(tmp_path / "results.json")
    application, user = returned["application"]["access_token"], returned["user"]["access_token"]
    assert application != user
    assert returned["seen"] == [application, user]
    assert (returned["again"]["access_token"], returned["again"]["origin"]) == (application, "stored")
    assert (returned["application"]["refresh_token"], returned["user"]["refresh_token"] is None) == (None, False)
    assert returned["application"].keys() == returned["user"].keys()
    assert [entry["grant_type"] for entry in wso2.token_requests()] == ["client_credentials", "password"]
    assert run.leaks("alice-pass", "demo_secret", application, user) == []
    if token_store != "run":
        # The next run finds both.
        again = ansible.play(tasks[:2], variables=shared)
        assert again.returncode == 0, again.stdout
        assert len(wso2.token_requests()) == 2


def test_variables_of_a_user_are_not_sent(ansible: Ansible, wso2: Wso2, application: dict[str, Any]) -> None:
    """Not even templated: each of them would fail."""
    names = ("wso2_username", "wso2_password", "wso2_organization", "wso2_tenant")
    variables = {**application, **dict.fromkeys(names, "{{ undefined_variable }}")}
    run = ansible.play([{PLUGIN: {}}, _fact("seen", APPLICATION_TOKEN)], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    assert [entry["form"] for entry in wso2.token_requests()] == [FORM]


TASKS: dict[str, dict[str, Any]] = {
    "task": {PLUGIN: {}},
    "task on a managed node": {PLUGIN: {"request_from": "managed_node"}},
    "lookup": {"ansible.builtin.debug": {"msg": f"{{{{ {APPLICATION_TOKEN} | length }}}}"}},
}


def _failing(tasks: Sequence[dict[str, Any]], path: Path) -> list[dict[str, Any]]:
    """The TASKS, which fail, and one that writes their messages to PATH."""
    messages = ", ".join(f"failed_{number}.msg" for number in range(len(tasks)))
    return [
        *({**task, "register": f"failed_{number}", "ignore_errors": True} for number, task in enumerate(tasks)),
        write_json(f"[{messages}]", path),
    ]


@pytest.mark.any_release
def test_without_a_secret_nothing_is_sent(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    del variables["wso2_consumer_secret"]
    run = ansible.play(_failing(list(TASKS.values()), tmp_path / "messages.json"), variables=variables)
    assert run.returncode == 0, run.stdout
    assert ["consumer_secret is missing" in message for message in _read(tmp_path / "messages.json")] == [True] * 3
    assert wso2.journal() == []


# What the error is, how the application is changed so that it occurs, and the hint.
HINTS: dict[str, tuple[dict[str, Any], str]] = {
    "unauthorized_client": (
        {"grants": ["password", "refresh_token"]},
        "Enable the client credentials grant for the application",
    ),
    "invalid_client": ({"secret": "another-secret"}, "Check consumer_key and consumer_secret"),
}


@pytest.mark.any_release
def test_hints(ansible: Ansible, wso2: Wso2, application: dict[str, Any], tmp_path: Path) -> None:
    """Each task has an application of its own, because tasks share the failures of one."""
    del application["wso2_consumer_key"]
    cases = [(name, error) for error in HINTS for name in TASKS]
    tasks = []
    for number, (name, error) in enumerate(cases):
        wso2.put_application(f"key_{number}", **{"secret": "demo_secret", "name": f"app{number}", **HINTS[error][0]})
        tasks.append({**TASKS[name], "vars": {"wso2_consumer_key": f"key_{number}"}})
    run = ansible.play(_failing(tasks, tmp_path / "messages.json"), variables=application)
    assert run.returncode == 0, run.stdout
    for (_name, error), message in zip(cases, _read(tmp_path / "messages.json")):
        assert error in message
        assert HINTS[error][1] in message
    clients = [entry["authentication"]["id"] for entry in wso2.token_requests()]
    assert clients == [f"key_{number}" for number in range(len(cases))]
    assert run.leaks("demo_secret") == []


@pytest.mark.any_release
def test_a_rejected_scope(ansible: Ansible, application: dict[str, Any], tmp_path: Path) -> None:
    rejected = (400, {"error": "invalid_scope", "error_description": "Invalid Scope!"})
    del application["wso2_token_url"]
    with ExitStack() as stack:
        endpoints = [stack.enter_context(ScriptedEndpoint(client_credentials=[rejected])) for _task in TASKS]
        tasks = [
            {**task, "vars": {"wso2_token_url": endpoint.url}} for task, endpoint in zip(TASKS.values(), endpoints)
        ]
        variables = {**application, "wso2_scope": "orders_delete"}
        ansible.play(_failing(tasks, tmp_path / "messages.json"), variables=variables)
    for message in _read(tmp_path / "messages.json"):
        assert "Request only scopes that the application and its owner are allowed to use" in message
    assert [len(endpoint.requests) for endpoint in endpoints] == [1] * len(TASKS)


@pytest.mark.any_release
def test_a_rejected_client_is_sent_once_for_both_grants(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    """Each case has an application of its own."""
    cases = [(order, kind) for order in ([PLUGIN, USER_PLUGIN], [USER_PLUGIN, PLUGIN]) for kind in ("task", "lookup")]
    tasks = []
    for number, (plugins, kind) in enumerate(cases):
        wso2.put_application(f"key_{number}", secret="demo_secret", name=f"app{number}")
        for plugin in plugins:
            lookup = {"ansible.builtin.debug": {"msg": f"{{{{ lookup('{plugin}') | length }}}}"}}
            task = {plugin: {}} if kind == "task" else lookup
            tasks.append({**task, "vars": {"wso2_consumer_key": f"key_{number}"}})
    del variables["wso2_consumer_key"]
    wrong = {**variables, "wso2_consumer_secret": "wrong-secret-7391"}
    hosts = HOSTS[:4]
    run = ansible.play(_failing(tasks, tmp_path / "{{ inventory_hostname }}.json"), variables=wrong, hosts=hosts)
    assert run.returncode == 0, run.stdout
    requests = [(entry["authentication"]["id"], entry["status"]) for entry in wso2.token_requests()]
    assert requests == [(f"key_{number}", 401) for number in range(len(cases))]
    for host in hosts:
        # The second task of each case.
        for message in _read(tmp_path / f"{host}.json")[1::2]:
            assert "The server rejected this client earlier in this run" in message
    assert run.leaks("wrong-secret-7391") == []


@pytest.mark.any_release
def test_the_same_token_with_too_few_seconds_is_returned_with_one_warning(ansible: Ansible, tmp_path: Path) -> None:
    """As a server answers that issues an opaque token again: with the seconds that are left."""
    answer = {"access_token": "the-same-token-0001", "token_type": "Bearer", "expires_in": 97}
    with ScriptedEndpoint(client_credentials=[(200, answer)]) as endpoint:
        variables = {
            "wso2_token_url": endpoint.url,
            "wso2_consumer_key": "key",
            "wso2_consumer_secret": "made-up-secret",
            "wso2_min_validity": 600,
        }
        tasks = [
            {PLUGIN: {}, "register": "registered"},
            _fact("seen", f"[registered.access_token, {', '.join([APPLICATION_TOKEN] * 5)}]"),
            _results(tmp_path / "seen.json", "seen"),
        ]
        run = ansible.play(tasks, variables=variables, hosts=HOSTS[:5], verbosity=0)
        assert run.returncode == 0, run.stdout + run.stderr
        requests = len(endpoint.requests)
    assert {token for host in _read(tmp_path / "seen.json") for token in host} == {"the-same-token-0001"}
    assert requests == 1
    shown = " ".join((run.stdout + run.stderr).split())
    # ansible-core shows equal warnings of one run once.
    assert shown.count("The server issues no other token before this one expires") == 1


def test_defaults_of_the_action_group(ansible: Ansible, wso2: Wso2, application: dict[str, Any]) -> None:
    defaults = {"group/apiops.wso2.wso2": {name.removeprefix("wso2_"): value for name, value in application.items()}}
    run = ansible.play([{PLUGIN: {}}], keywords={"module_defaults": defaults})
    assert run.returncode == 0, run.stdout + run.stderr
    assert [entry["form"] for entry in wso2.token_requests()] == [FORM]


@pytest.mark.parametrize("request_from", ["control_node", pytest.param("managed_node", marks=pytest.mark.any_release)])
def test_the_life_of_a_token(
    ansible: Ansible, wso2: Wso2, application: dict[str, Any], request_from: str, tmp_path: Path
) -> None:
    """Request a token, replace it with force, test it, revoke it, and request another one."""
    wso2.reset(token_format="jwt")
    names = ("first", "forced", "checked", "revoked", "after")
    options: dict[str, dict[str, Any]] = {
        "forced": {"force": True},
        "revoked": {"state": "absent"},
        "after": {"fact_name": "api_token"},
    }
    tasks: list[dict[str, Any]] = [
        {
            PLUGIN: {"request_from": request_from, **options.get(name, {})},
            "register": name,
            "check_mode": name == "checked",
        }
        for name in names
    ]
    valid = ["after is apiops.wso2.valid_token(60)", "api_token is apiops.wso2.valid_token"]
    valid.append("revoked is not apiops.wso2.valid_token")
    tasks += [
        {"ansible.builtin.assert": {"that": valid, "quiet": True}},
        write_json(f"[{', '.join(names)}]", tmp_path / "results.json"),
    ]
    run = ansible.play(tasks, variables=application)
    assert run.returncode == 0, run.stdout + run.stderr
    first, forced, checked, revoked, after = _read(tmp_path / "results.json")
    tokens = [result["access_token"] for result in (first, forced, after)]
    assert len(set(tokens)) == 3
    assert [wso2.is_active(token) for token in tokens] == [False, False, True]
    assert [result["changed"] for result in (first, forced, checked, revoked, after)] == [True, True, False, True, True]
    assert (checked["access_token"], checked["origin"], revoked["revoked"]) == (forced["access_token"], "stored", True)
    assert {entry["grant_type"] for entry in wso2.token_requests()} == {"client_credentials"}
    assert run.leaks("demo_secret", *tokens) == []
