# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revocation: at the server, in the store, and in the result of the task."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, write_json
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
GET = {PLUGIN: {}, "register": "wso2"}
REVOKE = {PLUGIN: {"state": "absent"}, "register": "removal"}
RESULT = "[removal.changed, removal.revoked]"
TARGETS: dict[str, Any] = {"control node": {}, "managed node": {"vars": {"wso2_request_from": "managed_node"}}}


def _revoked(wso2: Wso2) -> list[str]:
    """The tokens in the revocation requests, in order."""
    requests = [entry for entry in wso2.journal() if entry["path"] == "/oauth2/revoke"]
    assert all(entry["authentication"]["id"] == "demo_key" for entry in requests)
    forms = [dict(entry["form"]) for entry in requests]
    assert all(list(form) == ["token"] for form in forms)
    return [form["token"] for form in forms]


@pytest.mark.parametrize("target", TARGETS)
def test_the_stored_token_is_revoked_and_removed(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, target: str
) -> None:
    tasks = [GET, REVOKE, write_json(f"[wso2, {RESULT}]", tmp_path / "first.json"), REVOKE]
    tasks += [write_json(RESULT, tmp_path / "second.json"), GET]
    run = ansible.play(tasks, variables=variables, keywords=TARGETS[target])
    assert run.returncode == 0, run.stdout + run.stderr
    got, result = json.loads((tmp_path / "first.json").read_text("utf-8"))
    assert result == [True, True]
    # The second task has no token to revoke, so it sends no request.
    assert json.loads((tmp_path / "second.json").read_text("utf-8")) == [False, None]
    assert _revoked(wso2) == [got["refresh_token"], got["access_token"]]
    assert not wso2.is_active(got["access_token"])
    # The next task requests a new token.
    assert len(wso2.token_requests()) == 2
    assert run.leaks("alice-pass", "demo_secret", got["access_token"], got["refresh_token"]) == []


@pytest.mark.any_release
def test_one_of_many_hosts_revokes(ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path) -> None:
    all_hosts = "ansible_play_hosts | map('extract', hostvars, 'removal') | map(attribute='changed') | list"
    tasks = [GET, REVOKE, {**write_json(all_hosts, tmp_path / "changed.json"), "run_once": True}]
    hosts = [f"host{number}" for number in range(10)]
    run = ansible.play(tasks, variables=variables, hosts=hosts, arguments=["--forks", "10"])
    assert run.returncode == 0, run.stdout + run.stderr
    assert sorted(json.loads((tmp_path / "changed.json").read_text("utf-8"))) == [False] * 9 + [True]
    assert len(_revoked(wso2)) == 2


@pytest.mark.any_release
def test_a_later_run_revokes_the_token_in_a_directory(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    variables["wso2_token_store"] = str(tmp_path / "tokens")
    assert ansible.play([GET], variables=variables).returncode == 0
    run = ansible.play([REVOKE, write_json(RESULT, tmp_path / "result.json")], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads((tmp_path / "result.json").read_text("utf-8")) == [True, True]
    assert [token["state"] for token in wso2.all_tokens()] == ["REVOKED"]
    again = ansible.play([GET, write_json("wso2", tmp_path / "again.json")], variables=variables)
    assert again.returncode == 0, again.stdout + again.stderr
    assert wso2.is_active(json.loads((tmp_path / "again.json").read_text("utf-8"))["access_token"])


def test_check_mode_predicts_the_result_without_a_request(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    check = {**REVOKE, "check_mode": True}
    tasks = [
        check,
        write_json(RESULT, tmp_path / "nothing.json"),
        GET,
        check,
        write_json(RESULT, tmp_path / "cached.json"),
    ]
    run = ansible.play(tasks, variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads((tmp_path / "nothing.json").read_text("utf-8")) == [False, None]
    assert json.loads((tmp_path / "cached.json").read_text("utf-8")) == [True, None]
    assert _revoked(wso2) == []


@pytest.mark.any_release
@pytest.mark.parametrize("target", TARGETS)
def test_a_given_refresh_token_needs_no_password(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, target: str
) -> None:
    get = {PLUGIN: {"token_store": "none"}, "register": "wso2"}
    named = {"state": "absent", "refresh_token": "{{ wso2.refresh_token }}", "username": "", "password": ""}
    revoke = {PLUGIN: {**named, "username": "{{ omit }}", "password": "{{ omit }}"}, "register": "removal"}
    tasks = [
        get,
        revoke,
        write_json(RESULT, tmp_path / "first.json"),
        revoke,
        write_json(RESULT, tmp_path / "second.json"),
    ]
    run = ansible.play(tasks, variables=variables, keywords=TARGETS[target])
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads((tmp_path / "first.json").read_text("utf-8")) == [True, True]
    # Already revoked by the first task.
    assert json.loads((tmp_path / "second.json").read_text("utf-8")) == [False, None]


@pytest.mark.any_release
def test_a_server_that_does_not_confirm_the_revocation(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    wso2.change(revoke_headers="none")
    run = ansible.play([GET, REVOKE, write_json(RESULT, tmp_path / "result.json")], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads((tmp_path / "result.json").read_text("utf-8")) == [True, None]


@pytest.mark.any_release
@pytest.mark.parametrize("target", TARGETS)
def test_a_failed_revocation_keeps_the_token(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, target: str
) -> None:
    wso2.queue_fault("tomcat_html", status=404, path="revoke")
    failing = {**REVOKE, "ignore_errors": True}
    tasks = [GET, failing, write_json("removal", tmp_path / "failed.json")]
    # Other tasks share the failure for ten seconds, unless they use force.
    tasks += [{**REVOKE, PLUGIN: {"state": "absent", "force": True}}, write_json(RESULT, tmp_path / "result.json")]
    run = ansible.play(tasks, variables=variables, keywords=TARGETS[target])
    assert run.returncode == 0, run.stdout + run.stderr
    failed = json.loads((tmp_path / "failed.json").read_text("utf-8"))
    assert failed["failed"]
    assert "returned HTTP 404" in failed["msg"]
    assert "revoke_url" in failed["failure"]["hint"]
    assert failed["failure"]["url"] == wso2.revoke_url
    assert json.loads((tmp_path / "result.json").read_text("utf-8")) == [True, True]
