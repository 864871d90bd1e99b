# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The revoke endpoint."""

from __future__ import annotations

import pytest
from simulator_process import RunningSimulator

WRONG = ("demo_key", "nonsense")
FAILED = "Client Authentication failed."


@pytest.mark.parametrize("component", ["6.0.53", "6.8.0", "6.13.16", "7.0.26"])
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("path", ["/oauth2/revoke", "/revoke/", "/t/carbon.super/oauth2/revoke"])
def test_revoked(simulator: RunningSimulator, component: str, which: str, path: str) -> None:
    simulator.settings(component=component)
    held = simulator.granted()
    response = simulator.post(path, {"token": held[which], "token_type_hint": which})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == ("text/html" if component == "6.0.53" else "application/json")
    old = component in {"6.0.53", "6.8.0"}
    assert response.headers.get("RevokedAccessToken") == (held["access_token"] if old else None)
    assert response.headers.get("RevokedRefreshToken") == (held["refresh_token"] if old else None)
    assert response.headers["AuthorizedUser"] == "alice@carbon.super"
    assert not simulator.is_active(held["access_token"])
    assert not simulator.is_active(held["refresh_token"])
    assert simulator.granted()["access_token"] != held["access_token"]


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ("all", {"RevokedAccessToken", "RevokedRefreshToken", "AuthorizedUser"}),
        ("user_only", {"AuthorizedUser"}),
        ("none", set()),
    ],
)
def test_headers_by_setting(simulator: RunningSimulator, shown: str, names: set[str]) -> None:
    simulator.settings(revoke_headers=shown)
    headers = simulator.revoke(simulator.granted()["access_token"]).headers
    assert {name for name in headers if name.startswith(("Revoked", "Authorized"))} == names


def test_nothing_to_revoke(simulator: RunningSimulator) -> None:
    held = simulator.granted()["access_token"]
    simulator.revoke(held)
    for value in ("nonsense", held):
        response = simulator.revoke(value)
        assert (response.status_code, response.content, response.headers.get("AuthorizedUser")) == (200, b"", None)


@pytest.mark.parametrize(("component", "status"), [("6.0.53", 200), ("6.4.111", 200), ("6.4.176", 401)])
def test_unknown_token_and_wrong_client(simulator: RunningSimulator, component: str, status: int) -> None:
    simulator.settings(component=component)
    assert simulator.revoke("nonsense", auth=WRONG).status_code == status


@pytest.mark.parametrize("component", ["5.3.4", "7.4.99"])
@pytest.mark.parametrize(
    ("auth", "error"), [(WRONG, "invalid_client"), (("other_key", "other_secret"), "unauthorized_client")]
)
def test_wrong_or_other_client(simulator: RunningSimulator, component: str, auth: tuple[str, str], error: str) -> None:
    simulator.settings(component=component)
    held = simulator.granted()["access_token"]
    response = simulator.revoke(held, auth=auth)
    assert (response.status_code, response.json()) == (401, {"error_description": FAILED, "error": error})
    newer = (component, error) == ("7.4.99", "unauthorized_client")
    assert response.headers["Content-Type"] == ("application/json" if newer else "text/html")
    assert simulator.is_active(held)


def test_missing_token_and_json(simulator: RunningSimulator) -> None:
    response = simulator.post("/oauth2/revoke", {"a": "b"})
    expected = {"error_description": "Invalid revocation request", "error": "invalid_request"}
    assert (response.status_code, response.json()) == (400, expected)
    assert simulator.post("/oauth2/revoke", None, json={"token": "x"}).status_code == 415


def test_a_public_client_revokes_with_its_key_alone(simulator: RunningSimulator) -> None:
    form = {"grant_type": "password", "username": "alice", "password": "alice-pass", "client_id": "public_key"}
    held = simulator.token(form, auth=None).json()["access_token"]
    response = simulator.post("/oauth2/revoke", {"token": held, "client_id": "public_key"}, auth=None)
    assert response.headers["AuthorizedUser"] == "alice@carbon.super"


def test_uncoupled_tokens(simulator: RunningSimulator) -> None:
    simulator.settings(revoke_coupled=False)
    held = simulator.granted()
    simulator.revoke(held["refresh_token"])
    assert simulator.is_active(held["access_token"])
    assert simulator.refresh(held["refresh_token"]).status_code == 400
    other = simulator.granted(scope="device_2")
    simulator.revoke(other["access_token"])
    assert not simulator.is_active(other["access_token"])
    assert simulator.refresh(other["refresh_token"]).status_code == 200
