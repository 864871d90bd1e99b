# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token as a variable of the host: there for each later task, shown nowhere, and on no disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__ as core_version
from playbook import Ansible, write_json
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
GET = {PLUGIN: {"fact_name": "api_token"}, "register": "wso2"}
HOSTS = ("one", "two")
CAN_BYPASS_THE_CACHE = tuple(map(int, core_version.split(".")[:2])) >= (2, 21)
TARGETS: dict[str, Any] = {"control node": {}, "managed node": {"vars": {"wso2_request_from": "managed_node"}}}


def _on_disk(directory: Path) -> dict[str, str]:
    return {str(path): path.read_text("utf-8") for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("target", TARGETS)
def test_every_host_has_the_fact(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, target: str
) -> None:
    seen = "[api_token, wso2.access_token, hostvars['one'].api_token.access_token]"
    second_play = {**write_json(seen, tmp_path / "seen.json"), "run_once": True, "delegate_to": "two"}
    run = ansible.play([{**GET, "run_once": True}, second_play], variables=variables, hosts=HOSTS, **_keywords(target))
    assert run.returncode == 0, run.stdout + run.stderr
    fact, registered, of_another = json.loads((tmp_path / "seen.json").read_text("utf-8"))
    assert fact["access_token"] == registered == of_another
    assert fact["authorization"] == f"Bearer {registered}"
    assert {"refresh_token", "expires_at", "expires_in", "scope", "origin"} < set(fact)
    assert run.leaks("alice-pass", fact["access_token"], fact["refresh_token"]) == []


def test_the_token_is_not_written_to_a_fact_cache(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    cache = tmp_path / "facts"
    environment = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(cache)}
    cached = {"ansible.builtin.set_fact": {"seen": "yes", "cacheable": True}}
    tasks = [cached, GET, write_json("api_token", tmp_path / "seen.json")]
    run = ansible.play(tasks, variables=variables, environment=environment)
    assert any("seen" in text for text in _on_disk(cache).values())
    if not CAN_BYPASS_THE_CACHE:
        assert run.returncode != 0
        assert "fact_name would write the token in plain text to the fact cache" in run.output
        assert wso2.token_requests() == []
        return
    assert run.returncode == 0, run.stdout + run.stderr
    token = json.loads((tmp_path / "seen.json").read_text("utf-8"))["access_token"]
    assert not [path for path, text in _on_disk(cache).items() if token in text]


def test_a_task_is_skipped_while_the_token_is_valid(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    wso2.reset(token_lifetime=500)
    verdicts = "[api_token is apiops.wso2.valid_token, api_token is apiops.wso2.valid_token(600)]"
    if_needed = {PLUGIN: {"fact_name": "api_token", "token_store": "none"}}
    if_needed["when"] = "api_token | default({}) is not apiops.wso2.valid_token(400)"
    run = ansible.play([if_needed, if_needed, write_json(verdicts, tmp_path / "verdicts.json")], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(wso2.token_requests()) == 1
    assert json.loads((tmp_path / "verdicts.json").read_text("utf-8")) == [True, False]


def test_invalid_variable_names_are_rejected(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    names = ["9lives", "api-token", "ansible_token", "api token"]
    task = {PLUGIN: {"fact_name": "{{ item }}"}, "loop": names, "register": "failed", "ignore_errors": True}
    messages = write_json("failed.results | map(attribute='msg') | list", tmp_path / "messages.json")
    run = ansible.play([task, messages], variables=variables)
    assert run.returncode == 0, run.stdout
    for message in json.loads((tmp_path / "messages.json").read_text("utf-8")):
        assert "fact_name is not a valid name for a variable" in message
    assert "fact_name is not a valid name for a variable" in run.output
    assert wso2.token_requests() == []


def _keywords(target: str) -> dict[str, Any]:
    return {"keywords": TARGETS[target]}
