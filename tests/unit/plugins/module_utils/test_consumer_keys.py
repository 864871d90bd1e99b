# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consumer keys as the server reports them, as the module returns them, and as another process gets them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import (
    CREATED,
    ConsumerKeys,
    expiry_of,
    grants_in,
    is_secret,
    line_or_none,
)
from ansible_collections.apiops.wso2.tests.unit.keys_examples import KEY, SECRET

KEYS = ConsumerKeys(
    consumer_key=KEY,
    consumer_secret=SECRET,
    grant_types=("password",),
    secret_expires_at=1_800_000_000,
    origin=CREATED,
    is_changed=True,
    warnings=("One.",),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (SECRET, True),
        ("s%2Bcr&t= +/#", True),
        ("***", False),
        ("Made****", False),
        ("", False),
        (None, False),
        (7, False),
        ("line\nbreak", False),
        ("geheim-ü", False),
    ],
)
def test_what_is_a_secret(value: object, expected: bool) -> None:
    assert is_secret(value) is expected


def test_result() -> None:
    assert KEYS.to_result() == {
        "consumer_key": KEY,
        "consumer_secret": SECRET,
        "token_url": None,
        "revoke_url": None,
        "grant_types": ["password"],
        "callback_url": None,
        "key_type": None,
        "key_manager": None,
        "key_state": None,
        "application_id": None,
        "key_mapping_id": None,
        "secret_expires_at": "2027-01-15T08:00:00Z",
        "origin": "created",
        "changed": True,
    }
    assert ConsumerKeys().to_result()["grant_types"] is None
    assert SECRET not in repr(KEYS)


def test_entry_and_back() -> None:
    assert ConsumerKeys.from_entry(json.loads(json.dumps(KEYS.to_entry()))) == KEYS
    assert ConsumerKeys.from_entry(json.loads(json.dumps(ConsumerKeys().to_entry()))) == ConsumerKeys()


@pytest.mark.parametrize(
    "changes",
    [
        {"consumer_key": "a\nb"},
        {"consumer_key": 7},
        {"consumer_secret": "***"},
        {"consumer_secret": None},
        {"token_url": ["x"]},
        {"token_url": "a\x1b[31m"},
        {"grant_types": "password"},
        {"grant_types": [1]},
        {"warnings": ["a\nb"]},
        {"warnings": None},
        {"is_changed": "yes"},
        {"secret_expires_at": "soon"},
        {"secret_expires_at": 10**14},
        {"unknown": 1},
    ],
)
def test_an_entry_that_is_wrong_is_rejected(changes: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        ConsumerKeys.from_entry({**KEYS.to_entry(), **changes})


@pytest.mark.parametrize(
    ("seconds", "verb"), [(-60, "expired"), (60, "expires"), (6 * 86400, "expires"), (8 * 86400, None), (None, None)]
)
def test_a_warning_before_the_secret_expires(seconds: int | None, verb: str | None) -> None:
    expiry = None if seconds is None else int(time.time()) + seconds
    warnings = ConsumerKeys(consumer_key=KEY, consumer_secret=SECRET, secret_expires_at=expiry).with_expiry_warning()
    assert [warning.split()[3] for warning in warnings.warnings] == ([] if verb is None else [verb])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, None),
        ("0", None),
        (1_800_000_000, 1_800_000_000),
        ("1800000000", 1_800_000_000),
        (True, None),
        (None, None),
        ("soon", None),
        (-1, None),
        (10**20, None),
        (1.5, None),
    ],
)
def test_expiry(value: object, expected: int | None) -> None:
    assert expiry_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("password refresh_token", ("password", "refresh_token")),
        (["password"], ("password",)),
        ([""], ()),
        ([], ()),
        ("", ()),
        (None, None),
        ({"a": 1}, None),
        ([1], None),
        (["a\nb"], None),
    ],
)
def test_grants(value: object, expected: tuple[str, ...] | None) -> None:
    assert grants_in(value) == expected


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), ("", None), (None, None), (5, None), ("a\nb", None)])
def test_line_or_none(value: object, expected: str | None) -> None:
    assert line_or_none(value) == expected
