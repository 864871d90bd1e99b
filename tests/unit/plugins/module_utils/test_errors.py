# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a failure says, and that it says the same after it has crossed from one process to another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError

FULL: dict[str, Any] = {
    "hint": "Do this, then that",
    "error": "invalid_grant",
    "error_description": "Authentication failed for alice",
    "http_status": 400,
    "url": "https://h/token",
    "attempts": 3,
    "retry_after": 30,
}
KEYS = {"error", "error_description", "http_status", "url", "attempts", "retry_after", "hint"}


def test_message_is_cause_and_cure() -> None:
    assert TokenError("it broke", hint="Mend it").message == "it broke. Mend it."
    assert TokenError("it broke").message == "it broke."


def test_failure_has_every_key_always() -> None:
    assert TokenError("it broke").failure().keys() == KEYS
    assert TokenError("it broke", **FULL).failure() == FULL
    assert TokenError("it broke").failure() == {**dict.fromkeys(KEYS), "attempts": 0}


ERRORS = [
    ("everything", TokenError("it broke", **FULL)),
    ("cause alone", TokenError("it broke")),
    ("cause with dots", TokenError("HTTP 400, a.b.c: 1.5 s", hint="See https://h.example/x.y")),
    ("hint that the cause repeats", TokenError("Mend it", hint="Mend it")),
    ("shortened", TokenError("HTTP 400, xxx…", hint="Mend it")),
    ("option", OptionError("password", "is missing", hint="Give it")),
]


@pytest.mark.parametrize("error", [row[1] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_failure_of_another_process_reads_back_the_same(error: TokenError) -> None:
    wire = json.loads(json.dumps({"msg": error.message, "failure": error.failure()}))
    again = TokenError.from_failure(wire["msg"], wire["failure"])
    assert again.message == error.message
    assert again.cause == error.cause
    assert again.failure() == error.failure()


def test_failure_of_another_process_may_know_more_or_less() -> None:
    error = TokenError.from_failure("it broke.", {"error": "e", "new_key": 1})
    assert error.failure() == {**dict.fromkeys(KEYS), "error": "e"}


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        (None, False),
        (200, False),
        (302, False),
        (400, True),
        (401, True),
        (403, True),
        (404, True),
        (408, False),
        (415, True),
        (429, False),
        (499, True),
        (500, False),
        (502, False),
        (503, False),
        (504, False),
    ],
)
def test_refused(status: int | None, refused: bool) -> None:
    assert TokenError("it broke", http_status=status).refused is refused


def test_redacted_masks_all_but_the_hint_whose_words_are_ours() -> None:
    known: dict[str, Any] = {
        **dict.fromkeys(("error", "error_description", "url"), "x password y"),
        "hint": "Check the password",
    }
    error = TokenError("the password broke", http_status=400, attempts=2, **known).redacted(["password", None])
    masked = "x ******** y"
    assert error.message == "the ******** broke. Check the password."
    assert error.failure() == {
        "error": masked,
        "error_description": masked,
        "url": masked,
        "hint": "Check the password",
        "http_status": 400,
        "attempts": 2,
        "retry_after": None,
    }


def test_option_error() -> None:
    error = OptionError("timeout", "must be at least 1 second", hint="Give more")
    assert error.option == "timeout"
    assert error.message == "timeout must be at least 1 second. Give more."
    assert error.refused is False
