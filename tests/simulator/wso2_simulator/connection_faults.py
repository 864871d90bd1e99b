# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the connection: bytes sent as they are or slowly, a reset, and no response at all."""

from __future__ import annotations

import asyncio
import socket
import struct
from http import HTTPStatus

from aiohttp import web

from .fault_queue import Fault
from .http_messages import Response

POLL = 0.1


def on_the_wire(response: Response) -> tuple[bytes, bytes]:
    """Return head and body as bytes, with a Content-Length (unless given) and ``Connection: close``."""
    phrase = HTTPStatus(response.status).phrase if response.status in set(HTTPStatus) else "Unassigned"
    lines = [f"HTTP/1.1 {response.status} {phrase}", *(f"{name}: {value}" for name, value in response.headers)]
    if not {name.lower() for name, _value in response.headers} & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(response.body)}")
    lines += ["Connection: close", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass"), response.body


async def verbatim(request: web.BaseRequest, response: Response, _fault: Fault) -> None:
    """Send a response as it is, because the web server would correct what is wrong on purpose."""
    head, body = on_the_wire(response)
    _write(request, head + body)
    _close(request)


def _is_closed(request: web.BaseRequest) -> bool:
    return request.transport is None or request.transport.is_closing()


async def drip(request: web.BaseRequest, response: Response, fault: Fault) -> None:
    """Send the response (its body only, unless ``part`` is "all") byte by byte with a pause after each."""
    head, body = on_the_wire(response)
    if fault.parameters.get("part", "body") == "all":
        head, body = b"", head + body
    _write(request, head)
    for value in body:
        if _is_closed(request):
            return
        _write(request, bytes([value]))
        await asyncio.sleep(fault.parameters.get("pause", 0.05))
    _close(request)


async def half_closed(request: web.BaseRequest, response: Response, _fault: Fault) -> None:
    """Announce the length of the whole body, send half of it, and close."""
    head, body = on_the_wire(response)
    _write(request, head + body[: len(body) // 2])
    _close(request)


async def reset(request: web.BaseRequest, _response: Response, _fault: Fault) -> None:
    """Drop the connection with a TCP RST, which a socket sends if its linger time is zero."""
    if request.transport is None:
        return
    connection = request.transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()


async def hang(request: web.BaseRequest, _response: Response, _fault: Fault) -> None:
    """Never answer; ends when the client gives up or the simulator stops."""
    while not _is_closed(request):
        await asyncio.sleep(POLL)


def _write(request: web.BaseRequest, data: bytes) -> None:
    if data and not _is_closed(request) and isinstance(request.transport, asyncio.WriteTransport):
        request.transport.write(data)


def _close(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.close()


#: Faults that write to the connection themselves, by their kind.
DELIVERIES = {"raw": verbatim, "drip": drip, "half_closed": half_closed, "reset": reset, "hang": hang}
UNANSWERED = ("reset", "hang")
