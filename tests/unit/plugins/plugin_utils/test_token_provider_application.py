# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token of the application itself: there is nothing to refresh, and a server can return the same token again."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.tests.unit import shared_run
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    NOW,
    REFRESH_TOKEN,
    application_request,
    application_token,
)
from ansible_collections.apiops.wso2.tests.unit.shared_run import PASSWORD as TOKEN_REQUEST
from ansible_collections.apiops.wso2.tests.unit.shared_run import SERVER_ERROR, WRONG_CLIENT, SharedRun

run = shared_run.run

REQUEST = application_request()


def test_a_new_token_is_requested_before_the_old_one_expires(run: SharedRun) -> None:
    run.endpoint.password = [application_token(), application_token(access_token="second")]
    assert run.acquire(REQUEST).token.access_token == ACCESS_TOKEN
    run.clock.now = NOW + 3540
    assert run.acquire(REQUEST).token.access_token == ACCESS_TOKEN
    run.clock.now = NOW + 3541
    acquired = run.acquire(REQUEST)
    assert (acquired.token.access_token, acquired.origin, acquired.is_changed) == ("second", "granted", True)
    assert run.requests == [TOKEN_REQUEST] * 2


def test_the_same_token_with_too_few_seconds_is_returned_with_one_warning(run: SharedRun) -> None:
    """It is requested again only after a pause, and the next one only when the server issues it."""
    run.endpoint.password = [application_token(expires_in=97)]
    acquired = run.acquire(REQUEST, min_validity=600)
    assert acquired.token.access_token == ACCESS_TOKEN
    assert acquired.warnings == (
        "The token expires at 2023-11-14T22:14:57Z, sooner than min_validity. The server issues no other token before "
        "this one expires",
    )
    run.clock.now = NOW + 29
    assert len(run.acquire(REQUEST, min_validity=600).warnings) == 1
    assert run.requests == [TOKEN_REQUEST]
    run.clock.now = NOW + 31
    run.endpoint.password = [application_token(expires_in=66)]
    assert len(run.acquire(REQUEST, min_validity=600).warnings) == 1
    assert run.requests == [TOKEN_REQUEST] * 2
    run.clock.now = NOW + 97
    run.endpoint.password = [application_token(access_token="second")]
    acquired = run.acquire(REQUEST)
    assert (acquired.token.access_token, acquired.warnings) == ("second", ())


def test_a_new_token_with_a_short_lifetime(run: SharedRun) -> None:
    """The server does issue another token, but none that is valid for longer."""
    run.endpoint.password = [application_token(expires_in=300)]
    (warning,) = run.acquire(REQUEST, min_validity=600).warnings
    assert warning.endswith("sooner than min_validity. The server does not issue longer-lived tokens")


@pytest.mark.parametrize("failure", [SERVER_ERROR, WRONG_CLIENT], ids=["server error", "wrong client"])
def test_a_valid_token_is_kept_if_no_other_can_be_requested(failure: Exception, run: SharedRun) -> None:
    run.endpoint.password = [application_token(), failure]  # type: ignore[list-item]
    run.acquire(REQUEST)
    run.clock.now = NOW + 3570
    acquired = run.acquire(REQUEST)
    assert (acquired.token.access_token, acquired.origin) == (ACCESS_TOKEN, "stored")
    assert "and replacing it failed" in acquired.warnings[0]
    run.clock.now = NOW + 3600
    assert run.fail(REQUEST).cause.endswith(str(failure.cause))  # type: ignore[attr-defined]


def test_a_refresh_token_that_the_server_issues_is_used(run: SharedRun) -> None:
    run.endpoint.password = [application_token(refresh_token=REFRESH_TOKEN)]
    assert run.acquire(REQUEST).token.refresh_token == REFRESH_TOKEN
    run.clock.now = NOW + 3601
    assert run.acquire(REQUEST).origin == "refreshed"
    assert run.requests == [TOKEN_REQUEST, REFRESH_TOKEN]


def test_a_missing_scope_is_a_matter_of_the_owner(run: SharedRun) -> None:
    run.endpoint.password = [application_token(scope="default")]
    error = run.fail(application_request(scope=["orders_read"]), require_scope=True)
    assert error.cause == "The server did not grant the scope orders_read"
    assert error.hint == "Check that the application and its owner's roles allow it, or set require_scope: false"
