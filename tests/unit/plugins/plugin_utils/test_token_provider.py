# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token that is valid now, with as few requests as possible, from the cache, a refresh or a new grant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import CLIENT_CREDENTIALS_GRANT, TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import (
    FAIL,
    KEEP,
    REFRESH,
    REQUEST,
    AcquireOptions,
    next_step,
    step_after_failed_refresh,
)
from ansible_collections.apiops.wso2.tests.unit import shared_run
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, options, token_request
from ansible_collections.apiops.wso2.tests.unit.shared_run import (
    DEAD_REFRESH_TOKEN,
    LOCKED,
    NOT_FOUND,
    PASSWORD,
    SERVER_ERROR,
    UNREACHABLE,
    WRONG_CLIENT,
    WRONG_PASSWORD,
    SharedRun,
    cached,
    granted,
    refreshed,
)

run = shared_run.run

NO_REFRESH = {"refresh_token": None}
NEVER = 9223372036854775807
PAUSED = replace(cached(3550), refresh_after=NOW + 1.0)
EXPIRED_AT_ONCE = replace(cached(9, expires_in=0), refresh_after=NOW + 1.0)

STEPS: list[tuple[str, Token | None, dict[str, Any], str | None, str]] = [
    # id, cached token, options, what the given refresh token has become, step
    # check mode, and the cached token is valid
    ("check mode, valid", cached(0), {"check_mode": True}, None, KEEP),
    ("check mode, valid for a second", cached(3599), {"check_mode": True}, None, KEEP),
    ("check mode, forced", cached(9), {"check_mode": True, "force_since": NOW}, None, KEEP),
    ("check mode, a refresh token is given", cached(0), {"check_mode": True}, "r-given", KEEP),
    ("check mode, expired: nothing is refreshed", cached(3600), {"check_mode": True}, None, REQUEST),
    ("check mode, nothing cached", None, {"check_mode": True}, None, REQUEST),
    # forced, and the cached token was received before that
    ("forced", cached(1), {"force_since": NOW}, None, REFRESH),
    ("forced, without a refresh token", cached(1, **NO_REFRESH), {"force_since": NOW}, None, REQUEST),
    ("forced, a refresh token is given", cached(1, **NO_REFRESH), {"force_since": NOW}, "r-given", REFRESH),
    ("forced, the cached refresh token is given", cached(1), {"force_since": NOW}, "r-cached", REFRESH),
    ("forced, nothing cached", None, {"force_since": NOW}, None, REQUEST),
    ("forced, received at that moment", cached(1), {"force_since": NOW - 1}, None, KEEP),
    ("forced, received after that", cached(1), {"force_since": NOW - 2}, None, KEEP),
    # a refresh token is given, and the cached token does not come from it
    ("another refresh token is given", cached(0), {}, "r-given", REFRESH),
    ("a refresh token is given, nothing cached", None, {}, "r-given", REFRESH),
    ("the cached refresh token is given", cached(0), {}, "r-cached", KEEP),
    # the cached token is fresh
    ("new", cached(0), {}, None, KEEP),
    ("valid for a minute", cached(3540), {}, None, KEEP),
    ("valid for min_validity", cached(2700), {"min_validity": 900}, None, KEEP),
    ("min_validity 0", cached(3599), {"min_validity": 0}, None, KEEP),
    ("new, min_validity above the full lifetime", cached(0), {"min_validity": 7200}, None, KEEP),
    ("never expires", cached(10**8, expires_in=NEVER), {}, None, KEEP),
    ("unknown expiry, five minutes", cached(299, expires_in=None), {}, None, KEEP),
    ("clock set back a little", cached(-60), {}, None, KEEP),
    # the cached token is valid, and replacing it failed a moment ago
    ("paused", PAUSED, {}, None, KEEP),
    ("the pause is over", replace(PAUSED, refresh_after=NOW), {}, None, REFRESH),
    ("paused, but expired", replace(cached(3600), refresh_after=NOW + 1.0), {}, None, REFRESH),
    ("paused, but forced", PAUSED, {"force_since": NOW}, None, REFRESH),
    # it had expired when it was issued, a moment ago
    ("expired when issued", EXPIRED_AT_ONCE, {}, None, KEEP),
    ("expired when issued, the pause is over", replace(EXPIRED_AT_ONCE, refresh_after=NOW), {}, None, REFRESH),
    ("expired when issued, but forced", EXPIRED_AT_ONCE, {"force_since": NOW}, None, REFRESH),
    # there is a refresh token, even if the cached token expired
    ("valid for less than a minute", cached(3541), {}, None, REFRESH),
    ("valid for less than min_validity", cached(2701), {"min_validity": 900}, None, REFRESH),
    ("expired", cached(3600), {}, None, REFRESH),
    ("expired, the cached refresh token is given", cached(3600), {}, "r-cached", REFRESH),
    ("unknown expiry, after five minutes", cached(300, expires_in=None), {}, None, REFRESH),
    ("clock set back far", cached(-61), {}, None, REFRESH),
    # anything else
    ("nothing cached", None, {}, None, REQUEST),
    ("valid for less than a minute, without a refresh token", cached(3541, **NO_REFRESH), {}, None, REQUEST),
    ("expired, without a refresh token", cached(3600, **NO_REFRESH), {}, None, REQUEST),
]


@pytest.mark.parametrize(
    ("cached_token", "wanted", "refresh_token", "step"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS]
)
def test_next_step(cached_token: Token | None, wanted: dict[str, Any], refresh_token: str | None, step: str) -> None:
    assert next_step(cached_token, AcquireOptions(**wanted), refresh_token=refresh_token, now=NOW) == step


SUBJECTS = [WRONG_PASSWORD, LOCKED, WRONG_CLIENT, NOT_FOUND]
AFTER_REFRESH: list[tuple[str, TokenError, bool, bool, bool, str]] = [
    # id, error, is the cached token valid, must it be replaced, can a token be requested, step
    # the server rejected the refresh token or its grant
    ("rejected, expired", DEAD_REFRESH_TOKEN, False, False, True, REQUEST),
    ("rejected, valid", DEAD_REFRESH_TOKEN, True, False, True, REQUEST),
    ("rejected, to be replaced", DEAD_REFRESH_TOKEN, True, True, True, REQUEST),
    ("rejected, expired, no password", DEAD_REFRESH_TOKEN, False, False, False, FAIL),
    # the failure can pass, and the cached token is not valid
    ("refused connection, expired", UNREACHABLE, False, False, True, REQUEST),
    ("server error, expired", SERVER_ERROR, False, False, True, REQUEST),
    ("server error, nothing cached, a refresh token is given", SERVER_ERROR, False, True, True, REQUEST),
    ("server error, expired, no password", SERVER_ERROR, False, False, False, FAIL),
    # the cached token is valid, and does not have to be replaced
    ("server error, valid", SERVER_ERROR, True, False, True, KEEP),
    ("server error, valid, no password", SERVER_ERROR, True, False, False, KEEP),
    ("rejected, valid, no password", DEAD_REFRESH_TOKEN, True, False, False, KEEP),
    *[(f"{error.cause}, valid", error, True, False, True, KEEP) for error in SUBJECTS],
    # anything else
    *[(f"{error.cause}, expired", error, False, False, True, FAIL) for error in SUBJECTS],
    *[(f"{error.cause}, to be replaced", error, True, True, True, FAIL) for error in SUBJECTS],
    ("server error, to be replaced", SERVER_ERROR, True, True, True, FAIL),
    ("rejected, to be replaced, no password", DEAD_REFRESH_TOKEN, True, True, False, FAIL),
]


@pytest.mark.parametrize(
    ("error", "is_held_valid", "must_replace", "can_request", "step"),
    [row[1:] for row in AFTER_REFRESH],
    ids=[row[0] for row in AFTER_REFRESH],
)
def test_step_after_failed_refresh(
    error: TokenError, is_held_valid: bool, must_replace: bool, can_request: bool, step: str
) -> None:
    decided = step_after_failed_refresh(
        error, is_held_valid=is_held_valid, must_replace=must_replace, can_request=can_request
    )
    assert decided == step


CHECK_MODE = {"check_mode": True}
CASES: list[tuple[str, Token | None, dict[str, Any], list[str], str, str]] = [
    # id, cached token, options, requests, returned token, origin
    ("nothing cached", None, {}, [PASSWORD], "granted", "granted"),
    ("valid", cached(0), {}, [], "cached", "stored"),
    ("valid for less than a minute", cached(3541), {}, ["r-cached"], "refreshed", "refreshed"),
    ("valid for less than min_validity", cached(2701), {"min_validity": 900}, ["r-cached"], "refreshed", "refreshed"),
    ("expired", cached(3600), {}, ["r-cached"], "refreshed", "refreshed"),
    ("expired a day ago", cached(90000), {}, ["r-cached"], "refreshed", "refreshed"),
    ("expired, without a refresh token", cached(3600, **NO_REFRESH), {}, [PASSWORD], "granted", "granted"),
    ("never expires", cached(10**8, expires_in=NEVER), {}, [], "cached", "stored"),
    ("forced", cached(1), {"force_since": NOW}, ["r-cached"], "refreshed", "refreshed"),
    ("forced, nothing cached", None, {"force_since": NOW}, [PASSWORD], "granted", "granted"),
    ("forced, no refresh token", cached(1, **NO_REFRESH), {"force_since": NOW}, [PASSWORD], "granted", "granted"),
    ("a refresh token is given", None, {"refresh_token": "r-given"}, ["r-given"], "refreshed", "refreshed"),
    ("another one is given", cached(0), {"refresh_token": "r-given"}, ["r-given"], "refreshed", "refreshed"),
    ("the cached one is given", cached(0), {"refresh_token": "r-cached"}, [], "cached", "stored"),
    ("check mode, nothing cached", None, CHECK_MODE, [PASSWORD], "granted", "granted"),
    ("check mode, valid", cached(0), CHECK_MODE, [], "cached", "stored"),
    ("check mode, expired", cached(3600), CHECK_MODE, [PASSWORD], "granted", "granted"),
    ("check mode, forced", cached(1), {**CHECK_MODE, "force_since": NOW}, [], "cached", "stored"),
    ("check mode, another one is given", cached(0), {**CHECK_MODE, "refresh_token": "r"}, [], "cached", "stored"),
]


@pytest.mark.parametrize(
    ("cached_token", "wanted", "requests", "returned", "origin"),
    [row[1:] for row in CASES],
    ids=[row[0] for row in CASES],
)
def test_acquire(
    cached_token: Token | None, wanted: dict[str, Any], requests: list[str], returned: str, origin: str, run: SharedRun
) -> None:
    run.store(cached_token)
    acquired = run.acquire(**wanted)
    assert run.requests == requests
    assert (acquired.token.access_token, acquired.origin) == (returned, origin)
    assert acquired.is_changed is (returned != "cached")
    assert acquired.warnings == ()
    # The next process shares the token and sends nothing.
    again = run.acquire()
    assert (again.token, again.origin, again.is_changed) == (acquired.token, "stored", False)
    assert run.requests == requests


def test_a_process_that_waited_shares_the_token(run: SharedRun) -> None:
    acquired = run.acquire(meanwhile=run.acquire)
    assert (acquired.token.access_token, acquired.origin) == ("granted", "stored")
    assert run.requests == [PASSWORD]


def test_without_a_store_each_process_requests(run: SharedRun) -> None:
    for _process in range(2):
        acquired = run.acquire(token_store="none")
        assert (acquired.origin, acquired.warnings) == ("granted", ())
    assert run.requests == [PASSWORD] * 2


class TestForce:
    """One new token per task, not per host, and no host keeps a revoked one."""

    @pytest.mark.parametrize("cached_token", [None, cached(1), cached(1, **NO_REFRESH), cached(3600)])
    def test_many_hosts_share_the_new_token(self, cached_token: Token | None, run: SharedRun) -> None:
        run.store(cached_token)
        returned = set()
        for _host in range(30):
            returned.add(run.acquire(force_since=NOW).token.access_token)
            run.clock.now += 1
        assert (len(run.requests), len(returned)) == (1, 1)

    def test_a_host_that_waited_shares_the_new_token(self, run: SharedRun) -> None:
        run.store(cached(1))
        acquired = run.acquire(force_since=NOW, meanwhile=lambda: run.acquire(force_since=NOW))
        assert (acquired.token.access_token, acquired.origin) == ("refreshed", "stored")
        assert run.requests == ["r-cached"]

    def test_the_next_task_requests_again(self, run: SharedRun) -> None:
        run.endpoint.refresh = [refreshed(), refreshed(access_token="third")]
        run.acquire(force_since=NOW)
        run.clock.now += 5
        run.acquire(force_since=NOW + 5)
        run.clock.now += 5
        assert run.acquire(force_since=NOW + 10).token.access_token == "third"
        assert run.requests == [PASSWORD, "r-granted", "r-refreshed"]

    def test_the_server_returns_the_same_token(self, run: SharedRun) -> None:
        """An opaque token without a refresh token."""
        run.store(cached(2393, **NO_REFRESH))
        run.endpoint.password = [cached(0, **NO_REFRESH, expires_in=1207)]
        acquired = run.acquire(force_since=NOW)
        assert acquired.is_changed is False
        assert acquired.token.to_result(now=NOW)["expires_in"] == 1207
        assert ["returned the same token again" in warning for warning in acquired.warnings] == [True]
        run.clock.now += 1
        assert run.acquire(force_since=NOW).token == acquired.token
        assert run.requests == [PASSWORD]


class TestAnotherSpelling:
    """WSO2 issues one token for several spellings of a user, and for scopes that it drops."""

    @pytest.mark.parametrize("changes", [{"username": "alice@carbon.super"}, {"scope": ["admin"]}], ids=repr)
    def test_a_token_that_was_replaced_under_one_is_not_returned_under_another(
        self, changes: dict[str, Any], run: SharedRun
    ) -> None:
        other = token_request(**changes)
        assert run.acquire().token.access_token == run.acquire(other).token.access_token == "granted"
        run.clock.now += 1
        run.acquire(force_since=NOW + 1)
        run.endpoint.password = [refreshed()]
        acquired = run.acquire(other)
        assert (acquired.token.access_token, acquired.origin) == ("refreshed", "granted")
        assert run.acquire().token.access_token == "refreshed"


class TestApplication:
    """An application's own token has no refresh token, and a user's token is never returned for it."""

    REQUEST = TokenRequest.from_options(options(), grant=CLIENT_CREDENTIALS_GRANT, environ={})

    def test_it_is_requested_before_the_old_one_expires(self, run: SharedRun) -> None:
        run.store(cached(3541, **NO_REFRESH), self.REQUEST)
        assert run.acquire(self.REQUEST).origin == "granted"
        assert run.acquire(self.REQUEST).origin == "stored"
        assert run.requests == [PASSWORD]

    def test_the_same_token_again_is_no_loop(self, run: SharedRun) -> None:
        run.store(cached(3561, **NO_REFRESH), self.REQUEST)
        run.endpoint.password = [cached(0, **NO_REFRESH, expires_in=39)]
        for _host in range(3):
            acquired = run.acquire(self.REQUEST)
            assert (acquired.token.access_token, len(acquired.warnings)) == ("cached", 1)
        assert run.requests == [PASSWORD]

    def test_users_and_applications_share_no_token(self, run: SharedRun) -> None:
        assert run.acquire().origin == run.acquire(self.REQUEST).origin == "granted"
        assert run.requests == [PASSWORD] * 2

    def test_a_rejected_password_says_nothing_about_it(self, run: SharedRun) -> None:
        run.endpoint.password = [WRONG_PASSWORD, granted()]
        with pytest.raises(TokenError):
            run.acquire()
        assert run.acquire(self.REQUEST).origin == "granted"

    def test_a_rejected_client_is_sent_once_for_both(self, run: SharedRun) -> None:
        run.endpoint.password = [WRONG_CLIENT]
        assert run.fail(self.REQUEST).attempts == 1
        assert (run.fail(self.REQUEST).attempts, run.fail().attempts) == (0, 0)


NOT_NEW = {"expires_in": 1207}  # what is left of an opaque token that exists already


def test_an_older_token_of_the_server_is_refreshed(run: SharedRun) -> None:
    run.endpoint.password = [granted(**NOT_NEW)]
    acquired = run.acquire(min_validity=1800)
    assert (acquired.token.access_token, acquired.origin, acquired.warnings) == ("refreshed", "refreshed", ())
    assert run.requests == [PASSWORD, "r-granted"]
    # The refresh replaced it, so it is not returned under another spelling either.
    assert run.cache().is_revoked("granted")


def test_a_token_that_the_server_issued_in_spite_of_a_valid_one_is_new(run: SharedRun) -> None:
    """A server that returns tokens again would have returned the cached one."""
    run.store(cached(3550, **NO_REFRESH))
    run.endpoint.password = [granted(**NOT_NEW)]
    for _host in range(3):
        assert run.acquire(min_validity=1800).token.access_token == "granted"
    assert run.requests == [PASSWORD]


@pytest.mark.parametrize("refresh_token", [None, "r-kept"])
@pytest.mark.parametrize("expires_in", [0, -1])
def test_a_token_that_is_expired_when_it_is_issued_is_shared(
    expires_in: int, refresh_token: str | None, run: SharedRun
) -> None:
    run.endpoint.password = [granted(expires_in=expires_in, refresh_token=refresh_token)]
    run.endpoint.refresh = [refreshed(expires_in=expires_in, refresh_token=refresh_token)]
    for _host in range(5):
        assert len(run.acquire().warnings) == 1
        run.clock.now += 1
    assert run.requests == [PASSWORD, *filter(None, [refresh_token])]


@pytest.mark.parametrize("error", [DEAD_REFRESH_TOKEN, UNREACHABLE])
def test_an_older_token_of_the_server_that_cannot_be_refreshed(error: TokenError, run: SharedRun) -> None:
    run.endpoint.password, run.endpoint.refresh = [granted(**NOT_NEW)], [error]
    for host in range(3):
        acquired = run.acquire(min_validity=1800)
        assert (acquired.token.access_token, acquired.origin) == ("granted", "stored" if host else "granted")
        assert len(acquired.warnings) == 1
    assert run.requests == [PASSWORD, "r-granted"]


@pytest.mark.parametrize(("changes", "wanted"), [(NO_REFRESH, {}), ({}, CHECK_MODE)], ids=["no refresh token", "check"])
def test_an_older_token_of_the_server_that_must_not_be_refreshed(
    changes: dict[str, Any], wanted: dict[str, Any], run: SharedRun
) -> None:
    run.endpoint.password = [granted(**NOT_NEW, **changes)]
    acquired = run.acquire(min_validity=1800, **wanted)
    assert (acquired.origin, len(acquired.warnings)) == ("granted", 1)
    assert ("check mode" if wanted else "no refresh token") in acquired.warnings[0]
    assert run.requests == [PASSWORD]


@pytest.mark.parametrize("seconds", [3601, 7200, 10**9])
@pytest.mark.parametrize(
    ("cached_token", "count"), [(None, 1), (cached(0), 0), (cached(3550), 1)], ids=["none", "new", "old"]
)
def test_min_validity_above_the_lifetime_is_no_loop(
    cached_token: Token | None, count: int, seconds: int, run: SharedRun
) -> None:
    """A new token with its full lifetime is not refreshed, because that would revoke it for all others."""
    run.store(cached_token)
    for _host in range(5):
        (warning,) = run.acquire(min_validity=seconds).warnings
        assert warning.endswith("sooner than min_validity. The server does not issue longer-lived tokens")
    assert len(run.requests) == count


@pytest.mark.parametrize("seconds", [1, 9, 30, 59])
def test_short_lived_tokens_are_no_loop(seconds: int, run: SharedRun) -> None:
    """A token that was just issued is not refreshed."""
    run.endpoint.password = [granted(expires_in=seconds)]
    for _host in range(5):
        assert run.acquire().warnings == ()
    assert run.requests == [PASSWORD]


ACQUIRE_OPTIONS: list[tuple[str, dict[str, Any], dict[str, Any], AcquireOptions]] = [
    # id, options, what is known about the task, acquire options
    ("defaults", {}, {}, AcquireOptions()),
    ("check mode", {}, {"check_mode": True}, AcquireOptions(check_mode=True)),
    ("force", {"force": True}, {"force_since": 5.0}, AcquireOptions(force_since=5.0)),
    ("retry", {}, {"failure_seen": 5.0}, AcquireOptions(failure_seen=5.0)),
    ("require_scope", {"require_scope": True}, {}, AcquireOptions(require_scope=True)),
    ("refresh token", {"refresh_token": "r"}, {}, AcquireOptions(refresh_token="r")),
    ("empty refresh token", {"refresh_token": ""}, {}, AcquireOptions()),
    ("min_validity 0", {"min_validity": 0}, {}, AcquireOptions(min_validity=0)),
    ("min_validity", {"min_validity": 900}, {}, AcquireOptions(min_validity=900)),
]


@pytest.mark.parametrize(
    ("changes", "task", "expected"), [row[1:] for row in ACQUIRE_OPTIONS], ids=[row[0] for row in ACQUIRE_OPTIONS]
)
def test_acquire_options(changes: dict[str, Any], task: dict[str, Any], expected: AcquireOptions) -> None:
    assert AcquireOptions.from_options(options(**changes), **task) == expected


def test_the_lookup_has_no_refresh_token() -> None:
    lookup_options = {name: value for name, value in options().items() if name != "refresh_token"}
    assert AcquireOptions.from_options(lookup_options) == AcquireOptions()


def test_a_negative_min_validity() -> None:
    with pytest.raises(OptionError, match="min_validity must not be negative"):
        AcquireOptions.from_options(options(min_validity=-1))
