# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses of the API gateway: XML faults, and JSON faults of a managed API."""

from __future__ import annotations

from dataclasses import replace

from .http_messages import Header, Response, json_response

XML = "application/xml"
BACK_END = "Error connecting to the back end"
TITLES = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 429: "Too Many Requests"}
#: Codes of the API gateway and the status each comes with; all others come with 500.
STATUS_OF_CODE = {
    403: 403,
    404: 404,
    405: 405,
    700700: 503,
    900800: 429,
    900801: 503,
    **dict.fromkeys(range(900802, 900808), 429),
    **dict.fromkeys((900901, 900902, 900905, 900907, 900909, 900911), 401),
    **dict.fromkeys((900906, 900908, 900910), 403),
}
MESSAGES = {
    900800: "Message throttled out",
    900801: "Hard limit exceeded",
    900900: "Unclassified Authentication Failure",
    900901: "Invalid Credentials",
    900902: "Missing Credentials",
    900908: "Resource forbidden",
    900910: "The access token does not allow you to access the requested resource",
}


def status_of(code: int, status: int | None, default: int = 500) -> int:
    """Return the given status, or the one that belongs to the code."""
    return status if status is not None else STATUS_OF_CODE.get(code, default)


def am_fault_xml(code: int, description: str = BACK_END, *, message: str = "", status: int | None = None) -> Response:
    """Build the XML of ``_token_fault_`` and of the gateway's own 404."""
    message = message or TITLES.get(code, "Runtime Error")
    body = (
        f'<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>{code}</am:code><am:type>Status report</am:type>'
        f"<am:message>{message}</am:message><am:description>{description}</am:description></am:fault>"
    )
    headers = (("Content-Type", XML),)
    return Response(status_of(code, status), body.encode(), headers, outcome="gateway_fault", layer="outside")


def managed_fault(code: int, description: str, *, status: int | None = None) -> Response:
    """Build the JSON a gateway sends for a managed API, with its code as a number."""
    message = MESSAGES.get(code) or TITLES.get(code, "Runtime Error")
    content = {"fault": {"code": code, "message": message, "description": description}}
    response_status = status_of(code, status)
    is_rejection = response_status in {401, 403}
    headers: tuple[Header, ...] = ()
    if is_rejection:
        headers = (("WWW-Authenticate", 'OAuth2 realm="WSO2 API Manager"'),)
    response = json_response(
        response_status, content, headers, outcome="unauthorized" if is_rejection else "gateway_fault"
    )
    return replace(response, layer="outside")


def no_such_resource(path: str) -> Response:
    """Answer for a context the gateway does not have, such as ``/token`` since API Manager 4.0."""
    return am_fault_xml(404, f"The requested resource ({path}) is not available.")


def unsupported_transport() -> Response:
    """Answer for plain HTTP where only HTTPS is allowed."""
    return am_fault_xml(403, "Unsupported Transport [ http ]")
