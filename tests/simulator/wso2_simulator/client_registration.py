# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client registration of API Manager, version 0.17: an upsert by name that cannot change or delete."""

from __future__ import annotations

import json
import re
from typing import Any

from .directory import Application, User
from .http_messages import JSON, ErrorResponse, Request, Response, json_response
from .management_login import basic_credentials, logged_in_user, management_error, unauthenticated
from .registered_clients import RegisteredClient, new_consumer_value
from .servlet_container import login_page
from .simulation import Simulation

BASE = "/client-registration/v0.17"
_FIELDS = ("callbackUrl", "clientName", "owner", "grantType", "saasApp", "tokenType")
_NAME = re.compile(r"[\sa-zA-Z0-9._-]+")
_ALLOW = (("Allow", "DELETE,POST,OPTIONS"),)
_NEEDS_CALLBACK = ("authorization_code", "implicit")
GRANTS = (
    "password",
    "refresh_token",
    "client_credentials",
    "authorization_code",
    "implicit",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
)
_REGISTERING_ROLES = {"admin", "subscriber"}


def client_registration(simulation: Simulation, request: Request, _tenant: str | None) -> Response:
    """Register a client, or return the one that has the name already; raises ErrorResponse."""
    wrong = _wrong_address(request)
    if wrong is not None:
        return wrong
    credentials = basic_credentials(request)
    user = logged_in_user(simulation, *credentials) if credentials else None
    if user is None or credentials is None:
        return unauthenticated()
    if request.method == "DELETE":
        text = b"Dynamic Client Registration Service's resource deletion not implemented."
        return Response(500, text, (("Content-Type", JSON),), outcome="server_error")
    if not request.content_type.startswith(JSON):
        return Response(415, outcome="wrong_media_type")
    try:
        content = json.loads(request.body) if request.body else {}
    except ValueError:
        return management_error(400, "Bad Request", "Malformed request body.")
    return _register(simulation, user, credentials[0], content)


def _wrong_address(request: Request) -> Response | None:
    if not request.path.startswith(f"{BASE}/"):
        return login_page(request)
    place = request.path.removeprefix(BASE).rstrip("/")
    if not place.startswith("/register"):
        page = b"<html><body>No service was found.</body></html>"
        return Response(404, page, (("Content-Type", "text/html;charset=ISO-8859-1"),), outcome="not_found")
    if place != "/register":
        return Response(404, b"", _ALLOW, outcome="not_found")
    return None if request.method in ("POST", "DELETE") else Response(405, b"", _ALLOW, outcome="bad_request")


def _register(simulation: Simulation, user: User, login: str, content: dict[str, Any]) -> Response:
    unknown = next((name for name in content if name not in _FIELDS), None)
    if unknown is not None:
        raise ErrorResponse(management_error(400, "Bad Request", f"Unrecognized property '{unknown}'"))
    name, owner, grants = content.get("clientName"), content.get("owner"), (content.get("grantType") or "").split()
    if not owner or not grants:
        raise ErrorResponse(_internal_error())
    if (owner != login and "admin" not in user.roles) or ("@" in login and owner != login):
        problem = f"Logged in user '{login}' and application owner '{owner}' should be same."
        raise ErrorResponse(management_error(400, "Bad Request", problem))
    if not _REGISTERING_ROLES & set(user.roles):
        problem = "You do not have enough privileges to create an OAuth app"
        raise ErrorResponse(management_error(403, "Forbidden", problem))
    if not name or not _NAME.fullmatch(name) or not name.isascii():
        shown = "null" if name is None else name
        problem = f"OAuth app '{shown}' creation or updating failed. Dynamic Client Registration Service not available."
        raise ErrorResponse(management_error(500, "Bad Request", problem))
    known = simulation.registered_clients.by_name(user.tenant, name)
    if known is not None:
        return _known(simulation, user, known)
    if not set(grants) <= set(GRANTS):
        raise ErrorResponse(_internal_error())
    return _created(simulation, user, content, grants)


def _internal_error() -> Response:
    problem = "The server encountered an internal error. Please contact administrator."
    return management_error(500, "Internal server error", problem)


def _known(simulation: Simulation, user: User, known: RegisteredClient) -> Response:
    """Its grants, callback URL and C(saasApp) stay as they are, whatever the request says."""
    if known.owner != user.qualified_name and simulation.settings.registration_of_known_name == "forbidden":
        return management_error(403, "Forbidden", f"Access to the application {known.name} is forbidden")
    application = simulation.directory.application(known.key)
    assert application is not None
    described = {"grant_types": " ".join(application.grants)}
    return _answer(application, known, owner=None, described=described, outcome="found")


def _created(simulation: Simulation, user: User, content: dict[str, Any], grants: list[str]) -> Response:
    callback = content.get("callbackUrl")
    application = Application(
        key=new_consumer_value(),
        secret=new_consumer_value(),
        name=content["clientName"],
        tenant=user.tenant,
        saas=bool(content.get("saasApp")),
        grants=[grant for grant in grants if callback or grant not in _NEEDS_CALLBACK],
    )
    client = RegisteredClient(application.name, application.key, user.qualified_name, callback)
    simulation.directory.add_application(application)
    simulation.registered_clients.add(user.tenant, client)
    described = {
        "grant_types": " ".join(application.grants),
        "redirect_uris": callback,
        "client_name": application.name,
    }
    return _answer(application, client, owner=content["owner"], described=described, outcome="created")


def _answer(
    application: Application, client: RegisteredClient, *, owner: str | None, described: dict[str, Any], outcome: str
) -> Response:
    content = {
        "clientId": application.key,
        "clientName": application.name,
        "callBackURL": client.callback,
        "clientSecret": application.secret,
        "isSaasApplication": application.saas,
        "appOwner": owner,
        "jsonString": json.dumps(described, separators=(",", ":")).replace("/", "\\/"),
        "jsonAppAttribute": "{}",
        "applicationUUID": None,
        "tokenType": None,
    }
    return json_response(200, content, outcome=outcome)
