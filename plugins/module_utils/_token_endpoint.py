# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The token endpoint and the one for revocation beside it: each function sends one form and reads one answer.

What explains a refusal is imported where there is one: on a managed node, all that is imported is compiled each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.apiops.wso2.plugins.module_utils._json_object import json_object
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token, sendable_text
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.module_utils._transport import Answer, post_form
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError

# Headers of a WSO2 that did revoke something. Which of them it sends is a matter of its version and configuration.
_REVOCATION_PROOFS = frozenset(("authorizeduser", "revokedaccesstoken", "revokedrefreshtoken"))
# How servers answer that, unlike RFC 7009, take an unknown token for an error, or revoke refresh tokens alone.
_ALREADY_GONE = ("invalid_token", "invalid_grant", "unsupported_token_type")


def password_grant(request: TokenRequest, *, clock: Callable[[], float] = time.time) -> Token:
    """Ask for a token with the user's password (RFC 6749, section 4.3). Raises C(TokenError)."""
    form = {"grant_type": "password", "username": request.username or "", "password": request.password or ""}
    if request.scope:
        form["scope"] = " ".join(request.scope)
    return _grant(request, form, secrets=request.secrets(), clock=clock)


def refresh_grant(request: TokenRequest, refresh_token: str, *, clock: Callable[[], float] = time.time) -> Token:
    """Renew the token that REFRESH_TOKEN belongs to (RFC 6749, section 6). Raises C(TokenError).

    No scope is sent: that keeps the granted ones, while naming one that was dropped would be refused.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _grant(request, form, secrets=[*request.secrets(), refresh_token], clock=clock)


def revoke(request: TokenRequest, token: str) -> bool | None:
    """Revoke TOKEN, an access or a refresh token (RFC 7009). Raises C(TokenError).

    True when the server names what it revoked, else None: it answers the same to a token that it does not know.
    """
    secrets = [*request.secrets(), token]
    # No token_type_hint: a server has to find the token without it, and some refuse hints that they do not know.
    answer = _post(request, request.revoke_url, {"token": token}, shown_url=request.shown_revoke_url, secrets=secrets)
    from ansible_collections.apiops.wso2.plugins.module_utils._response_body import read_fault

    fault = read_fault(answer.body)
    if 200 <= answer.status < 300 and fault.kind != "html":
        return True if answer.header_names & _REVOCATION_PROOFS else None
    if fault.error in _ALREADY_GONE:
        return None
    from ansible_collections.apiops.wso2.plugins.module_utils._error_response import revocation_refusal

    raise revocation_refusal(answer, request, secrets=secrets)


def _grant(request: TokenRequest, form: Mapping[str, str], *, secrets: list[str], clock: Callable[[], float]) -> Token:
    asked_at = int(clock())
    answer = _post(request, request.token_url, form, shown_url=request.shown_url, secrets=secrets)
    members = _token_members(answer)
    if members is None:
        from ansible_collections.apiops.wso2.plugins.module_utils._error_response import refusal

        grant = form["grant_type"].replace("_", " ")
        raise refusal(answer, request, grant=grant, secrets=secrets)
    return Token.from_answer(members, asked_at=asked_at)


def _post(request: TokenRequest, url: str, form: Mapping[str, str], *, shown_url: str, secrets: list[str]) -> Answer:
    basic, credentials = _client_authentication(request)
    try:
        return post_form(url, {**form, **credentials}, basic=basic, settings=request.transport)
    except TransportError as error:
        from ansible_collections.apiops.wso2.plugins.module_utils._redaction import redact

        error.url = redact(shown_url, secrets)
        raise


def _token_members(answer: Answer) -> dict[str, Any] | None:
    """The members of a token answer; None when it is none. A 200 alone proves nothing: welcome pages have it too."""
    members = json_object(answer.body) if 200 <= answer.status < 300 else None
    return members if members and sendable_text(members.get("access_token")) else None


def _client_authentication(request: TokenRequest) -> tuple[tuple[str, str] | None, dict[str, str]]:
    """The Basic pair and the form members that tell who the consumer is; never both (RFC 6749, section 2.3)."""
    if request.consumer_secret is None:
        return None, {"client_id": request.consumer_key}
    if request.client_authentication == "body":
        return None, {"client_id": request.consumer_key, "client_secret": request.consumer_secret}
    return (request.consumer_key, request.consumer_secret), {}
