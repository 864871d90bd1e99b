# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of an application in the Developer Portal: generated, mapped, changed, cleaned up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .client_registration import GRANTS
from .directory import Application
from .http_messages import Response, json_response
from .issue_policy import issue_policy
from .management_login import SECURITY_HEADERS, management_error
from .portal_state import DEFAULT_PROPERTIES, RESIDENT, RESIDENT_ID, KeyMapping, PortalApplication
from .registered_clients import new_consumer_value, remove_client
from .scopes import APPLICATION_SCOPE
from .simulation import Simulation
from .tokens import Holder

_KEY_TYPES = ("PRODUCTION", "SANDBOX")
_NEEDS_CALLBACK = ("authorization_code", "implicit")
_NO_TOKEN = {"accessToken": None, "tokenScopes": [], "validityTime": 0}
_MASK = "***"


def key_list(simulation: Simulation, application: PortalApplication) -> dict[str, Any]:
    """All keys of APPLICATION. Those that wait for an approval get it as soon as none is required."""
    for mapping in application.keys:
        if mapping.is_pending and not simulation.settings.portal_key_approval:
            mapping.is_pending = False
            _create_client(simulation, application, mapping)
    shown = [key_object(simulation, mapping) for mapping in application.keys]
    return {"count": len(shown), "list": shown}


def key_object(
    simulation: Simulation, mapping: KeyMapping, *, key_manager: str = RESIDENT, **more: Any
) -> dict[str, Any]:
    """MAPPING as the portal shows it later; MORE replaces members."""
    application = simulation.directory.application(mapping.key) if mapping.key else None
    if application is None:
        # A row without a client says APPROVED all the same.
        return {**_row(mapping, key_manager, "CREATED" if mapping.is_pending else "APPROVED"), **more}
    secret = {"shown": application.secret, "null": None}.get(simulation.settings.portal_secrets, _MASK)
    return {
        **_row(mapping, key_manager, "COMPLETED"),
        "consumerKey": application.key,
        "consumerSecret": secret,
        "supportedGrantTypes": application.grants or [""],
        "callbackUrl": mapping.callback,
        "additionalProperties": dict(mapping.properties),
        **more,
    }


def _row(mapping: KeyMapping, key_manager: str, state: str) -> dict[str, Any]:
    return {
        "keyMappingId": mapping.id,
        "keyManager": key_manager,
        "consumerKey": None,
        "consumerSecret": None,
        "supportedGrantTypes": None,
        "callbackUrl": None,
        "keyState": state,
        "keyType": mapping.key_type,
        "mode": mapping.mode,
        "groupId": None,
        "token": dict(_NO_TOKEN),
        "additionalProperties": None,
    }


def _problem(status: int, code: int, message: str, description: str | None = None) -> Response:
    return management_error(status, message, description or message, SECURITY_HEADERS, code=code)


def _general_error() -> Response:
    return _problem(500, 900967, "General Error", "Server Error Occurred")


def _clash(application: PortalApplication, content: dict[str, Any]) -> Response | None:
    """Why no keys of this type can be added now, or None."""
    if content.get("keyManager") not in (None, RESIDENT, RESIDENT_ID):
        return _problem(400, 901403, "Key Manager not Registered")
    if application.keys_of(content["keyType"]) is not None:
        return _problem(409, 901409, "Key Mappings already exists")
    return None


def _wrong_type(content: dict[str, Any]) -> Response | None:
    if content.get("keyType") in _KEY_TYPES:
        return None
    errors = [{"code": "400_keyType", "message": "keyType: may not be null", "description": None}]
    body = {"code": 400, "message": "Bad Request", "description": "Validation Error", "moreInfo": "", "error": errors}
    return json_response(400, body, outcome="bad_request")


def _generate(simulation: Simulation, application: PortalApplication, content: dict[str, Any]) -> Response:
    wrong = _wrong_type(content) or _clash(application, content)
    if wrong is not None:
        return wrong
    grants = list(content.get("grantTypesToBeSupported") or [])
    callback = content.get("callbackUrl") or ""
    if set(grants) & set(_NEEDS_CALLBACK) and not callback:
        problem = (
            "The callback url must have at least one URI value when using Authorization code or implicit grant types."
        )
        return management_error(400, "Bad Request", problem, SECURITY_HEADERS)
    mapping = KeyMapping(content["keyType"], f"{application.login}_{application.name}_{content['keyType']}")
    mapping.grants, mapping.callback = grants, callback
    given = {name: int(value) for name, value in (content.get("additionalProperties") or {}).items()}
    mapping.properties = {**DEFAULT_PROPERTIES, **given}
    application.keys.append(mapping)
    if simulation.settings.portal_key_approval:
        mapping.is_pending = True
        shown = key_object(simulation, mapping, keyState="CREATED", token=None)
        return json_response(200, shown, SECURITY_HEADERS, outcome="pending_approval")
    if mapping.client_name in application.left_over or not set(grants) <= set(GRANTS):
        return _general_error()
    client = _create_client(simulation, application, mapping)
    secret = _MASK if simulation.settings.portal_secrets == "masked" else client.secret
    token = _token(simulation, client, mapping)
    shown = key_object(simulation, mapping, keyState="APPROVED", consumerSecret=secret, token=token)
    return json_response(200, shown, SECURITY_HEADERS, outcome="created")


def _create_client(simulation: Simulation, application: PortalApplication, mapping: KeyMapping) -> Application:
    client = Application(
        key=new_consumer_value(),
        secret=new_consumer_value(),
        name=mapping.client_name,
        tenant=application.owner.rpartition("@")[2],
        saas=True,
        grants=list(mapping.grants),
        token_format="jwt" if application.token_type == "JWT" else None,
    )
    mapping.key = client.key
    simulation.directory.add_application(client)
    return client


def _token(simulation: Simulation, client: Application, mapping: KeyMapping) -> dict[str, Any]:
    """The live token of the application that comes with its keys, whether it was requested or not."""
    if "client_credentials" not in client.grants:
        return {"accessToken": "", "tokenScopes": ["N/A"], "validityTime": 0}
    seconds = mapping.properties["application_access_token_expiry_time"]
    policy = replace(issue_policy(simulation.settings, client), access_seconds=float(seconds))
    holder = Holder(client.key, f"admin@{client.tenant}", APPLICATION_SCOPE)
    issued = simulation.tokens.issue(holder, "client_credentials", policy)
    return {"accessToken": issued.token.access_token, "tokenScopes": ["default"], "validityTime": issued.expires_in}


def _map(simulation: Simulation, application: PortalApplication, content: dict[str, Any]) -> Response:
    wrong = _wrong_type(content) or _clash(application, content)
    if wrong is not None:
        return wrong
    client = simulation.directory.application(content.get("consumerKey", ""))
    if client is None or client.secret != content.get("consumerSecret"):
        return _general_error()
    registered = simulation.registered_clients.by_key(client.key)
    mapping = KeyMapping(content["keyType"], client.name, client.key, mode="MAPPED")
    mapping.callback = (registered.callback or "") if registered else ""
    application.keys.append(mapping)
    token = _token(simulation, client, mapping)
    shown = key_object(simulation, mapping, keyState=None, token=token)
    return json_response(200, shown, SECURITY_HEADERS, outcome="mapped")


def _change(
    simulation: Simulation, _application: PortalApplication, mapping: KeyMapping, content: dict[str, Any]
) -> Response:
    client = simulation.directory.application(mapping.key or "")
    if client is None:
        return _general_error()
    client.grants = list(content.get("supportedGrantTypes") or client.grants)
    mapping.callback = content.get("callbackUrl") or ""
    given = {name: _whole(value) for name, value in (content.get("additionalProperties") or {}).items()}
    mapping.properties = {**mapping.properties, **given}
    nothing = {"keyMappingId": None, "keyState": None, "mode": None, "token": None}
    shown = key_object(simulation, mapping, **nothing)
    shown["keyManager"] = content.get("keyManager")
    return json_response(200, shown, SECURITY_HEADERS, outcome="changed")


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _regenerate(
    simulation: Simulation, _application: PortalApplication, mapping: KeyMapping, _content: dict[str, Any]
) -> Response:
    client = simulation.directory.application(mapping.key or "")
    if client is None or simulation.settings.portal_secrets != "shown":
        return _general_error()
    client.secret = new_consumer_value()
    nothing: dict[str, Any] = dict.fromkeys(_row(mapping, RESIDENT, ""), None)
    shown = {**nothing, "consumerKey": client.key, "consumerSecret": client.secret, "supportedGrantTypes": []}
    return json_response(200, shown, SECURITY_HEADERS, outcome="changed")


def _clean_up(
    _simulation: Simulation, application: PortalApplication, mapping: KeyMapping, _content: dict[str, Any]
) -> Response:
    """Only the row is removed. The key manager keeps the client, and so its name."""
    if mapping.key is not None:
        application.left_over.add(mapping.client_name)
    application.keys.remove(mapping)
    return Response(200, b"", SECURITY_HEADERS, outcome="deleted")


def _delete(
    simulation: Simulation, application: PortalApplication, mapping: KeyMapping, _content: dict[str, Any]
) -> Response:
    """The row and the client."""
    if mapping.key is not None:
        remove_client(simulation, mapping.key)
    application.left_over.discard(mapping.client_name)
    application.keys.remove(mapping)
    return Response(200, b"", SECURITY_HEADERS, outcome="deleted")


KEY_ACTIONS: dict[tuple[str, ...], Callable[..., Response]] = {
    ("POST", "generate-keys"): _generate,
    ("POST", "map-keys"): _map,
    ("PUT", "oauth-keys"): _change,
    ("DELETE", "oauth-keys"): _delete,
    ("POST", "oauth-keys", "regenerate-secret"): _regenerate,
    ("POST", "oauth-keys", "clean-up"): _clean_up,
}
