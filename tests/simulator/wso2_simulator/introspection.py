# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The introspection endpoint and the key set (JWKS) endpoint."""

from __future__ import annotations

import math
from typing import Any

from .client_authentication import decode_basic
from .directory import SUPER_TENANT, split_tenant
from .http_messages import FORM, JSON, Request, Response, json_response
from .request_parameters import check_media_type
from .scopes import scope_text
from .servlet_container import valve_rejection
from .simulation import Simulation
from .token_values import claims_of
from .tokens import Token

#: The order of a Java HashMap, which no client may depend on. It changes with the thirteenth member.
OPAQUE_ORDER = "aut nbf scope active token_type exp iat client_id username"
JWT_ORDER = "aut aud sub nbf iss active token_type exp iat client_id jti username"
JWT_WITH_SCOPE_ORDER = "aut sub iss active token_type client_id aud nbf scope exp iat jti username"


def introspection_endpoint(simulation: Simulation, request: Request, tenant: str | None) -> Response:
    """Report whether a token is active; requires the Basic credentials of an administrator."""
    check_media_type(request, [FORM], simulation.settings)
    value = dict(request.form_fields()).get("token")
    if not value:
        # The only JSON with blanks that WSO2 sends.
        headers = (("Content-Type", JSON),)
        return Response(400, b'{"error": "Invalid input"}', headers, outcome="bad_request")
    content = _active_members(simulation, value, tenant or SUPER_TENANT)
    return json_response(200, content, outcome="active" if content["active"] else "inactive")


def key_set_endpoint(simulation: Simulation, _request: Request, _tenant: str | None) -> Response:
    """Return the public key that JWTs are signed with."""
    return json_response(200, simulation.values.key_set(), outcome="served")


def reject_non_administrator(simulation: Simulation, request: Request) -> Response | None:
    """Reject a request without the login of an administrator: 401 for a wrong login, 403 for other users."""
    presented = decode_basic(request.header("Authorization") or "")
    user = simulation.directory.user(*split_tenant(presented.id or ""))
    if user is None or user.password != presented.secret:
        return valve_rejection(401, presented.id or "")
    return None if "admin" in user.roles else valve_rejection(403, presented.id or "")


def _active_members(simulation: Simulation, value: str, tenant: str) -> dict[str, Any]:
    tokens = simulation.tokens
    token = tokens.by_access_token(value) or tokens.by_refresh_token(value)
    if token is None or split_tenant(token.holder.user)[1] != tenant:
        return {"active": False}
    if value == token.access_token and tokens.is_active(token, simulation.settings.clock_skew):
        return _access_members(token)
    if value == token.refresh_token and tokens.is_refresh_active(token):
        return _ordered(_members(token, "Refresh", token.refresh_expires_at), OPAQUE_ORDER)
    return {"active": False}


def _access_members(token: Token) -> dict[str, Any]:
    claims = claims_of(token.access_token)
    members = _members(token, "JWT" if claims else "Bearer", token.expires_at)
    members["aut"] = "APPLICATION" if token.grant == "client_credentials" else "APPLICATION_USER"
    if not claims:
        return _ordered(members, OPAQUE_ORDER)
    members |= {name: claims[name] for name in ("aud", "sub", "iss", "jti")}
    return _ordered(members, JWT_WITH_SCOPE_ORDER if "scope" in members else JWT_ORDER)


def _ordered(members: dict[str, Any], order: str) -> dict[str, Any]:
    return {name: members[name] for name in order.split() if name in members}


def _members(token: Token, token_type: str, expires_at: float) -> dict[str, Any]:
    members: dict[str, Any] = {
        "active": True,
        "token_type": token_type,
        "client_id": token.holder.client_id,
        "username": token.holder.user,
        "iat": int(token.issued_at),
        "nbf": int(token.issued_at),
    }
    if token.holder.scopes:
        members["scope"] = scope_text(token.holder.scopes)
    if not math.isinf(expires_at):
        members["exp"] = int(expires_at)
    return members
