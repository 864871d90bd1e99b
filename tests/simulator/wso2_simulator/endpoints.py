# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the endpoint of a request and returns its normal response."""

from __future__ import annotations

from .client_registration import client_registration
from .developer_portal import developer_portal
from .dynamic_registration import dynamic_registration
from .gateway_responses import am_fault_xml, no_such_resource, unsupported_transport
from .http_messages import ErrorResponse, Request, Response, html_response
from .introspection import introspection_endpoint, key_set_endpoint, reject_non_administrator
from .protected_api import protected_api
from .revoke_endpoint import revoke_endpoint
from .routes import CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL, Route
from .servlet_container import reject_accept, reject_method, unknown_tenant_page, with_standard_headers, wrong_path
from .settings import Settings
from .simulation import Simulation
from .token_endpoint import token_endpoint

ENDPOINTS = {
    "token": token_endpoint,
    "revoke": revoke_endpoint,
    "introspect": introspection_endpoint,
    "jwks": key_set_endpoint,
    "api": protected_api,
    CLIENT_REGISTRATION: client_registration,
    DYNAMIC_REGISTRATION: dynamic_registration,
    PORTAL: developer_portal,
}
ANY_METHOD = ("jwks", "api", CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL)


def normal_response(simulation: Simulation, request: Request, route: Route) -> Response:
    """Carry the request out; every error comes back as a response too."""
    response = _before_endpoint(simulation, request, route) or _endpoint_response(simulation, request, route)
    return with_standard_headers(response, request, route)


def _endpoint_response(simulation: Simulation, request: Request, route: Route) -> Response:
    # With tenant-qualified URLs off, only introspection uses the tenant of the path.
    uses_tenant = simulation.settings.tenant_qualified_urls or route.endpoint == "introspect"
    try:
        return ENDPOINTS[route.endpoint](simulation, request, route.tenant if uses_tenant else None)
    except ErrorResponse as error:
        return error.response


def _before_endpoint(simulation: Simulation, request: Request, route: Route) -> Response | None:
    settings = simulation.settings
    if settings.https_only and not request.secure:
        return unsupported_transport()
    if route.endpoint in {"root", "unknown"} or (_is_oauth_proxy(route) and not settings.gateway):
        return _no_endpoint(settings, request, route)
    if route.tenant is not None and not simulation.directory.has_tenant(route.tenant):
        return unknown_tenant_page()
    if route.endpoint == "introspect":
        return reject_non_administrator(simulation, request) or reject_method(request)
    return None if route.endpoint in ANY_METHOD else _wrong_method(request, route)


def _no_endpoint(settings: Settings, request: Request, route: Route) -> Response:
    if settings.wrong_path != "gateway_fault":
        return wrong_path(settings, request)
    if route.endpoint == "root":
        return html_response(200, "WSO2 API Manager", "Welcome to WSO2 API Manager (simulated)", outcome="welcome")
    return no_such_resource(request.path)


def _wrong_method(request: Request, route: Route) -> Response | None:
    if request.method != "POST" and route.through_gateway:
        return am_fault_xml(405, "Method not allowed for given API resource")
    return reject_method(request) or (reject_accept(request) if route.endpoint == "token" else None)


def _is_oauth_proxy(route: Route) -> bool:
    return route.through_gateway and route.endpoint != "api"
