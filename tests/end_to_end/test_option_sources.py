# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sources of options, the same for every entry point: the call, a variable, the environment, ansible.cfg."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from entry_points import ENTRY_POINTS, Outcome, call_each_entry_point
from playbook import Ansible
from wso2 import Wso2

# Each sets the same option. An earlier one takes precedence.
SOURCES = ("call", "variable", "environment", "ansible.cfg")


def _forms(wso2: Wso2, outcomes: dict[str, Outcome]) -> list[dict[str, str]]:
    """The forms of the requests, one from each entry point."""
    assert {name: outcome.message for name, outcome in outcomes.items() if outcome.failed} == {}
    forms = [dict(request["form"]) for request in wso2.token_requests()]
    assert len(forms) == len(ENTRY_POINTS)
    return forms


@pytest.mark.parametrize("first", range(len(SOURCES)), ids=SOURCES)
def test_the_first_source_takes_precedence(ansible: Ansible, wso2: Wso2, tmp_path: Path, first: int) -> None:
    """All sources from FIRST on set a scope. The request contains only the first one."""
    used = SOURCES[first:]
    options: dict[str, Any] = {"scope": "device_call"} if "call" in used else {}
    variables = {"wso2_scope": "{{ 'device_' ~ 'variable' }}"} if "variable" in used else {}
    environment = {"WSO2_SCOPE": "device_environment"} if "environment" in used else {}
    run, outcomes = call_each_entry_point(
        ansible,
        options,
        variables={**variables, "wso2_consumer_secret": "demo_secret", "wso2_password": "{{ 'alice' }}-pass"},
        environment={**environment, "ANSIBLE_CONFIG": _configuration(tmp_path, wso2, scope="device_ansible.cfg")},
    )
    scopes = [form["scope"] for form in _forms(wso2, outcomes)]
    assert scopes == [f"device_{SOURCES[first]}"] * len(ENTRY_POINTS)
    assert run.leaks("alice-pass", "demo_secret") == []


def test_all_options_can_come_from_the_environment(ansible: Ansible, wso2: Wso2) -> None:
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
    run, outcomes = call_each_entry_point(ansible, {}, environment=environment)
    form = {
        "grant_type": "password",
        "username": "testuser@my_company",
        "password": "testuser-pass",
        "client_id": "saas_key",
        "client_secret": "saas_secret",
    }
    assert _forms(wso2, outcomes) == [form] * len(ENTRY_POINTS)
    assert run.leaks("testuser-pass", "saas_secret") == []


def test_secrets_are_not_read_from_ansible_cfg(ansible: Ansible, wso2: Wso2, tmp_path: Path) -> None:
    configuration = _configuration(tmp_path, wso2, password="alice-pass", consumer_secret="demo_secret")
    run, outcomes = call_each_entry_point(ansible, {}, must_fail=True, environment={"ANSIBLE_CONFIG": configuration})
    for entry_point, outcome in outcomes.items():
        assert "password is missing" in outcome.message, entry_point
    assert run.leaks("alice-pass", "demo_secret") == []
    assert wso2.token_requests() == []


def test_a_variable_with_an_undefined_value_is_named(ansible: Ansible) -> None:
    variables = {"wso2_password": "{{ there_is_no_such_variable }}", "wso2_consumer_key": "demo_key"}
    run, outcomes = call_each_entry_point(ansible, {}, must_fail=True, variables=variables)
    for entry_point, outcome in outcomes.items():
        assert "password is read from the variable wso2_password" in outcome.message, entry_point
        assert "there_is_no_such_variable" in outcome.message, entry_point
    assert (run.stdout + run.stderr).count("there_is_no_such_variable") >= len(ENTRY_POINTS)


def test_a_variable_can_omit_an_option(ansible: Ansible, wso2: Wso2, tmp_path: Path) -> None:
    variables = {
        "wso2_consumer_secret": "demo_secret",
        "wso2_password": "alice-pass",
        "wso2_organization": "{{ omit }}",
        "wso2_client_cert": "{{ there_is_no_such_variable | default(omit) }}",
        "wso2_client_key": "",
    }
    environment = {"ANSIBLE_CONFIG": _configuration(tmp_path, wso2)}
    run, outcomes = call_each_entry_point(ansible, {}, variables=variables, environment=environment)
    assert [form["username"] for form in _forms(wso2, outcomes)] == ["alice"] * len(ENTRY_POINTS)
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
