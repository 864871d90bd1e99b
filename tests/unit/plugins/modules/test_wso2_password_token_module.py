# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module requests a token with the password grant."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.plugins.modules import wso2_password_token
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, GIVEN, PASSWORD, TOKEN_RESPONSE
from ansible_collections.apiops.wso2.tests.unit.module_run import execute, reply_of
from ansible_collections.apiops.wso2.tests.unit.token_server import TokenServer, json_reply


def test_the_user_is_sent(
    server: TokenServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.replies = [json_reply(TOKEN_RESPONSE)]
    arguments = {**GIVEN, "token_url": server.url}
    result = execute(wso2_password_token.main, arguments, monkeypatch, capsys)
    assert reply_of(result)["token"]["access_token"] == ACCESS_TOKEN
    assert server.received[0].form == {"grant_type": "password", "username": "alice", "password": PASSWORD}
