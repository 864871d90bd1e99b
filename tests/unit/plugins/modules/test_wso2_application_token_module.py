# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module requests a token with the client credentials grant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import CLIENT, REQUEST
from ansible_collections.apiops.wso2.plugins.modules import wso2_application_token
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    APPLICATION,
    APPLICATION_RESPONSE,
    BASIC,
)
from ansible_collections.apiops.wso2.tests.unit.module_run import execute, reply_of
from ansible_collections.apiops.wso2.tests.unit.token_server import TokenServer, json_reply

RunModule = Callable[..., dict[str, Any]]


@pytest.fixture
def run(server: TokenServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> RunModule:
    def run_module(**changes: Any) -> dict[str, Any]:
        arguments = {**APPLICATION, "token_url": server.url, **changes}
        return execute(wso2_application_token.main, arguments, monkeypatch, capsys)

    return run_module


def test_no_user_is_sent(server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply(APPLICATION_RESPONSE)]
    result = run(scope="b a")
    assert reply_of(result)["token"]["access_token"] == ACCESS_TOKEN
    assert server.received[0].form == {"grant_type": "client_credentials", "scope": "b a"}
    assert server.received[0].values("Authorization") == [f"Basic {BASIC}"]


def test_without_a_secret_nothing_is_sent(server: TokenServer, run: RunModule) -> None:
    result = run(consumer_secret=None)
    assert result["msg"].startswith("consumer_secret is missing")
    assert reply_of(result)["error"]["attempts"] == 0
    assert server.received == []


@pytest.mark.parametrize(
    ("status", "error", "hint", "subject"),
    [
        (400, "unauthorized_client", "Enable the client credentials grant for the application", REQUEST),
        (401, "unauthorized_client", "Check consumer_key and consumer_secret", CLIENT),
        (401, "invalid_client", "Check consumer_key and consumer_secret", CLIENT),
        (400, "invalid_scope", "Request only scopes that the application and its owner are allowed to use", REQUEST),
    ],
)
def test_hints(status: int, error: str, hint: str, subject: str, server: TokenServer, run: RunModule) -> None:
    server.replies = [json_reply({"error": error, "error_description": "As recorded."}, status)]
    reported = reply_of(run(scope="orders_read"))["error"]
    assert reported["hint"].startswith(hint)
    assert (reported["subject"], reported["attempts"]) == (subject, 1)
