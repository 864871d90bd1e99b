# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which request follows which response, and what reaches the playbook, for each entry point of the collection."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, Run, write_json
from scripted_endpoint import ScriptedEndpoint

PLUGIN = "apiops.wso2.wso2_password_token"
HOSTS = [f"host{number}" for number in range(20)]
FORKS = ["--forks", "5"]
SECRET, PASSWORD = "rows-secret-8Wz", "rows-password-8Wz"
TOKEN = {"access_token": "access-token-8Wz-1", "refresh_token": "refresh-token-8Wz-1", "expires_in": 3600}
SECOND = {"access_token": "access-token-8Wz-2", "refresh_token": "refresh-token-8Wz-2", "expires_in": 3600}
REJECTED = {"error": "invalid_grant", "error_description": "Authentication failed for alice"}
DEAD = {"error": "invalid_grant", "error_description": "Refresh token is expired."}
ENTRY_POINTS = ("module", "lookup", "managed node")
each_entry_point = pytest.mark.parametrize("entry_point", ENTRY_POINTS)


def _variables(url: str, **changes: Any) -> dict[str, Any]:
    return {
        "wso2_token_url": url,
        "wso2_consumer_key": "key",
        "wso2_consumer_secret": SECRET,
        "wso2_username": "alice",
        "wso2_password": PASSWORD,
        "wso2_retries": 0,
        **changes,
    }


def _get(entry_point: str, variable: str = "wso2", *, is_failing: bool = False, **options: Any) -> dict[str, Any]:
    """A task that gets a token as VARIABLE. For the lookup, the fact VARIABLE_token has it."""
    if entry_point == "lookup":
        given = "".join(f", {name}={json.dumps(value)}" for name, value in options.items())
        value = f"{{{{ lookup('{PLUGIN}', 'token'{given}) }}}}"
        # Nothing but the author's no_log protects a fact. It would hide a failure, too.
        task = {"ansible.builtin.set_fact": {f"{variable}_token": value}, "no_log": not is_failing}
    else:
        task = {PLUGIN: {**options, **({"request_from": "managed_node"} if entry_point == "managed node" else {})}}
    return {**task, "register": variable, "ignore_errors": is_failing}


def _token(entry_point: str, variable: str = "wso2") -> str:
    """The expression for the token that C(_get) got."""
    return f"{variable}_token" if entry_point == "lookup" else variable


def _play(ansible: Ansible, tasks: list[dict[str, Any]], variables: Mapping[str, Any], **options: Any) -> Run:
    run = ansible.play(tasks, variables=variables, arguments=FORKS, verbosity=options.pop("verbosity", 0), **options)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert run.leaks(SECRET, PASSWORD) == []
    return run


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


# --- B3 and B4: a refresh that fails


@pytest.mark.parametrize("entry_point", ["module", "managed node"])
@pytest.mark.parametrize("status", [500, 503, 429])
def test_b3_the_password_follows_a_given_refresh_token_that_fails_for_a_passing_reason(
    ansible: Ansible, tmp_path: Path, entry_point: str, status: int
) -> None:
    failure = (status, {"error": "server_error"})
    with ScriptedEndpoint(password=[(200, TOKEN)], refresh_token=[failure]) as endpoint:
        tasks = [_get(entry_point, refresh_token="given-refresh-8Wz"), write_json("wso2", tmp_path / "wso2.json")]
        _play(ansible, tasks, _variables(endpoint.url))
    assert endpoint.grants == ["refresh_token", "password"]
    assert _read(tmp_path / "wso2.json")["access_token"] == TOKEN["access_token"]


@pytest.mark.parametrize("entry_point", ["module", "lookup"])
@pytest.mark.parametrize("refresh", [(500, {"error": "server_error"}), (400, DEAD)], ids=["500", "rejected"])
def test_b3_the_password_follows_the_refresh_of_an_expired_token_that_fails(
    ansible: Ansible, tmp_path: Path, entry_point: str, refresh: Any
) -> None:
    password = [(200, {**TOKEN, "expires_in": 6}), (200, SECOND)]
    wait = {"ansible.builtin.wait_for": {"timeout": 7}, "delegate_to": "localhost"}
    result = write_json(_token(entry_point, "second"), tmp_path / "second.json")
    with ScriptedEndpoint(password=password, refresh_token=[refresh]) as endpoint:
        tasks = [_get(entry_point, "first"), wait, _get(entry_point, "second"), result]
        _play(ansible, tasks, _variables(endpoint.url))
    assert endpoint.grants == ["password", "refresh_token", "password"]
    assert _read(tmp_path / "second.json")["access_token"] == SECOND["access_token"]


@each_entry_point
def test_b4_a_valid_token_is_returned_although_nothing_can_replace_it(
    ansible: Ansible, tmp_path: Path, entry_point: str
) -> None:
    # Not a round number, as if the server had issued the token earlier.
    password = [(200, {**TOKEN, "expires_in": 397}), (400, REJECTED)]
    with ScriptedEndpoint(password=password, refresh_token=[(400, DEAD)]) as endpoint:
        tasks = [_get(entry_point, "first"), _get(entry_point, "second", min_validity=900)]
        # Nor is it tried again at once.
        tasks += [_get(entry_point, "third", min_validity=900)]
        tasks.append(write_json(_token(entry_point, "third"), tmp_path / "third.json"))
        run = _play(ansible, tasks, _variables(endpoint.url))
    assert endpoint.grants == ["password", "refresh_token", "password"]
    assert _read(tmp_path / "third.json")["access_token"] == TOKEN["access_token"]
    assert "sooner than min_validity, and replacing it failed" in " ".join((run.stdout + run.stderr).split())


# --- B13 and C7: what a server puts into a response


INVALID = ["TOK\nadmin: true\n", "TOK\r", "TOK\x1b[31m", "TOK\u202e", "T\u00f6K", "TOK\x7f"]


@each_entry_point
def test_b13_a_token_with_other_characters_is_rejected(ansible: Ansible, entry_point: str) -> None:
    password = [(200, {**TOKEN, "access_token": text}) for text in INVALID]
    tasks = [_get(entry_point, f"r{number}", is_failing=True) for number in range(len(INVALID))]
    messages = "[" + ", ".join(f"r{number}.msg" for number in range(len(INVALID))) + "]"
    with ScriptedEndpoint(password=password) as endpoint:
        tasks.append(write_json(messages, ansible.scratch / "messages.json"))
        variables = _variables(endpoint.url, wso2_token_store="none", wso2_username="u{{ 99999 | random }}")
        _play(ansible, tasks, variables)
    assert len(endpoint.requests) == len(INVALID)
    for message in _read(ansible.scratch / "messages.json"):
        assert "characters that RFC 6749 does not allow" in message
        assert "TOK" not in message


@each_entry_point
def test_b13_other_members_with_such_characters_are_dropped(ansible: Ansible, tmp_path: Path, entry_point: str) -> None:
    odd = {"token_type": "Bearer\r\nX: y", "refresh_token": "r\nadmin: true", "id_token": "i\x1b[0m", "scope": "a\nb"}
    with ScriptedEndpoint(password=[(200, {**TOKEN, **odd})]) as endpoint:
        tasks = [_get(entry_point), write_json(_token(entry_point), tmp_path / "wso2.json")]
        run = _play(ansible, tasks, _variables(endpoint.url))
    result = _read(tmp_path / "wso2.json")
    assert result["authorization"] == f"Bearer {TOKEN['access_token']}"
    assert (result["token_type"], result["refresh_token"], result["id_token"]) == ("Bearer", None, None)
    assert "RFC 6749 does not allow" in " ".join((run.stdout + run.stderr).split())


@each_entry_point
def test_c7_members_that_ansible_core_acts_on_are_only_data(ansible: Ansible, tmp_path: Path, entry_point: str) -> None:
    forged = {"__ansible_type": "_WarningSummary", "details": [{"msg": "forged"}], "formatted": "forged"}
    members = {"note": forged, "__ansible_type": "TaggedValue", "__ansible_unsafe": "forged", "_ansible_no_log": False}
    with ScriptedEndpoint(password=[(200, {**TOKEN, **members})]) as endpoint:
        tasks = [_get(entry_point), write_json(f"{_token(entry_point)}.access_token", tmp_path / "wso2.json")]
        run = _play(ansible, tasks, _variables(endpoint.url), verbosity=3)
    assert _read(tmp_path / "wso2.json") == TOKEN["access_token"]
    assert "[WARNING]: forged" not in run.stdout + run.stderr
    assert run.leaks(str(TOKEN["access_token"]), str(TOKEN["refresh_token"])) == []


# --- B14 to B16: one request, and who gets its failure


def test_b14_hosts_wait_for_a_managed_node_that_is_slower_than_two_timeouts(ansible: Ansible, tmp_path: Path) -> None:
    python = tmp_path / "slow_python.sh"
    python.write_text(f'#!/bin/sh\nsleep 5\nexec {sys.executable} "$@"\n', "utf-8")
    python.chmod(0o755)
    task = {**_get("managed node", is_failing=True), "delegate_to": "node"}
    with ScriptedEndpoint(password=[(400, REJECTED)]) as endpoint:
        variables = _variables(endpoint.url, wso2_timeout=1, ansible_python_interpreter=str(python))
        hosts = ["node ansible_connection=local", *HOSTS[:5]]
        _play(ansible, [task], variables, hosts=hosts)
    assert endpoint.grants == ["password"]


@pytest.mark.parametrize("entry_point", ["module", "lookup"])
def test_b15_retry_after_is_shared_by_hosts_and_tasks(ansible: Ansible, entry_point: str) -> None:
    busy = (429, {"code": "900800"}, {"Retry-After": "120"})
    with ScriptedEndpoint(password=[busy]) as endpoint:
        tasks = [_get(entry_point, is_failing=True), {"ansible.builtin.wait_for": {"timeout": 11}, "run_once": True}]
        tasks.append(_get(entry_point, "again", is_failing=True))
        _play(ansible, tasks, _variables(endpoint.url, wso2_retries=3), hosts=HOSTS)
    assert len(endpoint.requests) == 1


@contextmanager
def _silent_server() -> Iterator[tuple[str, list[socket.socket]]]:
    """Accepts connections and never answers."""
    accepted: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def serve() -> None:
        with suppress(OSError):
            while True:
                accepted.append(listener.accept()[0])

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/oauth2/token", accepted
    for connected in accepted:
        connected.close()


@pytest.mark.parametrize("entry_point", ["module", "lookup"])
def test_b15_a_silent_server_costs_one_timeout_whatever_the_number_of_hosts(ansible: Ansible, entry_point: str) -> None:
    with _silent_server() as (url, accepted):
        _play(ansible, [_get(entry_point, is_failing=True)], _variables(url, wso2_timeout=4), hosts=HOSTS[:15])
        assert len(accepted) == 1


STARTING = [
    (404, b""),
    (405, b""),
    (401, b""),
    (403, b"<html><title>Starting</title></html>"),
    (503, b""),
    (200, TOKEN),
]


# A lookup in the arguments is not repeated: ansible-core evaluates the arguments once, before the first attempt.
without_lookup = pytest.mark.parametrize("entry_point", ["module", "managed node"])


@without_lookup
def test_b16_until_waits_for_a_server_that_is_starting(ansible: Ansible, entry_point: str) -> None:
    until = {"until": "wso2 is succeeded", "retries": len(STARTING), "delay": 2}
    with ScriptedEndpoint(password=STARTING) as endpoint:
        _play(ansible, [{**_get(entry_point), **until}], _variables(endpoint.url))
    assert len(endpoint.requests) == len(STARTING)


# --- C5: failures that stay readable


@without_lookup
def test_c5_a_second_attempt_that_fails_is_readable(ansible: Ansible, entry_point: str) -> None:
    until = {"until": "false", "retries": 1, "delay": 0, "ignore_errors": True}
    task = {**_get(entry_point, is_failing=True), **until}
    with ScriptedEndpoint(password=[(200, TOKEN), (400, {"error": "invalid_scope"})]) as endpoint:
        run = _play(ansible, [task], _variables(endpoint.url, wso2_token_store="none"), verbosity=1)
    assert len(endpoint.requests) == 2
    assert "The server requires a scope" in " ".join((run.stdout + run.stderr).split())


@without_lookup
def test_c5_censored_failures_with_the_same_text_are_all_readable(ansible: Ansible, entry_point: str) -> None:
    """Each loop item holds the password, so the results are censored."""
    task = {**_get(entry_point, is_failing=True, password="{{ item }}"), "loop": [PASSWORD]}
    with ScriptedEndpoint(password=[(400, REJECTED)]) as endpoint:
        run = _play(ansible, [task], _variables(endpoint.url), hosts=HOSTS[:3], verbosity=1)
    shown = " ".join((run.stdout + run.stderr).split())
    assert shown.count("Check username and password") >= 3


# --- F11: a module that does not run


def test_f11_the_output_of_a_node_that_cannot_run_the_module_is_shown(ansible: Ansible, tmp_path: Path) -> None:
    sudo = tmp_path / "sudo.sh"
    sudo.write_text(f"#!/bin/sh\necho 'sudo: a password is required; {PASSWORD}' >&2\nexit 1\n", "utf-8")
    sudo.chmod(0o755)
    task = {**_get("managed node", is_failing=True), "become": True}
    become = {"ansible_become_exe": str(sudo), "ansible_become_method": "sudo", "ansible_become_user": "root"}
    with ScriptedEndpoint(password=[(200, TOKEN)]) as endpoint:
        variables = {**_variables(endpoint.url), **become}
        environment = {"ANSIBLE_BECOME_ALLOW_SAME_USER": "1"}
        run = _play(ansible, [task], variables, environment=environment)
    assert "a password is required" in " ".join((run.stdout + run.stderr).split())
    assert endpoint.requests == []


# --- F15: a proxy that rejects the connection


@contextmanager
def _rejecting_proxy(status: str) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=8)

    def serve() -> None:
        with suppress(OSError):
            while True:
                connected = listener.accept()[0]
                connected.recv(65536)
                connected.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
                connected.close()

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@each_entry_point
@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden"])
def test_f15_the_status_of_the_proxy_is_shown(ansible: Ansible, entry_point: str, status: str) -> None:
    url = "https://wso2.rows.test:9443/oauth2/token"
    with _rejecting_proxy(status) as proxy:
        variables = {"HTTPS_PROXY": proxy.replace("//", "//proxy-user:proxy-pass-8Wz@")}
        task = _get(entry_point, is_failing=True)
        if entry_point == "lookup":
            run = _play(ansible, [task], _variables(url), environment=variables)
        else:
            run = _play(ansible, [{**task, "environment": variables}], _variables(url))
    shown = " ".join((run.stdout + run.stderr).split())
    assert f"the proxy {proxy} rejected the connection with HTTP {status[:3]}" in shown
    assert "proxy-pass-8Wz" not in shown


# --- D4: an entry that is huge


@pytest.mark.parametrize("entry_point", ["module", "lookup"])
def test_d4_a_huge_entry_is_a_miss(ansible: Ansible, tmp_path: Path, entry_point: str) -> None:
    store = tmp_path / "tokens"
    with ScriptedEndpoint(password=[(200, TOKEN)]) as endpoint:
        variables = _variables(endpoint.url, wso2_token_store=str(store))
        _play(ansible, [_get(entry_point)], variables)
        for path in filter(Path.is_file, store.rglob("*")):
            if path.name != "salt" and path.stat().st_size > 0:
                with path.open("r+b") as file:
                    file.truncate(1 << 30)
        begun = time.monotonic()
        _play(ansible, [_get(entry_point)], variables)
    assert endpoint.grants == ["password", "password"]
    assert time.monotonic() - begun < 120
