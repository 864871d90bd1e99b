# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small API behind the gateway that requires an active access token."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from .gateway_responses import managed_fault
from .http_messages import Request, Response, json_response
from .routes import API_BASE
from .simulation import Simulation
from .tokens import REVOKED, Token

ORDERS = [{"id": 1, "item": "rack", "amount": 2}, {"id": 2, "item": "switch", "amount": 4}]
MISSING, INVALID = 900902, 900901


def protected_api(simulation: Simulation, request: Request, _tenant: str | None) -> Response:
    """Answer ``GET /orders`` and ``GET``, ``PUT /hosts/<name>`` below the base path."""
    token = _bearer(simulation, request)
    if isinstance(token, Response):
        return token
    caller = {"user": token.holder.user, "scopes": sorted(token.holder.scopes)}
    resource = request.path.rstrip("/").removeprefix(API_BASE)
    if resource == "/orders" and request.method == "GET":
        return json_response(200, {**caller, "orders": ORDERS}, outcome="served")
    if resource.startswith("/hosts/"):
        return _host(simulation, request, unquote(resource.removeprefix("/hosts/")), caller)
    return managed_fault(404, "No matching resource found for given API Request", status=404)


def _bearer(simulation: Simulation, request: Request) -> Token | Response:
    scheme, _blank, value = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not value:
        return managed_fault(MISSING, "Send the header 'Authorization: Bearer <access token>' with every call")
    token = simulation.tokens.by_access_token(value)
    if token is None or not _accepted(simulation, token):
        return managed_fault(INVALID, "The access token is unknown, expired or revoked")
    return token


def _accepted(simulation: Simulation, token: Token) -> bool:
    settings = simulation.settings
    if token.state == REVOKED and token.revoked_at is not None:
        # The gateway caches valid tokens for a while and does not notice a revocation at once.
        return simulation.clock.now() < min(token.revoked_at + settings.gateway_cache_seconds, token.expires_at)
    return simulation.tokens.is_active(token, settings.clock_skew)


def _host(simulation: Simulation, request: Request, name: str, caller: dict[str, Any]) -> Response:
    if request.method == "PUT":
        try:
            content = json.loads(request.body or b"null")
        except ValueError:
            return managed_fault(400, "The body is no JSON", status=400)
        simulation.hosts[name] = content
    elif request.method != "GET":
        return managed_fault(405, "Method not allowed for given API resource", status=405)
    elif name not in simulation.hosts:
        return managed_fault(404, "No such host", status=404)
    return json_response(200, {**caller, "host": name, "content": simulation.hosts[name]}, outcome="served")
