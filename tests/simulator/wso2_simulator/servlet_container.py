# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the servlet container of WSO2 does around its web applications: standard headers, wrong paths and methods."""

from __future__ import annotations

import uuid
from dataclasses import replace

from .management_routes import CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL
from .messages import JSON, Answer, Header, Received
from .refusals import valve_refusal
from .routes import Route
from .settings import Settings

ALLOW: Header = ("Allow", "POST,GET,OPTIONS,HEAD")
NO_SNIFFING: tuple[Header, ...] = (("X-Content-Type-Options", "nosniff"), ("X-XSS-Protection", "1; mode=block"))
SECURITY_HEADERS: tuple[Header, ...] = (("X-Frame-Options", "DENY"), *NO_SNIFFING)
#: Endpoints that belong to other web applications than the token endpoint, with security headers of their own.
OTHER_WEBAPPS = (CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL)
PREFLIGHT = "Access-Control-Request-Method"


def with_standard_headers(answer: Answer, request: Received, route: Route) -> Answer:
    """Add the headers that do not depend on the endpoint."""
    if answer.layer == "outside" or route.endpoint == "api":
        return answer
    headers: tuple[Header, ...] = (("X-WSO2-TraceId", str(uuid.uuid4())),)
    if answer.layer in {"webapp", "console"}:
        headers += _cors_headers(request)
    if answer.layer == "console":
        headers += NO_SNIFFING
    elif answer.layer == "webapp" and route.tenant is None and route.endpoint not in OTHER_WEBAPPS:
        headers += SECURITY_HEADERS
    chunked = answer.layer == "webapp" and (route.through_gateway or (route.endpoint in OTHER_WEBAPPS and answer.body))
    return replace(answer, headers=headers + answer.headers, chunked=answer.chunked or bool(chunked))


def _cors_headers(request: Received) -> tuple[Header, ...]:
    origin = request.header("Origin")
    headers: tuple[Header, ...] = (("Vary", "Origin"), ("Access-Control-Allow-Credentials", "true"))
    return headers if origin is None else (*headers, ("Access-Control-Allow-Origin", origin))


def refuse_method(request: Received) -> Answer | None:
    """Answer everything but POST: an empty 405, the methods for OPTIONS, and 403 for a request of a browser."""
    if request.method == "POST":
        return None
    if request.method == "OPTIONS" and request.header(PREFLIGHT) is not None:
        headers = (("Content-Type", "text/plain;charset=ISO-8859-1"),)
        return Answer(403, b"CORS Valve: CORS origin denied", headers, outcome="unauthorized", layer="valve")
    status = 200 if request.method == "OPTIONS" else 405
    return Answer(status, b"", (ALLOW,), outcome="bad_request")


def refuse_accept(request: Received) -> Answer | None:
    """Answer an empty 406 if the client does not accept JSON."""
    accept = request.header("Accept")
    ranges = [item.split(";")[0].strip().lower() for item in (accept or "*/*").split(",")]
    return None if {JSON, "application/*", "*/*"} & set(ranges) else Answer(406, outcome="bad_request")


def wrong_path(settings: Settings, request: Received) -> Answer:
    """Answer a path that no endpoint has, as the setting ``wrong_path`` says."""
    if request.path.startswith("/oauth2/") and request.path.strip("/") != "oauth2" and "//" not in request.path:
        return Answer(404, b"", (ALLOW,), outcome="bad_request")
    return valve_refusal(401, "") if settings.wrong_path == "unauthorized" else _login_page(request)


def _login_page(request: Received) -> Answer:
    """Redirect to the management console, with the cookies that lead back to the path after the login."""
    console = f"https://{request.header('Host')}/carbon"
    cookies: tuple[Header, ...] = (("Set-Cookie", f"JSESSIONID={uuid.uuid4().hex.upper()}; Path=/; Secure; HttpOnly"),)
    if request.path == "/":
        return Answer(302, b"", (*cookies, ("Location", console)), outcome="login_page", layer="console")
    target = f"requestedURI=../..{request.path}; Path=/; Secure; HttpOnly; SameSite=Strict"
    headers = (*cookies, ("Set-Cookie", target), ("Location", f"{console}/admin/login.jsp"))
    return Answer(302, b"", headers, outcome="login_page", layer="console")


def unknown_tenant_page() -> Answer:
    """Answer a path of a tenant that does not exist: an HTML page that begins with a comment."""
    page = "<!-- (a notice) -->\n\n<html>\n<head><title>Redirecting</title></head>\n<body>(a page)</body>\n</html>\n"
    headers = (("vary", "accept-encoding"), ("Content-Type", "text/html;charset=UTF-8"))
    return Answer(404, page.encode(), headers, outcome="tomcat_page", layer="tenant_page")
