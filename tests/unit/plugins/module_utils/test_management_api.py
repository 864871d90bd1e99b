# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call of a management API: what is sent, and what of the response is secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._management_api import ManagementApi, secrets_in
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    ADMIN_PASSWORD,
    IDENTITY_SERVER,
    LIVE_TOKEN,
    SECRET,
    keys_request,
    scripted,
)
from ansible_collections.apiops.wso2.tests.unit.token_server import TokenServer, json_reply


def api(server: TokenServer, path: str = "/register", **changes: Any) -> ManagementApi:
    return ManagementApi(keys_request(f"http://127.0.0.1:{server.port}{path}", timeout=5, **changes))


def test_json_and_basic_on_the_wire(server: TokenServer) -> None:
    server.replies = [json_reply({"a": 1}, 201, WWW_Authenticate="x")]
    call = api(server).call("POST", "/x", {"name": "grün"})
    sent = server.received[0]
    assert (sent.method, sent.target) == ("POST", "/register/x")
    assert json.loads(sent.body) == {"name": "grün"}
    assert sent.values("Content-Type") == ["application/json"]
    assert sent.values("Authorization")[0].startswith("Basic ")
    assert (call.status, call.members, call.has_challenge) == (201, {"a": 1}, True)


def test_a_token_and_no_body(server: TokenServer) -> None:
    server.replies = [json_reply({})]
    api(server, registration_token="initial").call("GET", query={"client_name": "a b&c"})
    sent = server.received[0]
    assert sent.target == "/register?client_name=a+b%26c"
    assert sent.values("Authorization") == ["Bearer initial"]
    assert sent.body == b""
    assert sent.values("Content-Type") == []


def test_a_query_in_the_url_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    server = scripted(monkeypatch, (200, {}))
    ManagementApi(keys_request("https://h.example/register?tenant=x")).call("GET", "/id", query={"a": "b"})
    assert server.sent[0].path == "/register/id?tenant=x&a=b"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(server: TokenServer, status: int) -> None:
    """K22: the login would be sent to another host."""
    server.replies = [json_reply({}, status, Location="http://127.0.0.1:1/")]
    called = api(server).call("POST", content={})
    assert (called.status, len(server.received)) == (status, 1)


def test_an_unexpected_status_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, (418, {}))
    service = ManagementApi(keys_request(IDENTITY_SERVER))
    call = service.call("POST", content={})
    assert service.expect(call, 418) is call
    with pytest.raises(TokenError, match="HTTP 418"):
        service.expect(call, 200, 201)


def test_a_connection_that_fails_names_the_option(closed_port: int) -> None:
    service = ManagementApi(keys_request(f"http://127.0.0.1:{closed_port}/register", timeout=2, retries=0))
    with pytest.raises(TokenError) as failed:
        service.call("GET")
    assert "registration_url" in failed.value.message
    assert "token_url" not in failed.value.message
    assert "request_from: managed_node" in failed.value.message


def test_a_problem_names_the_url() -> None:
    problem = ManagementApi(keys_request(IDENTITY_SERVER)).problem("Odd", hint="Fix it")
    assert (problem.message, problem.url) == ("Odd. Fix it.", IDENTITY_SERVER)


def test_secrets_at_any_depth() -> None:
    body = {
        "list": [{"consumerSecret": SECRET, "token": {"accessToken": LIVE_TOKEN, "tokenScopes": ["default"]}}],
        "client_secret": "",
        "registration_access_token": "rat",
        "consumerKey": "no secret",
        "access_token": None,
    }
    assert set(secrets_in(body)) == {SECRET, LIVE_TOKEN, "rat"}
    assert secrets_in("text") == []


def test_secrets_of_a_response_are_known(monkeypatch: pytest.MonkeyPatch, registered_secrets: list[str]) -> None:
    scripted(monkeypatch, (200, {"client_secret": SECRET}))
    service = ManagementApi(keys_request(IDENTITY_SERVER))
    service.call("GET")
    assert SECRET in registered_secrets
    assert {SECRET, ADMIN_PASSWORD} <= set(service.secrets)
