# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consumer keys from the client registration of a real WSO2 Identity Server.

All tests read the results of two runs with the same hosts, because a run remembers the keys that it got.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from configuration import ADMIN_NAME, ADMIN_PASSWORD
from playbook import Ansible
from real_play import MODULE as TOKEN_MODULE
from real_play import Play, Results, run_plays
from running_server import PASSWORD, RunningServer

MODULE = "apiops.wso2.wso2_consumer_keys"
WRONG = "wrong-password-7391"
DEFAULT_GRANTS = ["password", "refresh_token"]


class Runs(NamedTuple):
    """The results of each host in the first and in the second run."""

    first: Mapping[str, Results]
    second: Mapping[str, Results]


def _task(server: RunningServer, variable: str = "keys", name: str = "{{ client }}", **options: Any) -> dict[str, Any]:
    url = f"{server.url}/api/identity/oauth2/dcr/v1.1/register"
    return {
        "name": variable,
        MODULE: {"name": name, "registration_url": url, **options},
        "register": variable,
    }


def _token_task(server: RunningServer, user: str) -> dict[str, Any]:
    options = {
        "token_url": f"{server.url}/oauth2/token",
        "consumer_key": "{{ keys.consumer_key }}",
        "consumer_secret": "{{ keys.consumer_secret }}",
        "username": user,
        "password": PASSWORD,
    }
    return {"name": "token", TOKEN_MODULE: options, "register": "token"}


def _host(server: RunningServer, name: str, user: str = ADMIN_NAME, password: str = ADMIN_PASSWORD) -> Any:
    """The variables of a host, with the name of a client that no other host has."""
    client = f"keys{secrets.token_hex(4)}"
    login = {"wso2_username": user, "wso2_password": password, "wso2_ca_path": server.ca_path}
    return {name: {**login, "client": client}}


@pytest.fixture(scope="module")
def runs(server: RunningServer, collections: Path, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The results of both runs."""
    created, grants, checked, unknown, deleted, rejected = (
        _host(server, name) for name in ("created", "grants", "checked", "unknown", "deleted", "rejected")
    )
    wrong_login = _host(server, "wrong_login", server.add_user(), WRONG)
    no_permission = _host(server, "no_permission", server.add_user(), PASSWORD)
    remove = _task(server, "removed", state="absent")
    check = {**_task(server), "check_mode": True}
    first = [
        Play("created", [_task(server), _token_task(server, server.add_user())], created),
        Play("grants", [_task(server, grant_types=["password"])], grants),
        Play("check mode", [check], checked),
        Play("unknown", [remove], unknown),
        Play("deleted", [_task(server), remove], deleted),
        Play("failed login", [_task(server)], {**wrong_login, **no_permission}),
        Play(
            "rejected",
            [
                _task(server, "name", name="a/b#c"),
                _task(server, "grant", name="x", grant_types=["custom_of_nobody"]),
            ],
            rejected,
        ),
    ]
    more, all_grants = ["refresh_token"], _task(server, "all", grant_types=DEFAULT_GRANTS)
    second = [
        Play("created", [_task(server)], created),
        Play("grants", [_task(server, grant_types=more), all_grants], grants),
        Play("check mode", [check], checked),
        Play("deleted", [remove], deleted),
    ]
    ansible = Ansible(collections, tmp_path_factory.mktemp("registration"))
    return Runs(*(run_plays(ansible, plays, verbosity=5) for plays in (first, second)))


def test_a_client_is_created_and_found_again(runs: Runs) -> None:
    created, found = (run["created"]["keys"] for run in runs)
    assert (created["origin"], created["changed"]) == ("created", True)
    assert created["secret_expires_at"] is None
    assert created["grant_types"] == DEFAULT_GRANTS
    assert (found["origin"], found["changed"]) == ("found", False)
    assert found["consumer_key"] == created["consumer_key"]
    assert found["consumer_secret"] == created["consumer_secret"]


def test_missing_grants_are_added(runs: Runs) -> None:
    one, more = runs.first["grants"]["keys"], runs.second["grants"]
    assert [keys["changed"] for keys in (one, more["keys"], more["all"])] == [True, True, False]
    assert sorted(more["all"]["grant_types"]) == DEFAULT_GRANTS


def test_a_token_with_the_keys(runs: Runs, server: RunningServer) -> None:
    assert server.is_active(runs.first["created"]["token"]["access_token"])


def test_check_mode_creates_nothing(runs: Runs) -> None:
    for run in runs:
        keys = run["checked"]["keys"]
        assert (keys["consumer_key"], keys["changed"]) == (None, True)


def test_a_wrong_login(runs: Runs) -> None:
    failed = runs.first["wrong_login"]["keys"]
    assert failed["failed"]
    assert "HTTP 401" in failed["msg"]
    assert "Check username and password" in failed["msg"]


def test_a_user_without_the_permission(runs: Runs) -> None:
    failed = runs.first["no_permission"]["keys"]
    assert failed["failed"]
    assert "HTTP 403" in failed["msg"]
    assert "needs the permissions to create, view, update and delete applications" in failed["msg"]


def test_values_that_the_server_rejects(runs: Runs) -> None:
    rejected = runs.first["rejected"]
    assert rejected["name"]["failed"]
    assert "Client Name is not adhering to the regex" in rejected["name"]["msg"]
    assert rejected["grant"]["failed"]
    assert "HTTP 500" in rejected["grant"]["msg"]
    assert "Check name, grant_types and callback_url" in rejected["grant"]["msg"]


def test_a_client_that_does_not_exist_is_absent(runs: Runs) -> None:
    removed = runs.first["unknown"]["removed"]
    assert (removed["changed"], removed["failed"]) == (False, False)


def test_a_client_is_deleted(runs: Runs) -> None:
    assert runs.first["deleted"]["removed"]["changed"] is True
    again = runs.second["deleted"]["removed"]
    assert (again["changed"], again["failed"]) == (False, False)
