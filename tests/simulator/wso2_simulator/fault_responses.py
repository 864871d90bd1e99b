# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The response of each kind of fault: gateways, proxies, databases, and changed or invalid token responses."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from typing import Any

from .error_responses import oauth_error, server_error, service_unavailable
from .gateway_responses import BACK_END, MESSAGES, TITLES, XML, am_fault_xml, managed_fault, status_of
from .http_messages import Header, Request, Response, html_response, json_response
from .servlet_container import tomcat_page
from .settings import Settings

MEBIBYTE = 1024 * 1024
ENTITIES = (
    '<?xml version="1.0"?>\n<!DOCTYPE fault [\n'
    '<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">\n'
    + "".join(f'<!ENTITY {name} "{f"&{inner};" * 10}">\n' for inner, name in zip("abcdefgh", "bcdefghi", strict=True))
    + '<!ENTITY file SYSTEM "file:///etc/hostname">\n]>\n'
    '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>101503</am:code><am:type>Status report</am:type>'
    "<am:message>&i;</am:message><am:description>&file;</am:description></am:fault>"
)

Parameters = dict[str, Any]
Maker = Callable[[Parameters, Request, Settings], Response]


def _am_fault_xml(given: Parameters, _request: Request, _settings: Settings) -> Response:
    return am_fault_xml(given.get("code", 101503), given.get("description", BACK_END), status=given.get("status"))


def _am_fault_json(given: Parameters, _request: Request, _settings: Settings) -> Response:
    code = given.get("code", 101503)
    content = {
        "code": str(code),
        "type": "Status report",
        "message": TITLES.get(code, "Runtime Error"),
        "description": given.get("description", BACK_END),
    }
    return json_response(status_of(code, given.get("status")), content)


def _ams_fault(given: Parameters, _request: Request, _settings: Settings) -> Response:
    code = given.get("code", 900910)
    body = (
        f'<ams:fault xmlns:ams="http://wso2.org/apimanager/security"><ams:code>{code}</ams:code>'
        f"<ams:message>{MESSAGES.get(code, 'Access failure')}</ams:message>"
        f"<ams:description>{given.get('description', 'Access failure')}</ams:description></ams:fault>"
    )
    return Response(status_of(code, given.get("status"), 403), body.encode(), (("Content-Type", XML),))


def _managed_fault(given: Parameters, _request: Request, _settings: Settings) -> Response:
    description = given.get("description", "Access failure")
    return managed_fault(given.get("code", 900900), description, status=given.get("status"))


def _cxf_xml_fault(given: Parameters, _request: Request, _settings: Settings) -> Response:
    namespace = 'xmlns:ns1="http://cxf.apache.org/bindings/xformat"'
    text = "java.lang.RuntimeException: Could not connect to jdbc:mysql://db.internal.example.test:3306/apim"
    body = f"<ns1:XMLFault {namespace}><ns1:faultstring {namespace}>{text}</ns1:faultstring></ns1:XMLFault>"
    return Response(given.get("status", 500), body.encode(), (("Content-Type", XML),))


def _tomcat_html(given: Parameters, _request: Request, _settings: Settings) -> Response:
    status = given.get("status", 500)
    return tomcat_page(status, TITLES.get(status, "Internal Server Error"))


def _throttled(given: Parameters, _request: Request, _settings: Settings) -> Response:
    fault = managed_fault(given.get("code", 900800), "You have exceeded your quota", status=given.get("status"))
    return Response(fault.status, fault.body, fault.headers + _retry_after(given))


def _retry_after(given: Parameters) -> tuple[Header, ...]:
    if "retry_after" in given:
        return (("Retry-After", str(given["retry_after"])),)
    if "retry_after_date" in given:
        # Real time, not the simulator's: clients compare the date with their own clock.
        return (("Retry-After", formatdate(time.time() + given["retry_after_date"], usegmt=True)),)
    return ()


def _suspended(given: Parameters, _request: Request, _settings: Settings) -> Response:
    text = "Currently , Address endpoint : [ Name : key_manager ] [ State : SUSPENDED ]"
    fault = am_fault_xml(303001, text, status=given.get("status"))
    return Response(fault.status, fault.body, fault.headers + _retry_after(given))


def _sql_error(_given: Parameters, _request: Request, settings: Settings) -> Response:
    return service_unavailable(settings).response


def _server_error(_given: Parameters, _request: Request, settings: Settings) -> Response:
    return server_error(settings).response


def _oauth_error(given: Parameters, _request: Request, settings: Settings) -> Response:
    error, text = given.get("error", "server_error"), given.get("description", "Internal Server Error.")
    return oauth_error(settings, given.get("status", 400), error, text, outcome="fault")


def _load_balancer_html(given: Parameters, _request: Request, _settings: Settings) -> Response:
    status = given.get("status", 504)
    page = html_response(status, f"{status} Gateway Time-out", f"{status} Gateway Time-out", outcome="fault")
    return Response(status, page.body, page.headers + _retry_after(given))


def _xml_with_entities(given: Parameters, _request: Request, _settings: Settings) -> Response:
    return Response(given.get("status", 500), ENTITIES.encode(), (("Content-Type", XML),))


def _raw(given: Parameters, _request: Request, _settings: Settings) -> Response:
    body = base64.b64decode(given["body_base64"]) if "body_base64" in given else given.get("body", "").encode()
    return Response(given.get("status", 200), body, tuple(given.get("headers", ())))


def _echo(given: Parameters, request: Request, _settings: Settings) -> Response:
    """Show everything secret that the request carried, as a careless proxy might."""
    form = request.body.decode("utf-8", "replace")
    fields = " ".join(f"{name}={value}" for name, value in request.form_fields())
    text = f"Bad request: {form} {fields} Authorization: {request.header('Authorization')}"
    status = given.get("status", 400)
    if given.get("format", "json") == "json":
        return json_response(status, {"error_description": text, "error": "invalid_request"})
    media = "text/html" if given["format"] == "html" else "text/plain"
    return Response(status, text.encode("utf-8", "replace"), (("Content-Type", media),))


def _redirect(given: Parameters, _request: Request, _settings: Settings) -> Response:
    return Response(given.get("status", 302), b"", (("Location", given["location"]),))


def _oversized(given: Parameters, _request: Request, _settings: Settings) -> Response:
    padding = "x" * int(given.get("mib", 2) * MEBIBYTE)
    members = {"access_token": "oversized", "token_type": "Bearer", "expires_in": 3600, "padding": padding}
    return json_response(given.get("status", 200), members)


def changed_members(normal: Response, given: Parameters) -> Response:
    """Merge the given members into the response and drop others; anything but a JSON object stays as it is."""
    try:
        content = json.loads(normal.body)
    except ValueError:
        return normal
    if not isinstance(content, dict):
        return normal
    content.update(given.get("members", {}))
    for name in given.get("remove", []):
        content.pop(name, None)
    return replace(normal, body=json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))


#: Faults that replace the normal response, by their kind.
MAKERS: dict[str, Maker] = {
    "am_fault_xml": _am_fault_xml,
    "am_fault_json": _am_fault_json,
    "ams_fault": _ams_fault,
    "managed_fault": _managed_fault,
    "cxf_xml_fault": _cxf_xml_fault,
    "tomcat_html": _tomcat_html,
    "throttled": _throttled,
    "suspended": _suspended,
    "sql_error": _sql_error,
    "server_error": _server_error,
    "oauth_error": _oauth_error,
    "load_balancer_html": _load_balancer_html,
    "xml_with_entities": _xml_with_entities,
    "raw": _raw,
    "echo": _echo,
    "redirect": _redirect,
    "oversized": _oversized,
}
