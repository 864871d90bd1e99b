# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The use case of both doors: renew where that is possible, ask with the password where it is not, and warn."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_error import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import ScopeError, TokenProvider
from ansible_collections.apiops.wso2.tests.unit.examples import TOKEN_URL, token, token_request

GRANTED, RENEWED = token(access_token="granted"), token(access_token="renewed")


class Server:
    """A grantor that keeps what it is asked; an outcome that is an error is raised."""

    def __init__(self, password: Token | TokenError = GRANTED, refresh: Token | TokenError = RENEWED) -> None:
        self._password, self._refresh = password, refresh
        self.asked: list[tuple[Any, ...]] = []

    def password_grant(self, request: TokenRequest) -> Token:
        self.asked.append(("password", request))
        return self._outcome(self._password)

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        self.asked.append(("refresh", request, refresh_token))
        return self._outcome(self._refresh)

    @staticmethod
    def _outcome(outcome: Token | TokenError) -> Token:
        if isinstance(outcome, TokenError):
            raise outcome
        return outcome


def test_grant() -> None:
    server, request = Server(), token_request()
    provision = TokenProvider(server).obtain(request)
    assert (provision.token, provision.origin, provision.warnings) == (GRANTED, "granted", ())
    assert server.asked == [("password", request)]


def test_renewal() -> None:
    server, request = Server(), token_request(refresh_token="r")
    provision = TokenProvider(server).obtain(request, refresh_token="r")
    assert (provision.token, provision.origin) == (RENEWED, "refreshed")
    assert server.asked == [("refresh", request, "r")]


FALLBACKS = [
    # id, what the renewal fails with, is a password there, requests in order
    ("refused", TokenError("x", http_status=400), True, ["refresh", "password"]),
    ("refused as 401", TokenError("x", http_status=401), True, ["refresh", "password"]),
    ("refused, no password", TokenError("x", http_status=400), False, ["refresh"]),
    ("transport", TransportError("x"), True, ["refresh"]),
    ("server's trouble", TokenError("x", http_status=500), True, ["refresh"]),
    ("gateway's trouble", TokenError("x", http_status=503), True, ["refresh"]),
    ("patience", TokenError("x", http_status=429), True, ["refresh"]),
    ("200 without a token", TokenError("x", http_status=200), True, ["refresh"]),
]


@pytest.mark.parametrize(
    ("error", "has_password", "asked"), [row[1:] for row in FALLBACKS], ids=[row[0] for row in FALLBACKS]
)
def test_the_password_is_used_only_where_a_renewal_is_refused(
    error: TokenError, has_password: bool, asked: list[str]
) -> None:
    server = Server(refresh=error)
    user = {} if has_password else {"username": None, "password": None}
    request = token_request(refresh_token="r", **user)
    if asked[-1] == "password":
        provision = TokenProvider(server).obtain(request, refresh_token="r")
        assert (provision.token, provision.origin) == (GRANTED, "granted")
    else:
        with pytest.raises(TokenError) as caught:
            TokenProvider(server).obtain(request, refresh_token="r")
        assert caught.value is error
    assert [each[0] for each in server.asked] == asked


def test_a_refused_password_is_sent_once() -> None:
    refused = TokenError("x", http_status=400)
    server = Server(password=refused)
    with pytest.raises(TokenError) as caught:
        TokenProvider(server).obtain(token_request())
    assert caught.value is refused
    assert len(server.asked) == 1


SCOPES: list[tuple[str, list[str], str, str | None]] = [
    ("none asked", [], "default", None),
    ("all granted", ["a", "b"], "b a", None),
    ("one dropped", ["a", "b"], "a", "the server did not grant the scope b"),
    ("all dropped", ["a", "b"], "default", "the server did not grant the scope a b"),
]


@pytest.mark.parametrize(("asked", "granted", "problem"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
def test_dropped_scopes_are_told(asked: list[str], granted: str, problem: str | None) -> None:
    provision = TokenProvider(Server(token(scope=granted))).obtain(token_request(scope=asked))
    assert provision.warnings == ((problem,) if problem else ())


@pytest.mark.parametrize(("asked", "granted", "problem"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
def test_dropped_scopes_fail_where_all_are_required(asked: list[str], granted: str, problem: str | None) -> None:
    provider, request = TokenProvider(Server(token(scope=granted))), token_request(scope=asked)
    if problem is None:
        assert provider.obtain(request, require_scope=True).warnings == ()
        return
    with pytest.raises(ScopeError) as caught:
        provider.obtain(request, require_scope=True)
    assert caught.value.cause == problem
    assert (caught.value.error, caught.value.url, caught.value.attempts) == (None, TOKEN_URL, 1)
    assert "require_scope: false" in (caught.value.hint or "")


def test_suspicious_credentials_are_told_without_their_value() -> None:
    provision = TokenProvider(Server()).obtain(token_request(consumer_secret="s3cret\n", scope=["x"]))
    assert provision.warnings == (
        "consumer_secret begins or ends with white space, and is sent so",
        "the server did not grant the scope x",
    )
