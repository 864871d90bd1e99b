# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Why the server issued or revoked no token, and how to fix it.

What was sent and what the body says decide before the status: WSO2 reports a wrong password with 400, and a wrong
client with 401, 404 or 500, depending on its version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ansible_collections.apiops.wso2.plugins.module_utils._errors import (
    CLIENT,
    ENDPOINT,
    REFRESH_TOKEN,
    REQUEST,
    USER,
    TokenError,
    api_cloud_hint,
)
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import display_text
from ansible_collections.apiops.wso2.plugins.module_utils._response_body import (
    EMPTY,
    GATEWAY,
    HTML,
    OAUTH,
    ErrorBody,
    parse_body,
)
from ansible_collections.apiops.wso2.plugins.module_utils._retries import TRANSIENT_STATUSES
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import (
    CLIENT_CREDENTIALS_GRANT,
    PASSWORD_GRANT,
    REFRESH_GRANT,
    REVOCATION,
    TokenRequest,
    shown_url,
)

if TYPE_CHECKING:
    from ansible_collections.apiops.wso2.plugins.module_utils._transport import Response

# The database column of WSO2 up to Identity Server 6.1 and API Manager 4.2.
_LONGEST_SCOPE = 60
REDIRECTS = tuple(range(300, 309))
# Also what proxies in front of a server send.
_FAILED = (*TRANSIENT_STATUSES, *range(520, 531))
# There is something else at this URL.
_NO_POST = (404, 405, 406, 410, 411, 415, 421, 426, 501)


@dataclass(frozen=True)
class Case:
    """An error response, and the request that it belongs to.

    what: the grant that was sent, C(REVOCATION), or the way to get consumer keys. texts: what the body says in addition
    to the error code. method: the HTTP method.
    """

    what: str
    status: int
    body: ErrorBody
    request: Any
    texts: tuple[str, ...]
    method: str = "POST"

    @property
    def error(self) -> str:
        return self.body.error or ""


class HintRule(NamedTuple):
    """A hint, and the responses that it is for. None fits everything.

    what: grants, or ways to get consumer keys. error, text: patterns; the error must match as a whole.
    applies: a further condition. subject: what the failure is about, see C(_errors).
    """

    hint: str
    what: tuple[str, ...] | None = None
    error: str | None = None
    text: str | None = None
    status: tuple[int, ...] | None = None
    method: str | None = None
    applies: Callable[[Any], bool] | None = None
    subject: str = REQUEST

    def fits(self, case: Case) -> bool:
        return (
            (self.what is None or case.what in self.what)
            and (self.error is None or re.fullmatch(self.error, case.error) is not None)
            and (self.text is None or any(re.search(self.text, text) for text in case.texts))
            and (self.status is None or case.status in self.status)
            and (self.method is None or case.method == self.method)
            and (self.applies is None or self.applies(case))
        )


def _at_signs(case: Case) -> int:
    return (case.request.username or "").count("@")


def _lacks_organization(case: Case) -> bool:
    return case.request.organization is None and _at_signs(case) == 1


def _has_capitals(case: Case) -> bool:
    tenant = (case.request.username or "").rpartition("@")[2] if _at_signs(case) else ""
    return tenant != tenant.lower()


def _has_long_scope(case: Case) -> bool:
    return len(" ".join(case.request.scope)) > _LONGEST_SCOPE


def _is_oauth(case: Case) -> bool:
    return case.body.kind == OAUTH


def _is_not_oauth(case: Case) -> bool:
    return case.body.kind != OAUTH


_NOT_THE_ENDPOINT = (
    "This is not the token endpoint. Check {url_option}, for example https://HOST:9443/oauth2/{endpoint}"
)
_LOCK_WARNING = "Further failed attempts can lock the account"
_CHECK_PASSWORD = "Check username and password"  # noqa: S105 - a sentence
_CHECK_CLIENT = "Check consumer_key and consumer_secret. Verify that the secret does not end with a newline"
_OTHER_APPLICATION = (
    "The token can belong to another application. Use consumer_key and consumer_secret of the application that it was "
    f"issued to. {_CHECK_CLIENT}"
)
_DISABLED_GRANT = (
    "The {grant} grant is disabled on the server. Enable it in deployment.toml, section [oauth.grant_type.{what}]"
)
_TENANT_RULE = "WSO2 treats everything after the last @ in the username as the tenant domain"
_LOCKED = "The account is locked. Ask an administrator to unlock it, or wait until the lock expires"
_USER_GRANTS = (PASSWORD_GRANT, REFRESH_GRANT)

# The first rule that fits decides, so narrower rules come first.
HINT_RULES: tuple[HintRule, ...] = (
    # The account
    HintRule(
        _LOCKED,
        what=_USER_GRANTS,
        error="invalid_grant|17003",
        text=r"(?i)\b17003\b|account is locked|POST_AUTHENTICATION|MaxAttemptsExceeded",
        subject=USER,
    ),
    HintRule(_LOCKED, what=_USER_GRANTS, error="17003.*", subject=USER),
    HintRule(
        "The account is disabled. Ask an administrator to enable it",
        what=_USER_GRANTS,
        error="invalid_grant|17004",
        text=r"(?i)\b17004\b|account is disabled",
        subject=USER,
    ),
    HintRule(
        "The account is disabled or its password must be changed. Sign in to the portal for details",
        what=_USER_GRANTS,
        error="invalid_grant",
        text=r"PRE_AUTHENTICATION",
        subject=USER,
    ),
    HintRule(
        "The password has expired or must be changed. Sign in to the portal and set a new password",
        what=(PASSWORD_GRANT,),
        error="invalid_grant",
        text=r"Authentication Failed!",
        subject=USER,
    ),
    # The user's name
    HintRule(
        f"Set organization. {_TENANT_RULE}",
        what=(PASSWORD_GRANT,),
        text=r"Users in the tenant domain|Invalid tenant domain",
        applies=_lacks_organization,
        subject=USER,
    ),
    HintRule(
        f"Check organization. {_TENANT_RULE}. The application must belong to that tenant, or be a SaaS application",
        what=(PASSWORD_GRANT,),
        text=r"Users in the tenant domain|Invalid tenant domain",
        subject=USER,
    ),
    HintRule(
        "The user store in front of the / in the username does not exist",
        what=(PASSWORD_GRANT,),
        error="invalid_grant",
        text=r"Invalid Domain Name",
        subject=USER,
    ),
    HintRule(
        "WSO2 cannot reach its user store. Check the WSO2 server log",
        what=(PASSWORD_GRANT,),
        error="invalid_grant",
        text=r"(?i)error while authenticating|from user store",
    ),
    HintRule(
        f"{_CHECK_PASSWORD}, and the tenant: set organization if the user belongs to one. {_LOCK_WARNING}",
        what=(PASSWORD_GRANT,),
        error="invalid_grant",
        text=r"Provided Authorization Grant is invalid",
        applies=lambda case: case.request.organization is None,
        subject=USER,
    ),
    HintRule(
        f"{_CHECK_PASSWORD}. Tenant domains are lower case: check organization. {_LOCK_WARNING}",
        what=(PASSWORD_GRANT,),
        error="invalid_grant",
        applies=_has_capitals,
        subject=USER,
    ),
    HintRule(
        f"{_CHECK_PASSWORD}. If the username is an email address, also set organization, because WSO2 treats "
        f"everything after the last @ as the tenant domain. {_LOCK_WARNING}",
        what=(PASSWORD_GRANT,),
        error="invalid_grant",
        applies=_lacks_organization,
        subject=USER,
    ),
    HintRule(
        f"{_CHECK_PASSWORD}. The application must belong to the tenant in organization, or be a SaaS application. "
        f"{_LOCK_WARNING}",
        what=(PASSWORD_GRANT,),
        error="invalid_grant",
        applies=lambda case: _at_signs(case) > 0,
        subject=USER,
    ),
    HintRule(f"{_CHECK_PASSWORD}. {_LOCK_WARNING}", what=(PASSWORD_GRANT,), error="invalid_grant", subject=USER),
    HintRule(_CHECK_PASSWORD, what=(PASSWORD_GRANT,), error="invalid_request", text=r"(?i)\b(username|password)\b"),
    # The refresh token
    HintRule(
        "The refresh token was already used, has expired, or was revoked. Request a new token with username and "
        "password",
        what=(REFRESH_GRANT,),
        error="invalid_grant",
        subject=REFRESH_TOKEN,
    ),
    # The client
    HintRule(
        "This application requires a consumer_secret",
        error="invalid_client",
        text=r"Unsupported Client Authentication Method",
        applies=lambda case: case.request.consumer_secret is None,
        subject=CLIENT,
    ),
    HintRule(
        "The application is disabled or revoked. Activate it or generate new keys in the Developer Portal",
        error="invalid_client",
        text=r"not in active state|Application is disabled",
        subject=CLIENT,
    ),
    HintRule(
        f"{_CHECK_CLIENT}. If both are right, try the other value of client_authentication",
        error="invalid_client",
        subject=CLIENT,
    ),
    HintRule(_OTHER_APPLICATION, what=(REVOCATION,), error="unauthorized_client", status=(401,), subject=CLIENT),
    HintRule(_OTHER_APPLICATION, what=(REVOCATION,), error="unauthorized_client"),
    HintRule(_CHECK_CLIENT, error="unauthorized_client", status=(401,), subject=CLIENT),
    # Up to API Manager 2.2 with status 404 or 400.
    HintRule(_CHECK_CLIENT, text=r"decoding authorization header", subject=CLIENT),
    # The grant
    HintRule(
        "Enable the refresh token grant for the application, or use username and password",
        what=(REFRESH_GRANT,),
        error="unauthorized_client|unsupported_grant_type",
        subject=REFRESH_TOKEN,
    ),
    HintRule(
        "Enable the {grant} grant for the application, or have the administrator enable it on the server",
        error="unauthorized_client|unsupported_grant_type",
    ),
    HintRule(
        _DISABLED_GRANT,
        what=(REFRESH_GRANT,),
        error="invalid_request",
        text=r"(?i)Unsupported grant_type",
        subject=REFRESH_TOKEN,
    ),
    HintRule(_DISABLED_GRANT, error="invalid_request", text=r"(?i)Unsupported grant_type"),
    # The scope
    HintRule(
        "The server requires a scope. Set scope",
        what=(PASSWORD_GRANT, CLIENT_CREDENTIALS_GRANT),
        error="invalid_scope",
        applies=lambda case: not case.request.scope,
    ),
    HintRule(
        "Request only scopes that the application and its owner are allowed to use",
        what=(CLIENT_CREDENTIALS_GRANT,),
        error="invalid_scope",
    ),
    HintRule(
        "Request only scopes that the application and the user are allowed to use",
        error="invalid_scope",
    ),
    HintRule(
        f"The requested scopes have more than {_LONGEST_SCOPE} characters, the limit of this WSO2 version. Use shorter "
        "names",
        error="server_error",
        status=(500, 502),
        applies=_has_long_scope,
    ),
    HintRule(
        f"Check organization. {_TENANT_RULE}, and this server reports a tenant that does not exist in this way",
        what=(PASSWORD_GRANT,),
        error="server_error",
        status=(500,),
        applies=lambda case: _at_signs(case) > 0,
    ),
    # The gateway
    HintRule("The server is rate limiting requests. Try again later, or increase timeout", status=(429,)),
    HintRule(
        "The gateway has suspended the endpoint for about 30 seconds. Try again later, or set timeout to more than 60",
        error="303001",
        subject=ENDPOINT,
    ),
    HintRule("The gateway cannot reach the key manager: see the gateway's log", error=r"1015\d\d", subject=ENDPOINT),
    HintRule("The gateway accepts only HTTPS. Use an https:// URL", text=r"Unsupported Transport", subject=ENDPOINT),
    HintRule(
        "The port requires TLS. Use an https:// URL",
        text=r"requires TLS|HTTPS (port|server)|SSL-enabled",
        status=(400,),
        subject=ENDPOINT,
    ),
    HintRule(
        "The gateway handled the request as an API call. Check that {url_option} is the OAuth {endpoint} endpoint",
        error=r"9009\d\d",
        status=(401, 403),
        subject=ENDPOINT,
    ),
    # The URL
    HintRule(
        "The tenant in {url_option} does not exist, or the path is wrong. Check {url_option}",
        status=(404,),
        applies=lambda case: "/t/" in case.request.token_url,
        subject=ENDPOINT,
    ),
    HintRule(
        "Check {url_option}. In API Manager 4.0.0 and later, the {endpoint} endpoint is "
        "https://HOST:9443/oauth2/{endpoint}",
        status=_NO_POST,
        applies=_is_not_oauth,
        subject=ENDPOINT,
    ),
    HintRule(
        f"{_NOT_THE_ENDPOINT}. Redirects are not followed, because they would send the credentials to another URL",
        status=REDIRECTS,
        subject=ENDPOINT,
    ),
    # An OAuth error of WSO2 always has a JSON body.
    HintRule(_NOT_THE_ENDPOINT, status=(401,), applies=_is_not_oauth, subject=ENDPOINT),
    HintRule(
        "The server does not say why. Check {url_option}, {sent}",
        applies=lambda case: case.body.kind == EMPTY and 400 <= case.status < 500,
        subject=ENDPOINT,
    ),
    HintRule(
        "The server failed. Try again later, and check the WSO2 server log",
        status=TRANSIENT_STATUSES,
        applies=_is_oauth,
    ),
    HintRule("The server failed. Try again later, and check the WSO2 server log", status=_FAILED, subject=ENDPOINT),
    HintRule(
        _NOT_THE_ENDPOINT,
        applies=lambda case: case.body.kind == HTML or (case.status < 300 and _is_not_oauth(case)),
        subject=ENDPOINT,
    ),
)
_UNKNOWN = HintRule("Check the WSO2 server log")

_SENT = {
    PASSWORD_GRANT: "consumer_key, consumer_secret, username and password",
    REFRESH_GRANT: "consumer_key, consumer_secret and refresh_token",
    CLIENT_CREDENTIALS_GRANT: "consumer_key and consumer_secret",
    REVOCATION: "consumer_key and consumer_secret",
}


def rule_for(case: Case, rules: Sequence[HintRule]) -> HintRule:
    """The first of RULES that fits."""
    return next((rule for rule in rules if rule.fits(case)), _UNKNOWN)


def error_from_response(response: Response, request: TokenRequest, *, what: str, secrets: list[str]) -> TokenError:
    """The error for RESPONSE, which contains no token. WHAT: the grant that was sent, or C(REVOCATION)."""
    is_revocation = what == REVOCATION
    case = _case(what, response.status, response.body, request)
    rule = rule_for(case, HINT_RULES)
    url = shown_url(request.revoke_url if is_revocation else request.token_url)
    endpoint = "revocation" if is_revocation else "token"
    error = display_text(case.error, secrets) or None
    description = display_text(case.body.description or "", secrets) or None
    return TokenError(
        f"The {endpoint} endpoint {url} returned HTTP {case.status}{_evidence(case, error, description)}",
        hint=_hint(case, rule, secrets),
        error=error,
        error_description=description,
        http_status=case.status,
        url=url,
        attempts=response.attempts,
        retry_after=response.retry_after,
        subject=rule.subject,
        is_transient=rule.subject in (REQUEST, ENDPOINT)
        and (case.status in TRANSIENT_STATUSES or case.error == "303001"),
    )


def is_final(request: TokenRequest, what: str, status: int, body: bytes) -> bool:
    """For C(send_request): is this one of the responses that another attempt cannot change?"""
    case = _case(what, status, body, request)
    # An invalid_grant can have counted as a failed login, whatever its text blames.
    if rule_for(case, HINT_RULES).subject in (USER, CLIENT, REFRESH_TOKEN) or case.error == "invalid_grant":
        return True
    # WSO2 answers these with a server error, which is not one.
    is_own_fault = _has_long_scope(case) or (what == PASSWORD_GRANT and status == 500 and _at_signs(case) > 0)
    return case.error == "server_error" and is_own_fault


def _case(what: str, status: int, body: bytes, request: TokenRequest) -> Case:
    parsed = parse_body(body)
    return Case(what, status, parsed, request, (parsed.description or "",))


def _hint(case: Case, rule: HintRule, secrets: list[str]) -> str:
    retired = api_cloud_hint(case.request.token_url) if case.body.kind not in (OAUTH, GATEWAY) else None
    if retired:
        return retired
    is_revocation = case.what == REVOCATION
    hint = rule.hint.format(
        grant=case.what.replace("_", " "),
        what=case.what,
        url_option="revoke_url" if is_revocation else "token_url",
        endpoint="revoke" if is_revocation else "token",
        sent=_SENT[case.what],
    )
    if case.what == PASSWORD_GRANT and rule.subject == USER and _at_signs(case) > 0:
        hint = f"{hint}. The username was sent as {display_text(case.request.username or '', secrets)}"
    names = {USER: ("username", "password"), CLIENT: ("consumer_key", "consumer_secret")}.get(rule.subject, ())
    whitespace = [text for text in case.request.whitespace_warnings() if text.startswith(names)] if names else []
    return ". ".join([hint, *(f"{text}" for text in whitespace)])


def _evidence(case: Case, error: str | None, description: str | None) -> str:
    """What the body says, each text once."""
    if case.body.kind == EMPTY:
        return " with an empty body"
    texts = [text.strip(". ") for text in (error, description) if text]
    said = ": ".join(dict.fromkeys(text for text in texts if text))
    said = re.sub(rf"^(?:HTTP Status )?{case.status}\b[\s:\u2013-]*", "", said)
    if case.body.kind == HTML:
        return " with an HTML page" + (f": {said}" if said else "")
    if case.status < 300 and not error:
        return " without an access token" + (f": {said}" if said else "")
    return f" {said}" if error and said else f": {said}" if said else " with a body of unknown form"
