# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which paths belong to the endpoints that register clients, and to the Developer Portal."""

from __future__ import annotations

import re
from urllib.parse import unquote

CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL = "client_registration", "dynamic_registration", "portal"

_CLIENT_REGISTRATION = re.compile(r"/client-registration(/.*)?")
_DYNAMIC_REGISTRATION = re.compile(
    r"(?:/t/(?P<tenant>[^/]+))?/api/identity/oauth2/dcr/v1\.1/register(?:/(?P<client_id>[^/]*))?"
)
_PORTAL = re.compile(r"/api/am/(?:devportal|store)(/.*)?")


def management_endpoint(path: str) -> tuple[str, str | None] | None:
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
