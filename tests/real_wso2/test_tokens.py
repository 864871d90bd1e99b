# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens of a real server: requested once, cached, refreshed when they expire, and valid.

All plays are in one run. Each test reads the results of its play.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from administration import Application
from playbook import Ansible
from real_play import Play, Results, lookup, run_plays, task, wait
from running_server import PASSWORD, RunningServer

SHORT_SECONDS = 4
TOKEN_TYPES = ("Default", "JWT")
ORDER = ("first", "second", "third")
WANTED_SCOPES = ["orders_read", "internal_orders"]
FORCED_HOSTS = [f"forced{number}" for number in range(12)]


@dataclass(frozen=True)
class Outcome:
    """The results of each host, its application, and the refresh token that was given."""

    results: Mapping[str, Results]
    applications: Mapping[str, Application]
    given: str

    def requests(self, server: RunningServer, host: str) -> int:
        """The number of token requests for HOST."""
        return server.token_requests(self.applications[host])


def _applications(server: RunningServer) -> dict[str, Application]:
    return {
        **{f"once_{kind}": server.add_application(tokenType=kind) for kind in TOKEN_TYPES},
        **{f"repeated_{kind}": server.add_application(tokenType=kind) for kind in TOKEN_TYPES},
        "expiring": server.add_application(userAccessTokenExpiryTime=SHORT_SECONDS),
        "rotated": server.add_application(userAccessTokenExpiryTime=SHORT_SECONDS),
        **dict.fromkeys(FORCED_HOSTS, server.add_application(tokenType="JWT")),
        "scopes": server.add_application(),
        "no_refresh": server.add_application("password"),
        "long_validity": server.add_application(),
        "endless": server.add_application(userAccessTokenExpiryTime=-1),
    }


def _plays(variables: Mapping[str, Mapping[str, Any]]) -> list[Play]:
    def hosts(*names: str) -> dict[str, Mapping[str, Any]]:
        return {name: variables[name] for name in names}

    first, second, third = (task(name, refresh_token="{{ given | default(omit) }}") for name in ORDER)
    expiring = [first, wait(SHORT_SECONDS + 1), second, wait(SHORT_SECONDS + 1), third]
    once, repeated = ([f"{name}_{kind}" for kind in TOKEN_TYPES] for name in ("once", "repeated"))
    fill = {**task("filled"), "run_once": True}
    return [
        Play("once", [task("first"), task("second"), lookup("looked_up")], hosts(*once)),
        Play("repeated", [task("first"), wait(2), task("second", token_store="none")], hosts(*repeated)),
        Play("expiring", expiring, hosts("expiring", "rotated")),
        Play("forced", [fill, task("forced", force=True)], hosts(*FORCED_HOSTS)),
        Play(
            "scopes",
            [
                task("granted", scope="no_such_scope"),
                task("partly", scope=WANTED_SCOPES),
                task("strict", scope=WANTED_SCOPES, require_scope=True),
            ],
            hosts("scopes"),
        ),
        Play("no_refresh", [task("first"), task("forced", force=True)], hosts("no_refresh")),
        Play("long_validity", [task("first")], hosts("long_validity")),
        Play("endless", [task("first"), task("second")], hosts("endless")),
    ]


@pytest.fixture(scope="module")
def outcome(server: RunningServer, collections: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The results of one run with all plays."""
    applications = _applications(server)
    user = server.add_user()
    variables = {host: server.variables(application, user) for host, application in applications.items()}
    variables["expiring"]["wso2_min_validity"] = variables["rotated"]["wso2_min_validity"] = 1
    variables["long_validity"]["wso2_min_validity"] = 7200
    given = server.post(
        "/oauth2/token", applications["rotated"], grant_type="password", username=user, password=PASSWORD
    ).json()["refresh_token"]
    variables["rotated"]["given"] = given
    del variables["rotated"]["wso2_username"], variables["rotated"]["wso2_password"]
    ansible = Ansible(collections, tmp_path_factory.mktemp("tokens"))
    return Outcome(run_plays(ansible, _plays(variables)), applications, given)


@pytest.mark.parametrize("token_type", TOKEN_TYPES)
def test_one_request_serves_tasks_and_lookups(outcome: Outcome, server: RunningServer, token_type: str) -> None:
    host = f"once_{token_type}"
    results = outcome.results[host]
    assert outcome.requests(server, host) == 1
    first = results["first"]
    assert (first["origin"], first["changed"]) == ("granted", True)
    assert (results["second"]["origin"], results["second"]["changed"]) == ("stored", False)
    assert len({results[name]["access_token"] for name in ("first", "second", "looked_up")}) == 1
    assert (first["access_token"].count(".") == 2) is (token_type == "JWT")
    seen = server.administration.introspect(first["access_token"])
    assert seen["active"] is True
    assert abs(seen["exp"] - seen["iat"] - first["expires_in"]) < 30
    for name in ("first", "second", "looked_up"):
        expires_at = datetime.fromisoformat(results[name]["expires_at"].replace("Z", "+00:00"))
        assert abs(seen["exp"] - expires_at.timestamp()) < 30


@pytest.mark.parametrize("token_type", TOKEN_TYPES)
def test_a_repeated_request_returns_a_valid_token(outcome: Outcome, server: RunningServer, token_type: str) -> None:
    """An opaque token is repeated with its remaining seconds. A new JWT revokes the one before."""
    results = outcome.results[f"repeated_{token_type}"]
    first, second = results["first"], results["second"]
    assert server.is_active(second["access_token"])
    if token_type == "JWT":
        assert second["access_token"] != first["access_token"]
        assert not server.is_active(first["access_token"])
    else:
        assert second["access_token"] == first["access_token"]
        assert 3600 - 60 < second["expires_in"] <= first["expires_in"] - 2


def test_expired_tokens_are_refreshed_with_the_rotated_refresh_token(outcome: Outcome, server: RunningServer) -> None:
    """H16, B1: a short-lived token is not refreshed at once, and after its end without the password."""
    results = outcome.results["expiring"]
    assert [results[name]["origin"] for name in ORDER] == ["granted", "refreshed", "refreshed"]
    assert outcome.requests(server, "expiring") == 3
    for kind in ("access_token", "refresh_token"):
        assert len({results[name][kind] for name in ORDER}) == 3


def test_a_given_refresh_token_that_was_rotated_is_replaced(outcome: Outcome) -> None:
    """B7: each task has the refresh token that the first one used up, and no password."""
    results = outcome.results["rotated"]
    tokens = [results[name] for name in ORDER]
    assert [token["origin"] for token in tokens] == ["refreshed"] * 3
    assert len({outcome.given, *(token["refresh_token"] for token in tokens)}) == 4


def test_force_on_twelve_hosts_requests_one_token(outcome: Outcome, server: RunningServer) -> None:
    """B8: a JWT server revokes the token before, so more than one request leaves hosts with dead tokens."""
    tokens = {outcome.results[host]["forced"]["access_token"] for host in FORCED_HOSTS}
    assert outcome.requests(server, FORCED_HOSTS[0]) == 2
    assert len(tokens) == 1
    assert server.is_active(tokens.pop())


def test_dropped_scopes_are_reported(outcome: Outcome) -> None:
    """H18: this version grants every scope, but not those that begin with internal_."""
    results = outcome.results["scopes"]
    assert results["granted"]["scope"] == ["no_such_scope"]
    assert results["partly"]["scope"] == ["orders_read"]
    assert results.warns("The server did not grant the scope internal_orders")
    assert not results.warns("The server did not grant the scope no_such_scope")
    assert results["strict"]["failed"] is True
    assert "internal_orders" in results["strict"]["msg"]


def test_force_without_a_refresh_token_returns_the_same_token(outcome: Outcome) -> None:
    """H9: the server has no other opaque token for this user, and the plugin says so."""
    results = outcome.results["no_refresh"]
    assert results["forced"]["access_token"] == results["first"]["access_token"]
    assert results["forced"]["changed"] is False
    assert results.warns("The server returned the same token again")


def test_a_min_validity_above_the_lifetime_costs_one_request(outcome: Outcome, server: RunningServer) -> None:
    """H10: a refresh cannot help, and would revoke the token of everybody else."""
    results = outcome.results["long_validity"]
    assert outcome.requests(server, "long_validity") == 1
    assert results["first"]["origin"] == "granted"
    assert results.warns("The token expires at")


def test_a_token_that_never_expires_is_cached(outcome: Outcome, server: RunningServer) -> None:
    """H12: a second password grant would revoke the first token."""
    results = outcome.results["endless"]
    assert outcome.requests(server, "endless") == 1
    assert results["second"]["access_token"] == results["first"]["access_token"]
    assert (results["first"]["expires"], results["first"]["expires_in"]) == (False, None)
    assert server.is_active(results["first"]["access_token"])
