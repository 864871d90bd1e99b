# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where requests come in: control API or WSO2, journal, faults, log, and out again."""

from __future__ import annotations

import asyncio
import time
import traceback
from dataclasses import replace
from typing import Any

from aiohttp import web

from .broken_answers import DELIVERIES, UNANSWERED
from .control import CONTROL_BASE, control_answer
from .endpoints import normal_answer
from .fault_queue import Fault
from .gateway_faults import MAKERS
from .journal import Entry
from .messages import Answer, Received
from .refusals import tomcat_page
from .request_log import RequestLog
from .routes import route_of
from .simulation import Simulation
from .token_fault import spoilt_members

#: The servlet container closes the connection after these.
CLOSING = (400, 500)
SERVER_NAME = "WSO2 Carbon Server"


class FrontDoor:
    """The one request handler of all listeners."""

    def __init__(self, simulation: Simulation, log: RequestLog) -> None:
        self._simulation = simulation
        self._log = log

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        try:
            received = await _received(request)
        except ConnectionError:
            # The client gave up before its request was complete; nobody reads what is returned.
            return web.Response()
        if (received.path + "/").startswith(CONTROL_BASE + "/"):
            return _response(request, replace(control_answer(self._simulation, received), layer="outside"))
        route = route_of(received.path)
        entry = self._simulation.journal.open(received, route.endpoint)
        fault = self._simulation.faults.take(route.endpoint)
        answer = self._answer(entry, fault)
        entry.outcome, entry.status = answer.outcome, answer.status
        if fault is not None and fault.kind in UNANSWERED:
            entry.outcome, entry.status = "fault", None
        self._log.request(self._simulation, entry, answer.note)
        return await _deliver(request, answer, fault)

    def _answer(self, entry: Entry, fault: Fault | None) -> Answer:
        try:
            if fault is None:
                return self._carry_out(entry)
            entry.fault = fault.kind
            return self._faulty(entry, fault)
        except Exception:  # a bug of the simulator must look like one, and not end it
            self._log.say(traceback.format_exc())
            return tomcat_page(500, "Internal Server Error")

    def _carry_out(self, entry: Entry) -> Answer:
        return normal_answer(self._simulation, entry.request, route_of(entry.request.path))

    def _faulty(self, entry: Entry, fault: Fault) -> Answer:
        normal = self._carry_out(entry) if fault.carries_out else Answer(200, outcome="fault")
        if fault.kind == "token":
            return spoilt_members(normal, fault)
        if fault.replaces_answer:
            made = MAKERS[fault.kind](fault.parameters, entry.request, self._simulation.settings)
            return Answer(made.status, made.body, made.headers, outcome="fault", layer="outside")
        return normal


async def _received(request: web.Request) -> Received:
    transport = request.transport
    certificate = transport.get_extra_info("peercert") if transport else None
    path, _mark, query = request.raw_path.partition("?")
    return Received(
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


async def _deliver(request: web.Request, answer: Answer, fault: Fault | None) -> web.StreamResponse:
    if fault is not None and fault.kind in DELIVERIES:
        await DELIVERIES[fault.kind](request, answer, fault)
        # The connection is closed by now, so nothing of this response reaches anybody.
        return web.Response()
    if fault is not None and fault.kind == "slow":
        await asyncio.sleep(fault.parameters.get("delay", 1.0))
    return _response(request, answer)


def _response(request: web.Request, answer: Answer) -> web.Response:
    # WSO2's servlet container leaves out the reason phrase.
    reason = None if answer.layer == "outside" else ""
    response = web.Response(status=answer.status, reason=reason, body=answer.body)
    if answer.layer != "outside" and answer.status in CLOSING:
        response.force_close()
    response["typed"] = any(name.lower() == "content-type" for name, _value in answer.headers)
    response.headers.popall("Content-Type", None)
    for name, value in answer.headers:
        response.headers.add(name, value)
    response.headers.setdefault("Server", SERVER_NAME)
    if answer.chunked and request.version >= (1, 1):
        response.enable_chunked_encoding()
    return response


async def without_additions(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Take back what aiohttp adds: a media type where WSO2 sends none. Add the length that it leaves out."""
    if not response.get("typed", True):
        response.headers.popall("Content-Type", None)
    if request.method == "HEAD":
        response.headers.setdefault("Content-Length", "0")
