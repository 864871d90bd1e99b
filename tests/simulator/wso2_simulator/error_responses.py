# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth error responses: two JSON members, and a realm that WSO2 leaves unquoted."""

from __future__ import annotations

from .http_messages import JSON, ErrorResponse, Header, Response, json_response
from .settings import Settings

#: Headers of a successful response; an error response has none of them.
NO_STORE: tuple[Header, ...] = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))


def oauth_error(
    settings: Settings,
    status: int,
    error: str,
    description: str,
    *,
    outcome: str,
    challenge: bool = False,
    media: str = JSON,
) -> Response:
    """Build the response; ``challenge`` adds ``WWW-Authenticate``, whose realm WSO2 leaves unquoted."""
    headers: tuple[Header, ...] = ()
    if challenge:
        headers = (("WWW-Authenticate", f"Basic realm={settings.realm}"),)
    content = {"error_description": description, "error": error}
    return json_response(status, content, headers, outcome=outcome, media=media)


def invalid_request(settings: Settings, description: str) -> ErrorResponse:
    """Reject a request that is wrong in form."""
    return ErrorResponse(oauth_error(settings, 400, "invalid_request", description, outcome="bad_request"))


def invalid_grant(settings: Settings, description: str, *, outcome: str) -> ErrorResponse:
    """Reject a user, a password, or a refresh token."""
    return ErrorResponse(oauth_error(settings, 400, "invalid_grant", description, outcome=outcome))


def invalid_scope(settings: Settings) -> ErrorResponse:
    """Reject the scope."""
    return ErrorResponse(oauth_error(settings, 400, "invalid_scope", "Invalid Scope!", outcome="scope_refused"))


def server_error(settings: Settings, description: str = "Internal Server Error.") -> ErrorResponse:
    """Return the internal error of WSO2: JSON with status 500 and, oddly, a challenge."""
    response = oauth_error(settings, 500, "server_error", description, outcome="server_error", challenge=True)
    return ErrorResponse(response)


def service_unavailable(settings: Settings) -> ErrorResponse:
    """Return the response of WSO2 to an error of its database."""
    text = "Service Unavailable Error."
    return ErrorResponse(oauth_error(settings, 502, "server_error", text, outcome="server_error", challenge=True))
