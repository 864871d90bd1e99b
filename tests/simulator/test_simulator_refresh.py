# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refresh grant."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from simulator_process import RunningSimulator


def error_of(response: requests.Response) -> tuple[int, str, str]:
    """Return what a error says."""
    content = response.json()
    return response.status_code, content["error"], content["error_description"]


def test_rotation(simulator: RunningSimulator) -> None:
    old = simulator.granted(scope="orders_read orders_write")
    simulator.advance(100)
    response = simulator.refresh(old["refresh_token"])
    new = response.json()
    assert new["access_token"] != old["access_token"]
    assert new["refresh_token"] != old["refresh_token"]
    assert (new["scope"], new["expires_in"]) == (old["scope"], 3600)
    assert response.headers["DeactivatedAccessToken"] == old["access_token"]
    assert not simulator.is_active(old["access_token"])
    assert simulator.is_active(new["access_token"])
    # A password grant now returns the refreshed token.
    assert simulator.granted(scope="orders_read orders_write")["access_token"] == new["access_token"]


def test_keeping_the_refresh_token(simulator: RunningSimulator) -> None:
    simulator.settings(refresh_token="keep")
    old = simulator.granted()
    for _time in range(3):
        new = simulator.refresh(old["refresh_token"]).json()
        assert new["refresh_token"] == old["refresh_token"]
        assert not simulator.is_active(old["access_token"])
        old = new


def test_the_response_may_leave_the_refresh_token_out(simulator: RunningSimulator) -> None:
    simulator.settings(refresh_token="keep", refresh_token_in_refresh_answer=False)
    held = simulator.granted()["refresh_token"]
    assert "refresh_token" not in simulator.refresh(held).json()
    assert simulator.refresh(held).status_code == 200


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("not_found", (400, "invalid_grant", "Persisted access token data not found")),
        ("invalid_state", (400, "invalid_grant", "Invalid refresh token state")),
        ("invalid_value", (400, "invalid_grant", "Invalid refresh token value in the request")),
        ("no_previous", (400, "invalid_grant", "No previous access tokens found")),
        ("server_error", (500, "server_error", "Internal Server Error.")),
    ],
)
def test_a_rotated_refresh_token_is_invalid(
    simulator: RunningSimulator, response: str, expected: tuple[int, str, str]
) -> None:
    simulator.settings(superseded_refresh_answer=response)
    held = simulator.granted()["refresh_token"]
    simulator.refresh(held)
    assert error_of(simulator.refresh(held)) == expected


def test_unknown_foreign_expired_and_revoked(simulator: RunningSimulator) -> None:
    not_found = (400, "invalid_grant", "Persisted access token data not found")
    held = simulator.granted()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": held}
    assert error_of(simulator.refresh("nonsense")) == not_found
    assert error_of(simulator.token(form, auth=("other_key", "other_secret"))) == not_found
    simulator.advance(86399.5)
    assert error_of(simulator.refresh(held)) == (400, "invalid_grant", "Refresh token is expired.")
    simulator.settings(component="5.1.0")
    assert error_of(simulator.refresh(held)) == (500, "server_error", "Internal Server Error.")
    simulator.settings(component="7.0.26")
    fresh = simulator.granted()["refresh_token"]
    simulator.revoke(fresh)
    assert error_of(simulator.refresh(fresh)) == (400, "invalid_grant", "Invalid refresh token state")
    assert error_of(simulator.refresh("")) == (400, "invalid_request", "Missing parameters: refresh_token")


@pytest.mark.parametrize(("extend", "status"), [(True, 200), (False, 400)])
def test_rotation_extends_the_lifetime_or_not(simulator: RunningSimulator, extend: bool, status: int) -> None:
    simulator.settings(extend_refresh_lifetime=extend, refresh_token_lifetime=1000)
    first = simulator.granted()["refresh_token"]
    simulator.advance(600)
    second = simulator.refresh(first).json()["refresh_token"]
    simulator.advance(600)
    assert simulator.refresh(second).status_code == status


@pytest.mark.parametrize(("scope", "granted"), [("", "a b"), ("a", "a"), ("b a", "a b"), ("a c", None)])
def test_scope(simulator: RunningSimulator, scope: str, granted: str | None) -> None:
    simulator.settings(allow_listed_scopes=["^[abc]$"])
    response = simulator.refresh(simulator.granted(scope="a b")["refresh_token"], scope=scope)
    if granted is None:
        assert error_of(response) == (400, "invalid_scope", "Invalid Scope!")
    else:
        assert response.json()["scope"] == granted


@pytest.mark.parametrize(
    ("change", "settings", "expected"),
    [
        ({"state": "locked"}, {}, (400, "invalid_grant", "Invalid refresh token state")),
        ({"password": "new"}, {}, (400, "invalid_grant", "Invalid refresh token state")),
        (
            {"state": "locked"},
            {"validate_user_on_refresh": True},
            (
                400,
                "17003",
                "Account is locked for user PRIMARY/alice in tenant carbon.super. "
                "Cannot login until the account is unlocked.",
            ),
        ),
    ],
)
def test_a_lock_or_a_new_password_revokes_all_tokens(
    simulator: RunningSimulator, change: dict[str, Any], settings: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    simulator.settings(**settings)
    held = simulator.granted()
    simulator.control("PUT", "users/alice", change)
    assert not simulator.is_active(held["access_token"])
    assert error_of(simulator.refresh(held["refresh_token"])) == expected


def test_graceful_rotation(simulator: RunningSimulator) -> None:
    simulator.settings(refresh_grace_seconds=30, refresh_reuse_limit=1)
    held = simulator.granted()["refresh_token"]
    first = simulator.refresh(held).json()
    second = simulator.refresh(held).json()
    assert not simulator.is_active(first["access_token"])
    assert simulator.is_active(second["access_token"])
    limit = "Refresh token has reached the configured graceful reuse limit."
    assert error_of(simulator.refresh(held)) == (400, "invalid_grant", limit)
    simulator.advance(31)
    assert error_of(simulator.refresh(held)) == (400, "invalid_grant", "Refresh token grace period has expired.")
