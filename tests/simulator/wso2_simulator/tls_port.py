# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A port for TLS that answers plain HTTP as Tomcat does, instead of closing the connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Coroutine

from aiohttp import web

#: The first byte of a TLS handshake.
HANDSHAKE = b"\x16"
SECONDS = 10
NEEDS_TLS = (
    b"HTTP/1.1 400 \r\nContent-Type: text/plain;charset=UTF-8\r\nConnection: close\r\n\r\n"
    b"Bad Request\r\nThis combination of host and port requires TLS.\r\n"
)


class TlsPort:
    """Accepts connections and gives those that begin with a TLS handshake to the web server."""

    def __init__(self, server: web.Server, context: ssl.SSLContext) -> None:
        self._server = server
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: socket.socket | None = None

    def listen(self, host: str, port: int, backlog: int) -> int:
        """Open the port and return its number."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=backlog)
        self._listener.setblocking(False)
        self._start(self._accept(self._listener))
        return int(self._listener.getsockname()[1])

    async def close(self) -> None:
        """Close the port; connections that the web server has are its own."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _address = await loop.sock_accept(listener)
            connection.setblocking(False)
            self._start(self._connect(connection))

    async def _connect(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            # A client that sends nothing or breaks the handshake off gets no response, as everywhere.
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                if await asyncio.wait_for(_first_byte(connection), SECONDS) == HANDSHAKE:
                    await loop.connect_accepted_socket(self._server, connection, ssl=self._context)
                    return
                await loop.sock_recv(connection, 1 << 16)
                await loop.sock_sendall(connection, NEEDS_TLS)
            connection.close()
        except BaseException:
            connection.close()
            raise


async def _first_byte(connection: socket.socket) -> bytes:
    """Wait for the first byte, and leave it in the buffer of the socket."""
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(connection, lambda: readable.done() or readable.set_result(None))
    try:
        await readable
        return connection.recv(1, socket.MSG_PEEK)
    finally:
        loop.remove_reader(connection)
