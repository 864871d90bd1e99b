# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which path belongs to which endpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

#: The base path of the protected API.
API_BASE = "/orders/1.0.0"
CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL = "client_registration", "dynamic_registration", "portal"

_CLIENT_REGISTRATION = re.compile(r"/client-registration(/.*)?")
_DYNAMIC_REGISTRATION = re.compile(
    r"(?:/t/(?P<tenant>[^/]+))?/api/identity/oauth2/dcr/v1\.1/register(?:/(?P<client_id>[^/]*))?"
)
_PORTAL = re.compile(r"/api/am/(?:devportal|store)(/.*)?")
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
    management = _management_endpoint(path)
    if management is not None:
        return Route(*management)
    if path.startswith(API_BASE + "/"):
        return Route("api", through_gateway=True)
    return Route("root" if path in {"", "/"} else "unknown")


def _management_endpoint(path: str) -> tuple[str, str | None] | None:
    """The name of the endpoint at PATH and the tenant in it, or None."""
    if _CLIENT_REGISTRATION.fullmatch(path):
        return CLIENT_REGISTRATION, None
    if _PORTAL.fullmatch(path):
        return PORTAL, None
    registration = _DYNAMIC_REGISTRATION.fullmatch(path)
    if registration is None:
        return None
    return DYNAMIC_REGISTRATION, unquote(registration["tenant"]).lower() if registration["tenant"] else None


def client_id_in(path: str) -> str | None:
    """The client ID at the end of the path of a dynamic client registration endpoint."""
    registration = _DYNAMIC_REGISTRATION.fullmatch(path)
    return unquote(registration["client_id"]) if registration and registration["client_id"] else None
