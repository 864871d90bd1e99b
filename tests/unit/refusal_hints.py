# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the hints begin that go with a refusal, and the refusal that an answer is explained as."""

from __future__ import annotations

from typing import Any

from ansible_collections.apiops.wso2.plugins.module_utils._error_response import refusal
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.tests.unit.examples import answer, token_request

CONSUMER = "Check consumer_key and consumer_secret"
USER = "Check username and password; each further wrong attempt may lock the account"
LOCKED = "The account is locked"
TENANT = "Mend or set organization"
EXPIRED = "The password has expired"
STORE = "The server's user store is in trouble"
USED_UP = "The refresh token is used up, expired or revoked"
GRANT = "Enable the password grant"
SWITCHED_OFF = "The password grant is switched off"
DISABLED = "The application is disabled or revoked"
SCOPE = "Ask only for scopes"
TROUBLE = "The server is in trouble"
PATIENCE = "The server asks for patience"
NEW_URL = "An API Manager from version 4 on has its token endpoint at"
REDIRECT = "Set token_url to the token endpoint itself"
ENDPOINT = "Check that token_url is a token endpoint"
KEY_MANAGER = "The gateway cannot reach the key manager"
SUSPENDED = "The gateway has suspended the endpoint for about 30 s: try again later, or with a timeout that leaves room"
SIGN_IN = "The account is disabled, or its password must be changed"
HTTPS = "Use https://, as the gateway wants it"
FORBIDDEN = "The API gateway takes this for a call of an API"
LOG = "See the server's log"


def explain(status: int, body: Any, *, username: str = "alice", grant: str = "password", **seen: Any) -> TokenError:
    request = token_request(username=username)
    return refusal(answer(status, body, **seen), request, grant=grant, secrets=request.secrets())
