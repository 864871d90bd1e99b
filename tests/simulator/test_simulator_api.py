# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Introspection, the protected API, the welcome page and the gateway's own responses."""

from __future__ import annotations

import time

import pytest
import requests
from simulator_process import RunningSimulator

ADMIN = ("admin", "admin")


def call(
    simulator: RunningSimulator, token: str | None, method: str = "GET", path: str = "orders"
) -> requests.Response:
    """Call the protected API."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{simulator.url}/orders/1.0.0/{path}"
    return requests.request(method, url, headers=headers, json={"x": 1} if method == "PUT" else None, timeout=10)


def test_introspection(simulator: RunningSimulator) -> None:
    held = simulator.granted(scope="orders_read")
    content = simulator.post("/oauth2/introspect", {"token": held["access_token"]}, auth=ADMIN).json()
    assert content["exp"] - content["iat"] == 3600
    assert abs(content["iat"] - time.time()) < 60
    rest = {name: content[name] for name in ("active", "token_type", "client_id", "username", "scope")}
    assert rest == {
        "active": True,
        "token_type": "Bearer",
        "client_id": "demo_key",
        "username": "alice@carbon.super",
        "scope": "orders_read",
    }


@pytest.mark.parametrize(
    ("form", "auth", "status", "text"),
    [
        ({"token": "nonsense"}, ADMIN, 200, '{"active":false}'),
        ({"a": "b"}, ADMIN, 400, '{"error": "Invalid input"}'),
        ({"token": "nonsense"}, ("demo_key", "demo_secret"), 401, ""),
        ({"token": "nonsense"}, ("alice", "alice-pass"), 403, ""),
    ],
)
def test_introspection_of_invalid_requests(
    simulator: RunningSimulator, form: dict[str, str], auth: tuple[str, str], status: int, text: str
) -> None:
    response = simulator.post("/oauth2/introspect", form, auth=auth)
    assert (response.status_code, response.text) == (status, text)


def test_the_protected_api(simulator: RunningSimulator) -> None:
    held = simulator.granted(scope="orders_read")["access_token"]
    content = call(simulator, held).json()
    assert (content["user"], content["scopes"]) == ("alice@carbon.super", ["orders_read"])
    assert call(simulator, held, path="hosts/web%201").status_code == 404
    assert call(simulator, held, "PUT", "hosts/web%201").json()["host"] == "web 1"
    assert call(simulator, held, path="hosts/web%201").json()["content"] == {"x": 1}


@pytest.mark.parametrize(("token", "code"), [(None, 900902), ("nonsense", 900901)])
def test_the_protected_api_rejects(simulator: RunningSimulator, token: str | None, code: int) -> None:
    response = call(simulator, token)
    assert (response.status_code, response.json()["fault"]["code"]) == (401, code)
    assert response.json()["fault"]["description"]


@pytest.mark.parametrize(("cache", "status"), [(0, 401), (900, 200)])
def test_a_gateway_may_notice_a_revocation_late(simulator: RunningSimulator, cache: int, status: int) -> None:
    simulator.settings(gateway_cache_seconds=cache)
    held = simulator.granted()["access_token"]
    simulator.revoke(held)
    assert call(simulator, held).status_code == status
    simulator.advance(901)
    assert call(simulator, held).status_code == 401


def test_expired_tokens_are_rejected_after_the_skew(simulator: RunningSimulator) -> None:
    simulator.settings(clock_skew=300)
    held = simulator.granted()["access_token"]
    simulator.advance(3700)
    assert call(simulator, held).status_code == 200
    simulator.advance(300)
    assert call(simulator, held).status_code == 401


def test_welcome_page(simulator: RunningSimulator) -> None:
    response = requests.get(simulator.url + "/", timeout=10)
    assert (response.status_code, "Welcome" in response.text) == (200, True)
    assert simulator.post("/", {}).status_code == 200


@pytest.mark.parametrize("path", ["/token", "/revoke"])
def test_no_gateway(simulator: RunningSimulator, path: str) -> None:
    simulator.settings(gateway=False)
    response = simulator.post(path, {})
    assert response.status_code == 404
    assert f"The requested resource ({path}) is not available." in response.text
    assert response.text.startswith("<am:fault ")
    assert simulator.token().status_code == 200


def test_https_only(simulator: RunningSimulator) -> None:
    simulator.settings(https_only=True)
    response = simulator.post("/token", {})
    assert (response.status_code, "Unsupported Transport [ http ]" in response.text) == (403, True)


@pytest.mark.parametrize(("path", "beginning"), [("/oauth2/token", ""), ("/token", "<am:fault ")])
def test_get_is_rejected(simulator: RunningSimulator, path: str, beginning: str) -> None:
    response = requests.get(simulator.url + path, timeout=10)
    assert (response.status_code, response.text[: len("<am:fault ")]) == (405, beginning)
