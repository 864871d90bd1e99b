# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Developer Portal keeps: applications and their keys."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

RESIDENT = "Resident Key Manager"
RESIDENT_ID = "8656f086-b811-48aa-8b93-6b2b3ce4268f"
DEFAULT_PROPERTIES: dict[str, Any] = {
    "id_token_expiry_time": 3600,
    "application_access_token_expiry_time": 3600,
    "user_access_token_expiry_time": 3600,
    "bypassClientCredentials": False,
    "pkceMandatory": False,
    "pkceSupportPlain": False,
    "refresh_token_expiry_time": 86400,
}


def _new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class KeyMapping:
    """The keys of one type. client_name: as the key manager knows it. key: None in a row without a client."""

    key_type: str
    client_name: str
    key: str | None = None
    mode: str = "CREATED"
    is_pending: bool = False
    callback: str = ""
    grants: list[str] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=lambda: dict(DEFAULT_PROPERTIES))
    id: str = field(default_factory=_new_id)


@dataclass
class PortalApplication:
    """owner: with tenant. login: the owner as the portal shows it."""

    name: str
    owner: str
    login: str
    policy: str
    description: str | None = None
    token_type: str = "JWT"
    status: str = "APPROVED"
    keys: list[KeyMapping] = field(default_factory=list)
    #: Names of clients that the key manager still has, although no row leads to them.
    left_over: set[str] = field(default_factory=set)
    id: str = field(default_factory=_new_id)

    def keys_of(self, key_type: str) -> KeyMapping | None:
        return next((mapping for mapping in self.keys if mapping.key_type == key_type), None)

    def mapping(self, mapping_id: str) -> KeyMapping | None:
        return next((mapping for mapping in self.keys if mapping.id == mapping_id), None)


class PortalState:
    """All applications."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.applications: list[PortalApplication] = []
        self.known_users: set[str] = set()

    def by_id(self, application_id: str) -> PortalApplication | None:
        return next((each for each in self.applications if each.id == application_id), None)

    def by_name(self, name: str, owner: str) -> PortalApplication | None:
        """The application of OWNER with NAME, in whatever capitals."""
        same = (each for each in self.applications if each.owner == owner and each.name.lower() == name.lower())
        return next(same, None)

    def visible_to(self, user: str, *, is_shared: bool) -> list[PortalApplication]:
        """Those of USER, or of everybody where a group shares them, in the order of their names."""
        visible = (each for each in self.applications if is_shared or each.owner == user)
        return sorted(visible, key=lambda each: each.name)
