# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client credentials grant."""

from __future__ import annotations

from .component_version import V6_4_111
from .directory import Application, User
from .http_messages import Response
from .issue_policy import issue_policy
from .scopes import APPLICATION_SCOPE, granted_scopes
from .simulation import Simulation
from .token_response import token_response
from .tokens import Holder


def client_credentials_grant(
    simulation: Simulation, application: Application, parameters: dict[str, str], _tenant: str | None
) -> Response:
    """Issue a token of the application's owner, without a refresh token."""
    owner = f"{application.owner}@{application.tenant}"
    holder = Holder(application.key, owner, _scopes(simulation, application, parameters.get("scope", "")))
    policy = issue_policy(simulation.settings, application)
    issued = simulation.tokens.issue(holder, "client_credentials", policy)
    return token_response(simulation, application, issued, with_refresh=False)


def _scopes(simulation: Simulation, application: Application, requested: str) -> frozenset[str]:
    """Return the scopes that the owner may have; API Manager up to 4.0 has a scope for applications."""
    if simulation.settings.version <= V6_4_111:
        return APPLICATION_SCOPE
    owner = simulation.directory.user(application.owner, application.tenant)
    user = owner or User(application.owner, "", application.tenant, roles=["admin"])
    # There is no user for whom an ID token could be issued.
    wanted = " ".join(scope for scope in requested.split() if scope != "openid")
    return granted_scopes(wanted, user, simulation.settings)
