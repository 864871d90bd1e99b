# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token: the values of a response, unaltered."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token, is_token_text
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CENTURY,
    NOW,
    REFRESH_TOKEN,
    TOKEN_RESPONSE,
    token,
)

MISSING = object()

LIFETIMES = [
    # id, expires_in as sent, lifetime, expires
    ("number", 3600, 3600, True),
    ("numeric string", "3600", 3600, True),
    ("missing", MISSING, None, True),
    ("null", None, None, True),
    ("one second", 1, 1, True),
    ("zero", 0, 0, True),
    ("negative", -5, 0, True),
    ("negative string", "-5", 0, True),
    ("true is not a number", True, None, True),
    ("false is not a number", False, None, True),
    ("float, never rounded up", 3599.9, 3599, True),
    ("not a number", float("nan"), None, True),
    ("infinite", float("inf"), None, True),
    ("float in a string", "3599.9", 3599, True),
    ("infinite, as a string", "inf", None, True),
    ("word", "soon", None, True),
    ("empty string", "", None, True),
    ("list", [3600], None, True),
    ("mapping", {"seconds": 3600}, None, True),
    ("milliseconds of old servers", 3600000, 3600000, True),
    ("just under a century", CENTURY - 1, CENTURY - 1, True),
    ("a century", CENTURY, None, False),
    ("very large float", 1e300, None, False),
    ("never, password grant", 9223372036854775, None, False),
    ("never, refresh grant", 9223372036854775807, None, False),
    ("never as a string", "9223372036854775807", None, False),
]


@pytest.mark.parametrize(
    ("expires_in", "lifetime", "expires"), [row[1:] for row in LIFETIMES], ids=[r[0] for r in LIFETIMES]
)
def test_expires_in(expires_in: object, lifetime: int | None, expires: bool) -> None:
    members = {"access_token": "t"} if expires_in is MISSING else {"access_token": "t", "expires_in": expires_in}
    read = Token.from_response(members, asked_at=NOW)
    assert (read.lifetime, read.expires) == (lifetime, expires)
    assert read.expires_at == (None if lifetime is None else NOW + lifetime)
    result = read.to_result(now=NOW)
    assert (result["expires_in"], result["expires"]) == (lifetime, expires)
    assert (result["expires_at"] is None) == (lifetime is None)


@pytest.mark.parametrize(
    ("later", "left"),
    [
        pytest.param(0, 3600, id="at once"),
        pytest.param(1, 3599, id="a second later"),
        pytest.param(3599.9, 1, id="in the last second"),
        pytest.param(3600, 0, id="expired"),
        pytest.param(9999, 0, id="expired long ago"),
        pytest.param(-10, 3610, id="clock set back"),
    ],
)
def test_expires_in_decreases_and_expires_at_stays(later: float, left: int) -> None:
    result = token(asked_at=NOW).to_result(now=NOW + later)
    assert result["expires_in"] == left
    assert result["expires_at"] == "2023-11-14T23:13:20Z"


SCOPES: list[tuple[str, object, list[str] | None, bool]] = [
    # id, scope as sent, scope as returned, is something dropped
    ("one", "orders_read", ["orders_read"], False),
    ("in the server's order", "b a", ["b", "a"], False),
    ("several spaces", " a  b ", ["a", "b"], False),
    ("list", ["b", "a"], ["b", "a"], False),
    ("punctuation", "apim:admin https://x/y", ["apim:admin", "https://x/y"], False),
    ("empty", "", [], False),
    ("null: not reported", None, None, False),
    ("number: not reported", 5, None, False),
    ("list of other things: not reported", ["a", 5], None, False),
    ("tab and newline", "a b\tc\n", ["a"], True),
    ("quote, backslash, umlaut", 'a"b c\\d ü e', ["e"], True),
    ("escape sequence", "\x1b[31mred ok", ["ok"], True),
]


@pytest.mark.parametrize(("sent", "scope", "is_dropped"), [row[1:] for row in SCOPES], ids=[r[0] for r in SCOPES])
def test_scope(sent: object, scope: list[str] | None, is_dropped: bool) -> None:
    read = token(scope=sent)
    assert read.to_result(now=NOW)["scope"] == scope
    assert read.dropped == (("scope",) if is_dropped else ())


TOKEN_TYPES = [
    # id, token_type as sent, token_type as returned, scheme, is it dropped
    ("as WSO2 sends it", "Bearer", "Bearer", "Bearer", False),
    ("as old WSO2 servers send it", "bearer", "bearer", "Bearer", False),
    ("upper case", "BEARER", "BEARER", "Bearer", False),
    ("another scheme", "DPoP", "DPoP", "DPoP", False),
    ("URI", "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:jwt", None, False),
    ("missing", None, "Bearer", "Bearer", False),
    ("empty", "", "Bearer", "Bearer", False),
    ("line break", "Bearer\r\nX: y", "Bearer", "Bearer", True),
    ("blank", "Bearer x", "Bearer", "Bearer", True),
    ("bidirectional mark", "Bearer\u202e", "Bearer", "Bearer", True),
    ("number", 5, "Bearer", "Bearer", True),
]


@pytest.mark.parametrize(
    ("sent", "token_type", "scheme", "is_dropped"), [row[1:] for row in TOKEN_TYPES], ids=[r[0] for r in TOKEN_TYPES]
)
def test_token_type_and_authorization(sent: object, token_type: str, scheme: str | None, is_dropped: bool) -> None:
    read = token(token_type=sent)
    result = read.to_result(now=NOW)
    assert result["token_type"] == token_type
    assert result["authorization"] == f"{scheme or token_type} {ACCESS_TOKEN}"
    assert read.dropped == (("token_type",) if is_dropped else ())


@pytest.mark.parametrize("member", ["refresh_token", "id_token"])
@pytest.mark.parametrize(
    ("sent", "returned", "is_dropped"),
    [
        pytest.param("x.y.z", "x.y.z", False, id="text"),
        pytest.param("", None, False, id="empty"),
        pytest.param(None, None, False, id="null"),
        pytest.param(5, None, False, id="number"),
        pytest.param({"a": 1}, None, False, id="mapping"),
        pytest.param("x\ny: true", None, True, id="line break"),
        pytest.param("x\x1b[2J", None, True, id="escape sequence"),
        pytest.param("x\u202ey", None, True, id="bidirectional mark"),
        pytest.param("half-\ud83d", None, True, id="half a surrogate pair"),
    ],
)
def test_optional_tokens(member: str, sent: Any, returned: str | None, is_dropped: bool) -> None:
    read = token(**{member: sent})
    assert read.to_result(now=NOW)[member] == returned
    assert read.dropped == ((member,) if is_dropped else ())


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("0b9e6c1a-1111", True),
        (" leading", True),
        ('quo"te', True),
        ("back\\slash", True),
        ("{{ jinja }}", True),
        ("x" * 9000, True),
        ("", False),
        ("TOK\nadmin: true\n", False),
        ("TOK\n", False),
        ("TOK\r", False),
        ("tab\t", False),
        ("\x7f", False),
        ("ünïcode", False),
        ("x\u202e", False),
        (5, False),
        (None, False),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_is_token_text(text: object, is_allowed: bool) -> None:
    """RFC 6749, appendix A.12: VSCHAR, which includes the space."""
    assert is_token_text(text) is is_allowed


def test_unknown_members_are_in_extra() -> None:
    result = token(jwt_token="j.w.t", nested={"a": [1]}, expires="x").to_result(now=NOW)
    assert result["extra"] == {"jwt_token": "j.w.t", "nested": {"a": [1]}, "expires": "x"}
    assert result["expires"] is True


ODD_TOKENS = ["36", "true", "null", "a", " x ", 'q"\\', "{{ jinja }}", "%s", "x" * 9000, "********"]


@pytest.mark.parametrize("text", ODD_TOKENS, ids=lambda text: text[:20])
def test_tokens_are_returned_byte_for_byte(text: str) -> None:
    result = token(access_token=text, refresh_token=text, id_token=text).to_result(now=NOW)
    assert [result[name] for name in ("access_token", "refresh_token", "id_token")] == [text] * 3
    assert result["authorization"] == f"Bearer {text}"


VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("plain", {}),
    ("never expires", {"expires_in": 9223372036854775807}),
    ("expiry not reported", {"expires_in": None}),
    ("expired at once", {"expires_in": 0}),
    ("no refresh token", {"refresh_token": None}),
    ("scope not reported", {"scope": None}),
    ("no scope", {"scope": ""}),
    ("ID token", {"id_token": "i.d.t"}),
    ("old token type", {"token_type": "bearer"}),
    ("extra members", {"jwt_token": "j.w.t", "expires_at": "never", "authorization": "none", "extra": {"a": 1}}),
    ("dropped members", {"id_token": "i\n", "scope": "a\t", "token_type": "x y"}),
]
BY_VARIANT = pytest.mark.parametrize("changes", [row[1] for row in VARIANTS], ids=[r[0] for r in VARIANTS])


@BY_VARIANT
def test_members_read_back_the_same(changes: dict[str, Any]) -> None:
    """What the managed node returns is one JSON text. Another member of it names what was dropped."""
    sent = token(asked_at=NOW, **changes)
    read = Token.from_response(json.loads(json.dumps(sent.to_members())), asked_at=NOW)
    assert read == replace(sent, dropped=())


@BY_VARIANT
@pytest.mark.parametrize(
    "more", [{}, {"has_full_lifetime": True}, {"refresh_after": NOW + 30.0}, {"received_at": NOW + 0.5}], ids=repr
)
def test_an_entry_reads_back_the_same(changes: dict[str, Any], more: dict[str, Any]) -> None:
    sent = replace(token(asked_at=NOW, **changes), **more)
    assert Token.from_entry(json.loads(json.dumps(sent.to_entry()))) == sent


ENTRY = token().to_entry()
FOREIGN_ENTRIES: list[tuple[str, Any]] = [
    ("empty", {}),
    *[(f"no {name}", {other: ENTRY[other] for other in ENTRY if other != name}) for name in ("access_token", "scope")],
    ("member of another version", {**ENTRY, "color": "red"}),
    ("scope is a number", {**ENTRY, "scope": 5}),
    ("a failure", {"at": 0, "error": {}}),
    ("a list", ["access_token"]),
    ("a text", "access_token"),
    ("a number", 5),
    ("null", None),
]


@pytest.mark.parametrize("entry", [row[1] for row in FOREIGN_ENTRIES], ids=[r[0] for r in FOREIGN_ENTRIES])
def test_foreign_entries_are_rejected(entry: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Token.from_entry(entry)


@pytest.mark.parametrize(("received_at", "expected"), [(0.0, NOW), (NOW + 2.5, NOW + 2.5)], ids=["unknown", "known"])
def test_received_at(received_at: float, expected: float) -> None:
    assert Token.from_response(TOKEN_RESPONSE, asked_at=NOW, received_at=received_at).received_at == expected


def test_repr_shows_no_secret() -> None:
    shown = repr(token(id_token="i.d.token", jwt_token="other.jwt"))
    assert [text for text in (ACCESS_TOKEN, REFRESH_TOKEN, "i.d.token", "other.jwt") if text in shown] == []


def test_secrets() -> None:
    assert token(id_token="i.d.t").secrets() == [ACCESS_TOKEN, REFRESH_TOKEN, "i.d.t", f"Bearer {ACCESS_TOKEN}"]
    assert token(refresh_token=None).secrets() == [ACCESS_TOKEN, f"Bearer {ACCESS_TOKEN}"]


def test_the_result_always_has_every_key() -> None:
    full = token(id_token="i.d.t").to_result(now=NOW)
    assert full.keys() == Token.from_response({"access_token": "t"}, asked_at=NOW).to_result(now=NOW).keys()


NEVER = 9223372036854775807
PARTLY_USED = 3601  # not a round number, so that it is not the full lifetime of a new token
FRESHNESS: list[tuple[str, int | None, int, int | None, bool, bool]] = [
    # id, expires_in, seconds later, min_validity, is valid, is fresh
    ("at once", PARTLY_USED, 0, None, True, True),
    ("the default left", PARTLY_USED, 3541, None, True, True),
    ("a second less than the default", PARTLY_USED, 3542, None, True, False),
    ("min_validity left", PARTLY_USED, 2701, 900, True, True),
    ("a second less than min_validity", PARTLY_USED, 2702, 900, True, False),
    ("the whole lifetime wanted, at once", PARTLY_USED, 0, 3601, True, True),
    ("the whole lifetime wanted, a second later", PARTLY_USED, 1, 3601, True, False),
    ("more than the lifetime wanted", PARTLY_USED, 0, 3602, True, False),
    ("last second", PARTLY_USED, 3600, None, True, False),
    ("last second, min_validity 0", PARTLY_USED, 3600, 0, True, True),
    ("expired", PARTLY_USED, 3601, None, False, False),
    ("expired, min_validity 0", PARTLY_USED, 3601, 0, False, False),
    ("expired long ago", PARTLY_USED, 9999, 0, False, False),
    ("never expires", NEVER, 10**9, None, True, True),
    ("never expires, much wanted", NEVER, 10**9, 10**9, True, True),
    ("never expires, clock set back a little", NEVER, -60, None, True, True),
    ("never expires, clock set back far", NEVER, -61, None, False, False),
    ("unknown expiry, at once", None, 0, None, True, True),
    ("unknown expiry, a second before its end", None, 299, None, True, True),
    ("unknown expiry, after five minutes", None, 300, None, True, False),
    ("unknown expiry, after five minutes, min_validity 0", None, 300, 0, True, False),
    ("unknown expiry, clock set back far", None, -61, None, False, False),
    ("clock set back a little", PARTLY_USED, -60, None, True, True),
    ("clock set back far", PARTLY_USED, -61, None, False, False),
    ("clock set back far, min_validity 0", PARTLY_USED, -61, 0, False, False),
    ("clock set forward", PARTLY_USED, 10**8, 0, False, False),
]


@pytest.mark.parametrize(
    ("expires_in", "later", "min_validity", "is_valid", "is_fresh"),
    [row[1:] for row in FRESHNESS],
    ids=[row[0] for row in FRESHNESS],
)
def test_validity(expires_in: int | None, later: int, min_validity: int | None, is_valid: bool, is_fresh: bool) -> None:
    new_token = token(asked_at=NOW, expires_in=expires_in)
    assert new_token.has_full_lifetime is False
    assert new_token.is_valid(NOW + later) is is_valid
    assert new_token.is_fresh(NOW + later, min_validity) is is_fresh
    start, end = new_token.fresh_span(min_validity)
    assert (start <= NOW + later < end) is is_fresh


FULL_LIFETIMES: list[tuple[str, int, int | None, int]] = [
    # id, expires_in, min_validity, seconds that must be left
    ("an hour", 3600, None, 60),
    ("ten minutes", 600, None, 60),
    ("a little less", 590, None, 59),
    ("half a minute", 30, None, 3),
    ("nine seconds", 9, None, 1),
    ("nothing wanted", 3600, 0, 1),
    ("some wanted", 3600, 900, 900),
    ("nine tenths wanted", 3600, 3240, 3240),
    ("the whole lifetime wanted", 3600, 3600, 3240),
    ("more than the lifetime wanted", 3600, 7200, 3240),
    ("much more than a short lifetime wanted", 30, 10**6, 27),
]


@pytest.mark.parametrize(
    ("expires_in", "min_validity", "needed"), [row[1:] for row in FULL_LIFETIMES], ids=[r[0] for r in FULL_LIFETIMES]
)
def test_a_token_with_its_full_lifetime_is_fresh(expires_in: int, min_validity: int | None, needed: int) -> None:
    """The server issues none that is valid for longer, so replacing it cannot help."""
    new_token = token(asked_at=NOW, expires_in=expires_in)
    assert new_token.has_full_lifetime
    assert new_token.is_fresh(NOW, min_validity)
    assert new_token.is_fresh(NOW + expires_in - needed, min_validity)
    assert not new_token.is_fresh(NOW + expires_in - needed + 1, min_validity)


def test_a_token_that_is_already_expired() -> None:
    assert (token(expires_in=0).is_valid(NOW), token(expires_in=0).is_fresh(NOW, 0)) == (False, False)


def _jwt(claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{payload}.c2lnbmF0dXJl"


NEW_TOKENS: list[tuple[str, str, int | None, bool]] = [
    # id, access token, expires_in, is it the full lifetime of a new token
    ("round number", "opaque", 3600, True),
    ("configured by days", "opaque", 864000, True),
    ("less than a minute", "opaque", 59, True),
    ("one second", "opaque", 1, True),
    ("a minute", "opaque", 60, True),
    ("just over a minute", "opaque", 61, False),
    ("partly used", "opaque", 1207, False),
    ("unknown", "opaque", None, False),
    ("never expires", "opaque", NEVER, False),
    ("new JWT", _jwt({"iat": NOW, "exp": NOW + 3599}), 3599, True),
    ("new JWT, a second later", _jwt({"iat": NOW, "exp": NOW + 3600}), 3599, True),
    ("used JWT with a round number left", _jwt({"iat": NOW - 600, "exp": NOW + 3000}), 3000, False),
    ("used JWT with seconds left", _jwt({"iat": NOW - 3590, "exp": NOW + 10}), 10, False),
    ("JWT without iat", _jwt({"exp": NOW + 1207}), 1207, False),
    ("JWT with texts", _jwt({"iat": "now", "exp": "later"}), 3600, True),
    ("JWT that expires before it begins", _jwt({"iat": NOW, "exp": NOW}), 3600, True),
    ("JWT whose payload is a list", _jwt([1]), 3600, True),
    ("dots that make no JWT", "a.b.c", 3600, True),
    ("dots around letters that base64 does not have", "a.üü.c", 1207, False),
]


@pytest.mark.parametrize(
    ("access_token", "expires_in", "is_full"), [row[1:] for row in NEW_TOKENS], ids=[row[0] for row in NEW_TOKENS]
)
def test_full_lifetime(access_token: str, expires_in: int | None, is_full: bool) -> None:
    assert token(access_token=access_token, expires_in=expires_in).has_full_lifetime is is_full


@pytest.mark.parametrize(
    ("claims", "expires_in", "left"),
    [
        ({"iat": NOW, "exp": NOW + 300}, 3600, 300),
        ({"iat": NOW - 60, "exp": NOW + 3540}, 3540, 3540),
        ({"exp": NOW + 300}, 3600, 3600),
        ({"iat": NOW, "exp": NOW + 300}, None, None),
    ],
    ids=["JWT that expires earlier", "JWT that was issued earlier", "JWT without iat", "no expires_in"],
)
def test_a_jwt_is_valid_no_longer_than_it_says(
    claims: dict[str, int], expires_in: int | None, left: int | None
) -> None:
    assert token(access_token=_jwt(claims), expires_in=expires_in).to_result(now=NOW)["expires_in"] == left
