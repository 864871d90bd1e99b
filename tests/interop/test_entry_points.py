# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module and the lookup against real OAuth servers: request, use, refresh and revoke a token."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from entry_points import APPLICATION_PLUGIN, ENTRY_POINTS, LOOKUP, TASK_ON_CONTROL_NODE, run_calls
from playbook import Ansible

# The same code sends the request of every entry point and reads the response, so what only the server decides is tested
# through one of them. C(make test-matrix) uses all.
OF_SERVER = ENTRY_POINTS if os.environ.get("APIOPS_MATRIX") else (TASK_ON_CONTROL_NODE,)
# The lookup neither refreshes a given token nor revokes one.
OF_SERVER_AND_MODULE = [entry_point for entry_point in OF_SERVER if entry_point != LOOKUP]


@pytest.fixture
def options(real_server: SimpleNamespace) -> dict[str, Any]:
    """The options for the server."""
    return {
        "token_url": real_server.token_url,
        "ca_path": real_server.ca_path,
        "consumer_key": real_server.consumer_key,
        "consumer_secret": real_server.consumer_secret,
        "username": real_server.username,
        "password": real_server.password,
        "scope": real_server.scopes,
    }


def _is_accepted(real_server: SimpleNamespace, authorization: str) -> bool:
    """Does the server's API accept a request with this C(Authorization) header?"""
    headers = {"Authorization": authorization}
    response = requests.get(real_server.api_url, headers=headers, verify=real_server.ca_path, timeout=10)
    assert response.status_code in (200, 401), response.text
    return response.status_code == requests.codes.ok


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_a_token_is_issued_and_accepted(
    ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], entry_point: str
) -> None:
    calls = {
        "basic": options,
        "body": {**options, "client_authentication": "body"},
        "one scope": {**options, "scope": real_server.scopes[:1], "require_scope": True},
    }
    if real_server.public_consumer_key:
        public = {name: value for name, value in options.items() if name != "consumer_secret"}
        calls["public"] = {**public, "consumer_key": real_server.public_consumer_key}
    run, outcomes = run_calls(ansible, entry_point, calls)
    for name, outcome in outcomes.items():
        assert not outcome.failed, (name, outcome.message)
        assert _is_accepted(real_server, outcome.result["authorization"]), name
        assert outcome.result["expires_in"] > 0
    assert sorted(outcomes["basic"].result["scope"]) == sorted(real_server.scopes)
    assert outcomes["one scope"].result["scope"] == real_server.scopes[:1]
    tokens = [outcome.result[key] for outcome in outcomes.values() for key in ("access_token", "refresh_token")]
    secrets = [real_server.password, real_server.consumer_secret, *filter(None, tokens)]
    assert run.leaks(*secrets) == []


@pytest.mark.parametrize("entry_point", OF_SERVER_AND_MODULE)
def test_a_token_is_refreshed(
    ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], entry_point: str
) -> None:
    """The lookup has no option refresh_token."""
    first = run_calls(ansible, entry_point, {"first": options})[1]["first"].result
    # Without a store, because otherwise the second call returns the token of the first one.
    refresh = {**options, "refresh_token": first["refresh_token"], "token_store": "none"}
    run, outcomes = run_calls(ansible, entry_point, {"refreshed": refresh, "again": refresh})
    refreshed, again = outcomes["refreshed"].result, outcomes["again"].result
    assert refreshed["origin"] == "refreshed"
    assert refreshed["refresh_token"] != first["refresh_token"]
    # Both servers accept a refresh token only once, so the second call uses the password.
    assert again["origin"] == "granted"
    assert _is_accepted(real_server, again["authorization"])
    assert not _is_accepted(real_server, first["authorization"])
    assert run.leaks(first["refresh_token"], refreshed["access_token"], refreshed["refresh_token"]) == []


@pytest.mark.parametrize("entry_point", OF_SERVER_AND_MODULE)
def test_a_token_is_revoked(
    ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], entry_point: str
) -> None:
    """Only the module can revoke. Without a revoke endpoint it fails, and the token stays valid."""
    calls = {"issued": options, "revoked": {**options, "state": "absent"}, "again": {**options, "state": "absent"}}
    can_revoke = real_server.revoke_url is not None
    run, outcomes = run_calls(ansible, entry_point, calls, failing=set() if can_revoke else {"revoked", "again"})
    issued, revoked, again = (outcomes[name] for name in calls)
    assert _is_accepted(real_server, issued.result["authorization"]) is not can_revoke
    if can_revoke:
        # Only WSO2 reports what it revoked.
        assert (revoked.result["changed"], revoked.result["revoked"]) == (True, None)
        assert (again.result["changed"], again.result["revoked"]) == (False, None)
    else:
        assert "returned HTTP 404" in revoked.message and "revoke_url" in revoked.message
    assert run.leaks(issued.result["access_token"], issued.result["refresh_token"], real_server.consumer_secret) == []


@pytest.mark.parametrize("entry_point", OF_SERVER)
def test_a_dropped_scope_is_reported(
    ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], entry_point: str
) -> None:
    requested = {**options, "scope": [*real_server.scopes, "dropped_scope"]}
    calls = {"warned": requested, "required": {**requested, "require_scope": True}}
    run, outcomes = run_calls(ansible, entry_point, calls, failing={"required"})
    assert not outcomes["warned"].failed, outcomes["warned"].message
    assert sorted(outcomes["warned"].result["scope"]) == sorted(real_server.scopes)
    assert outcomes["required"].failed
    assert "The server did not grant the scope dropped_scope" in outcomes["required"].message
    assert "The server did not grant the scope dropped_scope" in " ".join(run.stderr.split())


@pytest.mark.parametrize("entry_point", OF_SERVER)
def test_failures_state_the_fix(
    ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], entry_point: str
) -> None:
    calls = {
        "password": {**options, "password": "wrong-password-7391"},
        "client": {**options, "consumer_secret": "wrong-secret-2846"},
        "scope": {**options, "scope": "nobody_has_this"},
        "certificate": {name: value for name, value in options.items() if name != "ca_path"},
    }
    run, outcomes = run_calls(ansible, entry_point, calls, failing=set(calls))
    messages = {name: outcome.message for name, outcome in outcomes.items()}
    assert "invalid_grant" in messages["password"] and "Check username and password" in messages["password"]
    assert "HTTP 401 invalid_client" in messages["client"] and "Check consumer_key" in messages["client"]
    assert "invalid_scope" in messages["scope"] and "Request only scopes" in messages["scope"]
    assert "certificate" in messages["certificate"] and "ca_path" in messages["certificate"]
    assert run.leaks("wrong-password-7391", "wrong-secret-2846", real_server.consumer_secret) == []


@pytest.mark.parametrize("entry_point", OF_SERVER)
def test_the_token_of_the_application(
    ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], entry_point: str
) -> None:
    client = {
        "consumer_key": real_server.application_consumer_key,
        "consumer_secret": real_server.application_consumer_secret,
    }
    shared = {name: value for name, value in options.items() if name not in ("username", "password")}
    calls = {
        "basic": {**shared, **client},
        "body": {**shared, **client, "client_authentication": "body"},
        "one scope": {**shared, **client, "scope": real_server.scopes[:1], "require_scope": True},
        "wrong secret": {**shared, **client, "consumer_secret": "wrong-secret-2846"},
        "another grant": shared,
    }
    failing = {"wrong secret", "another grant"}
    run, outcomes = run_calls(ansible, entry_point, calls, failing=failing, plugin=APPLICATION_PLUGIN)
    assert {name for name, outcome in outcomes.items() if outcome.failed} == failing
    for outcome in (outcomes[name] for name in calls if name not in failing):
        assert _is_accepted(real_server, outcome.result["authorization"])
        assert outcome.result["refresh_token"] is None
        assert outcome.result["expires_in"] > 0
    assert outcomes["one scope"].result["scope"] == real_server.scopes[:1]
    assert "invalid_client" in outcomes["wrong secret"].message
    assert "Check consumer_key" in outcomes["wrong secret"].message
    assert "unauthorized_client" in outcomes["another grant"].message
    assert "Enable the client credentials grant" in outcomes["another grant"].message
    tokens = [outcomes[name].result["access_token"] for name in calls if name not in failing]
    assert run.leaks(*tokens, real_server.application_consumer_secret, real_server.consumer_secret) == []
