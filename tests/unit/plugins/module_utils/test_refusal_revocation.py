# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why the endpoint did not revoke a token, and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._error_response import revocation_refusal
from ansible_collections.apiops.wso2.tests.unit.examples import TOKEN_URL, answer, token_request
from ansible_collections.apiops.wso2.tests.unit.refusal_hints import (
    CONSUMER,
    DISABLED,
    LOG,
    PATIENCE,
    SUSPENDED,
    TROUBLE,
)

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
