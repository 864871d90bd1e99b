# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the tests of the token provider play: a server that is asked, the stores, and a clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import seal_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import Provision, TokenProvider, Wish
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, token, token_request
from ansible_collections.apiops.wso2.tests.unit.late_shelf import LateShelf
from ansible_collections.apiops.wso2.tests.unit.memory_store import MemoryStore

PASSWORD = "password of alice"
LOST = TransportError("the connection was refused", hint="Check the port", attempts=4)


def granted(**changes: Any) -> Token:
    return token(asked_at=NOW, **{"access_token": "granted", "refresh_token": "r-granted", **changes})


def renewed(**changes: Any) -> Token:
    return token(asked_at=NOW, **{"access_token": "renewed", "refresh_token": "r-renewed", **changes})


def held(age: int, **changes: Any) -> Token:
    return token(asked_at=NOW - age, **{"access_token": "held", "refresh_token": "r-held", **changes})


class Server:
    """A grantor that keeps what it is asked: C(PASSWORD), or a refresh token. An outcome that is an error is raised."""

    def __init__(self, password: Token | TokenError | None = None, refresh: Token | TokenError | None = None) -> None:
        self.password, self.refresh = password or granted(), refresh or renewed()
        self.asked: list[str] = []
        self.while_asked: Callable[[], None] = lambda: None

    def password_grant(self, request: TokenRequest) -> Token:
        self.asked.append(f"password of {request.username}")
        return self._outcome(self.password)

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        self.asked.append(refresh_token)
        return self._outcome(self.refresh)

    def _outcome(self, outcome: Token | TokenError) -> Token:
        self.while_asked()
        if isinstance(outcome, TokenError):
            raise outcome
        return outcome


class Stage:
    """A server, the stores, and a clock; each call of C(obtain) is that of a process of its own."""

    def __init__(self, kept: Token | None = None, **outcomes: Any) -> None:
        self.now: float = NOW
        self.server = Server(**outcomes)
        self.tokens, self.run = MemoryStore(), MemoryStore()
        if kept is not None:
            self.shelf(token_request()).put_token(kept)

    def shelf(self, request: TokenRequest) -> TokenShelf:
        return TokenShelf(seal_for(request), tokens=self.tokens, run=self.run)

    def obtain(
        self, request: TokenRequest | None = None, *, meanwhile: Callable[[], object] = lambda: None, **wish: Any
    ) -> Provision:
        """MEANWHILE: what others do until the lock is free."""
        request = request or token_request()
        seal = seal_for(request, refresh_token=wish.get("refresh_token"))
        shelf = LateShelf(seal, tokens=self.tokens, run=self.run, meanwhile=meanwhile)
        provider = TokenProvider(self.server, shelf, clock=lambda: self.now)
        provision = provider.obtain(request, Wish(**wish))
        assert (self.tokens.held, self.run.held) == ([], [])
        return provision

    def kept(self) -> Token | None:
        return self.shelf(token_request()).token()
