# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The message of an error, and that it is the same in another process."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import (
    CLIENT,
    ENDPOINT,
    REFRESH_TOKEN,
    REQUEST,
    USER,
    OptionError,
    TokenError,
    api_cloud_hint,
    unexpected,
)

FAILURE: dict[str, Any] = {
    "hint": "Do this, then that",
    "error": "invalid_grant",
    "error_description": "Authentication failed for alice",
    "http_status": 400,
    "url": "https://h/token",
    "attempts": 3,
    "retry_after": 30,
}


def test_message_is_cause_and_hint() -> None:
    assert TokenError("It failed", hint="Fix it").message == "It failed. Fix it."
    assert TokenError("It failed").message == "It failed."
    assert TokenError("HTTP 400: Invalid Scope!", hint="Set scope").message == "HTTP 400: Invalid Scope! Set scope."


def test_failure_always_has_every_key() -> None:
    assert TokenError("It failed", **FAILURE).failure() == FAILURE
    assert TokenError("It failed").failure() == {**dict.fromkeys(FAILURE), "attempts": 0}


ERRORS = [
    ("everything", TokenError("It failed", **FAILURE, subject=USER, is_transient=True)),
    ("cause only", TokenError("It failed")),
    *[(f"about the {subject}", TokenError("x", subject=subject)) for subject in (CLIENT, REFRESH_TOKEN, ENDPOINT)],
    ("option", OptionError("password", "is missing", hint="Set it")),
]


@pytest.mark.parametrize("error", [row[1] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_an_entry_reads_back_the_same(error: TokenError) -> None:
    read = TokenError.from_entry(json.loads(json.dumps(error.to_entry())))
    assert (read.message, read.failure()) == (error.message, error.failure())
    assert (read.subject, read.is_transient) == (error.subject, error.is_transient)


FOREIGN_ENTRIES: list[tuple[str, Any]] = [
    ("empty", {}),
    ("no cause", FAILURE),
    ("cause is a number", {"cause": 5}),
    ("member of another version", {"cause": "x", "color": "red"}),
    ("a list", ["cause"]),
    ("a text", "cause"),
    ("null", None),
]


@pytest.mark.parametrize("entry", [row[1] for row in FOREIGN_ENTRIES], ids=[row[0] for row in FOREIGN_ENTRIES])
def test_foreign_entries_are_rejected(entry: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        TokenError.from_entry(entry)


def test_an_error_is_about_the_request_and_lasting_unless_it_says_so() -> None:
    assert (TokenError("x").subject, TokenError("x").is_transient) == (REQUEST, False)


def test_redacted_texts_do_not_control_the_terminal() -> None:
    error = TokenError("ca_path /x\x1b[2J\u202ey cannot be read", hint="Use\x1b]0;title\x07 another one")
    assert error.redacted([]).message == "ca_path /xy cannot be read. Use]0;title another one."


def test_redacted_masks_everything_except_the_hint() -> None:
    """The hint is the collection's own text, which can contain the word "password" while that is the password."""
    facts: dict[str, Any] = {
        **dict.fromkeys(("error", "error_description", "url"), "x made-up-password y"),
        "hint": "Check the made-up-password",
    }
    error = TokenError("the made-up-password failed", http_status=400, attempts=2, subject=USER, **facts)
    redacted = error.redacted(["made-up-password", None])
    masked = "x ******** y"
    assert redacted.message == "the ******** failed. Check the made-up-password."
    assert redacted.failure() == {
        "error": masked,
        "error_description": masked,
        "url": masked,
        "hint": "Check the made-up-password",
        "http_status": 400,
        "attempts": 2,
        "retry_after": None,
    }
    assert redacted.subject == USER


def test_option_error() -> None:
    error = OptionError("timeout", "must be at least 1 second", hint="Increase it")
    assert (error.option, error.attempts) == ("timeout", 0)
    assert error.message == "timeout must be at least 1 second. Increase it."


def _raised() -> Exception:
    try:
        try:
            raise KeyError("s3cret-inside")
        except KeyError as error:
            raise ValueError("s3cret-outside") from error
    except ValueError as error:
        return error


def test_unexpected_names_class_and_place_without_the_text() -> None:
    error = unexpected(_raised())
    assert re.fullmatch(r"Unexpected ValueError at test_errors\.py:\d+", error.cause)
    assert "s3cret" not in error.message + repr(error) + str(error.to_entry())
    assert "report" in (error.hint or "")


def test_unexpected_without_a_traceback() -> None:
    assert unexpected(ValueError("s3cret")).cause == "Unexpected ValueError"


@pytest.mark.parametrize(
    ("url", "has_hint"),
    [
        ("https://gateway.api.cloud.wso2.com/token", True),
        ("https://GATEWAY.api.cloud.wso2.com:443/revoke", True),
        ("https://gateway.api.cloud.wso2.com.example.com/token", False),
        ("https://wso2.example.com:9443/oauth2/token", False),
    ],
)
def test_the_retired_api_cloud(url: str, has_hint: bool) -> None:
    assert ("retired" in (api_cloud_hint(url) or "")) is has_hint
