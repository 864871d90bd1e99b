# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consumer keys: one client for all hosts, runs and control nodes, one failed login, and no secret in any output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, Run, write_json
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_consumer_keys"
TOKEN_PLUGIN = "apiops.wso2.wso2_password_token"
HOSTS = [f"host{number}" for number in range(50)]
FORKS = ["--forks", "10"]
WRONG = "wrong-admin-password-7391"
PASSWORD = "registrar-password-made-up-5120"
GRANTS = ["password", "refresh_token", "client_credentials"]

PATHS = {
    "api manager": {"registration_url": "/client-registration/v0.17/register"},
    "identity server": {"registration_url": "/api/identity/oauth2/dcr/v1.1/register"},
    "portal": {"portal_url": "/api/am/devportal/v3"},
}
# The portal needs the most requests, so that hosts have the most occasions to send one too many.
ON_HOSTS = pytest.mark.parametrize(
    ("way", "hosts"),
    [
        pytest.param("api manager", HOSTS[:6], marks=pytest.mark.any_release),
        pytest.param("identity server", HOSTS[:6], marks=pytest.mark.any_release),
        pytest.param("portal", HOSTS),
    ],
)
CREATED = {"api manager": 1, "identity server": 1, "portal": 2}


@pytest.fixture
def variables(wso2: Wso2) -> dict[str, Any]:
    wso2.put_user("registrar", password=PASSWORD, roles=["admin", "subscriber"])
    return {"wso2_ca_path": wso2.ca_path, "wso2_username": "registrar", "wso2_password": PASSWORD}


def keys_task(wso2: Wso2, way: str, **options: Any) -> dict[str, Any]:
    url = {option: f"{wso2.base_url}{path}" for option, path in PATHS[way].items()}
    return {PLUGIN: {"name": "Ada Automation", "grant_types": GRANTS, **url, **options}, "register": "keys"}


def all_keys(path: Path) -> dict[str, Any]:
    """The task that writes what all hosts registered to PATH."""
    everything = "ansible_play_hosts | map('extract', hostvars, 'keys') | list"
    return {**write_json(everything, path), "run_once": True}


def read(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text("utf-8")))


def by_way(path: Path) -> dict[str, Any]:
    """The task that writes what C(each_way) registered on one host to PATH."""
    return write_json(f"[{', '.join(f'keys_{number}' for number in range(len(PATHS)))}]", path)


def each_way(wso2: Wso2, *ways: str, **options: Any) -> list[dict[str, Any]]:
    """A task for each of WAYS or for all, each with a client of its own."""
    numbers = {way: number for number, way in enumerate(PATHS)}
    return [
        {**keys_task(wso2, way, name=f"ada_{way.replace(' ', '_')}", **options), "register": f"keys_{numbers[way]}"}
        for way in ways or PATHS
    ]


def outcomes(wso2: Wso2) -> list[str]:
    return [entry["outcome"] for entry in wso2.journal()]


def secrets_of(wso2: Wso2, results: list[Mapping[str, Any]]) -> list[str]:
    tokens = [token["access_token"] for token in wso2.all_tokens()]
    keys = [result["consumer_secret"] for result in results if result["consumer_secret"]]
    return [PASSWORD, *keys, *tokens]


@ON_HOSTS
def test_all_hosts_get_one_client_and_the_next_run_the_same(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, way: str, hosts: list[str]
) -> None:
    tasks = [keys_task(wso2, way), all_keys(tmp_path / "keys.json")]
    first = ansible.play(tasks, variables=variables, hosts=hosts, arguments=FORKS, verbosity=5)
    assert first.returncode == 0, first.stdout[-3000:] + first.stderr[-3000:]
    results = read(tmp_path / "keys.json")
    assert len({(keys["consumer_key"], keys["consumer_secret"]) for keys in results}) == 1
    assert len(results) == len(hosts)
    assert outcomes(wso2).count("created") == CREATED[way]
    # API Manager does not say whether it created the client.
    assert sum(keys["changed"] for keys in results) == (0 if way == "api manager" else 1)
    assert first.leaks(*secrets_of(wso2, results)) == []
    # The portal sends a token along, which no task has use for.
    live = [token["access_token"] for token in wso2.all_tokens()]
    assert [wso2.is_active(token) for token in live] == [True] * (1 if way == "portal" else 0)
    assert not any(token in (tmp_path / "keys.json").read_text("utf-8") for token in live)

    wso2.forget_journal()
    second = ansible.play(tasks, variables=variables, hosts=HOSTS[:3], verbosity=5)
    assert second.returncode == 0, second.stdout[-3000:]
    again = read(tmp_path / "keys.json")
    assert {keys["consumer_secret"] for keys in again} == {results[0]["consumer_secret"]}
    assert [keys["changed"] for keys in again] == [False] * 3
    assert "created" not in outcomes(wso2)
    assert second.leaks(*secrets_of(wso2, results)) == []


@pytest.mark.any_release
def test_parallel_runs_get_one_client(collections: Path, wso2: Wso2, variables: dict[str, Any], tmp_path: Path) -> None:
    """Two control nodes share nothing but the server."""

    def one(name: str) -> tuple[Run, list[dict[str, Any]]]:
        scratch = tmp_path / name
        scratch.mkdir()
        tasks = [*each_way(wso2), {**by_way(scratch / "keys.json"), "run_once": True}]
        run = Ansible(collections, scratch).play(tasks, variables=variables, hosts=HOSTS[:3])
        return run, read(scratch / "keys.json")

    with ThreadPoolExecutor() as pool:
        (left, left_keys), (right, right_keys) = pool.map(one, ["left", "right"])
    assert [left.returncode, right.returncode] == [0, 0], left.stdout[-3000:] + right.stdout[-3000:]
    assert [keys["consumer_secret"] for keys in left_keys] == [keys["consumer_secret"] for keys in right_keys]
    assert outcomes(wso2).count("created") == sum(CREATED.values())


@pytest.mark.any_release
@ON_HOSTS
def test_a_wrong_password_is_one_failed_login(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], way: str, hosts: list[str]
) -> None:
    """Together with the token plugins, in either order, because it locks the same account."""
    others = [keys_task(wso2, other, name="other") for other in PATHS]
    token = {TOKEN_PLUGIN: {"token_url": wso2.token_url, "consumer_key": "demo_key", "consumer_secret": "demo_secret"}}
    tasks = [{**task, "ignore_errors": True} for task in [keys_task(wso2, way), *others, token]]
    plays = [{"hosts": "all", "tasks": tasks[:1]}, {"hosts": ",".join(hosts[:3]), "tasks": tasks[1:]}]
    run = ansible.play_all(
        [{"gather_facts": False, **play} for play in plays],
        variables={**variables, "wso2_password": WRONG},
        hosts=hosts,
        arguments=FORKS,
        verbosity=5,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert len(wso2.journal()) == 1
    assert wso2.journal()[0]["status"] == 401
    assert "earlier in this run, so no request was sent" in run.stdout
    assert "Check username and password" in run.stdout
    assert run.leaks(WRONG) == []


def test_a_login_that_the_token_endpoint_rejected_is_not_sent(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any]
) -> None:
    token = {TOKEN_PLUGIN: {"token_url": wso2.token_url, "consumer_key": "demo_key", "consumer_secret": "demo_secret"}}
    tasks = [{**task, "ignore_errors": True} for task in (token, keys_task(wso2, "api manager"))]
    run = ansible.play(tasks, variables={**variables, "wso2_password": WRONG})
    assert run.returncode == 0, run.stdout
    assert [entry["endpoint"] for entry in wso2.journal()] == ["token"]
    assert "run the playbook again" in run.stdout


@pytest.mark.parametrize("exists", [False, pytest.param(True, marks=pytest.mark.any_release)])
def test_check_mode_sends_nothing_that_changes(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, exists: bool
) -> None:
    if exists:
        created = ansible.play(each_way(wso2), variables=variables)
        assert created.returncode == 0, created.stdout
    wso2.forget_journal()
    out = {**by_way(tmp_path / "keys.json"), "run_once": True, "check_mode": False}
    present = each_way(wso2, grant_types=[*GRANTS, "urn:ietf:params:oauth:grant-type:jwt-bearer"])
    removed = "gone is changed" if exists else "gone is not changed"
    tasks = [*present, out]
    for absent in each_way(wso2, "identity server", "portal", state="absent"):
        tasks += [{**absent, "register": "gone"}, {"ansible.builtin.assert": {"that": removed}}]
    run = ansible.play(tasks, variables=variables, hosts=HOSTS[:2], arguments=["--check"])
    assert run.returncode == 0, run.stdout
    assert {entry["method"] for entry in wso2.journal()} == {"GET"}
    assert not [entry for entry in wso2.journal() if entry["path"] == PATHS["api manager"]["registration_url"]]
    of_api_manager, *others = read(tmp_path / "keys.json")
    assert (of_api_manager["consumer_key"], of_api_manager["changed"]) == (None, False)
    assert "In check mode no client is registered" in run.stderr + run.stdout
    for keys in others:
        assert (keys["consumer_key"] is not None, keys["changed"]) == (exists, True)


@pytest.mark.any_release
def test_a_token_with_the_keys(ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path) -> None:
    tokens = [
        {
            TOKEN_PLUGIN: {
                "token_url": f"{{{{ keys_{number}.token_url or '{wso2.token_url}' }}}}",
                "consumer_key": f"{{{{ keys_{number}.consumer_key }}}}",
                "consumer_secret": f"{{{{ keys_{number}.consumer_secret }}}}",
            },
            "register": f"keys_{number}",
        }
        for number in range(len(PATHS))
    ]
    run = ansible.play([*each_way(wso2), *tokens, by_way(tmp_path / "t.json")], variables=variables, verbosity=5)
    assert run.returncode == 0, run.stdout
    access_tokens = [result["access_token"] for result in read(tmp_path / "t.json")]
    assert len(set(access_tokens)) == len(PATHS)
    assert all(wso2.is_active(token) for token in access_tokens)
    assert run.leaks(*access_tokens, PASSWORD) == []


@pytest.mark.any_release
@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"portal_secrets": "masked"}, "does not show the consumer secret"),
        ({"portal_key_approval": True}, "wait for an approval"),
        ({"portal_application_approval": True}, "is not approved (status CREATED)"),
        ({"portal_basic": False}, "set access_token there"),
        ({"portal_version": "v2"}, "The version is v3 in API Manager 4.2 and later"),
    ],
)
def test_failures_of_the_portal(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], settings: dict[str, Any], text: str
) -> None:
    wso2.change(**settings)
    run = ansible.play([keys_task(wso2, "portal")], variables=variables, verbosity=5)
    assert run.returncode != 0
    assert text in run.stdout
    assert run.leaks(PASSWORD, *[token["access_token"] for token in wso2.all_tokens()]) == []


@pytest.mark.any_release
@pytest.mark.parametrize("shown", ["once", "null"])
def test_a_secret_that_is_shown_once(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, shown: str
) -> None:
    wso2.change(portal_secrets=shown)
    tasks = [keys_task(wso2, "portal"), all_keys(tmp_path / "keys.json")]
    assert ansible.play(tasks, variables=variables).returncode == 0
    assert "*" not in read(tmp_path / "keys.json")[0]["consumer_secret"]
    again = ansible.play(tasks, variables=variables)
    assert again.returncode != 0
    assert "shows a secret only once" in again.stdout


@pytest.mark.any_release
def test_keys_that_are_left_over_are_removed_and_made_again(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any]
) -> None:
    """A row without a client, as after a failed attempt."""
    broken = {**keys_task(wso2, "portal", grant_types=["password", "custom_of_nobody"]), "ignore_errors": True}
    failing = {**keys_task(wso2, "portal"), "ignore_errors": True, "register": "left_over"}
    tasks = [
        broken,
        failing,
        {"ansible.builtin.assert": {"that": "'has an entry for production keys, but no keys' in left_over.msg"}},
        keys_task(wso2, "portal", state="absent"),
        keys_task(wso2, "portal"),
        {"ansible.builtin.assert": {"that": "keys.origin == 'created'"}, "no_log": True},
    ]
    run = ansible.play(tasks, variables=variables)
    assert run.returncode == 0, run.stdout


@pytest.mark.any_release
def test_all_pages_are_read(ansible: Ansible, wso2: Wso2, variables: dict[str, Any]) -> None:
    wso2.change(portal_largest_page=1)
    tasks = [keys_task(wso2, "portal", name=name) for name in ("a1", "b2", "c3", "C3")]
    run = ansible.play(tasks, variables=variables)
    assert run.returncode == 0, run.stdout
    # Three applications and their keys.
    assert outcomes(wso2).count("created") == 6


@pytest.mark.any_release
def test_missing_grants_are_added(ansible: Ansible, wso2: Wso2, variables: dict[str, Any]) -> None:
    for grants in (["password"], GRANTS, ["password"]):
        tasks = each_way(wso2, "identity server", "portal", grant_types=grants)
        run = ansible.play(tasks, variables=variables)
        assert run.returncode == 0, run.stdout
    assert outcomes(wso2).count("changed") == 2


@pytest.mark.any_release
def test_a_client_that_lacks_a_grant_at_api_manager(ansible: Ansible, wso2: Wso2, variables: dict[str, Any]) -> None:
    run = ansible.play(
        [keys_task(wso2, "api manager", grant_types=grants) for grants in (["password"], GRANTS)], variables=variables
    )
    assert run.returncode != 0
    assert outcomes(wso2).count("created") == 1
    assert "registered before without the grant refresh_token, client_credentials" in run.stdout


def test_a_managed_node_sends_the_requests(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    tasks = [*each_way(wso2, request_from="managed_node"), by_way(tmp_path / "keys.json")]
    run = ansible.play(tasks, variables=variables, verbosity=5)
    assert run.returncode == 0, run.stdout
    results = read(tmp_path / "keys.json")
    assert all(keys["consumer_secret"] for keys in results)
    assert run.leaks(*secrets_of(wso2, results)) == []


@pytest.mark.any_release
def test_removal(ansible: Ansible, wso2: Wso2, variables: dict[str, Any]) -> None:
    ways = ("identity server", "portal")
    tasks = each_way(wso2, *ways)
    for absent in each_way(wso2, *ways, state="absent"):
        tasks += [
            {**absent, "register": "first"},
            {**absent, "register": "second"},
            {"ansible.builtin.assert": {"that": ["first is changed", "second is not changed"]}},
        ]
    run = ansible.play(tasks, variables=variables)
    assert run.returncode == 0, run.stdout
