# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The introspection endpoint and the key set: for the eyes of tests and of gateways."""

from __future__ import annotations

import math
from typing import Any

from .client_authentication import decode_basic
from .directory import split_tenant
from .messages import Answer, Received, json_answer
from .scopes import scope_text
from .simulation import Simulation
from .tokens import Token


def introspection_endpoint(simulation: Simulation, request: Received, _tenant: str | None) -> Answer:
    """Tell whether a token is active; asks for the Basic credentials of an administrator."""
    if not _is_administrator(simulation, request):
        challenge = (("WWW-Authenticate", f"Basic realm={simulation.settings.realm}"),)
        return json_answer(401, {"error": "Unauthorized"}, challenge, outcome="unauthorized")
    value = dict(request.form_fields()).get("token")
    if not value:
        return json_answer(400, {"error": "Invalid input"}, outcome="bad_request")
    content = _active_members(simulation, value)
    return json_answer(200, content, outcome="active" if content["active"] else "inactive")


def key_set_endpoint(simulation: Simulation, _request: Received, _tenant: str | None) -> Answer:
    """Return the public key that JWTs are signed with."""
    return json_answer(200, simulation.values.key_set(), outcome="served")


def _is_administrator(simulation: Simulation, request: Received) -> bool:
    presented = decode_basic(request.header("Authorization") or "")
    user = simulation.directory.user(*split_tenant(presented.id or ""))
    return user is not None and user.password == presented.secret and "admin" in user.roles


def _active_members(simulation: Simulation, value: str) -> dict[str, Any]:
    tokens = simulation.tokens
    token = tokens.by_access_token(value)
    if token is not None and tokens.is_active(token, simulation.settings.clock_skew):
        return _members(token, "Bearer", token.expires_at)
    token = tokens.by_refresh_token(value)
    if token is not None and tokens.is_refresh_active(token):
        return _members(token, "Refresh", token.refresh_expires_at)
    return {"active": False}


def _members(token: Token, token_type: str, expires_at: float) -> dict[str, Any]:
    members: dict[str, Any] = {
        "active": True,
        "token_type": token_type,
        "client_id": token.holder.client_id,
        "username": token.holder.user,
        "scope": scope_text(token.holder.scopes),
        "iat": int(token.issued_at),
        "nbf": int(token.issued_at),
    }
    if not math.isinf(expires_at):
        members["exp"] = int(expires_at)
    return members
