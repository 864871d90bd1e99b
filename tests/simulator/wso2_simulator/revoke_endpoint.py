# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The revoke endpoint. Its empty 200 does not prove that there was a token."""

from __future__ import annotations

from .client_authentication import authenticated_client, presented_by
from .component_version import V6_4_111, V6_4_176, V6_13
from .directory import Application
from .error_responses import NO_STORE, oauth_error
from .http_messages import JSON, ErrorResponse, Header, Request, Response
from .request_parameters import parameters_of
from .settings import Settings
from .simulation import Simulation
from .tokens import ACTIVE, Token

FAILED = "Client Authentication failed."
HTML = "text/html"
UNAUTHORIZED = 401


def revoke_endpoint(simulation: Simulation, request: Request, _tenant: str | None) -> Response:
    """Answer a POST to the revoke endpoint; raises ErrorResponse."""
    settings = simulation.settings
    parameters = parameters_of(request, settings, json_too=False)
    value = parameters.get("token")
    if not value:
        text = "Invalid revocation request"
        raise ErrorResponse(oauth_error(settings, 400, "invalid_request", text, outcome="bad_request"))
    found = _unrevoked_token(simulation, value)
    if found is None and settings.version <= V6_4_111:
        # Old servers return before they look at the client: 200 even with wrong credentials.
        return _empty_response(settings, outcome="nothing_revoked")
    application = _client(simulation, request, parameters)
    if found is None:
        return _empty_response(settings, outcome="nothing_revoked")
    return _revoke(simulation, application, found, value)


def _unrevoked_token(simulation: Simulation, value: str) -> Token | None:
    tokens = simulation.tokens
    token = tokens.by_access_token(value)
    if token is not None:
        # An expired access token counts too, because its refresh token can be valid.
        return token if token.state == ACTIVE else None
    token = tokens.by_refresh_token(value)
    return token if token is not None and tokens.is_refresh_active(token) else None


def _client(simulation: Simulation, request: Request, parameters: dict[str, str]) -> Application:
    presented = presented_by(request, parameters)
    try:
        return authenticated_client(request, presented, simulation.directory, simulation.settings)
    except ErrorResponse as error:
        if error.response.status != UNAUTHORIZED:
            raise
        # The media type of this JSON is wrong in WSO2 as well.
        raise ErrorResponse(_unauthorized(simulation.settings, "invalid_client", HTML)) from error


def _unauthorized(settings: Settings, error: str, media: str) -> Response:
    return oauth_error(settings, UNAUTHORIZED, error, FAILED, outcome="bad_client", challenge=True, media=media)


def _revoke(simulation: Simulation, application: Application, token: Token, value: str) -> Response:
    settings = simulation.settings
    if token.holder.client_id != application.key:
        media = HTML if settings.version <= V6_4_176 else JSON
        raise ErrorResponse(_unauthorized(settings, "unauthorized_client", media))
    coupled = settings.revoke_coupled
    is_access = value == token.access_token
    simulation.tokens.revoke(token, access=coupled or is_access, refresh=coupled or not is_access)
    return _empty_response(settings, outcome="revoked", more=_revoked_headers(settings, token))


def _revoked_headers(settings: Settings, token: Token) -> tuple[Header, ...]:
    shown = settings.revoke_headers
    if shown == "by_version":
        shown = "all" if settings.version < V6_13 else "user_only"
    user: Header = ("AuthorizedUser", token.holder.user)
    both: tuple[Header, ...] = (
        ("RevokedAccessToken", token.access_token),
        ("RevokedRefreshToken", token.refresh_token),
        user,
    )
    return {"all": both, "user_only": (user,), "none": ()}[shown]


def _empty_response(settings: Settings, *, outcome: str, more: tuple[Header, ...] = ()) -> Response:
    media = HTML if settings.version <= V6_4_176 else JSON
    return Response(200, b"", (("Content-Type", media), *NO_STORE, *more), outcome)
