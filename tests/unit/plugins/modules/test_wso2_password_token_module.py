# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module on the managed node: its result holds the token unmangled, and its failures are readable."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.apiops.wso2.plugins.modules import wso2_password_token
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CONSUMER_SECRET,
    GIVEN,
    HIDDEN,
    REFRESH_TOKEN,
    TOKEN_ANSWER,
)
from ansible_collections.apiops.wso2.tests.unit.token_server import Reply, TokenServer, json_reply

REFUSED = {"error_description": "Authentication failed for alice", "error": "invalid_grant"}
RunModule = Callable[..., dict[str, Any]]


@pytest.fixture
def run(server: TokenServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunModule:
    """Run the module with good arguments and the changes; one that is None is not given."""

    def run_module(**changes: Any) -> dict[str, Any]:
        arguments = {**GIVEN, "token_url": server.url, **changes}
        given = {name: value for name, value in arguments.items() if value is not None}
        # ansible.module_utils.testing came with ansible-core 2.19, and so did the profile.
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        with pytest.raises(SystemExit):
            wso2_password_token.main()
        result = json.loads(capsys.readouterr().out)
        # By this ansible-core 2.22 tells the control node what to mask; it is taken out before anything is shown.
        result.pop("_ansible_new_secrets", None)
        assert result.get("invocation", {"module_args": {}}) == {"module_args": {}}
        assert CONSUMER_SECRET not in json.dumps(result)
        return dict(result)

    return run_module


@pytest.mark.parametrize("password", ["a", "e", "36", "3", "admin", "Bearer", "True", "orders_read", "pw_made_up"])
def test_success_is_not_mangled_by_any_password(server: TokenServer, run: RunModule, password: str) -> None:
    answer = {**TOKEN_ANSWER, "scope": "apim:admin orders_read", "jwt_token": "a36.admin"}
    server.replies = [json_reply(answer)]
    result = run(password=password)
    assert result["access_token"] == ACCESS_TOKEN
    assert result["refresh_token"] == REFRESH_TOKEN
    assert result["authorization"] == f"Bearer {ACCESS_TOKEN}"
    assert result["scope"] == ["apim:admin", "orders_read"]
    assert result["extra"] == {"jwt_token": "a36.admin"}
    assert 3590 <= result["expires_in"] <= 3600
    assert result["expires_at"].startswith("20")
    assert (result["expires"], result["changed"], result["origin"]) == (True, True, "granted")


@pytest.mark.parametrize("password", ["a", "e", "36", "admin", "pw_made_up"])
def test_failure_is_readable_with_any_password(server: TokenServer, run: RunModule, password: str) -> None:
    server.replies = [json_reply(REFUSED, 400)]
    result = run(password=password)
    assert result["failed"] is True
    assert result["msg"] == (
        "the token endpoint answered HTTP 400, invalid_grant: Authentication failed for alice. "
        "Check username and password; each further wrong attempt may lock the account."
    )
    failure = result["failure"]
    assert (failure["error"], failure["http_status"], failure["attempts"], failure["url"]) == (
        "invalid_grant",
        400,
        1,
        server.url,
    )
    assert len(server.received) == 1


def test_failure_masks_an_echoed_password(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply({"error": "invalid_grant", "error_description": "s3cret-password is wrong"}, 400)]
    result = run(password="s3cret-password")
    assert "s3cret" not in json.dumps(result)
    assert "******** is wrong" in result["msg"]


def test_a_refresh_token_is_renewed(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply(TOKEN_ANSWER)]
    result = run(refresh_token="r-old", username=None, password=None)
    assert (result["origin"], result["access_token"]) == ("refreshed", ACCESS_TOKEN)
    assert server.received[0].body == b"grant_type=refresh_token&refresh_token=r-old"


def test_check_mode_asks_but_changes_nothing(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply(TOKEN_ANSWER)]
    result = run(_ansible_check_mode=True)
    assert (result["changed"], result["access_token"]) == (False, ACCESS_TOKEN)


def test_a_wrong_option_sends_nothing(server: TokenServer, run: RunModule) -> None:
    result = run(username=None)
    assert result["msg"].startswith("username is missing")
    assert result["failure"]["attempts"] == 0
    assert server.received == []


def test_the_unexpected_shows_no_text(run: RunModule, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("s3cret-of-the-library")

    monkeypatch.setattr(wso2_password_token, "password_grant", broken)
    result = run()
    assert result["failed"] is True
    assert result["msg"].startswith("unexpected RuntimeError at ")
    assert "s3cret" not in json.dumps(result)


@pytest.mark.parametrize(("headers", "proven"), [({"AuthorizedUser": "alice"}, True), ({}, None)], ids=["yes", "no"])
def test_one_token_is_revoked(
    server: TokenServer, run: RunModule, headers: dict[str, str], proven: bool | None
) -> None:
    server.replies = [Reply(200, headers=headers)]
    result = run(state="absent", refresh_token=ACCESS_TOKEN, username=None, password=None)
    assert {name: value for name, value in result.items() if name != "invocation"} == {
        "changed": True, "revoked": proven
    }  # fmt: skip
    assert [(request.target, request.body) for request in server.received] == [
        ("/oauth2/revoke", f"token={ACCESS_TOKEN}".encode())
    ]


def test_without_a_token_nothing_can_be_revoked(server: TokenServer, run: RunModule) -> None:
    result = run(state="absent")
    assert result["msg"].startswith("refresh_token is missing, and the managed node keeps no token")
    assert server.received == []


def test_a_revocation_that_fails_is_readable(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply({"error": "invalid_request", "error_description": f"odd {REFRESH_TOKEN}"}, 400)]
    result = run(state="absent", refresh_token=REFRESH_TOKEN)
    assert result["msg"].startswith("the revocation endpoint answered HTTP 400, invalid_request: odd ********")
    assert REFRESH_TOKEN not in json.dumps(result)
    assert result["failure"]["url"] == server.url.replace("/token", "/revoke")


def test_all_secrets_are_told_to_ansible_core(server: TokenServer, run: RunModule, told_to_mask: list[str]) -> None:
    server.replies = [json_reply(TOKEN_ANSWER)]
    run()
    assert set(told_to_mask) >= HIDDEN
