# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of the simulated server, which can change while it runs."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from . import json_checks as check
from .component_version import Version, parse_version

SCOPE_ROLES = {
    "orders_read": ["subscriber", "editor", "admin"],
    "orders_write": ["editor", "admin"],
    "apim:api_view": ["admin"],
    "apim:subscribe": ["subscriber", "admin"],
}
ALLOW_LISTED_SCOPES = ["^device_.*", "^openid$"]


@dataclass(frozen=True)
class Settings:
    """One configuration of the simulated server; times are seconds."""

    component: str = field(default="7.0.26", metadata={"check": check.version})
    gateway: bool = field(default=True, metadata={"check": check.flag})
    #: How a wrong path is answered: by the gateway, by the management port of API Manager, by Identity Server.
    wrong_path: str = field(
        default="gateway_fault", metadata={"check": check.one_of("gateway_fault", "login_page", "unauthorized")}
    )
    #: False ignores the tenant in a path of the form /t/<tenant>/oauth2/token.
    tenant_qualified_urls: bool = field(default=True, metadata={"check": check.flag})
    https_only: bool = field(default=False, metadata={"check": check.flag})
    realm: str = field(default="localhost", metadata={"check": check.line})

    token_format: str = field(default="opaque", metadata={"check": check.one_of("opaque", "jwt")})
    token_lifetime: int | str = field(default=3600, metadata={"check": check.lifetime})
    clock_skew: int = field(default=0, metadata={"check": check.whole_number(0)})
    renew_per_request: bool = field(default=False, metadata={"check": check.flag})
    renew_without_revoking: bool = field(default=False, metadata={"check": check.flag})
    jwt_extra_bytes: int = field(default=0, metadata={"check": check.whole_number(0, 1_000_000)})

    #: Null leaves the response alone, "missing" removes the member, anything else is sent verbatim.
    expires_in_override: Any = field(default=None, metadata={"check": check.anything})
    token_type: str = field(default="Bearer", metadata={"check": check.text})
    id_token: bool = field(default=True, metadata={"check": check.flag})
    extra_members: dict[str, Any] = field(default_factory=dict, metadata={"check": check.mapping})
    extra_headers: dict[str, str] = field(default_factory=dict, metadata={"check": check.header_mapping})

    refresh_token: str = field(default="rotate", metadata={"check": check.one_of("rotate", "keep", "none")})
    refresh_token_lifetime: int | str = field(default=86400, metadata={"check": check.lifetime})
    extend_refresh_lifetime: bool = field(default=True, metadata={"check": check.flag})
    refresh_token_in_refresh_answer: bool = field(default=True, metadata={"check": check.flag})
    superseded_refresh_answer: str = field(
        default="not_found",
        metadata={"check": check.one_of("not_found", "invalid_state", "invalid_value", "no_previous", "server_error")},
    )
    refresh_grace_seconds: float = field(default=0, metadata={"check": check.number(0)})
    refresh_reuse_limit: int = field(default=0, metadata={"check": check.whole_number(0)})
    validate_user_on_refresh: bool = field(default=False, metadata={"check": check.flag})

    no_scope_answer: str = field(default="default", metadata={"check": check.one_of("default", "omitted")})
    unknown_scope: str = field(default="drop", metadata={"check": check.one_of("drop", "refuse", "grant")})
    allow_listed_scopes: list[str] = field(default_factory=ALLOW_LISTED_SCOPES.copy, metadata={"check": check.patterns})
    scope_roles: dict[str, list[str]] = field(default_factory=SCOPE_ROLES.copy, metadata={"check": check.texts_mapping})

    password_grant: bool = field(default=True, metadata={"check": check.flag})
    lock_after: int = field(default=3, metadata={"check": check.whole_number(0)})
    show_auth_failure_reason: bool = field(default=False, metadata={"check": check.flag})
    email_user_names: bool = field(default=False, metadata={"check": check.flag})
    user_store: str = field(default="up", metadata={"check": check.one_of("up", "down", "roles_down")})
    restricted_query_parameters: list[str] = field(default_factory=list, metadata={"check": check.texts})

    revoke_headers: str = field(
        default="by_version", metadata={"check": check.one_of("by_version", "all", "user_only", "none")}
    )
    revoke_coupled: bool = field(default=True, metadata={"check": check.flag})
    gateway_cache_seconds: float = field(default=0, metadata={"check": check.number(0)})

    registration_of_known_name: str = field(
        default="forbidden", metadata={"check": check.one_of("returned", "forbidden")}
    )
    registration_tokens: list[str] = field(default_factory=list, metadata={"check": check.texts})
    portal_version: str = field(default="v3", metadata={"check": check.line})
    portal_basic: bool = field(default=True, metadata={"check": check.flag})
    portal_secrets: str = field(default="shown", metadata={"check": check.one_of("shown", "once", "masked", "null")})
    portal_application_approval: bool = field(default=False, metadata={"check": check.flag})
    portal_key_approval: bool = field(default=False, metadata={"check": check.flag})
    portal_key_deletion: bool = field(default=True, metadata={"check": check.flag})
    portal_shares_applications: bool = field(default=False, metadata={"check": check.flag})
    portal_largest_page: int = field(default=0, metadata={"check": check.whole_number(0)})

    @property
    def version(self) -> Version:
        """The component version as numbers."""
        return parse_version(self.component)

    @property
    def access_seconds(self) -> float:
        """Lifetime of an access token; infinite for ``never``."""
        return seconds_of(self.token_lifetime)

    @property
    def refresh_seconds(self) -> float:
        """Lifetime of a refresh token; infinite for ``never``."""
        return seconds_of(self.refresh_token_lifetime)

    @property
    def issuer(self) -> str:
        """The issuer of JWTs."""
        return f"https://{self.realm}:9443/oauth2/token"

    def as_json(self) -> dict[str, Any]:
        """Return all settings, ready for JSON."""
        return asdict(self)

    def changed(self, changes: Any) -> Settings:
        """Return a copy with the given members; ValueError with a sentence for anything unknown or unfit."""
        return replace(self, **check.checked(changes, _CHECKS, "settings"))


_CHECKS: dict[str, check.Check] = {item.name: item.metadata["check"] for item in fields(Settings)}


def seconds_of(lifetime: int | str) -> float:
    """Return a lifetime in seconds; infinite for ``never``."""
    return math.inf if lifetime == "never" else float(lifetime)
