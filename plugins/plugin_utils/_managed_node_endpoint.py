# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The token endpoint as the managed node reaches it: the module runs there and sends one request.

A managed node speaks for itself. Whatever it returns is checked like the response of a server that nobody trusts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import CONNECTION_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._errors import (
    CLIENT,
    ENDPOINT,
    REFRESH_TOKEN,
    REQUEST,
    USER,
    TokenError,
)
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import display_text
from ansible_collections.apiops.wso2.plugins.module_utils._response_body import json_object
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token, is_token_text
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest

# What the module needs to send a request. A token store can have a password in its URL, and stays here.
_CLIENT = ("token_url", "revoke_url", "consumer_key", "consumer_secret", "client_authentication", "scope")
_USER = ("username", "password", "organization")
_SUBJECTS = (USER, CLIENT, REFRESH_TOKEN, ENDPOINT, REQUEST)
# Members that the managed node can have dropped from the response.
_DROPPABLE = ("refresh_token", "id_token", "token_type", "scope")
_LONGEST_TEXT = 1000
# Of what the node prints, the end says why the module failed.
_LONGEST_OUTPUT = 4000
_SHOWN_OUTPUT = 200


class ManagedNode:
    """run_module: runs the module with these arguments on the managed node and returns its result.

    options: as read, not converted, because a path means one on the managed node.
    """

    def __init__(self, run_module: Callable[[dict[str, Any]], Mapping[str, Any]], options: Mapping[str, Any]) -> None:
        self._run_module = run_module
        self._options = options

    def _reply(self, arguments: dict[str, Any], member: str, secrets: list[str]) -> dict[str, Any]:
        """The reply of the module, which has MEMBER. Raises C(TokenError)."""
        result = self._run_module(arguments)
        reply = json_object(str(result.get("reply", "")).encode("utf-8", "replace"))
        if reply is not None and member in reply:
            return reply
        if reply is not None and isinstance(reply.get("error"), dict):
            raise _reported_error(reply["error"], secrets)
        raise _no_reply(result, secrets)


class ManagedNodeEndpoint(ManagedNode):
    """The endpoint for one token."""

    def request_token(self, request: TokenRequest, *, secrets: list[str]) -> Token:
        return self._token(self._arguments(*_USER), secrets=[*request.secrets(), *secrets])

    def refresh_token(self, request: TokenRequest, refresh_token: str, *, secrets: list[str]) -> Token:
        known = [*request.secrets(), refresh_token, *secrets]
        return self._token({**self._arguments(), "refresh_token": refresh_token}, secrets=known)

    def revoke_token(self, request: TokenRequest, token: str, *, secrets: list[str]) -> bool | None:
        # The module sends one request for one token, of whichever kind.
        arguments = {**self._arguments(), "state": "absent", "refresh_token": token}
        reply = self._reply(arguments, "revoked", [*request.secrets(), token, *secrets])
        return True if reply["revoked"] is True else None

    def _arguments(self, *more: str) -> dict[str, Any]:
        names = (*_CLIENT, *CONNECTION_OPTIONS, *more)
        return {name: value for name, value in self._options.items() if name in names}

    def _token(self, arguments: dict[str, Any], *, secrets: list[str]) -> Token:
        # The clock of the control node counts, because the control node judges how long the token is valid.
        asked_at = int(time.time())
        reply = self._reply(arguments, "token", secrets)
        members = reply["token"]
        if not isinstance(members, dict) or not is_token_text(members.get("access_token")):
            raise TokenError("The managed node returned no valid access token")
        token = Token.from_response(members, asked_at=asked_at, received_at=time.time())
        dropped = [name for name in _DROPPABLE if name in str(reply.get("dropped"))]
        return replace(token, dropped=tuple(dict.fromkeys([*token.dropped, *dropped])))


def _reported_error(entry: Mapping[str, Any], secrets: list[str]) -> TokenError:
    """The error that the module reports, each text of it made fit to be shown."""

    def text(name: str) -> str | None:
        value = entry.get(name)
        return display_text(value, secrets, limit=_LONGEST_TEXT) if isinstance(value, str) else None

    def number(name: str) -> int | None:
        value = entry.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None

    subject = entry.get("subject")
    return TokenError(
        text("cause") or "The managed node reports a failure without a cause",
        hint=text("hint"),
        error=text("error"),
        error_description=text("error_description"),
        http_status=number("http_status"),
        url=text("url"),
        attempts=number("attempts") or 0,
        retry_after=number("retry_after"),
        subject=subject if subject in _SUBJECTS else REQUEST,
        is_transient=entry.get("is_transient") is True,
    )


def _no_reply(result: Mapping[str, Any], secrets: list[str]) -> TokenError:
    """Why the module did not come to its end, in the words of the managed node."""
    texts = (str(result.get(name) or "") for name in ("module_stderr", "module_stdout", "msg"))
    last = next((text for text in texts if text.strip()), "")
    # Whitespace goes first, or a secret that is torn here moves to where it is shown.
    last = " ".join(last.split())[-_LONGEST_OUTPUT:]
    code = f" (rc {result['rc']})" if isinstance(result.get("rc"), int) else ""
    # Redacted before it is shortened: a part of a secret would not be found.
    shown = display_text(last, secrets, limit=_LONGEST_OUTPUT)
    shown = shown if len(shown) <= _SHOWN_OUTPUT else f"…{shown[1 - _SHOWN_OUTPUT :]}"
    return TokenError(
        f"The module returned no result on the managed node{code}{': ' + shown if shown else ''}",
        hint="Verify with ansible.builtin.ping that Python 3.9 or later runs on the managed node, and check "
        "ansible_python_interpreter and become",
    )
