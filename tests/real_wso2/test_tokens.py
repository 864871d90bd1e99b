# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens of a real server: requested once, cached, refreshed when they expire, and valid."""

from __future__ import annotations

import json
import time

import pytest
from playbook import Ansible, write_json
from real_play import MODULE, lookup, play, task, wait, warns
from running_server import PASSWORD, RunningServer

SHORT_SECONDS = 6


@pytest.mark.parametrize("token_type", ["Default", "JWT"])
def test_one_request_serves_tasks_and_lookups(ansible: Ansible, server: RunningServer, token_type: str) -> None:
    application = server.add_application(tokenType=token_type)
    before = server.token_requests()
    results = play(
        ansible,
        [task("first"), task("second"), lookup("looked_up")],
        server.variables(application, server.add_user()),
    )
    assert server.token_requests() - before == 1
    first = results["first"]
    assert (first["origin"], first["changed"]) == ("granted", True)
    assert (results["second"]["origin"], results["second"]["changed"]) == ("stored", False)
    tokens = {results[name]["access_token"] for name in ("first", "second", "looked_up")}
    assert len(tokens) == 1
    assert (first["access_token"].count(".") == 2) is (token_type == "JWT")
    seen = server.administration.introspect(first["access_token"])
    assert seen["active"] is True
    assert abs(seen["exp"] - time.time() - results["looked_up"]["expires_in"]) < 30


@pytest.mark.parametrize("token_type", ["Default", "JWT"])
def test_a_repeated_request_returns_a_valid_token(ansible: Ansible, server: RunningServer, token_type: str) -> None:
    """An opaque token is repeated with its remaining seconds. A new JWT revokes the one before."""
    application = server.add_application(tokenType=token_type)
    results = play(
        ansible,
        [task("first"), wait(2), task("second", token_store="none")],
        server.variables(application, server.add_user()),
    )
    first, second = results["first"], results["second"]
    assert server.is_active(second["access_token"])
    if token_type == "JWT":
        assert second["access_token"] != first["access_token"]
        assert not server.is_active(first["access_token"])
    else:
        assert second["access_token"] == first["access_token"]
        assert 3600 - 60 < second["expires_in"] <= first["expires_in"] - 2


def test_expired_tokens_are_refreshed_with_the_rotated_refresh_token(ansible: Ansible, server: RunningServer) -> None:
    """H16, B1: a short-lived token is not refreshed at once, and after its end without the password."""
    application = server.add_application(userAccessTokenExpiryTime=SHORT_SECONDS)
    variables = server.variables(application, server.add_user(), min_validity=1)
    before = server.token_requests()
    results = play(
        ansible,
        [task("first"), wait(SHORT_SECONDS + 1), task("second"), wait(SHORT_SECONDS + 1), task("third")],
        variables,
    )
    assert [results[name]["origin"] for name in ("first", "second", "third")] == ["granted", "refreshed", "refreshed"]
    assert server.token_requests() - before == 3
    for kind in ("access_token", "refresh_token"):
        assert len({results[name][kind] for name in ("first", "second", "third")}) == 3


def test_a_given_refresh_token_that_was_rotated_is_replaced(ansible: Ansible, server: RunningServer) -> None:
    """B7: the second task has the refresh token that the first one used up, and no password."""
    application = server.add_application(userAccessTokenExpiryTime=SHORT_SECONDS)
    user = server.add_user()
    given = server.post("/oauth2/token", application, grant_type="password", username=user, password=PASSWORD).json()[
        "refresh_token"
    ]
    variables = server.variables(application, user, min_validity=1)
    del variables["wso2_username"], variables["wso2_password"]
    tasks = [task("first", refresh_token=given), wait(SHORT_SECONDS + 1), task("second", refresh_token=given)]
    results = play(ansible, tasks, variables)
    assert [results[name]["origin"] for name in ("first", "second")] == ["refreshed", "refreshed"]
    assert len({given, results["first"]["refresh_token"], results["second"]["refresh_token"]}) == 3


def test_force_on_twelve_hosts_requests_one_token(ansible: Ansible, server: RunningServer) -> None:
    """B8: a JWT server revokes the token before, so more than one request leaves hosts with dead tokens."""
    variables = server.variables(server.add_application(tokenType="JWT"), server.add_user())
    path = ansible.scratch / "tokens.json"
    tasks = [
        {"name": "Fill the cache", MODULE: {}, "run_once": True},
        {"name": "Force", MODULE: {"force": True}, "register": "forced"},
        {
            **write_json("ansible_play_hosts | map('extract', hostvars, 'forced') | list", path),
            "run_once": True,
        },
    ]
    before = server.token_requests()
    hosts = [f"host{number}" for number in range(12)]
    run = ansible.play(tasks, variables=variables, hosts=hosts, arguments=["--forks", "6"])
    assert run.returncode == 0, run.stdout + run.stderr
    tokens = {result["access_token"] for result in json.loads(path.read_text("utf-8"))}
    assert server.token_requests() - before == 2
    assert len(tokens) == 1
    assert server.is_active(tokens.pop())


def test_dropped_scopes_are_reported(ansible: Ansible, server: RunningServer) -> None:
    """H18: this version grants every scope, but not those that begin with internal_."""
    variables = server.variables(server.add_application(), server.add_user())
    wanted = ["orders_read", "internal_orders"]
    strict = {**task("strict", scope=wanted, require_scope=True), "ignore_errors": True}
    results = play(ansible, [task("granted", scope="no_such_scope"), task("partly", scope=wanted), strict], variables)
    assert results["granted"]["scope"] == ["no_such_scope"]
    assert results["partly"]["scope"] == ["orders_read"]
    assert warns(results, "The server did not grant the scope internal_orders")
    assert not warns(results, "The server did not grant the scope no_such_scope")
    assert results["strict"]["failed"] is True
    assert "internal_orders" in results["strict"]["msg"]


def test_force_without_a_refresh_token_returns_the_same_token(ansible: Ansible, server: RunningServer) -> None:
    """H9: the server has no other opaque token for this user, and the plugin says so."""
    variables = server.variables(server.add_application("password"), server.add_user())
    results = play(ansible, [task("first"), task("forced", force=True)], variables)
    assert results["forced"]["access_token"] == results["first"]["access_token"]
    assert results["forced"]["changed"] is False
    assert warns(results, "The server returned the same token again")


def test_a_min_validity_above_the_lifetime_costs_one_request(ansible: Ansible, server: RunningServer) -> None:
    """H10: a refresh cannot help, and would revoke the token of everybody else."""
    variables = server.variables(server.add_application(), server.add_user(), min_validity=7200)
    before = server.token_requests()
    results = play(ansible, [task("first")], variables)
    assert server.token_requests() - before == 1
    assert results["first"]["origin"] == "granted"
    assert warns(results, "The token expires at")


def test_a_token_that_never_expires_is_cached(ansible: Ansible, server: RunningServer) -> None:
    """H12: a second password grant would revoke the first token."""
    application = server.add_application(userAccessTokenExpiryTime=-1)
    before = server.token_requests()
    results = play(ansible, [task("first"), task("second")], server.variables(application, server.add_user()))
    assert server.token_requests() - before == 1
    assert results["second"]["access_token"] == results["first"]["access_token"]
    assert (results["first"]["expires"], results["first"]["expires_in"]) == (False, None)
    assert server.is_active(results["first"]["access_token"])
