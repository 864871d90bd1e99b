# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The end of a token: revoked at the server and dropped from the shelf, for C(state: absent)."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf, lock_patience
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import StoreError


class Revoker(Protocol):
    """Whoever sends the request: this process, or a module on the managed node. Raises C(TokenError)."""

    def revoke(self, request: TokenRequest, token: str) -> bool | None:
        """Revoke TOKEN; True when the server proves that it did, else None."""


@dataclass(frozen=True)
class Removal:
    """changed: whether there was something to end. revoked: True when the server proves it, else None."""

    changed: bool
    revoked: bool | None = None


class TokenRemover:
    """Revokes what the shelf of one request holds, and drops it, while nobody else can ask for it."""

    def __init__(self, revoker: Revoker, shelf: TokenShelf, *, clock: Callable[[], float] = time.time) -> None:
        self._revoker = revoker
        self._shelf = shelf
        self._clock = clock

    def remove(self, request: TokenRequest, *, refresh_token: str | None, is_trial: bool = False) -> Removal:
        """End the token of REQUEST, or the one of REFRESH_TOKEN if that is given. Raises C(TokenError).

        is_trial: only tell whether there is something to end. Where revoking fails, the shelf keeps its token.
        """
        with ExitStack() as held:
            since = self._clock()
            try:
                for lock in self._shelf.locks(seconds=lock_patience(request)):
                    since = self._clock()
                    held.enter_context(lock)
            except StoreError as error:
                if refresh_token is None:
                    raise _out_of_reach(error) from None
            return self._remove(request, refresh_token, self._shelf.token(since=since), is_trial=is_trial)

    def _remove(
        self, request: TokenRequest, refresh_token: str | None, stored: Token | None, *, is_trial: bool
    ) -> Removal:
        if stored is not None and refresh_token not in (None, stored.refresh_token, stored.renewed_from):
            stored = None  # another one, which the task does not mean
        doomed = self._living(stored)
        has_stored = bool(doomed)
        if refresh_token is not None and refresh_token not in doomed:
            doomed.insert(0, refresh_token)
        if is_trial:
            return Removal(changed=bool(doomed))
        proofs = [self._revoker.revoke(request, token) for token in doomed]
        if stored is not None:
            try:
                self._shelf.drop_token()
            except StoreError as error:
                raise _out_of_reach(error) from None
        revoked = True if any(proofs) else None
        return Removal(changed=has_stored or revoked is True, revoked=revoked)

    def _living(self, token: Token | None) -> list[str]:
        """What a server may still take of TOKEN, the refresh token first: without it the other cannot be renewed."""
        if token is None:
            return []
        access_token = token.access_token if token.is_usable(int(self._clock())) else None
        return [text for text in (token.refresh_token, access_token) if text is not None]


def _out_of_reach(error: StoreError) -> TokenError:
    hint = "Mend token_store, or give the refresh_token that is to be revoked"
    return TokenError(f"the token cannot be removed, because {error}", hint=hint)
