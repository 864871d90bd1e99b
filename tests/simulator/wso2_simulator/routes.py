# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which address belongs to which endpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from .management_routes import management_endpoint
from .protected_api import BASE

_DIRECT = re.compile(
    r"(?:/t/(?P<tenant>[^/]+))?(?P<organization>/o/[^/]+)?/oauth2/(?P<name>token|revoke|introspect|jwks)/?"
)
_GATEWAY = re.compile(r"/(?P<name>token|revoke)/?")


@dataclass(frozen=True)
class Route:
    """An endpoint and how it was addressed.

    It is one of ``token``, ``revoke``, ``introspect``, ``jwks``, ``api``, ``client_registration``,
    ``dynamic_registration``, ``portal``, ``root`` and ``unknown``.
    """

    endpoint: str
    tenant: str | None = None
    through_gateway: bool = False


def route_of(path: str) -> Route:
    """Find the endpoint of a raw path; one trailing slash is accepted as WSO2 accepts it."""
    direct = _DIRECT.fullmatch(path)
    if direct and (direct["organization"] is None or (direct["tenant"] and direct["name"] == "token")):
        return Route(direct["name"], unquote(direct["tenant"]).lower() if direct["tenant"] else None)
    gateway = _GATEWAY.fullmatch(path)
    if gateway:
        return Route(gateway["name"], through_gateway=True)
    management = management_endpoint(path)
    if management is not None:
        return Route(*management)
    if path.startswith(BASE + "/"):
        return Route("api", through_gateway=True)
    return Route("root" if path in {"", "/"} else "unknown")
