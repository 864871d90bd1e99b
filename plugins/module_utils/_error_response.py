# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Why the endpoint handed out no token, and what to do about it.

The body is asked first and the status second: a wrong password is a 400 on WSO2, and a wrong client may be a 401,
a 404 or a 500.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.apiops.wso2.plugins.module_utils._api_cloud import retired_hint
from ansible_collections.apiops.wso2.plugins.module_utils._response_body import FaultBody, read_fault
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import redact, snippet
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.module_utils._transport import Answer


@dataclass(frozen=True)
class _Cure:
    """A hint, and the answers it is for. C(error) and C(description) are patterns; None fits everything."""

    hint: str
    error: str | None = None
    description: str | None = None
    status: tuple[int, ...] = ()

    def fits(self, error: str, description: str, status: int) -> bool:
        return (
            (self.error is None or re.fullmatch(self.error, error) is not None)
            and (self.description is None or re.search(self.description, description) is not None)
            and (not self.status or status in self.status)
        )


_WRONG_PASSWORD = _Cure(
    "Check username and password; each further wrong attempt may lock the account",
    error="invalid_grant",
)
_WRONG_CONSUMER = "Check consumer_key and consumer_secret, also for a line end at the end of the secret"

# The first that fits is taken, so the narrower stand before the wider.
_CURES = (
    _Cure(
        "The account is locked: have it unlocked, or wait until the lock ends, before you try again",
        description=r"(?i)\b17003\b|account is locked|POST_AUTHENTICATION|MaxAttemptsExceeded",
    ),
    _Cure("The account is locked: have it unlocked, or wait until the lock ends", error="17003"),
    _Cure(
        "Mend or set organization: WSO2 takes what follows the last @ of the user name for the tenant",
        description=r"Users in the tenant domain|Invalid tenant domain",
    ),
    _Cure("The password has expired or must be changed: sign in once by hand", description=r"Authentication Failed!"),
    _Cure(
        "The account is disabled, or its password must be changed: sign in once by hand",
        description=r"PRE_AUTHENTICATION",
    ),
    _Cure("The server's user store is in trouble: see the server's log", description=r"user store"),
    _Cure(
        "The refresh token is used up, expired or revoked: ask with username and password again",
        error="invalid_grant",
        description=r"(?i)refresh token|access token data not found|No previous access tokens",
    ),
    _WRONG_PASSWORD,
    _Cure(
        "Enable the {grant} grant for the application, or have the administrator enable it on the server",
        error="unauthorized_client|unsupported_grant_type",
    ),
    _Cure(
        "The password grant is switched off on the server: [oauth.grant_type.password] in deployment.toml",
        error="invalid_request",
        description=r"Unsupported grant_type",
    ),
    _Cure("The application is disabled or revoked", description=r"not in active state|Application is disabled"),
    _Cure(_WRONG_CONSUMER, error="invalid_client"),
    # Servers up to API Manager 2.2 answer this with 404 or 400.
    _Cure(_WRONG_CONSUMER, description=r"decoding authorization header"),
    _Cure(_WRONG_CONSUMER, status=(401,)),
    _Cure("Ask only for scopes that the application and the user have", error="invalid_scope"),
    _Cure("The server asks for patience: try again later", status=(429,)),
    _Cure(
        "The gateway has suspended the endpoint for about 30 s: try again later, or with a timeout that leaves room",
        error="303001",
    ),
    _Cure("The gateway cannot reach the key manager: see the gateway's log", error=r"1015\d\d"),
    _Cure("Use https://, as the gateway wants it", description=r"Unsupported Transport"),
    _Cure(
        "The API gateway takes this for a call of an API: check that the URL is that of the OAuth endpoint",
        error=r"9009\d\d",
        status=(403,),
    ),
    _Cure(
        "An API Manager from version 4 on has its token endpoint at https://HOST:9443/oauth2/token",
        status=(404, 405),
    ),
    _Cure(
        "Set token_url to the token endpoint itself: a redirect is not followed, so that no password goes astray",
        status=(301, 302, 303, 307, 308),
    ),
    _Cure("The server is in trouble: try again later, and see the server's log", status=(408, 500, 502, 503, 504)),
)

_REVOKE_URL = "Set revoke_url to the revocation endpoint, such as https://HOST:9443/oauth2/revoke"

# What the same answers mean where a token was to be revoked.
_REVOCATION_CURES = (
    _Cure(
        "The token may belong to another application: give consumer_key and consumer_secret of the one it was made for",
        error="unauthorized_client",
    ),
    _Cure(_REVOKE_URL, status=(301, 302, 303, 307, 308, 404, 405)),
)

_WITHOUT_ORGANIZATION = (
    "Check username and password; WSO2 may take what follows the only @ of the user name for the tenant, "
    "so set organization if the user belongs to one. Each further wrong attempt may lock the account"
)
_ONE_AT = re.compile(r"[^@]+@[^@]+")


def refusal(answer: Answer, request: TokenRequest, *, grant: str, secrets: list[str]) -> TokenError:
    """The error for ANSWER, which holds no token.

    grant: the grant that was tried, in words. secrets: what must not be shown of the answer's texts.
    """
    fault = read_fault(answer.body)
    hint = _hint(answer, fault, request).format(grant=grant)
    return _error(answer, fault, hint, endpoint="token endpoint", url=request.shown_url, secrets=secrets)


def revocation_refusal(answer: Answer, request: TokenRequest, *, secrets: list[str]) -> TokenError:
    """The error for ANSWER, which tells of no revocation. SECRETS: what must not be shown of the answer's texts."""
    fault = read_fault(answer.body)
    cures = (cure.hint for cure in (*_REVOCATION_CURES, *_CURES) if _fits(cure, answer, fault))
    hint = next(cures, "See the server's log" if answer.status >= 300 else _REVOKE_URL)
    return _error(answer, fault, hint, endpoint="revocation endpoint", url=request.shown_revoke_url, secrets=secrets)


def _error(answer: Answer, fault: FaultBody, hint: str, *, endpoint: str, url: str, secrets: list[str]) -> TokenError:
    error = snippet(fault.error, secrets) if fault.error else None
    description = snippet(fault.description, secrets) if fault.description else None
    return TokenError(
        f"the {endpoint} answered HTTP {answer.status}{_said(answer, fault, error, description)}",
        hint=hint,
        error=error,
        error_description=description,
        http_status=answer.status,
        url=redact(url, secrets),
        attempts=answer.attempts,
        retry_after=answer.retry_after,
    )


def _said(answer: Answer, fault: FaultBody, error: str | None, description: str | None) -> str:
    said = ": ".join(text.rstrip(". ") for text in (error, description) if text)
    if fault.kind == "empty":
        return " with an empty body"
    if fault.kind == "html":
        return " with an HTML page" + (f", {said}" if said else "")
    if answer.status < 300 and fault.kind == "other":
        return " without an access token"
    return f", {said}" if said else " in a form that is not known"


def _hint(answer: Answer, fault: FaultBody, request: TokenRequest) -> str:
    retired = retired_hint(request.token_url) if fault.kind != "oauth" else None
    if retired:
        return retired
    for cure in _CURES:
        if _fits(cure, answer, fault):
            return _WITHOUT_ORGANIZATION if cure is _WRONG_PASSWORD and _lacks_organization(request) else cure.hint
    if fault.kind == "html" or answer.status < 300:
        return "Check that token_url is a token endpoint, such as https://HOST:9443/oauth2/token"
    return "See the server's log"


def _fits(cure: _Cure, answer: Answer, fault: FaultBody) -> bool:
    return cure.fits(fault.error or "", fault.description or "", answer.status)


def _lacks_organization(request: TokenRequest) -> bool:
    return request.username is not None and _ONE_AT.fullmatch(request.username) is not None
