# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A web server on 127.0.0.1 that returns scripted responses and records the requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Reply:
    """write: what is sent behind the headers instead of the body, for responses that break off or do not end."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    write: Callable[[BufferedIOBase], None] | None = None


@dataclass(frozen=True)
class Received:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, header: str) -> list[str]:
        return [value for name, value in self.headers if name.lower() == header.lower()]

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))


def json_reply(members: Mapping[str, Any], status: int = 200, **headers: str) -> Reply:
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(members).encode(), {"Content-Type": "application/json", **shown})


class TokenServer:
    """Returns each of REPLIES in turn; the last one repeats."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [Reply()]
        self.received: list[Received] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._http.block_on_close = False

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/oauth2/token"

    def __enter__(self) -> TokenServer:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.received.append(Received(self.command, self.path, list(self.headers.items()), body))
                outer._reply(self, len(outer.received))

            do_GET = do_POST
            do_CONNECT = do_POST

            def log_message(self, *_args: object) -> None:
                pass

        return Handler

    def _reply(self, handler: BaseHTTPRequestHandler, count: int) -> None:
        reply = self.replies[min(count, len(self.replies)) - 1]
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if reply.write is None:
            handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        try:
            if reply.write is None:
                handler.wfile.write(reply.body)
            else:
                reply.write(handler.wfile)
        except OSError:
            pass  # the client disconnected, as it should from a response without an end
