# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The REST API of the Developer Portal: applications, their keys, and key managers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .directory import SUPER_TENANT, User, split_tenant
from .http_messages import ErrorResponse, Request, Response, json_response
from .management_login import (
    SECURITY_HEADERS,
    basic_credentials,
    logged_in_user,
    management_error,
    unauthenticated,
)
from .portal_keys import KEY_ACTIONS, key_list, key_object
from .portal_state import RESIDENT, RESIDENT_ID, PortalApplication
from .registered_clients import remove_client
from .servlet_container import login_page
from .simulation import Simulation

_APPLICATION_FIELDS = ("name", "throttlingPolicy", "description", "tokenType", "groups", "attributes")
_POLICIES = ("Unlimited", "50PerMin", "20PerMin", "10PerMin")
_LONGEST_NAME = 100
_ALLOW_ALL = (("Allow", "DELETE,POST,GET,PUT,PATCH,OPTIONS,HEAD"), *SECURITY_HEADERS)
_KEYS = re.compile(r"/applications/(?P<id>[^/]+)/(?P<rest>.+)")
_PAGE = 25


def developer_portal(simulation: Simulation, request: Request, _tenant: str | None) -> Response:
    """Answer a request to the portal; raises ErrorResponse."""
    place = _place(simulation, request)
    if isinstance(place, Response):
        return place
    user = _user(simulation, request)
    if place == "/key-managers":
        return json_response(200, _key_managers(request), SECURITY_HEADERS, outcome="served")
    if place == "/applications":
        return _list(simulation, request, user) if request.method == "GET" else _create(simulation, request, user)
    keys = _KEYS.fullmatch(place)
    application_id = keys["id"] if keys else place.removeprefix("/applications/")
    application = _application(simulation, user, application_id)
    if keys:
        return _answer_keys(simulation, request, application, keys["rest"])
    if request.method == "DELETE":
        return _delete(simulation, application)
    if request.method == "PUT":
        application.policy = _content(request).get("throttlingPolicy", application.policy)
    shown = {**_details(application), "hashEnabled": False if request.method == "GET" else None}
    return json_response(200, shown, SECURITY_HEADERS, outcome="found" if request.method == "GET" else "changed")


def _place(simulation: Simulation, request: Request) -> str | Response:
    """The path below the base of the API. Other versions are not there, other names belong to the console."""
    base = "/api/am/devportal"
    if not request.path.startswith(f"{base}/"):
        return login_page(request)
    place = request.path.removeprefix(base).rstrip("/")
    version = re.match(r"/(v\d+(?:\.\d+)?)(?=/|$)", place)
    if version and version[1] != simulation.settings.portal_version:
        return Response(404, b"", SECURITY_HEADERS, outcome="not_found")
    place = place[version.end() :] if version else place
    if place in {"/key-managers", "/applications"} or place.startswith("/applications/"):
        return place
    return Response(404, b"", SECURITY_HEADERS, outcome="not_found")


def _user(simulation: Simulation, request: Request) -> User:
    credentials = basic_credentials(request)
    if credentials is not None and simulation.settings.portal_basic:
        user = logged_in_user(simulation, *credentials)
    else:
        user = _user_of_token(simulation, (request.header("Authorization") or "").partition("Bearer ")[2])
    if user is None:
        raise ErrorResponse(unauthenticated())
    return user


def _user_of_token(simulation: Simulation, value: str) -> User | None:
    """Only opaque tokens are accepted: the portal trusts no issuer of JWTs unless one is configured."""
    token = simulation.tokens.by_access_token(value) if value and "." not in value else None
    if token is None or not simulation.tokens.is_active(token):
        return None
    return simulation.directory.user(*split_tenant(token.holder.user))


def _content(request: Request) -> dict[str, Any]:
    try:
        return dict(json.loads(request.body))
    except (ValueError, TypeError):
        raise ErrorResponse(management_error(400, "Bad Request", "Malformed request body.")) from None


# --- applications


def _login_of(user: User) -> str:
    return user.name if user.tenant == SUPER_TENANT else user.qualified_name


def _list(simulation: Simulation, request: Request, user: User) -> Response:
    state = simulation.portal
    if user.qualified_name not in state.known_users and "subscriber" in user.roles:
        default = PortalApplication("DefaultApplication", user.qualified_name, _login_of(user), "Unlimited")
        default.description = "This is the default application"
        state.applications.append(default)
        state.known_users.add(user.qualified_name)
    query = dict(request.query_fields())
    limit, offset = _number(query.get("limit"), _PAGE), _number(query.get("offset"), 0)
    largest = simulation.settings.portal_largest_page
    limit = min(limit, largest) if largest else limit
    visible = state.visible_to(user.qualified_name, is_shared=simulation.settings.portal_shares_applications)
    found = [each for each in visible if query.get("query", "") in each.name]
    page = found[offset : offset + limit]
    pagination = {
        "offset": offset,
        "limit": limit,
        "total": len(found),
        "next": _link(limit, offset + limit) if offset + limit < len(found) else "",
        "previous": _link(limit, max(0, offset - limit)) if offset else "",
    }
    content = {"count": len(page), "list": [_row(each) for each in page], "pagination": pagination}
    return json_response(200, content, SECURITY_HEADERS, outcome="served")


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() else default


def _link(limit: int, offset: int) -> str:
    return f"/applications?sortBy=name&sortOrder=asc&limit={limit}&offset={offset}&groupId="


def _row(application: PortalApplication) -> dict[str, Any]:
    return {
        "applicationId": application.id,
        "name": application.name,
        "throttlingPolicy": application.policy,
        "description": application.description,
        "status": application.status,
        "groups": [],
        "subscriptionCount": 0,
        "attributes": {},
        "owner": application.login,
    }


def _details(application: PortalApplication) -> dict[str, Any]:
    return {
        "applicationId": application.id,
        "name": application.name,
        "throttlingPolicy": application.policy,
        "description": application.description,
        "tokenType": application.token_type,
        "status": application.status,
        "groups": [],
        "subscriptionCount": 0,
        "keys": [],
        "attributes": {},
        "subscriptionScopes": [],
        "owner": application.login,
    }


def invalid_field(field: str, problem: str) -> Response:
    """A validation error, which names the field."""
    errors = [{"code": f"400_{field}", "message": f"{field}: {problem}", "description": None}]
    content = {"code": 400, "message": "Bad Request", "description": "Validation Error", "moreInfo": ""}
    return json_response(400, {**content, "error": errors}, outcome="bad_request")


def _check_application(content: dict[str, Any]) -> Response | None:
    for field in ("name", "throttlingPolicy"):
        if content.get(field) is None:
            return invalid_field(field, "may not be null")
    if not 1 <= len(content["name"]) <= _LONGEST_NAME:
        return invalid_field("name", f"size must be between 1 and {_LONGEST_NAME}")
    unknown = next((name for name in content if name not in _APPLICATION_FIELDS), None)
    if unknown is not None:
        return management_error(400, "Bad Request", f"Unrecognized property '{unknown}'", SECURITY_HEADERS)
    if content["name"] != content["name"].strip():
        problem = "Application name cannot contain leading or trailing white spaces"
        return management_error(400, "Bad Request", problem, SECURITY_HEADERS)
    if content["throttlingPolicy"] not in _POLICIES:
        problem = "The tier name is invalid"
        return management_error(400, f"{problem}.", problem, SECURITY_HEADERS, code=900305)
    return None


def _create(simulation: Simulation, request: Request, user: User) -> Response:
    content = _content(request)
    wrong = _check_application(content)
    if wrong is not None:
        return wrong
    if simulation.portal.by_name(content["name"], user.qualified_name) is not None:
        problem = f"An application already exists with name {content['name']}"
        return management_error(409, "Resource Already Exists", problem, SECURITY_HEADERS)
    application = PortalApplication(
        content["name"],
        user.qualified_name,
        _login_of(user),
        content["throttlingPolicy"],
        description=content.get("description"),
        token_type=content.get("tokenType") or "JWT",
    )
    is_pending = simulation.settings.portal_application_approval
    application.status = "CREATED" if is_pending else "APPROVED"
    simulation.portal.applications.append(application)
    scheme = "https" if request.secure else "http"
    location = f"{scheme}://{request.header('Host')}/api/am/devportal/applications/{application.id}"
    headers = (("Location", location), *SECURITY_HEADERS)
    shown = {**_details(application), "hashEnabled": None}
    return json_response(202 if is_pending else 201, shown, headers, outcome="created")


def _application(simulation: Simulation, user: User, application_id: str) -> PortalApplication:
    """The application, if it is there and belongs to the user; raises ErrorResponse."""
    application = simulation.portal.by_id(application_id)
    if application is None:
        problem = f"Requested application with Id '{application_id}' not found"
        raise ErrorResponse(management_error(404, "Not Found", problem, SECURITY_HEADERS))
    if application.owner != user.qualified_name and not simulation.settings.portal_shares_applications:
        problem = f"You don't have permission to access the application with Id {application_id}"
        raise ErrorResponse(management_error(403, "Forbidden", problem, SECURITY_HEADERS))
    return application


def _delete(simulation: Simulation, application: PortalApplication) -> Response:
    """Its clients end with it. A client that was mapped to it stays."""
    for mapping in application.keys:
        if mapping.key is not None and mapping.mode == "CREATED":
            remove_client(simulation, mapping.key)
    simulation.portal.applications.remove(application)
    return Response(200, b"", SECURITY_HEADERS, outcome="deleted")


# --- keys


def _answer_keys(simulation: Simulation, request: Request, application: PortalApplication, rest: str) -> Response:
    parts = rest.split("/")
    if parts in (["oauth-keys"], ["keys"]) and request.method == "GET":
        return json_response(200, key_list(simulation, application), SECURITY_HEADERS, outcome="served")
    action = KEY_ACTIONS.get((request.method, *parts)) if len(parts) == 1 else None
    if action is not None:
        return action(simulation, application, _content(request))
    if parts[0] not in {"keys", "oauth-keys"} or len(parts) == 1:
        raise ErrorResponse(Response(404, b"", _ALLOW_ALL, outcome="not_found"))
    return _answer_mapping(simulation, request, application, parts)


def _answer_mapping(
    simulation: Simulation, request: Request, application: PortalApplication, parts: list[str]
) -> Response:
    by_type = parts[0] == "keys"
    mapping = application.keys_of(parts[1]) if by_type else application.mapping(parts[1])
    is_read = len(parts) == 2 and request.method == "GET"
    changing: Callable[..., Response] | None = KEY_ACTIONS.get((request.method, "oauth-keys", *parts[2:]))
    if not is_read and (changing is None or not _allows(simulation, request)):
        raise ErrorResponse(Response(405 if len(parts) == 2 else 404, b"", _ALLOW_ALL, outcome="bad_request"))
    if mapping is None:
        problem = "The server encountered an internal error. Please contact administrator."
        raise ErrorResponse(management_error(500, "Internal server error", problem, SECURITY_HEADERS))
    if is_read or changing is None:
        shown = key_object(simulation, mapping, key_manager=RESIDENT if by_type else RESIDENT_ID)
        return json_response(200, shown, SECURITY_HEADERS, outcome="found")
    content = _content(request) if request.method == "PUT" else {}
    return changing(simulation, application, mapping, content)


def _allows(simulation: Simulation, request: Request) -> bool:
    return request.method != "DELETE" or simulation.settings.portal_key_deletion


def _key_managers(request: Request) -> dict[str, Any]:
    base = f"{'https' if request.secure else 'http'}://{request.header('Host')}/oauth2"
    resident = {
        "id": RESIDENT_ID,
        "name": RESIDENT,
        "type": "default",
        "displayName": None,
        "description": f"This is {RESIDENT}",
        "enabled": True,
        "availableGrantTypes": [
            "refresh_token",
            "password",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
            "authorization_code",
        ],
        "tokenEndpoint": f"{base}/token",
        "revokeEndpoint": f"{base}/revoke",
        "userInfoEndpoint": None,
        "enableTokenGeneration": True,
        "enableTokenEncryption": False,
        "enableTokenHashing": False,
        "enableOAuthAppCreation": True,
        "enableMapOAuthConsumerApps": False,
        "applicationConfiguration": [_property(*each) for each in _PROPERTIES],
        "alias": None,
        "additionalProperties": {},
        "tokenType": "DIRECT",
    }
    return {"count": 1, "list": [resident]}


def _property(name: str, label: str, tooltip: str, default: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": "input" if default == "N/A" else "checkbox",
        "required": False,
        "mask": False,
        "multiple": False,
        "tooltip": tooltip,
        "values": [],
        "default": default,
    }


def _lifetime(name: str, label: str, *, what: str, label_end: str = " ") -> tuple[str, str, str, str]:
    return name, f"{label} Expiry Time{label_end}", f"Type {what} Expiry Time in seconds ", "N/A"


_PROPERTIES = (
    _lifetime("application_access_token_expiry_time", "Application Access Token", what="Application Access Token"),
    _lifetime("user_access_token_expiry_time", "User Access Token", what="User Access Token"),
    _lifetime("refresh_token_expiry_time", "Refresh Token", what="Refresh Token"),
    _lifetime("id_token_expiry_time", "Id Token", what="ID Token", label_end=""),
    ("pkceMandatory", "Enable PKCE", "Enable PKCE", "false"),
    (
        "pkceSupportPlain",
        "Support PKCE Plain text",
        "S256 is recommended, plain text too can be used.",
        "false",
    ),
    ("bypassClientCredentials", "Public client", "Allow authentication without the client secret.", "false"),
)
