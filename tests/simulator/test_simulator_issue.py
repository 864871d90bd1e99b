# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The successful token response: repeated requests, expires_in, and scopes."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from simulator_process import ALICE, RunningSimulator

NEVER = 9223372036854775


def test_successful_response(simulator: RunningSimulator) -> None:
    response = simulator.token()
    content = response.json()
    assert list(content) == ["access_token", "refresh_token", "scope", "token_type", "expires_in"]
    assert (content["scope"], content["token_type"], content["expires_in"]) == ("default", "Bearer", 3600)
    expected = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Pragma": "no-cache",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "X-XSS-Protection": "1; mode=block",
        "Content-Length": str(len(response.content)),
    }
    assert {name: response.headers.get(name) for name in expected} == expected


def test_old_servers_use_another_order_and_hexadecimal_values(simulator: RunningSimulator) -> None:
    simulator.settings(component="5.3.4")
    content = simulator.granted()
    assert list(content) == ["scope", "token_type", "expires_in", "refresh_token", "access_token"]
    assert len(content["access_token"]) == len(bytes.fromhex(content["access_token"])) * 2 == 32


def test_a_repeated_request_returns_the_same_opaque_token(
    simulator: RunningSimulator,
) -> None:
    first = simulator.granted(scope="orders_read orders_write")
    simulator.advance(1000)
    again = simulator.granted(scope="orders_write orders_read orders_write")
    assert (again["access_token"], again["refresh_token"]) == (first["access_token"], first["refresh_token"])
    assert 2590 <= again["expires_in"] <= 2600


@pytest.mark.parametrize("fields", [{"scope": "device_ci_1"}, {"username": "admin", "password": "admin"}])
def test_another_scope_or_user_is_another_token(simulator: RunningSimulator, fields: dict[str, str]) -> None:
    assert simulator.granted()["access_token"] != simulator.granted(**fields)["access_token"]


def test_requests_during_the_lifetime_of_a_short_access_token(simulator: RunningSimulator) -> None:
    """Access token 60 s, refresh token 120 s, requested at 0, 30, 62 and 124 seconds."""
    simulator.settings(token_lifetime=60, refresh_token_lifetime=125)
    at_0 = simulator.granted()
    simulator.advance(30)
    at_30 = simulator.granted()
    simulator.advance(32)
    at_62 = simulator.granted()
    simulator.advance(62)
    at_124 = simulator.granted()
    access = [response["access_token"] for response in (at_0, at_30, at_62, at_124)]
    refresh = [response["refresh_token"] for response in (at_0, at_30, at_62, at_124)]
    assert access[0] == access[1] and len(set(access)) == 3
    assert refresh[0] == refresh[1] == refresh[2] != refresh[3]


def test_a_new_token_is_issued_when_one_second_or_less_is_left(simulator: RunningSimulator) -> None:
    first = simulator.granted()
    simulator.advance(3599.5)
    second = simulator.granted()
    assert second["access_token"] != first["access_token"]
    assert second["expires_in"] == 3600


@pytest.mark.parametrize(
    ("component", "expected"), [("5.3.4", 3300), ("5.6.63", 3900), ("6.4.111", 3900), ("6.4.176", 3600)]
)
def test_clock_skew_in_a_token_issued_again(simulator: RunningSimulator, component: str, expected: int) -> None:
    simulator.settings(component=component, clock_skew=300)
    assert simulator.granted()["expires_in"] == 3600
    assert expected - 10 <= simulator.granted()["expires_in"] <= expected


@pytest.mark.parametrize(
    ("settings", "first_survives", "same_refresh_token"),
    [
        ({"token_format": "jwt"}, False, True),
        ({"renew_per_request": True}, False, False),
        ({"renew_without_revoking": True}, True, False),
    ],
)
def test_renewal(
    simulator: RunningSimulator, settings: dict[str, Any], first_survives: bool, same_refresh_token: bool
) -> None:
    simulator.settings(**settings)
    first, second = simulator.granted(), simulator.granted()
    assert first["access_token"] != second["access_token"]
    assert (first["refresh_token"] == second["refresh_token"]) is same_refresh_token
    assert simulator.is_active(first["access_token"]) is first_survives
    assert simulator.is_active(second["access_token"])


def test_a_jwt_can_be_verified_with_the_key_set(simulator: RunningSimulator) -> None:
    simulator.settings(token_format="jwt", jwt_extra_bytes=6000)
    token = simulator.granted(scope="orders_read")["access_token"]
    keys = jwt.PyJWKClient(simulator.url + "/oauth2/jwks")
    claims = jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["ES256"], audience="demo_key")
    assert (claims["sub"], claims["scope"]) == ("alice@carbon.super", "orders_read")
    assert claims["exp"] - claims["iat"] == 3600
    assert len(token) > 6000
    assert simulator.is_active(token)


def test_an_application_can_have_its_own_token_format(simulator: RunningSimulator) -> None:
    assert simulator.token(auth=("jwt_key", "jwt_secret")).json()["access_token"].count(".") == 2


def test_never_expiring(simulator: RunningSimulator) -> None:
    simulator.settings(token_lifetime="never")
    first = simulator.granted()
    assert first["expires_in"] == simulator.granted()["expires_in"] == NEVER
    assert simulator.refresh(first["refresh_token"]).json()["expires_in"] == 9223372036854775807


@pytest.mark.parametrize("override", [0, -1, 1, "3600", "soon", 3600000, 1.5, None, []])
def test_expires_in_override(simulator: RunningSimulator, override: Any) -> None:
    simulator.settings(expires_in_override=override)
    assert simulator.granted()["expires_in"] == (3600 if override is None else override)


def test_expires_in_missing(simulator: RunningSimulator) -> None:
    simulator.settings(expires_in_override="missing")
    assert "expires_in" not in simulator.granted()


def test_extra_members_headers_and_token_type(simulator: RunningSimulator) -> None:
    simulator.settings(token_type="bearer", extra_members={"jwt_token": {"a": [1]}}, extra_headers={"X-Claim": "yes"})
    response = simulator.token()
    assert response.json()["token_type"] == "bearer"
    assert response.json()["jwt_token"] == {"a": [1]}
    assert response.headers["X-Claim"] == "yes"


@pytest.mark.parametrize(
    ("component", "application", "present"),
    [("6.0.53", "norefresh", True), ("6.4.111", "norefresh", False), ("7.0.26", "demo", True)],
)
def test_refresh_token_depends_on_the_application(
    simulator: RunningSimulator, component: str, application: str, present: bool
) -> None:
    simulator.settings(component=component)
    auth = (f"{application}_key", f"{application}_secret")
    content = simulator.token(auth=auth).json()
    assert ("refresh_token" in content) is present
    if present and application == "norefresh":
        form = {"grant_type": "refresh_token", "refresh_token": content["refresh_token"]}
        assert simulator.token(form, auth=auth).json()["error"] == "unauthorized_client"


def test_refresh_tokens_can_be_off(simulator: RunningSimulator) -> None:
    simulator.settings(refresh_token="none")
    assert "refresh_token" not in simulator.granted()


@pytest.mark.parametrize(
    ("settings", "username", "requested", "granted"),
    [
        ({}, "alice", "", "default"),
        ({}, "alice", "orders_write orders_read", "orders_read orders_write"),
        ({}, "alice", "orders_read orders_read", "orders_read"),
        ({}, "alice", "nonsense", "default"),
        ({}, "alice", "apim:api_view orders_read", "orders_read"),
        ({}, "alice", "device_ci_07 default", "device_ci_07"),
        ({}, "alice", "openid", "openid"),
        ({}, "noroles", "orders_read device_x", "default"),
        ({}, "admin", "apim:api_view apim:subscribe", "apim:api_view apim:subscribe"),
        ({"no_scope_answer": "omitted"}, "alice", "", None),
    ],
)
def test_scopes(
    simulator: RunningSimulator, settings: dict[str, Any], username: str, requested: str, granted: str | None
) -> None:
    simulator.settings(**settings)
    password = "admin" if username == "admin" else f"{username}-pass"
    content = simulator.granted(username=username, password=password, scope=requested)
    assert content.get("scope") == granted
    assert ("id_token" in content) is (granted == "openid")


@pytest.mark.parametrize(("component", "scope"), [("6.4.111", "am_application_scope default"), ("7.0.26", "default")])
def test_the_scope_of_client_credentials(simulator: RunningSimulator, component: str, scope: str) -> None:
    simulator.settings(component=component)
    content = simulator.token({"grant_type": "client_credentials"}).json()
    assert content["scope"] == scope
    assert "refresh_token" not in content


def test_parallel_requests_share_one_token(simulator: RunningSimulator) -> None:
    held = {simulator.token(ALICE).json()["access_token"] for _request in range(5)}
    assert len(held) == 1
