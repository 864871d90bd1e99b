# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of a token: which the server is asked to revoke, what stays on the shelf, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError
from ansible_collections.apiops.wso2.plugins.plugin_utils._near_copy import NearCopy
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import seal_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_revoker import Removal, TokenRemover
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, token, token_request
from ansible_collections.apiops.wso2.tests.unit.late_shelf import LateShelf
from ansible_collections.apiops.wso2.tests.unit.memory_store import OPERATIONS, MemoryStore

LOST = TransportError("the connection was refused", attempts=4)


def held(age: int = 0, *, renewed_from: str | None = None, **changes: Any) -> Token:
    kept = token(asked_at=NOW - age, **{"access_token": "a-held", "refresh_token": "r-held", **changes})
    return replace(kept, renewed_from=renewed_from)


class Server:
    """A revoker that keeps what it is asked. answers: what comes of each request in turn, the last from then on."""

    def __init__(self, *answers: bool | TokenError | None) -> None:
        self.answers = answers or (True,)
        self.asked: list[str] = []
        self.while_asked: Callable[[], None] = lambda: None

    def revoke(self, request: TokenRequest, token: str) -> bool | None:
        self.asked.append(token)
        self.while_asked()
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, TokenError):
            raise answer
        return answer


class Stage:
    def __init__(self, kept: Token | None = None, *answers: bool | TokenError | None) -> None:
        self.server = Server(*answers)
        self.tokens, self.run = MemoryStore(), MemoryStore()
        if kept is not None:
            self.shelf().put_token(kept)

    def shelf(self, meanwhile: Callable[[], object] = lambda: None) -> LateShelf:
        return LateShelf(seal_for(token_request()), tokens=self.tokens, run=self.run, meanwhile=meanwhile)

    def remove(
        self,
        refresh_token: str | None = None,
        *,
        is_trial: bool = False,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Removal:
        """MEANWHILE: what others do until the lock is free."""
        try:
            return TokenRemover(self.server, self.shelf(meanwhile), clock=lambda: NOW).remove(
                token_request(), refresh_token=refresh_token, is_trial=is_trial
            )
        finally:
            assert self.tokens.held == []

    @property
    def keeps_something(self) -> bool:
        return bool(self.tokens.entries)


RENEWED = held(renewed_from="r-old")
COURSES: list[tuple[str, Token | None, str | None, list[str], bool]] = [
    # id, token held, refresh token given, what the server is asked to revoke, whether the shelf keeps its token
    ("nothing is held", None, None, [], False),
    ("fresh", held(), None, ["r-held", "a-held"], False),
    ("not fresh", held(3599), None, ["r-held", "a-held"], False),
    ("expired, renewable", held(3600), None, ["r-held"], False),
    ("without a refresh token", held(refresh_token=None), None, ["a-held"], False),
    ("expired, not renewable", held(3600, refresh_token=None), None, [], False),
    ("never ends", held(10**8, expires_in=2**63 - 1), None, ["r-held", "a-held"], False),
    ("the one held is given", held(), "r-held", ["r-held", "a-held"], False),
    ("the one held is given, expired", held(3600), "r-held", ["r-held"], False),
    ("the one given was renewed", RENEWED, "r-old", ["r-old", "r-held", "a-held"], False),
    ("the renewed one is given", RENEWED, "r-held", ["r-held", "a-held"], False),
    ("another is given", held(), "r-other", ["r-other"], True),
    ("another is given, nothing is held", None, "r-other", ["r-other"], False),
]


@pytest.mark.parametrize(
    ("kept", "given", "asked", "keeps"), [row[1:] for row in COURSES], ids=[row[0] for row in COURSES]
)
class TestCourses:
    def test_what_the_server_proves_to_have_revoked(
        self, kept: Token | None, given: str | None, asked: list[str], keeps: bool
    ) -> None:
        stage = Stage(kept)
        assert stage.remove(given) == Removal(changed=bool(asked), revoked=True if asked else None)
        assert (stage.server.asked, stage.keeps_something) == (asked, keeps)

    def test_what_the_server_proves_nothing_of(
        self, kept: Token | None, given: str | None, asked: list[str], keeps: bool
    ) -> None:
        """That a stored token is gone is a change; of a given one nobody knows whether it was alive."""
        stage = Stage(kept, None)
        was_stored = bool(asked) and asked != ["r-other"]
        assert stage.remove(given) == Removal(changed=was_stored, revoked=None)
        assert (stage.server.asked, stage.keeps_something) == (asked, keeps)

    def test_a_trial_asks_nothing_and_foretells(
        self, kept: Token | None, given: str | None, asked: list[str], keeps: bool
    ) -> None:
        stage = Stage(kept)
        assert stage.remove(given, is_trial=True) == Removal(changed=bool(asked))
        assert (stage.server.asked, stage.keeps_something) == ([], kept is not None)

    def test_who_comes_later_finds_nothing(
        self, kept: Token | None, given: str | None, asked: list[str], keeps: bool
    ) -> None:
        stage = Stage(kept)
        stage.remove(given)
        stage.server = Server(None)
        assert stage.remove(given).changed is False
        assert stage.server.asked == ([] if given is None else [given])


ASKING = [row for row in COURSES if row[3]]


@pytest.mark.parametrize(("kept", "given", "asked"), [row[1:4] for row in ASKING], ids=[row[0] for row in ASKING])
def test_where_the_first_request_fails_all_stays_as_it_was(
    kept: Token | None, given: str | None, asked: list[str]
) -> None:
    stage = Stage(kept, LOST)
    with pytest.raises(TransportError) as caught:
        stage.remove(given)
    assert caught.value is LOST
    assert (stage.server.asked, stage.keeps_something) == (asked[:1], kept is not None)
    stage.server = Server()
    assert stage.remove(given) == Removal(changed=True, revoked=True)


PROOFS: list[tuple[str, tuple[bool | None, bool | None], bool | None]] = [
    ("both", (True, True), True),
    ("the refresh token, and the other with it", (True, None), True),
    ("the access token alone", (None, True), True),
    ("none", (None, None), None),
]


@pytest.mark.parametrize(("proofs", "revoked"), [row[1:] for row in PROOFS], ids=[row[0] for row in PROOFS])
def test_one_proof_is_enough(proofs: tuple[bool | None, bool | None], revoked: bool | None) -> None:
    stage = Stage(held(), *proofs)
    assert stage.remove() == Removal(changed=True, revoked=revoked)
    assert len(stage.server.asked) == 2


def test_a_failure_half_way_keeps_the_entry_for_the_next_attempt() -> None:
    stage = Stage(held(), True, LOST)
    with pytest.raises(TransportError):
        stage.remove()
    assert stage.keeps_something
    stage.server = Server(None, True)
    assert stage.remove() == Removal(changed=True, revoked=True)
    assert stage.server.asked == ["r-held", "a-held"]


def test_the_lock_is_held_while_the_server_is_asked() -> None:
    stage = Stage(held())
    seen: list[list[str]] = []
    stage.server.while_asked = lambda: seen.append(list(stage.tokens.held))
    stage.remove()
    assert seen == [[seal_for(token_request()).name]] * 2


@pytest.mark.parametrize("timeout", [1, 30, 300])
def test_the_lock_is_waited_for_as_long_as_its_holder_may_take(timeout: int) -> None:
    request = token_request(timeout=timeout)
    shelf = LateShelf(seal_for(request))
    TokenRemover(Server(), shelf).remove(request, refresh_token=None)
    assert len(shelf.waited) == 1
    assert shelf.waited[0] > 2 * timeout


def test_of_two_at_once_one_revokes() -> None:
    """Who waited for the lock finds nothing to do."""
    stage = Stage(held())

    def another_removes() -> None:
        assert stage.remove() == Removal(changed=True, revoked=True)

    assert stage.remove(meanwhile=another_removes) == Removal(changed=False)
    assert stage.server.asked == ["r-held", "a-held"]


def test_what_another_machine_has_got_is_revoked_and_not_the_copy(tmp_path: Path) -> None:
    far, run = MemoryStore(), MemoryStore()

    def shelf(machine: str) -> TokenShelf:
        near = DirectoryStore(str(tmp_path / machine))
        return TokenShelf(seal_for(token_request()), tokens=NearCopy(far, near=near), run=run)

    for machine, name in (("one", "first"), ("two", "second")):
        # Without an end, for the copies are dated by the real clock, which therefore has to count.
        endless = {"expires_in": 2**63 - 1, "access_token": f"a-{name}", "refresh_token": f"r-{name}"}
        shelf(machine).put_token(held(**endless))
    server = Server()
    TokenRemover(server, shelf("one")).remove(token_request(), refresh_token=None)
    assert server.asked == ["r-second", "a-second"]
    assert list(far.entries.values()) == [b""]
    assert shelf("one").token() is None


BROKEN: list[tuple[str, str, str]] = [
    ("locking", "lock", "the token cannot be removed, because no lock today"),
    ("deleting", "delete", "the token cannot be removed, because no delete today"),
]


@pytest.mark.parametrize(("operation", "cause"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_store_that_cannot_forget_is_a_failure(operation: str, cause: str) -> None:
    stage = Stage(held())
    stage.tokens.broken = {operation}
    with pytest.raises(TokenError) as caught:
        stage.remove()
    assert caught.value.cause == cause
    assert "give the refresh_token" in (caught.value.hint or "")
    assert stage.server.asked == ([] if operation == "lock" else ["r-held", "a-held"])


def test_a_given_refresh_token_is_revoked_though_the_store_is_of_no_use() -> None:
    stage = Stage()
    stage.tokens.broken = set(OPERATIONS)
    assert stage.remove("r-given") == Removal(changed=True, revoked=True)
    assert stage.server.asked == ["r-given"]


def test_without_a_store_only_what_is_given_is_revoked() -> None:
    server, request = Server(), token_request()
    remover = TokenRemover(server, TokenShelf(seal_for(request), tokens=None, run=None), clock=lambda: NOW)
    assert remover.remove(request, refresh_token=None) == Removal(changed=False)
    assert remover.remove(request, refresh_token="r-given") == Removal(changed=True, revoked=True)
    assert server.asked == ["r-given"]
