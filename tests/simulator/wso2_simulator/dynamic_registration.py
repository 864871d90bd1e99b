# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dynamic client registration as Identity Server answers it, with the names of RFC 7591."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Collection
from typing import Any

from .client_registration import GRANTS
from .directory import SUPER_TENANT, Application
from .http_messages import JSON, ErrorResponse, Request, Response, json_response
from .management_login import basic_credentials, logged_in_user
from .registered_clients import RegisteredClient, new_consumer_value, remove_client
from .routes import client_id_in
from .servlet_container import valve_rejection
from .simulation import Simulation

_CHANGEABLE = ("client_name", "grant_types", "redirect_uris")
_FIELDS = (
    *_CHANGEABLE,
    "response_types",
    "ext_param_client_id",
    "ext_param_client_secret",
    "ext_param_sp_template",
)
_NAME = r"^[a-zA-Z0-9._-]+(?: [a-zA-Z0-9._-]+)*$"
_NEEDS_CALLBACK = ("authorization_code", "implicit")
_SCOPES = {
    "POST": "internal_dcr_create",
    "GET": "internal_dcr_view",
    "PUT": "internal_dcr_update",
    "DELETE": "internal_dcr_delete",
}


def dynamic_registration(simulation: Simulation, request: Request, tenant: str | None) -> Response:
    """Create, read, change or delete a client. An unknown client is answered with 401, but without a challenge."""
    owner, owner_tenant = _authorized(simulation, request)
    place = tenant or owner_tenant
    client_id = client_id_in(request.path)
    if request.method == "POST" and client_id is None:
        return _create(simulation, request, owner, place)
    client = (
        simulation.registered_clients.by_key(client_id)
        if client_id is not None
        else simulation.registered_clients.by_name(place, dict(request.query_fields()).get("client_name", ""))
    )
    application = simulation.directory.application(client.key) if client else None
    if client is None or application is None:
        return Response(401, outcome="no_such_client")
    if request.method == "GET":
        return json_response(200, _members(application, client), outcome="found")
    if request.method == "DELETE" and client_id is not None:
        remove_client(simulation, client.key)
        return Response(204, outcome="deleted")
    if request.method == "PUT" and client_id is not None:
        return _change(request, application, client)
    return Response(405, b"", (("Allow", "POST,GET,PUT,DELETE,OPTIONS"),), outcome="bad_request")


def _authorized(simulation: Simulation, request: Request) -> tuple[str, str]:
    """The name and the tenant of the caller; raises ErrorResponse."""
    bearer = (request.header("Authorization") or "").partition("Bearer ")[2]
    if bearer:
        return _authorized_by_token(simulation, request, bearer)
    credentials = basic_credentials(request)
    user = logged_in_user(simulation, *credentials) if credentials else None
    if user is None:
        raise ErrorResponse(valve_rejection(401, credentials[0] if credentials else "", "unauthorized"))
    if "admin" not in user.roles:
        raise ErrorResponse(valve_rejection(403, user.name, "forbidden"))
    return user.qualified_name, user.tenant


def _authorized_by_token(simulation: Simulation, request: Request, bearer: str) -> tuple[str, str]:
    if bearer in simulation.settings.registration_tokens:
        return f"admin@{SUPER_TENANT}", SUPER_TENANT
    token = simulation.tokens.by_access_token(bearer)
    if token is None or not simulation.tokens.is_active(token):
        raise ErrorResponse(valve_rejection(401, "", "unauthorized"))
    if _SCOPES.get(request.method) not in token.holder.scopes:
        raise ErrorResponse(valve_rejection(403, token.holder.user.partition("@")[0], "forbidden"))
    return token.holder.user, token.holder.user.rpartition("@")[2]


def _create(simulation: Simulation, request: Request, owner: str, tenant: str) -> Response:
    if not request.content_type.startswith(JSON):
        raise ErrorResponse(Response(415, outcome="wrong_media_type"))
    content = _content(request, _FIELDS)
    name, grants, callbacks = content.get("client_name"), content.get("grant_types", []), _callbacks(content)
    if not name or not set(grants) <= set(GRANTS) or (not callbacks and set(grants) & set(_NEEDS_CALLBACK)):
        return Response(500, outcome="server_error")
    if not re.fullmatch(_NAME, name):
        return _invalid(f"Client Name is not adhering to the regex: {_NAME}", trace_id=str(uuid.uuid4()))
    if simulation.registered_clients.by_name(tenant, name) is not None:
        return _invalid(f"Application with the name {name} already exist in the system", trace_id=str(uuid.uuid4()))
    application = Application(
        key=content.get("ext_param_client_id") or new_consumer_value(),
        secret=content.get("ext_param_client_secret") or new_consumer_value(),
        name=name,
        tenant=tenant,
        grants=list(grants),
    )
    client = RegisteredClient(name, application.key, owner, callbacks)
    simulation.directory.add_application(application)
    simulation.registered_clients.add(tenant, client)
    return json_response(201, _members(application, client), outcome="created")


def _content(request: Request, fields: Collection[str]) -> dict[str, Any]:
    """The body; raises ErrorResponse if it has a member that is not in FIELDS."""
    try:
        content = dict(json.loads(request.body))
    except (ValueError, TypeError):
        raise ErrorResponse(Response(500, outcome="server_error")) from None
    unknown = next((name for name in content if name not in fields), None)
    if unknown is not None:
        raise ErrorResponse(_invalid(f"Unrecognized field : {unknown}", trace_id=None))
    return content


def _change(request: Request, application: Application, client: RegisteredClient) -> Response:
    """Lists that are empty change nothing."""
    content = _content(request, _CHANGEABLE)
    application.grants = list(content.get("grant_types") or application.grants)
    client.callback = _callbacks(content) or client.callback
    return json_response(200, _members(application, client), outcome="changed")


def _callbacks(content: dict[str, Any]) -> str | None:
    return " ".join(content.get("redirect_uris") or []) or None


def _invalid(description: str, *, trace_id: str | None) -> Response:
    content = {"error": "invalid_client_metadata", "error_description": description, "traceId": trace_id}
    return json_response(400, content, outcome="bad_request")


def _members(application: Application, client: RegisteredClient) -> dict[str, Any]:
    return {
        "client_id": application.key,
        "client_secret": application.secret,
        "client_secret_expires_at": 0,
        "redirect_uris": client.callback.split() if client.callback else [""],
        "grant_types": application.grants,
        "client_name": application.name,
    }
