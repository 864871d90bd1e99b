# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token: what an answer says, and that nothing of it changes on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CENTURY,
    NOW,
    REFRESH_TOKEN,
    TOKEN_ANSWER,
    token,
)

MISSING = object()

LIFETIMES = [
    # id, expires_in on the wire, lifetime, expires
    ("number", 3600, 3600, True),
    ("numeric string", "3600", 3600, True),
    ("missing", MISSING, None, True),
    ("null", None, None, True),
    ("one second", 1, 1, True),
    ("zero", 0, 0, True),
    ("negative", -5, 0, True),
    ("negative string", "-5", 0, True),
    ("true is no number", True, None, True),
    ("false is no number", False, None, True),
    ("float, never rounded up", 3599.9, 3599, True),
    ("not a number", float("nan"), None, True),
    ("infinite", float("inf"), None, True),
    ("nonsense", "soon", None, True),
    ("empty string", "", None, True),
    ("list", [3600], None, True),
    ("mapping", {"seconds": 3600}, None, True),
    ("remaining plus skew", 3899, 3899, True),
    ("milliseconds of old servers", 3600000, 3600000, True),
    ("just under a century", CENTURY - 1, CENTURY - 1, True),
    ("a century", CENTURY, None, False),
    ("float far beyond", 1e300, None, False),
    ("never, password grant", 9223372036854775, None, False),
    ("never, refresh grant", 9223372036854775807, None, False),
    ("never as a string", "9223372036854775807", None, False),
]


@pytest.mark.parametrize(
    ("expires_in", "lifetime", "expires"), [row[1:] for row in LIFETIMES], ids=[r[0] for r in LIFETIMES]
)
def test_expires_in(expires_in: object, lifetime: int | None, expires: bool) -> None:
    members = {"access_token": "t"} if expires_in is MISSING else {"access_token": "t", "expires_in": expires_in}
    read = Token.from_answer(members, asked_at=NOW)
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
        pytest.param(3599, 1, id="at the last second"),
        pytest.param(3600, 0, id="at the end"),
        pytest.param(9999, 0, id="after the end"),
        pytest.param(-10, 3610, id="clock set back"),
    ],
)
def test_seconds_left_shrink_while_the_end_stays(later: int, left: int) -> None:
    result = token(asked_at=NOW).to_result(now=NOW + later)
    assert result["expires_in"] == left
    assert result["expires_at"] == "2023-11-14T23:13:20Z"


SCOPES = [
    ("one", "orders_read", ["orders_read"]),
    ("server's order is kept", "b a", ["b", "a"]),
    ("any white space parts", " a  b\tc\n", ["a", "b", "c"]),
    ("list", ["b", "a"], ["b", "a"]),
    ("admin scopes stay whole", "apim:admin", ["apim:admin"]),
    ("empty", "", []),
    ("null", None, []),
    ("number", 5, []),
]


@pytest.mark.parametrize(("sent", "scope"), [row[1:] for row in SCOPES], ids=[r[0] for r in SCOPES])
def test_scope_forms(sent: object, scope: list[str]) -> None:
    assert token(scope=sent).to_result(now=NOW)["scope"] == scope


TOKEN_TYPES = [
    ("as WSO2 writes it", "Bearer", "Bearer", "Bearer"),
    ("as WSO2 wrote it once", "bearer", "bearer", "Bearer"),
    ("upper case", "BEARER", "BEARER", "Bearer"),
    ("another scheme stays", "DPoP", "DPoP", "DPoP"),
    ("missing", None, "Bearer", "Bearer"),
    ("empty", "", "Bearer", "Bearer"),
]


@pytest.mark.parametrize(
    ("sent", "token_type", "scheme"), [row[1:] for row in TOKEN_TYPES], ids=[r[0] for r in TOKEN_TYPES]
)
def test_token_type_and_authorization(sent: object, token_type: str, scheme: str) -> None:
    result = token(token_type=sent).to_result(now=NOW)
    assert result["token_type"] == token_type
    assert result["authorization"] == f"{scheme} {ACCESS_TOKEN}"


@pytest.mark.parametrize("member", ["refresh_token", "id_token"])
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("x.y.z", "x.y.z", id="text"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="null"),
        pytest.param(5, None, id="number"),
        pytest.param({"a": 1}, None, id="mapping"),
        pytest.param("half-\ud83d", None, id="half a surrogate pair"),
    ],
)
def test_optional_tokens_are_texts_or_null(member: str, sent: Any, kept: str | None) -> None:
    assert token(**{member: sent}).to_result(now=NOW)[member] == kept


def test_unknown_members_are_kept_apart() -> None:
    result = token(jwt_token="j.w.t", nested={"a": [1]}, expires="x").to_result(now=NOW)
    assert result["extra"] == {"jwt_token": "j.w.t", "nested": {"a": [1]}, "expires": "x"}
    assert result["expires"] is True


ODD_TOKENS = [
    "36",
    "true",
    "null",
    "a",
    " leading",
    "trailing\n",
    'quo"te',
    "back\\slash",
    "{{ jinja }}",
    "%s",
    "ünïcode",
    "x" * 9000,
    "********",
]


@pytest.mark.parametrize("odd", ODD_TOKENS, ids=[repr(odd)[:20] for odd in ODD_TOKENS])
def test_tokens_come_back_exactly(odd: str) -> None:
    result = token(access_token=odd, refresh_token=odd, id_token=odd).to_result(now=NOW)
    assert [result[name] for name in ("access_token", "refresh_token", "id_token")] == [odd] * 3
    assert result["authorization"] == f"Bearer {odd}"


ROUND_TRIPS: list[tuple[str, dict[str, Any]]] = [
    ("plain", {}),
    ("never expires", {"expires_in": 9223372036854775807}),
    ("no expiry said", {"expires_in": None}),
    ("used up", {"expires_in": 0}),
    ("no refresh token", {"refresh_token": None}),
    ("no scope", {"scope": None}),
    ("ID token", {"id_token": "i.d.t"}),
    ("old token type", {"token_type": "bearer"}),
    ("extra members", {"jwt_token": "j.w.t", "expires_at": "never", "authorization": "none", "extra": {"a": 1}}),
    ("odd token", {"access_token": ' "\\ü\n'}),
]


@pytest.mark.parametrize("changes", [row[1] for row in ROUND_TRIPS], ids=[r[0] for r in ROUND_TRIPS])
def test_result_of_another_process_reads_back_the_same(changes: dict[str, Any]) -> None:
    sent = token(asked_at=NOW, **changes)
    wire = json.loads(json.dumps(sent.to_result(now=NOW)))
    assert Token.from_result(wire, asked_at=NOW) == sent


@pytest.mark.parametrize("changes", [row[1] for row in ROUND_TRIPS], ids=[r[0] for r in ROUND_TRIPS])
@pytest.mark.parametrize(
    "kept", [{}, {"has_full_life": True}, {"renew_after": NOW + 30}, {"renewed_from": "r"}], ids=repr
)
def test_entry_of_a_store_reads_back_the_same(changes: dict[str, Any], kept: dict[str, Any]) -> None:
    sent = replace(token(asked_at=NOW, **changes), **kept)
    assert Token.from_entry(json.loads(json.dumps(sent.to_entry()))) == sent


ENTRY = token().to_entry()
FOREIGN_ENTRIES: list[tuple[str, Any]] = [
    ("empty", {}),
    ("without an access token", {name: value for name, value in ENTRY.items() if name != "access_token"}),
    ("without a scope", {name: value for name, value in ENTRY.items() if name != "scope"}),
    ("with a member of another version", {**ENTRY, "colour": "red"}),
    ("scope is null", {**ENTRY, "scope": None}),
    ("scope is a number", {**ENTRY, "scope": 5}),
    ("a failure", {"message": "m", "failure": {}, "at": 0}),
    ("a list", ["access_token"]),
    ("a text", "access_token"),
    ("a number", 5),
    ("null", None),
]


@pytest.mark.parametrize("entry", [row[1] for row in FOREIGN_ENTRIES], ids=[r[0] for r in FOREIGN_ENTRIES])
def test_foreign_entries_are_refused(entry: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Token.from_entry(entry)


def test_this_machines_clock_counts_for_a_result_of_another_process() -> None:
    there = token(asked_at=NOW).to_result(now=NOW + 600)
    here = Token.from_result(there, asked_at=5000)
    assert here.expires_at == 5000 + 3000


def test_repr_shows_no_secret() -> None:
    shown = repr(replace(token(id_token="i.d.token", jwt_token="other.jwt"), renewed_from="r-old-token"))
    for secret in (ACCESS_TOKEN, REFRESH_TOKEN, "i.d.token", "other.jwt", "r-old-token"):
        assert secret not in shown


def test_secrets_are_all_tokens_that_are_there() -> None:
    assert token(id_token="i.d.t").secrets() == [ACCESS_TOKEN, REFRESH_TOKEN, "i.d.t", f"Bearer {ACCESS_TOKEN}"]
    assert token(refresh_token=None).secrets() == [ACCESS_TOKEN, f"Bearer {ACCESS_TOKEN}"]


def test_result_has_every_key_always() -> None:
    full = Token.from_answer(TOKEN_ANSWER, asked_at=NOW).to_result(now=NOW)
    bare = Token.from_answer({"access_token": "t"}, asked_at=NOW).to_result(now=NOW)
    assert full.keys() == bare.keys()
