# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that the token endpoint rejects from every client, and the HTTP status of the response (section 3.1)."""

from __future__ import annotations

from failure_rows import CHECK_CLIENT, CHECK_LOG, CHECK_USER, LOCKED, rejected, rejected_with
from row import ALL_ENTRY_POINTS, settings
from rows_invalid_clients import BAD_SECRET, NEW_CLIENT
from rows_invalid_users import BAD_PASSWORD

REQUESTS = (
    rejected_with(
        "parameters are missing", 400, "invalid_request", "Missing parameters: password", "Check username and password"
    ),
    rejected_with(
        "parameters are missing, as Java prints it",
        400,
        "invalid_request",
        "OAuthProblemException{error='invalid_request', description='Missing parameters: password', uri='null'}",
        "Check username and password",
    ),
    rejected_with("grant type is missing", 400, "invalid_request", "Missing grant_type parameter value", CHECK_LOG),
    rejected(
        "password grant is switched off on the server",
        400,
        "unsupported_grant_type",
        "Unsupported grant type : password, is used.",
        "or have the administrator enable it on the server",
        settings(password_grant=False),
        entry_points=ALL_ENTRY_POINTS,
    ),
    rejected_with(
        "grant is unknown to the server",
        400,
        "invalid_request",
        "Unsupported grant_type value",
        "The password grant is disabled on the server. Enable it in deployment.toml",
    ),
    rejected(
        "password grant is switched off on the server, 5.3.4",
        400,
        "unsupported_grant_type",
        "Unsupported grant_type value",
        "or have the administrator enable it on the server",
        settings(component="5.3.4", password_grant=False),
    ),
    rejected(
        "password grant is not enabled for the application",
        400,
        "unauthorized_client",
        "The authenticated client is not authorized to use this authorization grant type",
        "Enable the password grant for the application",
        options={"consumer_key": "nopassword_key", "consumer_secret": "nopassword_secret"},
        entry_points=ALL_ENTRY_POINTS,
    ),
    rejected(
        "scope is rejected",
        400,
        "invalid_scope",
        "Invalid Scope!",
        "Request only scopes that the application and the user are allowed to use",
        settings(unknown_scope="refuse"),
        options={"scope": ["no_such_scope"]},
        entry_points=ALL_ENTRY_POINTS,
    ),
    rejected_with(
        "parameter is repeated",
        400,
        "invalid_request",
        "Invalid request with repeated parameters.",
        CHECK_LOG,
        covers="B18",
    ),
    rejected_with(
        "secret in the URL", 400, "invalid_request", "Invalid request with sensitive data in the URL.", CHECK_LOG
    ),
    rejected_with(
        "near-miss of a content type", 400, "invalid_request", "Bad request content type. Expecting: JSON", CHECK_LOG
    ),
    rejected_with(
        "an action forbids it", 400, "company_policy", "Not on Sundays", CHECK_LOG, entry_points=ALL_ENTRY_POINTS
    ),
    rejected_with("a number for an error", 400, "17003", "Account is locked for user PRIMARY/alice", LOCKED),
    rejected(
        "client is rejected before the user is checked",
        401,
        "invalid_client",
        NEW_CLIENT,
        CHECK_CLIENT,
        options={**BAD_SECRET, **BAD_PASSWORD},
        covers="B9",
    ),
)

# The error in the body decides, not the HTTP status (B9).
BODIES = (
    rejected_with(
        "invalid_grant as 401", 401, "invalid_grant", "Authentication failed for alice", CHECK_USER, covers="B9"
    ),
    rejected_with("invalid_client as 400", 400, "invalid_client", NEW_CLIENT, CHECK_CLIENT, covers="B9"),
    rejected_with(
        "an error with the status of success",
        200,
        "invalid_grant",
        "Authentication failed for alice",
        CHECK_USER,
        covers="B9",
    ),
)
