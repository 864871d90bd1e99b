# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shelf: the token of one request, and why it got none, as the stores hold them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import Seal, seal_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf, shelf_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import StoreError
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    PASSWORD,
    REFRESH_TOKEN,
    token,
    token_request,
)
from ansible_collections.apiops.wso2.tests.unit.memory_store import MemoryStore

SEAL = seal_for(token_request())
REFUSED = TokenError(
    "HTTP 400, invalid_grant",
    hint="Check username and password",
    error="invalid_grant",
    error_description="Authentication failed",
    http_status=400,
    url="https://h/token",
    attempts=1,
)


class Stores:
    def __init__(self, *broken: str) -> None:
        self.tokens, self.run = MemoryStore(*broken), MemoryStore()

    def shelf(self, seal: Seal = SEAL) -> TokenShelf:
        return TokenShelf(seal, tokens=self.tokens, run=self.run)


@pytest.fixture
def stores() -> Stores:
    return Stores()


def test_an_empty_shelf(stores: Stores) -> None:
    assert stores.shelf().token() is None
    assert stores.shelf().failure(since=0) is None


def test_a_token_is_found_by_who_asks_for_the_same(stores: Stores) -> None:
    kept = token(id_token="i.d.t", jwt_token={"a": [1]})
    stores.shelf().put_token(kept)
    assert stores.shelf().token() == kept
    assert stores.shelf(seal_for(token_request(password="wrong"))).token() is None


def test_a_dropped_token_is_gone(stores: Stores) -> None:
    stores.shelf().put_token(token())
    stores.shelf().drop_token()
    assert stores.shelf().token() is None
    TokenShelf(SEAL, tokens=None, run=None).drop_token()


DAY = 24 * 60 * 60
USES = [
    # id, token, for how many seconds it is of use
    ("renewable", token(expires_in=3600), 3600 + DAY),
    ("not renewable", token(expires_in=3600, refresh_token=None), 3601),
    ("ends at once", token(expires_in=0, refresh_token=None), 1),
    ("unknown end", token(expires_in=None, refresh_token=None), DAY),
    ("never ends", token(expires_in=2**63 - 1, refresh_token=None), DAY),
]


@pytest.mark.parametrize(("kept", "seconds"), [row[1:] for row in USES], ids=[row[0] for row in USES])
def test_a_store_is_told_how_long_a_token_is_of_use(stores: Stores, kept: Token, seconds: int) -> None:
    stores.shelf().put_token(kept)
    assert stores.tokens.seconds == {SEAL.name: seconds}


def test_a_token_replaces_the_one_before(stores: Stores) -> None:
    for access_token in ("first", "second"):
        stores.shelf().put_token(token(access_token=access_token))
    found = stores.shelf().token()
    assert found is not None
    assert found.access_token == "second"


def test_the_stores_hold_nothing_in_clear(stores: Stores) -> None:
    stores.shelf().put_token(token())
    stores.shelf().put_failure(REFUSED, at=5)
    held = [*stores.tokens.entries.items(), *stores.run.entries.items()]
    assert len(held) == 2
    for name, sealed in held:
        assert name.split(".")[0] == SEAL.name
        for clear in (ACCESS_TOKEN, REFRESH_TOKEN, PASSWORD, "alice", "invalid_grant", "access_token", "message"):
            assert clear.encode() not in sealed


def test_failures_stay_in_the_run(stores: Stores) -> None:
    stores.shelf().put_failure(REFUSED, at=5)
    assert stores.tokens.entries == {}
    assert len(stores.run.entries) == 1


def test_a_failure_is_told_again_unchanged(stores: Stores) -> None:
    stores.shelf().put_failure(REFUSED, at=5)
    found = stores.shelf().failure(since=9**9)
    assert found is not None
    assert (found.message, found.failure(), found.refused) == (REFUSED.message, REFUSED.failure(), True)
    assert stores.shelf(seal_for(token_request(password="other"))).failure(since=0) is None


FAILURES: list[tuple[str, TokenError, float, bool]] = [
    # id, failure at 100.5, since, whether it is told
    ("refused, waited meanwhile", TokenError("x", http_status=400), 100, True),
    ("refused, came later", TokenError("x", http_status=400), 101, True),
    ("refused as 401, came later", TokenError("x", http_status=401), 9**9, True),
    ("refused as 403, came later", TokenError("x", http_status=403), 9**9, True),
    ("no answer, waited meanwhile", TransportError("x"), 100, True),
    ("no answer, came at that moment", TransportError("x"), 100.5, True),
    ("no answer, came later", TransportError("x"), 100.6, False),
    ("server's trouble, waited meanwhile", TokenError("x", http_status=503), 100, True),
    ("server's trouble, came later", TokenError("x", http_status=503), 101, False),
    ("patience, came later", TokenError("x", http_status=429), 101, False),
    ("slow, came later", TokenError("x", http_status=408), 101, False),
    ("200 without a token, came later", TokenError("x", http_status=200), 101, False),
]


@pytest.mark.parametrize(("error", "since", "told"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES])
def test_who_is_told_of_a_failure(stores: Stores, error: TokenError, since: float, told: bool) -> None:
    stores.shelf().put_failure(error, at=100.5)
    assert (stores.shelf().failure(since=since) is not None) is told


def test_a_token_forgets_the_failure(stores: Stores) -> None:
    stores.shelf().put_failure(REFUSED, at=5)
    stores.shelf().put_token(token())
    assert stores.shelf().failure(since=0) is None
    assert stores.run.entries == {}


def test_a_token_that_cannot_be_kept_forgets_the_failure_too(stores: Stores) -> None:
    stores.shelf().put_failure(REFUSED, at=5)
    stores.tokens.broken = {"write"}
    with pytest.raises(StoreError):
        stores.shelf().put_token(token())
    assert stores.shelf().failure(since=0) is None


ENTRY = token().to_entry()
MISSES: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("a byte", b"x"),
    ("in clear", json.dumps(ENTRY).encode()),
    ("another seal's", seal_for(token_request(password="other")).close(json.dumps(ENTRY).encode())),
    ("cut off", SEAL.close(json.dumps(ENTRY).encode())[:-1]),
    ("sealed nothing", SEAL.close(b"")),
    ("sealed text that is no JSON", SEAL.close(b"{")),
    ("sealed bytes that are no text", SEAL.close(b"\xff\xfe\x00\x80")),
    ("sealed null", SEAL.close(b"null")),
    ("sealed number", SEAL.close(b"5")),
    ("sealed text", SEAL.close(b'"access_token"')),
    ("sealed list", SEAL.close(b"[1]")),
    ("sealed empty mapping", SEAL.close(b"{}")),
    ("of a later version", SEAL.close(json.dumps({**ENTRY, "colour": "red"}).encode())),
]


@pytest.mark.parametrize("sealed", [row[1] for row in MISSES], ids=[row[0] for row in MISSES])
def test_what_is_no_token_is_a_miss(stores: Stores, sealed: bytes) -> None:
    stores.tokens.entries[SEAL.name] = sealed
    assert stores.shelf().token() is None
    stores.shelf().put_token(token())
    assert stores.shelf().token() == token()


FAILURE = {"message": REFUSED.message, "failure": REFUSED.failure(), "at": 5}
FAILURE_MISSES: list[tuple[str, bytes]] = [
    *MISSES[:-1],
    ("a token", SEAL.close(json.dumps(ENTRY).encode())),
    ("time is a text", SEAL.close(json.dumps({"message": "x", "failure": {"url": "x"}, "at": "noon"}).encode())),
    ("failure is a text", SEAL.close(json.dumps({**FAILURE, "failure": "HTTP 400"}).encode())),
]


@pytest.mark.parametrize("sealed", [row[1] for row in FAILURE_MISSES], ids=[row[0] for row in FAILURE_MISSES])
def test_what_is_no_failure_is_a_miss(stores: Stores, sealed: bytes) -> None:
    stores.shelf().put_failure(REFUSED, at=5)
    (name,) = stores.run.entries
    stores.run.entries[name] = sealed
    assert stores.shelf().failure(since=0) is None


def test_a_failure_is_no_token(stores: Stores) -> None:
    stores.shelf().put_failure(REFUSED, at=5)
    (sealed,) = stores.run.entries.values()
    stores.tokens.entries[SEAL.name] = sealed
    assert stores.shelf().token() is None


def test_a_copied_entry_is_not_opened_for_somebody_else(stores: Stores) -> None:
    """Not even in a process that has opened it for who may have it."""
    other = seal_for(token_request(password="wrong"))
    stores.shelf().put_token(token())
    assert stores.shelf().token() == token()
    stores.tokens.entries[other.name] = stores.tokens.entries[SEAL.name]
    assert stores.shelf(other).token() is None


def test_an_entry_that_another_could_not_open_is_opened_by_who_can(stores: Stores) -> None:
    other = seal_for(token_request(password="wrong"))
    stores.shelf().put_token(token())
    stores.tokens.entries[other.name] = stores.tokens.entries[SEAL.name]
    assert stores.shelf(other).token() is None
    assert stores.shelf().token() == token()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What is unsealed, in order."""
    sealed_entries: list[bytes] = []
    unseal = Seal.open

    def counted(self: Seal, sealed: bytes) -> bytes | None:
        sealed_entries.append(sealed)
        return unseal(self, sealed)

    monkeypatch.setattr(Seal, "open", counted)
    return sealed_entries


def test_what_is_read_again_is_unsealed_once(stores: Stores, opened: list[bytes]) -> None:
    stores.shelf().put_token(token())
    for _turn in range(3):
        assert stores.shelf().token() == token()
    assert len(opened) == 1
    stores.shelf().put_token(token())
    assert stores.shelf().token() == token()
    assert len(opened) == 2


def test_what_was_handed_out_can_be_changed_without_harm(stores: Stores) -> None:
    stores.shelf().put_token(token(nested={"a": [1]}))
    handed_out: Any = stores.shelf().token()
    result = handed_out.to_result(now=0)
    result["extra"]["more"] = 1
    result["scope"].append("more")
    assert stores.shelf().token() == token(nested={"a": [1]})


@pytest.mark.parametrize("run", [None, MemoryStore()], ids=["nothing", "the run"])
def test_no_store_keeps_no_token(run: MemoryStore | None) -> None:
    shelf = TokenShelf(SEAL, tokens=None, run=run)
    shelf.put_token(token())
    assert shelf.token() is None
    assert len(shelf.locks(seconds=1)) == (run is not None)


def test_no_store_at_all_keeps_no_failure() -> None:
    shelf = TokenShelf(SEAL, tokens=None, run=None)
    shelf.put_failure(REFUSED, at=5)
    assert shelf.failure(since=0) is None


def test_the_trouble_that_is_told_is_that_of_the_store_asked_for() -> None:
    stores = Stores("write")
    stores.run.write = lambda *args, **kwargs: _fail("no room in the run")  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="no write today"):
        stores.shelf().put_token(token())


def _fail(why: str) -> None:
    raise StoreError(why)


def test_the_locks_are_those_of_the_tokens_and_of_the_run(stores: Stores) -> None:
    for store, lock in zip((stores.tokens, stores.run), stores.shelf().locks(seconds=1)):
        with lock:
            assert store.held == [SEAL.name]
    assert (stores.tokens.held, stores.run.held) == ([], [])


def test_a_store_that_is_the_runs_is_locked_once() -> None:
    store = MemoryStore()
    (lock,) = TokenShelf(SEAL, tokens=store, run=store).locks(seconds=1)
    with lock:
        assert store.held == [SEAL.name]


def test_trouble_is_a_miss_on_reading_and_told_on_writing() -> None:
    stores = Stores("read", "write", "lock")
    stores.run.broken = {"read", "write"}
    shelf = stores.shelf()
    assert shelf.token() is None
    assert shelf.failure(since=0) is None
    with pytest.raises(StoreError, match="no write today"):
        shelf.put_token(token())
    with pytest.raises(StoreError, match="no write today"):
        shelf.put_failure(REFUSED, at=5)
    with pytest.raises(StoreError, match="no lock today"), shelf.locks(seconds=1)[0]:
        pass


SHELVES = [
    # id, token_store, whether a token, and whether a failure, is there for the next who asks
    ("the run's", "run", True, True),
    ("none", "none", False, False),
    ("a directory", "{directory}", True, True),
]


@pytest.mark.parametrize(
    ("token_store", "keeps_tokens", "keeps_failures"), [row[1:] for row in SHELVES], ids=[row[0] for row in SHELVES]
)
def test_shelf_for(token_store: str, keeps_tokens: bool, keeps_failures: bool, tmp_path: Any) -> None:
    named = token_store.format(directory=tmp_path / "kept")
    shelf_for(token_request(), named).put_token(token())
    assert (shelf_for(token_request(), named).token() is not None) is keeps_tokens
    assert shelf_for(token_request(), named, place="web1").token() is None
    shelf_for(token_request(), named).put_failure(REFUSED, at=5)
    assert (shelf_for(token_request(), named).failure(since=9) is not None) is keeps_failures


def test_a_directory_keeps_no_failures(tmp_path: Any) -> None:
    shelf_for(token_request(), str(tmp_path / "kept")).put_failure(REFUSED, at=5)
    assert not (tmp_path / "kept").exists()


def test_no_shelf_in_a_store_that_is_none() -> None:
    with pytest.raises(OptionError):
        shelf_for(token_request(), "tokens")
