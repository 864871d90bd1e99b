# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why the endpoint handed out no token: each cause that the documentation of the wire knows, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._refusal import refusal, revocation_refusal
from ansible_collections.apiops.wso2.plugins.module_utils._token_error import TokenError
from ansible_collections.apiops.wso2.tests.unit.examples import (
    CONSUMER_SECRET,
    PASSWORD,
    TOKEN_URL,
    answer,
    token_request,
)

CONSUMER = "Check consumer_key and consumer_secret"
USER = "Check username and password; each further wrong attempt may lock the account"
LOCKED = "The account is locked"
TENANT = "Mend or set organization"
EXPIRED = "The password has expired"
STORE = "The server's user store is in trouble"
USED_UP = "The refresh token is used up, expired or revoked"
GRANT = "Enable the password grant"
SWITCHED_OFF = "The password grant is switched off"
DISABLED = "The application is disabled or revoked"
SCOPE = "Ask only for scopes"
TROUBLE = "The server is in trouble"
PATIENCE = "The server asks for patience"
NEW_URL = "An API Manager from version 4 on has its token endpoint at"
REDIRECT = "Set token_url to the token endpoint itself"
ENDPOINT = "Check that token_url is a token endpoint"
KEY_MANAGER = "The gateway cannot reach the key manager"
SUSPENDED = "The gateway has suspended the endpoint for about 30 s: try again later, or with a timeout that leaves room"
SIGN_IN = "The account is disabled, or its password must be changed"
HTTPS = "Use https://, as the gateway wants it"
FORBIDDEN = "The API gateway takes this for a call of an API"
LOG = "See the server's log"


def explain(status: int, body: Any, *, username: str = "alice", grant: str = "password", **seen: Any) -> TokenError:
    request = token_request(username=username)
    return refusal(answer(status, body, **seen), request, grant=grant, secrets=request.secrets())


OAUTH = [
    # id, status, error, description, beginning of the hint
    ("unknown client", 401, "invalid_client", "A valid OAuth client could not be found for client_id: X", CONSUMER),
    ("wrong secret, old", 401, "invalid_client", "Client Authentication failed.", CONSUMER),
    ("wrong secret, new", 401, "invalid_client", "Client credentials are invalid.", CONSUMER),
    ("no client", 401, "invalid_client", "Client ID not found in the request.", CONSUMER),
    ("client method", 401, "invalid_client", "Unsupported Client Authentication Method!", CONSUMER),
    ("bad Basic header", 401, "invalid_client", "Error decoding authorization header. Space delimited", CONSUMER),
    ("invalid_client as 400", 400, "invalid_client", "Client credentials are invalid.", CONSUMER),
    ("bad Basic header, 6.x", 400, "invalid_request", "Error decoding authorization header. Space", CONSUMER),
    ("bad Basic header, 5.3", 404, "server_error", "Error decoding authorization header. Space", CONSUMER),
    ("two authentications", 400, "invalid_request", "Request body and headers contain authorization information", LOG),
    ("application revoked", 401, "invalid_client", "Oauth application is not in active state", DISABLED),
    ("application disabled", 401, "invalid_client", "Application is disabled.", DISABLED),
    ("wrong password", 400, "invalid_grant", "Authentication failed for alice", USER),
    ("wrong password, old", 400, "invalid_grant", "Authentication failed for alice@carbon.super", USER),
    (
        "locked, IS 5.2",
        400,
        "invalid_grant",
        "17003 User account is locked for user : bob. cannot login until the account is unlocked ",
        LOCKED,
    ),
    (
        "locked, 6.x",
        400,
        "invalid_grant",
        "17003:AdminInitiated Error when handling event : POST_AUTHENTICATION",
        LOCKED,
    ),
    ("locked, too many attempts", 400, "invalid_grant", "17003:MaxAttemptsExceeded Authentication failed", LOCKED),
    (
        "locked by administrator",
        400,
        "invalid_grant",
        "17003:AdminInitiated Account is locked by admin for user: bob",
        LOCKED,
    ),
    (
        "locked, error is the number",
        400,
        "17003",
        "Account is locked for user PRIMARY/bob in tenant carbon.super. Cannot login until the account is unlocked.",
        LOCKED,
    ),
    ("locked, number alone", 400, "17003", None, LOCKED),
    ("password expired", 400, "invalid_grant", "Authentication Failed! Password has expired", EXPIRED),
    ("disabled", 400, "invalid_grant", "Error when handling event : PRE_AUTHENTICATION", SIGN_IN),
    ("user store down", 400, "invalid_grant", "Error while authenticating user from user store", STORE),
    (
        "other tenant",
        400,
        "invalid_grant",
        "Users in the tenant domain : foo.com do not have access to application APPNAME",
        TENANT,
    ),
    ("unknown tenant", 400, "invalid_grant", "Invalid tenant domain foo.com", TENANT),
    ("other tenant, old", 400, "invalid_grant", "Provided Authorization Grant is invalid", USER),
    ("password missing", 400, "invalid_request", "Missing parameters: password", LOG),
    ("grant switched off", 400, "invalid_request", "Unsupported grant_type value", SWITCHED_OFF),
    ("grant switched off, old", 400, "unsupported_grant_type", "Unsupported grant_type value", GRANT),
    (
        "grant not enabled",
        400,
        "unauthorized_client",
        "The authenticated client is not authorized to use this authorization grant type",
        GRANT,
    ),
    ("scope refused", 400, "invalid_scope", "Invalid Scope!", SCOPE),
    ("parameter repeated", 400, "invalid_request", "Invalid request with repeated parameters.", LOG),
    ("database", 502, "server_error", "Service Unavailable Error.", TROUBLE),
    ("server error", 500, "server_error", "Internal Server Error.", TROUBLE),
    ("action failed", 400, "company_policy", "Not on Sundays", LOG),
    ("200 that is an error", 200, "invalid_grant", "Authentication failed for alice", USER),
    ("renewal: unknown", 400, "invalid_grant", "Persisted access token data not found", USED_UP),
    ("renewal: expired", 400, "invalid_grant", "Refresh token is expired.", USED_UP),
    ("renewal: revoked", 400, "invalid_grant", "Invalid refresh token state", USED_UP),
    ("renewal: superseded", 400, "invalid_grant", "Invalid refresh token value in the request", USED_UP),
    ("renewal: no token before it", 400, "invalid_grant", "No previous access tokens found", USED_UP),
    ("renewal: grace period", 400, "invalid_grant", "Refresh token grace period has expired.", USED_UP),
    (
        "renewal: reuse limit",
        400,
        "invalid_grant",
        "Refresh token has reached the configured graceful reuse limit.",
        USED_UP,
    ),
    ("renewal: scope", 400, "invalid_scope", "Invalid Scope!", SCOPE),
]


@pytest.mark.parametrize(
    ("status", "error", "description", "hint"), [row[1:] for row in OAUTH], ids=[r[0] for r in OAUTH]
)
def test_oauth_errors(status: int, error: str, description: str | None, hint: str) -> None:
    body = {"error_description": description, "error": error}
    failed = explain(status, {name: value for name, value in body.items() if value is not None})
    said = ": ".join(text.rstrip(". ") for text in (error, description) if text)
    assert failed.cause == f"the token endpoint answered HTTP {status}, {said}"
    assert (failed.hint or "").startswith(hint)
    assert (failed.error, failed.http_status) == (error, status)
    assert failed.error_description == (description.strip() if description else None)


GATEWAY = [
    # id, status, body, error, cause behind "the token endpoint answered ", beginning of the hint
    (
        "key manager, XML",
        500,
        b'<am:fault xmlns:am="x"><am:code>101503</am:code><am:description>Error connecting'
        b" to the back end</am:description></am:fault>",
        "101503",
        "HTTP 500, 101503: Error connecting to the back end",
        KEY_MANAGER,
    ),
    (
        "key manager, JSON",
        500,
        {"code": "101504", "description": "Send timeout"},
        "101504",
        "HTTP 500, 101504: Send timeout",
        KEY_MANAGER,
    ),
    ("key manager, with protocol state", 500, {"code": 101507}, "101507", "HTTP 500, 101507", KEY_MANAGER),
    (
        "suspended",
        500,
        {"code": "303001", "description": "Currently , Address endpoint is suspended"},
        "303001",
        "HTTP 500, 303001: Currently , Address endpoint is suspended",
        SUSPENDED,
    ),
    (
        "no such resource",
        404,
        {"code": "404", "description": "The requested resource is not available."},
        "404",
        "HTTP 404, 404: The requested resource is not available",
        NEW_URL,
    ),
    (
        "transport",
        403,
        {"code": "403", "description": "Unsupported Transport [ http ]"},
        "403",
        "HTTP 403, 403: Unsupported Transport [ http ]",
        HTTPS,
    ),
    (
        "throttled",
        429,
        {"fault": {"code": 900802, "message": "Message throttled out"}},
        "900802",
        "HTTP 429, 900802: Message throttled out",
        PATIENCE,
    ),
    (
        "hard limit",
        503,
        {"fault": {"code": 900801, "description": "API Limit Reached"}},
        "900801",
        "HTTP 503, 900801: API Limit Reached",
        TROUBLE,
    ),
    ("blocked", 503, {"code": 700700, "message": "API blocked"}, "700700", "HTTP 503, 700700: API blocked", TROUBLE),
    (
        "unclassified",
        500,
        {"fault": {"code": 900900, "message": "Unclassified Authentication Failure"}},
        "900900",
        "HTTP 500, 900900: Unclassified Authentication Failure",
        TROUBLE,
    ),
    (
        "bad credentials",
        401,
        {"fault": {"code": 900901, "message": "Invalid Credentials"}},
        "900901",
        "HTTP 401, 900901: Invalid Credentials",
        CONSUMER,
    ),
    (
        "forbidden",
        403,
        {"fault": {"code": 900908, "message": "Resource forbidden "}},
        "900908",
        "HTTP 403, 900908: Resource forbidden",
        FORBIDDEN,
    ),
    (
        "CXF",
        500,
        b"<n:XMLFault xmlns:n='x'><n:faultstring>boom</n:faultstring></n:XMLFault>",
        None,
        "HTTP 500, boom",
        TROUBLE,
    ),
    (
        "Layer 7",
        500,
        b"<s:Envelope xmlns:s='x'><s:Body><s:Fault><faultstring>Policy Falsified</faultstring></s:Fault>"
        b"</s:Body></s:Envelope>",
        None,
        "HTTP 500, Policy Falsified",
        TROUBLE,
    ),
    (
        "Tomcat",
        500,
        b"<!doctype html><title>HTTP Status 500</title>",
        None,
        "HTTP 500 with an HTML page, HTTP Status 500",
        TROUBLE,
    ),
    (
        "GET only",
        405,
        b"<html><title>HTTP Status 405</title></html>",
        None,
        "HTTP 405 with an HTML page, HTTP Status 405",
        NEW_URL,
    ),
    (
        "load balancer",
        504,
        b"<html><head><title>504 Gateway Time-out</title></head></html>",
        None,
        "HTTP 504 with an HTML page, 504 Gateway Time-out",
        TROUBLE,
    ),
    ("content type, HTML", 415, b"<html></html>", None, "HTTP 415 with an HTML page", ENDPOINT),
    ("content type, empty", 415, b"", None, "HTTP 415 with an empty body", LOG),
    (
        "welcome page",
        200,
        b"<html><title>Welcome to APIM</title></html>",
        None,
        "HTTP 200 with an HTML page, Welcome to APIM",
        ENDPOINT,
    ),
    ("200, empty", 200, b"", None, "HTTP 200 with an empty body", ENDPOINT),
    ("200, other JSON", 200, {"status": "UP"}, None, "HTTP 200 without an access token", ENDPOINT),
    ("204", 204, b"", None, "HTTP 204 with an empty body", ENDPOINT),
    ("401, empty", 401, b"", None, "HTTP 401 with an empty body", CONSUMER),
    ("401, free text", 401, b"who are you", None, "HTTP 401 in a form that is not known", CONSUMER),
    ("404, empty", 404, b"", None, "HTTP 404 with an empty body", NEW_URL),
    ("408", 408, b"", None, "HTTP 408 with an empty body", TROUBLE),
    ("503, free text", 503, b"sorry", None, "HTTP 503 in a form that is not known", TROUBLE),
    *[
        (f"redirect {status}", status, b"", None, f"HTTP {status} with an empty body", REDIRECT)
        for status in (301, 302, 303, 307, 308)
    ],
]


@pytest.mark.parametrize(
    ("status", "body", "error", "cause", "hint"), [row[1:] for row in GATEWAY], ids=[r[0] for r in GATEWAY]
)
def test_gateways_and_pages(status: int, body: Any, error: str | None, cause: str, hint: str) -> None:
    failed = explain(status, body)
    assert failed.cause == f"the token endpoint answered {cause}"
    assert (failed.hint or "").startswith(hint)
    assert (failed.error, failed.http_status) == (error, status)


# The user's name looks like an e-mail address, so that a plain rejection suggests a missing organization.
ONE_AT = [
    ("plain rejection", "john@johns.org", "Authentication failed for john@johns.org", "set organization"),
    ("organization is there", "john@johns.org@johnsorg", "Authentication failed for john@johns.org@johnsorg", USER),
    ("no @", "john", "Authentication failed for john", USER),
    ("locked", "john@johns.org", "17003 User account is locked for user : john", LOCKED),
    ("password expired", "john@johns.org", "Authentication Failed! Password has expired", EXPIRED),
    ("user store down", "john@johns.org", "Error while authenticating user from user store", STORE),
    ("refresh token used up", "john@johns.org", "Refresh token is expired.", USED_UP),
]


@pytest.mark.parametrize(("username", "description", "hint"), [row[1:] for row in ONE_AT], ids=[r[0] for r in ONE_AT])
def test_missing_organization_is_suspected_of_plain_rejections_only(username: str, description: str, hint: str) -> None:
    failed = explain(400, {"error": "invalid_grant", "error_description": description}, username=username)
    assert hint in (failed.hint or "")


@pytest.mark.parametrize("grant", ["password", "refresh token"])
@pytest.mark.parametrize("error", ["unauthorized_client", "unsupported_grant_type"])
def test_the_grant_that_was_tried_is_the_one_to_enable(grant: str, error: str) -> None:
    assert (explain(400, {"error": error}, grant=grant).hint or "").startswith(f"Enable the {grant} grant")


def test_failure_names_what_was_asked_and_how_often() -> None:
    failed = explain(503, {"error": "server_error"}, attempts=4, retry_after=120)
    shown = failed.failure()
    assert {name: shown[name] for name in ("http_status", "url", "attempts", "retry_after", "error")} == {
        "http_status": 503,
        "url": TOKEN_URL,
        "attempts": 4,
        "retry_after": 120,
        "error": "server_error",
    }


@pytest.mark.parametrize(
    "body",
    [
        {"error": "invalid_grant", "error_description": f"bad password {PASSWORD} for alice"},
        {"error": PASSWORD, "error_description": CONSUMER_SECRET},
        {"code": "1", "description": f"client {CONSUMER_SECRET}"},
        f"<html><title>{CONSUMER_SECRET}</title></html>".encode(),
        f"password={CONSUMER_SECRET}".encode(),
        f'{{"access_token":"{CONSUMER_SECRET}'.encode(),
    ],
    ids=["description", "error", "gateway", "title", "free text", "truncated"],
)
def test_echoed_secrets_are_masked(body: Any) -> None:
    failed = explain(400, body)
    shown = failed.message + str(failed.failure())
    assert PASSWORD not in shown
    assert CONSUMER_SECRET not in shown


def test_texts_of_the_server_are_short_and_on_one_line() -> None:
    failed = explain(400, {"error": "e\nf", "error_description": "x\x1b[31m\r\n" + "y" * 5000})
    assert failed.error == "e f"
    assert len(failed.error_description or "") == 200
    assert failed.message.isprintable()


def test_url_is_shown_without_query_and_secrets() -> None:
    request = token_request(token_url=f"https://h/{PASSWORD.replace('&', '%26')}/token?key=abc")
    failed = refusal(answer(400), request, grant="password", secrets=[PASSWORD.replace("&", "%26")])
    assert failed.url == "https://h/********/token"


REVOKE_URL = "Set revoke_url to the revocation endpoint"
REVOCATIONS: list[tuple[str, int, Any, str]] = [
    # id, status, body, beginning of the hint
    ("another's token", 400, {"error": "unauthorized_client"}, "The token may belong to another application"),
    ("wrong client", 401, {"error": "invalid_client"}, CONSUMER),
    (
        "application disabled",
        401,
        {"error": "invalid_client", "error_description": "Application is disabled."},
        DISABLED,
    ),
    ("401 alone", 401, b"", CONSUMER),
    ("not there", 404, b"<html><title>404</title></html>", REVOKE_URL),
    ("not by POST", 405, b"", REVOKE_URL),
    ("a redirect", 302, b"", REVOKE_URL),
    ("a page", 200, b"<html><title>Welcome</title></html>", REVOKE_URL),
    ("throttled", 429, b"", PATIENCE),
    ("suspended", 503, b'{"fault":{"code":303001,"message":"x","description":"y"}}', SUSPENDED),
    ("server's trouble", 500, {"error": "server_error"}, TROUBLE),
    ("malformed", 400, {"error": "invalid_request"}, LOG),
    ("unknown", 418, b"teapot", LOG),
]


@pytest.mark.parametrize(
    ("status", "body", "hint"), [row[1:] for row in REVOCATIONS], ids=[row[0] for row in REVOCATIONS]
)
def test_revocation_refusal(status: int, body: Any, hint: str) -> None:
    request = token_request(token_url=f"{TOKEN_URL}?key=abc")
    failed = revocation_refusal(answer(status, body, attempts=2), request, secrets=[])
    assert (failed.hint or "").startswith(hint)
    assert failed.cause.startswith(f"the revocation endpoint answered HTTP {status}")
    assert (failed.url, failed.attempts) == (TOKEN_URL.replace("/token", "/revoke"), 2)
    # What is meant for who asks for a token would lead astray.
    assert "token_url" not in failed.message
    assert "password" not in failed.message


def test_a_token_echoed_by_a_revocation_endpoint_is_masked() -> None:
    got = answer(400, {"error": "invalid_request", "error_description": "no t-secret here"})
    failed = revocation_refusal(got, token_request(), secrets=["t-secret"])
    assert "t-secret" not in failed.message + str(failed.failure())


RETIRED = [
    # id, status, body, beginning of the hint
    ("page", 200, b"<html></html>", "WSO2 API Cloud was retired"),
    ("not found", 404, b"", "WSO2 API Cloud was retired"),
    ("trouble", 503, b"", "WSO2 API Cloud was retired"),
    ("a real answer after all", 400, {"error": "invalid_grant"}, USER),
]


@pytest.mark.parametrize(("status", "body", "hint"), [row[1:] for row in RETIRED], ids=[row[0] for row in RETIRED])
def test_the_address_of_api_cloud_is_the_first_suspect(status: int, body: Any, hint: str) -> None:
    request = token_request(token_url="https://gateway.api.cloud.wso2.com/token")
    failed = refusal(answer(status, body), request, grant="password", secrets=[])
    assert (failed.hint or "").startswith(hint)
