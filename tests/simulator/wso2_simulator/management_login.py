# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login of a user by HTTP Basic, as the management APIs accept it, and their errors."""

from __future__ import annotations

import base64
import binascii

from .directory import User, split_tenant
from .http_messages import Header, Request, Response, json_response
from .password_grant import count_failed_login
from .simulation import Simulation

#: Headers of every response of the Developer Portal that an operation of it made.
SECURITY_HEADERS: tuple[Header, ...] = (("X-Content-Type-Options", "nosniff"), ("X-XSS-Protection", "1; mode=block"))


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """Username and password of the Authorization header, or None."""
    scheme, _space, encoded = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return (name, password) if colon else None


def logged_in_user(simulation: Simulation, name: str, password: str) -> User | None:
    """The user, if the password is right and the account can be used. A wrong password counts towards the lock."""
    user = simulation.directory.user(*split_tenant(name, simulation.settings.email_user_names))
    if user is None or user.state != "active":
        return None
    if user.password != password:
        count_failed_login(simulation, user)
        return None
    user.failed_logins = 0
    return user


def management_error(
    status: int, message: str, description: str, headers: tuple[Header, ...] = (), *, code: int | None = None
) -> Response:
    """The error object of the management APIs."""
    content = {
        "code": status if code is None else code,
        "message": message,
        "description": description,
        "moreInfo": "",
        "error": [],
    }
    return json_response(status, content, headers, outcome=_OUTCOMES.get(status, "bad_request"))


def unauthenticated() -> Response:
    """The response to a wrong login, a locked account and a token that is not accepted: WSO2 does not say which."""
    return management_error(401, "", "Unauthenticated request")


_OUTCOMES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 409: "exists", 500: "server_error"}
