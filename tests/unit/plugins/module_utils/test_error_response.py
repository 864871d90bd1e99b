# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Error responses: which hint they get, what the failure is about, and what of them is shown."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._error_response import (
    error_from_response,
    is_final,
)
from ansible_collections.apiops.wso2.plugins.module_utils._errors import (
    CLIENT,
    ENDPOINT,
    REFRESH_TOKEN,
    REQUEST,
    USER,
    TokenError,
)
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import (
    CLIENT_CREDENTIALS_GRANT as CLIENT_CREDENTIALS,
)
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import PASSWORD_GRANT as PASSWORD
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import REFRESH_GRANT as REFRESH
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import REVOCATION
from ansible_collections.apiops.wso2.tests.unit import examples
from ansible_collections.apiops.wso2.tests.unit.examples import (
    CONSUMER_SECRET,
    TOKEN_URL,
    response,
    token_request,
)

LONG_SCOPE = "a_scope_with_a_name_of_more_than_sixty_characters_for_one_host_only"
LOCKED = {"error": "invalid_grant", "error_description": "17003 Account is locked for user: bob in user store: PRIMARY"}


class Row(NamedTuple):
    """hint: a phrase of the hint. subject: what the failure is about. options: those of the request."""

    name: str
    hint: str
    subject: str
    status: int
    body: Any
    what: str = PASSWORD
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed
    absent: str | None = None


def oauth(error: str, description: str | None = None) -> dict[str, str]:
    return {"error": error, **({"error_description": description} if description is not None else {})}


ROWS = [
    # The account
    Row("locked", "The account is locked", USER, 400, LOCKED, absent="user store"),
    Row("locked, refresh grant", "The account is locked", USER, 400, LOCKED, REFRESH),
    Row("locked, numeric code", "The account is locked", USER, 400, oauth("17003", "Account is locked"), REFRESH),
    Row("locked, 503", "The account is locked", USER, 503, LOCKED),
    Row("locked, a number as the error", "The account is locked", USER, 400, oauth("17003"), REFRESH),
    Row(
        "disabled",
        "The account is disabled.",
        USER,
        400,
        oauth(
            "invalid_grant", "17004 Account is disabled for user: dora in user store: PRIMARY in tenant: carbon.super."
        ),
        absent="user store",
    ),
    Row(
        "disabled or expired",
        "disabled or its password",
        USER,
        400,
        oauth("invalid_grant", "event : PRE_AUTHENTICATION"),
    ),
    Row(
        "password expired",
        "has expired or must be changed",
        USER,
        400,
        oauth("invalid_grant", "Authentication Failed! x"),
    ),
    # The username
    Row(
        "tenant, no organization",
        "Set organization",
        USER,
        400,
        oauth("invalid_grant", "Invalid tenant domain johns.org"),
        options={"username": "john@johns.org"},
    ),
    Row(
        "tenant, organization",
        "Check organization",
        USER,
        400,
        oauth("invalid_grant", "Users in the tenant domain : foo.com do not have access to application x"),
        options={"username": "tina", "organization": "foo.com"},
        absent="Set organization",
    ),
    Row("no such user store", "in front of the /", USER, 400, oauth("invalid_grant", "Invalid Domain Name")),
    Row(
        "user store down",
        "cannot reach its user store",
        REQUEST,
        400,
        oauth("invalid_grant", "Error while authenticating user from user store"),
    ),
    Row(
        "old API Manager",
        "set organization if",
        USER,
        400,
        oauth("invalid_grant", "Provided Authorization Grant is invalid"),
    ),
    Row(
        "capitals",
        "lower case",
        USER,
        400,
        oauth("invalid_grant", "Authentication failed for alice@CARBON.SUPER"),
        options={"organization": "CARBON.SUPER"},
    ),
    Row(
        "email address",
        "also set organization",
        USER,
        400,
        oauth("invalid_grant", "Authentication failed for john@johns.org"),
        options={"username": "john@johns.org"},
    ),
    Row(
        "organization is set",
        "or be a SaaS application",
        USER,
        400,
        oauth("invalid_grant", "Authentication failed for tina@foo.example"),
        options={"username": "tina", "organization": "foo.example"},
        absent="set organization",
    ),
    Row(
        "wrong password",
        "Check username and password. Further",
        USER,
        400,
        oauth("invalid_grant", "Authentication failed for alice"),
    ),
    Row("wrong password, 200", "Check username and password", USER, 200, oauth("invalid_grant")),
    Row("wrong password, 401", "Check username and password", USER, 401, oauth("invalid_grant")),
    Row("wrong password, 429", "Check username and password", USER, 429, oauth("invalid_grant")),
    Row("wrong password, 500", "Check username and password", USER, 500, oauth("invalid_grant")),
    Row(
        "missing password",
        "Check username and password",
        REQUEST,
        400,
        oauth("invalid_request", "Missing parameters: password"),
    ),
    # The refresh token
    Row(
        "refresh token",
        "Request a new token",
        REFRESH_TOKEN,
        400,
        oauth("invalid_grant", "Refresh token is expired."),
        REFRESH,
        absent="Check username",
    ),
    Row(
        "a password grant with such a text",
        "Check username",
        USER,
        400,
        oauth("invalid_grant", "Persisted access token data not found"),
    ),
    # The client
    Row(
        "no secret",
        "requires a consumer_secret",
        CLIENT,
        401,
        oauth("invalid_client", "Unsupported Client Authentication Method!"),
        options={"consumer_secret": None},
    ),
    Row(
        "secret is there",
        "Check consumer_key",
        CLIENT,
        401,
        oauth("invalid_client", "Unsupported Client Authentication Method!"),
    ),
    Row(
        "revoked application",
        "Activate it",
        CLIENT,
        401,
        oauth("invalid_client", "Oauth application is not in active state"),
    ),
    Row(
        "wrong client", "client_authentication", CLIENT, 401, oauth("invalid_client", "Client credentials are invalid.")
    ),
    Row("wrong client, 500", "Check consumer_key", CLIENT, 500, oauth("invalid_client")),
    Row(
        "wrong client, 401 and another code",
        "Check consumer_key",
        CLIENT,
        401,
        oauth("unauthorized_client", "Invalid client credentials"),
        absent="grant",
    ),
    Row(
        "another client's token",
        "another application",
        CLIENT,
        401,
        oauth("unauthorized_client", "Client Authentication failed."),
        REVOCATION,
    ),
    Row(
        "old servers", "Check consumer_key", CLIENT, 404, oauth("server_error", "Error decoding authorization header.")
    ),
    # The grant
    Row(
        "refresh grant",
        "Enable the refresh token grant",
        REFRESH_TOKEN,
        400,
        oauth("unauthorized_client"),
        REFRESH,
    ),
    Row("password grant", "Enable the password grant", REQUEST, 400, oauth("unauthorized_client")),
    Row("unsupported", "Enable the password grant", REQUEST, 400, oauth("unsupported_grant_type")),
    Row(
        "client credentials",
        "Enable the client credentials grant",
        REQUEST,
        400,
        oauth("unauthorized_client"),
        CLIENT_CREDENTIALS,
    ),
    Row(
        "switched off",
        "[oauth.grant_type.password]",
        REQUEST,
        400,
        oauth("invalid_request", "Unsupported grant_type value"),
    ),
    # The scope
    Row("no scope", "Set scope", REQUEST, 400, oauth("invalid_scope")),
    Row("scope", "Request only scopes", REQUEST, 400, oauth("invalid_scope"), options={"scope": ["a"]}),
    Row("long scope", "more than 60 characters", REQUEST, 502, oauth("server_error"), options={"scope": [LONG_SCOPE]}),
    Row(
        "unknown tenant",
        "Check organization",
        REQUEST,
        500,
        oauth("server_error", "Internal Server Error."),
        options={"username": "a@b.c"},
    ),
    # The gateway
    Row("rate limit", "rate limiting", REQUEST, 429, {"code": "900800"}),
    Row("suspended", "timeout to more than 60", ENDPOINT, 500, {"code": "303001"}),
    Row("no key manager", "key manager", ENDPOINT, 500, {"code": "101503"}),
    Row("transport", "only HTTPS", ENDPOINT, 403, {"code": "403", "description": "Unsupported Transport [ http ]"}),
    Row(
        "plain text to a TLS port",
        "requires TLS",
        ENDPOINT,
        400,
        b"Bad Request This combination of host and port requires TLS.",
    ),
    Row("API call, 403", "as an API call", ENDPOINT, 403, {"fault": {"code": 900908, "message": "Forbidden"}}),
    Row(
        "API call, 401",
        "as an API call",
        ENDPOINT,
        401,
        {"code": "900902", "message": "Missing Credentials"},
        absent="consumer",
    ),
    # The URL
    Row(
        "tenant in the URL",
        "The tenant in token_url",
        ENDPOINT,
        404,
        b"<!-- x --><html><title>Error</title></html>",
        options={"token_url": "https://h/t/nosuch.example/oauth2/token"},
    ),
    Row(
        "not found",
        "In API Manager 4.0.0 and later",
        ENDPOINT,
        404,
        b"<html><title>HTTP Status 404 \xe2\x80\x93 Not Found</title></html>",
    ),
    Row("not found, revocation", "Check revoke_url", ENDPOINT, 404, b"", REVOCATION),
    Row("redirect", "Redirects are not followed", ENDPOINT, 302, b""),
    Row("empty 401", "This is not the token endpoint", ENDPOINT, 401, b"", absent="consumer"),
    Row(
        "a number is no code",
        "This is not the token endpoint",
        ENDPOINT,
        401,
        {"result": 0, "error": 9},
        absent="consumer",
    ),
    Row("empty 400", "username and password", ENDPOINT, 400, b""),
    Row("empty 403, refresh grant", "refresh_token", ENDPOINT, 403, b"", REFRESH, absent="password"),
    Row("server error", "The server failed", REQUEST, 503, oauth("server_error")),
    Row("server error page", "The server failed", ENDPOINT, 503, b"<html></html>"),
    Row(
        "welcome page", "This is not the token endpoint", ENDPOINT, 200, b"<html><title>Welcome to APIM</title></html>"
    ),
    Row("no token", "This is not the token endpoint", ENDPOINT, 200, {"hello": "world"}),
    Row("unknown", "WSO2 server log", REQUEST, 400, oauth("something_new")),
    Row(
        "revocation that the client may not request",
        "belong to another application",
        REQUEST,
        400,
        oauth("unauthorized_client"),
        what=REVOCATION,
    ),
    Row(
        "refresh token grant disabled on the server",
        "The refresh token grant is disabled",
        REFRESH_TOKEN,
        400,
        oauth("invalid_request", "Unsupported grant_type value"),
        what=REFRESH,
    ),
]


def explain(row: Row) -> TokenError:
    request = token_request(**row.options)
    return error_from_response(response(row.status, row.body), request, what=row.what, secrets=request.secrets())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_hint_and_subject(row: Row) -> None:
    failed = explain(row)
    assert row.hint in (failed.hint or "")
    assert failed.subject == row.subject
    assert row.absent is None or row.absent not in (failed.hint or "")


FINAL = [
    ("wrong password, 503", PASSWORD, 503, oauth("invalid_grant"), {}, True),
    ("user store that does not respond, 503", PASSWORD, 503, oauth("invalid_grant", "error from user store"), {}, True),
    ("wrong client, 500", PASSWORD, 500, oauth("invalid_client"), {}, True),
    ("wrong client, 401", REFRESH, 401, oauth("unauthorized_client"), {}, True),
    ("refresh token, 429", REFRESH, 429, oauth("invalid_grant"), {}, True),
    ("unknown tenant", PASSWORD, 500, oauth("server_error"), {"username": "a@b"}, True),
    ("unknown tenant, refresh grant", REFRESH, 500, oauth("server_error"), {"username": "a@b"}, False),
    ("long scope", PASSWORD, 502, oauth("server_error"), {"scope": [LONG_SCOPE]}, True),
    ("server error", PASSWORD, 500, oauth("server_error"), {}, False),
    ("page", PASSWORD, 503, b"<html></html>", {"username": "a@b"}, False),
    ("rate limit", PASSWORD, 429, b"", {}, False),
]


@pytest.mark.parametrize(
    ("what", "status", "body", "options", "final"), [row[1:] for row in FINAL], ids=[row[0] for row in FINAL]
)
def test_what_another_attempt_cannot_change(
    what: str, status: int, body: Any, options: dict[str, Any], final: bool
) -> None:
    assert is_final(token_request(**options), what, status, response(status, body).body) is final


TRANSIENT = [
    (408, b"", True),
    (429, b"", True),
    (500, b"", True),
    (503, oauth("server_error"), True),
    (404, b"", False),
]
TRANSIENT += [
    (500, oauth("invalid_grant"), False),
    (400, oauth("invalid_scope"), False),
    (500, {"code": "303001"}, True),
]


@pytest.mark.parametrize(("status", "body", "is_transient"), TRANSIENT)
def test_what_can_pass(status: int, body: Any, is_transient: bool) -> None:
    failed = error_from_response(response(status, body), token_request(), what=PASSWORD, secrets=[])
    assert failed.is_transient is is_transient


MESSAGES = [
    (
        400,
        oauth("invalid_grant", "Authentication failed for alice"),
        "HTTP 400 invalid_grant: Authentication failed for alice. ",
    ),
    (
        404,
        b"<html><title>HTTP Status 404 \xe2\x80\x93 Not Found</title></html>",
        "HTTP 404 with an HTML page: Not Found. ",
    ),
    (403, {"title": "Tenant suspended", "detail": "Contact billing"}, "HTTP 403: Contact billing: Tenant suspended. "),
    (
        502,
        b"<frameset><noframes><body>The balancer has no backend</body></noframes></frameset>",
        "The balancer has no backend",
    ),
    (401, b"", "HTTP 401 with an empty body. "),
    (200, {"hello": "x"}, "HTTP 200 without an access token. "),
]


@pytest.mark.parametrize(("status", "body", "text"), MESSAGES)
def test_the_message_has_the_url_and_what_the_server_says_once(status: int, body: Any, text: str) -> None:
    message = error_from_response(response(status, body), token_request(), what=PASSWORD, secrets=[]).message
    assert message.startswith(f"The token endpoint {TOKEN_URL} returned HTTP {status}")
    assert text in message


def test_whitespace_around_rejected_credentials_is_part_of_the_hint() -> None:
    request = token_request(username="alice ", password="alice-pass\n")
    hint = error_from_response(response(400, oauth("invalid_grant")), request, what=PASSWORD, secrets=[]).hint or ""
    assert "username starts or ends with whitespace" in hint
    assert "password starts or ends with whitespace" in hint
    assert "whitespace" not in (explain(Row("", "", "", 500, oauth("server_error"))).hint or "")


def test_the_username_is_shown_as_sent() -> None:
    row = Row("", "", "", 400, oauth("invalid_grant"), options={"username": "tina", "organization": "foo.example"})
    assert "The username was sent as tina@foo.example" in (explain(row).hint or "")


def test_the_failure_has_the_facts() -> None:
    failed = error_from_response(
        response(503, oauth("server_error"), attempts=4, retry_after=120),
        token_request(),
        what=PASSWORD,
        secrets=[],
    ).failure()
    facts = (failed["http_status"], failed["url"], failed["attempts"], failed["retry_after"], failed["error"])
    assert facts == (503, TOKEN_URL, 4, 120, "server_error")


ECHOES = {
    "description": oauth("invalid_grant", f"bad password {examples.PASSWORD} for alice"),
    "error": oauth(examples.PASSWORD, CONSUMER_SECRET),
    "gateway": {"code": "1", "description": f"client {CONSUMER_SECRET}"},
    "title": f"<html><title>{CONSUMER_SECRET}</title></html>".encode(),
    "text": f"password={CONSUMER_SECRET}".encode(),
    "truncated": f'{{"access_token":"{CONSUMER_SECRET}'.encode(),
    "an unknown token": oauth(
        "server_error", "Duplicate entry '3F1NpQ7nz3BaLdU1H52sD7kEzMbPB8EbdHdQk4h44V3fUYKp' for key"
    ),
    "an unknown JWT": oauth("server_error", "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlMTIz is dead"),
}


@pytest.mark.parametrize("body", ECHOES.values(), ids=ECHOES)
def test_secrets_that_the_server_repeats_are_masked(body: Any) -> None:
    failed = explain(Row("", "", "", 400, body))
    shown = failed.message + str(failed.failure())
    for secret in (examples.PASSWORD, CONSUMER_SECRET, "3F1NpQ7nz3BaLdU1H52", "eyJhbGciOiJ", "c2lnbmF0dXJl"):
        assert secret not in shown


def test_texts_of_the_server_are_short_and_on_one_line() -> None:
    failed = explain(Row("", "", "", 400, {"error": "e\nf", "error_description": "x\x1b[31m\r\n" + "y " * 3000}))
    assert failed.error == "e f"
    assert len(failed.error_description or "") == 200
    assert failed.message.isprintable()


def test_a_query_of_the_url_is_not_shown() -> None:
    row = Row("", "", "", 400, b"", options={"token_url": "https://h.example/token?key=abc"})
    assert explain(row).url == "https://h.example/token"
    assert "abc" not in explain(row).message


RETIRED = [(200, b"<html></html>", True), (404, b"", True), (503, b"", True), (400, oauth("invalid_grant"), False)]


@pytest.mark.parametrize(("status", "body", "is_retired"), RETIRED)
def test_the_retired_api_cloud_is_named_first(status: int, body: Any, is_retired: bool) -> None:
    options = {"token_url": "https://gateway.api.cloud.wso2.com/token"}
    hint = explain(Row("", "", "", status, body, options=options)).hint or ""
    assert hint.startswith("WSO2 API Cloud was retired") is is_retired
