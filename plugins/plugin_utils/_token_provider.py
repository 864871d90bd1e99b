# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The one use case of both doors: a token for a request, with the least that must be asked of the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_error import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest


class Grantor(Protocol):
    """Whoever sends the request: this process, or a module on the managed node. Raises C(TokenError)."""

    def password_grant(self, request: TokenRequest) -> Token:
        """Ask with the user's password."""

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        """Renew the token that REFRESH_TOKEN belongs to."""


@dataclass(frozen=True)
class Provision:
    """origin: C(granted) or C(refreshed). warnings: sentences for the user, free of secrets."""

    token: Token
    origin: str
    warnings: tuple[str, ...]


class ScopeError(TokenError):
    """A token came, but not for all that was asked, and the user wants all or nothing."""


class TokenProvider:
    """Hands out tokens that its grantor fetches."""

    def __init__(self, grantor: Grantor) -> None:
        self._grantor = grantor

    def obtain(
        self, request: TokenRequest, *, refresh_token: str | None = None, require_scope: bool = False
    ) -> Provision:
        """Renew REFRESH_TOKEN where it is given and still good, else ask with the password. Raises C(TokenError)."""
        token, origin = self._fetch(request, refresh_token)
        warnings = request.suspicions()
        missing = request.missing_scope(token.scope)
        if missing:
            problem = f"the server did not grant the scope {' '.join(missing)}"
            if require_scope:
                hint = "Check that the application and the user's roles allow it, or set require_scope: false"
                raise ScopeError(problem, hint=hint, url=request.shown_url, attempts=1)
            warnings.append(problem)
        return Provision(token, origin, tuple(warnings))

    def _fetch(self, request: TokenRequest, refresh_token: str | None) -> tuple[Token, str]:
        if refresh_token is not None:
            try:
                return self._grantor.refresh_grant(request, refresh_token), "refreshed"
            except TokenError as error:
                if not error.refused or request.password is None:
                    raise
        return self._grantor.password_grant(request), "granted"
