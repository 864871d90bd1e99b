# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on 127.0.0.1 that a test uses instead of Redis, and whose replies it writes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def scripted_redis(converse: Callable[[socket.socket], object]) -> Iterator[str]:
    """The URL of a server that calls CONVERSE with each connection, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def serve_connection(connected: socket.socket) -> None:
        with suppress(OSError, ValueError), connected:
            converse(connected)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve_connection, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
