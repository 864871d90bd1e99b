# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of gateways, and pages and bodies of others, in the place of a token: what they say, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.tests.unit.refusal_hints import (
    CONSUMER,
    ENDPOINT,
    FORBIDDEN,
    HTTPS,
    KEY_MANAGER,
    LOG,
    NEW_URL,
    PATIENCE,
    REDIRECT,
    SUSPENDED,
    TROUBLE,
    explain,
)

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
