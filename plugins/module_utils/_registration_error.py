# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Why a registration endpoint or the Developer Portal returned no consumer keys, and how to fix it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import (
    CLIENT_REGISTRATION,
    DYNAMIC_REGISTRATION,
    EXAMPLES,
    PORTAL,
    ConsumerKeysRequest,
)
from ansible_collections.apiops.wso2.plugins.module_utils._error_response import REDIRECTS, Case, HintRule, rule_for
from ansible_collections.apiops.wso2.plugins.module_utils._errors import ENDPOINT, USER, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import display_text
from ansible_collections.apiops.wso2.plugins.module_utils._response_body import (
    EMPTY,
    HTML,
    json_object,
    parse_body,
)
from ansible_collections.apiops.wso2.plugins.module_utils._retries import TRANSIENT_STATUSES
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import shown_url

if TYPE_CHECKING:
    from ansible_collections.apiops.wso2.plugins.module_utils._transport import Response

_REJECTED_CREDENTIALS = ("invalid_client", "invalid_token", "access_denied", "17003", "17004")
_ENDPOINT_NAMES = {
    CLIENT_REGISTRATION: "client registration endpoint",
    DYNAMIC_REGISTRATION: "client registration endpoint",
    PORTAL: "Developer Portal",
}


@dataclass(frozen=True)
class _Case(Case):
    """has_challenge: does the response demand a login?"""

    has_challenge: bool = False


def _is_basic(case: _Case) -> bool:
    """Were username and password sent?"""
    return case.request.bearer is None


def _has_single_at(case: _Case) -> bool:
    return _is_basic(case) and (case.request.username or "").count("@") == 1


_LOCK_WARNING = "A locked account gets the same response, and further failed attempts can lock the account"
_SERVER_FAILED = "The server failed. Try again later, and check the WSO2 server log"
_TENANT_RULE = "WSO2 treats everything after the last @ in the username as the tenant domain"
_NOT_THE_ENDPOINT = "Check {url_option}, for example {example}"
_PORTAL_VERSIONS = "The version is v3 in API Manager 4.2 and later, and v2 in 4.0 and 4.1"

# The first rule that fits decides, so narrower rules come first.
HINT_RULES: tuple[HintRule, ...] = (
    # Who sends the request
    HintRule(
        "The client was deleted at this moment. Run the task again",
        what=(DYNAMIC_REGISTRATION,),
        status=(401,),
        applies=lambda case: case.method != "POST" and not case.has_challenge,
    ),
    HintRule(
        f"Check username and password. If the username is an email address, also set organization. {_TENANT_RULE}. "
        f"{_LOCK_WARNING}",
        status=(401,),
        applies=_has_single_at,
        subject=USER,
    ),
    HintRule(
        f"Check username and password. {_LOCK_WARNING}. A portal that does not accept Basic authentication does the "
        "same: set access_token there",
        what=(PORTAL,),
        status=(401,),
        applies=_is_basic,
        subject=USER,
    ),
    HintRule(
        f"Check username and password. {_LOCK_WARNING}",
        status=(401,),
        applies=_is_basic,
        subject=USER,
    ),
    HintRule(
        "Check access_token. The portal accepts opaque tokens of its own key manager with the scope apim:subscribe. It "
        "rejects JWTs unless their issuer is configured",
        what=(PORTAL,),
        status=(401,),
    ),
    HintRule(
        "Check registration_token. It can have expired or been revoked. API Manager up to 4.1 accepts only username "
        "and password",
        status=(401,),
    ),
    HintRule(
        "The user needs a role that may register clients, such as Internal/subscriber",
        what=(CLIENT_REGISTRATION,),
        status=(403,),
        text=r"(?i)privileges",
    ),
    HintRule(
        "A client with this name belongs to another user, or to the same user with another spelling of the tenant. Use "
        "another name",
        what=(CLIENT_REGISTRATION,),
        status=(403,),
    ),
    HintRule(
        "The user needs the permissions to create, view, update and delete applications",
        what=(DYNAMIC_REGISTRATION,),
        status=(403,),
        applies=_is_basic,
    ),
    HintRule(
        "registration_token needs the scopes internal_dcr_create, internal_dcr_view, internal_dcr_update and "
        "internal_dcr_delete",
        what=(DYNAMIC_REGISTRATION,),
        status=(403,),
    ),
    HintRule(
        "Only the owner of the application can read, change and delete its keys, with a role that may use the key "
        "manager",
        what=(PORTAL,),
        status=(403,),
    ),
    HintRule(
        f"Set or correct organization. {_TENANT_RULE}, and the owner of the client must be the user who registers it",
        what=(CLIENT_REGISTRATION,),
        status=(400,),
        text=r"(?i)\bowner\b",
    ),
    HintRule("The port requires TLS. Use an https:// URL", status=(400,), text=r"requires TLS", subject=ENDPOINT),
    # What is registered
    HintRule(
        "Check callback_url",
        status=(400,),
        error=r"invalid_redirect_uri",
    ),
    HintRule(
        "Check callback_url",
        status=(400,),
        text=r"(?i)callback ?url|redirect[ _]?uri",
    ),
    HintRule(
        "This server does not know a member that the collection sends. Check {url_option}",
        status=(400,),
        text=r"Unrecognized (field|property)",
        subject=ENDPOINT,
    ),
    HintRule(
        "Check name, grant_types and callback_url",
        what=(DYNAMIC_REGISTRATION,),
        status=(400,),
        error=r"invalid_client_metadata|invalid_software_statement",
    ),
    HintRule("Check throttling_policy", what=(PORTAL,), status=(400,), error="900305"),
    HintRule("Check key_manager", what=(PORTAL,), status=(400,), error="901403"),
    HintRule(
        "The key manager does not create clients. Use another key_manager, or map keys that exist in the portal",
        what=(PORTAL,),
        status=(400,),
        error="901405",
    ),
    HintRule("Check name", what=(PORTAL,), status=(400,), text=r"\bname\b"),
    # A token endpoint.
    HintRule(_NOT_THE_ENDPOINT, status=(400,), text=r"Missing grant_type parameter", subject=ENDPOINT),
    HintRule("Check name and grant_types", status=(400, 422)),
    HintRule(
        "A service provider of this name was created in another way, or the server has just started. Use another name, "
        "or try again later",
        what=(CLIENT_REGISTRATION,),
        status=(500,),
        text=r"creation or updating failed",
    ),
    HintRule(
        "Check grant_types, because the server answers a grant that it does not know in this way. If it knows them, "
        "check the WSO2 server log",
        what=(CLIENT_REGISTRATION,),
        status=(500,),
        method="POST",
    ),
    HintRule(
        "Check name, grant_types and callback_url, because Identity Server answers values that it does not accept in "
        "this way. If they are right, check the WSO2 server log",
        what=(DYNAMIC_REGISTRATION,),
        status=(500,),
        method="POST",
    ),
    HintRule(
        "The key manager did not create the client. Check grant_types. If keys of this type were removed by a clean-up "
        "before, the key manager still has their client: delete the application in the portal",
        what=(PORTAL,),
        status=(500,),
        error="900967",
    ),
    # The server and its URL
    HintRule("The server is rate limiting requests. Try again later, or increase timeout", status=(429,)),
    HintRule(
        f"{_NOT_THE_ENDPOINT}. Redirects are not followed, because they would send the credentials to another URL. "
        "WSO2 redirects every path that it does not know to a login page",
        status=REDIRECTS,
        subject=ENDPOINT,
    ),
    HintRule(
        "The application was deleted at this moment. Run the task again",
        what=(PORTAL,),
        status=(404,),
        text=r"Requested application",
    ),
    HintRule(
        f"{_NOT_THE_ENDPOINT}. {_PORTAL_VERSIONS}", what=(PORTAL,), status=(404, 405), method="GET", subject=ENDPOINT
    ),
    HintRule(
        "The server cannot delete keys. Up to API Manager 4.2, delete the application in the portal",
        what=(PORTAL,),
        status=(404, 405),
        method="DELETE",
    ),
    HintRule(
        "The server cannot delete clients in this way. Delete the client at the server",
        what=(DYNAMIC_REGISTRATION,),
        status=(404, 405, 501),
        method="DELETE",
    ),
    HintRule(
        "The server cannot add grants to a client in this way. Use another name, or add the grants at the server",
        what=(DYNAMIC_REGISTRATION,),
        status=(404, 405, 501),
        method="PUT",
    ),
    HintRule(
        "The server does not find clients by their name, which RFC 7591 does not define. Use Identity Server or "
        "Asgardeo for this, or check {url_option}",
        what=(DYNAMIC_REGISTRATION,),
        status=(404, 405),
        method="GET",
    ),
    HintRule(_NOT_THE_ENDPOINT, status=(404, 405, 406, 415), subject=ENDPOINT),
    HintRule(_SERVER_FAILED, status=TRANSIENT_STATUSES, subject=ENDPOINT),
    HintRule(_NOT_THE_ENDPOINT, applies=lambda case: case.body.kind == HTML or case.status < 300, subject=ENDPOINT),
)


def registration_error(
    response: Response, request: ConsumerKeysRequest, *, method: str, url: str, secrets: list[str]
) -> TokenError:
    """The error for RESPONSE to a request with METHOD to URL."""
    case = _case(method, response, request)
    rule = rule_for(case, HINT_RULES)
    error = display_text(case.error, secrets) or None
    description = display_text(case.body.description or "", secrets) or None
    shown = shown_url(url)
    cause = f"The {_ENDPOINT_NAMES[request.way]} {shown} returned HTTP {case.status}{_evidence(case, secrets)}"
    return TokenError(
        cause,
        hint=rule.hint.format(url_option=request.url_option, example=EXAMPLES[request.way]),
        error=error,
        error_description=description,
        http_status=case.status,
        url=shown,
        attempts=response.attempts,
        retry_after=response.retry_after,
        subject=rule.subject,
        is_transient=rule.subject != USER and case.status in TRANSIENT_STATUSES,
    )


def is_final(request: ConsumerKeysRequest, method: str) -> Callable[[int, bytes], bool]:
    """For C(send_request): can another attempt change a response with this status and body, and do no harm?"""

    def decide(status: int, body: bytes) -> bool:
        if parse_body(body).error in _REJECTED_CREDENTIALS:
            return True
        if method == "GET":
            return False
        # WSO2 answers values that it does not accept with 500. Other servers of RFC 7591 create a second client if the
        # first attempt was successful, although its response did not arrive.
        return status == 500 or (request.way == DYNAMIC_REGISTRATION and status not in (429, 503))

    return decide


def _case(method: str, response: Response, request: ConsumerKeysRequest) -> _Case:
    body = parse_body(response.body)
    members = json_object(response.body) or {}
    details = members.get("error")
    errors = details if isinstance(details, list) else []
    texts = [body.description, *(each.get("message") for each in errors if isinstance(each, dict))]
    said = tuple(text for text in texts if isinstance(text, str) and text)
    has_challenge = "www-authenticate" in response.header_names
    return _Case(request.way, response.status, body, request, said, method, has_challenge)


def _evidence(case: _Case, secrets: list[str]) -> str:
    """What the body says, each text once."""
    if case.body.kind == EMPTY:
        return " with an empty body"
    code = case.body.error if case.body.error != str(case.status) else None
    shown = (display_text(text, secrets).strip(". ") for text in (code, *case.texts) if text)
    said = ": ".join(dict.fromkeys(text for text in shown if text))
    if case.body.kind == HTML:
        return " with an HTML page" + (f": {said}" if said else "")
    if case.status < 300:
        return " without the expected members"
    return f": {said}" if said else " with a body of unknown form"
