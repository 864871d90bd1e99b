# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Revoke a token at the server and remove it from the cache, for C(state: absent)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import StoreError
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import REVOCATION, TokenCache
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import Endpoint


@dataclass(frozen=True)
class Revocation:
    """is_changed: was there a token to revoke? revoked: True if the server confirms it, else None."""

    is_changed: bool
    revoked: bool | None = None


class TokenRevoker:
    """Revokes the token of one request while no other process can request it."""

    def __init__(
        self,
        endpoint: Endpoint,
        cache: TokenCache,
        request: TokenRequest,
        *,
        force_since: float = 0.0,
        failure_seen: float = 0.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._endpoint = endpoint
        self._cache = cache
        self._request = request
        self._force_since = force_since
        self._failure_seen = failure_seen
        self._clock = clock

    def revoke(self, refresh_token: str | None, *, check_mode: bool = False) -> Revocation:
        """Revoke the cached token, or the one that REFRESH_TOKEN belongs to. Raises C(TokenError).

        In check mode nothing is sent. If the server does not revoke it, the cache keeps the token.
        """
        with self._cache.lock():
            held = self._cache.read()
            if self._cache.error is not None and refresh_token is None:
                raise _unusable(self._cache.error)
            latest = None if refresh_token is None else self._cache.latest_refresh_token(refresh_token)
            if held is not None and latest not in (None, held.refresh_token):
                held = None  # another token, which the task does not mean
            texts = self._texts_to_revoke(held, latest)
            if check_mode:
                return Revocation(bool(texts))
            secrets = [*texts, *(held.secrets() if held is not None else [])]
            confirmed = [self._send(text, secrets) for text in texts]
            try:
                self._cache.revoke(held, *texts)
            except StoreError as error:
                raise _unusable(error) from None
            return Revocation(bool(texts), True if any(confirmed) else None)

    def _texts_to_revoke(self, held: Token | None, refresh_token: str | None) -> list[str]:
        """The refresh token first: without it, nobody can refresh the access token in between."""
        texts = [refresh_token, held.refresh_token if held is not None else None]
        if held is not None and held.is_valid(self._clock()):
            texts.append(held.access_token)
        return [text for text in dict.fromkeys(texts) if text is not None and not self._cache.is_revoked(text)]

    def _send(self, text: str, secrets: list[str]) -> bool | None:
        return self._cache.failures.guard(
            partial(self._endpoint.revoke_token, self._request, text, secrets=secrets),
            REVOCATION,
            since=self._force_since,
            seen=self._failure_seen,
        )


def _unusable(error: StoreError) -> TokenError:
    hint = "Fix token_store, or set refresh_token to the token to revoke"
    return TokenError(f"Cannot revoke the cached token: {error}", hint=hint)
