# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients that were registered, and the consumer keys and secrets that they get."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .simulation import Simulation

_ALPHABET = string.ascii_letters + string.digits + "_"
_LENGTH = 28


def new_consumer_value() -> str:
    """A consumer key or secret as WSO2 makes it: 28 letters, digits and underscores."""
    return "".join(secrets.choice(_ALPHABET) for _position in range(_LENGTH))


@dataclass
class RegisteredClient:
    """A client by its consumer key; the application in the directory has the rest. owner: with tenant."""

    name: str
    key: str
    owner: str
    callback: str | None = None


class RegisteredClients:
    """Clients by tenant and name, which is their identity."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, str], RegisteredClient] = {}

    def clear(self) -> None:
        self._clients.clear()

    def add(self, tenant: str, client: RegisteredClient) -> None:
        self._clients[(tenant, client.name)] = client

    def by_name(self, tenant: str, name: str) -> RegisteredClient | None:
        return self._clients.get((tenant, name))

    def by_key(self, key: str) -> RegisteredClient | None:
        return next((client for client in self._clients.values() if client.key == key), None)

    def remove(self, key: str) -> None:
        self._clients = {place: client for place, client in self._clients.items() if client.key != key}


def remove_client(simulation: Simulation, key: str) -> None:
    """The client ends, and with it its tokens."""
    simulation.registered_clients.remove(key)
    simulation.directory.remove_application(key)
    for token in simulation.tokens:
        if token.holder.client_id == key:
            simulation.tokens.revoke(token)
