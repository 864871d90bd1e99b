# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The warnings about a token, and the scopes that are missing."""

from __future__ import annotations

import itertools

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import AcquireOptions, TokenProvider
from ansible_collections.apiops.wso2.tests.unit import shared_run
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, TOKEN_URL, token_request
from ansible_collections.apiops.wso2.tests.unit.shared_run import PASSWORD, SharedRun, cached, granted

run = shared_run.run


def test_a_warning_says_when_the_token_expires(run: SharedRun) -> None:
    run.store(cached(3550))
    (warning,) = run.acquire(check_mode=True).warnings
    assert warning == (
        "The token expires at 2023-11-14T22:14:10Z, sooner than min_validity, and is not refreshed in check mode"
    )


def test_a_second_that_begins_meanwhile_is_no_reason_for_a_warning(run: SharedRun) -> None:
    run.store(cached(3540))
    ticks = itertools.count(NOW + 0.3, 0.4)
    request = token_request()
    provider = TokenProvider(run.endpoint, run.cache(), request, AcquireOptions(), clock=lambda: next(ticks))
    assert provider.acquire().warnings == ()


@pytest.mark.parametrize("cached_token", [None, cached(0, scope=None)], ids=["requested", "cached"])
def test_surrounding_whitespace_is_reported_without_the_value(cached_token: Token | None, run: SharedRun) -> None:
    request = token_request(consumer_secret="s3cret\n")
    run.store(cached_token, request)
    assert run.acquire(request).warnings == ("consumer_secret starts or ends with whitespace and is sent that way",)


def test_dropped_members_are_reported_once(run: SharedRun) -> None:
    run.endpoint.password = [granted(refresh_token="r\nx: y", token_type="Bearer\r\nX: y")]
    (warning,) = run.acquire().warnings
    assert "in refresh_token and token_type that RFC 6749 does not allow" in warning
    assert run.acquire().warnings == ()


UNREPORTED = "The server did not report which scopes it granted"
SCOPES: list[tuple[str, list[str], str | None, str | None]] = [
    # id, requested scopes, what the server reports, problem
    ("none requested", [], "default", None),
    ("none requested or reported", [], None, None),
    ("all granted", ["a", "b"], "b a", None),
    ("one missing", ["a", "b"], "a", "The server did not grant the scope b"),
    ("all missing", ["a", "b"], "default", "The server did not grant the scope a b"),
    ("nothing granted", ["a"], "", "The server did not grant the scope a"),
    ("not reported", ["a"], None, UNREPORTED),
]


@pytest.mark.parametrize("is_cached", [False, True], ids=["requested", "cached"])
@pytest.mark.parametrize(("scope", "reported", "problem"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
class TestMissingScopes:
    def test_they_are_reported(
        self, scope: list[str], reported: str | None, problem: str | None, is_cached: bool, run: SharedRun
    ) -> None:
        request = token_request(scope=scope)
        run.endpoint.password = [granted(scope=reported)]
        if is_cached:
            run.acquire(request)
        assert run.acquire(request).warnings == ((problem,) if problem else ())
        assert run.requests == [PASSWORD]

    def test_they_fail_if_they_are_required(
        self, scope: list[str], reported: str | None, problem: str | None, is_cached: bool, run: SharedRun
    ) -> None:
        request = token_request(scope=scope)
        run.endpoint.password = [granted(scope=reported)]
        if is_cached:
            run.acquire(request)
        if problem is None:
            assert run.acquire(request, require_scope=True).warnings == ()
            return
        error = run.fail(request, require_scope=True)
        assert (error.cause, error.url, error.attempts) == (problem, TOKEN_URL, 0 if is_cached else 1)
        assert "require_scope: false" in (error.hint or "")
        # The token is cached in spite of that, and the credentials are not rejected.
        assert run.acquire(request).warnings == (problem,)
        assert run.requests == [PASSWORD]


@pytest.mark.parametrize(("scope", "returned"), [([], ()), (["a"], None)], ids=["none requested", "requested"])
def test_a_scope_that_is_not_reported(scope: list[str], returned: tuple[str, ...] | None, run: SharedRun) -> None:
    run.endpoint.password = [granted(scope=None)]
    request = token_request(scope=scope)
    assert [run.acquire(request).token.scope for _process in range(2)] == [returned] * 2
