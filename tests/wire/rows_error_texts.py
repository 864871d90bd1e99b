# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of the server that are too long, break lines or repeat secrets (section 3.2)."""

from __future__ import annotations

from failure_rows import CHECK_LOG, http_failure
from row import ALL_ENTRY_POINTS, Row, fault, raw

LONG = "x" * 5000
TEXTS = (
    http_failure(
        "a text that is long",
        400,
        f" invalid_request: {'x' * 199}…",
        CHECK_LOG,
        fault("oauth_error", error="invalid_request", description=LONG),
        error="invalid_request",
        description="x" * 199 + "…",
        entry_points=ALL_ENTRY_POINTS,
    ),
    http_failure(
        "a text with control characters",
        400,
        " invalid request: red line",
        CHECK_LOG,
        fault("oauth_error", error="invalid\nrequest", description="\x1b[31mred\x00\r\nline\t\u202e\x1b[0m"),
        error="invalid request",
        description="red line",
    ),
    *(
        Row(
            f"an echo of everything, {form}, {authentication}",
            covers="B15",
            options={
                "password": "echoed & secret+passwörd",
                "consumer_secret": "echoed/secret=ß",
                "client_authentication": authentication,
            },
            before=(fault("echo", format=form),),
            cause="The token endpoint $shown_url returned HTTP 400",
            is_prefix=True,
            failure={"http_status": 400, "error": ..., "error_description": ...},
            entry_points=ALL_ENTRY_POINTS if form == "json" else Row.entry_points,
        )
        for form in ("json", "html", "text")
        for authentication in ("basic", "body")
    ),
    http_failure(
        "secrets in the headers of an error response",
        400,
        " invalid_grant: Not today",
        "Check username and password",
        raw(
            400,
            '{"error": "invalid_grant", "error_description": "Not today"}',
            ("DeactivatedAccessToken", "token-in-a-header"),
            ("WWW-Authenticate", "Basic realm=null, password=alice-pass"),
        ),
        error="invalid_grant",
        description="Not today",
        covers="B15",
    ),
)
