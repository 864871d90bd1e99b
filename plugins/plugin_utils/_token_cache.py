# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""What the stores hold for one request, unsealed: its token, and why it got none in this run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._entry_file import Stamp
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import Seal, seal_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._store_option import open_store, run_store
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import StoreError, TokenStore

# How long WSO2 keeps a refresh token unless told otherwise; the server does not say.
_REFRESH_TOKEN_SECONDS = 24 * 60 * 60
# Failures live no longer than the run, of which this is the most that anybody waits for.
_RUN_SECONDS = 24 * 60 * 60
# Who holds the lock may renew and then ask with the password, or revoke one token and then the other.
_REQUESTS_IN_A_LOCK = 2
_LOCK_MARGIN_SECONDS = 5

# What this process has unsealed already, by whose it is and what it was sealed as: a template may mention a token
# many times.
_opened: dict[tuple[str, bytes], Any] = {}


class TokenShelf:
    """tokens: where tokens are kept, or None for nowhere.

    run: where failures are kept, which are for this run alone: in the next, the account may be unlocked. A token goes
    there too where C(tokens) fails, so that even then one host of a run asks and not each.
    """

    def __init__(self, seal: Seal, *, tokens: TokenStore | None, run: TokenStore | None) -> None:
        self._encryption = seal
        self._tokens = tokens
        self._run = run
        self._spare = run if tokens is not run else None

    def token(self, *, since: float | None = None) -> Token | None:
        """The token kept, fresh or not. SINCE: epoch seconds, see C(TokenStore.read)."""
        entry = self._read(self._tokens, self._encryption.name, since=since)
        if entry is None:
            entry = self._read(self._spare, self._encryption.name)
        try:
            return Token.from_entry(entry) if entry is not None else None
        except (KeyError, TypeError, ValueError):
            return None

    def stamp(self) -> tuple[Stamp | None, float]:
        """What changes with the token at hand, see C(TokenStore.stamp)."""
        try:
            return (None, 0.0) if self._tokens is None else self._tokens.stamp(self._encryption.name)
        except StoreError:
            return None, 0.0

    def put_token(self, token: Token) -> None:
        """Keep TOKEN, and forget the failure that is past. Raises C(StoreError)."""
        try:
            renewable = token.refresh_token is not None or token.lifetime is None
            seconds = (token.lifetime or 0) + (_REFRESH_TOKEN_SECONDS if renewable else 1)
            self._write(self._tokens, self._encryption.name, token.to_entry(), seconds=seconds)
        except StoreError:
            # Where that fails too, the trouble of the store that was asked for is what people have to know.
            with suppress(StoreError):
                self._write(self._spare, self._encryption.name, token.to_entry(), seconds=_RUN_SECONDS)
            raise
        else:
            if self._spare is not None:
                self._spare.delete(self._encryption.name)
        finally:
            if self._run is not None:
                self._run.delete(self._failure_name)

    def failure(self, *, since: float) -> TokenError | None:
        """Why another process got no token: turned down at any time in this run, or left without an answer after SINCE.

        since: epoch seconds. What keeps a server from answering may pass, so only who waited meanwhile is told.
        """
        entry = self._read(self._run, self._failure_name)
        if not isinstance(entry, Mapping) or not isinstance(entry.get("failure"), Mapping):
            return None
        at = entry.get("at")
        error = TokenError.from_failure(str(entry.get("message")), dict(entry["failure"]))
        return error if error.refused or (isinstance(at, (int, float)) and at >= since) else None

    def put_failure(self, error: TokenError, *, at: float) -> None:
        """Remember for this run why there is no token. AT: epoch seconds. Raises C(StoreError)."""
        entry = {"message": error.message, "failure": error.failure(), "at": at}
        self._write(self._run, self._failure_name, entry, seconds=_RUN_SECONDS)

    def drop_token(self) -> None:
        """Keep the token no longer. Raises C(StoreError)."""
        for store in (self._spare, self._tokens):
            if store is not None:
                store.delete(self._encryption.name)

    def locks(self, *, seconds: float) -> Sequence[AbstractContextManager[None]]:
        """What to enter, one after the other, so that nobody else asks for this token; see C(TokenStore.locks)."""
        stores = (store for store in (self._tokens, self._spare) if store is not None)
        return [lock for store in stores for lock in store.locks(self._encryption.name, seconds=seconds)]

    @property
    def _failure_name(self) -> str:
        return f"{self._encryption.name}.failure"

    def _read(self, store: TokenStore | None, name: str, *, since: float | None = None) -> Any:
        if store is None:
            return None
        try:
            sealed = store.read(name, since=since)
        except StoreError:
            # Writing meets the same trouble, and tells it once.
            return None
        if sealed is None:
            return None
        key = (self._encryption.name, sealed)
        if key not in _opened:
            _opened[key] = _parsed(self._encryption.open(sealed))
        return _opened[key]

    def _write(self, store: TokenStore | None, name: str, entry: Mapping[str, Any], *, seconds: int) -> None:
        if store is not None:
            store.write(name, self._encryption.close(json.dumps(entry).encode("utf-8")), seconds=seconds)


def _parsed(content: bytes | None) -> Any:
    try:
        return None if content is None else json.loads(content)
    except ValueError:
        return None


def lock_patience(request: TokenRequest) -> float:
    """The seconds to wait for who sends REQUEST already, and perhaps another after it."""
    return _REQUESTS_IN_A_LOCK * request.transport.timeout + _LOCK_MARGIN_SECONDS


def shelf_for(
    request: TokenRequest, token_store: str, *, refresh_token: str | None = None, place: str = ""
) -> TokenShelf:
    """The shelf of REQUEST in the store that the option C(token_store) names; for the rest see C(seal_for)."""
    tokens = open_store(token_store)
    is_kept_in_run = token_store == "run"  # noqa: S105 - no password
    run = tokens if is_kept_in_run or tokens is None else run_store()
    seal = seal_for(request, refresh_token=refresh_token, place=place)
    return TokenShelf(seal, tokens=tokens, run=run)
