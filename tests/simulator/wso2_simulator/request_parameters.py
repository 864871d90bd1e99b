# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of a token request: media types, query string, JSON, and repeated parameters."""

from __future__ import annotations

import json
import re
from collections import Counter

from . import errors_by_version
from .component_version import V6_4_111
from .error_responses import invalid_request
from .http_messages import FORM, JSON, ErrorResponse, Header, Request, Response
from .settings import Settings


def parameters_of(request: Request, settings: Settings, *, json_too: bool) -> dict[str, str]:
    """Return all parameters of body and query string; raises ErrorResponse for a wrong form."""
    fields = _body_fields(request, settings, json_too=json_too)
    query = request.query_fields()
    if any(name in settings.restricted_query_parameters for name, _value in query):
        raise errors_by_version.sensitive_query(settings)
    for pairs in (fields, query):
        if any(times > 1 for times in Counter(name for name, _value in pairs).values()):
            raise errors_by_version.repeated_parameters(settings)
    # A parameter of the query string wins over the same one of the body.
    return dict(fields) | dict(query)


def _body_fields(request: Request, settings: Settings, *, json_too: bool) -> list[Header]:
    allowed = [FORM]
    if json_too and settings.version >= V6_4_111:
        allowed.append(JSON)
    media = check_media_type(request, allowed, settings)
    if media == JSON:
        return _json_fields(request, settings)
    if re.search(rb"%(?![0-9A-Fa-f]{2})", request.body):
        # Tomcat rejects the request before WSO2 sees it.
        raise ErrorResponse(Response(400, outcome="bad_request"))
    return request.form_fields()


def check_media_type(request: Request, allowed: list[str], settings: Settings) -> str:
    """Return the media type of the body; raises ErrorResponse for another than the allowed ones."""
    # WSO2 neither trims nor lower-cases the media type before it compares.
    media = request.content_type.split(";")[0]
    if media not in allowed:
        if media.strip().lower() in allowed:
            raise errors_by_version.malformed_media_type(settings)
        raise ErrorResponse(Response(415, outcome="wrong_media_type"))
    return media


def _json_fields(request: Request, settings: Settings) -> list[Header]:
    try:
        content = json.loads(request.body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise invalid_request(settings, "Malformed or unsupported request payload")
    return [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in content.items()]


def required(parameters: dict[str, str], names: list[str], settings: Settings) -> list[str]:
    """Return the values of the named parameters; raises ErrorResponse when one is missing or empty."""
    missing = [name for name in names if not parameters.get(name)]
    if missing:
        raise errors_by_version.missing_parameters(settings, missing)
    return [parameters[name] for name in names]
