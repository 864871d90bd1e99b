# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each error response of a registration endpoint and of the portal has its message and its hint."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _registration_error
from ansible_collections.apiops.wso2.plugins.module_utils._errors import ENDPOINT, REQUEST, USER, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._registration_error import is_final, registration_error
from ansible_collections.apiops.wso2.tests.unit.examples import response
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    ADMIN_PASSWORD,
    API_MANAGER,
    IDENTITY_SERVER,
    PORTAL,
    UNAUTHENTICATED,
    keys_request,
    portal_error,
)

CHALLENGE = ("www-authenticate",)


def oauth(error: str, description: str = "") -> dict[str, Any]:
    return {"error": error, "error_description": description}


def invalid_field(name: str) -> dict[str, Any]:
    error = {"code": f"400_{name}", "message": f"{name}: may not be null", "description": None}
    return {**portal_error(400, "Bad Request", "Validation Error"), "error": [error]}


class Row(NamedTuple):
    """hint: the beginning of the expected one."""

    hint: str
    url: str
    status: int
    body: Any = b""
    method: str = "POST"
    subject: str = REQUEST
    headers: tuple[str, ...] = ()
    options: Mapping[str, Any] = MappingProxyType({})


TOKEN = {"registration_token": "initial"}
ACCESS_TOKEN = {"access_token": "opaque"}
EMAIL = {"username": "ada@mail.example"}
BUG = portal_error(500, "Internal server error", "The server encountered an internal error.")
ROWS = [
    # The user
    Row("Check username and password. A locked", API_MANAGER, 401, UNAUTHENTICATED, subject=USER),
    Row("Check username and password. A locked", IDENTITY_SERVER, 401, headers=CHALLENGE, subject=USER),
    Row("Check username and password. A locked", IDENTITY_SERVER, 401, subject=USER),
    Row("Check username and password. A locked", PORTAL, 401, UNAUTHENTICATED, "GET", USER),
    Row("Check username and password. If", API_MANAGER, 401, UNAUTHENTICATED, subject=USER, options=EMAIL),
    Row("The client was deleted", IDENTITY_SERVER, 401, method="PUT"),
    Row("Check registration_token. It can", IDENTITY_SERVER, 401, headers=CHALLENGE, options=TOKEN),
    Row("Check registration_token. It can", API_MANAGER, 401, UNAUTHENTICATED, options=TOKEN),
    Row("Check access_token. The portal", PORTAL, 401, UNAUTHENTICATED, "GET", options=ACCESS_TOKEN),
    Row(
        "The user needs a role",
        API_MANAGER,
        403,
        portal_error(403, "Forbidden", "You do not have enough privileges to create an OAuth app"),
    ),
    Row("A client with this name belongs to another user", API_MANAGER, 403, portal_error(403, "Forbidden")),
    Row("The user needs the permissions", IDENTITY_SERVER, 403, headers=CHALLENGE),
    Row("registration_token needs the scopes", IDENTITY_SERVER, 403, headers=CHALLENGE, options=TOKEN),
    Row("Only the owner of the application", PORTAL, 403, portal_error(403, "Forbidden"), "GET"),
    Row(
        "Set or correct organization",
        API_MANAGER,
        400,
        portal_error(400, "Bad Request", "Logged in user 'a' and application owner 'b' should be same."),
    ),
    # The client
    Row("Check callback_url", IDENTITY_SERVER, 400, oauth("invalid_redirect_uri")),
    Row("Check callback_url", PORTAL, 400, portal_error(400, "Bad Request", "The callback url must have a value.")),
    Row(
        "This server does not know a member",
        API_MANAGER,
        400,
        portal_error(400, "Bad Request", "Unrecognized property 'saasApp'"),
        subject=ENDPOINT,
    ),
    Row("Check name, grant_types and callback_url", IDENTITY_SERVER, 400, oauth("invalid_client_metadata", "x")),
    Row("Check throttling_policy", PORTAL, 400, portal_error(900305, "The tier name is invalid.")),
    Row("Check key_manager", PORTAL, 400, portal_error(901403, "Key Manager not Registered")),
    Row("The key manager does not create clients", PORTAL, 400, portal_error(901405, "No OAuth app creation")),
    Row("Check name", PORTAL, 400, invalid_field("name")),
    Row("Check name and grant_types", PORTAL, 400, invalid_field("other")),
    Row("Check name and grant_types", API_MANAGER, 400, portal_error(400, "Bad Request", "Malformed request body.")),
    Row(
        "A service provider of this name",
        API_MANAGER,
        500,
        portal_error(500, "Bad Request", "OAuth app 'x' creation or updating failed. Service not available."),
    ),
    Row("Check grant_types, because", API_MANAGER, 500, BUG),
    Row("Check name, grant_types and callback_url, because", IDENTITY_SERVER, 500),
    Row("The key manager did not create the client", PORTAL, 500, portal_error(900967, "General Error")),
    # The server
    Row("The server is rate limiting", API_MANAGER, 429),
    Row("Check registration_url, for example https://HOST:9443/client", API_MANAGER, 302, subject=ENDPOINT),
    Row("Check portal_url, for example https://HOST:9443/api/am", PORTAL, 302, b"", "GET", ENDPOINT),
    Row(
        "The application was deleted",
        PORTAL,
        404,
        portal_error(404, "Not Found", "Requested application with Id 'x' not found"),
        "GET",
    ),
    Row("Check portal_url, for example", PORTAL, 404, b"", "GET", ENDPOINT),
    Row("The server cannot delete keys", PORTAL, 405, b"", "DELETE"),
    Row("The server cannot delete clients", IDENTITY_SERVER, 405, b"", "DELETE"),
    Row("The server cannot add grants", IDENTITY_SERVER, 405, b"", "PUT"),
    Row("The server does not find clients", IDENTITY_SERVER, 404, b"", "GET"),
    Row("Check registration_url, for example https://HOST:9443/api/id", IDENTITY_SERVER, 404, subject=ENDPOINT),
    Row(
        "Check registration_url, for example",
        API_MANAGER,
        400,
        oauth("invalid_request", "Missing grant_type parameter value"),
        subject=ENDPOINT,
    ),
    Row("The port requires TLS", API_MANAGER, 400, b"This combination requires TLS.", subject=ENDPOINT),
    Row("The server failed", API_MANAGER, 503, subject=ENDPOINT),
    Row("The server failed", PORTAL, 500, BUG, "GET", ENDPOINT),
    Row("Check registration_url, for", API_MANAGER, 200, b"<html><title>Sign in</title></html>", subject=ENDPOINT),
    Row("Check the WSO2 server log", API_MANAGER, 418, oauth("teapot")),
]


def failed(row: Row) -> TokenError:
    request = keys_request(row.url, **row.options)
    answer = response(row.status, row.body, headers=row.headers)
    return registration_error(answer, request, method=row.method, url=row.url, secrets=request.secrets())


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.status}-{row.hint[:30]}" for row in ROWS])
def test_hint_and_subject(row: Row) -> None:
    error = failed(row)
    assert (error.hint or "").startswith(row.hint)
    assert error.subject == row.subject
    assert f"HTTP {row.status}" in error.message
    assert row.url in error.message
    assert (error.http_status, error.url) == (row.status, row.url)


def test_each_rule_has_a_row() -> None:
    hints = [failed(row).hint or "" for row in ROWS]
    beginnings = [rule.hint.partition("{")[0] for rule in _registration_error.HINT_RULES]
    assert [text for text in beginnings if not any(hint.startswith(text) for hint in hints)] == []


def test_what_the_server_says_is_in_the_message() -> None:
    message = failed(Row("", PORTAL, 400, invalid_field("name"))).message
    assert "HTTP 400: Validation Error: name: may not be null." in message
    assert "with an empty body" in failed(Row("", IDENTITY_SERVER, 500)).message
    assert "with an HTML page: Sign in" in failed(Row("", API_MANAGER, 302, b"<title>Sign in</title>")).message
    assert "901409: Key Mappings" in failed(Row("", PORTAL, 409, portal_error(901409, "Key Mappings"))).message
    assert "a body of unknown form" in failed(Row("", PORTAL, 409, b"\x00\x01")).message


def test_a_password_that_the_server_repeats_is_masked() -> None:
    error = failed(Row("", API_MANAGER, 400, portal_error(400, "Bad Request", f"{ADMIN_PASSWORD} is odd")))
    assert ADMIN_PASSWORD not in str(error.to_entry())


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [(503, b"", False), (500, b"", False), (503, b'{"error": "invalid_token"}', True), (429, b'{"code": 1}', False)],
)
def test_reading_is_repeated(status: int, body: bytes, expected: bool) -> None:
    assert is_final(keys_request(PORTAL), "GET")(status, body) is expected


def test_only_passing_failures_are_transient() -> None:
    assert failed(Row("", API_MANAGER, 503)).is_transient
    assert not failed(Row("", API_MANAGER, 400)).is_transient
    assert not failed(Row("", API_MANAGER, 401)).is_transient
