# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource owner password credentials grant."""

from __future__ import annotations

from . import errors_by_version
from .component_version import V6_4_176, is_recorded
from .directory import Application, User, split_tenant
from .http_messages import Response
from .issue_policy import issue_policy
from .scopes import granted_scopes
from .settings import Settings
from .simulation import Simulation
from .token_response import token_response
from .tokens import Holder

NO_SUCH_USER, BAD_PASSWORD = "17001", "17002"


def password_grant(
    simulation: Simulation, application: Application, parameters: dict[str, str], tenant: str | None
) -> Response:
    """Check the user and issue a token; raises ErrorResponse."""
    typed, password = parameters["username"], parameters["password"]
    name, user_tenant = resolved_name(typed, tenant, application, simulation.settings)
    user = _known_user(simulation, application, typed, name, user_tenant)
    _check_login(simulation, application, user, typed, password)
    scopes = granted_scopes(parameters.get("scope", ""), user, simulation.settings)
    holder = Holder(application.key, user.qualified_name, scopes)
    issued = simulation.tokens.issue(holder, "password", issue_policy(simulation.settings, application))
    return token_response(simulation, application, issued)


def resolved_name(typed: str, tenant: str | None, application: Application, settings: Settings) -> tuple[str, str]:
    """Return username and tenant.

    A tenant-qualified URL appends its tenant for a non-SaaS application, even when the name carries it already:
    ``alice@foo.com`` becomes the user ``alice@foo.com`` of foo.com, which is not the user that was meant.
    """
    if tenant is not None and not application.saas:
        return typed, tenant
    if not application.saas and settings.version > V6_4_176:
        # The server appends the tenant of the application to every name that does not end with it.
        return typed.removesuffix(f"@{application.tenant}"), application.tenant
    return split_tenant(typed, settings.email_user_names)


def _known_user(simulation: Simulation, application: Application, typed: str, name: str, tenant: str) -> User:
    settings = simulation.settings
    if settings.user_store == "down":
        raise errors_by_version.user_store_down(settings)
    if not application.saas and tenant != application.tenant:
        raise errors_by_version.foreign_tenant(settings, application, typed, tenant)
    if not simulation.directory.has_tenant(tenant):
        raise errors_by_version.unknown_tenant(settings, tenant)
    if is_recorded(settings.version) and not simulation.directory.has_user_store(name, tenant):
        raise errors_by_version.unknown_user_store(settings)
    user = simulation.directory.user(name, tenant)
    if user is None and "@" in name and not application.saas:
        raise errors_by_version.foreign_tenant(settings, application, name, tenant)
    if user is None:
        raise errors_by_version.failed_login(settings, application, typed, name, tenant, NO_SUCH_USER)
    return user


def _check_login(simulation: Simulation, application: Application, user: User, typed: str, password: str) -> None:
    settings = simulation.settings
    if user.state == "locked":
        raise errors_by_version.locked_user(settings, application, typed, user)
    if user.state in {"disabled", "force_reset"}:
        raise errors_by_version.unusable_user(settings, user)
    if password != user.password:
        count_failed_login(simulation, user)
        raise errors_by_version.failed_login(settings, application, typed, user.name, user.tenant, BAD_PASSWORD)
    if user.state == "password_expired":
        raise errors_by_version.unusable_user(settings, user)
    user.failed_logins = 0


def count_failed_login(simulation: Simulation, user: User) -> None:
    """The attempt that reaches the limit still gets the usual text; the account is locked from then on."""
    user.failed_logins += 1
    if simulation.settings.lock_after and user.failed_logins >= simulation.settings.lock_after:
        user.state, user.lock_reason = "locked", "MaxAttemptsExceeded"
        simulation.tokens.revoke_user(user.qualified_name)
