# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The successful response of the token endpoint."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .component_version import V5_3_4, V6_4_111
from .directory import Application
from .error_responses import NO_STORE
from .http_messages import Response, json_response
from .scopes import scope_text
from .settings import Settings
from .simulation import Simulation
from .tokens import Issued

#: The order of a Java HashMap, which no client may depend on.
ORDER = ("access_token", "refresh_token", "scope", "id_token", "token_type", "expires_in")
OLD_ORDER = ("scope", "token_type", "expires_in", "refresh_token", "access_token", "id_token")


def token_response(
    simulation: Simulation, application: Application, issued: Issued, *, with_refresh: bool = True
) -> Response:
    """Build the response of a granted token; ``with_refresh`` is False for grants without a refresh token."""
    settings = simulation.settings
    members = _members(simulation, issued, settings)
    if not (with_refresh and shows_refresh_token(settings, application)):
        del members["refresh_token"]
    order = OLD_ORDER if settings.version <= V5_3_4 else ORDER
    content = {name: members[name] for name in order if name in members} | settings.extra_members
    headers = NO_STORE + tuple(settings.extra_headers.items())
    if issued.deactivated is not None:
        headers += (("DeactivatedAccessToken", issued.deactivated),)
    response = json_response(200, content, headers, outcome=issued.outcome)
    return replace(response, note=f"{issued.expires_in} s")


def shows_refresh_token(settings: Settings, application: Application) -> bool:
    """Since 6.4.111 only applications that have the refresh grant are given a refresh token."""
    if settings.refresh_token == "none":
        return False
    return settings.version < V6_4_111 or "refresh_token" in application.grants


def _members(simulation: Simulation, issued: Issued, settings: Settings) -> dict[str, Any]:
    token = issued.token
    members: dict[str, Any] = {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "token_type": settings.token_type,
        "expires_in": issued.expires_in,
    }
    if token.holder.scopes:
        members["scope"] = scope_text(token.holder.scopes)
    if "openid" in token.holder.scopes and settings.id_token:
        members["id_token"] = simulation.values.id_token(
            issuer=settings.issuer,
            client_id=token.holder.client_id,
            subject=token.holder.user,
            issued=simulation.clock.now(),
            expires=token.expires_at,
        )
    override = settings.expires_in_override
    if override == "missing":
        del members["expires_in"]
    elif override is not None:
        members["expires_in"] = override
    return members
