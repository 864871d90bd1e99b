# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Redis that control nodes share: one request for all of them, and a play that goes on without it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from pause_point import play_with_pause
from playbook import Ansible, Run, write_json
from redis_server import RedisServer, running_redis
from secret_search import compact
from store_warnings import store_warnings
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
GET: dict[str, Any] = {PLUGIN: {}, "register": "wso2"}
LOOKUP = f"lookup('{PLUGIN}')"
LOOKUPS = {"ansible.builtin.assert": {"that": [f"{LOOKUP} | length > 0"] * 5, "quiet": True}}
# More than one round of forks.
HOSTS = [f"host{number}" for number in range(4)]
FORKS = ["--forks", "3"]
REDIS_PASSWORD = "redis-pw/7f3a91"
# Longer than the near cache is used without a check in Redis.
LATER = {"ansible.builtin.pause": {"seconds": 4}}


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path / "redis", password=REDIS_PASSWORD) as server:
        yield server


@pytest.fixture
def shared(variables: dict[str, Any], redis_server: RedisServer) -> dict[str, Any]:
    return {**variables, "wso2_token_store": redis_server.url}


@pytest.fixture
def new_node(collections: Path, tmp_path: Path) -> Callable[[str], Ansible]:
    """Create control nodes, each with its own home directory."""

    def make(name: str) -> Ansible:
        (tmp_path / name).mkdir()
        return Ansible(collections, tmp_path / name)

    return make


def _seen(path: Path) -> list[dict[str, Any]]:
    """A task that writes the registered results of all hosts to PATH."""
    everything = "ansible_play_hosts | map('extract', hostvars, 'wso2') | list"
    return [{**write_json(everything, path), "run_once": True}]


@pytest.mark.any_release
def test_one_request_serves_all_control_nodes(
    new_node: Callable[[str], Ansible], wso2: Wso2, shared: dict[str, Any], redis_server: RedisServer
) -> None:
    wso2.reset(token_format="jwt")
    homes = {"HOME": "home", "ANSIBLE_HOME": "ansible"}

    def one(name: str) -> tuple[Run, list[dict[str, Any]]]:
        node = nodes[name]
        home = {variable: str(node.scratch.parent / name[:3] / part) for variable, part in homes.items()}
        tasks = [GET, LOOKUPS, *_seen(node.scratch / "seen.json")]
        run = node.play(tasks, variables=shared, hosts=HOSTS[:2], environment=home)
        assert run.returncode == 0, run.stdout + run.stderr
        return run, json.loads((node.scratch / "seen.json").read_text("utf-8"))

    # Two processes on each of two nodes, distinguished by the first three letters.
    nodes = {name: new_node(name) for name in ("one-a", "one-b", "two-a", "two-b")}
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(one, nodes))
    assert len(wso2.token_requests()) == 1
    (token,) = {result["access_token"] for _run, seen in results for result in seen}
    assert wso2.is_active(token)
    secrets = (REDIS_PASSWORD, "alice-pass", "demo_secret", token)
    assert [run.leaks(*secrets) for run, _seen in results] == [[]] * 4
    assert [store_warnings(run) for run, _seen in results] == [[]] * 4
    with redis_server.client() as client:
        keys = client.keys()
        # The name of a key contains no secret.
        assert all(re.fullmatch(rb"apiops\.wso2:([0-9a-f]{64}|salt)", key) for key in keys)
        values = {key: client.get(key) for key in keys}
        largest = max(values, key=lambda key: len(values[key]))
        assert 24 * 3600 < client.ttl(largest) <= 24 * 3600 + 3600
    refresh_token = wso2.all_tokens()[0]["refresh_token"]
    for clear in (*secrets, refresh_token, "alice", "demo_key", "access_token"):
        assert not any(clear.encode() in value for value in values.values())


@pytest.mark.any_release
@pytest.mark.parametrize("change", [{"force": True}, {"state": "absent"}], ids=["refreshed", "revoked"])
def test_a_running_play_sees_changes_of_another_node(
    new_node: Callable[[str], Ansible], wso2: Wso2, shared: dict[str, Any], change: dict[str, Any], tmp_path: Path
) -> None:
    here, there = new_node("here"), new_node("there")

    def elsewhere() -> None:
        run = there.play([{PLUGIN: change}], variables=shared)
        assert run.returncode == 0, run.stdout + run.stderr

    # The limit ends the loop if the test fails.
    notice = {**GET, "until": "wso2.access_token != first.access_token", "retries": 60, "delay": 1}
    run = play_with_pause(
        elsewhere,
        here,
        before=[{**GET, "register": "first"}],
        after=[notice, write_json("[first, wso2]", tmp_path / "seen.json")],
        variables=shared,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    first, second = json.loads((tmp_path / "seen.json").read_text("utf-8"))
    assert [wso2.is_active(result["access_token"]) for result in (first, second)] == [False, True]
    assert len(wso2.token_requests()) == 2
    assert store_warnings(run) == []


RedisFault = Callable[[RedisServer, dict[str, Any]], AbstractContextManager[None]]


def _stopped(server: RedisServer, variables: dict[str, Any]) -> AbstractContextManager[None]:
    server.stop()
    return nullcontext()


def _hanging(server: RedisServer, variables: dict[str, Any]) -> AbstractContextManager[None]:
    return server.suspended()


def _wrong_password(server: RedisServer, variables: dict[str, Any]) -> AbstractContextManager[None]:
    variables["wso2_token_store"] = server.url_with("wrong-redis-pw")
    return nullcontext()


def _full(server: RedisServer, variables: dict[str, Any]) -> AbstractContextManager[None]:
    with server.client() as client:
        client.config_set("maxmemory", 1)
    return nullcontext()


FAULTS: list[tuple[str, RedisFault, str]] = [
    ("stopped", _stopped, "Cannot connect to"),
    ("hanging", _hanging, "Timed out waiting for"),
    ("wrong password", _wrong_password, "The username or password was rejected by"),
    ("full", _full, "A command was rejected"),
]


@pytest.mark.any_release
@pytest.mark.parametrize(("fault", "message"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_play_continues_without_redis_and_shows_one_warning(
    ansible: Ansible, wso2: Wso2, shared: dict[str, Any], redis_server: RedisServer, fault: RedisFault, message: str
) -> None:
    tasks = [GET, LOOKUPS, {**LATER, "run_once": True}, GET, LOOKUPS]
    with fault(redis_server, shared):
        run = ansible.play(tasks, variables=shared, hosts=HOSTS, arguments=FORKS)
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(wso2.token_requests()) == 1
    (warning,) = store_warnings(run)
    assert compact(message) in warning
    assert compact(f"the token store redis://127.0.0.1:{redis_server.port}/0") in warning
    assert run.leaks(REDIS_PASSWORD, "wrong-redis-pw", "alice-pass", "demo_secret") == []


@pytest.mark.any_release
@pytest.mark.parametrize("comes_back", ["with its data", "empty", "never"])
def test_a_play_continues_when_redis_restarts(
    ansible: Ansible, wso2: Wso2, shared: dict[str, Any], redis_server: RedisServer, comes_back: str
) -> None:
    def restart() -> None:
        redis_server.stop()
        if comes_back == "empty":
            (redis_server.directory / "dump.rdb").unlink()
        if comes_back != "never":
            redis_server.start()

    later = [{**LATER, "run_once": True}, GET, LOOKUPS]
    run = play_with_pause(
        restart, ansible, before=[GET, LOOKUPS], after=later, variables=shared, hosts=HOSTS, arguments=FORKS
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(wso2.token_requests()) == 1
    assert store_warnings(run) == []


@pytest.mark.any_release
def test_few_workers_load_the_library(
    ansible: Ansible, wso2: Wso2, shared: dict[str, Any], redis_server: RedisServer
) -> None:
    before = redis_server.connections_made()
    hosts = [f"host{number}" for number in range(30)]
    run = ansible.play([LOOKUPS], variables=shared, hosts=hosts, arguments=["--forks", "15"])
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(wso2.token_requests()) == 1
    # A few for each few seconds that the play takes, and one for the count itself.
    assert redis_server.connections_made() - before < len(hosts) - 5


def test_a_missing_library_is_reported_with_a_fix(
    ansible: Ansible, wso2: Wso2, shared: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "without" / "redis").mkdir(parents=True)
    (tmp_path / "without" / "redis" / "__init__.py").write_text("raise ImportError\n", "utf-8")
    run = ansible.play(
        [{**GET, "ignore_errors": True}, LOOKUPS],
        variables=shared,
        environment={"PYTHONPATH": str(tmp_path / "without")},
        verbosity=0,
    )
    assert run.returncode != 0
    said = " ".join((run.stdout + run.stderr).split())
    assert said.count("token_store is a Redis URL, and the Python library redis is missing from") >= 2
    assert "Install it on the control node: pip install redis" in said
    assert wso2.token_requests() == []
    assert run.leaks(REDIS_PASSWORD) == []


@pytest.mark.any_release
@pytest.mark.parametrize("is_trusted", [True, False], ids=["trusted", "not trusted"])
def test_tls(ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, is_trusted: bool) -> None:
    with running_redis(tmp_path / "redis", password=REDIS_PASSWORD, tls=True) as server:
        url = server.url if is_trusted else server.url.partition("?")[0]
        run = ansible.play([GET, LOOKUPS], variables={**variables, "wso2_token_store": url}, hosts=HOSTS[:2])
        with server.client() as client:
            assert (client.dbsize() > 0) is is_trusted
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(wso2.token_requests()) == 1
    assert len(store_warnings(run)) == (0 if is_trusted else 1)
    assert ("CERTIFICATE_VERIFY_FAILED" in compact(run.stderr)) is not is_trusted
    assert run.leaks(REDIS_PASSWORD) == []
