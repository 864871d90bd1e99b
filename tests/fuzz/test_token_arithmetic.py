# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With any lifetime in a response and any clock, there is no error, and no token is valid for too long."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.apiops.wso2.plugins.module_utils._response_body import json_object
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.tests.fuzz.responses import JSON_VALUES

CENTURY = 100 * 365 * 24 * 3600

# From a clock that was never set to one that is two centuries ahead.
CLOCKS = st.integers(0, 2**33)
SECONDS = st.one_of(
    st.integers(),
    st.integers(-100, 100_000),
    st.sampled_from([2**31, 2**53, 2**63 - 1, (2**63 - 1) // 1000, CENTURY - 1, CENTURY, 10**400, -(10**400)]),
    st.floats(),
    st.floats(-1, 100_000),
    st.booleans(),
    st.sampled_from([3599.9, "3599.9"]),
    st.integers().map(str),
    st.sampled_from(
        ["", " 36 ", "3600.0", "1e3", "0x10", "3_600", "+5", "-0", "\u0663\u0666", "nan", "inf", "9" * 9999]
    ),
    JSON_VALUES,
)
MEMBERS = st.fixed_dictionaries(
    {"access_token": st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)},
    optional={
        "refresh_token": st.text() | JSON_VALUES,
        "id_token": st.text() | JSON_VALUES,
        "token_type": st.sampled_from(["bearer", "Bearer", "DPoP"]) | JSON_VALUES,
        "scope": st.text() | JSON_VALUES,
        "expires_in": SECONDS,
        "expires_at": JSON_VALUES,
        "extra": JSON_VALUES,
        "jwt_token": JSON_VALUES,
    },
)
CHANGES = st.fixed_dictionaries(
    {}, optional={"has_full_lifetime": st.booleans(), "refresh_after": CLOCKS, "received_at": CLOCKS}
)


def to_json_and_back(value: Any) -> Any:
    return json.loads(json.dumps(value))


def same(one: Token, other: Token) -> bool:
    """Compared as JSON, in which any NaN equals any other."""
    return json.dumps(one.to_entry(), sort_keys=True) == json.dumps(other.to_entry(), sort_keys=True)


@given(members=MEMBERS, asked_at=CLOCKS, now=CLOCKS)
def test_a_token_never_expires_later_than_the_server_stated(members: dict[str, Any], asked_at: int, now: int) -> None:
    token = Token.from_response(members, asked_at=asked_at)
    stated = members.get("expires_in")
    number = stated if isinstance(stated, (int, float, str)) and not isinstance(stated, bool) else None
    try:
        seconds = max(Fraction(0), Fraction(number)) if number is not None else None
    except (ValueError, OverflowError):
        seconds = None
    if token.lifetime is not None:
        assert seconds is not None and 0 <= token.lifetime <= seconds
        assert token.expires and token.expires_at == asked_at + token.lifetime
    assert token.expires or (seconds is not None and seconds >= CENTURY)
    result = token.to_result(now=now)
    assert result["expires_in"] == (None if token.expires_at is None else max(0, token.expires_at - now))
    assert json.dumps(result)


@given(members=MEMBERS, asked_at=CLOCKS, changes=CHANGES)
def test_an_entry_is_read_unaltered(members: dict[str, Any], asked_at: int, changes: dict[str, Any]) -> None:
    token = replace(Token.from_response(to_json_and_back(members), asked_at=asked_at), **changes)
    assert same(Token.from_entry(to_json_and_back(token.to_entry())), token)


@given(members=MEMBERS, asked_at=CLOCKS)
def test_the_members_are_read_unaltered(members: dict[str, Any], asked_at: int) -> None:
    token = Token.from_response(to_json_and_back(members), asked_at=asked_at)
    read = Token.from_response(to_json_and_back(token.to_members()), asked_at=asked_at)
    assert same(read, replace(token, dropped=()))


@given(
    members=st.dictionaries(st.sampled_from([*Token.__dataclass_fields__, "expires_in"]), JSON_VALUES), asked_at=CLOCKS
)
def test_any_members_with_a_token_can_be_read(members: dict[str, Any], asked_at: int) -> None:
    read = Token.from_response({**members, "access_token": "t"}, asked_at=asked_at)
    assert read.access_token == "t"
    assert json.dumps([read.to_entry(), read.to_result(now=asked_at)])


@given(
    members=MEMBERS,
    asked_at=CLOCKS,
    changes=CHANGES,
    now=CLOCKS,
    later=st.integers(0, 2**33),
    wanted=st.none() | st.integers(0, 100_000) | st.integers(0),
)
def test_freshness_follows_the_clock(
    members: dict[str, Any], asked_at: int, changes: dict[str, Any], now: int, later: int, wanted: int | None
) -> None:
    token = replace(Token.from_response(members, asked_at=asked_at), **changes)
    if token.is_fresh(now, wanted):
        assert token.is_valid(now)
        assert token.expires_at is None or token.expires_at > now
        assert token.expires_at is None or now >= asked_at - 60
        # It is also fresh for a shorter time.
        assert wanted is None or token.is_fresh(now, wanted // 2)
    start, end = token.fresh_span(wanted)
    assert not start <= now < end or token.is_fresh(now, wanted)
    # An expired token stays expired while the clock goes forward.
    assert token.is_valid(now + later) <= (token.is_valid(now) or now < asked_at)
    if (
        wanted is not None
        and wanted > 0
        and not changes
        and token.expires_at is not None
        and token.is_fresh(now, wanted)
    ):
        assert token.expires_at - now >= wanted


DEEP = st.tuples(
    st.integers(1, 3000),
    st.sampled_from([("[", "]"), ('{"a":', "}")]),
    st.sampled_from(["extra", "scope", "expires_in", "x"]),
)


@given(deep=DEEP, asked_at=CLOCKS)
def test_a_response_of_any_depth_can_be_cached_or_is_ignored(
    deep: tuple[int, tuple[str, str], str], asked_at: int
) -> None:
    depth, (opening, closing), name = deep
    members = json_object(f'{{"access_token":"t","{name}":{opening * depth}1{closing * depth}}}'.encode())
    if members is not None:
        token = Token.from_response(members, asked_at=asked_at)
        assert same(Token.from_entry(to_json_and_back(token.to_entry())), token)
        assert json.dumps(token.to_result(now=asked_at))
