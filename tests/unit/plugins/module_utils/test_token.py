# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token: what an answer says, how long it is good for, and that nothing of it changes on the way."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, REFRESH_TOKEN, TOKEN_ANSWER, token

CENTURY = 100 * 365 * 24 * 3600
ASKED_AT = 1_700_000_000  # 2023-11-14T22:13:20Z
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
    read = Token.from_answer(members, asked_at=ASKED_AT)
    assert (read.lifetime, read.expires) == (lifetime, expires)
    assert read.expires_at == (None if lifetime is None else ASKED_AT + lifetime)
    result = read.to_result(now=ASKED_AT)
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
    result = token(asked_at=ASKED_AT).to_result(now=ASKED_AT + later)
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
    assert token(scope=sent).to_result(now=ASKED_AT)["scope"] == scope


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
    result = token(token_type=sent).to_result(now=ASKED_AT)
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
    assert token(**{member: sent}).to_result(now=ASKED_AT)[member] == kept


def test_unknown_members_are_kept_apart() -> None:
    result = token(jwt_token="j.w.t", nested={"a": [1]}, expires="x").to_result(now=ASKED_AT)
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
    result = token(access_token=odd, refresh_token=odd, id_token=odd).to_result(now=ASKED_AT)
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
    sent = token(asked_at=ASKED_AT, **changes)
    wire = json.loads(json.dumps(sent.to_result(now=ASKED_AT)))
    assert Token.from_result(wire, asked_at=ASKED_AT) == sent


@pytest.mark.parametrize("changes", [row[1] for row in ROUND_TRIPS], ids=[r[0] for r in ROUND_TRIPS])
@pytest.mark.parametrize(
    "kept", [{}, {"has_full_life": True}, {"renew_after": ASKED_AT + 30}, {"renewed_from": "r"}], ids=repr
)
def test_entry_of_a_store_reads_back_the_same(changes: dict[str, Any], kept: dict[str, Any]) -> None:
    sent = replace(token(asked_at=ASKED_AT, **changes), **kept)
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


NEVER = 9223372036854775807
STANDING: list[tuple[str, int | None, int, int | None, bool, bool]] = [
    # id, expires_in, seconds later, min_validity, is usable, is fresh; as a password grant brought it
    ("at once", 3600, 0, None, True, True),
    ("the default just left", 3600, 3540, None, True, True),
    ("a second less than the default", 3600, 3541, None, True, False),
    ("min_validity just left", 3600, 2700, 900, True, True),
    ("a second less than min_validity", 3600, 2701, 900, True, False),
    ("the whole life wanted, at once", 3600, 0, 3600, True, True),
    ("the whole life wanted, a second later", 3600, 1, 3600, True, False),
    ("more than the whole life wanted", 3600, 0, 3601, True, False),
    ("last second", 3600, 3599, None, True, False),
    ("last second, none wanted", 3600, 3599, 0, True, True),
    ("its end", 3600, 3600, None, False, False),
    ("its end, none wanted", 3600, 3600, 0, False, False),
    ("after its end", 3600, 9999, 0, False, False),
    ("little left at once", 59, 0, None, True, False),
    ("the default left at once", 60, 0, None, True, True),
    ("used up at once", 0, 0, 0, False, False),
    ("never ends", NEVER, 10**9, None, True, True),
    ("never ends, much wanted", NEVER, 10**9, 10**9, True, True),
    ("never ends, clock set back a little", NEVER, -60, None, True, True),
    ("never ends, clock set back far", NEVER, -61, None, False, False),
    ("unknown end, at once", None, 0, None, True, True),
    ("unknown end, a second before it is doubted", None, 299, None, True, True),
    ("unknown end, doubted", None, 300, None, True, False),
    ("unknown end, doubted, none wanted", None, 300, 0, True, False),
    ("unknown end, clock set back far", None, -61, None, False, False),
    ("clock set back a little", 3600, -60, None, True, True),
    ("clock set back far", 3600, -61, None, False, False),
    ("clock set back far, none wanted", 3600, -61, 0, False, False),
    ("clock set forward", 3600, 10**8, 0, False, False),
]


@pytest.mark.parametrize(
    ("expires_in", "later", "min_validity", "usable", "fresh"),
    [row[1:] for row in STANDING],
    ids=[row[0] for row in STANDING],
)
def test_freshness(expires_in: int | None, later: int, min_validity: int | None, usable: bool, fresh: bool) -> None:
    held = token(asked_at=ASKED_AT, expires_in=expires_in)
    assert held.is_usable(ASKED_AT + later) is usable
    assert held.is_fresh(ASKED_AT + later, min_validity) is fresh


RENEWED: list[tuple[str, int | None, int | None, int]] = [
    # id, expires_in, min_validity, seconds that must be left
    ("an hour", 3600, None, 60),
    ("ten minutes", 600, None, 60),
    ("a little less", 599, None, 59),
    ("half a minute", 30, None, 3),
    ("a moment", 9, None, 1),
    ("none wanted", 3600, 0, 1),
    ("some wanted", 3600, 900, 900),
    ("nine tenths wanted", 3600, 3240, 3240),
    ("the whole life wanted", 3600, 3600, 3240),
    ("more than the whole life wanted", 3600, 7200, 3240),
    ("much more than a short life wanted", 30, 10**6, 27),
]


@pytest.mark.parametrize(
    ("expires_in", "min_validity", "needed"), [row[1:] for row in RENEWED], ids=[row[0] for row in RENEWED]
)
def test_freshness_of_a_token_with_its_full_life(expires_in: int, min_validity: int | None, needed: int) -> None:
    held = replace(token(asked_at=ASKED_AT, expires_in=expires_in), has_full_life=True)
    assert held.is_fresh(ASKED_AT, min_validity)
    assert held.is_fresh(ASKED_AT + expires_in - needed, min_validity)
    assert not held.is_fresh(ASKED_AT + expires_in - needed + 1, min_validity)


PAUSES: list[tuple[str, int, int | None, int, bool]] = [
    # id, renew_after, min_validity, now; each in seconds after the grant
    ("during the pause", 3580, None, 3579, True),
    ("the pause is over", 3580, None, 3580, False),
    ("much wanted, during the pause", 1000, 3000, 999, True),
    ("much wanted, the pause is over", 1000, 3000, 1000, False),
    ("last second", 9999, None, 3599, True),
    ("the token ends during the pause", 9999, None, 3600, False),
    ("clock set back far", 9999, None, -61, False),
    ("past pause of a token with time left", 10, None, 3540, True),
]


@pytest.mark.parametrize(
    ("renew_after", "min_validity", "later", "fresh"), [row[1:] for row in PAUSES], ids=[row[0] for row in PAUSES]
)
def test_a_token_that_could_not_be_renewed_is_left_alone_for_a_while(
    renew_after: int, min_validity: int | None, later: int, fresh: bool
) -> None:
    held = replace(token(asked_at=ASKED_AT), renew_after=ASKED_AT + renew_after)
    assert held.is_fresh(ASKED_AT + later, min_validity) is fresh


def test_this_machines_clock_counts_for_a_result_of_another_process() -> None:
    there = token(asked_at=ASKED_AT).to_result(now=ASKED_AT + 600)
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
    full = Token.from_answer(TOKEN_ANSWER, asked_at=ASKED_AT).to_result(now=ASKED_AT)
    bare = Token.from_answer({"access_token": "t"}, asked_at=ASKED_AT).to_result(now=ASKED_AT)
    assert full.keys() == bare.keys()


SPANS = [
    # id, token, min_validity, until when it is surely fresh
    ("default", token(asked_at=ASKED_AT), None, ASKED_AT + 3540),
    ("wanted", token(asked_at=ASKED_AT), 900, ASKED_AT + 2700),
    ("nothing wanted", token(asked_at=ASKED_AT), 0, ASKED_AT + 3600),
    ("more than there is", token(asked_at=ASKED_AT), 4000, ASKED_AT - 400),
    ("unknown end", token(asked_at=ASKED_AT, expires_in=None), 900, ASKED_AT + 300),
    ("never ends", token(asked_at=ASKED_AT, expires_in=2**63 - 1), 900, ASKED_AT + CENTURY),
]


@pytest.mark.parametrize(("held", "wanted", "end"), [row[1:] for row in SPANS], ids=[row[0] for row in SPANS])
def test_within_its_fresh_span_it_is_fresh(held: Token, wanted: int | None, end: int) -> None:
    since, until = held.fresh_span(wanted)
    assert (since, until) == (ASKED_AT - 60, end)
    inside = [now for now in (since, ASKED_AT, until - 1) if since <= now < until]
    assert all(held.is_fresh(now, wanted) for now in inside)
    assert not held.is_fresh(since - 1, wanted)
