# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refresh tokens: given ones, their successors, and a refresh that makes the token worse."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.tests.unit import shared_run
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, token_request
from ansible_collections.apiops.wso2.tests.unit.shared_run import (
    DEAD_REFRESH_TOKEN,
    LOCKED,
    NOT_FOUND,
    PASSWORD,
    SERVER_ERROR,
    UNREACHABLE,
    WRONG_CLIENT,
    SharedRun,
    cached,
    granted,
    refreshed,
)

run = shared_run.run


class TestGivenRefreshToken:
    def alone(self, refresh_token: str) -> dict[str, Any]:
        request = token_request(refresh_token=refresh_token, username=None, password=None)
        return {"request": request, "refresh_token": refresh_token}

    @pytest.mark.parametrize("has_password", [True, False], ids=["with a password", "alone"])
    def test_many_hosts_send_it_once(self, has_password: bool, run: SharedRun) -> None:
        given = {"refresh_token": "r-given"} if has_password else self.alone("r-given")
        assert [run.acquire(**given).origin for _host in range(3)] == ["refreshed", "stored", "stored"]
        assert run.requests == ["r-given"]

    @pytest.mark.parametrize("has_password", [True, False], ids=["with a password", "alone"])
    def test_its_successor_replaces_it(self, has_password: bool, run: SharedRun) -> None:
        """The server rotates refresh tokens, and the task still sets the first one."""
        given = {"refresh_token": "r-1"} if has_password else self.alone("r-1")
        run.endpoint.refresh = [refreshed(refresh_token=f"r-{number}") for number in (2, 3, 4)]
        for _task in range(3):
            assert run.acquire(**given).origin == "refreshed"
            assert run.acquire(**given).origin == "stored"
            run.clock.now += 3590
        assert run.requests == ["r-1", "r-2", "r-3"]

    def test_each_one_has_its_own_token(self, run: SharedRun) -> None:
        for name in ("r-bob", "r-eve"):
            run.endpoint.refresh = [refreshed(access_token=f"of {name}", refresh_token=f"{name}-2")]
            assert run.acquire(**self.alone(name)).token.access_token == f"of {name}"
        assert run.acquire(**self.alone("r-bob")).token.access_token == "of r-bob"
        assert run.requests == ["r-bob", "r-eve"]

    @pytest.mark.parametrize("error", [DEAD_REFRESH_TOKEN, UNREACHABLE])
    def test_a_failure_never_returns_the_token_of_another_one(self, error: TokenError, run: SharedRun) -> None:
        run.acquire(**self.alone("r-bob"))
        run.endpoint.refresh = [error]
        run.fail(**self.alone("r-eve"))

    @pytest.mark.parametrize("error", [DEAD_REFRESH_TOKEN, SERVER_ERROR, UNREACHABLE])
    @pytest.mark.parametrize("issued", [None, "r-granted"])
    @pytest.mark.parametrize("wanted", [{}, {"force_since": NOW}], ids=repr)
    def test_many_hosts_share_the_token_that_replaces_it(
        self, error: TokenError, issued: str | None, wanted: dict[str, Any], run: SharedRun
    ) -> None:
        """The password is sent once, with or without a refresh token in its response."""
        run.endpoint.refresh = [error]
        run.endpoint.password = [granted(refresh_token=issued)]
        for _host in range(3):
            acquired = run.acquire(refresh_token="r-given", **wanted)
            assert (acquired.token.access_token, acquired.warnings) == ("granted", ())
            run.clock.now += 20
        assert run.requests == ["r-given", PASSWORD]
        assert run.revoke("r-given").is_changed
        assert run.requests[2:] == [*filter(None, [issued]), "granted"]

    @pytest.mark.parametrize("error", [SERVER_ERROR, UNREACHABLE, LOCKED, WRONG_CLIENT, NOT_FOUND])
    def test_a_valid_token_is_returned_with_a_warning_if_it_fails(self, error: TokenError, run: SharedRun) -> None:
        run.store(cached(0))
        run.endpoint.refresh = [error]
        for _host in range(3):
            acquired = run.acquire(refresh_token="r-given")
            assert (acquired.token.access_token, acquired.origin) == ("cached", "stored")
            (warning,) = acquired.warnings
            assert "token is returned, because the given refresh_token could not be used: " in warning
            assert warning.endswith(error.cause)
        assert run.requests == ["r-given"]

    def test_check_mode_does_not_send_it(self, run: SharedRun) -> None:
        with pytest.raises(OptionError, match=r"^refresh_token is not sent in check mode") as caught:
            run.acquire(**self.alone("r"), check_mode=True)
        assert caught.value.hint == "Set username and password, or do not use check mode"
        assert run.requests == []

    def test_check_mode_sends_the_password_instead(self, run: SharedRun) -> None:
        assert run.acquire(refresh_token="r", check_mode=True).origin == "granted"
        assert run.requests == [PASSWORD]


BETTER = cached(3590, scope="orders_read")
WORSE: list[tuple[str, Token, Token, list[str], str]] = [
    # id, cached token, refreshed token, requests, returned token
    ("lost the requested scope", BETTER, refreshed(scope="default"), ["r-cached", PASSWORD], "granted"),
    ("lost it, expired before", cached(3600, scope="orders_read"), refreshed(scope=""), ["r-cached", PASSWORD], ""),
    ("did not report a scope", BETTER, refreshed(scope=None), ["r-cached"], "refreshed"),
    ("returned the requested scope", BETTER, refreshed(scope="orders_read x"), ["r-cached"], "refreshed"),
    ("never had the requested scope", cached(3590, scope="x"), refreshed(scope="y"), ["r-cached"], "refreshed"),
    (
        "ten days become an hour",
        cached(90000, scope="orders_read", expires_in=864000),
        refreshed(scope="orders_read", expires_in=3600),
        ["r-cached", PASSWORD],
        "granted",
    ),
    ("expires a second before", BETTER, refreshed(scope="orders_read", expires_in=9), ["r-cached"], "refreshed"),
    ("expires two before", BETTER, refreshed(scope="orders_read", expires_in=8), ["r-cached", PASSWORD], "granted"),
    (
        "an hour instead of an expired one of ten days",
        cached(864000, scope="orders_read", expires_in=864000),
        refreshed(scope="orders_read", expires_in=3600),
        ["r-cached"],
        "refreshed",
    ),
]


@pytest.mark.parametrize(
    ("cached_token", "second", "requests", "returned"), [row[1:] for row in WORSE], ids=[row[0] for row in WORSE]
)
class TestARefreshThatMakesItWorse:
    """The password is sent once, because WSO2 revoked the better token."""

    def test_with_a_password(
        self, cached_token: Token, second: Token, requests: list[str], returned: str, run: SharedRun
    ) -> None:
        request = token_request(scope=["orders_read"])
        run.store(cached_token, request)
        run.endpoint.refresh, run.endpoint.password = [second], [granted(scope="orders_read", expires_in=864000)]
        acquired = run.acquire(request, min_validity=900000 if cached_token.lifetime == 864000 else None)
        assert run.requests == requests
        assert acquired.token.access_token == (returned or "granted")
        assert run.acquire(request).token == acquired.token
        assert run.requests == requests

    def test_where_the_password_fails(
        self, cached_token: Token, second: Token, requests: list[str], returned: str, run: SharedRun
    ) -> None:
        request = token_request(scope=["orders_read"])
        run.store(cached_token, request)
        run.endpoint.refresh, run.endpoint.password = [second], [UNREACHABLE]
        assert (
            run.acquire(request, min_validity=900000 if cached_token.lifetime == 864000 else None).origin == "refreshed"
        )
        assert run.acquire(request).token.access_token == "refreshed"
        assert run.requests == requests


@pytest.mark.parametrize("sent", [None, "r-cached"])
def test_a_server_that_keeps_its_refresh_tokens(sent: str | None, run: SharedRun) -> None:
    run.store(cached(3550))
    run.endpoint.refresh = [refreshed(refresh_token=sent)]
    assert run.acquire().token.refresh_token == "r-cached"
    run.clock.now += 3550
    run.acquire()
    assert run.requests == ["r-cached", "r-cached"]


def test_a_refresh_that_returns_the_same_token_is_not_repeated_by_each_host(run: SharedRun) -> None:
    run.store(cached(3545, access_token="same"))
    for host in range(5):
        run.endpoint.refresh = [refreshed(access_token="same", expires_in=55 - 4 * host)]
        acquired = run.acquire()
        assert (acquired.token.access_token, len(acquired.warnings)) == ("same", 1)
        run.clock.now += 4
    assert run.requests == ["r-cached"]


def test_what_a_refresh_does_not_repeat_stays(run: SharedRun) -> None:
    """The scope (RFC 6749, section 6) and the ID token."""
    run.store(cached(3590, scope="orders_read", id_token="i.d.t"))
    run.endpoint.refresh = [refreshed(scope=None, id_token=None)]
    token = run.acquire().token
    assert (token.access_token, token.scope, token.id_token) == ("refreshed", ("orders_read",), "i.d.t")
