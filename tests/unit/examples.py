# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options, requests, tokens and responses; each test changes the one thing that it is about."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._errors import USER, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest

if TYPE_CHECKING:
    from ansible_collections.apiops.wso2.plugins.module_utils._transport import Response

NOW = 1_700_000_000  # 2023-11-14T22:13:20Z
CENTURY = 100 * 365 * 24 * 3600  # a token with this lifetime never expires
TOKEN_URL = "https://wso2.example.com:9443/oauth2/token"
CONSUMER_KEY = "ck_made_up_orders"
CONSUMER_SECRET = "cs_made_up_Zq8wY3"
PASSWORD = "pw_made_up_7&hG+u"
ACCESS_TOKEN = "0b9e6c1a-1111-3222-8333-9f0a0b0c0d0e"
REFRESH_TOKEN = "7c1d2e3f-4444-3555-8666-1a2b3c4d5e6f"

GIVEN: dict[str, Any] = {
    "token_url": TOKEN_URL,
    "consumer_key": CONSUMER_KEY,
    "consumer_secret": CONSUMER_SECRET,
    "username": "alice",
    "password": PASSWORD,
}

# The same for the token of the application itself.
APPLICATION = {name: GIVEN[name] for name in ("token_url", "consumer_key", "consumer_secret")}
USER_VARIABLES = {
    "wso2_username": "alice",
    "wso2_password": PASSWORD,
    "wso2_organization": "johnsorg",
    "wso2_organization_key": "johnsorg",
    "wso2_tenant": "johnsorg",
}

TOKEN_RESPONSE: dict[str, Any] = {
    "access_token": ACCESS_TOKEN,
    "refresh_token": REFRESH_TOKEN,
    "scope": "orders_read orders_write",
    "token_type": "Bearer",
    "expires_in": 3600,
}

# As WSO2 answers the client credentials grant.
APPLICATION_RESPONSE = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 3600}

REJECTED = TokenError(
    "HTTP 400, invalid_grant", hint="Check it", error="invalid_grant", http_status=400, attempts=1, subject=USER
)

# What must not be shown of a grant with these, as it is and as it is sent.
BASIC = base64.b64encode(f"{CONSUMER_KEY}:{CONSUMER_SECRET}".encode()).decode()
SECRET_FORMS = {
    PASSWORD,
    quote_plus(PASSWORD),
    CONSUMER_SECRET,
    BASIC,
    ACCESS_TOKEN,
    REFRESH_TOKEN,
    f"Bearer {ACCESS_TOKEN}",
}


def options(**changes: Any) -> dict[str, Any]:
    """All options of the module, typed and with their defaults; a change to None removes one."""
    defaults = {name: spec.get("default") for name, spec in MODULE_OPTIONS["password"].items()}
    return {**defaults, **GIVEN, **changes}


def token_request(*, environ: Mapping[str, str] | None = None, **changes: Any) -> TokenRequest:
    return TokenRequest.from_options(options(**changes), environ=environ or {})


def token(*, asked_at: int = NOW, **changes: Any) -> Token:
    return Token.from_response({**TOKEN_RESPONSE, **changes}, asked_at=asked_at)


def application_options(**changes: Any) -> dict[str, Any]:
    """All options of the module for an application's own token, typed and with their defaults."""
    defaults = {name: spec.get("default") for name, spec in MODULE_OPTIONS["client_credentials"].items()}
    return {**defaults, **APPLICATION, **changes}


def application_request(**changes: Any) -> TokenRequest:
    return TokenRequest.from_options(application_options(**changes), grant="client_credentials", environ={})


def application_token(*, asked_at: int = NOW, **changes: Any) -> Token:
    return Token.from_response({**APPLICATION_RESPONSE, **changes}, asked_at=asked_at)


def response(
    status: int,
    body: Mapping[str, Any] | bytes = b"",
    *,
    attempts: int = 1,
    retry_after: int | None = None,
    headers: Iterable[str] = (),
) -> Response:
    """HEADERS: their names, in lower case."""
    # Imported here: most tests need no transport.
    from ansible_collections.apiops.wso2.plugins.module_utils._transport import Response

    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(
        status=status, retry_after=retry_after, body=raw, attempts=attempts, header_names=frozenset(headers)
    )
