# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide on troubleshooting contains each hint of the collection, next to the message of WSO2."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _error_response, _transport_error
from ansible_collections.apiops.wso2.tests.unit.examples import response, token_request

PAGE = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst" / "guide_troubleshooting.rst"
# The placeholders of the page for values that differ.
EXAMPLES = {
    "{grant}": "password",
    "{what}": "password",
    "{timeout}": "30",
    "{url_option}": "token_url",
    "{endpoint}": "token",
    "{sent}": "consumer_key, consumer_secret, username and password",
}


def _plain(text: str) -> str:
    """TEXT without markup, on one line."""
    for placeholder, example in EXAMPLES.items():
        text = text.replace(placeholder, example)
    return " ".join(re.sub(r"[*`\\]", "", text).split())


TEXT = _plain(PAGE.read_text("utf-8"))
ROWS = [_plain(row) for row in re.split(r"^   \* - ", PAGE.read_text("utf-8"), flags=re.MULTILINE)]
PROBLEMS = [*(problem for _signs, problem in _transport_error._PROBLEMS), _transport_error._NOT_HTTP]
HINTS = [
    *(rule.hint for rule in (*_error_response.HINT_RULES, _error_response._UNKNOWN)),
    *(text for problem in PROBLEMS for text in (problem.cause, problem.hint)),
    *_transport_error._CERTIFICATE_HINTS.values(),
    _transport_error.REQUEST_FROM_HINT,
]


@pytest.mark.parametrize("hint", dict.fromkeys(HINTS))
def test_each_hint_is_on_the_page(hint: str) -> None:
    assert _plain(hint) in TEXT


@pytest.mark.parametrize(
    ("status", "error", "description"),
    [
        (400, "invalid_grant", "Authentication failed for alice"),
        (400, "invalid_grant", "Provided Authorization Grant is invalid"),
        (400, "invalid_grant", "17003 User account is locked for user : bob. cannot login until"),
        (400, "invalid_grant", "17003:AdminInitiated Error when handling event : POST_AUTHENTICATION"),
        (400, "invalid_grant", "17003:MaxAttemptsExceeded"),
        (400, "17003", "Account is locked for user PRIMARY/bob in tenant carbon.super."),
        (400, "invalid_grant", "17004 Account is disabled for user: dora"),
        (400, "invalid_grant", "Error when handling event : PRE_AUTHENTICATION"),
        (400, "invalid_grant", "Authentication Failed!"),
        (400, "invalid_grant", "Error while authenticating user from user store"),
        (400, "unauthorized_client", "The authenticated client is not authorized to use this authorization grant type"),
        (400, "unsupported_grant_type", ""),
        (400, "invalid_request", "Unsupported grant_type value"),
        (401, "invalid_client", "Oauth application is not in active state"),
        (401, "invalid_client", "Application is disabled."),
        (401, "invalid_client", "A valid OAuth client could not be found for client_id: X"),
        (401, "invalid_client", "Client Authentication failed."),
        (401, "invalid_client", "Client credentials are invalid."),
        (404, "server_error", "Error decoding authorization header."),
    ],
)
def test_the_message_of_wso2_is_next_to_its_hint(status: int, error: str, description: str) -> None:
    body = {"error": error, "error_description": description}
    failure = _error_response.error_from_response(response(status, body), token_request(), what="password", secrets=[])
    hint = _plain(str(failure.hint))
    assert [row for row in ROWS if hint in row and _plain(description) in row], f"no row has {hint} and {description}"
