# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One failed login, and one request for each try, whatever the number of hosts."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, write_json
from scripted_endpoint import ScriptedEndpoint
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
HOSTS = [f"host{number}" for number in range(50)]
FORKS = ["--forks", "5"]
# More than one round of forks, where more hosts would only repeat what other cases show with all of them.
FEW = HOSTS[:6]
PASSWORD = "wrong-password-7391"
REJECTED = {"error": "invalid_grant", "error_description": "Authentication failed for alice"}
TOKEN = {"access_token": "access-token-0001", "refresh_token": "refresh-token-0001", "expires_in": 3600}

TASK: dict[str, Any] = {PLUGIN: {}, "ignore_errors": True}
LOOKUP: dict[str, Any] = {"ansible.builtin.debug": {"msg": f"{{{{ lookup('{PLUGIN}') }}}}"}, "ignore_errors": True}
PER_HOST = "device_{{ inventory_hostname }}"


def _lookups(*arguments: str) -> dict[str, Any]:
    """A task with a lookup for each of ARGUMENTS. The failure of the last one is the task's."""
    *others, last = [f"'{PLUGIN}', {each}" for each in arguments]
    lookups = ", ".join([*(f"lookup({each}, errors='ignore')" for each in others), f"lookup({last})"])
    return {"ansible.builtin.debug": {"msg": f"{{{{ [{lookups}] }}}}"}, "ignore_errors": True}


LOOKUPS = (
    "scope='device_' ~ inventory_hostname",
    *(f"consumer_key='key{number}'" for number in range(5)),
    *("validate_certs=false", "token_url=wso2_token_url ~ '/'", "token_store='none'", "scope='last'"),
)

TASKS: dict[str, list[dict[str, Any]]] = {
    "a scope per host": [{**TASK, PLUGIN: {"scope": PER_HOST}}],
    "lookups": [_lookups(*LOOKUPS)],
    "five applications": [{**TASK, PLUGIN: {"consumer_key": "key{{ item }}"}, "loop": [1, 2, 3, 4, 5]}],
    "validate_certs true, then false, and another path": [
        *({**TASK, PLUGIN: {"validate_certs": value}} for value in (True, False)),
        {**TASK, PLUGIN: {"token_url": "{{ wso2_token_url }}/"}},
    ],
    "force": [{**TASK, PLUGIN: {"force": True}}],
    "environment and become": [{**TASK, "environment": {"X": "{{ inventory_hostname }}"}}, {**TASK, "become": True}],
    "module and lookup": [TASK, LOOKUP, TASK],
    "token_store none": [{**TASK, PLUGIN: {"token_store": "none"}}],
    "a dead refresh token": [{**TASK, PLUGIN: {"refresh_token": "dead"}}],
    "until": [{**TASK, "register": "wso2", "until": "wso2 is succeeded", "retries": 2, "delay": 1}],
}


ON_FEW_HOSTS = ("module and lookup", "token_store none", "a dead refresh token", "until")


def _variables(endpoint: ScriptedEndpoint | None = None) -> dict[str, Any]:
    return {
        **({"wso2_token_url": endpoint.url} if endpoint is not None else {}),
        "wso2_consumer_key": "key",
        "wso2_consumer_secret": "made-up-secret",
        "wso2_username": "alice",
        "wso2_password": PASSWORD,
    }


def test_a_wrong_password_is_sent_once(ansible: Ansible) -> None:
    """Each case is a play of one run, with an endpoint of its own."""
    with ExitStack() as stack:
        endpoints = {
            case: stack.enter_context(ScriptedEndpoint(password=[(400, REJECTED)], refresh_token=[(400, REJECTED)]))
            for case in TASKS
        }
        plays = [
            {
                "name": case,
                "hosts": ",".join(FEW if case in ON_FEW_HOSTS else HOSTS),
                "gather_facts": False,
                "vars": {"wso2_token_url": endpoints[case].url},
                "tasks": tasks,
            }
            for case, tasks in TASKS.items()
        ]
        run = ansible.play_all(plays, variables=_variables(), hosts=HOSTS, arguments=FORKS, verbosity=0)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    _before, *shown = run.stdout.split("PLAY [")
    for (case, endpoint), text in zip(endpoints.items(), shown):
        assert text.startswith(f"{case}]")
        assert endpoint.grants.count("password") == 1, case
        assert len(endpoint.requests) <= 2, case
        assert "earlier in this run, so no request was sent" in text, case
        assert "force: true" in text, case
    assert run.leaks(PASSWORD, "made-up-secret") == []


@pytest.mark.any_release
def test_the_error_in_the_body_decides_not_the_status(ansible: Ansible) -> None:
    """Each response makes all hosts, tasks and lookups share one failure, whatever its status is."""
    cases = [
        (error, status) for error in ("invalid_grant", "invalid_client") for status in (200, 400, 401, 429, 500, 503)
    ]
    with ExitStack() as stack:
        endpoints = {
            (error, status): stack.enter_context(ScriptedEndpoint(password=[(status, {**REJECTED, "error": error})]))
            for error, status in cases
        }

        def urls(error: str) -> list[str]:
            return [endpoints[case].url for case in cases if case[0] == error]

        def tasks(error: str) -> list[dict[str, Any]]:
            return [{**TASK, PLUGIN: {"scope": PER_HOST}, "vars": {"wso2_token_url": url}} for url in urls(error)]

        per_host = "scope='device_' ~ inventory_hostname"
        lookups = _lookups(*(f"token_url='{endpoint.url}', {per_host}" for endpoint in endpoints.values()))
        plays = [
            # What is sent first by lookups, and first by tasks.
            {"hosts": ",".join(FEW), "tasks": tasks("invalid_client")},
            {"hosts": "all", "tasks": [lookups, *tasks("invalid_grant")]},
        ]
        run = ansible.play_all(
            [{"gather_facts": False, **play} for play in plays],
            variables=_variables(),
            hosts=HOSTS,
            arguments=FORKS,
            verbosity=0,
        )
    assert run.returncode == 0, run.stdout[-3000:]
    assert {case: len(endpoint.requests) for case, endpoint in endpoints.items()} == dict.fromkeys(cases, 1)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A directory on a file system without any space left."""
    mount = tmp_path / "full"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "none", str(mount)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("a file system cannot be mounted here")
    try:
        with pytest.raises(OSError), (mount / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(b"x" * 4096)
        yield mount
    finally:
        subprocess.run(["umount", str(mount)], check=True)


@pytest.mark.any_release
def test_a_wrong_password_is_sent_once_on_a_full_disk(ansible: Ansible, full_disk: Path) -> None:
    with ScriptedEndpoint(password=[(400, REJECTED)]) as endpoint:
        run = ansible.play(
            [{**TASK, PLUGIN: {"scope": PER_HOST}}, _lookups(*LOOKUPS)],
            variables=_variables(endpoint),
            hosts=HOSTS,
            arguments=FORKS,
            verbosity=0,
            environment={"ANSIBLE_LOCAL_TEMP": str(full_disk)},
        )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert len(endpoint.requests) == 1


def test_until_sends_one_request_for_each_try(ansible: Ansible) -> None:
    """A server that is starting: first nothing there, then not ready, then a token."""
    starting = [(404, b"<html></html>"), (503, b"<html></html>"), (200, TOKEN)]
    wait = {PLUGIN: {"retries": 0}, "register": "wso2", "until": "wso2 is succeeded", "retries": 6, "delay": 1}
    with ExitStack() as stack:
        endpoints = {count: stack.enter_context(ScriptedEndpoint(password=starting)) for count in (1, 5, 20)}
        plays = [
            {
                "hosts": ",".join(HOSTS[:count]),
                "gather_facts": False,
                "vars": {"wso2_token_url": endpoint.url},
                "tasks": [wait],
            }
            for count, endpoint in endpoints.items()
        ]
        run = ansible.play_all(plays, variables=_variables(), hosts=HOSTS, arguments=FORKS, verbosity=0)
    assert run.returncode == 0, run.stdout[-3000:]
    assert [endpoint.grants for endpoint in endpoints.values()] == [["password"] * 3] * 3


@pytest.mark.any_release
def test_a_failure_that_can_pass_is_shared(ansible: Ansible) -> None:
    with ScriptedEndpoint(password=[(429, {"code": "900800"})]) as endpoint:
        variables = {**_variables(endpoint), "wso2_retries": 0}
        run = ansible.play([TASK, LOOKUP], variables=variables, hosts=FEW, arguments=FORKS, verbosity=0)
    assert run.returncode == 0, run.stdout[-3000:]
    assert len(endpoint.requests) == 1


STRATEGIES: dict[str, dict[str, Any]] = {"linear": {}, "serial": {"serial": 7}, "free": {"strategy": "free"}}


def test_force_gets_one_token_for_all_hosts(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    """On a server where each request revokes the token before it. Each strategy has a user of its own."""
    wso2.reset(token_format="jwt")
    del variables["wso2_username"]
    plays: list[dict[str, Any]] = []
    for strategy, keywords in STRATEGIES.items():
        wso2.put_user(strategy, password=variables["wso2_password"])
        force = {PLUGIN: {"force": True}, "register": strategy}
        plays.append({"hosts": "all", "vars": {"wso2_username": strategy}, "tasks": [force], **keywords})
    tokens = [f"groups['all'] | map('extract', hostvars, ['{strategy}', 'access_token'])" for strategy in STRATEGIES]
    write = write_json(f"[{', '.join(f'{one} | list' for one in tokens)}]", tmp_path / "tokens.json")
    plays.append({"hosts": HOSTS[0], "tasks": [write]})
    plays = [{"gather_facts": False, **play} for play in plays]
    run = ansible.play_all(plays, variables=variables, hosts=HOSTS[:30], arguments=FORKS, verbosity=0)
    assert run.returncode == 0, run.stdout[-3000:]
    assert [dict(entry["form"])["username"] for entry in wso2.token_requests()] == list(STRATEGIES)
    for results in json.loads((tmp_path / "tokens.json").read_text("utf-8")):
        assert len(results) == 30
        (token,) = set(results)
        assert wso2.is_active(token)


@pytest.mark.any_release
def test_an_expired_token_is_refreshed(ansible: Ansible, tmp_path: Path) -> None:
    refreshed = {**TOKEN, "access_token": "access-token-0002", "refresh_token": "refresh-token-0002"}
    get = {PLUGIN: {}, "register": "wso2"}
    # Long enough to be still valid when a loaded machine has read the response.
    lifetime = 6
    wait = {"ansible.builtin.wait_for": {"timeout": lifetime + 1}, "delegate_to": "localhost"}
    password = [(200, {**TOKEN, "expires_in": lifetime})]
    with ScriptedEndpoint(password=password, refresh_token=[(200, refreshed)]) as endpoint:
        tasks = [get, wait, get, write_json("wso2", tmp_path / "wso2.json")]
        run = ansible.play(tasks, variables=_variables(endpoint), verbosity=0)
    assert run.returncode == 0, run.stdout[-3000:]
    assert endpoint.grants == ["password", "refresh_token"]
    assert endpoint.requests[1]["refresh_token"] == "refresh-token-0001"
    assert json.loads((tmp_path / "wso2.json").read_text("utf-8"))["origin"] == "refreshed"


@pytest.mark.any_release
@pytest.mark.parametrize("entry_point", ["module", "lookup"])
def test_cached_tokens_that_the_server_repeats_are_masked(ansible: Ansible, entry_point: str) -> None:
    # The first response is not one of a new token, so it is refreshed at once.
    secrets = {"access_token": "opaque-access-zzz", "refresh_token": "opaque-refresh-zzz", "id_token": "opaque-id-zzz"}
    echo = {"error": "server_error", "error_description": " and ".join(secrets.values())}
    lookup = {"ansible.builtin.set_fact": {"x": f"{{{{ lookup('{PLUGIN}') }}}}"}, "no_log": True}
    task = {PLUGIN: {}} if entry_point == "module" else lookup
    with ScriptedEndpoint(
        password=[(200, {**secrets, "expires_in": 77})], refresh_token=[(500, echo)], revoke=[(400, echo)]
    ) as endpoint:
        variables = {**_variables(endpoint), "wso2_min_validity": 300, "wso2_retries": 0}
        revoke = {PLUGIN: {"state": "absent"}, "ignore_errors": True}
        force = {PLUGIN: {"force": True}, "ignore_errors": True}
        run = ansible.play([task, force, revoke], variables=variables, verbosity=5)
    assert run.returncode == 0, run.stdout[-3000:]
    assert "refresh_token" in endpoint.grants
    assert run.leaks(*secrets.values()) == []


def test_no_connection_is_opened(ansible: Ansible, wso2: Wso2, variables: dict[str, Any]) -> None:
    """Neither for a request from the control node nor for a cached token, whatever the connection is."""
    connection = {"ansible_connection": "ssh", "ansible_ssh_executable": "/bin/false"}
    task = {PLUGIN: {}, "vars": connection, "become": True}
    run = ansible.play([task, task], variables=variables, hosts=HOSTS[:5], verbosity=4)
    assert run.returncode == 0, run.stdout[-3000:]
    assert "SSH: EXEC" not in run.stdout
    assert len(wso2.token_requests()) == 1
