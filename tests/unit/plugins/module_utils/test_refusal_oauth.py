# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals in the words of OAuth: each that the documentation of the wire knows, and what to do."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.tests.unit.refusal_hints import (
    CONSUMER,
    DISABLED,
    EXPIRED,
    GRANT,
    LOCKED,
    LOG,
    SCOPE,
    SIGN_IN,
    STORE,
    SWITCHED_OFF,
    TENANT,
    TROUBLE,
    USED_UP,
    USER,
    explain,
)

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
