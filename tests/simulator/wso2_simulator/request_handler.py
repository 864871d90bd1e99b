# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles each request: control API or WSO2, journal, faults, log, and the response."""

from __future__ import annotations

import asyncio
import time
import traceback
from dataclasses import replace
from typing import Any

from aiohttp import web

from .connection_faults import DELIVERIES, UNANSWERED
from .control_api import CONTROL_BASE, control_response
from .endpoints import normal_response
from .fault_queue import Fault
from .fault_responses import MAKERS, changed_members
from .http_messages import Request, Response
from .journal import Entry
from .request_log import RequestLog
from .routes import route_of
from .servlet_container import tomcat_page
from .simulation import Simulation

#: The servlet container closes the connection after these.
CLOSING = (400, 500)
SERVER_NAME = "WSO2 Carbon Server"


class RequestHandler:
    """The request handler of all listeners."""

    def __init__(self, simulation: Simulation, log: RequestLog) -> None:
        self._simulation = simulation
        self._log = log

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        try:
            received = await _read_request(request)
        except ConnectionError:
            # The client gave up before its request was complete. It does not read this response.
            return web.Response()
        if (received.path + "/").startswith(CONTROL_BASE + "/"):
            return _web_response(request, replace(control_response(self._simulation, received), layer="outside"))
        route = route_of(received.path)
        entry = self._simulation.journal.open(received, route.endpoint)
        fault = self._simulation.faults.take(route.endpoint)
        response = self._response(entry, fault)
        entry.outcome, entry.status = response.outcome, response.status
        if fault is not None and fault.kind in UNANSWERED:
            entry.outcome, entry.status = "fault", None
        self._log.request(self._simulation, entry, response.note)
        return await _deliver(request, response, fault)

    def _response(self, entry: Entry, fault: Fault | None) -> Response:
        try:
            if fault is None:
                return self._carry_out(entry)
            entry.fault = fault.kind
            return self._fault_response(entry, fault)
        except Exception:  # a bug of the simulator must look like one, and not end it
            self._log.write(traceback.format_exc())
            return tomcat_page(500, "Internal Server Error")

    def _carry_out(self, entry: Entry) -> Response:
        return normal_response(self._simulation, entry.request, route_of(entry.request.path))

    def _fault_response(self, entry: Entry, fault: Fault) -> Response:
        normal = self._carry_out(entry) if fault.carries_out else Response(200, outcome="fault")
        if fault.kind == "token":
            return changed_members(normal, fault.parameters)
        if fault.replaces_response:
            made = MAKERS[fault.kind](fault.parameters, entry.request, self._simulation.settings)
            return Response(made.status, made.body, made.headers, outcome="fault", layer="outside")
        return normal


async def _read_request(request: web.Request) -> Request:
    transport = request.transport
    certificate = transport.get_extra_info("peercert") if transport else None
    path, _mark, query = request.raw_path.partition("?")
    return Request(
        method=request.method,
        path=path,
        query=query,
        headers=tuple((_text(name), _text(value)) for name, value in request.raw_headers),
        body=await request.read(),
        secure=request.secure,
        client_certificate=_common_name(certificate),
        at=time.time(),
    )


def _text(header: bytes) -> str:
    try:
        return header.decode("utf-8")
    except UnicodeDecodeError:
        return header.decode("latin-1")


def _common_name(certificate: dict[str, Any] | None) -> str | None:
    """Return the common name of a peer certificate in the shape of ``ssl.SSLSocket.getpeercert``."""
    parts = (pair for group in (certificate or {}).get("subject", ()) for pair in group)
    return next((value for name, value in parts if name == "commonName"), None)


async def _deliver(request: web.Request, response: Response, fault: Fault | None) -> web.StreamResponse:
    if fault is not None and fault.kind in DELIVERIES:
        await DELIVERIES[fault.kind](request, response, fault)
        # The connection is closed by now, so this response is not sent.
        return web.Response()
    if fault is not None and fault.kind == "slow":
        await asyncio.sleep(fault.parameters.get("delay", 1.0))
    return _web_response(request, response)


def _web_response(request: web.Request, response: Response) -> web.Response:
    # WSO2's servlet container leaves out the reason phrase.
    reason = None if response.layer == "outside" else ""
    prepared = web.Response(status=response.status, reason=reason, body=response.body)
    if response.layer != "outside" and response.status in CLOSING:
        prepared.force_close()
    prepared["typed"] = any(name.lower() == "content-type" for name, _value in response.headers)
    prepared.headers.popall("Content-Type", None)
    for name, value in response.headers:
        prepared.headers.add(name, value)
    prepared.headers.setdefault("Server", SERVER_NAME)
    if response.chunked and request.version >= (1, 1):
        prepared.enable_chunked_encoding()
    return prepared


async def without_additions(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Take back what aiohttp adds: a media type where WSO2 sends none. Add the length that it leaves out."""
    if not response.get("typed", True):
        response.headers.popall("Content-Type", None)
    if request.method == "HEAD":
        response.headers.setdefault("Content-Length", "0")
