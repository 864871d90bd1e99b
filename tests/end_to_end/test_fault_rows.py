# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which request follows which response, and what reaches the playbook, for each entry point of the collection."""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, Run, write_json
from scripted_endpoint import ScriptedEndpoint

PLUGIN = "apiops.wso2.wso2_password_token"
# More than two rounds of forks.
HOSTS = [f"host{number}" for number in range(7)]
FORKS = ["--forks", "3"]
SECRET, PASSWORD = "rows-secret-8Wz", "rows-password-8Wz"
TOKEN = {"access_token": "access-token-8Wz-1", "refresh_token": "refresh-token-8Wz-1", "expires_in": 3600}
SECOND = {"access_token": "access-token-8Wz-2", "refresh_token": "refresh-token-8Wz-2", "expires_in": 3600}
REJECTED = {"error": "invalid_grant", "error_description": "Authentication failed for alice"}
DEAD = {"error": "invalid_grant", "error_description": "Refresh token is expired."}
# Executing a module takes a second, so one response of each kind goes to the managed node.
MODULE, LOOKUP, MANAGED_NODE = ENTRY_POINTS = ("module", "lookup", "managed node")


def _variables(**changes: Any) -> dict[str, Any]:
    return {
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


@contextmanager
def _endpoints(names: Iterable[str], **responses: Sequence[Any]) -> Iterator[dict[str, ScriptedEndpoint]]:
    """An endpoint for each of NAMES, so that the tasks of one run share neither tokens nor failures."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(ScriptedEndpoint(**responses)) for name in names}


def _list(parts: Iterable[str]) -> str:
    return f"[{', '.join(parts)}]"


def _variable(entry_point: str) -> str:
    return entry_point.replace(" ", "_")


# --- B3 and B4: a refresh that fails


@pytest.mark.any_release
def test_b3_the_password_follows_a_given_refresh_token_that_fails_for_a_passing_reason(
    ansible: Ansible, tmp_path: Path
) -> None:
    cases = [(MODULE, 500), (MODULE, 503), (MODULE, 429), (MANAGED_NODE, 500)]
    with ExitStack() as stack:
        endpoints = [
            stack.enter_context(
                ScriptedEndpoint(password=[(200, TOKEN)], refresh_token=[(status, {"error": "server_error"})])
            )
            for _entry_point, status in cases
        ]
        tasks = [
            _get(entry_point, f"r{number}", token_url=endpoints[number].url, refresh_token=f"given-8Wz-{number}")
            for number, (entry_point, _status) in enumerate(cases)
        ]
        tokens = _list(f"r{number}.access_token" for number in range(len(cases)))
        _play(ansible, [*tasks, write_json(tokens, tmp_path / "tokens.json")], _variables())
    assert [endpoint.grants for endpoint in endpoints] == [["refresh_token", "password"]] * len(cases)
    assert _read(tmp_path / "tokens.json") == [TOKEN["access_token"]] * len(cases)


def _passwords(number: int) -> list[tuple[int, dict[str, Any]]]:
    """A token for some seconds, then another one. A refresh token that a server rejected is not sent to any other."""
    first, second = (
        {**token, "access_token": f"{token['access_token']}-{number}", "refresh_token": f"refresh-8Wz-{number}-{name}"}
        for name, token in (("first", TOKEN), ("second", SECOND))
    )
    return [(200, {**first, "expires_in": 10}), (200, second)]


@pytest.mark.any_release
def test_b3_the_password_follows_the_refresh_of_an_expired_token_that_fails(ansible: Ansible, tmp_path: Path) -> None:
    failures: list[Any] = [(500, {"error": "server_error"}), (400, DEAD)]
    cases = [(entry_point, failure) for entry_point in (MODULE, LOOKUP) for failure in failures]
    wait = {"ansible.builtin.wait_for": {"timeout": 11}, "delegate_to": "localhost"}
    with ExitStack() as stack:
        endpoints = [
            stack.enter_context(ScriptedEndpoint(password=_passwords(number), refresh_token=[failure]))
            for number, (_entry_point, failure) in enumerate(cases)
        ]
        tasks = [
            [
                _get(entry_point, f"{name}{number}", token_url=endpoints[number].url)
                for number, (entry_point, _failure) in enumerate(cases)
            ]
            for name in ("first", "second")
        ]
        tokens = _list(
            f"{_token(entry_point, f'second{number}')}.access_token" for number, (entry_point, _f) in enumerate(cases)
        )
        _play(ansible, [*tasks[0], wait, *tasks[1], write_json(tokens, tmp_path / "second.json")], _variables())
    assert [endpoint.grants for endpoint in endpoints] == [["password", "refresh_token", "password"]] * len(cases)
    assert _read(tmp_path / "second.json") == [f"{SECOND['access_token']}-{number}" for number in range(len(cases))]


def test_b4_a_valid_token_is_returned_although_nothing_can_replace_it(ansible: Ansible, tmp_path: Path) -> None:
    # Not a round number, as if the server had issued the token earlier.
    password = [(200, {**TOKEN, "expires_in": 397}), (400, REJECTED)]
    tasks = []
    with _endpoints(ENTRY_POINTS, password=password, refresh_token=[(400, DEAD)]) as endpoints:
        for entry_point, endpoint in endpoints.items():
            # The third task does not try again at once.
            for name, options in (("first", {}), ("second", {"min_validity": 900}), ("third", {"min_validity": 900})):
                variable = f"{name}_{_variable(entry_point)}"
                tasks.append(_get(entry_point, variable, token_url=endpoint.url, **options))
        tokens = _list(f"{_token(entry, f'third_{_variable(entry)}')}.access_token" for entry in ENTRY_POINTS)
        run = _play(ansible, [*tasks, write_json(tokens, tmp_path / "third.json")], _variables())
    assert {tuple(endpoint.grants) for endpoint in endpoints.values()} == {("password", "refresh_token", "password")}
    assert _read(tmp_path / "third.json") == [TOKEN["access_token"]] * len(ENTRY_POINTS)
    shown = " ".join((run.stdout + run.stderr).split())
    for endpoint in endpoints.values():
        assert re.search(rf"sooner than min_validity, and replacing it failed[^\[]*{re.escape(endpoint.url)}", shown)


# --- B13 and C7: what a server puts into a response


INVALID = ["TOK\nadmin: true\n", "TOK\r", "TOK\x1b[31m", "TOK\u202e", "T\u00f6K", "TOK\x7f"]


@pytest.mark.any_release
def test_b13_a_token_with_other_characters_is_rejected(ansible: Ansible) -> None:
    password = [(200, {**TOKEN, "access_token": text}) for text in INVALID]
    counts = {MODULE: len(INVALID), LOOKUP: len(INVALID), MANAGED_NODE: 1}
    with _endpoints(ENTRY_POINTS, password=password) as endpoints:
        names = [
            (entry_point, f"{_variable(entry_point)}_{number}")
            for entry_point in ENTRY_POINTS
            for number in range(counts[entry_point])
        ]
        tasks = [_get(entry, name, is_failing=True, token_url=endpoints[entry].url) for entry, name in names]
        messages = _list(f"{name}.msg" for _entry, name in names)
        tasks.append(write_json(messages, ansible.scratch / "messages.json"))
        _play(ansible, tasks, _variables(wso2_token_store="none", wso2_username="u{{ 99999 | random }}"))
    assert {entry_point: len(endpoint.requests) for entry_point, endpoint in endpoints.items()} == counts
    for message in _read(ansible.scratch / "messages.json"):
        assert "characters that RFC 6749 does not allow" in message
        assert "TOK" not in message


@pytest.mark.any_release
def test_b13_other_members_with_such_characters_are_dropped(ansible: Ansible, tmp_path: Path) -> None:
    odd = {"token_type": "Bearer\r\nX: y", "refresh_token": "r\nadmin: true", "id_token": "i\x1b[0m", "scope": "a\nb"}
    # Equal warnings of one run are shown once.
    left_out = {MODULE: "", LOOKUP: "scope", MANAGED_NODE: "id_token"}
    with ExitStack() as stack:
        tasks = []
        for entry_point in ENTRY_POINTS:
            members = {name: value for name, value in odd.items() if name != left_out[entry_point]}
            response = {name: value for name, value in TOKEN.items() if name not in odd} | members
            endpoint = stack.enter_context(ScriptedEndpoint(password=[(200, response)]))
            tasks.append(_get(entry_point, _variable(entry_point), token_url=endpoint.url))
        results = _list(_token(entry_point, _variable(entry_point)) for entry_point in ENTRY_POINTS)
        run = _play(ansible, [*tasks, write_json(results, tmp_path / "results.json")], _variables())
    for result in _read(tmp_path / "results.json"):
        assert result["authorization"] == f"Bearer {TOKEN['access_token']}"
        assert (result["token_type"], result["refresh_token"], result["id_token"]) == ("Bearer", None, None)
    shown = " ".join((run.stdout + run.stderr).split())
    assert len(set(re.findall(r"characters in ([^;]*) that RFC 6749 does not allow", shown))) == len(ENTRY_POINTS)


def test_c7_members_that_ansible_core_acts_on_are_only_data(ansible: Ansible, tmp_path: Path) -> None:
    forged = {"__ansible_type": "_WarningSummary", "details": [{"msg": "forged"}], "formatted": "forged"}
    members = {"note": forged, "__ansible_type": "TaggedValue", "__ansible_unsafe": "forged", "_ansible_no_log": False}
    with _endpoints(ENTRY_POINTS, password=[(200, {**TOKEN, **members})]) as endpoints:
        tokens = _list(f"{_token(entry, _variable(entry))}.access_token" for entry in ENTRY_POINTS)
        tasks = [_get(entry, _variable(entry), token_url=endpoint.url) for entry, endpoint in endpoints.items()]
        run = _play(ansible, [*tasks, write_json(tokens, tmp_path / "tokens.json")], _variables(), verbosity=3)
    assert _read(tmp_path / "tokens.json") == [TOKEN["access_token"]] * len(ENTRY_POINTS)
    assert "[WARNING]: forged" not in run.stdout + run.stderr
    assert run.leaks(str(TOKEN["access_token"]), str(TOKEN["refresh_token"])) == []


# --- B14 to B16: one request, and who gets its failure


@pytest.mark.any_release
def test_b14_hosts_wait_for_a_managed_node_that_is_slower_than_two_timeouts(ansible: Ansible, tmp_path: Path) -> None:
    python = tmp_path / "slow_python.sh"
    python.write_text(f'#!/bin/sh\nsleep 5\nexec {sys.executable} "$@"\n', "utf-8")
    python.chmod(0o755)
    task = {**_get("managed node", is_failing=True), "delegate_to": "node"}
    with ScriptedEndpoint(password=[(400, REJECTED)]) as endpoint:
        variables = _variables(wso2_token_url=endpoint.url, wso2_timeout=1, ansible_python_interpreter=str(python))
        hosts = ["node ansible_connection=local", *HOSTS[:5]]
        _play(ansible, [task], variables, hosts=hosts)
    assert endpoint.grants == ["password"]


@pytest.mark.any_release
def test_b15_retry_after_is_shared_by_hosts_and_tasks(ansible: Ansible) -> None:
    busy = (429, {"code": "900800"}, {"Retry-After": "120"})
    with _endpoints((MODULE, LOOKUP), password=[busy]) as endpoints:
        first, again = (
            [_get(entry, name, is_failing=True, token_url=endpoint.url) for entry, endpoint in endpoints.items()]
            for name in ("first", "again")
        )
        wait = {"ansible.builtin.wait_for": {"timeout": 11}, "run_once": True}
        _play(ansible, [*first, wait, *again], _variables(wso2_retries=3), hosts=HOSTS)
    assert [len(endpoint.requests) for endpoint in endpoints.values()] == [1, 1]


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


@pytest.mark.any_release
def test_b15_a_silent_server_costs_one_timeout_whatever_the_number_of_hosts(ansible: Ansible) -> None:
    with _silent_server() as (of_module, first), _silent_server() as (of_lookup, second):
        tasks = [
            _get(entry_point, is_failing=True, token_url=url)
            for entry_point, url in ((MODULE, of_module), (LOOKUP, of_lookup))
        ]
        _play(ansible, tasks, _variables(wso2_timeout=4), hosts=HOSTS)
        assert [len(first), len(second)] == [1, 1]


STARTING = [
    (404, b""),
    (405, b""),
    (401, b""),
    (403, b"<html><title>Starting</title></html>"),
    (503, b""),
    (200, TOKEN),
]


# A lookup in the arguments is not repeated: ansible-core evaluates the arguments once, before the first attempt.
REPEATED = (MODULE, MANAGED_NODE)


def test_b16_until_waits_for_a_server_that_is_starting(ansible: Ansible) -> None:
    responses = {MODULE: STARTING, MANAGED_NODE: STARTING[-2:]}
    with ExitStack() as stack:
        endpoints = {
            entry_point: stack.enter_context(ScriptedEndpoint(password=password))
            for entry_point, password in responses.items()
        }
        until = {"until": "wso2 is succeeded", "retries": len(STARTING), "delay": 2}
        tasks = [{**_get(entry, token_url=endpoint.url), **until} for entry, endpoint in endpoints.items()]
        _play(ansible, tasks, _variables())
    assert [len(endpoint.requests) for endpoint in endpoints.values()] == [len(STARTING), 2]


# --- C5: failures that stay readable


def test_c5_a_second_attempt_that_fails_is_readable(ansible: Ansible) -> None:
    until = {"until": "false", "retries": 1, "delay": 0, "ignore_errors": True}
    with _endpoints(REPEATED, password=[(200, TOKEN), (400, {"error": "invalid_scope"})]) as endpoints:
        tasks = [
            {**_get(entry, is_failing=True, token_url=endpoint.url), **until} for entry, endpoint in endpoints.items()
        ]
        run = _play(ansible, tasks, _variables(wso2_token_store="none"), verbosity=1)
    assert [len(endpoint.requests) for endpoint in endpoints.values()] == [2, 2]
    *_before, of_module, of_managed_node = " ".join((run.stdout + run.stderr).split()).split("TASK [")
    assert "The server requires a scope" in of_module
    assert "The server requires a scope" in of_managed_node


@pytest.mark.parametrize("entry_point", REPEATED)
def test_c5_censored_failures_with_the_same_text_are_all_readable(ansible: Ansible, entry_point: str) -> None:
    """Each loop item holds the password, so the results are censored."""
    task = {**_get(entry_point, is_failing=True, password="{{ item }}"), "loop": [PASSWORD]}
    with ScriptedEndpoint(password=[(400, REJECTED)]) as endpoint:
        run = _play(ansible, [task], _variables(wso2_token_url=endpoint.url), hosts=HOSTS[:3], verbosity=1)
    shown = " ".join((run.stdout + run.stderr).split())
    assert shown.count("Check username and password") >= 3


# --- E5: a library that cannot be imported


@pytest.mark.parametrize("entry_point", ["module", "lookup"])
def test_e5_the_text_of_the_import_error_is_shown(ansible: Ansible, tmp_path: Path, entry_point: str) -> None:
    (tmp_path / "urllib3.py").write_text("raise ImportError('urllib3 v2 only supports OpenSSL 1.1.1+')\n", "utf-8")
    variables = _variables(wso2_token_url="https://127.0.0.1:1/oauth2/token")
    run = _play(ansible, [_get(entry_point, is_failing=True)], variables, environment={"PYTHONPATH": str(tmp_path)})
    shown = " ".join((run.stdout + run.stderr).split())
    assert "The Python library requests cannot be imported by" in shown
    assert "urllib3 v2 only supports OpenSSL 1.1.1+" in shown


# --- F11: a module that does not run


def test_f11_the_output_of_a_node_that_cannot_run_the_module_is_shown(ansible: Ansible, tmp_path: Path) -> None:
    sudo = tmp_path / "sudo.sh"
    sudo.write_text(f"#!/bin/sh\necho 'sudo: a password is required; {PASSWORD}' >&2\nexit 1\n", "utf-8")
    sudo.chmod(0o755)
    task = {**_get("managed node", is_failing=True), "become": True}
    become = {"ansible_become_exe": str(sudo), "ansible_become_method": "sudo", "ansible_become_user": "root"}
    with ScriptedEndpoint(password=[(200, TOKEN)]) as endpoint:
        variables = {**_variables(wso2_token_url=endpoint.url), **become}
        environment = {"ANSIBLE_BECOME_ALLOW_SAME_USER": "1"}
        run = _play(ansible, [task], variables, environment=environment)
    assert "a password is required" in " ".join((run.stdout + run.stderr).split())
    assert endpoint.requests == []


# --- F15: a proxy that rejects the connection


STATUSES = {"9407": "407 Proxy Authentication Required", "9403": "403 Forbidden"}


@contextmanager
def _rejecting_proxy() -> Iterator[str]:
    """A proxy that answers with the one of C(STATUSES) that belongs to the requested port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=8)

    def serve() -> None:
        with suppress(OSError):
            while True:
                connected = listener.accept()[0]
                port = connected.recv(65536).split()[1].decode().rpartition(":")[2]
                connected.sendall(f"HTTP/1.1 {STATUSES[port]}\r\nContent-Length: 0\r\n\r\n".encode())
                connected.close()

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_f15_the_status_of_the_proxy_is_shown(ansible: Ansible, tmp_path: Path) -> None:
    """The proxy is in the environment of the task, and for the lookup in that of the run."""
    with _rejecting_proxy() as proxy:
        environment = {"HTTPS_PROXY": proxy.replace("//", "//proxy-user:proxy-pass-8Wz@")}
        for entry_points in ((MODULE, MANAGED_NODE), (LOOKUP,)):
            cases = [(entry_point, port) for entry_point in entry_points for port in STATUSES]
            tasks = []
            for number, (entry_point, port) in enumerate(cases):
                url = f"https://wso2.rows.test:{port}/oauth2/token"
                task = _get(entry_point, f"r{number}", is_failing=True, token_url=url)
                tasks.append(task if entry_point == LOOKUP else {**task, "environment": "{{ proxies }}"})
            messages = write_json(_list(f"r{number}.msg" for number in range(len(cases))), tmp_path / "messages.json")
            of_run = environment if entry_points == (LOOKUP,) else {}
            # Not in the playbook, of which ansible-core shows the lines around a task that fails.
            run = _play(ansible, [*tasks, messages], _variables(proxies=environment), environment=of_run)
            shown = " ".join((run.stdout + run.stderr).split())
            for (_entry_point, port), message in zip(cases, _read(tmp_path / "messages.json")):
                told = f"the proxy {proxy} rejected the connection with HTTP {STATUSES[port][:3]}"
                assert told in message
                assert told in shown
            assert "proxy-pass-8Wz" not in shown


# --- D4: an entry that is huge


@pytest.mark.any_release
def test_d4_a_huge_entry_is_a_miss(ansible: Ansible, tmp_path: Path) -> None:
    with _endpoints((MODULE, LOOKUP), password=[(200, TOKEN)]) as endpoints:
        tasks = [
            _get(entry_point, token_url=endpoint.url, token_store=str(tmp_path / "tokens" / entry_point))
            for entry_point, endpoint in endpoints.items()
        ]
        (tmp_path / "tokens").mkdir()
        _play(ansible, tasks, _variables())
        for path in filter(Path.is_file, (tmp_path / "tokens").rglob("*")):
            if path.name != "salt" and path.stat().st_size > 0:
                with path.open("r+b") as file:
                    file.truncate(1 << 30)
        begun = time.monotonic()
        _play(ansible, tasks, _variables())
    assert [endpoint.grants for endpoint in endpoints.values()] == [["password", "password"]] * 2
    assert time.monotonic() - begun < 120
