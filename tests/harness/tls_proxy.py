# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A proxy that terminates TLS in front of a local server without TLS."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_CHUNK = 65536


@contextmanager
def tls_proxy(context: ssl.SSLContext, *, upstream_port: int) -> Iterator[int]:
    """Listen with TLS on a free port of 127.0.0.1, which is yielded, and forward to UPSTREAM_PORT."""
    loop = asyncio.new_event_loop()
    listening: list[asyncio.Server] = []

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", upstream_port)
        await asyncio.gather(_copy(reader, upstream_writer), _copy(upstream_reader, writer))

    async def listen() -> None:
        listening.append(await asyncio.start_server(forward, "127.0.0.1", 0, ssl=context))

    loop.run_until_complete(listen())
    thread = threading.Thread(target=loop.run_forever, name="tls-proxy", daemon=True)
    thread.start()
    try:
        yield int(listening[0].sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(_close(listening[0]), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
