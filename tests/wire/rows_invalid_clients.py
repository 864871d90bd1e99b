# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Applications that the token endpoint rejects, by version (section 3.1)."""

from __future__ import annotations

from failure_rows import CHECK_CLIENT, CHECK_LOG, rejected, rejected_with
from row import ALL_ENTRY_POINTS, Row, settings

UNKNOWN_KEY = {"consumer_key": "unknown_key"}
BAD_SECRET = {"consumer_secret": "wrong-secret-2846"}
NEW_CLIENT = "Client credentials are invalid."
OLD_CLIENT = "Client Authentication failed."

CLIENTS = (
    rejected(
        "unknown consumer key, 6.4",
        401,
        "invalid_client",
        "A valid OAuth client could not be found for client_id: unknown_key",
        CHECK_CLIENT,
        settings(component="6.4.111"),
        options=UNKNOWN_KEY,
        covers="B9",
    ),
    rejected(
        "unknown consumer key, 6.11",
        401,
        "invalid_client",
        "A valid OAuth client could not be found for client_id: unknown_key",
        CHECK_CLIENT,
        settings(component="6.11.21", realm="null"),
        options=UNKNOWN_KEY,
        covers="B9",
    ),
    rejected(
        "unknown consumer key, 7.0", 401, "invalid_client", NEW_CLIENT, CHECK_CLIENT, options=UNKNOWN_KEY, covers="B9"
    ),
    *(
        rejected(
            f"wrong consumer secret, {component}",
            401,
            "invalid_client",
            text,
            CHECK_CLIENT,
            settings(component=component),
            options=BAD_SECRET,
            covers="B9",
            entry_points=ALL_ENTRY_POINTS if component == "7.0.26" else Row.entry_points,
        )
        for component, text in (
            ("5.3.4", OLD_CLIENT),
            ("6.4.2", OLD_CLIENT),
            ("6.4.111", NEW_CLIENT),
            ("7.0.26", NEW_CLIENT),
        )
    ),
    rejected(
        "newline after the consumer secret",
        401,
        "invalid_client",
        OLD_CLIENT,
        "consumer_secret starts or ends with whitespace",
        settings(component="6.4.2"),
        options={"consumer_secret": "demo_secret\n"},
        covers="B16",
    ),
    *(
        rejected(
            f"no client authentication, {component}",
            status,
            error,
            text,
            hint,
            settings(component=component),
            options={"consumer_secret": None},
            # A consumer key without a secret is a public client, which this application is not.
            covers="B9",
        )
        for component, status, error, text, hint in (
            ("6.4.2", 401, "invalid_client", OLD_CLIENT, CHECK_CLIENT),
            ("7.0.26", 401, "invalid_client", NEW_CLIENT, CHECK_CLIENT),
        )
    ),
    *(
        rejected_with(
            f"client authentication is not understood, {status}: {text}", status, error, text, hint, covers="B9"
        )
        for status, error, text, hint in (
            (401, "invalid_client", "Client ID not found in the request.", CHECK_CLIENT),
            (401, "invalid_client", "Unsupported Client Authentication Method!", CHECK_CLIENT),
            (401, "invalid_client", "No valid authenticators found for the application.", CHECK_CLIENT),
            (400, "invalid_request", "Error decoding authorization header. Space delimited.", CHECK_CLIENT),
            (404, "server_error", "Error decoding authorization header, in two parts.", CHECK_CLIENT),
            (400, "invalid_request", "Request body and headers contain authorization information", CHECK_LOG),
            (401, "invalid_client", "Request body and headers contain authorization information", CHECK_CLIENT),
            (400, "invalid_request", "The client MUST NOT use more than one authentication method in each", CHECK_LOG),
        )
    ),
    *(
        rejected(
            f"application is {state}, {component}",
            401,
            "invalid_client",
            text,
            "The application is disabled or revoked",
            settings(component=component),
            options={"consumer_key": f"{state}_key", "consumer_secret": f"{state}_secret"},
            covers="B9",
        )
        for state, component, text in (
            ("disabled", "6.4.111", "Oauth application is not in active state"),
            ("disabled", "7.0.26", "Application is disabled."),
            ("revoked", "7.0.26", "Oauth application is not in active state"),
        )
    ),
)
