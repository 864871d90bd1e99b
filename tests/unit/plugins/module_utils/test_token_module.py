# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module on the managed node: one request, and everything that it returns is one JSON text."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _token_module
from ansible_collections.apiops.wso2.plugins.module_utils._errors import CLIENT, USER
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import PASSWORD_GRANT
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    GIVEN,
    REFRESH_TOKEN,
    SECRET_FORMS,
    TOKEN_RESPONSE,
)
from ansible_collections.apiops.wso2.tests.unit.module_run import execute, reply_of
from ansible_collections.apiops.wso2.tests.unit.token_server import Reply, TokenServer, json_reply

REJECTED = {"error_description": "Authentication failed for alice", "error": "invalid_grant"}
RunModule = Callable[..., dict[str, Any]]


@pytest.fixture
def run(server: TokenServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunModule:
    """Run the module with valid arguments and the changes; one that is None is not given. Returns the whole result."""

    def run_module(**changes: Any) -> dict[str, Any]:
        arguments = {**GIVEN, "token_url": server.url, **changes}
        return execute(partial(_token_module.run_module, PASSWORD_GRANT), arguments, monkeypatch, capsys)

    return run_module


ODD_PASSWORDS = ["a", "e", "36", "3", "admin", "Bearer", "True", "orders_read", "pw_made_up"]


@pytest.mark.parametrize("password", ODD_PASSWORDS)
def test_a_token_is_returned_byte_for_byte(server: TokenServer, run: RunModule, password: str) -> None:
    """AnsibleModule cuts the letters of a secret out of a result."""
    members = {**TOKEN_RESPONSE, "scope": "apim:admin orders_read", "jwt_token": "a36.admin"}
    server.replies = [json_reply(members)]
    result = run(password=password)
    assert set(result) == {"changed", "reply"}
    assert reply_of(result) == {
        "token": {**members, "scope": ["apim:admin", "orders_read"], "id_token": None, "expires_in": 3600},
        "dropped": [],
    }


def test_what_is_dropped_is_reported(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply({**TOKEN_RESPONSE, "token_type": "Bearer\r\nX: y", "scope": "a\tb"})]
    reply = reply_of(run())
    assert reply["dropped"] == ["token_type", "scope"]
    assert (reply["token"]["token_type"], reply["token"]["scope"]) == ("Bearer", [])


def test_members_that_ansible_core_acts_on_are_only_text(server: TokenServer, run: RunModule) -> None:
    members = {"__ansible_type": "TaggedStr", "ansible_facts": {"x": 1}, "warnings": ["forged"], "failed": True}
    server.replies = [json_reply({**TOKEN_RESPONSE, **members})]
    result = run()
    assert set(result) == {"changed", "reply"}
    assert members.items() <= reply_of(result)["token"].items()


@pytest.mark.parametrize("password", ODD_PASSWORDS)
def test_a_failure_is_readable_with_any_password(server: TokenServer, run: RunModule, password: str) -> None:
    server.replies = [json_reply(REJECTED, 400)]
    result = run(password=password)
    assert result["failed"] is True
    error = reply_of(result)["error"]
    assert (error["http_status"], error["attempts"], error["subject"]) == (400, 1, USER)
    assert error["hint"].startswith("Check username and password")
    assert len(server.received) == 1


def test_a_rejected_client(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply({"error": "invalid_client"}, 401)]
    assert reply_of(run())["error"]["subject"] == CLIENT


def test_a_failure_masks_a_repeated_password(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply({"error": "invalid_grant", "error_description": "s3cret-password is wrong"}, 400)]
    result = run(password="s3cret-password")
    assert "s3cret" not in json.dumps(result)
    assert "******** is wrong" in result["msg"]
    assert "******** is wrong" in reply_of(result)["error"]["error_description"]


def test_a_refresh_token_is_sent_without_a_user(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply(TOKEN_RESPONSE)]
    result = run(refresh_token="r-old", username=None, password=None)
    assert reply_of(result)["token"]["access_token"] == ACCESS_TOKEN
    assert server.received[0].body == b"grant_type=refresh_token&refresh_token=r-old"


def test_check_mode_sends_the_request(server: TokenServer, run: RunModule) -> None:
    """The action plugin decides whether one is needed."""
    server.replies = [json_reply(TOKEN_RESPONSE)]
    result = run(_ansible_check_mode=True)
    assert (result["changed"], reply_of(result)["token"]["access_token"]) == (False, ACCESS_TOKEN)


def test_a_wrong_option_sends_nothing(server: TokenServer, run: RunModule) -> None:
    result = run(username=None)
    assert result["msg"].startswith("username is missing")
    assert reply_of(result)["error"]["attempts"] == 0
    assert server.received == []


def test_an_unexpected_error_shows_no_text(run: RunModule, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("s3cret-of-the-library")

    monkeypatch.setattr(_token_module, "request_token", fail)
    result = run()
    assert result["failed"] is True
    assert result["msg"].startswith("Unexpected RuntimeError at ")
    assert "s3cret" not in json.dumps(result)


@pytest.mark.parametrize(
    ("headers", "confirmed"), [({"AuthorizedUser": "alice"}, True), ({}, None)], ids=["confirmed", "not confirmed"]
)
def test_one_token_is_revoked(
    server: TokenServer, run: RunModule, headers: dict[str, str], confirmed: bool | None
) -> None:
    server.replies = [Reply(200, headers=headers)]
    result = run(state="absent", refresh_token=ACCESS_TOKEN, username=None, password=None)
    assert reply_of(result) == {"revoked": confirmed}
    assert [(request.target, request.body) for request in server.received] == [
        ("/oauth2/revoke", f"token={ACCESS_TOKEN}".encode())
    ]


def test_without_a_token_nothing_can_be_revoked(server: TokenServer, run: RunModule) -> None:
    assert run(state="absent")["msg"].startswith("refresh_token is missing. The managed node has no token")
    assert server.received == []


def test_a_failed_revocation_is_readable(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply({"error": "invalid_request", "error_description": f"odd {REFRESH_TOKEN}"}, 400)]
    result = run(state="absent", refresh_token=REFRESH_TOKEN)
    assert "odd ********" in result["msg"]
    assert REFRESH_TOKEN not in json.dumps(result)
    assert reply_of(result)["error"]["url"] == server.url.replace("/token", "/revoke")


def test_all_secrets_are_registered(server: TokenServer, run: RunModule, registered_secrets: list[str]) -> None:
    server.replies = [json_reply(TOKEN_RESPONSE)]
    run()
    assert set(registered_secrets) >= SECRET_FORMS
