# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The data that later tasks have of a hidden result and of a failure. C(tests/leaks) searches the outputs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, write_json
from targets import TARGETS
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
WRONG = "wrong-password-7391"


@pytest.fixture
def variables(variables: dict[str, Any]) -> dict[str, Any]:
    """The variables of the demo user, and a wrong password in another variable."""
    return {**variables, "wrong": WRONG}


# The managed node without ssh runs the same module, and most other tests use it.
@pytest.fixture(params=["control node", "ssh"])
def target(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    """The keywords that make a task send its request from one of the targets."""
    return TARGETS[request.param]


def test_a_later_task_has_the_token_that_no_output_contains(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], target: Mapping[str, Any], tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    tasks = [
        {PLUGIN: {}, "register": "one", **target},
        {PLUGIN: {}, "register": "looped", "loop": ["orders_read", "orders_write"], **_with_vars(target, "scope")},
        {PLUGIN: {}, "register": "retried", "until": "retried.expires_in > 0", "retries": 2, "delay": 0, **target},
        write_json("[one, looped, retried]", kept),
    ]
    run = ansible.play(tasks, variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    one, looped, retried = json.loads(kept.read_text("utf-8"))
    results = [one, retried, *looped["results"]]
    assert [result["scope"] for result in looped["results"]] == [["orders_read"], ["orders_write"]]
    tokens = {result[key] for result in results for key in ("access_token", "refresh_token")}
    assert all(wso2.is_active(result["access_token"]) for result in results)
    assert run.leaks("alice-pass", "demo_secret", *tokens) == []
    assert "censored" in run.stdout


def test_a_later_task_can_read_a_failure(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], target: Mapping[str, Any], tmp_path: Path
) -> None:
    wso2.reset(lock_after=0)
    rejected = {PLUGIN: {"password": "{{ wrong }}"}, **target}
    tasks = [
        {**rejected, "register": "ignored", "ignore_errors": True},
        {"block": [rejected], "rescue": [write_json("ansible_failed_result", tmp_path / "rescued.json")]},
        {**rejected, "register": "looped", "loop": [1, 2], "ignore_errors": True},
        write_json("([ignored] + looped.results)", tmp_path / "kept.json"),
        rejected,
    ]
    run = ansible.play(tasks, variables=variables)
    assert run.returncode != 0
    rescued = json.loads((tmp_path / "rescued.json").read_text("utf-8"))
    for result in (rescued, *json.loads((tmp_path / "kept.json").read_text("utf-8"))):
        assert result["failure"]["error"] == "invalid_grant"
        assert "Check username and password" in result["msg"]
    assert run.leaks("alice-pass", "demo_secret", WRONG) == []


def test_the_play_keeps_its_no_log(ansible: Ansible, variables: dict[str, Any], target: Mapping[str, Any]) -> None:
    task = {PLUGIN: {"password": "{{ wrong }}"}, "no_log": True, "ignore_errors": True, **target}
    run = ansible.play([task], variables=variables)
    assert run.returncode == 0
    assert "the output has been hidden" in run.stdout
    assert run.leaks(WRONG) == []


def test_check_mode_grants_and_changes_nothing(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], target: Mapping[str, Any], tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    tasks = [{PLUGIN: {}, "register": "one", **target}, {**write_json("one", kept), "check_mode": False}]
    run = ansible.play(tasks, variables=variables, arguments=["--check"])
    assert run.returncode == 0, run.stdout + run.stderr
    result = json.loads(kept.read_text("utf-8"))
    assert result["changed"] is False
    assert wso2.is_active(result["access_token"])


def test_async_is_rejected_with_a_message(ansible: Ansible, wso2: Wso2, variables: dict[str, Any]) -> None:
    task = {PLUGIN: {"password": "{{ wrong }}"}, "async": 10, "poll": 1}
    run = ansible.play([task], variables=variables)
    assert run.returncode != 0
    assert "async" in run.stdout + run.stderr
    assert run.leaks(WRONG) == []
    assert wso2.token_requests() == []


def test_an_unreachable_host_is_reported(ansible: Ansible, wso2: Wso2, variables: dict[str, Any]) -> None:
    connection = {**TARGETS["ssh"]["vars"], "ansible_ssh_executable": "/bin/false"}
    run = ansible.play([{PLUGIN: {}, "vars": connection}], variables=variables)
    assert "UNREACHABLE" in run.stdout
    assert run.leaks("alice-pass", "demo_secret") == []
    assert wso2.token_requests() == []


def _with_vars(target: Mapping[str, Any], option: str) -> dict[str, Any]:
    """TARGET with the loop item as the variable of OPTION."""
    return {**target, "vars": {**target.get("vars", {}), f"wso2_{option}": "{{ item }}"}}
