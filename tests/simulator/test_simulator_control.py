# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from simulator_process import ALICE, RunningSimulator


def test_journal(simulator: RunningSimulator) -> None:
    simulator.post("/token", {**ALICE, "password": "Grüße &=+"}, headers={"X-Extra": "1"}, params={"a": "ü"})
    (entry,) = simulator.control("GET", "journal")
    assert abs(entry.pop("at") - time.time()) < 60
    headers = entry.pop("headers")
    assert ["X-Extra", "1"] in headers
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in headers)
    assert entry == {
        "method": "POST",
        "path": "/token",
        "query": "a=%C3%BC",
        "body": "grant_type=password&username=alice&password=Gr%C3%BC%C3%9Fe+%26%3D%2B",
        "body_base64": None,
        "form": [["grant_type", "password"], ["username", "alice"], ["password", "Grüße &=+"]],
        "authentication": {"method": "basic", "id": "demo_key", "secret": "demo_secret"},
        "grant_type": "password",
        "endpoint": "token",
        "status": 400,
        "outcome": "bad_password",
        "fault": None,
        "secure": False,
        "client_certificate": None,
    }
    simulator.control("DELETE", "journal")
    assert simulator.control("GET", "journal") == []


def test_bytes_that_are_not_text_are_kept(simulator: RunningSimulator) -> None:
    simulator.post("/token", b"\xff=1", headers={"Content-Type": "application/x-www-form-urlencoded"})
    (entry,) = simulator.control("GET", "journal")
    assert (entry["body"], entry["body_base64"]) == ("ÿ=1", "/z0x")


def test_unusual_paths_are_journaled_too(simulator: RunningSimulator) -> None:
    for path in ("/a%0Ab", "/%2F..%2F", "/t/a%2Fb/oauth2/token"):
        assert simulator.post(path, {}).status_code == 404
    paths = [entry["path"] for entry in simulator.control("GET", "journal")]
    assert paths == ["/a%0Ab", "/%2F..%2F", "/t/a%2Fb/oauth2/token"]


def test_counts(simulator: RunningSimulator) -> None:
    held = simulator.granted()["access_token"]
    simulator.granted()
    simulator.revoke(held)
    simulator.is_active(held)
    assert simulator.control("GET", "counts") == {
        "token": 2,
        "revoke": 1,
        "introspect": 1,
        "api": 0,
        "by_outcome": {"granted": 1, "reused": 1, "revoked": 1, "inactive": 1},
    }


def test_users_and_applications_can_be_added_and_changed(simulator: RunningSimulator) -> None:
    simulator.control("PUT", "users/ann%2Fa@new.org", {"password": "p", "roles": ["admin"]})
    simulator.control("PUT", "applications/new%20key", {"secret": "s", "tenant": "new.org", "grants": ["password"]})
    form = {"grant_type": "password", "username": "ann/a@new.org", "password": "p", "scope": "apim:api_view"}
    assert simulator.token(form, auth=("new key", "s")).json()["scope"] == "apim:api_view"
    simulator.control("PUT", "applications/demo_key", {"secret": "changed"})
    assert simulator.token().status_code == 401
    simulator.control("PUT", "users/locked", {"state": "active"})
    form = {"grant_type": "password", "username": "locked", "password": "locked-pass"}
    assert simulator.token(form, auth=("demo_key", "changed")).status_code == 200


def test_tokens(simulator: RunningSimulator) -> None:
    first = simulator.granted(scope="orders_read")
    simulator.refresh(first["refresh_token"])
    old, new = simulator.control("GET", "tokens")
    assert old["access_token"] == first["access_token"]
    assert (old["state"], old["refresh_state"]) == ("INACTIVE", "SUPERSEDED")
    assert (new["state"], new["refresh_state"], new["scopes"]) == ("ACTIVE", "ACTIVE", ["orders_read"])
    assert (new["client_id"], new["user"]) == ("demo_key", "alice@carbon.super")
    simulator.advance(4000)
    assert simulator.control("GET", "tokens")[1]["state"] == "EXPIRED"


def test_reset(simulator: RunningSimulator) -> None:
    before = simulator.control("GET", "settings")
    simulator.settings(component="5.3.4", token_lifetime=5, extra_members={"a": 1})
    simulator.control("PUT", "users/alice", {"password": "changed"})
    simulator.granted(password="changed")
    simulator.fault("hang")
    simulator.advance(1e6)
    assert simulator.control("POST", "reset") == before
    assert simulator.control("GET", "journal") == simulator.control("GET", "tokens") == []
    assert abs(simulator.control("GET", "clock")["now"] - time.time()) < 60
    assert simulator.granted()["expires_in"] == 3600


def test_the_control_api_is_on_https_too_and_not_journaled(simulator: RunningSimulator) -> None:
    url = simulator.facts["control_url"] + "/counts"
    response = requests.get(url, verify=simulator.facts["ca_path"], timeout=10)
    assert response.json() == {"token": 0, "revoke": 0, "introspect": 0, "api": 0, "by_outcome": {}}


BAD: list[tuple[str, str, Any, int, str]] = [
    ("PATCH", "settings", {"color": 1}, 400, "Settings has no 'color'"),
    ("PATCH", "settings", {"token_lifetime": "long"}, 400, "a whole number of seconds or the word 'never'"),
    ("PATCH", "settings", {"token_lifetime": True}, 400, "a whole number of seconds"),
    ("PATCH", "settings", {"component": "7"}, 400, "is not a component version"),
    ("PATCH", "settings", {"refresh_token": "maybe"}, 400, "must be one of rotate, keep, none"),
    ("PATCH", "settings", {"allow_listed_scopes": ["("]}, 400, "no regular expression"),
    ("PATCH", "settings", [], 400, "Must be an object"),
    ("POST", "faults", {}, 400, "A fault needs a 'kind'"),
    ("POST", "faults", {"kind": "slow", "code": 1}, 400, "The fault 'slow' has no 'code'"),
    ("POST", "faults", {"kind": "slow", "times": 0}, 400, "must be a number of at least 1"),
    ("POST", "faults", {"kind": "slow", "path": "x"}, 400, "must be one of token, revoke"),
    ("POST", "faults", {"kind": "redirect"}, 400, "needs 'location'"),
    ("POST", "faults", {"kind": "raw", "body_base64": "?"}, 400, "must be base64"),
    ("POST", "faults", {"kind": ["raw"]}, 400, "A fault needs a 'kind'"),
    ("POST", "clock", {}, 400, "The clock needs 'advance'"),
    ("POST", "clock", {"advance": "1"}, 400, "must be a number"),
    ("POST", "clock", {"advance": True}, 400, "must be a number"),
    ("PUT", "users/new", {"roles": []}, 400, "A new user needs a 'password'"),
    ("PUT", "users/alice", {"state": "happy"}, 400, "must be one of active, locked"),
    ("PUT", "applications/new", {}, 400, "An application needs a 'secret'"),
    ("PUT", "users/a%0Ab", {"password": "p"}, 400, "without control characters"),
    ("PATCH", "settings", {"extra_headers": {"A": "b\r\nC: d"}}, 400, "without control characters"),
    ("POST", "faults", {"kind": "raw", "headers": ["x"]}, 400, "must be an object or a list of pairs"),
    ("PUT", "users", {}, 404, "no such control address"),
    ("GET", "nonsense", None, 404, "no such control address"),
    ("GET", "users/alice", None, 405, "Use PUT here"),
    ("POST", "journal", None, 405, "Use GET or DELETE here"),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: f"{case[0]} {case[1]} {case[2]}")
def test_invalid_input_gets_a_message(simulator: RunningSimulator, case: tuple[Any, ...]) -> None:
    method, path, content, status, sentence = case
    response = requests.request(method, f"{simulator.url}/_simulator/{path}", json=content, timeout=10)
    assert response.status_code == status
    assert sentence in response.json()["error"]


def test_input_that_is_not_json(simulator: RunningSimulator) -> None:
    for body in ("{", b"\xff", '{"advance": Infinity}', '{"advance": NaN}'):
        response = requests.post(f"{simulator.url}/_simulator/clock", data=body, timeout=10)
        assert response.status_code == 400
        assert response.json()["error"]
