# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options, requests and responses about consumer keys, and a server that returns scripted responses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _management_api
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import CONSUMER_KEYS_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import ConsumerKeysRequest
from ansible_collections.apiops.wso2.plugins.module_utils._transport import Response

ADMIN_PASSWORD = "admin_pw_made_up_9&x"
KEY = "Made0001Upd1EcWVu37Yhy7eTSpa"
SECRET = "Made0002Upj5tHqaT1UnfLdXEZDa"
API_MANAGER = "https://wso2.example.com:9443/client-registration/v0.17/register"
IDENTITY_SERVER = "https://wso2.example.com:9443/api/identity/oauth2/dcr/v1.1/register"
PORTAL = "https://wso2.example.com:9443/api/am/devportal/v3"
GIVEN: dict[str, Any] = {"name": "ada_automation", "username": "admin", "password": ADMIN_PASSWORD}

UNAUTHENTICATED = {"code": 401, "message": "", "description": "Unauthenticated request", "moreInfo": "", "error": []}


def keys_options(**changes: Any) -> dict[str, Any]:
    """All options of the module, typed and with their defaults; a change to None removes one."""
    defaults = {name: spec.get("default") for name, spec in CONSUMER_KEYS_OPTIONS.items()}
    return {**defaults, **GIVEN, **changes}


def keys_request(url: str = API_MANAGER, **changes: Any) -> ConsumerKeysRequest:
    option = "portal_url" if "/devportal/" in url else "registration_url"
    return ConsumerKeysRequest.from_options(keys_options(**{option: url, **changes}), environ={})


def registered(grants: str | None = "password refresh_token", **changes: Any) -> dict[str, Any]:
    """The response of API Manager. GRANTS: of the client; None for the text of an old version, which is no JSON."""
    described = "[Ljava.lang.String;@1f2e3d" if grants is None else json.dumps({"grant_types": grants})
    return {
        "clientId": KEY,
        "clientName": "ada_automation",
        "callBackURL": None,
        "clientSecret": SECRET,
        "isSaasApplication": False,
        "appOwner": None,
        "jsonString": described,
        "jsonAppAttribute": "{}",
        "applicationUUID": None,
        "tokenType": None,
        **changes,
    }


def dynamic_client(**changes: Any) -> dict[str, Any]:
    """The response of Identity Server."""
    return {
        "client_id": KEY,
        "client_secret": SECRET,
        "client_secret_expires_at": 0,
        "redirect_uris": [""],
        "grant_types": ["password", "refresh_token"],
        "client_name": "ada_automation",
        **changes,
    }


def name_exists() -> dict[str, Any]:
    return {
        "error": "invalid_client_metadata",
        "error_description": "Application with the name ada_automation already exist in the system",
        "traceId": "44783e47-2d7d-33f3-8fe8-7b70acfd0676",
    }


def portal_error(code: int, message: str, description: str | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "description": description or message, "moreInfo": "", "error": []}


@dataclass(frozen=True)
class Sent:
    """A request that was sent. path: below the host, with its query.

    credentials: the Basic pair, or the header with the token.
    """

    method: str
    path: str
    content: Any = None
    credentials: Any = field(default=None, compare=False)


def _content(given: dict[str, Any]) -> Any:
    return None if given["data"] is None else json.loads(given["data"])


@dataclass
class ScriptedServer:
    """Returns each of REPLIES in turn: a status, a body, and the names of headers."""

    replies: list[tuple[Any, ...]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    finals: list[Any] = field(default_factory=list)

    def send_request(self, method: str, url: str, **given: Any) -> Response:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.sent.append(Sent(method, path, _content(given), given["basic"] or given["headers"]["Authorization"]))
        self.finals.append(given["is_final"])
        assert self.replies, f"no response is left for {method} {url}"
        status, body, *headers = self.replies.pop(0)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Response(status, None, raw, 1, frozenset(headers))


def scripted(monkeypatch: pytest.MonkeyPatch, *replies: tuple[Any, ...]) -> ScriptedServer:
    """Replace the transport by a server with REPLIES."""
    server = ScriptedServer(list(replies))
    monkeypatch.setattr(_management_api, "send_request", server.send_request)
    return server


@dataclass
class ScriptedPortal:
    """A Developer Portal that answers by the path of a request. answers: by method and path below the base URL."""

    answers: dict[tuple[str, str], list[tuple[Any, ...]]]
    sent: list[Sent] = field(default_factory=list)

    def send_request(self, method: str, url: str, **given: Any) -> Response:
        path, _question, query = url.removeprefix(PORTAL).partition("?")
        self.sent.append(
            Sent(method, path, query or None if given["data"] is None else _content(given), given["basic"])
        )
        waiting = self.answers[(method, path)]
        # The last answer repeats.
        status, body, *headers = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Response(status, None, raw, 1, frozenset(headers))

    def changes(self) -> list[Sent]:
        """The requests that create, change or delete something."""
        return [sent for sent in self.sent if sent.method != "GET"]


KEY_MANAGERS = {
    "count": 1,
    "list": [
        {
            "id": "8656f086-b811-48aa-8b93-6b2b3ce4268f",
            "name": "Resident Key Manager",
            "tokenEndpoint": "https://wso2.example.com:9443/oauth2/token",
            "revokeEndpoint": "https://wso2.example.com:9443/oauth2/revoke",
        }
    ],
}
APPLICATION_ID = "09814065-6dda-4bad-859f-00ebcb7fae7e"
MAPPING_ID = "e7542fc4-7911-47ef-843d-d683a2562b79"
LIVE_TOKEN = "eyJtYWRlLXVw.made0003upLiveToken.bWFkZS11cA"


def application(name: str = "ada_automation", **changes: Any) -> dict[str, Any]:
    return {"applicationId": APPLICATION_ID, "name": name, "status": "APPROVED", "owner": "admin", **changes}


def page_of(*rows: Mapping[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"count": len(rows), "list": list(rows), "pagination": {"total": len(rows) if total is None else total}}


def key_row(**changes: Any) -> dict[str, Any]:
    """Keys as the portal lists them."""
    return {
        "keyMappingId": MAPPING_ID,
        "keyManager": "Resident Key Manager",
        "consumerKey": KEY,
        "consumerSecret": SECRET,
        "supportedGrantTypes": ["password", "refresh_token"],
        "callbackUrl": "",
        "keyState": "COMPLETED",
        "keyType": "PRODUCTION",
        "mode": "CREATED",
        "token": {"accessToken": None, "tokenScopes": [], "validityTime": 0},
        "additionalProperties": {"user_access_token_expiry_time": 3600, "refresh_token_expiry_time": 86400},
        **changes,
    }


DEAD_ROW = key_row(
    consumerKey=None, consumerSecret=None, supportedGrantTypes=None, keyState="APPROVED", additionalProperties=None
)


def portal(
    monkeypatch: pytest.MonkeyPatch,
    *,
    applications: Any = None,
    keys: Any = None,
    **answers: tuple[Any, ...] | list[tuple[Any, ...]],
) -> ScriptedPortal:
    """A portal with one application that has keys, unless said otherwise; ANSWERS by C(create), C(generate), ..."""
    place = f"/applications/{APPLICATION_ID}"
    paths = {
        "create": ("POST", "/applications"),
        "generate": ("POST", f"{place}/generate-keys"),
        "change": ("PUT", f"{place}/oauth-keys/{MAPPING_ID}"),
        "delete": ("DELETE", f"{place}/oauth-keys/{MAPPING_ID}"),
        "managers": ("GET", "/key-managers"),
    }
    found = [page_of(application())] if applications is None else applications
    rows = [page_of(key_row())] if keys is None else keys
    known: dict[tuple[str, str], list[tuple[Any, ...]]] = {
        ("GET", "/key-managers"): [(200, KEY_MANAGERS)],
        ("GET", "/applications"): [(200, page) for page in found],
        ("GET", f"{place}/oauth-keys"): [(200, page) for page in rows],
    }
    for name, given in answers.items():
        known[paths[name]] = given if isinstance(given, list) else [given]
    server = ScriptedPortal(known)
    monkeypatch.setattr(_management_api, "send_request", server.send_request)
    return server
