# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consumer keys from the client registration of a real WSO2 Identity Server."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from configuration import ADMIN_NAME, ADMIN_PASSWORD
from playbook import Ansible, Run, write_json
from real_play import MODULE as TOKEN_MODULE
from running_server import PASSWORD, RunningServer

MODULE = "apiops.wso2.wso2_consumer_keys"
WRONG = "wrong-password-7391"


@pytest.fixture
def name() -> str:
    """The name of a client that no other test has."""
    return f"keys{secrets.token_hex(4)}"


def _task(server: RunningServer, name: str, **options: Any) -> dict[str, Any]:
    url = f"{server.url}/api/identity/oauth2/dcr/v1.1/register"
    return {MODULE: {"name": name, "registration_url": url, **options}, "register": "keys"}


def _variables(server: RunningServer, **changes: Any) -> dict[str, Any]:
    given = {"wso2_username": ADMIN_NAME, "wso2_password": ADMIN_PASSWORD, "wso2_ca_path": server.ca_path}
    return {**given, **changes}


def _keys(ansible: Ansible, tasks: list[dict[str, Any]], variables: dict[str, Any], path: Path) -> dict[str, Any]:
    run = ansible.play([*tasks, write_json("keys", path)], variables=variables, verbosity=5)
    assert run.returncode == 0, run.stdout
    keys: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert run.leaks(*[keys[name] for name in ("consumer_secret",) if keys.get(name)]) == []
    return keys


def _failed(ansible: Ansible, task: dict[str, Any], variables: dict[str, Any]) -> Run:
    run = ansible.play([task], variables=variables)
    assert run.returncode != 0, run.stdout
    return run


def test_a_client_is_created_and_found_again(
    ansible: Ansible, server: RunningServer, tmp_path: Path, name: str
) -> None:
    created = _keys(ansible, [_task(server, name)], _variables(server), tmp_path / "keys.json")
    assert (created["origin"], created["changed"]) == ("created", True)
    assert created["secret_expires_at"] is None
    assert created["grant_types"] == ["password", "refresh_token"]
    found = _keys(ansible, [_task(server, name)], _variables(server), tmp_path / "keys.json")
    assert (found["origin"], found["changed"]) == ("found", False)
    assert found["consumer_secret"] == created["consumer_secret"]


def test_missing_grants_are_added(ansible: Ansible, server: RunningServer, tmp_path: Path, name: str) -> None:
    changes = []
    for grants in (["password"], ["refresh_token"], ["password", "refresh_token"]):
        task = _task(server, name, grant_types=grants)
        keys = _keys(ansible, [task], _variables(server), tmp_path / "keys.json")
        changes.append(keys["changed"])
    assert changes == [True, True, False]
    assert sorted(keys["grant_types"]) == ["password", "refresh_token"]


def test_a_token_with_the_keys(ansible: Ansible, server: RunningServer, tmp_path: Path, name: str) -> None:
    token = {
        TOKEN_MODULE: {
            "token_url": f"{server.url}/oauth2/token",
            "consumer_key": "{{ keys.consumer_key }}",
            "consumer_secret": "{{ keys.consumer_secret }}",
            "username": server.add_user(),
            "password": PASSWORD,
        },
        "register": "keys",
    }
    result = _keys(ansible, [_task(server, name), token], _variables(server), tmp_path / "keys.json")
    assert server.is_active(result["access_token"])


def test_check_mode_creates_nothing(ansible: Ansible, server: RunningServer, tmp_path: Path, name: str) -> None:
    task = {**_task(server, name), "check_mode": True}
    for _run in range(2):
        keys = _keys(ansible, [task], _variables(server), tmp_path / "keys.json")
        assert (keys["consumer_key"], keys["changed"]) == (None, True)


def test_a_wrong_login(ansible: Ansible, server: RunningServer, name: str) -> None:
    user = server.add_user()
    run = _failed(ansible, _task(server, name), _variables(server, wso2_username=user, wso2_password=WRONG))
    assert "HTTP 401" in run.stdout
    assert "Check username and password" in run.stdout
    assert run.leaks(WRONG) == []


def test_a_user_without_the_permission(ansible: Ansible, server: RunningServer, name: str) -> None:
    run = _failed(
        ansible, _task(server, name), _variables(server, wso2_username=server.add_user(), wso2_password=PASSWORD)
    )
    assert "HTTP 403" in run.stdout
    assert "needs the permissions to create, view, update and delete applications" in run.stdout


def test_values_that_the_server_rejects(ansible: Ansible, server: RunningServer) -> None:
    run = _failed(ansible, _task(server, "a/b#c"), _variables(server))
    assert "Client Name is not adhering to the regex" in run.stdout
    run = _failed(ansible, _task(server, "x", grant_types=["custom_of_nobody"]), _variables(server))
    assert "HTTP 500" in run.stdout
    assert "Check name, grant_types and callback_url" in run.stdout


def test_a_client_that_does_not_exist_is_absent(
    ansible: Ansible, server: RunningServer, tmp_path: Path, name: str
) -> None:
    keys = _keys(ansible, [_task(server, name, state="absent")], _variables(server), tmp_path / "keys.json")
    assert keys["changed"] is False


def test_a_client_is_deleted(ansible: Ansible, server: RunningServer, tmp_path: Path, name: str) -> None:
    tasks = [_task(server, name), _task(server, name, state="absent")]
    assert _keys(ansible, tasks, _variables(server), tmp_path / "keys.json")["changed"] is True
    again = _keys(ansible, tasks[1:], _variables(server), tmp_path / "keys.json")
    assert again["changed"] is False
