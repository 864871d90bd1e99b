# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS in front of a server on this machine that has none."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_CHUNK = 65536


@contextmanager
def tls_front(context: ssl.SSLContext, *, port_behind: int) -> Iterator[int]:
    """Listen on a port of 127.0.0.1, which is handed out, and pass on what is inside the TLS to PORT_BEHIND."""
    loop = asyncio.new_event_loop()
    listening: list[asyncio.Server] = []

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", port_behind)
        await asyncio.gather(_pump(reader, behind_writer), _pump(behind_reader, writer))

    async def listen() -> None:
        listening.append(await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context))

    loop.run_until_complete(listen())
    thread = threading.Thread(target=loop.run_forever, name="tls-front", daemon=True)
    thread.start()
    try:
        yield int(listening[0].sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening[0]), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
