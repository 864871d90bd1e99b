# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the requested scopes are granted. The response does not report dropped scopes."""

from __future__ import annotations

import re

from .component_version import is_recorded
from .directory import User
from .error_responses import invalid_scope, service_unavailable
from .settings import Settings

DEFAULT = frozenset({"default"})
#: What a client_credentials token carries: seeing it after a password grant means the wrong grant was sent.
APPLICATION_SCOPE = frozenset({"am_application_scope", "default"})


def granted_scopes(requested: str, user: User, settings: Settings) -> frozenset[str]:
    """Return the granted scopes; raises ErrorResponse if the server rejects unknown scopes."""
    if settings.user_store == "roles_down":
        raise invalid_scope(settings)
    wanted = set(requested.split())
    _reject_long(wanted, settings)
    kept = frozenset(scope for scope in wanted if _allowed(scope, user, settings))
    if settings.unknown_scope == "refuse" and wanted - kept - DEFAULT:
        raise invalid_scope(settings)
    return kept or nothing_granted(settings)


def nothing_granted(settings: Settings) -> frozenset[str]:
    """Return the scope of a token without scopes: ``default`` (API Manager) or nothing (Identity Server)."""
    return DEFAULT if settings.no_scope_answer == "default" else frozenset()


def narrowed_scopes(requested: str, granted: frozenset[str], settings: Settings) -> frozenset[str]:
    """Return the scopes of a refreshed token: all, or a subset of those granted before; raises ErrorResponse."""
    wanted = frozenset(requested.split())
    if wanted - granted:
        raise invalid_scope(settings)
    return wanted or granted


def scope_text(scopes: frozenset[str]) -> str:
    """Return the scopes the way WSO2 prints them: sorted, not in the order of the request."""
    return " ".join(sorted(scopes))


def _reject_long(scopes: set[str], settings: Settings) -> None:
    """Fail as the database does: its column for a scope has 60 characters, in newer releases 255."""
    longest = 60 if is_recorded(settings.version) else 255
    if any(len(scope) > longest for scope in scopes):
        raise service_unavailable(settings)


def _allowed(scope: str, user: User, settings: Settings) -> bool:
    if not user.roles:
        return False
    if settings.unknown_scope == "grant" and scope not in settings.scope_roles:
        return not scope.startswith("internal_")
    if any(re.search(pattern, scope) for pattern in settings.allow_listed_scopes):
        return True
    return not set(user.roles).isdisjoint(settings.scope_roles.get(scope, []))
