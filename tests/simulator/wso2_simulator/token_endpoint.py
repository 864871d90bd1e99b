# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token endpoint: checks what all grants share, then calls the code of one grant."""

from __future__ import annotations

from . import errors_by_version
from .client_authentication import authenticated_client, presented_by
from .client_credentials_grant import client_credentials_grant
from .directory import Application
from .http_messages import Request, Response
from .password_grant import password_grant
from .refresh_grant import refresh_grant
from .request_parameters import parameters_of, required
from .settings import Settings
from .simulation import Simulation

REQUIRED = {"password": ["password", "username"], "refresh_token": ["refresh_token"], "client_credentials": []}
GRANTS = {
    "password": password_grant,
    "refresh_token": refresh_grant,
    "client_credentials": client_credentials_grant,
}
#: Grants that WSO2 knows by name, but that are off in the simulated server.
GRANTS_WITHOUT_HANDLER = (
    "iwa:ntlm",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
)


def token_endpoint(simulation: Simulation, request: Request, tenant: str | None) -> Response:
    """Answer a POST to the token endpoint; ``tenant`` is that of a tenant-qualified URL. Raises ErrorResponse."""
    settings = simulation.settings
    parameters = parameters_of(request, settings, json_too=True)
    grant = _grant_type(parameters, settings)
    required(parameters, REQUIRED.get(grant, []), settings)
    presented = presented_by(request, parameters)
    application = authenticated_client(request, presented, simulation.directory, settings)
    _reject_foreign(application, tenant, settings)
    if grant not in GRANTS or _is_off(grant, settings):
        raise errors_by_version.grant_switched_off(settings, grant)
    if grant not in application.grants:
        raise errors_by_version.grant_not_enabled(settings)
    return GRANTS[grant](simulation, application, parameters, tenant)


def _grant_type(parameters: dict[str, str], settings: Settings) -> str:
    grant = parameters.get("grant_type")
    if not grant:
        raise errors_by_version.missing_grant_type(settings)
    if grant not in GRANTS and grant not in GRANTS_WITHOUT_HANDLER:
        raise errors_by_version.unknown_grant_type(settings)
    return grant


def _is_off(grant: str, settings: Settings) -> bool:
    return (grant == "password" and not settings.password_grant) or (
        grant == "refresh_token" and settings.refresh_token == "none"
    )


def _reject_foreign(application: Application, tenant: str | None, settings: Settings) -> None:
    """An application is only known in its own tenant, unless it is SaaS or the URL names no tenant."""
    if tenant is not None and not application.saas and application.tenant != tenant:
        raise errors_by_version.unknown_client(settings, application.key)
