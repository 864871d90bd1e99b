# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""One call of a management API with JSON: client registration, or the Developer Portal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import ConsumerKeysRequest
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._registration_error import is_final, registration_error
from ansible_collections.apiops.wso2.plugins.module_utils._response_body import json_object
from ansible_collections.apiops.wso2.plugins.module_utils._secrets_api import register_secrets
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import shown_url
from ansible_collections.apiops.wso2.plugins.module_utils._transport import Response, send_request

# Members of responses that must not be shown, whatever becomes of the response.
_SECRET_MEMBERS = (
    "clientSecret",
    "client_secret",
    "consumerSecret",
    "accessToken",
    "access_token",
    "refresh_token",
    "registration_access_token",
)


@dataclass(frozen=True)
class Call:
    """A response and the request that it belongs to. members: of the JSON object in it; empty if there is none."""

    method: str
    url: str
    response: Response
    members: Mapping[str, Any]

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def has_challenge(self) -> bool:
        """Does the response demand a login? WSO2's 401 for a client that does not exist does not."""
        return "www-authenticate" in self.response.header_names


class ManagementApi:
    """Sends requests as the user, or with the token, of REQUEST."""

    def __init__(self, request: ConsumerKeysRequest) -> None:
        self._request = request
        self.secrets = request.secrets()

    def call(
        self,
        method: str,
        path: str = "",
        content: object | None = None,
        *,
        query: Mapping[str, str] | None = None,
    ) -> Call:
        """Send one request to PATH below the URL; returns the response, whatever its status."""
        base, question, given_query = self._request.url.partition("?")
        queries = "&".join(filter(None, (given_query, urlencode(query or {}))))
        url = f"{base}{path}{'?' if question or queries else ''}{queries}"
        bearer, basic = self._request.bearer, self._request.basic
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        if content is not None:
            headers["Content-Type"] = "application/json"
        response = send_request(
            method,
            url,
            data=None if content is None else json.dumps(content).encode("utf-8"),
            basic=None if bearer else basic,
            headers=headers,
            settings=self._request.transport,
            url_option=self._request.url_option,
            is_final=is_final(self._request, method),
        )
        members = json_object(response.body) or {}
        found = list(secrets_in(members))
        self.secrets += found
        register_secrets(*found)
        return Call(method, url, response, members)

    def expect(self, call: Call, *statuses: int) -> Call:
        """CALL, if its status is one of STATUSES; raises C(TokenError)."""
        if call.status not in statuses:
            raise self.failure_of(call)
        return call

    def failure_of(self, call: Call) -> TokenError:
        """Why CALL failed."""
        return registration_error(call.response, self._request, method=call.method, url=call.url, secrets=self.secrets)

    def problem(self, cause: str, *, hint: str, call: Call | None = None) -> TokenError:
        """A failure that no status says, found in the response of CALL."""
        return TokenError(
            cause,
            hint=hint,
            url=shown_url(call.url if call is not None else self._request.url),
            http_status=call.status if call is not None else None,
            attempts=call.response.attempts if call is not None else 1,
        )


def secrets_in(value: object) -> Sequence[str]:
    """The texts of all members of VALUE, at any depth, that are secrets by their name."""
    if isinstance(value, list):
        return [text for each in value for text in secrets_in(each)]
    if not isinstance(value, dict):
        return []
    own = [text for name, text in value.items() if name in _SECRET_MEMBERS and isinstance(text, str) and text]
    return [*own, *(text for each in value.values() for text in secrets_in(each))]
