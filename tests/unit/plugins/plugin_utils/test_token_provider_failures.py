# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts get a failure, for how long, and when the next request is sent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import USER, OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.tests.unit import shared_run
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, NOW, token_request
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


def changed_error(error: TokenError, **facts: Any) -> TokenError:
    return TokenError.from_entry({**error.to_entry(), **facts})


RATE_LIMITED = changed_error(SERVER_ERROR, cause="HTTP 429", http_status=429, retry_after=120)
SAME_USER: list[tuple[str, dict[str, Any]]] = [
    ("same request", {}),
    ("scope of each host", {"scope": ["device_web2"]}),
    ("another application", {"consumer_key": "other", "consumer_secret": "other-secret"}),
    ("public client", {"consumer_secret": None}),
    ("client authentication", {"client_authentication": "body"}),
    ("no verification", {"validate_certs": False}),
    ("trailing slash", {"token_url": "https://wso2.example.com:9443/oauth2/token/"}),
    ("another path", {"token_url": "https://wso2.example.com:9443/t/a.b/oauth2/token"}),
    ("capitals in the host", {"token_url": "https://WSO2.example.com:9443/oauth2/token"}),
    ("proxy of the task", {"environ": {"HTTPS_PROXY": "http://proxy:3128"}}),
    ("timeout", {"timeout": 5}),
    ("the username written out", {"username": "alice@org", "organization": None}),
]


@pytest.mark.parametrize("changes", [row[1] for row in SAME_USER], ids=[row[0] for row in SAME_USER])
@pytest.mark.parametrize("error", [WRONG_PASSWORD, LOCKED], ids=["wrong password", "locked account"])
def test_a_rejected_password_is_sent_once(changes: dict[str, Any], error: TokenError, run: SharedRun) -> None:
    """Whatever the scope, path, application or other options of the other hosts are."""
    run.endpoint.password = [error]
    first = run.fail(token_request(organization="org"))
    assert first.message == error.message
    for later in (0, 1, 9999):
        run.clock.now = NOW + later
        repeated = run.fail(token_request(**{"organization": "org", **changes}))
        assert (repeated.subject, repeated.attempts, repeated.error) == (USER, 0, error.error)
        assert repeated.cause == (
            "The server rejected this username and password earlier in this run, so no request was sent: " + error.cause
        )
        assert repeated.hint == ("Fix it. To send a request with the same credentials, use the module with force: true")
    assert run.requests == [PASSWORD]


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "other"},
        {"username": "bob"},
        {"organization": "org"},
        {"token_url": "https://other.example.com:9443/oauth2/token"},
        {"token_url": "https://wso2.example.com/oauth2/token"},
    ],
    ids=repr,
)
def test_other_users_are_not_rejected(changes: dict[str, Any], run: SharedRun) -> None:
    run.endpoint.password = [WRONG_PASSWORD, granted()]
    run.fail()
    assert run.acquire(token_request(**changes)).origin == "granted"


def test_a_rejected_client_is_sent_once(run: SharedRun) -> None:
    run.endpoint.password = [WRONG_CLIENT]
    run.fail()
    for changes in ({}, {"username": "bob"}, {"scope": ["x"]}, {"validate_certs": False}, {"password": "other"}):
        repeated = run.fail(token_request(**changes))
        assert repeated.cause.startswith("The server rejected this client earlier in this run")
        assert repeated.attempts == 0
    assert run.fail(token_request(), refresh_token="r-given").attempts == 0
    assert run.requests == [PASSWORD]


@pytest.mark.parametrize(
    "changes",
    [{"client_authentication": "body"}, {"consumer_secret": "other"}, {"consumer_key": "other"}],
    ids=repr,
)
def test_other_clients_are_not_rejected(changes: dict[str, Any], run: SharedRun) -> None:
    """The hint of the failure says: try client_authentication: body."""
    run.endpoint.password = [WRONG_CLIENT, granted()]
    run.fail()
    assert run.acquire(token_request(**changes)).origin == "granted"


def test_a_dead_refresh_token_and_a_wrong_password_are_sent_once_each(run: SharedRun) -> None:
    run.endpoint.refresh, run.endpoint.password = [DEAD_REFRESH_TOKEN], [WRONG_PASSWORD]
    for _host in range(50):
        run.fail(refresh_token="r-dead")
    assert run.requests == ["r-dead", PASSWORD]


@pytest.mark.parametrize("error", [DEAD_REFRESH_TOKEN, LOCKED, WRONG_CLIENT, NOT_FOUND, UNREACHABLE, SERVER_ERROR])
def test_a_refresh_token_without_a_password_is_sent_once(error: TokenError, run: SharedRun) -> None:
    run.endpoint.refresh = [error]
    request = token_request(refresh_token="r-dead", username=None, password=None)
    for _host in range(3):
        assert error.cause in run.fail(request, refresh_token="r-dead").cause
    assert run.requests == ["r-dead"]


def test_another_refresh_token_is_not_rejected(run: SharedRun) -> None:
    run.endpoint.refresh = [DEAD_REFRESH_TOKEN, refreshed()]
    run.fail(token_request(refresh_token="r-1", username=None, password=None), refresh_token="r-1")
    run.acquire(token_request(refresh_token="r-2", username=None, password=None), refresh_token="r-2")
    assert run.requests == ["r-1", "r-2"]


def test_a_rejected_password_does_not_prevent_a_refresh(run: SharedRun) -> None:
    run.endpoint.password = [WRONG_PASSWORD]
    run.fail()
    assert run.acquire(refresh_token="r-given").origin == "refreshed"


def test_a_token_that_is_cached_is_returned_in_spite_of_a_rejection(run: SharedRun) -> None:
    run.endpoint.password = [WRONG_PASSWORD]
    run.fail()
    run.store(cached())
    assert run.acquire().origin == "stored"


class TestForce:
    @pytest.mark.parametrize("error", [WRONG_PASSWORD, WRONG_CLIENT, UNREACHABLE, SERVER_ERROR])
    def test_it_ignores_a_failure_from_before_its_task(self, error: TokenError, run: SharedRun) -> None:
        run.endpoint.password = [error, granted()]
        run.fail()
        run.clock.now += 1
        assert run.acquire(force_since=NOW + 1).origin == "granted"
        # The server accepted the credentials, so that the other tasks are free to send them, too.
        assert run.acquire(token_request(scope=["other"])).origin == "granted"

    def test_many_hosts_send_a_wrong_password_once(self, run: SharedRun) -> None:
        run.endpoint.password = [WRONG_PASSWORD]
        run.fail()
        run.clock.now += 1
        for _host in range(50):
            run.fail(force_since=NOW + 1)
            run.clock.now += 1
        assert run.requests == [PASSWORD] * 2

    def test_it_ignores_a_rejection_in_check_mode_too(self, run: SharedRun) -> None:
        run.endpoint.password = [WRONG_PASSWORD, granted()]
        run.fail()
        run.clock.now += 1
        assert run.acquire(force_since=NOW + 1, check_mode=True).origin == "granted"


WINDOWS: list[tuple[str, TokenError, float, bool]] = [
    # id, failure, seconds later, does the next host get it
    ("connection refused, at once", UNREACHABLE, 0, True),
    ("connection refused, ten seconds", UNREACHABLE, 9.9, True),
    ("connection refused, later", UNREACHABLE, 10, False),
    ("server error, ten seconds", SERVER_ERROR, 9.9, True),
    ("server error, later", SERVER_ERROR, 10, False),
    ("wrong URL, ten seconds", NOT_FOUND, 9.9, True),
    ("wrong URL, later", NOT_FOUND, 10, False),
    ("rate limiting, two minutes", RATE_LIMITED, 119.9, True),
    ("rate limiting, later", RATE_LIMITED, 120, False),
    ("rate limiting with a short time", changed_error(RATE_LIMITED, retry_after=2), 9.9, True),
    ("after the clock was set back", UNREACHABLE, -3600, False),
]


@pytest.mark.parametrize(("error", "later", "is_shared"), [row[1:] for row in WINDOWS], ids=[row[0] for row in WINDOWS])
def test_other_failures_are_shared_for_a_while(
    error: TokenError, later: float, is_shared: bool, run: SharedRun
) -> None:
    run.endpoint.password = [error]
    run.fail()
    run.clock.now += later
    shared = run.fail()
    assert (shared.message, shared.failure()) == (error.message, error.failure())
    assert run.requests == [PASSWORD] * (1 if is_shared else 2)


@pytest.mark.parametrize("error", [UNREACHABLE, NOT_FOUND])
def test_a_failure_of_the_endpoint_is_shared_by_all_users(error: TokenError, run: SharedRun) -> None:
    """200 hosts with 200 users of a hanging server must not wait for 200 timeouts."""
    run.endpoint.password = [error]
    for number in range(5):
        run.fail(token_request(username=f"user{number}", scope=[f"device_{number}"]))
    assert run.requests == [PASSWORD]


@pytest.mark.parametrize(
    "changes",
    [
        {"token_url": "https://wso2.example.com:9443/other/token"},
        {"ca_path": "/ca.pem"},
        {"use_proxy": False},
        {"timeout": 300},
        {"environ": {"NO_PROXY": "wso2.example.com"}},
    ],
    ids=repr,
)
def test_a_task_with_other_connection_options_sends_a_request(changes: dict[str, Any], run: SharedRun) -> None:
    run.endpoint.password = [UNREACHABLE, granted()]
    run.fail()
    assert run.acquire(token_request(**changes)).origin == "granted"


def test_a_failure_of_one_request_is_not_shared_by_another(run: SharedRun) -> None:
    run.endpoint.password = [SERVER_ERROR, granted()]
    run.fail(token_request(scope=["x" * 61]))
    assert run.acquire().origin == "granted"


@pytest.mark.parametrize("error", [WRONG_PASSWORD, WRONG_CLIENT, UNREACHABLE, SERVER_ERROR, NOT_FOUND])
def test_a_process_that_waited_gets_the_failure(error: TokenError, run: SharedRun) -> None:
    run.endpoint.password = [error]
    assert error.cause in run.fail(meanwhile=run.fail).cause
    assert run.requests == [PASSWORD]


class TestRetryOfTheSameTask:
    """C(until) sends a request each time, except with rejected credentials."""

    def test_a_server_that_is_starting(self, run: SharedRun) -> None:
        run.endpoint.password = [NOT_FOUND, NOT_FOUND, granted()]
        for seen in (0, NOW, NOW + 1):
            run.clock.now = seen + 1 if seen else NOW
            if len(run.requests) < 2:
                run.fail(failure_seen=seen)
            else:
                assert run.acquire(failure_seen=seen).origin == "granted"
        assert run.requests == [PASSWORD] * 3

    def test_hosts_that_retry_together_share_each_failure(self, run: SharedRun) -> None:
        run.endpoint.password = [UNREACHABLE]
        for seen in (0, NOW + 0.5, NOW + 1.5):
            for _host in range(3):
                run.fail(failure_seen=seen)
            run.clock.now += 1
        assert run.requests == [PASSWORD] * 3

    @pytest.mark.parametrize("error", [WRONG_PASSWORD, LOCKED, WRONG_CLIENT])
    def test_rejected_credentials_are_not_sent_again(self, error: TokenError, run: SharedRun) -> None:
        run.endpoint.password = [error]
        run.fail()
        run.clock.now += 1
        run.fail(failure_seen=NOW + 0.5)
        assert run.requests == [PASSWORD]


def test_rejections_are_remembered_without_a_store_too(run: SharedRun) -> None:
    run.endpoint.password = [WRONG_PASSWORD]
    run.fail(token_store="none")
    assert run.fail(token_store="none").attempts == 0
    assert run.fail().attempts == 0
    assert run.requests == [PASSWORD]


def test_an_option_error_is_not_remembered(run: SharedRun) -> None:
    run.endpoint.password = [OptionError("ca_path", "does not exist"), granted()]
    run.fail()
    assert run.acquire().origin == "granted"


# --- a refresh that fails

SHORT = cached(3350)  # valid for 250 s
WANTED = {"min_validity": 300}


@pytest.mark.parametrize("error", [LOCKED, WRONG_CLIENT, NOT_FOUND, UNREACHABLE, SERVER_ERROR, RATE_LIMITED])
def test_a_valid_token_is_returned_with_a_warning(error: TokenError, run: SharedRun) -> None:
    run.store(SHORT)
    run.endpoint.refresh = [error]
    acquired = run.acquire(**WANTED)
    assert (acquired.token.access_token, acquired.origin, acquired.is_changed) == ("cached", "stored", False)
    assert acquired.warnings == (
        f"The token expires at 2023-11-14T22:17:30Z, sooner than min_validity, and replacing it failed: {error.cause}",
    )
    assert run.requests == ["r-cached"]


def test_a_valid_token_is_returned_although_the_password_is_rejected_too(run: SharedRun) -> None:
    run.store(SHORT)
    run.endpoint.refresh, run.endpoint.password = [DEAD_REFRESH_TOKEN], [WRONG_PASSWORD]
    for _host in range(3):
        acquired = run.acquire(**WANTED)
        assert (acquired.token.access_token, acquired.origin, len(acquired.warnings)) == ("cached", "stored", 1)
    assert run.requests == ["r-cached", PASSWORD]


def test_a_refresh_that_failed_is_not_repeated_at_once(run: SharedRun) -> None:
    run.store(SHORT)
    run.endpoint.refresh = [UNREACHABLE, refreshed()]
    for later in (0, 1, 29):
        run.clock.now = NOW + later
        assert run.acquire(**WANTED).token.access_token == "cached"
    assert run.requests == ["r-cached"]
    run.clock.now = NOW + 30
    assert run.acquire(**WANTED).token.access_token == "refreshed"


def test_a_token_that_is_not_refreshed_for_a_while_comes_with_a_true_warning(run: SharedRun) -> None:
    """It is valid for min_validity, or the warning says why not."""
    run.store(SHORT)
    run.endpoint.refresh = [UNREACHABLE]
    run.acquire(**WANTED)
    (warning,) = run.acquire(**WANTED).warnings
    assert "sooner than min_validity" in warning
    assert "does not issue longer-lived tokens" not in warning


def test_a_token_that_expires_meanwhile_is_replaced(run: SharedRun) -> None:
    run.store(cached(3580, refresh_token=None))
    run.endpoint.password = [UNREACHABLE, granted()]
    assert run.acquire().token.access_token == "cached"
    run.clock.now += 20
    assert run.acquire().token.access_token == "granted"
    assert run.requests == [PASSWORD] * 2


@pytest.mark.parametrize("cached_token", [SHORT, cached(3600)], ids=["valid", "expired"])
def test_a_rejected_refresh_token_is_replaced_by_the_password(cached_token: Token, run: SharedRun) -> None:
    run.store(cached_token)
    run.endpoint.refresh = [DEAD_REFRESH_TOKEN]
    acquired = run.acquire(**WANTED)
    assert (acquired.token.access_token, acquired.origin, acquired.warnings) == ("granted", "granted", ())
    assert run.acquire(**WANTED).token == acquired.token
    assert run.requests == ["r-cached", PASSWORD]


PASSING = [UNREACHABLE, SERVER_ERROR, RATE_LIMITED]


@pytest.mark.parametrize("error", PASSING)
@pytest.mark.parametrize(("cached_token", "given"), [(cached(3600), None), (None, "r-given")], ids=["expired", "given"])
def test_the_password_replaces_a_refresh_that_may_work_later(
    cached_token: Token | None, given: str | None, error: TokenError, run: SharedRun
) -> None:
    run.store(cached_token)
    run.endpoint.refresh = [error]
    assert run.acquire(refresh_token=given).origin == "granted"
    assert run.requests == [given or "r-cached", PASSWORD]


@pytest.mark.parametrize("error", [LOCKED, WRONG_CLIENT, NOT_FOUND])
@pytest.mark.parametrize(("cached_token", "given"), [(cached(3600), None), (None, "r-given")], ids=["expired", "given"])
def test_the_password_is_not_sent_after_other_failures_of_a_refresh(
    cached_token: Token | None, given: str | None, error: TokenError, run: SharedRun
) -> None:
    """Each further attempt can lock the account."""
    run.store(cached_token)
    run.endpoint.refresh = [error]
    assert run.fail(refresh_token=given).message == error.message
    run.fail(refresh_token=given)
    assert run.requests == [given or "r-cached"]


@pytest.mark.parametrize("error", [LOCKED, WRONG_CLIENT, UNREACHABLE])
def test_a_forced_refresh_that_fails_does_not_return_the_old_token(error: TokenError, run: SharedRun) -> None:
    run.store(cached(1))
    run.endpoint.refresh = [error]
    run.fail(force_since=NOW)
    # The token is still cached for tasks without force.
    assert run.acquire().token.access_token == "cached"


def test_a_password_after_a_rejected_refresh_token_ends_there(run: SharedRun) -> None:
    run.store(SHORT)
    run.endpoint.refresh, run.endpoint.password = [DEAD_REFRESH_TOKEN], [granted(expires_in=207)]
    acquired = run.acquire(**WANTED)
    assert (acquired.token.access_token, acquired.origin) == ("granted", "granted")
    assert len(acquired.warnings) == 1
    assert run.requests == ["r-cached", PASSWORD]


# --- secrets that an error must not show


@pytest.mark.parametrize("changes", [{}, {"refresh_token": None}], ids=["refresh", "password"])
@pytest.mark.parametrize("wanted", [{}, {"force_since": NOW}, {"refresh_token": "r-given"}], ids=repr)
def test_cached_tokens_are_secrets_of_every_request(
    changes: dict[str, Any], wanted: dict[str, Any], run: SharedRun
) -> None:
    cached_token = cached(3590, id_token="i.d.cached", **changes)
    run.store(cached_token)
    run.acquire(**wanted)
    assert len(run.requests) == 1
    given = {wanted["refresh_token"]} if "refresh_token" in wanted else set()
    assert set(run.endpoint.secrets) >= {*cached_token.secrets(), *given}


def test_a_token_that_was_just_issued_is_a_secret_of_the_refresh_that_follows(run: SharedRun) -> None:
    run.endpoint.password = [granted(access_token=ACCESS_TOKEN, id_token="i.d.granted", expires_in=1207)]
    run.acquire(min_validity=1800)
    assert run.requests == [PASSWORD, "r-granted"]
    assert set(run.endpoint.secrets) >= {ACCESS_TOKEN, "r-granted", "i.d.granted"}
