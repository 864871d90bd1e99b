# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The processes of one run, which share a clock, a token store, and an endpoint that records its requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Union

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import (
    CLIENT,
    ENDPOINT,
    REFRESH_TOKEN,
    REQUEST,
    USER,
    TokenError,
)
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils import _token_cache
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import (
    AcquiredToken,
    AcquireOptions,
    Revocation,
    TokenProvider,
)
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, token, token_request

Outcome = Union[Token, TokenError]

# How a request with the password is recorded. Other requests are recorded by the token that they contain.
PASSWORD = "password"


def _failure(cause: str, subject: str, **facts: Any) -> TokenError:
    return TokenError(cause, hint="Fix it", attempts=1, subject=subject, **facts)


WRONG_PASSWORD = _failure("HTTP 400, invalid_grant", USER, error="invalid_grant", http_status=400)
LOCKED = _failure("HTTP 400, 17003: Account is locked", USER, error="17003", http_status=400)
WRONG_CLIENT = _failure("HTTP 401, invalid_client", CLIENT, error="invalid_client", http_status=401)
DEAD_REFRESH_TOKEN = _failure("HTTP 400, invalid_grant", REFRESH_TOKEN, error="invalid_grant", http_status=400)
NOT_FOUND = _failure("HTTP 404", ENDPOINT, http_status=404)
UNREACHABLE = _failure("The connection was refused", ENDPOINT, is_transient=True)
SERVER_ERROR = _failure("HTTP 500, server_error", REQUEST, error="server_error", http_status=500, is_transient=True)


def granted(**changes: Any) -> Token:
    return token(**{"access_token": "granted", "refresh_token": "r-granted", **changes})


def refreshed(**changes: Any) -> Token:
    return token(**{"access_token": "refreshed", "refresh_token": "r-refreshed", **changes})


def cached(age: int = 0, **changes: Any) -> Token:
    """A token that was received AGE seconds ago."""
    return token(asked_at=NOW - age, **{"access_token": "cached", "refresh_token": "r-cached", **changes})


def _raise_if_error(outcome: object) -> None:
    if isinstance(outcome, TokenError):
        raise outcome


class _NothingKnown(Exception):
    """A request was sent."""


def record_failure(cache: TokenCache, error: TokenError, grant: str, *, refresh_token: str | None = None) -> None:
    """Let a request with GRANT end with ERROR."""

    def send() -> None:
        raise error

    with pytest.raises(TokenError):
        cache.failures.guard(send, grant, refresh_token=refresh_token)


def known_failure(cache: TokenCache, grant: str, *, refresh_token: str | None = None) -> TokenError | None:
    """Why a request with GRANT is not sent, or None if it is."""

    def send() -> None:
        raise _NothingKnown

    try:
        cache.failures.guard(send, grant, refresh_token=refresh_token)
    except _NothingKnown:
        return None
    except TokenError as error:
        return error
    raise AssertionError("The request was neither sent nor known to fail")


class Clock:
    def __init__(self) -> None:
        self.now: float = NOW

    def __call__(self) -> float:
        return self.now


class Endpoint:
    """password, refresh, revoke: the outcome of each such request in turn; the last one repeats.

    requests: what was sent, in order. last: how the last one was sent. secrets: what its error must not show.
    """

    last: TokenRequest

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.password: list[Outcome] = [granted()]
        self.refresh: list[Outcome] = [refreshed()]
        self.revoke: list[bool | TokenError | None] = [True]
        self.requests: list[str] = []
        self.secrets: list[str] = []

    def request_token(self, request: TokenRequest, *, secrets: list[str]) -> Token:
        return self._token(PASSWORD, self.password, request, secrets)

    def refresh_token(self, request: TokenRequest, refresh_token: str, *, secrets: list[str]) -> Token:
        return self._token(refresh_token, self.refresh, request, secrets)

    def revoke_token(self, request: TokenRequest, token: str, *, secrets: list[str]) -> bool | None:
        self._record(token, request, secrets)
        outcome = self.revoke.pop(0) if len(self.revoke) > 1 else self.revoke[0]
        _raise_if_error(outcome)
        return outcome  # type: ignore[return-value]

    def _token(self, sent: str, outcomes: list[Outcome], request: TokenRequest, secrets: list[str]) -> Token:
        self._record(sent, request, secrets)
        outcome = outcomes.pop(0) if len(outcomes) > 1 else outcomes[0]
        if isinstance(outcome, TokenError):
            raise outcome
        return replace(outcome, asked_at=int(self._clock()), received_at=self._clock())

    def _record(self, sent: str, request: TokenRequest, secrets: list[str]) -> None:
        self.requests.append(sent)
        self.last = request
        self.secrets = secrets


class _WaitingCache(TokenCache):
    """meanwhile: what other processes do until the lock is free."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    @contextmanager
    def lock(self) -> Iterator[None]:
        self.meanwhile()
        with super().lock():
            yield


class SharedRun:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.endpoint = Endpoint(clock)

    @property
    def requests(self) -> list[str]:
        return self.endpoint.requests

    def cache(self, request: TokenRequest | None = None, token_store: str = "run", **options: Any) -> _WaitingCache:
        return _WaitingCache(request or token_request(), token_store, **options)

    def store(self, cached_token: Token | None, request: TokenRequest | None = None, **options: Any) -> None:
        if cached_token is not None:
            self.cache(request, **options).write(cached_token, previous=None)

    def acquire(
        self,
        request: TokenRequest | None = None,
        *,
        token_store: str = "run",
        place: str = "",
        meanwhile: Callable[[], object] = lambda: None,
        **options: Any,
    ) -> AcquiredToken:
        """What a new process does that needs the token of REQUEST."""
        return self._provider(request, token_store, place, meanwhile, options).acquire()

    def fail(self, request: TokenRequest | None = None, **options: Any) -> TokenError:
        """The error with which C(acquire) ends."""
        with pytest.raises(TokenError) as caught:
            self.acquire(request, **options)
        return caught.value

    def revoke(
        self,
        refresh_token: str | None = None,
        request: TokenRequest | None = None,
        *,
        token_store: str = "run",
        meanwhile: Callable[[], object] = lambda: None,
        **options: Any,
    ) -> Revocation:
        options["refresh_token"] = refresh_token
        return self._provider(request, token_store, "", meanwhile, options).revoke()

    def _provider(
        self,
        request: TokenRequest | None,
        token_store: str,
        place: str,
        meanwhile: Callable[[], object],
        options: dict[str, Any],
    ) -> TokenProvider:
        request = request or token_request()
        cache = self.cache(request, token_store, refresh_token=options.get("refresh_token"), place=place)
        cache.meanwhile = meanwhile
        return TokenProvider(self.endpoint, cache, request, AcquireOptions(**options), clock=self.clock)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> SharedRun:
    clock = Clock()
    monkeypatch.setattr(_token_cache, "time", SimpleNamespace(time=clock))
    return SharedRun(clock)
