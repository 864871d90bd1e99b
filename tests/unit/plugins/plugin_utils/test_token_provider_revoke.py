# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which tokens are revoked, which entries are deleted, and what the task returns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import Revocation
from ansible_collections.apiops.wso2.tests.unit import shared_run
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, token_request
from ansible_collections.apiops.wso2.tests.unit.shared_run import (
    NOT_FOUND,
    PASSWORD,
    UNREACHABLE,
    WRONG_CLIENT,
    SharedRun,
    cached,
    granted,
    refreshed,
)

run = shared_run.run

CASES: list[tuple[str, Token | None, str | None, list[str], bool]] = [
    # id, cached token, given refresh token, revoked tokens, is the cached token still returned
    ("nothing cached", None, None, [], False),
    ("valid", cached(), None, ["r-cached", "cached"], False),
    ("valid for a second", cached(3599), None, ["r-cached", "cached"], False),
    ("expired, with a refresh token", cached(3600), None, ["r-cached"], False),
    ("without a refresh token", cached(refresh_token=None), None, ["cached"], False),
    ("expired, without a refresh token", cached(3600, refresh_token=None), None, [], False),
    ("never expires", cached(10**8, expires_in=2**63 - 1), None, ["r-cached", "cached"], False),
    ("the cached one is given", cached(), "r-cached", ["r-cached", "cached"], False),
    ("the cached one is given, expired", cached(3600), "r-cached", ["r-cached"], False),
    ("another one is given", cached(), "r-other", ["r-other"], True),
    ("one is given, nothing cached", None, "r-other", ["r-other"], False),
]
BY_CASE = pytest.mark.parametrize(
    ("cached_token", "given", "revoked", "remains_cached"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)


@BY_CASE
class TestRevocation:
    @pytest.mark.parametrize("confirmed", [True, None], ids=["confirmed", "not confirmed"])
    def test_revoke(
        self,
        cached_token: Token | None,
        given: str | None,
        revoked: list[str],
        remains_cached: bool,
        confirmed: bool | None,
        run: SharedRun,
    ) -> None:
        """The change is the same whether or not the server confirms it."""
        run.store(cached_token)
        run.endpoint.revoke = [confirmed]
        assert run.revoke(given) == Revocation(is_changed=bool(revoked), revoked=confirmed if revoked else None)
        assert run.requests == revoked
        assert (run.cache().read() is not None) is remains_cached

    def test_check_mode_returns_the_same_and_sends_nothing(
        self, cached_token: Token | None, given: str | None, revoked: list[str], remains_cached: bool, run: SharedRun
    ) -> None:
        run.store(cached_token)
        assert run.revoke(given, check_mode=True) == Revocation(is_changed=bool(revoked), revoked=None)
        assert run.requests == []
        assert run.cache().read() == cached_token

    @pytest.mark.parametrize("check_mode", [False, True])
    def test_the_next_host_finds_nothing_to_revoke(
        self,
        cached_token: Token | None,
        given: str | None,
        revoked: list[str],
        remains_cached: bool,
        check_mode: bool,
        run: SharedRun,
    ) -> None:
        run.store(cached_token)
        run.revoke(given)
        assert run.revoke(given, check_mode=check_mode) == Revocation(is_changed=False, revoked=None)
        assert run.requests == revoked


@pytest.mark.parametrize(
    ("cached_token", "given", "revoked"),
    [row[1:4] for row in CASES if row[3]],
    ids=[row[0] for row in CASES if row[3]],
)
def test_if_the_first_request_fails_nothing_changes(
    cached_token: Token | None, given: str | None, revoked: list[str], run: SharedRun
) -> None:
    run.store(cached_token)
    run.endpoint.revoke = [UNREACHABLE, True]
    with pytest.raises(TokenError) as caught:
        run.revoke(given)
    assert caught.value is UNREACHABLE
    assert run.requests == revoked[:1]
    assert run.cache().read() == cached_token
    run.clock.now += 10
    assert run.revoke(given).is_changed is True


@pytest.mark.parametrize(("given", "revoked"), [("r-1", ["r-2", "refreshed"]), ("r-2", ["r-2", "refreshed"])])
def test_the_successor_of_a_given_refresh_token_is_revoked(given: str, revoked: list[str], run: SharedRun) -> None:
    run.endpoint.refresh = [refreshed(refresh_token="r-2")]
    run.acquire(refresh_token="r-1")
    run.requests.clear()
    assert run.revoke(given).is_changed is True
    assert run.requests == revoked


def test_a_refreshed_token_is_not_returned_after_its_revocation(run: SharedRun) -> None:
    run.acquire()
    run.revoke()
    run.endpoint.password = [granted(access_token="second", refresh_token="r-second")]
    assert run.acquire().token.access_token == "second"
    assert run.requests == [PASSWORD, "r-granted", "granted", PASSWORD]


@pytest.mark.parametrize(
    ("confirmations", "revoked"),
    [([True, True], True), ([True, None], True), ([None, True], True), ([None, None], None)],
)
def test_one_confirmation_is_enough(confirmations: list[bool | None], revoked: bool | None, run: SharedRun) -> None:
    run.store(cached())
    run.endpoint.revoke = [*confirmations]
    assert run.revoke() == Revocation(is_changed=True, revoked=revoked)


def test_a_failure_half_way_keeps_the_entry_for_the_next_attempt(run: SharedRun) -> None:
    run.store(cached())
    run.endpoint.revoke = [True, UNREACHABLE, None]
    with pytest.raises(TokenError):
        run.revoke()
    assert run.cache().read() == cached()
    run.clock.now += 10
    assert run.revoke() == Revocation(is_changed=True, revoked=None)
    assert run.requests == ["r-cached", "cached"] * 2


def test_a_process_that_waited_revokes_nothing_again(run: SharedRun) -> None:
    run.store(cached())
    assert run.revoke(meanwhile=run.revoke) == Revocation(is_changed=False, revoked=None)
    assert run.requests == ["r-cached", "cached"]


def test_a_token_that_another_process_requested_meanwhile_is_revoked(run: SharedRun) -> None:
    assert run.revoke(meanwhile=run.acquire).is_changed is True
    assert run.requests == [PASSWORD, "r-granted", "granted"]


@pytest.mark.parametrize("changes", [{"username": "alice@carbon.super"}, {"scope": ["admin"]}], ids=repr)
def test_another_spelling_of_the_revoked_token_is_not_returned(changes: dict[str, Any], run: SharedRun) -> None:
    run.acquire()
    run.acquire(token_request(**changes))
    run.revoke()
    run.endpoint.password = [granted(access_token="second")]
    assert run.acquire(token_request(**changes)).token.access_token == "second"


class TestFailures:
    def test_a_rejected_client_is_sent_once(self, run: SharedRun) -> None:
        run.store(cached())
        run.endpoint.revoke = [WRONG_CLIENT]
        for attempts in (1, 0, 0):
            with pytest.raises(TokenError) as caught:
                run.revoke()
            assert caught.value.attempts == attempts
        assert run.requests == ["r-cached"]

    @pytest.mark.parametrize("error", [UNREACHABLE, NOT_FOUND])
    def test_others_are_shared_for_a_while(self, error: TokenError, run: SharedRun) -> None:
        run.store(cached())
        run.endpoint.revoke = [error]
        for _host in range(3):
            with pytest.raises(TokenError):
                run.revoke()
        assert run.requests == ["r-cached"]
        run.clock.now += 1
        with pytest.raises(TokenError):
            run.revoke(failure_seen=NOW + 0.5)
        with pytest.raises(TokenError):
            run.revoke(force_since=NOW + 2)
        assert run.requests == ["r-cached"] * 3

    def test_they_say_nothing_about_requests(self, run: SharedRun) -> None:
        run.endpoint.revoke = [NOT_FOUND]
        with pytest.raises(TokenError):
            run.revoke("r-given")
        assert run.acquire().origin == "granted"

    def test_an_option_error_is_not_remembered(self, run: SharedRun) -> None:
        error: TokenError = OptionError("revoke_url", "is missing")
        run.endpoint.revoke = [error, True]
        with pytest.raises(OptionError):
            run.revoke("r-given")
        assert run.revoke("r-given").is_changed is True

    def test_every_token_of_the_entry_is_a_secret(self, run: SharedRun) -> None:
        """A server can repeat any of them in its error."""
        cached_token = cached(id_token="i.d.cached")
        run.store(cached_token)
        run.revoke()
        assert set(run.endpoint.secrets) >= set(cached_token.secrets()) - {cached_token.authorization}


class TestStores:
    def broken(self, operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_args: Any) -> None:
            raise StoreError("Input/output error")

        monkeypatch.setattr(DirectoryStore, operation, fail)

    @pytest.mark.parametrize("operation", ["lock", "delete"])
    def test_a_store_that_cannot_forget_is_a_failure(
        self, operation: str, run: SharedRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run.store(cached())
        self.broken(operation, monkeypatch)
        with pytest.raises(TokenError) as caught:
            run.revoke()
        assert caught.value.cause == "Cannot revoke the cached token: Input/output error"
        assert caught.value.hint == "Fix token_store, or set refresh_token to the token to revoke"
        assert run.requests == ([] if operation == "lock" else ["r-cached", "cached"])

    def test_a_given_refresh_token_is_revoked_although_the_store_cannot_be_used(
        self, run: SharedRun, tmp_path: Path
    ) -> None:
        (tmp_path / "open").mkdir()
        (tmp_path / "open").chmod(0o755)
        assert run.revoke("r-given", token_store=str(tmp_path / "open")) == Revocation(is_changed=True, revoked=True)
        assert run.requests == ["r-given"]

    def test_without_a_store_only_a_given_token_is_revoked(self, run: SharedRun) -> None:
        assert run.revoke(token_store="none") == Revocation(is_changed=False)
        assert run.revoke("r-given", token_store="none") == Revocation(is_changed=True, revoked=True)
        assert run.requests == ["r-given"]
