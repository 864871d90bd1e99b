# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request for all hosts, forks, entry points and processes, and a valid token at any time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, Run, write_json
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
HOSTS = [f"host{number}" for number in range(30)]
FORKS = ["--forks", "15"]
LOOKUP = f"lookup('{PLUGIN}')"


def _use(path: Path) -> list[dict[str, Any]]:
    """A task of the module, five lookups, and the results of all hosts, written to PATH."""
    fact = {"ansible.builtin.set_fact": {"seen": f"{{{{ [registered.access_token, {', '.join([LOOKUP] * 5)}] }}}}"}}
    everything = "ansible_play_hosts | map('extract', hostvars, 'seen') | flatten | list"
    return [
        {PLUGIN: {}, "register": "registered"},
        {**fact, "no_log": True},
        {**write_json(everything, path), "run_once": True},
    ]


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        pytest.param({}, HOSTS[:3], id="opaque", marks=pytest.mark.any_release),
        pytest.param({"token_format": "jwt"}, HOSTS, id="jwt"),
    ],
)
def test_all_hosts_and_entry_points_share_one_request(
    ansible: Ansible,
    wso2: Wso2,
    variables: dict[str, Any],
    tmp_path: Path,
    settings: Mapping[str, Any],
    hosts: list[str],
) -> None:
    """A server that issues a JWT revokes the one before it."""
    wso2.reset(**settings)
    run = ansible.play(_use(tmp_path / "seen.json"), variables=variables, hosts=hosts, arguments=FORKS)
    assert run.returncode == 0, run.stdout + run.stderr
    seen = json.loads((tmp_path / "seen.json").read_text("utf-8"))
    assert len(seen) == 6 * len(hosts)
    assert len(wso2.token_requests()) == 1
    (token,) = set(seen)
    assert wso2.is_active(token)
    assert run.leaks("alice-pass", "demo_secret", token) == []
    # The store of the run is removed when the run ends.
    assert not list((tmp_path / "ansible").glob("tmp/*"))


@pytest.mark.any_release
def test_without_a_store_each_call_sends_a_request(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    run = ansible.play(_use(tmp_path / "seen.json"), variables={**variables, "wso2_token_store": "none"})
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(wso2.token_requests()) == 6


WRONG: dict[str, dict[str, str]] = {
    "invalid_grant": {"wso2_password": "wrong-password-7391"},
    "invalid_client": {"wso2_consumer_secret": "wrong-secret"},
}


@pytest.mark.any_release
def test_a_wrong_credential_is_sent_once(ansible: Ansible, wso2: Wso2, variables: dict[str, Any]) -> None:
    """The task, and the lookup, each with a user and an application of its own."""
    call: dict[str, dict[str, Any]] = {
        "task": {PLUGIN: {}},
        "lookup": {"ansible.builtin.debug": {"msg": f"{{{{ {LOOKUP} | length }}}}"}},
    }
    cases = [(error, kind) for error in WRONG for kind in call]
    wrong, correct = [], []
    for number, (error, kind) in enumerate(cases):
        wso2.put_user(f"user{number}", password="alice-pass")
        wso2.put_application(f"key{number}", secret="demo_secret", name=f"app{number}")
        own = {"wso2_username": f"user{number}", "wso2_consumer_key": f"key{number}"}
        # Not in the playbook, of which ansible-core shows the lines around a task that fails.
        in_variables = {name: f"{{{{ wrong.{name} }}}}" for name in WRONG[error]}
        wrong.append({**call[kind], "vars": {**own, **in_variables}, "ignore_errors": True})
        correct.append({PLUGIN: {}, "vars": own})
    # Variables of a task have precedence over those of a play, which have none over those of the command.
    names = ("wso2_username", "wso2_password", "wso2_consumer_key", "wso2_consumer_secret")
    of_play = {name: f"{{{{ correct.{name} }}}}" for name in names}
    of_command = {name: value for name, value in variables.items() if name not in names}
    of_command["wrong"] = {name: value for values in WRONG.values() for name, value in values.items()}
    of_command["correct"] = {name: variables[name] for name in names}
    hosts = HOSTS[:6]

    def play(tasks: list[dict[str, Any]], **options: Any) -> Run:
        return ansible.play(tasks, variables=of_command, keywords={"vars": of_play}, verbosity=0, **options)

    run = play(wrong, hosts=hosts, arguments=["--forks", "5"])
    assert run.returncode == 0, run.stdout
    assert [entry["status"] // 100 for entry in wso2.token_requests()] == [4] * len(cases)
    _before, *shown = run.stdout.split("TASK [")
    for (error, _kind), text in zip(cases, shown):
        assert sum("fatal:" in line and error in line for line in text.splitlines()) == len(hosts)
    # The account is not locked, so the correct password works.
    again = play(correct)
    assert again.returncode == 0, again.stdout
    assert run.leaks("alice-pass", "demo_secret", *of_command["wrong"].values()) == []


@pytest.mark.any_release
def test_a_corrected_password_and_force_send_a_request(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    wso2.reset(lock_after=0)
    wrong = {"password": "wrong-password-7391"}
    tasks = [
        {PLUGIN: wrong, "ignore_errors": True},
        {PLUGIN: wrong, "ignore_errors": True},
        {PLUGIN: {**wrong, "force": True}, "ignore_errors": True},
        {PLUGIN: {}, "register": "first"},
        {PLUGIN: {"force": True}, "register": "forced"},
        {PLUGIN: {}, "register": "after"},
        write_json("[first, forced, after]", tmp_path / "kept.json"),
    ]
    run = ansible.play(tasks, variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    assert [entry["outcome"] for entry in wso2.token_requests()] == [
        "bad_password", "bad_password", "granted", "refreshed"
    ]  # fmt: skip
    first, forced, after = json.loads((tmp_path / "kept.json").read_text("utf-8"))
    assert [result["origin"] for result in (first, forced, after)] == ["granted", "refreshed", "stored"]
    assert [result["changed"] for result in (first, forced, after)] == [True, True, False]
    assert forced["access_token"] == after["access_token"] != first["access_token"]


@pytest.mark.any_release
def test_two_runs_share_a_directory(collections: Path, wso2: Wso2, variables: dict[str, Any], tmp_path: Path) -> None:
    wso2.reset(token_format="jwt")
    shared = {**variables, "wso2_token_store": str(tmp_path / "tokens")}

    def one(name: str) -> tuple[Any, list[str]]:
        scratch = tmp_path / name
        scratch.mkdir()
        run = Ansible(collections, scratch).play(_use(scratch / "seen.json"), variables=shared, hosts=HOSTS[:5])
        return run, json.loads((scratch / "seen.json").read_text("utf-8"))

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(one, ["left", "right"]))
    assert [run.returncode for run, _seen in results] == [0, 0]
    assert len(wso2.token_requests()) == 1
    (token,) = {token for _run, seen in results for token in seen}
    files = list((tmp_path / "tokens").iterdir())
    assert not any(secret.encode() in path.read_bytes() for secret in (token, "alice", "demo") for path in files)
    assert (tmp_path / "tokens").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.any_release
@pytest.mark.parametrize("refresh_token", ["rotate", "keep"])
def test_a_play_that_is_longer_than_the_lifetime_of_a_token(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], refresh_token: str
) -> None:
    """Six calls in twelve seconds or more, with a lifetime of eight seconds: each returns a valid token.

    min_validity is longer than a call may take on a busy machine. Without a refresh token the last seconds of a
    token are handed out too, for there is nothing else, and no call could be sure of its end.
    """
    wso2.reset(token_lifetime=8, refresh_token=refresh_token)
    call = {
        "ansible.builtin.uri": {
            "url": wso2.api_url,
            "headers": {"Authorization": f"{{{{ lookup('{PLUGIN}', 'authorization') }}}}"},
            "ca_path": wso2.ca_path,
        },
        "loop": list(range(6)),
        "loop_control": {"pause": 2.4},
        "no_log": True,
    }
    run = ansible.play([call], variables={**variables, "wso2_min_validity": 4})
    assert run.returncode == 0, run.stdout + run.stderr
    assert {entry["status"] for entry in wso2.journal() if entry["endpoint"] == "api"} == {200}
    assert [entry["grant_type"] for entry in wso2.token_requests()][:3] == [
        "password",
        "refresh_token",
        "refresh_token",
    ]
