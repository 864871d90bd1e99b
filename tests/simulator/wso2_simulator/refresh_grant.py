# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refresh grant, with rotation, graceful rotation and the errors of an invalid refresh token."""

from __future__ import annotations

from .component_version import V5_1_0, is_recorded
from .directory import Application, split_tenant
from .error_responses import invalid_grant, oauth_error, server_error
from .http_messages import ErrorResponse, Response
from .issue_policy import issue_policy
from .scopes import narrowed_scopes
from .settings import Settings
from .simulation import Simulation
from .token_response import token_response
from .tokens import LEAST_SECONDS, REVOKED, SUPERSEDED, Token

NOT_FOUND = "Persisted access token data not found"
SUPERSEDED_TEXTS = {
    "not_found": NOT_FOUND,
    "invalid_state": "Invalid refresh token state",
    "invalid_value": "Invalid refresh token value in the request",
    "no_previous": "No previous access tokens found",
}


def refresh_grant(
    simulation: Simulation, application: Application, parameters: dict[str, str], _tenant: str | None
) -> Response:
    """Issue a new access token for a refresh token; raises ErrorResponse."""
    settings = simulation.settings
    token = simulation.tokens.by_refresh_token(parameters["refresh_token"])
    if token is None or token.holder.client_id != application.key:
        raise _invalid_token(settings, NOT_FOUND)
    if settings.validate_user_on_refresh:
        _reject_locked_user(simulation, token)
    _check_refresh_token(simulation, token)
    scopes = narrowed_scopes(parameters.get("scope", ""), token.holder.scopes, settings)
    issued = simulation.tokens.refresh(token, scopes, issue_policy(settings, application))
    return token_response(simulation, application, issued, with_refresh=settings.refresh_token_in_refresh_answer)


def _invalid_token(settings: Settings, text: str) -> ErrorResponse:
    return invalid_grant(settings, text, outcome="bad_refresh_token")


def _check_refresh_token(simulation: Simulation, token: Token) -> None:
    settings = simulation.settings
    now = simulation.clock.now()
    if token.refresh_state == SUPERSEDED:
        _allow_reuse(settings, token, now)
    elif token.refresh_state == REVOKED:
        raise _invalid_token(settings, NOT_FOUND if is_recorded(settings.version) else "Invalid refresh token state")
    if token.refresh_expires_at - now <= LEAST_SECONDS:
        if settings.version <= V5_1_0:
            raise server_error(settings)
        raise _invalid_token(settings, "Refresh token is expired.")


def _allow_reuse(settings: Settings, token: Token, now: float) -> None:
    """Let a rotated refresh token through while the graceful rotation of newer servers lasts."""
    if not settings.refresh_grace_seconds or token.superseded_at is None:
        raise _superseded(settings)
    if now - token.superseded_at > settings.refresh_grace_seconds:
        raise _invalid_token(settings, "Refresh token grace period has expired.")
    if settings.refresh_reuse_limit and token.reused >= settings.refresh_reuse_limit:
        raise _invalid_token(settings, "Refresh token has reached the configured graceful reuse limit.")
    token.reused += 1


def _superseded(settings: Settings) -> ErrorResponse:
    response = settings.superseded_refresh_answer
    # Older builds lose the race between two refreshes with an internal error.
    return (
        server_error(settings) if response == "server_error" else _invalid_token(settings, SUPERSEDED_TEXTS[response])
    )


def _reject_locked_user(simulation: Simulation, token: Token) -> None:
    name, tenant = split_tenant(token.holder.user)
    user = simulation.directory.user(name, tenant)
    if user is None or user.state != "locked":
        return
    store_and_name = name if "/" in name else f"PRIMARY/{name}"
    text = (
        f"Account is locked for user {store_and_name} in tenant {tenant}. Cannot login until the account is unlocked."
    )
    raise ErrorResponse(oauth_error(simulation.settings, 400, "17003", text, outcome="locked"))
