# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The endpoint as asked from the managed node: the module is shipped there and its result read back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest

# What is the controller's business alone. A store may have a password in its URL.
_NOT_SHIPPED = ("state", "fact_name", "refresh_token", "token_store", "min_validity", "force", "require_scope")
_USER = ("username", "password", "organization")


class Unreachable(Exception):
    """The managed node was lost on the way; C(args[0]) says how, in ansible-core's words."""


class ShippedEndpoint:
    """ship: runs the module with the options it is handed and returns its result.

    options: as collected, not as converted, because a path means one on the managed node.
    """

    def __init__(self, ship: Callable[[dict[str, Any]], Mapping[str, Any]], options: Mapping[str, Any]) -> None:
        self._ship = ship
        self._options = {name: value for name, value in options.items() if name not in _NOT_SHIPPED}
        self._options_without_user = {name: value for name, value in self._options.items() if name not in _USER}

    def password_grant(self, request: TokenRequest) -> Token:
        return self._token(self._options)

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        return self._token({**self._options_without_user, "refresh_token": refresh_token})

    def revoke(self, request: TokenRequest, token: str) -> bool | None:
        # The module sends one request for one token, of whichever kind.
        options = {**self._options_without_user, "state": "absent", "refresh_token": token}
        return True if self._run(options, lambda result: "revoked" in result)["revoked"] else None

    def _token(self, options: dict[str, Any]) -> Token:
        # The controller's clock counts, since the controller judges how long the token is good for.
        asked_at = int(time.time())
        result = self._run(options, lambda result: isinstance(result.get("access_token"), str))
        return Token.from_result(result, asked_at=asked_at)

    def _run(self, options: dict[str, Any], is_good: Callable[[Mapping[str, Any]], bool]) -> Mapping[str, Any]:
        """The result of the module if it IS_GOOD. Raises C(TokenError) and C(Unreachable)."""
        result = self._ship(options)
        if result.get("unreachable"):
            raise Unreachable(str(result.get("msg", "the host was lost")))
        if is_good(result):
            return result
        if isinstance(result.get("failure"), Mapping):
            raise TokenError.from_failure(str(result.get("msg", "")), dict(result["failure"]))
        raise TokenError(
            "the module ended without a result on the managed node",
            hint="Check that Python 3.9 or newer runs there: try ansible.builtin.ping, and ansible_python_interpreter",
        )
