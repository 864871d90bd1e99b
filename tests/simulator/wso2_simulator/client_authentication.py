# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client authentication: HTTP Basic, parameters of the body, a public client, or a client certificate."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from . import errors_by_version
from .component_version import is_recorded
from .directory import Application, Directory
from .error_responses import invalid_request
from .http_messages import ErrorResponse, Request
from .servlet_container import tomcat_page
from .settings import Settings


@dataclass(frozen=True)
class Presented:
    """What a request shows of its client.

    ``method`` is one of none, basic, body, public, assertion, bearer, both (a secret in header and body), several
    (an assertion and another method), malformed or empty (a Basic header without a value).
    """

    method: str
    id: str | None = None
    secret: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """Return it for the journal, secrets included: tests compare what arrived."""
        return asdict(self)


def presented_by(request: Request, parameters: Mapping[str, str]) -> Presented:
    """Read the Authorization header and the body; nothing is verified here."""
    header = request.header("Authorization") or ""
    in_body = _in_body(parameters)
    if header.lower().startswith("basic"):
        if in_body.method == "assertion":
            return Presented("several", in_body.id)
        if in_body.method == "body":
            return Presented("both", in_body.id, in_body.secret)
        return decode_basic(header)
    if header.startswith("Bearer "):
        return Presented("bearer", None, header.removeprefix("Bearer "))
    return in_body


def _in_body(parameters: Mapping[str, str]) -> Presented:
    client_id, secret = parameters.get("client_id"), parameters.get("client_secret")
    if "client_assertion" in parameters:
        return Presented("assertion" if secret is None else "several", client_id)
    if secret is not None:
        return Presented("body", client_id, secret)
    return Presented("none") if client_id is None else Presented("public", client_id)


def decode_basic(header: str) -> Presented:
    """Decode like WSO2: base64, UTF-8, split at colons, exactly two parts, and no percent-decoding.

    Java's ``split`` drops trailing empty parts, hence an empty secret is malformed too.
    """
    pieces = header.split(" ")
    if pieces[0].lower() != "basic":
        return Presented("malformed")
    encoded = "".join(re.findall(r"[A-Za-z0-9+/]", pieces[1])) if len(pieces) > 1 else ""
    if not encoded:
        return Presented("empty")
    if len(pieces) != len(("Basic", "value")):
        return Presented("malformed")
    decoded = _decode_base64(encoded).decode("utf-8", "replace")
    parts = decoded.split(":")
    while parts and not parts[-1]:
        parts.pop()
    if len(parts) != len(("id", "secret")):
        return Presented("malformed")
    return Presented("basic", parts[0], parts[1])


def _decode_base64(encoded: str) -> bytes:
    """Decode like WSO2, which ignores other characters, missing padding and a last character that is alone."""
    whole = encoded[:-1] if len(encoded) % 4 == 1 else encoded
    return base64.b64decode(whole + "=" * (-len(whole) % 4))


def authenticated_client(
    request: Request, presented: Presented, directory: Directory, settings: Settings
) -> Application:
    """Return the application that the request comes from; raises ErrorResponse."""
    _reject_form(presented, settings)
    client_id = presented.id or ""
    application = directory.application(client_id)
    if application is None:
        raise errors_by_version.unknown_client(settings, client_id)
    if application.state != "active":
        raise errors_by_version.inactive_application(settings, application)
    if application.authentication not in {"any", presented.method}:
        raise errors_by_version.other_method_required(settings)
    if presented.method == "public" and is_recorded(settings.version) and not _needs_no_secret(application):
        raise errors_by_version.no_client_authentication(settings)
    if not _proven(request, presented, application):
        raise errors_by_version.wrong_secret(settings)
    return application


def _reject_form(presented: Presented, settings: Settings) -> None:
    if presented.method == "empty" and is_recorded(settings.version):
        raise ErrorResponse(tomcat_page(401, "Unauthorized"))
    if presented.method in {"malformed", "empty"}:
        raise errors_by_version.malformed_basic(settings)
    if presented.method == "both":
        raise errors_by_version.both_methods(settings)
    if presented.method == "several":
        raise invalid_request(settings, errors_by_version.SEVERAL_METHODS)
    if presented.method not in {"basic", "body", "public"} or not presented.id:
        raise errors_by_version.no_client_authentication(settings)


def _needs_no_secret(application: Application) -> bool:
    return application.public or application.certificate_name is not None


def _proven(request: Request, presented: Presented, application: Application) -> bool:
    if presented.method == "public":
        by_certificate = application.certificate_name is not None
        return request.client_certificate == application.certificate_name if by_certificate else application.public
    return bool(application.secret) and presented.secret == application.secret
