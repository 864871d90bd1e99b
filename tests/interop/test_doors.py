# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both doors against OAuth servers that nobody here wrote: get a token, use it, renew it, revoke it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import requests
from entry_points import ENTRY_POINTS, LOOKUP, run_calls
from playbook import Ansible


@pytest.fixture
def options(real_server: SimpleNamespace) -> dict[str, Any]:
    """What the doors need to know of the server."""
    return {
        "token_url": real_server.token_url,
        "ca_path": real_server.ca_path,
        "consumer_key": real_server.consumer_key,
        "consumer_secret": real_server.consumer_secret,
        "username": real_server.username,
        "password": real_server.password,
        "scope": real_server.scopes,
    }


def _is_taken(real_server: SimpleNamespace, authorization: str) -> bool:
    """Does the server's API take a request with this C(Authorization) header?"""
    headers = {"Authorization": authorization}
    answer = requests.get(real_server.api_url, headers=headers, verify=real_server.ca_path, timeout=10)
    assert answer.status_code in (200, 401), answer.text
    return answer.status_code == requests.codes.ok


@pytest.mark.parametrize("door", ENTRY_POINTS)
def test_a_token_is_granted_and_taken(
    ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], door: str
) -> None:
    calls = {
        "basic": options,
        "body": {**options, "client_authentication": "body"},
        "one scope": {**options, "scope": real_server.scopes[:1], "require_scope": True},
    }
    if real_server.public_consumer_key:
        public = {name: value for name, value in options.items() if name != "consumer_secret"}
        calls["public"] = {**public, "consumer_key": real_server.public_consumer_key}
    run, outcomes = run_calls(ansible, door, calls)
    for name, outcome in outcomes.items():
        assert not outcome.failed, (name, outcome.message)
        assert _is_taken(real_server, outcome.result["authorization"]), name
        assert outcome.result["expires_in"] > 0
    assert sorted(outcomes["basic"].result["scope"]) == sorted(real_server.scopes)
    assert outcomes["one scope"].result["scope"] == real_server.scopes[:1]
    tokens = [outcome.result[key] for outcome in outcomes.values() for key in ("access_token", "refresh_token")]
    secrets = [real_server.password, real_server.consumer_secret, *filter(None, tokens)]
    assert run.leaks(*secrets) == []


@pytest.mark.parametrize("door", [door for door in ENTRY_POINTS if door != LOOKUP])
def test_a_token_is_renewed(ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], door: str) -> None:
    """The lookup has no refresh_token of its own to renew."""
    first = run_calls(ansible, door, {"first": options})[1]["first"].result
    # Without a store the second question cannot be answered by what the first one got.
    renewal = {**options, "refresh_token": first["refresh_token"], "token_store": "none"}
    run, outcomes = run_calls(ansible, door, {"renewed": renewal, "used up": renewal})
    renewed, again = outcomes["renewed"].result, outcomes["used up"].result
    assert renewed["origin"] == "refreshed"
    assert renewed["refresh_token"] != first["refresh_token"]
    # A refresh token is good for once on both; the second time the password has to serve.
    assert again["origin"] == "granted"
    assert _is_taken(real_server, again["authorization"])
    assert not _is_taken(real_server, first["authorization"])
    assert run.leaks(first["refresh_token"], renewed["access_token"], renewed["refresh_token"]) == []


@pytest.mark.parametrize("door", [door for door in ENTRY_POINTS if door != LOOKUP])
def test_a_token_is_revoked(ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], door: str) -> None:
    """Only a module can revoke. A server that cannot says so, and keeps the token."""
    calls = {"got": options, "revoked": {**options, "state": "absent"}, "again": {**options, "state": "absent"}}
    can_revoke = real_server.revoke_url is not None
    run, outcomes = run_calls(ansible, door, calls, failing=set() if can_revoke else {"revoked", "again"})
    got, revoked, again = (outcomes[name] for name in calls)
    assert _is_taken(real_server, got.result["authorization"]) is not can_revoke
    if can_revoke:
        # Only WSO2 names what it revoked.
        assert (revoked.result["changed"], revoked.result["revoked"]) == (True, None)
        assert (again.result["changed"], again.result["revoked"]) == (False, None)
    else:
        assert "returned HTTP 404" in revoked.message and "revoke_url" in revoked.message
    assert run.leaks(got.result["access_token"], got.result["refresh_token"], real_server.consumer_secret) == []


@pytest.mark.parametrize("door", ENTRY_POINTS)
def test_a_scope_that_is_dropped_is_missed(
    ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], door: str
) -> None:
    asked = {**options, "scope": [*real_server.scopes, "dropped_scope"]}
    calls = {"warned": asked, "required": {**asked, "require_scope": True}}
    run, outcomes = run_calls(ansible, door, calls, failing={"required"})
    assert not outcomes["warned"].failed, outcomes["warned"].message
    assert sorted(outcomes["warned"].result["scope"]) == sorted(real_server.scopes)
    assert outcomes["required"].failed
    assert "The server did not grant the scope dropped_scope" in outcomes["required"].message
    assert "The server did not grant the scope dropped_scope" in " ".join(run.stderr.split())


@pytest.mark.parametrize("door", ENTRY_POINTS)
def test_refusals_say_what_to_do(
    ansible: Ansible, real_server: SimpleNamespace, options: dict[str, Any], door: str
) -> None:
    calls = {
        "password": {**options, "password": "wrong-password-7391"},
        "client": {**options, "consumer_secret": "wrong-secret-2846"},
        "scope": {**options, "scope": "nobody_has_this"},
        "certificate": {name: value for name, value in options.items() if name != "ca_path"},
    }
    run, outcomes = run_calls(ansible, door, calls, failing=set(calls))
    said = {name: outcome.message for name, outcome in outcomes.items()}
    assert "invalid_grant" in said["password"] and "Check username and password" in said["password"]
    assert "HTTP 401 invalid_client" in said["client"] and "Check consumer_key" in said["client"]
    assert "invalid_scope" in said["scope"] and "Request only scopes" in said["scope"]
    assert "certificate" in said["certificate"] and "ca_path" in said["certificate"]
    assert run.leaks("wrong-password-7391", "wrong-secret-2846", real_server.consumer_secret) == []
