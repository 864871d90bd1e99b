# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page on troubleshooting has every hint that there is, and what WSO2 says in the section of the hint it gets."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _api_cloud, _error_response, _transport_error
from ansible_collections.apiops.wso2.tests.unit.examples import answer, token_request

PAGE = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst" / "guide_troubleshooting.rst"
# How the page fills in what differs from case to case.
EXAMPLES = {"{grant}": "password", "{timeout}": "30"}


def _plain(text: str) -> str:
    """TEXT as people read it, on one line."""
    for placeholder, example in EXAMPLES.items():
        text = text.replace(placeholder, example)
    return " ".join(re.sub(r"[*`\\]", "", text).split())


def _sections() -> dict[str, str]:
    """What stands below each title, by the title."""
    parts = re.split(r"^(.+)\n[-~]{3,}\n", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return {title: _plain(text) for title, text in zip(parts[1::2], parts[2::2])}


def _sentences(module: ModuleType) -> Iterator[str]:
    """Every text in MODULE that people may read: neither documentation, nor a pattern, nor a piece of a text."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Expr, ast.JoinedStr)) or (
            isinstance(node, ast.keyword) and node.arg in ("error", "description")
        ):
            skipped.update(ast.walk(node))
        if isinstance(node, ast.Constant) and node not in skipped and isinstance(node.value, str):
            words = node.value.split()
            if len(words) > 2:
                yield _plain(node.value)


SECTIONS = _sections()
SENTENCES = sorted({text for module in (_error_response, _transport_error, _api_cloud) for text in _sentences(module)})


def test_there_are_sentences() -> None:
    assert "Check username and password; each further wrong attempt may lock the account" in SENTENCES
    assert "the server's certificate is self-signed" in SENTENCES
    assert "with an HTML page" in SENTENCES


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_stands_on_the_page(sentence: str) -> None:
    assert sentence in " ".join(SECTIONS.values())


@pytest.mark.parametrize(
    ("status", "error", "description"),
    [
        (400, "invalid_grant", "Authentication failed for alice"),
        (400, "invalid_grant", "Provided Authorization Grant is invalid"),
        (400, "invalid_grant", "Users in the tenant domain : foo.com do not have access to application ORDERS"),
        (400, "invalid_grant", "Invalid tenant domain foo.com"),
        (400, "invalid_grant", "17003 User account is locked for user : bob. cannot login until"),
        (400, "invalid_grant", "17003:AdminInitiated Error when handling event : POST_AUTHENTICATION"),
        (400, "invalid_grant", "17003:MaxAttemptsExceeded"),
        (400, "invalid_grant", "17003:AdminInitiated Account is locked by admin for user"),
        (400, "17003", "Account is locked for user PRIMARY/bob in tenant carbon.super."),
        (400, "invalid_grant", "Error when handling event : PRE_AUTHENTICATION"),
        (400, "invalid_grant", "Authentication Failed!"),
        (400, "invalid_grant", "Error while authenticating user from user store"),
        (400, "invalid_grant", "Persisted access token data not found"),
        (400, "invalid_grant", "Refresh token is expired."),
        (400, "invalid_grant", "Invalid refresh token state"),
        (400, "invalid_grant", "Invalid refresh token value in the request"),
        (400, "invalid_grant", "No previous access tokens found"),
        (400, "invalid_grant", "Refresh token grace period has expired."),
        (400, "invalid_grant", "Refresh token has reached the configured graceful reuse limit."),
        (400, "unauthorized_client", "The authenticated client is not authorized to use this authorization grant type"),
        (400, "unsupported_grant_type", ""),
        (400, "invalid_request", "Unsupported grant_type value"),
        (401, "invalid_client", "Oauth application is not in active state"),
        (401, "invalid_client", "Application is disabled."),
        (401, "invalid_client", "A valid OAuth client could not be found for client_id: X"),
        (401, "invalid_client", "Client Authentication failed."),
        (401, "invalid_client", "Client credentials are invalid."),
        (401, "invalid_client", "Client ID not found in the request."),
        (401, "invalid_client", "Unsupported Client Authentication Method!"),
        (404, "server_error", "Error decoding authorization header."),
        (400, "invalid_scope", "Invalid Scope!"),
        (500, "server_error", "Internal Server Error."),
        (502, "server_error", "Service Unavailable Error."),
    ],
)
def test_what_wso2_says_stands_beside_its_hint(status: int, error: str, description: str) -> None:
    body = {"error": error, "error_description": description}
    failure = _error_response.refusal(answer(status, body), token_request(), grant="password", secrets=[])
    _expect_together(_plain(str(failure.hint)), error, _plain(description))


@pytest.mark.parametrize(
    ("status", "code", "description"),
    [
        (404, "404", "The requested resource is not available."),
        (429, "900800", ""),
        (500, "303001", ""),
        (500, "101503", "Error connecting to the back end"),
        (500, "101504", "Runtime Error"),
        (403, "403", "Unsupported Transport [ http ]"),
        (403, "900908", ""),
    ],
)
def test_what_a_gateway_says_stands_beside_its_hint(status: int, code: str, description: str) -> None:
    body = {"code": code, "description": description}
    failure = _error_response.refusal(answer(status, body), token_request(), grant="password", secrets=[])
    _expect_together(_plain(str(failure.hint)), code, _plain(description))


def _expect_together(*texts: str) -> None:
    places = [title for title, text in SECTIONS.items() if all(each in text for each in texts)]
    assert places, f"no section has all of {texts}"
