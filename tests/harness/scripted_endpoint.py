# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token endpoint on a loopback address that sends scripted responses and records the requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

# A status, a body, and perhaps headers.
ScriptedResponse = tuple[int, Mapping[str, Any] | bytes] | tuple[int, Mapping[str, Any] | bytes, Mapping[str, str]]


class ScriptedEndpoint:
    """responses: by the kind of request (a grant type, or C(revoke)), in turn; the last one repeats."""

    def __init__(self, **responses: Sequence[ScriptedResponse]) -> None:
        self.requests: list[dict[str, str]] = []
        self._responses = responses
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/oauth2/token"

    @property
    def grants(self) -> list[str]:
        """The grant types of the requests, in order."""
        return [request.get("grant_type", "revoke") for request in self.requests]

    def __enter__(self) -> ScriptedEndpoint:
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _next(self, form: dict[str, str]) -> ScriptedResponse:
        kind = form.get("grant_type", "revoke")
        with self._lock:
            self.requests.append(form)
            scripted = self._responses[kind]
            count = self._counts[kind] = self._counts.get(kind, 0) + 1
        return scripted[min(count, len(scripted)) - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                status, body, *headers = endpoint._next(form)
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in (headers[0] if headers else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_args: object) -> None:
                pass

        return Handler
