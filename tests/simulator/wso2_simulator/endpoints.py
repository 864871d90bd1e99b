# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to its normal answer: the gateway's rules, then the endpoint."""

from __future__ import annotations

from .client_registration import client_registration
from .developer_portal import developer_portal
from .dynamic_registration import dynamic_registration
from .gateway_answers import am_fault_xml, no_such_resource, unsupported_transport
from .introspection import introspection_endpoint, key_set_endpoint
from .management_routes import CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL
from .messages import Answer, Received, Refusal, html_answer
from .protected_api import protected_api
from .refusals import tomcat_page
from .revoke_endpoint import revoke_endpoint
from .routes import Route
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


def normal_answer(simulation: Simulation, request: Received, route: Route) -> Answer:
    """Carry the request out; every refusal comes back as an answer too."""
    early = _before_endpoint(simulation, request, route)
    if early is not None:
        return early
    try:
        return ENDPOINTS[route.endpoint](simulation, request, route.tenant)
    except Refusal as refusal:
        return refusal.answer


def _before_endpoint(simulation: Simulation, request: Received, route: Route) -> Answer | None:
    settings = simulation.settings
    if settings.https_only and not request.secure:
        return unsupported_transport()
    if route.endpoint == "root":
        return html_answer(200, "WSO2 API Manager", "Welcome to WSO2 API Manager (simulated)", outcome="welcome")
    if route.endpoint == "unknown" or (_is_oauth_proxy(route) and not settings.gateway):
        return no_such_resource(request.path)
    if route.tenant is not None and not simulation.directory.has_tenant(route.tenant):
        return tomcat_page(404, "Not Found")
    if request.method != "POST" and route.endpoint not in ANY_METHOD:
        wrong_method = am_fault_xml(405, "Method not allowed for given API resource")
        return wrong_method if route.through_gateway else tomcat_page(405, "Method Not Allowed")
    return None


def _is_oauth_proxy(route: Route) -> bool:
    return route.through_gateway and route.endpoint != "api"
