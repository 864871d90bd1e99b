# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The token endpoint and the revocation endpoint: each function sends one form and reads one response.

What sends and what explains an error is imported when it is needed: loading requests takes longer than everything else.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token, is_token_text
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import (
    PASSWORD_GRANT,
    REFRESH_GRANT,
    REVOCATION,
    TokenRequest,
    shown_url,
)

if TYPE_CHECKING:
    from ansible_collections.apiops.wso2.plugins.module_utils._transport import Response

# Headers of a WSO2 server that revoked something. Which of them it sends depends on its version and configuration.
_REVOCATION_HEADERS = frozenset(("authorizeduser", "revokedaccesstoken", "revokedrefreshtoken"))
# How servers answer that, unlike RFC 7009, treat an unknown token as an error, or revoke refresh tokens only.
_ALREADY_INVALID = ("invalid_token", "invalid_grant", "unsupported_token_type")


def request_token(request: TokenRequest, *, secrets: Sequence[str] = ()) -> Token:
    """Request a token with the grant of REQUEST (RFC 6749, sections 4.3 and 4.4). Raises C(TokenError).

    secrets: texts beyond those of the request that an error must not show.
    """
    form = {"grant_type": request.grant}
    if request.grant == PASSWORD_GRANT:
        form.update(username=request.username or "", password=request.password or "")
    if request.scope:
        form["scope"] = " ".join(request.scope)
    return _request(request, form, secrets=secrets)


def refresh_token(request: TokenRequest, refresh_token: str, *, secrets: Sequence[str] = ()) -> Token:
    """Refresh the token that REFRESH_TOKEN belongs to (RFC 6749, section 6). Raises C(TokenError).

    No scope is sent: that keeps the granted ones, and naming one that was dropped would be rejected.
    """
    form = {"grant_type": REFRESH_GRANT, "refresh_token": refresh_token}
    return _request(request, form, secrets=[refresh_token, *secrets])


def revoke_token(request: TokenRequest, token: str, *, secrets: Sequence[str] = ()) -> bool | None:
    """Revoke TOKEN, an access or a refresh token (RFC 7009). Raises C(TokenError).

    True if the server confirms it, else None: the response for a token that it does not know is the same.
    """
    from ansible_collections.apiops.wso2.plugins.module_utils._response_body import HTML, parse_body

    # No token_type_hint: a server must find the token without it, and some reject hints that they do not know.
    response = _post(request, request.revoke_url, {"token": token}, what=REVOCATION)
    body = parse_body(response.body)
    if 200 <= response.status < 300 and body.kind != HTML and body.error is None:
        return True if response.header_names & _REVOCATION_HEADERS else None
    if body.error in _ALREADY_INVALID:
        return None
    raise _error(response, request, what=REVOCATION, secrets=[token, *secrets])


def _request(request: TokenRequest, form: Mapping[str, str], *, secrets: Sequence[str]) -> Token:
    from ansible_collections.apiops.wso2.plugins.module_utils._response_body import json_object

    asked_at = int(time.time())
    response = _post(request, request.token_url, form, what=form["grant_type"])
    # A status of 200 proves nothing: welcome pages have it, too.
    members = json_object(response.body) if 200 <= response.status < 300 else None
    access_token = members.get("access_token") if members else None
    if members is None or not isinstance(access_token, str) or not access_token:
        raise _error(response, request, what=form["grant_type"], secrets=secrets)
    if not is_token_text(access_token):
        url = shown_url(request.token_url)
        raise TokenError(
            f"The token endpoint {url} returned an access token with characters that RFC 6749 does not allow",
            hint="Check token_url, and what stands between this machine and the server",
            http_status=response.status,
            url=url,
            attempts=response.attempts,
        )
    return Token.from_response(members, asked_at=asked_at, received_at=time.time())


def _post(request: TokenRequest, url: str, form: Mapping[str, str], *, what: str) -> Response:
    from ansible_collections.apiops.wso2.plugins.module_utils._error_response import is_final
    from ansible_collections.apiops.wso2.plugins.module_utils._transport import send_request

    basic, credentials = _client_authentication(request)
    return send_request(
        "POST",
        url,
        data={**form, **credentials},
        basic=basic,
        settings=request.transport,
        is_final=partial(is_final, request, what),
    )


def _error(response: Response, request: TokenRequest, *, what: str, secrets: Sequence[str]) -> TokenError:
    from ansible_collections.apiops.wso2.plugins.module_utils._error_response import error_from_response

    return error_from_response(response, request, what=what, secrets=[*request.secrets(), *secrets])


def _client_authentication(request: TokenRequest) -> tuple[tuple[str, str] | None, dict[str, str]]:
    """The Basic pair and the form members that authenticate the client; never both (RFC 6749, section 2.3)."""
    if request.consumer_secret is None:
        return None, {"client_id": request.consumer_key}
    if request.client_authentication == "body":
        return None, {"client_id": request.consumer_key, "client_secret": request.consumer_secret}
    return (request.consumer_key, request.consumer_secret), {}
