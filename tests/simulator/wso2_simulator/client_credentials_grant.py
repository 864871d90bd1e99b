# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client credentials grant, which the password grant is easily mistaken for."""

from __future__ import annotations

from .directory import Application
from .issue_policy import issue_policy
from .messages import Answer
from .scopes import APPLICATION_SCOPE
from .simulation import Simulation
from .token_answer import token_answer
from .tokens import Holder


def client_credentials_grant(
    simulation: Simulation, application: Application, _parameters: dict[str, str], _tenant: str | None
) -> Answer:
    """Hand out a token of the application itself: its own scope, and no refresh token."""
    holder = Holder(application.key, f"admin@{application.tenant}", APPLICATION_SCOPE)
    policy = issue_policy(simulation.settings, application)
    issued = simulation.tokens.issue(holder, "client_credentials", policy)
    return token_answer(simulation, application, issued, with_refresh=False)
