# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on 127.0.0.1 that sends given bytes, HTTP or not, and records the requests."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from dataclasses import dataclass
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class RecordedRequest:
    """One request. headers: by their names in lower case."""

    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The form as a strict server parses it: UTF-8, and each name only once."""
        pairs = parse_qsl(self.body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    @property
    def basic(self) -> list[str] | None:
        """The parts of the Basic credentials, or None when there are none."""
        scheme, _space, encoded = self.headers.get("authorization", "").partition(" ")
        if scheme != "Basic":
            return None
        return base64.b64decode(encoded, validate=True).decode("utf-8").split(":")


class RawEndpoint:
    """Sends the same bytes to each connection, and then optionally a trickle that does not end."""

    def __init__(self) -> None:
        self.received: list[RecordedRequest] = []
        self._response = b""
        self._trickle: bytes | None = None
        self._stopped = threading.Event()
        self._busy = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    @property
    def url(self) -> str:
        host, port = self._listener.getsockname()
        return f"http://{host}:{port}/oauth2/token"

    def prepare(self, response: bytes, *, trickle: bytes | None = None) -> None:
        """Clear the recorded requests, and prepare for the next example.

        trickle: sent repeatedly after the response. If it is empty, nothing is sent, but the connection stays open.
        """
        with self._busy:
            self.received.clear()
            self._stopped.clear()
            self._response, self._trickle = response, trickle

    def wait_until_closed(self) -> None:
        """Wait until the connection of the last request is closed."""
        with self._busy:
            pass

    def still_sends(self) -> bool:
        """Is the trickle still being sent? Stops it."""
        is_sending = not self._stopped.is_set()
        self._stopped.set()
        return is_sending

    def __enter__(self) -> RawEndpoint:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            # The client can close the connection. It must do so if the response does not end.
            with self._busy, connection, contextlib.suppress(OSError):
                self._exchange(connection)

    def _exchange(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection.makefile("rb") as incoming:
            incoming.readline()
            headers = {}
            while line := incoming.readline().strip():
                name, _colon, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            self.received.append(RecordedRequest(headers, incoming.read(int(headers.get("content-length", 0)))))
        connection.sendall(self._response)
        while self._trickle is not None and not self._stopped.wait(0.005):
            connection.sendall(self._trickle)
