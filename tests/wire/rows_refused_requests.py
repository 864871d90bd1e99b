# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that the token endpoint refuses, whoever sends them, and the status that it does so with (section 3.1)."""

from __future__ import annotations

from failing_row import CONSUMER, LOCKED, LOG, USER, refused, told
from row import EVERYWHERE, settings
from rows_refused_clients import BAD_SECRET, NEW_CLIENT
from rows_refused_users import BAD_PASSWORD

REQUESTS = (
    told(
        "parameters are missing", 400, "invalid_request", "Missing parameters: password", "Check username and password"
    ),
    told(
        "parameters are missing, as Java prints it",
        400,
        "invalid_request",
        "OAuthProblemException{error='invalid_request', description='Missing parameters: password', uri='null'}",
        "Check username and password",
    ),
    told("grant type is missing", 400, "invalid_request", "Missing grant_type parameter value", LOG),
    refused(
        "password grant is switched off on the server",
        400,
        "unsupported_grant_type",
        "Unsupported grant type : password, is used.",
        "or have the administrator enable it on the server",
        settings(password_grant=False),
        doors=EVERYWHERE,
    ),
    told(
        "grant is unknown to the server",
        400,
        "invalid_request",
        "Unsupported grant_type value",
        "The password grant is disabled on the server. Enable it in deployment.toml",
    ),
    refused(
        "password grant is switched off on the server, 5.3.4",
        400,
        "unsupported_grant_type",
        "Unsupported grant_type value",
        "or have the administrator enable it on the server",
        settings(component="5.3.4", password_grant=False),
    ),
    refused(
        "password grant is not enabled for the application",
        400,
        "unauthorized_client",
        "The authenticated client is not authorized to use this authorization grant type",
        "Enable the password grant for the application",
        options={"consumer_key": "nopassword_key", "consumer_secret": "nopassword_secret"},
        doors=EVERYWHERE,
    ),
    refused(
        "scope is refused",
        400,
        "invalid_scope",
        "Invalid Scope!",
        "Request only scopes that the application and the user are allowed to use",
        settings(unknown_scope="refuse"),
        options={"scope": ["no_such_scope"]},
        doors=EVERYWHERE,
    ),
    told(
        "parameter is repeated", 400, "invalid_request", "Invalid request with repeated parameters.", LOG, covers="B18"
    ),
    told("secret in the URL", 400, "invalid_request", "Invalid request with sensitive data in the URL.", LOG),
    told("near-miss of a content type", 400, "invalid_request", "Bad request content type. Expecting: JSON", LOG),
    told("an action forbids it", 400, "company_policy", "Not on Sundays", LOG, doors=EVERYWHERE),
    told("a number for an error", 400, "17003", "Account is locked for user PRIMARY/alice", LOCKED),
    refused(
        "client is refused before the user is looked at",
        401,
        "invalid_client",
        NEW_CLIENT,
        CONSUMER,
        options={**BAD_SECRET, **BAD_PASSWORD},
        covers="B9",
    ),
)

# However a status says it, the body knows better (B9).
BODIES = (
    told("invalid_grant as 401", 401, "invalid_grant", "Authentication failed for alice", USER, covers="B9"),
    told("invalid_client as 400", 400, "invalid_client", NEW_CLIENT, CONSUMER, covers="B9"),
    told(
        "an error with the status of success",
        200,
        "invalid_grant",
        "Authentication failed for alice",
        USER,
        covers="B9",
    ),
)
