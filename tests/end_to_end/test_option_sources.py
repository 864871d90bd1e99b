# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where options come from: given, variable, environment, ansible.cfg, default; alike through every door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from entry_points import ENTRY_POINTS, run_calls
from playbook import Ansible
from wso2 import Wso2

# Each names the same option in another source; what stands further up must win.
SOURCES = ("given", "variable", "environment", "ansible.cfg")


@pytest.mark.parametrize("door", ENTRY_POINTS)
@pytest.mark.parametrize("first", range(len(SOURCES)), ids=SOURCES)
def test_the_first_source_wins(ansible: Ansible, wso2: Wso2, tmp_path: Path, door: str, first: int) -> None:
    """All sources from FIRST on name a scope, and only the first of them is asked for."""
    there = SOURCES[first:]
    given: dict[str, Any] = {"scope": "device_given"} if "given" in there else {}
    variables = {"wso2_scope": "{{ 'device_' ~ 'variable' }}"} if "variable" in there else {}
    environment = {"WSO2_SCOPE": "device_environment"} if "environment" in there else {}
    run, outcomes = run_calls(
        ansible,
        door,
        {"question": given},
        variables={**variables, "wso2_consumer_secret": "demo_secret", "wso2_password": "{{ 'alice' }}-pass"},
        environment={**environment, "ANSIBLE_CONFIG": _configuration(tmp_path, wso2, scope="device_ansible.cfg")},
    )
    assert not outcomes["question"].failed, outcomes["question"].message
    assert dict(wso2.token_requests()[0]["form"])["scope"] == f"device_{SOURCES[first]}"
    assert run.leaks("alice-pass", "demo_secret") == []


@pytest.mark.parametrize("door", ENTRY_POINTS)
def test_everything_may_come_from_the_environment(ansible: Ansible, wso2: Wso2, door: str) -> None:
    environment = {
        "WSO2_TOKEN_URL": wso2.token_url,
        "WSO2_CA_PATH": wso2.ca_path,
        "WSO2_CONSUMER_KEY": "saas_key",
        "WSO2_CONSUMER_SECRET": "saas_secret",
        "WSO2_CLIENT_AUTHENTICATION": "body",
        "WSO2_USERNAME": "testuser",
        "WSO2_ORGANIZATION": "my_company",
        "WSO2_PASSWORD": "testuser-pass",
        "WSO2_TIMEOUT": "20",
        "WSO2_RETRIES": "1",
        "WSO2_USE_PROXY": "no",
    }
    run, outcomes = run_calls(ansible, door, {"question": {}}, environment=environment)
    assert not outcomes["question"].failed, outcomes["question"].message
    assert dict(wso2.token_requests()[0]["form"]) == {
        "grant_type": "password",
        "username": "testuser@my_company",
        "password": "testuser-pass",
        "client_id": "saas_key",
        "client_secret": "saas_secret",
    }
    assert run.leaks("testuser-pass", "saas_secret") == []


@pytest.mark.parametrize("door", ENTRY_POINTS)
def test_secrets_are_not_read_from_ansible_cfg(ansible: Ansible, wso2: Wso2, tmp_path: Path, door: str) -> None:
    configuration = _configuration(tmp_path, wso2, password="alice-pass", consumer_secret="demo_secret")
    run, outcomes = run_calls(
        ansible, door, {"question": {}}, failing={"question"}, environment={"ANSIBLE_CONFIG": configuration}
    )
    assert "password is missing" in outcomes["question"].message
    assert run.leaks("alice-pass", "demo_secret") == []
    assert wso2.token_requests() == []


@pytest.mark.parametrize("door", ENTRY_POINTS)
def test_a_variable_that_refers_to_nothing_is_named(ansible: Ansible, door: str) -> None:
    variables = {"wso2_password": "{{ there_is_no_such_variable }}", "wso2_consumer_key": "demo_key"}
    run, outcomes = run_calls(ansible, door, {"question": {}}, failing={"question"}, variables=variables)
    assert "password is read from the variable wso2_password" in outcomes["question"].message
    assert "there_is_no_such_variable" in outcomes["question"].message
    assert "there_is_no_such_variable" in run.stdout + run.stderr


@pytest.mark.parametrize("door", ENTRY_POINTS)
def test_a_variable_may_leave_an_option_out(ansible: Ansible, wso2: Wso2, tmp_path: Path, door: str) -> None:
    variables = {
        "wso2_consumer_secret": "demo_secret",
        "wso2_password": "alice-pass",
        "wso2_organization": "{{ omit }}",
        "wso2_client_cert": "{{ there_is_no_such_variable | default(omit) }}",
        "wso2_client_key": "",
    }
    configuration = _configuration(tmp_path, wso2)
    run, outcomes = run_calls(
        ansible, door, {"question": {}}, variables=variables, environment={"ANSIBLE_CONFIG": configuration}
    )
    assert not outcomes["question"].failed, outcomes["question"].message
    assert dict(wso2.token_requests()[0]["form"])["username"] == "alice"
    assert run.leaks("alice-pass", "demo_secret") == []


def _configuration(directory: Path, wso2: Wso2, **more: str) -> str:
    options = {
        "token_url": wso2.token_url,
        "ca_path": wso2.ca_path,
        "consumer_key": "demo_key",
        "username": '"alice"  ; quoted, and with a comment',
        **more,
    }
    path = directory / "ansible.cfg"
    path.write_text("\n".join(["[wso2]", *(f"{name} = {value}" for name, value in options.items())]), "utf-8")
    return str(path)
