# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, applications and tenants of the simulated server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from . import json_checks as check

SUPER_TENANT = "carbon.super"
ALL_GRANTS = ("password", "refresh_token", "client_credentials")


@dataclass
class User:
    """One user; the name has no tenant but may have a user store (``MYSTORE/carol``)."""

    name: str
    password: str
    tenant: str = SUPER_TENANT
    roles: list[str] = field(default_factory=lambda: ["subscriber"])
    #: One of USER_STATES.
    state: str = "active"
    lock_reason: str = "AdminInitiated"
    failed_logins: int = 0

    @property
    def qualified_name(self) -> str:
        """The name with its tenant, as WSO2 prints it in ``AuthorizedUser``."""
        return f"{self.name}@{self.tenant}"


@dataclass
class Application:
    """One OAuth application; ``key`` and ``secret`` are its consumer key and consumer secret."""

    key: str
    secret: str = ""
    name: str = ""
    tenant: str = SUPER_TENANT
    saas: bool = False
    grants: list[str] = field(default_factory=lambda: list(ALL_GRANTS))
    #: One of APPLICATION_STATES.
    state: str = "active"
    public: bool = False
    #: Common name that the client certificate must carry; it replaces the secret.
    certificate_name: str | None = None
    #: The only way to authenticate: one of AUTHENTICATION_METHODS.
    authentication: str = "any"
    #: Null follows the setting ``token_format``.
    token_format: str | None = None
    #: Username of the owner; a token of the client credentials grant belongs to this user.
    owner: str = "admin"
    #: Null follows the settings ``token_lifetime`` and ``refresh_token_lifetime``.
    token_lifetime: int | str | None = None
    refresh_token_lifetime: int | str | None = None


USER_STATES = ("active", "locked", "disabled", "force_reset", "password_expired")
APPLICATION_STATES = ("active", "revoked", "disabled")
AUTHENTICATION_METHODS = ("any", "basic", "body")

_USER_CHECKS: dict[str, check.Check] = {
    "password": check.text,
    "roles": check.texts,
    "state": check.one_of(*USER_STATES),
    "lock_reason": check.one_of("AdminInitiated", "MaxAttemptsExceeded"),
}
_APPLICATION_CHECKS: dict[str, check.Check] = {
    "secret": check.text,
    "name": check.text,
    "tenant": check.text,
    "saas": check.flag,
    "grants": check.texts,
    "state": check.one_of(*APPLICATION_STATES),
    "public": check.flag,
    "certificate_name": check.text_or_null,
    "authentication": check.one_of(*AUTHENTICATION_METHODS),
    "token_format": check.or_null(check.one_of("opaque", "jwt")),
    "owner": check.text,
    "token_lifetime": check.or_null(check.lifetime),
    "refresh_token_lifetime": check.or_null(check.lifetime),
}


def split_tenant(username: str, email_user_names: bool = False) -> tuple[str, str]:
    """Split off the tenant: the lower-cased text after the last ``@``.

    With email usernames a single ``@`` belongs to the name; this is the rule of WSO2's ``MultitenantUtils``.
    """
    name, at, tenant = username.rpartition("@")
    if not at or (email_user_names and "@" not in name):
        return username, SUPER_TENANT
    return name, tenant.lower()


def _lookup_name(name: str) -> str:
    """Return the name as user stores compare it: without regard to case, and without the default user store."""
    return name.lower().removeprefix("primary/")


class Directory:
    """The users and applications the server knows; a tenant exists while it has a user or an application."""

    def __init__(self, users: Iterable[User], applications: Iterable[Application]) -> None:
        self._users = {(user.tenant, _lookup_name(user.name)): user for user in users}
        self._applications = {application.key: application for application in applications}

    def user(self, name: str, tenant: str) -> User | None:
        """Find a user in any case; ``PRIMARY/`` names the default user store and is optional."""
        return self._users.get((tenant, _lookup_name(name)))

    def has_user_store(self, name: str, tenant: str) -> bool:
        """Return whether the user store in front of the name exists."""
        store, slash, _name = _lookup_name(name).rpartition("/")
        return not slash or any(key.startswith(store + "/") for owner, key in self._users if owner == tenant)

    def application(self, key: str) -> Application | None:
        """Find an application by its consumer key."""
        return self._applications.get(key)

    def add_application(self, application: Application) -> None:
        """Add an application that a client registered."""
        self._applications[application.key] = application

    def remove_application(self, key: str) -> None:
        """Remove an application."""
        self._applications.pop(key, None)

    def has_tenant(self, tenant: str) -> bool:
        """Return whether the tenant has a user or an application."""
        owners: list[User | Application] = [*self._users.values(), *self._applications.values()]
        return tenant == SUPER_TENANT or any(owner.tenant == tenant for owner in owners)

    def secrets(self) -> set[str]:
        """Return every password and consumer secret, for masking."""
        found = {user.password for user in self._users.values()}
        return (found | {application.secret for application in self._applications.values()}) - {""}

    def put_user(self, qualified_name: str, members: Any) -> User:
        """Create or change a user; ValueError with a sentence for unfit members."""
        name, tenant = split_tenant(check.line(qualified_name))
        given = check.checked(members, _USER_CHECKS, "a user")
        known = self.user(name, tenant)
        if known is None and "password" not in given:
            raise ValueError("a new user needs a 'password'")
        user = replace(known or User(name=name, password="", tenant=tenant), **given)
        user.failed_logins = 0
        self._users[(tenant, _lookup_name(user.name))] = user
        return user

    def put_application(self, key: str, members: Any) -> Application:
        """Create or change an application; ValueError with a sentence for unfit members."""
        given = check.checked(members, _APPLICATION_CHECKS, "an application")
        known = self._applications.get(key) or Application(key=key, name=key)
        application = replace(known, **given)
        if not (application.secret or application.public or application.certificate_name):
            raise ValueError("an application needs a 'secret', a 'certificate_name' or 'public': true")
        self._applications[key] = application
        return application


def as_json(owner: User | Application) -> dict[str, Any]:
    """Return a user or an application ready for JSON."""
    return asdict(owner)
