# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The servlet container around WSO2's web applications: standard headers, wrong paths, and wrong methods."""

from __future__ import annotations

import uuid
from dataclasses import replace

from .http_messages import JSON, Header, Request, Response
from .routes import CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL, Route
from .settings import Settings

TOMCAT_STYLE = (
    "body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b {color:white;background-color:#525D76;} "
    "h1 {font-size:22px;} h2 {font-size:16px;} h3 {font-size:14px;} p {font-size:12px;} a {color:black;} "
    ".line {height:1px;background-color:#525D76;border:none;}"
)
ALLOW: Header = ("Allow", "POST,GET,OPTIONS,HEAD")
NO_SNIFFING: tuple[Header, ...] = (("X-Content-Type-Options", "nosniff"), ("X-XSS-Protection", "1; mode=block"))
SECURITY_HEADERS: tuple[Header, ...] = (("X-Frame-Options", "DENY"), *NO_SNIFFING)
#: Endpoints that belong to other web applications than the token endpoint, with security headers of their own.
OTHER_WEBAPPS = (CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL)
PREFLIGHT = "Access-Control-Request-Method"


def with_standard_headers(response: Response, request: Request, route: Route) -> Response:
    """Add the headers that do not depend on the endpoint."""
    if response.layer == "outside" or route.endpoint == "api":
        return response
    headers: tuple[Header, ...] = (("X-WSO2-TraceId", str(uuid.uuid4())),)
    if response.layer in {"webapp", "console"}:
        headers += _cors_headers(request)
    if response.layer == "console":
        headers += NO_SNIFFING
    elif response.layer == "webapp" and route.tenant is None and route.endpoint not in OTHER_WEBAPPS:
        headers += SECURITY_HEADERS
    chunked = response.layer == "webapp" and (
        route.through_gateway or (route.endpoint in OTHER_WEBAPPS and response.body.startswith((b"{", b"[")))
    )
    return replace(response, headers=headers + response.headers, chunked=response.chunked or bool(chunked))


def _cors_headers(request: Request) -> tuple[Header, ...]:
    origin = request.header("Origin")
    headers: tuple[Header, ...] = (("Vary", "Origin"), ("Access-Control-Allow-Credentials", "true"))
    return headers if origin is None else (*headers, ("Access-Control-Allow-Origin", origin))


def reject_method(request: Request) -> Response | None:
    """Answer everything but POST: an empty 405, the methods for OPTIONS, and 403 for a request of a browser."""
    if request.method == "POST":
        return None
    if request.method == "OPTIONS" and request.header(PREFLIGHT) is not None:
        headers = (("Content-Type", "text/plain;charset=ISO-8859-1"),)
        return Response(403, b"CORS Valve: CORS origin denied", headers, outcome="unauthorized", layer="valve")
    status = 200 if request.method == "OPTIONS" else 405
    return Response(status, b"", (ALLOW,), outcome="bad_request")


def reject_accept(request: Request) -> Response | None:
    """Answer an empty 406 if the client does not accept JSON."""
    accept = request.header("Accept")
    ranges = [item.split(";")[0].strip().lower() for item in (accept or "*/*").split(",")]
    return None if {JSON, "application/*", "*/*"} & set(ranges) else Response(406, outcome="bad_request")


def wrong_path(settings: Settings, request: Request) -> Response:
    """Answer a path that no endpoint has, as the setting ``wrong_path`` says."""
    if request.path.startswith("/oauth2/") and request.path.strip("/") != "oauth2" and "//" not in request.path:
        return Response(404, b"", (ALLOW,), outcome="bad_request")
    return valve_rejection(401, "") if settings.wrong_path == "unauthorized" else login_page(request)


def login_page(request: Request) -> Response:
    """Redirect to the management console, with the cookies that lead back to the path after the login."""
    scheme = "https" if request.secure else "http"
    console = f"{scheme}://{request.header('Host') or 'localhost'}/carbon"
    cookies: tuple[Header, ...] = (("Set-Cookie", f"JSESSIONID={uuid.uuid4().hex.upper()}; Path=/; Secure; HttpOnly"),)
    if request.path == "/":
        return Response(302, b"", (*cookies, ("Location", console)), outcome="login_page", layer="console")
    target = f"requestedURI=../..{request.path}; Path=/; Secure; HttpOnly; SameSite=Strict"
    headers = (*cookies, ("Set-Cookie", target), ("Location", f"{console}/admin/login.jsp"))
    return Response(302, b"", headers, outcome="login_page", layer="console")


def unknown_tenant_page() -> Response:
    """Answer a path of a tenant that does not exist: an HTML page that begins with a comment."""
    page = "<!-- (a notice) -->\n\n<html>\n<head><title>Redirecting</title></head>\n<body>(a page)</body>\n</html>\n"
    headers = (("vary", "accept-encoding"), ("Content-Type", "text/html;charset=UTF-8"))
    return Response(404, page.encode(), headers, outcome="tomcat_page", layer="tenant_page")


def valve_rejection(status: int, username: str, outcome: str = "unauthorized") -> Response:
    """Reject a request before it reaches a web application: an empty body, and a realm that names the user."""
    headers = (("WWW-Authenticate", f'realm user="{username}"'),)
    return Response(status, b"", headers, outcome=outcome, chunked=True, layer="valve")


def tomcat_page(status: int, title: str) -> Response:
    """Build the HTML page of the servlet container."""
    heading = f"HTTP Status {status} \u2013 {title}"
    page = (
        f'<!doctype html><html lang="en"><head><title>{heading}</title><style type="text/css">{TOMCAT_STYLE}</style>'
        f"</head><body><h1>{heading}</h1></body></html>"
    )
    headers = (("Content-Type", "text/html;charset=utf-8"), ("Content-Language", "en"))
    return Response(status, page.encode(), headers, outcome="tomcat_page")
