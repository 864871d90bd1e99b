# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""A token that is valid now: from the cache, refreshed, or requested, under one lock; and its revocation."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from ansible_collections.apiops.wso2.plugins.module_utils._errors import REFRESH_TOKEN, OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token, iso8601
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import (
    PASSWORD_GRANT,
    REFRESH_GRANT,
    REVOCATION,
    TokenRequest,
    shown_url,
)
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import StoreError
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache

T = TypeVar("T")

KEEP, REFRESH, REQUEST, FAIL = "keep", "refresh", "request", "fail"
STORED, REFRESHED, GRANTED = "stored", "refreshed", "granted"

# A cached token that could not be replaced is not tried again for so many seconds while it is valid.
_RETRY_SECONDS = 30

_NO_LONGER_LIFETIME = ". The server does not issue longer-lived tokens"
_NO_REFRESH_TOKEN = ", and cannot be refreshed because the server issued no refresh token"  # noqa: S105 - a sentence
_SAME_TOKEN = ". The server issues no other token before this one expires"  # noqa: S105 - a sentence
_PAUSED = f", and could not be replaced less than {_RETRY_SECONDS} seconds ago"
_CHECK_MODE = ", and is not refreshed in check mode"


class Endpoint(Protocol):
    """Sends the requests: from the control node, or from the managed node. Each method raises C(TokenError).

    secrets: texts beyond those of the request that an error must not show.
    """

    def request_token(self, request: TokenRequest, *, secrets: list[str]) -> Token:
        """Request a token with the grant of REQUEST."""

    def refresh_token(self, request: TokenRequest, refresh_token: str, *, secrets: list[str]) -> Token:
        """Request a token with REFRESH_TOKEN."""

    def revoke_token(self, request: TokenRequest, token: str, *, secrets: list[str]) -> bool | None:
        """Revoke TOKEN; True if the server confirms that it revoked something, else None."""


@dataclass(frozen=True)
class AcquireOptions:
    """What the caller requires beyond the request itself.

    refresh_token: one to use, or to revoke, instead of the cached one.
    min_validity: seconds, or None for the default of the token.
    force_since: epoch seconds before which no token and no failure counts; 0 where a cached token is welcome.
    check_mode: others must keep the tokens that they hold.
    failure_seen: epoch seconds up to which this task has reported failures already.
    """

    refresh_token: str | None = None
    require_scope: bool = False
    min_validity: int | None = None
    force_since: float = 0.0
    check_mode: bool = False
    failure_seen: float = 0.0

    @classmethod
    def from_options(cls, options: Mapping[str, Any], **task: Any) -> AcquireOptions:
        """Take the options (typed) that concern it, and what is known about the TASK; raises C(OptionError)."""
        if options["min_validity"] is not None and options["min_validity"] < 0:
            raise OptionError("min_validity", "must not be negative")
        return cls(
            refresh_token=options.get("refresh_token") or None,
            require_scope=options["require_scope"],
            min_validity=options["min_validity"],
            **task,
        )


@dataclass(frozen=True)
class AcquiredToken:
    """origin: C(granted), C(refreshed) or C(stored). is_changed: is it another one than the cache held before?

    warnings: sentences for the user, free of secrets.
    """

    token: Token
    origin: str
    is_changed: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Revocation:
    """is_changed: was there a token to revoke? revoked: True if the server confirms it, else None."""

    is_changed: bool
    revoked: bool | None = None


class _Outcome(NamedTuple):
    """A step's result. reason: why the token is not valid for longer. at: epoch seconds at which it was judged."""

    token: Token
    origin: str
    at: float
    reason: str = _NO_LONGER_LIFETIME
    warning: str | None = None


def next_step(held: Token | None, options: AcquireOptions, *, refresh_token: str | None, now: float) -> str:
    """What to do with the cached token HELD. REFRESH_TOKEN: the one that C(options.refresh_token) has become, or None.

    The first line that applies decides:

    ====================================================================  ========================================
    check mode, and HELD is valid                                         keep
    forced, and HELD was received before that                             refresh if there is a refresh token
                                                                          (given or cached), else request
    a refresh token is given, and HELD does not come from it              refresh
    HELD is fresh: valid for min_validity, or new with its full lifetime  keep
    HELD is valid, and replacing it failed a moment ago                   keep
    HELD had expired when it was issued, a moment ago                     keep
    there is a refresh token, even if HELD expired                        refresh
    anything else                                                         request
    ====================================================================  ========================================
    """
    cached = held.refresh_token if held is not None else None
    if held is not None and options.check_mode and held.is_valid(now):
        return KEEP
    if options.check_mode:
        return REQUEST
    if held is not None and held.received_at < options.force_since:
        return REFRESH if refresh_token or cached else REQUEST
    if refresh_token is not None and refresh_token != cached:
        return REFRESH
    if held is not None:
        is_paused = now < held.refresh_after and (held.is_valid(now) or held.lifetime == 0)
        if is_paused or held.is_fresh(now, options.min_validity):
            return KEEP
    return REFRESH if refresh_token or cached else REQUEST


def step_after_failed_refresh(error: TokenError, *, is_held_valid: bool, must_replace: bool, can_request: bool) -> str:
    """What to do after the refresh failed with ERROR.

    is_held_valid: is the cached token still valid? must_replace: C(force) requires a newer one. can_request: is there a
    password, or is the grant client credentials?

    ==============================================================  ===============================================
    the server rejected the refresh token or its grant              request if possible
    the failure can pass, and the cached token is not valid         request if possible
    the cached token is valid and does not have to be replaced      keep
    anything else (client or account rejected, wrong URL, ...)      fail: the password is not sent
    ==============================================================  ===============================================
    """
    if can_request and error.subject == REFRESH_TOKEN:
        return REQUEST
    if can_request and error.is_transient and not is_held_valid:
        return REQUEST
    return KEEP if is_held_valid and not must_replace else FAIL


class TokenProvider:
    """Returns or revokes the token of one request. It holds nothing that changes between calls."""

    def __init__(
        self,
        endpoint: Endpoint,
        cache: TokenCache,
        request: TokenRequest,
        options: AcquireOptions,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._endpoint = endpoint
        self._cache = cache
        self._request = request
        self._options = options
        self._clock = clock

    def acquire(self) -> AcquiredToken:
        """A token that is valid now. Raises C(TokenError), also one that another process got for the same request."""
        before = self._cache.read()
        outcome = self._kept(before) if before is not None else None
        if outcome is None:
            with self._cache.lock():
                held = self._cache.read()
                outcome = (self._kept(held) if held is not None else None) or self._replace(held)
        if outcome.token.scope is None and not self._request.scope:
            # Nothing was requested, and nothing in particular was granted.
            outcome = outcome._replace(token=replace(outcome.token, scope=()))
        is_changed = before is None or before.access_token != outcome.token.access_token
        whitespace = [f"{warning} and is sent that way" for warning in self._request.whitespace_warnings()]
        return AcquiredToken(outcome.token, outcome.origin, is_changed, (*whitespace, *self._warnings(outcome)))

    def revoke(self) -> Revocation:
        """Revoke the cached token, or the one that the given refresh token belongs to. Raises C(TokenError).

        In check mode nothing is sent. If the server does not revoke it, the cache keeps the token.
        """
        with self._cache.lock():
            held = self._cache.read()
            given = self._given_refresh_token()
            if self._cache.error is not None and self._options.refresh_token is None:
                raise _unusable(self._cache.error)
            if held is not None and given not in (None, held.refresh_token):
                held = None  # another token, which the task does not mean
            texts = self._texts_to_revoke(held, given)
            if self._options.check_mode:
                return Revocation(bool(texts))
            secrets = [*texts, *(held.secrets() if held is not None else [])]
            confirmed = [self._revoke_text(text, secrets) for text in texts]
            try:
                self._cache.revoke(held, *texts)
            except StoreError as error:
                raise _unusable(error) from None
            return Revocation(bool(texts), True if any(confirmed) else None)

    # --- steps

    def _kept(self, held: Token) -> _Outcome | None:
        """HELD, if there is nothing to do about it."""
        now = self._clock()
        if next_step(held, self._options, refresh_token=self._given_refresh_token(), now=now) != KEEP:
            return None
        if self._options.check_mode:
            return _Outcome(held, STORED, now, _CHECK_MODE)
        return _Outcome(held, STORED, now, _PAUSED if now < held.refresh_after else _NO_LONGER_LIFETIME)

    def _replace(self, held: Token | None) -> _Outcome:
        given = self._given_refresh_token()
        step = next_step(held, self._options, refresh_token=given, now=self._clock())
        refresh_token = given or (held.refresh_token if held is not None else None)
        if step == REFRESH and refresh_token is not None:
            return self._refresh_or_request(held, refresh_token)
        try:
            return self._request_token(held)
        except TokenError as error:
            return self._keep_after(error, held)

    def _refresh_or_request(self, held: Token | None, refresh_token: str) -> _Outcome:
        try:
            refreshed = self._refresh(held, refresh_token)
        except TokenError as error:
            step = step_after_failed_refresh(
                error,
                is_held_valid=self._is_valid(held),
                must_replace=self._must_replace(held),
                can_request=self._can_request,
            )
            if step != REQUEST:
                return self._keep_after(error, held)
            try:
                outcome = self._request_token(held, failed_refresh=error)
            except TokenError as second:
                return self._keep_after(second, held)
            # Other hosts, which are given it too, share the token that replaces it.
            self._cache.replace_refresh_token(refresh_token, outcome.token)
            return outcome
        if self._can_request and held is not None and self._is_worse(refreshed, held):
            return self._request_instead_of(refreshed, held)
        return self._cached(refreshed, REFRESHED, previous=held)

    def _request_token(self, held: Token | None, *, failed_refresh: TokenError | None = None) -> _Outcome:
        token = self._send(self._request.grant, known=[held])
        if held is not None and self._is_valid(held):
            token = _newly_dated(token, held)
        if self._options.force_since and held is not None and held.access_token == token.access_token:
            warning = "The server returned the same token again; it issues no other one before this one expires"
            return self._cached(token, GRANTED, previous=held, warning=warning)
        if token.is_fresh(self._clock(), self._options.min_validity):
            self._cache.write(token, previous=held)
            return _Outcome(token, GRANTED, self._clock())
        if token.refresh_token is None or self._options.check_mode or failed_refresh is not None:
            return self._cached(token, GRANTED, previous=held, reason=self._reason(token, failed_refresh))
        try:
            refreshed = self._refresh(token, token.refresh_token, known=[held])
        except TokenError as error:
            return self._cached(token, GRANTED, previous=held, reason=_failed(error))
        self._cache.write(token, previous=held)
        return self._cached(refreshed, REFRESHED, previous=token)

    def _request_instead_of(self, refreshed: Token, held: Token) -> _Outcome:
        """Once with the password, because REFRESHED has fewer scopes or less time than HELD, which is dead on WSO2."""
        outcome = self._cached(refreshed, REFRESHED, previous=held)
        try:
            token = self._send(self._request.grant, known=[held, refreshed])
        except TokenError:
            return outcome
        return self._cached(token, GRANTED, previous=refreshed)

    def _keep_after(self, error: TokenError, held: Token | None) -> _Outcome:
        """HELD with a warning if it is valid and may be kept, else ERROR."""
        if held is None or not self._is_valid(held) or self._must_replace(held):
            raise error
        warning = f"The cached token is returned, because the given refresh_token could not be used: {error.cause}"
        is_fresh = held.is_fresh(self._clock(), self._options.min_validity)
        return self._cached(held, STORED, previous=held, reason=_failed(error), warning=warning if is_fresh else None)

    # --- requests

    def _refresh(self, held: Token | None, refresh_token: str, *, known: Sequence[Token | None] = ()) -> Token:
        token = self._send(REFRESH_GRANT, refresh_token, known=[held, *known])
        # A server that keeps its refresh tokens does not send them again, nor a scope that stays (RFC 6749, 5.1).
        token = replace(
            token,
            refresh_token=token.refresh_token or refresh_token,
            scope=token.scope if token.scope is not None else held.scope if held is not None else None,
            id_token=token.id_token or (held.id_token if held is not None else None),
            has_full_lifetime=token.lifetime is not None and (held is None or held.access_token != token.access_token),
        )
        self._cache.replace_refresh_token(refresh_token, token)
        return token

    def _send(self, grant: str, refresh_token: str | None = None, *, known: Sequence[Token | None]) -> Token:
        """One request, unless it is known to fail. Its outcome is recorded for the other processes of this run.

        known: tokens that an error must not show.
        """
        if grant == PASSWORD_GRANT and (self._request.password is None or self._request.username is None):
            if self._options.check_mode and self._options.refresh_token is not None:
                problem = "is not sent in check mode, because that would revoke a token that others use"
                raise OptionError("refresh_token", problem, hint="Set username and password, or do not use check mode")
            missing = "username" if self._request.username is None else "password"
            raise OptionError(missing, "is missing", hint=f"Set {missing}, or a refresh_token that is still valid")
        secrets = [text for text in (self._options.refresh_token, self._given_refresh_token()) if text]
        for token in known:
            secrets += token.secrets() if token is not None else []
        if refresh_token is not None:
            send = partial(self._endpoint.refresh_token, self._request, refresh_token, secrets=secrets)
        else:
            send = partial(self._endpoint.request_token, self._request, secrets=secrets)
        return self._guarded(send, grant, refresh_token)

    def _revoke_text(self, text: str, secrets: list[str]) -> bool | None:
        return self._guarded(partial(self._endpoint.revoke_token, self._request, text, secrets=secrets), REVOCATION)

    def _guarded(self, send: Callable[[], T], grant: str, refresh_token: str | None = None) -> T:
        since, seen = self._options.force_since, self._options.failure_seen
        return self._cache.failures.guard(send, grant, refresh_token=refresh_token, since=since, seen=seen)

    def _cached(
        self,
        token: Token,
        origin: str,
        *,
        previous: Token | None,
        reason: str = _NO_LONGER_LIFETIME,
        warning: str | None = None,
    ) -> _Outcome:
        now = self._clock()
        if not token.is_fresh(now, self._options.min_validity):
            token = replace(token, refresh_after=now + _RETRY_SECONDS)
        self._cache.write(token, previous=previous)
        return _Outcome(token, origin, now, reason, warning)

    # --- conditions

    @property
    def _can_request(self) -> bool:
        return self._request.grant != PASSWORD_GRANT or None not in (self._request.username, self._request.password)

    def _given_refresh_token(self) -> str | None:
        given = self._options.refresh_token
        return None if given is None else self._cache.latest_refresh_token(given) or None

    def _texts_to_revoke(self, held: Token | None, refresh_token: str | None) -> list[str]:
        """The refresh token first: without it, nobody can refresh the access token in between."""
        texts = [refresh_token, held.refresh_token if held is not None else None]
        if held is not None and self._is_valid(held):
            texts.append(held.access_token)
        return [text for text in dict.fromkeys(texts) if text is not None and not self._cache.is_revoked(text)]

    def _is_valid(self, token: Token | None) -> bool:
        return token is not None and token.is_valid(self._clock())

    def _must_replace(self, held: Token | None) -> bool:
        return held is not None and held.received_at < self._options.force_since

    def _is_worse(self, token: Token, other: Token) -> bool:
        """Does TOKEN lack requested scopes that OTHER has, or expire before OTHER although that is valid?"""
        lost = set(self._request.missing_scope(token.scope or ())) - set(self._request.missing_scope(other.scope or ()))
        if token.scope is not None and lost:
            return True
        if not self._is_valid(other) or token.expires_at is None:
            return False
        return other.expires_at is not None and token.expires_at < other.expires_at - 1

    def _reason(self, token: Token, failed_refresh: TokenError | None) -> str:
        """Why TOKEN is not valid for longer, although it was just requested."""
        if self._options.check_mode:
            return _CHECK_MODE
        if failed_refresh is not None:
            return _failed(failed_refresh)
        if token.has_full_lifetime:
            return _NO_LONGER_LIFETIME
        return _NO_REFRESH_TOKEN if self._request.grant == PASSWORD_GRANT else _SAME_TOKEN

    # --- warnings

    def _warnings(self, outcome: _Outcome) -> list[str]:
        warnings = self._scope_warnings(outcome)
        warnings += [outcome.warning] if outcome.warning else []
        if outcome.origin != STORED and outcome.token.dropped:
            names = " and ".join(outcome.token.dropped)
            warnings.append(f"The response has characters in {names} that RFC 6749 does not allow; they were dropped")
        warnings += self._validity_warnings(outcome)
        if self._cache.error is not None:
            warnings.append(f"The token was not cached as token_store says: {self._cache.error}")
        return warnings

    def _validity_warnings(self, outcome: _Outcome) -> list[str]:
        end = outcome.token.expires_at
        # Judged by the clock as it was then, because a second that began since would count otherwise.
        if end is None or end - int(outcome.at) >= max(1, outcome.token.required_validity(self._options.min_validity)):
            return []
        return [f"The token expires at {iso8601(end)}, sooner than min_validity{outcome.reason}"]

    def _scope_warnings(self, outcome: _Outcome) -> list[str]:
        token = outcome.token
        if not self._request.scope or (token.scope is not None and not self._request.missing_scope(token.scope)):
            return []
        if token.scope is None:
            problem = "The server did not report which scopes it granted"
        else:
            problem = f"The server did not grant the scope {' '.join(self._request.missing_scope(token.scope))}"
        if self._options.require_scope:
            who = "the user's" if self._request.grant == PASSWORD_GRANT else "its owner's"
            hint = f"Check that the application and {who} roles allow it, or set require_scope: false"
            raise TokenError(
                problem, hint=hint, url=shown_url(self._request.token_url), attempts=int(outcome.origin != STORED)
            )
        return [problem]


def _newly_dated(token: Token, held: Token) -> Token:
    """TOKEN, with what the cached one, which is valid, reveals about its age."""
    if held.access_token != token.access_token:
        # A server that returns tokens again would have returned the cached one.
        return replace(token, has_full_lifetime=token.lifetime is not None)
    return replace(token, has_full_lifetime=False, id_token=token.id_token or held.id_token)


def _failed(error: TokenError) -> str:
    return f", and replacing it failed: {error.cause}"


def _unusable(error: StoreError) -> TokenError:
    hint = "Fix token_store, or set refresh_token to the token to revoke"
    return TokenError(f"Cannot revoke the cached token: {error}", hint=hint)
