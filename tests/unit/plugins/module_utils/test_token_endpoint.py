# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One function per grant, and one for revocation: the form that it sends, and how it reads the response."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _transport
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_endpoint import (
    refresh_token,
    request_token,
    revoke_token,
)
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.module_utils._transport import Response
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CONSUMER_KEY,
    CONSUMER_SECRET,
    PASSWORD,
    REFRESH_TOKEN,
    TOKEN_RESPONSE,
    TOKEN_URL,
    options,
    response,
    token_request,
)
from ansible_collections.apiops.wso2.tests.unit.token_server import Reply, TokenServer, json_reply

PASSWORD_FORM = {"grant_type": "password", "username": "alice", "password": PASSWORD}
REFRESH_FORM = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
REVOKE_URL = TOKEN_URL.replace("/token", "/revoke")
BASIC = (CONSUMER_KEY, CONSUMER_SECRET)
CLIENTS: list[tuple[str, dict[str, Any], dict[str, str], tuple[str, str] | None]] = [
    ("basic", {}, {}, BASIC),
    ("body", {"client_authentication": "body"}, {"client_id": CONSUMER_KEY, "client_secret": CONSUMER_SECRET}, None),
    ("public", {"consumer_secret": None}, {"client_id": CONSUMER_KEY}, None),
]


class Wire:
    """Replaces the transport: records the requests, and returns or raises the outcome."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, outcome: Response | Exception) -> None:
        self.sent: list[tuple[str, dict[str, str], Any, Any]] = []
        self._outcome = outcome
        monkeypatch.setattr(_transport, "send_request", self._send_request)

    def _send_request(
        self, _method: str, url: str, *, data: dict[str, str], basic: Any, settings: Any, is_final: Any
    ) -> Response:
        self.sent.append((url, data, basic, settings))
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


@pytest.mark.parametrize(("client", "members", "basic"), [row[1:] for row in CLIENTS], ids=[row[0] for row in CLIENTS])
@pytest.mark.parametrize("send", ["password", "refresh", "revoke"])
def test_form_and_client_authentication(
    monkeypatch: pytest.MonkeyPatch, send: str, client: dict[str, Any], members: dict[str, str], basic: Any
) -> None:
    wire = Wire(monkeypatch, response(200, TOKEN_RESPONSE))
    request = token_request(**client)
    url, form = TOKEN_URL, PASSWORD_FORM
    if send == "password":
        request_token(request)
    elif send == "refresh":
        form = REFRESH_FORM
        refresh_token(request, REFRESH_TOKEN)
    else:
        url, form = REVOKE_URL, {"token": REFRESH_TOKEN}
        revoke_token(request, REFRESH_TOKEN)
    assert wire.sent == [(url, {**form, **members}, basic, request.transport)]


FORMS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("scope", {"scope": ["b", "a"]}, {"scope": "b a"}),
    ("no scope, no member", {"scope": []}, {}),
    (
        "organization",
        {"username": "john@johns.org", "organization": "johnsorg"},
        {"username": "john@johns.org@johnsorg"},
    ),
    ("nothing is stripped", {"password": " p\n"}, {"password": " p\n"}),
]


@pytest.mark.parametrize(("changes", "members"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_form_of_the_password_grant(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], members: dict[str, str]
) -> None:
    wire = Wire(monkeypatch, response(200, TOKEN_RESPONSE))
    request_token(token_request(**changes))
    assert wire.sent[0][1] == {**PASSWORD_FORM, **members}


def test_a_renewal_names_no_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, response(200, TOKEN_RESPONSE))
    refresh_token(token_request(scope=["a"]), REFRESH_TOKEN)
    assert wire.sent[0][1] == REFRESH_FORM


def test_over_a_real_connection(server: TokenServer) -> None:
    server.replies = [json_reply(TOKEN_RESPONSE)]
    before = int(time.time())
    got = request_token(token_request(token_url=server.url, scope=["orders_read"]))
    assert got == Token.from_response(TOKEN_RESPONSE, asked_at=got.asked_at, received_at=got.received_at)
    assert before <= got.asked_at <= got.received_at <= time.time()
    (request,) = server.received
    assert parse_qsl(request.body.decode()) == [*PASSWORD_FORM.items(), ("scope", "orders_read")]
    assert len(request.values("Authorization")) == 1


def test_lifetime_counts_from_before_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def respond_late(*_args: Any, **_options: Any) -> Response:
        time.sleep(1.1)
        return response(200, TOKEN_RESPONSE)

    monkeypatch.setattr(_transport, "send_request", respond_late)
    before = int(time.time())
    got = request_token(token_request())
    assert got.expires_at in (before + 3600, before + 3601)
    assert got.received_at - got.asked_at >= 1


def test_the_application_s_own_token_needs_no_user(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, response(200, TOKEN_RESPONSE))
    request = TokenRequest.from_options(options(scope=["a"]), grant="client_credentials", environ={})
    request_token(request)
    assert wire.sent == [(TOKEN_URL, {"grant_type": "client_credentials", "scope": "a"}, BASIC, request.transport)]


FORBIDDEN = ["TOK\nadmin: true\n", "TOK\r\nX: y", "t\x1b[31m", "t\u202e", "tok\u00e9n", "half-\ud83d", "t\x7f"]


@pytest.mark.parametrize("access_token", FORBIDDEN)
def test_an_access_token_that_is_none_is_rejected(monkeypatch: pytest.MonkeyPatch, access_token: str) -> None:
    Wire(monkeypatch, response(200, {"access_token": access_token}))
    with pytest.raises(TokenError, match="characters that RFC 6749 does not allow"):
        request_token(token_request())


@pytest.mark.parametrize("status", [200, 201, 203])
def test_success(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    Wire(monkeypatch, response(status, b"\xef\xbb\xbf" + b'{"access_token":"t"}'))
    assert request_token(token_request()).access_token == "t"


NO_SUCCESS: list[tuple[str, int, Any]] = [
    ("200, HTML", 200, b"<html><title>Welcome to APIM</title></html>"),
    ("200, empty", 200, b""),
    ("200, other JSON", 200, {"status": "UP"}),
    ("200, error", 200, {"error": "invalid_grant"}),
    ("token is a number", 200, {"access_token": 5}),
    ("token is null", 200, {"access_token": None}),
    ("token is empty", 200, {"access_token": ""}),
    ("token is a list", 200, {"access_token": [ACCESS_TOKEN]}),
    ("token in a list", 200, b'[{"access_token": "t"}]'),
    ("token in a form", 200, b"access_token=t"),
    ("token that breaks off", 200, b'{"access_token": "t'),
    ("token in a redirect", 302, TOKEN_RESPONSE),
    ("token in an error response", 400, TOKEN_RESPONSE),
    ("token in a server error", 500, TOKEN_RESPONSE),
]


@pytest.mark.parametrize(("status", "body"), [row[1:] for row in NO_SUCCESS], ids=[row[0] for row in NO_SUCCESS])
def test_no_success(monkeypatch: pytest.MonkeyPatch, status: int, body: Any) -> None:
    Wire(monkeypatch, response(status, body, attempts=2, retry_after=9))
    with pytest.raises(TokenError) as caught:
        request_token(token_request())
    shown = caught.value.failure()
    assert [shown[name] for name in ("http_status", "url", "attempts", "retry_after")] == [status, TOKEN_URL, 2, 9]
    assert ACCESS_TOKEN not in caught.value.message + str(shown)


def test_an_echoed_refresh_token_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    Wire(monkeypatch, response(400, {"error": "invalid_grant", "error_description": f"no such token {REFRESH_TOKEN}"}))
    with pytest.raises(TokenError) as caught:
        refresh_token(token_request(), REFRESH_TOKEN)
    assert REFRESH_TOKEN not in caught.value.message + str(caught.value.failure())
    assert "no such token ********" in caught.value.message


def test_a_refresh_that_the_application_may_not_use_gets_no_hint_about_the_password_grant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Wire(
        monkeypatch,
        response(
            400,
            {
                "error": "unauthorized_client",
                "error_description": "The authenticated client is not authorized to use this authorization grant type",
            },
        ),
    )
    with pytest.raises(TokenError) as caught:
        refresh_token(token_request(refresh_token=REFRESH_TOKEN, password=None, username=None), REFRESH_TOKEN)
    assert "password grant" not in caught.value.message


def test_transport_errors_name_the_endpoint(closed_port: int) -> None:
    with pytest.raises(TransportError) as caught:
        request_token(token_request(token_url=f"http://127.0.0.1:{closed_port}/token?key=v", retries=0))
    url = f"http://127.0.0.1:{closed_port}/token"
    assert (caught.value.url, caught.value.attempts, caught.value.http_status) == (url, 1, None)


def test_redirect_is_a_failure_of_its_own(server: TokenServer) -> None:
    server.replies = [Reply(307, headers={"Location": "http://127.0.0.1:9/token"})]
    with pytest.raises(TokenError) as caught:
        request_token(token_request(token_url=server.url))
    assert caught.value.http_status == 307
    assert "Redirects are not followed" in caught.value.message


REVOCATIONS: list[tuple[str, Response, bool | None]] = [
    ("an empty response", response(200), None),
    ("an empty object", response(200, {}), None),
    ("other headers", response(200, headers=("date", "content-type")), None),
    ("the user is named", response(200, headers=("date", "authorizeduser")), True),
    ("the access token is named", response(200, headers=("revokedaccesstoken",)), True),
    ("the refresh token is named", response(200, headers=("revokedrefreshtoken",)), True),
    ("no content", response(204, headers=("revokedaccesstoken",)), True),
    ("a JSONP response", response(200, b"callback();"), None),
    ("unknown token, as an error", response(400, {"error": "invalid_token"}), None),
    ("unknown token, as a grant", response(400, {"error": "invalid_grant"}), None),
    ("only refresh tokens are supported", response(400, {"error": "unsupported_token_type"}), None),
    ("unknown token, unauthorized", response(401, {"error": "invalid_token"}), None),
]


@pytest.mark.parametrize(("got", "proven"), [row[1:] for row in REVOCATIONS], ids=[row[0] for row in REVOCATIONS])
def test_revocations(monkeypatch: pytest.MonkeyPatch, got: Response, proven: bool | None) -> None:
    Wire(monkeypatch, got)
    assert revoke_token(token_request(), ACCESS_TOKEN) is proven


NO_REVOCATIONS: list[tuple[str, int, Any]] = [
    ("wrong client", 401, {"error": "invalid_client"}),
    ("token of another application", 400, {"error": "unauthorized_client"}),
    ("malformed", 400, {"error": "invalid_request"}),
    ("not found", 404, b""),
    ("a page", 200, b"<html><title>Welcome to APIM</title></html>"),
    ("a redirect", 302, b""),
    ("server error", 500, {"error": "server_error"}),
    ("gateway error", 503, b"<html></html>"),
]


@pytest.mark.parametrize(
    ("status", "body"), [row[1:] for row in NO_REVOCATIONS], ids=[row[0] for row in NO_REVOCATIONS]
)
def test_no_revocation(monkeypatch: pytest.MonkeyPatch, status: int, body: Any) -> None:
    Wire(monkeypatch, response(status, body, attempts=2, retry_after=9, headers=("date",)))
    with pytest.raises(TokenError) as caught:
        revoke_token(token_request(token_url=f"{TOKEN_URL}?key=v"), ACCESS_TOKEN)
    shown = caught.value.failure()
    assert [shown[name] for name in ("http_status", "url", "attempts", "retry_after")] == [status, REVOKE_URL, 2, 9]


def test_an_echoed_token_is_masked_in_the_error_of_a_revocation(monkeypatch: pytest.MonkeyPatch) -> None:
    Wire(monkeypatch, response(400, {"error": "invalid_request", "error_description": f"odd {ACCESS_TOKEN}"}))
    with pytest.raises(TokenError) as caught:
        revoke_token(token_request(), ACCESS_TOKEN)
    assert ACCESS_TOKEN not in caught.value.message + str(caught.value.failure())
    assert "odd ********" in caught.value.message


def test_a_given_revoke_url_is_used_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, response(404))
    with pytest.raises(TokenError) as caught:
        revoke_token(token_request(revoke_url="https://gateway/revoke?key=v"), ACCESS_TOKEN)
    assert [sent[0] for sent in wire.sent] == ["https://gateway/revoke?key=v"]
    assert caught.value.url == "https://gateway/revoke"


def test_revocation_over_a_real_connection(server: TokenServer) -> None:
    server.replies = [Reply(200, headers={"RevokedAccessToken": ACCESS_TOKEN})]
    assert revoke_token(token_request(token_url=server.url), REFRESH_TOKEN) is True
    (request,) = server.received
    assert (request.method, request.target) == ("POST", "/oauth2/revoke")
    assert parse_qsl(request.body.decode()) == [("token", REFRESH_TOKEN)]
    assert len(request.values("Authorization")) == 1
