# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why the endpoint handed out no token: what the explanation rests on, and what it may show."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._error_response import refusal
from ansible_collections.apiops.wso2.tests.unit.examples import (
    CONSUMER_SECRET,
    PASSWORD,
    TOKEN_URL,
    answer,
    token_request,
)
from ansible_collections.apiops.wso2.tests.unit.refusal_hints import EXPIRED, LOCKED, STORE, USED_UP, USER, explain

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
