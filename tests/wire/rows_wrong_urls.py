# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses at a URL that is not, or no longer, a token endpoint (section 3.2)."""

from __future__ import annotations

from failure_rows import error_failure, http_failure
from row import ALL_ENTRY_POINTS, fault, raw, settings
from rows_gateway import HTML, JSON

NEW_URL = "In API Manager 4.0.0 and later, the token endpoint is https://HOST:9443/oauth2/token"
ENDPOINT = "This is not the token endpoint. Check token_url"

WRONG_URLS = (
    error_failure(
        "no gateway any more",
        404,
        "404",
        "The requested resource (/token) is not available.",
        NEW_URL,
        settings(gateway=False),
        covers="B24",
        options={"token_url": "$base_url/token"},
        entry_points=ALL_ENTRY_POINTS,
    ),
    http_failure(
        "page for a path that is not there",
        404,
        " with an HTML page: Not Found",
        NEW_URL,
        fault("tomcat_html", status=404),
        description="HTTP Status 404 \u2013 Not Found",
        covers="B24",
    ),
    http_failure("a path for GET only", 405, " with an empty body", NEW_URL, raw(405), covers="B24"),
    error_failure(
        "plain HTTP where HTTPS is wanted",
        403,
        "403",
        "Unsupported Transport [ http ]",
        "The gateway accepts only HTTPS. Use an https:// URL",
        settings(https_only=True),
        options={"token_url": "$http_url/token", "ca_path": None},
    ),
    http_failure("forbidden by something unknown", 403, " with an empty body", "The server does not say why", raw(403)),
    http_failure("content type is rejected", 415, " with an empty body", NEW_URL, raw(415)),
    http_failure(
        "base URL instead of the endpoint",
        200,
        " with an HTML page: WSO2 API Manager",
        ENDPOINT,
        options={"token_url": "$base_url/"},
        description="WSO2 API Manager",
        covers="B13",
    ),
    http_failure(
        "welcome page in the place of the endpoint",
        200,
        " with an HTML page: Welcome to APIM",
        ENDPOINT,
        raw(200, "<!DOCTYPE html><html><head><title>Welcome to APIM</title></head></html>", HTML),
        description="Welcome to APIM",
        covers="B13",
        entry_points=ALL_ENTRY_POINTS,
    ),
    *(
        http_failure(
            f"success without a token: {name}",
            200,
            what,
            ENDPOINT,
            raw(200, body, JSON),
            description=what.partition("token: ")[2] or None,
            covers="B13",
        )
        for name, body, what in (
            ("nothing", "", " with an empty body"),
            ("other members", '{"status": "UP"}', " without an access token"),
            ("an empty token", '{"access_token": "", "token_type": "Bearer"}', " without an access token"),
            ("a number for a token", '{"access_token": 4711}', " without an access token"),
            ("a list", '["access_token"]', " without an access token"),
            ("half a token", '{"access_token": "half-of-a-token-that-is', " without an access token"),
            ("free text", "OK", " without an access token: OK"),
        )
    ),
    http_failure("no content", 204, " with an empty body", ENDPOINT, raw(204), covers="B13"),
)
