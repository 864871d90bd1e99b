# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The one use case of both doors: a token that is valid now, with the least that must be asked of the server."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf, lock_patience
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import StoreError

# A renewal that failed is not tried again for so long, while the token is still good.
_RENEWAL_PAUSE_SECONDS = 30

_NO_REFRESH_TOKEN = "and cannot be renewed, for it came without a refresh token"  # noqa: S105 - a sentence


class Grantor(Protocol):
    """Whoever sends the request: this process, or a module on the managed node. Raises C(TokenError)."""

    def password_grant(self, request: TokenRequest) -> Token:
        """Ask with the user's password."""

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        """Renew the token that REFRESH_TOKEN belongs to."""


@dataclass(frozen=True)
class Wish:
    """What is wanted beyond the request itself.

    refresh_token: one to renew, instead of the stored. min_validity: seconds, or None for the default of the token.
    force: a new token, and an earlier rejection forgotten. may_renew: False where others must keep what they hold.
    """

    refresh_token: str | None = None
    require_scope: bool = False
    min_validity: int | None = None
    force: bool = False
    may_renew: bool = True

    @classmethod
    def from_options(cls, options: Mapping[str, Any], *, check_mode: bool) -> Wish:
        """Take the options (typed) that concern it; raises C(OptionError)."""
        min_validity = options["min_validity"]
        if min_validity is not None and min_validity < 0:
            raise OptionError("min_validity", "must not be negative")
        return cls(
            refresh_token=options.get("refresh_token"),
            require_scope=options["require_scope"],
            min_validity=min_validity,
            force=options["force"],
            may_renew=not check_mode,
        )


@dataclass(frozen=True)
class Provision:
    """origin: C(granted), C(refreshed) or C(stored). warnings: sentences for the user, free of secrets."""

    token: Token
    origin: str
    warnings: tuple[str, ...]


class ScopeError(TokenError):
    """A token came, but not for all that was asked, and the user wants all or nothing."""


class TokenProvider:
    """Hands out the token of one request, from the shelf while it is good, else from the grantor.

    The lock of the shelf is held from the look at it to the new entry in it, so that of any number of processes
    one asks the server and the others take what it got.
    """

    def __init__(self, grantor: Grantor, shelf: TokenShelf, *, clock: Callable[[], float] = time.time) -> None:
        self._grantor = grantor
        self._shelf = shelf
        self._clock = clock
        self._warnings: list[str] = []
        self._has_store_warning = False
        self._seen: Token | None = None
        self._why_short = ""
        self._since = 0.0
        self._judged_at = 0

    def obtain(self, request: TokenRequest, wish: Wish) -> Provision:
        """A token for REQUEST. Raises C(TokenError), also one that another process met before."""
        self._warnings = request.suspicions()
        self._since = self._clock()
        # Force needs to know what there is everywhere, to tell it from what comes later.
        token, origin = self._on_shelf(request, wish, since=self._since if wish.force else None), "stored"
        if token is None:
            with ExitStack() as held:
                token = self._found_while_locking(request, wish, held)
                if token is None:
                    token, origin = self._fetch(request, wish)
                    self._judged_at = self._now()
        self._check_validity(token, wish)
        self._check_scope(request, token, required=wish.require_scope)
        return Provision(token, origin, tuple(self._warnings))

    def _found_while_locking(self, request: TokenRequest, wish: Wish, held: ExitStack) -> Token | None:
        """Take each lock into HELD, and look after each whether another process has done meanwhile what it is for."""
        for lock in self._shelf.locks(seconds=lock_patience(request)):
            since = self._clock()
            self._guarded(partial(held.enter_context, lock))
            token = self._on_shelf(request, wish, since=since, has_waited=True)
            if token is not None:
                return token
        return None

    def _on_shelf(
        self, request: TokenRequest, wish: Wish, *, since: float | None, has_waited: bool = False
    ) -> Token | None:
        """What is there and need not be asked for, or C(None). Raises the failure that is there instead."""
        token = self._shelf.token(since=since)
        # What another process got while this one waited for the lock is as new as force can wish.
        is_new = has_waited and token != self._seen
        self._seen = token
        self._judged_at = self._now()
        if token is not None and token.is_fresh(self._judged_at, wish.min_validity):
            meant = (is_new or not wish.force) and wish.refresh_token in (None, token.renewed_from)
            if meant or not wish.may_renew:
                return token
        # That a password was turned down says nothing about the refresh token that is given with it.
        has_both = wish.refresh_token is not None and request.password is not None
        self._raise_known_failure(wish, unless_refused=has_both)
        return None

    def _fetch(self, request: TokenRequest, wish: Wish) -> tuple[Token, str]:
        """A token that the shelf does not have: by renewal where that is possible, else with the password."""
        held = self._seen
        usable = held if held is not None and held.is_usable(self._now()) else None
        if not wish.may_renew:
            self._why_short = "and is not renewed in check mode"
            return (usable, "stored") if usable is not None else (self._ask(request, wish), "granted")
        refresh_token = wish.refresh_token or (usable.refresh_token if usable is not None else None)
        if refresh_token is None:
            if usable is not None and usable.expires_at is not None and not wish.force:
                self._why_short = _NO_REFRESH_TOKEN
                return usable, "stored"
            return self._lengthened(request, wish, self._ask(request, wish))
        try:
            return self._renew(request, wish, refresh_token, held), "refreshed"
        except TokenError as error:
            return self._instead_of_renewed(request, wish, usable, error)

    def _instead_of_renewed(
        self, request: TokenRequest, wish: Wish, usable: Token | None, error: TokenError
    ) -> tuple[Token, str]:
        """Where renewing met ERROR: a token by the password if the refresh token was refused, else the one held."""
        if error.refused and request.password is not None:
            try:
                token = self._ask(request, wish)
            except TokenError as second:
                if second.refused:
                    raise
                error = second
            else:
                is_fresh = token.is_fresh(self._now(), wish.min_validity)
                return token if is_fresh else self._paused(token, wish, error), "granted"
        if usable is None or wish.force or wish.refresh_token is not None:
            self._guarded(lambda: self._shelf.put_failure(error, at=self._clock()))
            raise error
        return self._paused(usable, wish, error), "stored"

    def _lengthened(self, request: TokenRequest, wish: Wish, token: Token) -> tuple[Token, str]:
        """TOKEN as granted, or renewed at once if it is nearly used up.

        WSO2 hands out the same opaque token again with the seconds that are left to it, and only renewing helps.
        """
        if token.is_fresh(self._now(), wish.min_validity):
            return token, "granted"
        if token.refresh_token is None:
            self._why_short = _NO_REFRESH_TOKEN
            return token, "granted"
        try:
            return self._renew(request, wish, token.refresh_token, token), "refreshed"
        except TokenError as error:
            return self._paused(token, wish, error), "granted"

    def _renew(self, request: TokenRequest, wish: Wish, refresh_token: str, held: Token | None) -> Token:
        token = self._grantor.refresh_grant(request, refresh_token)
        # A server that keeps its refresh tokens does not send them again, nor the scope that stays (RFC 6749, 5.1).
        scope = token.scope or (held.scope if held is not None else request.scope)
        refresh_token = token.refresh_token or refresh_token
        return self._kept(replace(token, refresh_token=refresh_token, scope=scope, has_full_life=True), wish)

    def _ask(self, request: TokenRequest, wish: Wish) -> Token:
        if request.password is None:
            raise OptionError("password", "is missing, and a refresh token is not renewed in check mode")
        self._raise_known_failure(wish)
        try:
            return self._kept(self._grantor.password_grant(request), wish)
        except TokenError as error:
            failure = error
            self._guarded(lambda: self._shelf.put_failure(failure, at=self._clock()))
            raise

    def _paused(self, token: Token, wish: Wish, error: TokenError) -> Token:
        """TOKEN, kept so that nobody tries to renew it for a while."""
        self._why_short = f"and renewing it failed: {error.cause}"
        return self._kept(replace(token, renew_after=self._now() + _RENEWAL_PAUSE_SECONDS), wish)

    def _kept(self, token: Token, wish: Wish) -> Token:
        token = replace(token, renewed_from=wish.refresh_token)
        self._guarded(lambda: self._shelf.put_token(token))
        return token

    def _raise_known_failure(self, wish: Wish, *, unless_refused: bool = False) -> None:
        failure = None if wish.force else self._shelf.failure(since=self._since)
        if failure is not None and not (failure.refused and unless_refused):
            raise failure

    def _check_validity(self, token: Token, wish: Wish) -> None:
        end = token.expires_at
        # By the clock as it was when the token was found good enough, or a second that has begun since would count.
        if end is None or end - self._judged_at >= token.validity_wanted(wish.min_validity):
            return
        why = self._why_short or "and the server gives none for longer"
        self._warnings.append(f"the token is good until {token.to_result(now=end)['expires_at']} only, {why}")

    def _check_scope(self, request: TokenRequest, token: Token, *, required: bool) -> None:
        missing = request.missing_scope(token.scope)
        if not missing:
            return
        problem = f"the server did not grant the scope {' '.join(missing)}"
        if required:
            hint = "Check that the application and the user's roles allow it, or set require_scope: false"
            raise ScopeError(problem, hint=hint, url=request.shown_url, attempts=1)
        self._warnings.append(problem)

    def _guarded(self, work: Callable[[], object]) -> None:
        """Do WORK on the shelf; a token that cannot be kept is a token all the same."""
        try:
            work()
        except StoreError as error:
            # Once: a store that cannot be locked cannot be written to either.
            if not self._has_store_warning:
                self._warnings.append(f"the token is not kept as token_store says: {error}")
            self._has_store_warning = True

    def _now(self) -> int:
        return int(self._clock())
