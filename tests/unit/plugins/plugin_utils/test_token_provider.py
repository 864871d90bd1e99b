# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The use case of both doors: the least that must be asked of the server, by whom, and what is said about it."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_error import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError
from ansible_collections.apiops.wso2.plugins.plugin_utils._seal import seal_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import (
    Provision,
    ScopeError,
    TokenProvider,
    Wish,
)
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_shelf import TokenShelf
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_store import DirectoryStore
from ansible_collections.apiops.wso2.tests.unit.examples import TOKEN_URL, options, token, token_request
from ansible_collections.apiops.wso2.tests.unit.memory_store import MemoryStore

NOW = 1_700_000_000
PATIENCE = 10.0  # seconds after which a test that hangs is a failure
REFUSED = TokenError("HTTP 400, invalid_grant", hint="Check it", error="invalid_grant", http_status=400, attempts=1)
LOST = TransportError("the connection was refused", hint="Check the port", attempts=4)


def granted(**changes: Any) -> Token:
    return token(asked_at=NOW, **{"access_token": "granted", "refresh_token": "r-granted", **changes})


def renewed(**changes: Any) -> Token:
    return token(asked_at=NOW, **{"access_token": "renewed", "refresh_token": "r-renewed", **changes})


def held(age: int, **changes: Any) -> Token:
    return token(asked_at=NOW - age, **{"access_token": "held", "refresh_token": "r-held", **changes})


class Server:
    """A grantor that keeps what it is asked; an outcome that is an error is raised."""

    def __init__(self, password: Token | TokenError | None = None, refresh: Token | TokenError | None = None) -> None:
        self.password, self.refresh = password or granted(), refresh or renewed()
        self.asked: list[str] = []
        self.while_asked: Callable[[], None] = lambda: None

    def password_grant(self, request: TokenRequest) -> Token:
        self.asked.append(f"password of {request.username}")
        return self._outcome(self.password)

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        self.asked.append(refresh_token)
        return self._outcome(self.refresh)

    def _outcome(self, outcome: Token | TokenError) -> Token:
        self.while_asked()
        if isinstance(outcome, TokenError):
            raise outcome
        return outcome


class Stage:
    """A server, the stores, and a clock; each call of C(obtain) is that of a process of its own."""

    def __init__(self, kept: Token | None = None, **outcomes: Any) -> None:
        self.now: float = NOW
        self.server = Server(**outcomes)
        self.tokens, self.run = MemoryStore(), MemoryStore()
        if kept is not None:
            self.shelf(token_request()).put_token(kept)

    def shelf(self, request: TokenRequest, refresh_token: str | None = None) -> TokenShelf:
        return TokenShelf(seal_for(request, refresh_token=refresh_token), tokens=self.tokens, run=self.run)

    def obtain(self, request: TokenRequest | None = None, **wish: Any) -> Provision:
        request = request or token_request()
        shelf = self.shelf(request, wish.get("refresh_token"))
        provider = TokenProvider(self.server, shelf, clock=lambda: self.now)
        provision = provider.obtain(request, Wish(**wish))
        assert (self.tokens.held, self.run.held) == ([], [])
        return provision

    def kept(self) -> Token | None:
        return self.shelf(token_request()).token()


PASSWORD = "password of alice"
CHECK_MODE = {"may_renew": False}

COURSES: list[tuple[str, Token | None, dict[str, Any], list[str], str, str, list[str]]] = [
    # id, token held, wish, what the server is asked, token handed out, origin, what each warning says
    ("nothing is held", None, {}, [PASSWORD], "granted", "granted", []),
    ("fresh", held(0), {}, [], "held", "stored", []),
    ("just fresh", held(3540), {}, [], "held", "stored", []),
    ("not fresh any more", held(3541), {}, ["r-held"], "renewed", "refreshed", []),
    ("just min_validity", held(2700), {"min_validity": 900}, [], "held", "stored", []),
    ("less than min_validity", held(2701), {"min_validity": 900}, ["r-held"], "renewed", "refreshed", []),
    ("last second, none wanted", held(3599), {"min_validity": 0}, [], "held", "stored", []),
    ("expired", held(3600), {}, [PASSWORD], "granted", "granted", []),
    ("never ends", held(10**8, expires_in=2**63 - 1), {}, [], "held", "stored", []),
    ("unknown end", held(299, expires_in=None), {}, [], "held", "stored", []),
    ("unknown end, doubted", held(300, expires_in=None), {}, ["r-held"], "renewed", "refreshed", []),
    (
        "unknown end, doubted, no refresh token",
        held(300, expires_in=None, refresh_token=None),
        {},
        [PASSWORD],
        "granted",
        "granted",
        [],
    ),
    ("clock set back a little", held(-60), {}, [], "held", "stored", []),
    ("clock set back far", held(-61), {}, [PASSWORD], "granted", "granted", []),
    ("no refresh token", held(3550, refresh_token=None), {}, [], "held", "stored", ["without a refresh token"]),
    ("expired, no refresh token", held(3600, refresh_token=None), {}, [PASSWORD], "granted", "granted", []),
    ("force, nothing is held", None, {"force": True}, [PASSWORD], "granted", "granted", []),
    ("force, fresh", held(0), {"force": True}, ["r-held"], "renewed", "refreshed", []),
    ("force, expired", held(3600), {"force": True}, [PASSWORD], "granted", "granted", []),
    (
        "force, fresh without a refresh token",
        held(0, refresh_token=None),
        {"force": True},
        [PASSWORD],
        "granted",
        "granted",
        [],
    ),
    ("refresh token given", None, {"refresh_token": "r-given"}, ["r-given"], "renewed", "refreshed", []),
    (
        "refresh token given, another one held",
        held(0),
        {"refresh_token": "r-given"},
        ["r-given"],
        "renewed",
        "refreshed",
        [],
    ),
    ("check mode, nothing is held", None, CHECK_MODE, [PASSWORD], "granted", "granted", []),
    ("check mode, fresh", held(0), CHECK_MODE, [], "held", "stored", []),
    ("check mode, not fresh", held(3550), CHECK_MODE, [], "held", "stored", ["not renewed in check mode"]),
    ("check mode, expired", held(3600), CHECK_MODE, [PASSWORD], "granted", "granted", []),
    ("check mode, force, fresh", held(0), {**CHECK_MODE, "force": True}, [], "held", "stored", []),
    ("check mode, force, nothing is held", None, {**CHECK_MODE, "force": True}, [PASSWORD], "granted", "granted", []),
    (
        "check mode, refresh token given, fresh",
        held(0),
        {**CHECK_MODE, "refresh_token": "r-given"},
        [],
        "held",
        "stored",
        [],
    ),
    (
        "check mode, refresh token given, nothing is held",
        None,
        {**CHECK_MODE, "refresh_token": "r-given"},
        [PASSWORD],
        "granted",
        "granted",
        [],
    ),
]


@pytest.mark.parametrize(
    ("kept", "wish", "asked", "handed_out", "origin", "warnings"),
    [row[1:] for row in COURSES],
    ids=[row[0] for row in COURSES],
)
def test_course(
    kept: Token | None, wish: dict[str, Any], asked: list[str], handed_out: str, origin: str, warnings: list[str]
) -> None:
    stage = Stage(kept)
    provision = stage.obtain(**wish)
    assert stage.server.asked == asked
    assert (provision.token.access_token, provision.origin) == (handed_out, origin)
    assert len(provision.warnings) == len(warnings)
    assert [each for each, said in zip(provision.warnings, warnings) if said not in each or "None" in each] == []
    assert stage.kept() == provision.token


@pytest.mark.parametrize("kept", [row[1] for row in COURSES], ids=[row[0] for row in COURSES])
def test_nobody_asks_again_after_whoever_asked(kept: Token | None) -> None:
    stage = Stage(kept)
    first = stage.obtain()
    asked = list(stage.server.asked)
    for _turn in range(3):
        assert stage.obtain() == replace(first, origin="stored")
    assert stage.server.asked == asked


def test_a_warning_tells_until_when_the_token_is_good() -> None:
    (warning,) = Stage(held(3550, refresh_token=None)).obtain().warnings
    assert warning.startswith("the token is good until 2023-11-14T22:14:10Z only, and ")


def test_a_second_that_begins_meanwhile_is_no_reason_to_warn() -> None:
    stage = Stage(held(3540))
    ticks = itertools.count(NOW + 0.3, 0.4)
    provider = TokenProvider(stage.server, stage.shelf(token_request()), clock=lambda: next(ticks))
    assert provider.obtain(token_request(), Wish()).warnings == ()


FALLBACKS: list[tuple[str, TokenError, bool, list[str]]] = [
    # id, what the renewal fails with, is a password there, what the server is asked
    ("refused", REFUSED, True, ["r", PASSWORD]),
    ("refused as 401", TokenError("x", http_status=401), True, ["r", PASSWORD]),
    ("refused, no password", REFUSED, False, ["r"]),
    ("transport", LOST, True, ["r"]),
    ("server's trouble", TokenError("x", http_status=500), True, ["r"]),
    ("gateway's trouble", TokenError("x", http_status=503), True, ["r"]),
    ("patience", TokenError("x", http_status=429), True, ["r"]),
    ("200 without a token", TokenError("x", http_status=200), True, ["r"]),
]


@pytest.mark.parametrize(
    ("error", "has_password", "asked"), [row[1:] for row in FALLBACKS], ids=[row[0] for row in FALLBACKS]
)
def test_the_password_is_used_only_where_a_renewal_is_refused(
    error: TokenError, has_password: bool, asked: list[str]
) -> None:
    stage = Stage(refresh=error)
    user = {} if has_password else {"username": None, "password": None}
    request = token_request(refresh_token="r", **user)
    if asked[-1] == PASSWORD:
        provision = stage.obtain(request, refresh_token="r")
        assert (provision.token.access_token, provision.origin) == ("granted", "granted")
    else:
        with pytest.raises(TokenError) as caught:
            stage.obtain(request, refresh_token="r")
        assert caught.value is error
    assert stage.server.asked == asked


def test_a_stored_token_that_is_refused_renewal_is_replaced_by_the_password() -> None:
    stage = Stage(held(3550), refresh=REFUSED)
    provision = stage.obtain()
    assert (provision.token, provision.origin, provision.warnings) == (granted(), "granted", ())
    assert stage.server.asked == ["r-held", PASSWORD]
    assert stage.obtain().token == granted()
    assert len(stage.server.asked) == 2


TROUBLES = [row[1] for row in FALLBACKS if len(row[3]) == 1 and row[2]]


@pytest.mark.parametrize("error", TROUBLES, ids=[str(each.http_status or "no answer") for each in TROUBLES])
def test_a_token_stays_good_though_renewing_it_failed(error: TokenError) -> None:
    stage = Stage(held(3550), refresh=error)
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin) == ("held", "stored")
    assert len(provision.warnings) == 1
    assert f"renewing it failed: {error.cause}" in provision.warnings[0]
    assert stage.server.asked == ["r-held"]


def test_a_renewal_that_failed_is_not_tried_again_at_once() -> None:
    stage = Stage(held(3550), refresh=LOST)
    for later in (0, 1, 29):
        stage.now = NOW + later
        assert stage.obtain().token.access_token == "held"
    assert stage.server.asked == ["r-held"]
    stage.now = NOW + 30
    stage.server.refresh = renewed()
    assert stage.obtain().token.access_token == "renewed"
    assert stage.server.asked == ["r-held"] * 2


def test_a_token_that_ends_in_the_pause_is_asked_for_anew() -> None:
    stage = Stage(held(3590), refresh=LOST)
    stage.obtain()
    stage.now = NOW + 10
    assert stage.obtain().token.access_token == "granted"
    assert stage.server.asked == ["r-held", PASSWORD]


def test_who_gets_a_token_in_the_pause_is_warned_as_well() -> None:
    """What is handed out is good for min_validity, or comes with a warning that says why it is not."""
    stage = Stage(held(3550), refresh=LOST)
    assert len(stage.obtain().warnings) == 1
    stage.now = NOW + 1
    assert len(stage.obtain().warnings) == 1


def test_a_held_token_is_kept_where_the_password_has_no_answer_either() -> None:
    stage = Stage(held(3550), refresh=REFUSED, password=LOST)
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin, len(provision.warnings)) == ("held", "stored", 1)


NEARLY_USED_UP = granted(expires_in=59)


def test_a_nearly_used_up_token_is_renewed_once() -> None:
    stage = Stage(password=NEARLY_USED_UP)
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin, provision.warnings) == ("renewed", "refreshed", ())
    assert stage.server.asked == [PASSWORD, "r-granted"]


def test_a_nearly_used_up_token_without_a_refresh_token() -> None:
    stage = Stage(password=granted(expires_in=59, refresh_token=None))
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin) == ("granted", "granted")
    assert ["cannot be renewed" in warning for warning in provision.warnings] == [True]
    assert stage.server.asked == [PASSWORD]


def test_a_nearly_used_up_token_is_not_renewed_in_check_mode() -> None:
    stage = Stage(password=NEARLY_USED_UP)
    provision = stage.obtain(may_renew=False)
    assert (provision.token.access_token, provision.origin, len(provision.warnings)) == ("granted", "granted", 1)
    assert stage.server.asked == [PASSWORD]


NEARLY_USED_UP_FAILURES = [("refused", REFUSED), ("no answer", LOST)]


@pytest.mark.parametrize(
    "error", [row[1] for row in NEARLY_USED_UP_FAILURES], ids=[row[0] for row in NEARLY_USED_UP_FAILURES]
)
class TestANearlyUsedUpTokenThatCannotBeRenewed:
    def test_it_is_handed_out_with_a_warning(self, error: TokenError) -> None:
        stage = Stage(password=NEARLY_USED_UP, refresh=error)
        provision = stage.obtain()
        assert provision.token.access_token == "granted"
        assert stage.server.asked == [PASSWORD, "r-granted"]
        assert len(provision.warnings) == 1

    def test_it_was_granted_and_not_stored(self, error: TokenError) -> None:
        assert Stage(password=NEARLY_USED_UP, refresh=error).obtain().origin == "granted"

    def test_the_next_host_does_not_ask_again(self, error: TokenError) -> None:
        stage = Stage(password=NEARLY_USED_UP, refresh=error)
        for _turn in range(3):
            assert stage.obtain().token.access_token == "granted"
        assert stage.server.asked == [PASSWORD, "r-granted"]


def test_a_renewal_refused_and_a_nearly_used_up_token_from_the_password_end_there() -> None:
    stage = Stage(held(3550), refresh=REFUSED, password=NEARLY_USED_UP)
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin, len(provision.warnings)) == ("granted", "granted", 1)
    assert stage.server.asked == ["r-held", PASSWORD]


@pytest.mark.parametrize("sent", [None, "", "r-held"])
def test_a_server_that_does_not_rotate_refresh_tokens(sent: str | None) -> None:
    stage = Stage(held(3550), refresh=renewed(refresh_token=sent))
    assert stage.obtain().token.refresh_token == "r-held"
    stage.now = NOW + 3550
    stage.obtain()
    assert stage.server.asked == ["r-held", "r-held"]


def test_a_server_that_rotates_refresh_tokens() -> None:
    stage = Stage(held(3550))
    stage.obtain()
    stage.now = NOW + 3550
    stage.obtain()
    assert stage.server.asked == ["r-held", "r-renewed"]


@pytest.mark.parametrize("seconds", [3601, 7200, 10**9])
@pytest.mark.parametrize("kept", [None, held(0), held(3550)], ids=["nothing is held", "fresh", "not fresh"])
def test_more_than_the_server_ever_gives_is_no_loop(kept: Token | None, seconds: int) -> None:
    stage = Stage(kept)
    for _turn in range(5):
        assert stage.obtain(min_validity=seconds).token.access_token == "renewed"
    assert stage.server.asked[-1].startswith("r-")
    assert len(stage.server.asked) == (2 if kept is None else 1)


def test_more_than_the_server_ever_gives_is_warned_of() -> None:
    """What is handed out is good for min_validity, or comes with a warning that says why it is not."""
    stage = Stage()
    assert [len(stage.obtain(min_validity=7200).warnings) for turn in range(2)] == [1, 1]


def test_short_lived_tokens_are_no_loop() -> None:
    stage = Stage(password=granted(expires_in=30), refresh=renewed(expires_in=30))
    for _turn in range(5):
        stage.obtain()
    assert stage.server.asked == [PASSWORD, "r-granted"]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_rejection_is_remembered(status: int) -> None:
    refused = TokenError("turned down", hint="Check it", error="e", http_status=status, url=TOKEN_URL, attempts=1)
    stage = Stage(password=refused)
    for later in (0, 1, 9999):
        stage.now = NOW + later
        with pytest.raises(TokenError) as caught:
            stage.obtain()
        assert (caught.value.message, caught.value.failure()) == (refused.message, refused.failure())
    assert stage.server.asked == [PASSWORD]


def test_a_rejection_concerns_the_same_credentials_alone() -> None:
    stage = Stage(password=REFUSED)
    with pytest.raises(TokenError):
        stage.obtain()
    stage.server.password = granted()
    assert stage.obtain(token_request(password="changed")).token == granted()
    with pytest.raises(TokenError):
        stage.obtain()
    assert len(stage.server.asked) == 2


def test_force_forgets_a_rejection() -> None:
    stage = Stage(password=REFUSED)
    for _turn in range(2):
        with pytest.raises(TokenError):
            stage.obtain(force=True)
    assert len(stage.server.asked) == 2
    stage.server.password = granted()
    assert stage.obtain(force=True).token == granted()
    assert stage.obtain().token == granted()
    assert len(stage.server.asked) == 3


def test_force_forgets_a_rejection_in_check_mode_too() -> None:
    """There it has no effect only while there is a stored token."""
    stage = Stage(password=REFUSED)
    with pytest.raises(TokenError):
        stage.obtain()
    stage.server.password = granted()
    assert stage.obtain(force=True, may_renew=False).token == granted()


def test_a_rejected_password_is_not_sent_again_by_who_gives_a_refresh_token() -> None:
    stage = Stage(password=REFUSED, refresh=REFUSED)
    request = token_request(refresh_token="r-given")
    for _turn in range(3):
        with pytest.raises(TokenError):
            stage.obtain(request, refresh_token="r-given")
    assert stage.server.asked.count(PASSWORD) == 1


def test_a_fresh_token_is_handed_out_in_spite_of_a_rejection() -> None:
    stage = Stage(held(0))
    stage.shelf(token_request()).put_failure(REFUSED, at=NOW)
    assert stage.obtain().token == held(0)


def test_who_waited_while_the_server_gave_no_answer_is_told_so() -> None:
    stage = Stage(password=LOST)

    class LateShelf(TokenShelf):
        def locks(self, *, seconds: float) -> Any:
            """Wait while another process asks in vain."""
            stage.now += 5
            with pytest.raises(TokenError):
                stage.obtain()
            return super().locks(seconds=seconds)

    request = token_request()
    late = TokenProvider(
        stage.server, LateShelf(seal_for(request), tokens=stage.tokens, run=stage.run), clock=lambda: stage.now
    )
    with pytest.raises(TokenError) as caught:
        late.obtain(request, Wish())
    assert caught.value.message == LOST.message
    assert stage.server.asked == [PASSWORD]
    stage.now += 0.1
    with pytest.raises(TokenError):
        stage.obtain()
    assert stage.server.asked == [PASSWORD] * 2


def test_who_waited_takes_what_the_other_got() -> None:
    stage, request = Stage(), token_request()

    class LateShelf(TokenShelf):
        def locks(self, *, seconds: float) -> Any:
            """Wait while another process asks."""
            stage.obtain()
            return super().locks(seconds=seconds)

    late = TokenProvider(
        stage.server, LateShelf(seal_for(request), tokens=stage.tokens, run=stage.run), clock=lambda: stage.now
    )
    provision = late.obtain(request, Wish())
    assert (provision.token, provision.origin) == (granted(), "stored")
    assert stage.server.asked == [PASSWORD]


def test_a_refresh_token_alone_gets_nothing_new_in_check_mode() -> None:
    stage, request = Stage(), token_request(refresh_token="r", username=None, password=None)
    with pytest.raises(OptionError, match="password is missing, and a refresh token is not renewed in check mode"):
        stage.obtain(request, refresh_token="r", may_renew=False)
    assert stage.server.asked == []


@pytest.mark.parametrize("has_password", [True, False], ids=["with a password", "alone"])
def test_of_many_hosts_that_give_the_same_refresh_token_one_renews(has_password: bool) -> None:
    stage = Stage(held(0))
    request = token_request(refresh_token="r-given") if has_password else _of_a_refresh_token("r-given")
    provisions = [stage.obtain(request, refresh_token="r-given") for turn in range(3)]
    assert [provision.origin for provision in provisions] == ["refreshed", "stored", "stored"]
    assert {provision.token.access_token for provision in provisions} == {"renewed"}
    assert stage.server.asked == ["r-given"]


@pytest.mark.parametrize("has_password", [True, False], ids=["with a password", "alone"])
def test_who_waited_while_a_renewal_got_no_answer_is_told_so(has_password: bool) -> None:
    stage = Stage(refresh=LOST)
    request = token_request(refresh_token="r-given") if has_password else _of_a_refresh_token("r-given")

    class LateShelf(TokenShelf):
        def locks(self, *, seconds: float) -> Any:
            """Wait while another process asks in vain."""
            with pytest.raises(TokenError):
                stage.obtain(request, refresh_token="r-given")
            return super().locks(seconds=seconds)

    late = LateShelf(seal_for(request, refresh_token="r-given"), tokens=stage.tokens, run=stage.run)
    with pytest.raises(TokenError) as caught:
        TokenProvider(stage.server, late, clock=lambda: stage.now).obtain(request, Wish(refresh_token="r-given"))
    assert caught.value.message == LOST.message
    assert stage.server.asked == ["r-given"]


def test_a_refused_refresh_token_alone_is_sent_once() -> None:
    stage = Stage(refresh=REFUSED)
    for _turn in range(3):
        with pytest.raises(TokenError) as caught:
            stage.obtain(_of_a_refresh_token("r-given"), refresh_token="r-given")
        assert caught.value.message == REFUSED.message
    assert stage.server.asked == ["r-given"]


def test_another_refresh_token_is_renewed_on_its_own() -> None:
    stage = Stage()
    for name in ("r-bob", "r-eve"):
        for request in (_of_a_refresh_token(name), token_request(refresh_token=name)):
            assert stage.obtain(request, refresh_token=name).origin == "refreshed"
    assert stage.server.asked == ["r-bob", "r-bob", "r-eve", "r-eve"]


def test_a_token_of_unknown_end_that_could_not_be_renewed_is_left_alone_for_a_while() -> None:
    stage = Stage(held(300, expires_in=None), refresh=LOST)
    for _turn in range(3):
        assert stage.obtain().token.access_token == "held"
    assert stage.server.asked == ["r-held"]


def _of_a_refresh_token(name: str) -> TokenRequest:
    return token_request(refresh_token=name, username=None, password=None)


ALONE: list[tuple[str, TokenError | None, bool]] = [
    ("refused", REFUSED, True),
    ("no answer", LOST, True),
    ("check mode", None, False),
]


@pytest.mark.parametrize(("error", "may_renew"), [row[1:] for row in ALONE], ids=[row[0] for row in ALONE])
def test_who_gives_a_refresh_token_alone_never_gets_the_token_of_another(
    error: TokenError | None, may_renew: bool
) -> None:
    stage = Stage(refresh=renewed(access_token="of bob"))
    stage.obtain(_of_a_refresh_token("r-bob"), refresh_token="r-bob")
    if error is not None:
        stage.server.refresh = error
    with pytest.raises(TokenError):
        stage.obtain(_of_a_refresh_token("r-eve"), refresh_token="r-eve", may_renew=may_renew)


def test_the_lock_is_held_while_the_server_is_asked_and_only_then() -> None:
    stage = Stage()
    seen: list[list[str]] = []
    stage.server.while_asked = lambda: seen.append(list(stage.tokens.held))
    stage.obtain()
    stage.obtain()
    name = seal_for(token_request()).name
    assert (seen, stage.tokens.locked_names) == ([[name]], [name])


def test_the_lock_is_released_by_who_fails() -> None:
    stage = Stage(password=REFUSED)
    with pytest.raises(TokenError):
        stage.obtain()
    assert stage.tokens.held == []
    assert len(stage.tokens.locked_names) == 1


@pytest.mark.parametrize("timeout", [1, 30, 300])
def test_the_lock_is_waited_for_as_long_as_its_holder_may_take(timeout: int) -> None:
    waited: list[float] = []

    class Shelf(TokenShelf):
        def locks(self, *, seconds: float) -> Any:
            waited.append(seconds)
            return super().locks(seconds=seconds)

    request = token_request(timeout=timeout)
    TokenProvider(Server(), Shelf(seal_for(request), tokens=None, run=None)).obtain(request, Wish())
    assert len(waited) == 1
    assert waited[0] > 2 * timeout


BROKEN_STORES: list[tuple[str, tuple[str, ...], list[str]]] = [
    # id, what is broken, causes that the warnings name
    ("reading", ("read",), []),
    ("writing", ("write",), ["no write today"]),
    ("locking", ("lock",), ["no lock today"]),
    ("everything", ("read", "write", "delete", "lock"), ["no lock today"]),
]


@pytest.mark.parametrize(
    ("broken", "causes"), [row[1:] for row in BROKEN_STORES], ids=[row[0] for row in BROKEN_STORES]
)
def test_a_broken_store_costs_a_warning_and_no_token(broken: tuple[str, ...], causes: list[str]) -> None:
    stage = Stage()
    stage.tokens.broken = set(broken)
    provision = stage.obtain()
    assert (provision.token, provision.origin) == (granted(), "granted")
    assert stage.server.asked == [PASSWORD]
    told = " / ".join(provision.warnings)
    assert [cause for cause in causes if cause not in told] == []
    assert len(provision.warnings) == len(causes)


@pytest.mark.parametrize("broken", [("write",), ("lock", "write"), ("read", "write", "delete", "lock")])
def test_where_the_store_is_broken_the_run_still_asks_once(broken: tuple[str, ...]) -> None:
    stage = Stage()
    stage.tokens.broken = set(broken)
    assert [stage.obtain().origin for _turn in range(3)] == ["granted", "stored", "stored"]
    assert stage.server.asked == [PASSWORD]
    # Mended again, the store has it, and the run nothing beside it that could outlive it there.
    stage.tokens.broken = set()
    assert stage.obtain(force=True).origin == "refreshed"
    stage.tokens.entries.clear()
    assert stage.obtain().origin == "granted"


def test_a_broken_store_of_the_run_costs_a_warning_and_no_token() -> None:
    stage = Stage()
    stage.run.broken = {"read", "write", "delete", "lock"}
    provision = stage.obtain()
    assert (provision.token, stage.kept()) == (granted(), granted())
    assert ["no lock today" in warning for warning in provision.warnings] == [True]


def test_a_broken_store_does_not_hide_why_there_is_no_token() -> None:
    stage = Stage(password=REFUSED)
    stage.tokens.broken = stage.run.broken = {"read", "write", "delete", "lock"}
    with pytest.raises(TokenError) as caught:
        stage.obtain()
    assert caught.value is REFUSED


def test_a_renewed_token_is_handed_out_though_it_cannot_be_kept() -> None:
    stage = Stage(held(3550))
    stage.tokens.broken = {"write"}
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin) == ("renewed", "refreshed")
    assert ["no write today" in warning for warning in provision.warnings] == [True]


def test_no_store_asks_each_time() -> None:
    server, request = Server(), token_request()
    for _turn in range(2):
        shelf = TokenShelf(seal_for(request), tokens=None, run=None)
        provision = TokenProvider(server, shelf, clock=lambda: NOW).obtain(request, Wish())
        assert (provision.origin, provision.warnings) == ("granted", ())
    assert server.asked == [PASSWORD] * 2


SCOPES: list[tuple[str, list[str], str, str | None]] = [
    ("none asked", [], "default", None),
    ("all granted", ["a", "b"], "b a", None),
    ("one dropped", ["a", "b"], "a", "the server did not grant the scope b"),
    ("all dropped", ["a", "b"], "default", "the server did not grant the scope a b"),
]


@pytest.mark.parametrize("is_stored", [False, True], ids=["granted", "stored"])
@pytest.mark.parametrize(("asked", "scope", "problem"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
class TestDroppedScopes:
    def test_they_are_told(self, asked: list[str], scope: str, problem: str | None, is_stored: bool) -> None:
        stage, request = Stage(password=granted(scope=scope)), token_request(scope=asked)
        if is_stored:
            stage.obtain(request)
        provision = stage.obtain(request)
        assert provision.warnings == ((problem,) if problem else ())
        assert len(stage.server.asked) == 1

    def test_they_fail_where_all_are_required(
        self, asked: list[str], scope: str, problem: str | None, is_stored: bool
    ) -> None:
        stage, request = Stage(password=granted(scope=scope)), token_request(scope=asked)
        if is_stored:
            stage.obtain(request)
        if problem is None:
            assert stage.obtain(request, require_scope=True).warnings == ()
        else:
            with pytest.raises(ScopeError) as caught:
                stage.obtain(request, require_scope=True)
            assert caught.value.cause == problem
            assert (caught.value.error, caught.value.url, caught.value.attempts) == (None, TOKEN_URL, 1)
            assert "require_scope: false" in (caught.value.hint or "")
        assert len(stage.server.asked) == 1


def test_a_dropped_scope_is_no_rejection() -> None:
    stage, request = Stage(password=granted(scope="a")), token_request(scope=["a", "b"])
    with pytest.raises(ScopeError):
        stage.obtain(request, require_scope=True)
    assert stage.obtain(request).token.scope == ("a",)
    assert len(stage.server.asked) == 1


@pytest.mark.parametrize("kept", [None, granted()], ids=["granted", "stored"])
def test_suspicious_credentials_are_told_without_their_value(kept: Token | None) -> None:
    stage, request = Stage(), token_request(consumer_secret="s3cret\n", scope=["x"])
    if kept is not None:
        stage.shelf(request).put_token(kept)
    assert stage.obtain(request).warnings == (
        "consumer_secret begins or ends with white space, and is sent so",
        "the server did not grant the scope x",
    )


def test_a_provider_forgets_its_warnings() -> None:
    request = token_request(scope=["x"])
    provider = TokenProvider(Server(), TokenShelf(seal_for(request), tokens=None, run=None), clock=lambda: NOW)
    assert provider.obtain(request, Wish()).warnings == provider.obtain(request, Wish()).warnings


WISHES: list[tuple[str, dict[str, Any], bool, Wish]] = [
    ("nothing", {}, False, Wish()),
    ("check mode", {}, True, Wish(may_renew=False)),
    ("force", {"force": True}, False, Wish(force=True)),
    ("require_scope", {"require_scope": True}, False, Wish(require_scope=True)),
    ("refresh token", {"refresh_token": "r"}, False, Wish(refresh_token="r")),
    ("no min_validity", {"min_validity": 0}, False, Wish(min_validity=0)),
    ("min_validity", {"min_validity": 900}, False, Wish(min_validity=900)),
]


@pytest.mark.parametrize(("changes", "check_mode", "wish"), [row[1:] for row in WISHES], ids=[row[0] for row in WISHES])
def test_wishes(changes: dict[str, Any], check_mode: bool, wish: Wish) -> None:
    assert Wish.from_options(options(**changes), check_mode=check_mode) == wish


def test_the_lookup_knows_no_refresh_token() -> None:
    of_the_lookup = {name: value for name, value in options().items() if name != "refresh_token"}
    assert Wish.from_options(of_the_lookup, check_mode=False) == Wish()


def test_a_negative_min_validity() -> None:
    with pytest.raises(OptionError, match="min_validity must not be negative"):
        Wish.from_options(options(min_validity=-1), check_mode=False)


class SlowServer:
    """Writes down in a file that it was asked, so that every process can see it."""

    def __init__(self, log: Path, outcome: TokenError | None = None) -> None:
        self._log = log
        self._outcome = outcome

    def password_grant(self, request: TokenRequest) -> Token:
        with open(self._log, "a", encoding="utf-8") as log:
            log.write("asked\n")
        time.sleep(0.2)
        if self._outcome is not None:
            raise self._outcome
        return token(asked_at=int(time.time()), access_token=f"of {os.getpid()} at {time.monotonic_ns()}")

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        raise AssertionError("nothing is to be renewed")


def _obtain(directory: Path, outcome: TokenError | None, together: Any, put: Callable[[str], Any]) -> None:
    request = token_request()
    shelf = TokenShelf(
        seal_for(request), tokens=DirectoryStore(str(directory / "kept")), run=DirectoryStore(str(directory / "run"))
    )
    together.wait(PATIENCE)
    try:
        put(TokenProvider(SlowServer(directory / "log", outcome), shelf).obtain(request, Wish()).token.access_token)
    except TokenError as error:
        put(error.message)


OUTCOMES = [("a token", None), ("a rejection", REFUSED), ("no answer", LOST)]


@pytest.mark.parametrize("outcome", [row[1] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES])
def test_of_many_threads_one_asks(tmp_path: Path, outcome: TokenError | None) -> None:
    results: list[str] = []
    arguments = (tmp_path, outcome, threading.Barrier(4), results.append)
    threads = [threading.Thread(target=_obtain, args=arguments) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert (len(results), len(set(results))) == (4, 1)
    assert (tmp_path / "log").read_text("utf-8") == "asked\n"


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("outcome", [row[1] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES])
def test_of_many_processes_one_asks(tmp_path: Path, outcome: TokenError | None) -> None:
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    arguments = (tmp_path, outcome, context.Barrier(4), results.put)
    processes = [context.Process(target=_obtain, args=arguments) for turn in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    assert [process.exitcode for process in processes] == [0] * 4
    assert len({results.get() for process in processes}) == 1
    assert (tmp_path / "log").read_text("utf-8") == "asked\n"


def test_a_renewal_that_names_no_scope_leaves_it_as_it_was() -> None:
    stage = Stage(held(3590, scope="orders_read"), refresh=renewed(scope=None))
    provision = stage.obtain()
    assert (provision.origin, provision.token.scope) == ("refreshed", ("orders_read",))


def test_force_takes_what_another_got_while_it_waited() -> None:
    """Many hosts that want a new token at a time must not revoke each other's."""
    stage = Stage(kept=granted(access_token="old"))
    request = token_request()

    class Shelf(TokenShelf):
        def locks(self, *, seconds: float) -> Any:
            self.put_token(granted(access_token="new"))
            return super().locks(seconds=seconds)

    shelf = Shelf(seal_for(request), tokens=stage.tokens, run=stage.run)
    provision = TokenProvider(stage.server, shelf, clock=lambda: stage.now).obtain(request, Wish(force=True))
    assert (provision.token.access_token, provision.origin) == ("new", "stored")
    assert stage.server.asked == []
