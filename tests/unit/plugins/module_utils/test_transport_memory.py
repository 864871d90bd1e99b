# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the server sends, a process that requests a token needs at most 100 MiB more than without a response.

Measured in a process of its own, because the peak of this one can be higher already.
"""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

KIBIBYTES = 100 * 1024
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CLIENT = """
import importlib, resource, sys
try:
    importlib.import_module("ansible_collections.apiops.wso2")
except ImportError:
    importlib.import_module("importable_checkout")
from ansible_collections.apiops.wso2.plugins.module_utils._transport import send_request
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TransportSettings
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    send_request("POST", sys.argv[1], data={"a": "b"}, settings=TransportSettings(timeout=4, retries=0))
except TransportError:
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def _bomb() -> bytes:
    body = gzip.compress(gzip.compress(gzip.compress(b" " * 100_000_000)))
    return OK + b"Content-Encoding: gzip, gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body


# What is sent first, and what is sent repeatedly.
RESPONSES: dict[str, tuple[Callable[[], bytes], bytes]] = {
    "compressed three times": (_bomb, b""),
    "a header without an end": (lambda: OK + b"X: ", b"x" * 65536),
    "headers without an end": (lambda: OK, b"X: y\r\n" * 10_000),
    "a status line without an end": (lambda: b"HTTP/1.1 200 ", b"x" * 65536),
    "a chunk extension without an end": (lambda: CHUNKED + b"1;", b"x" * 65536),
    "trailers without an end": (lambda: CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: y\r\n" * 10_000),
    "chunks without an end": (lambda: CHUNKED, b"1\r\nx\r\n" * 10_000),
    "100 Continue without an end": (lambda: b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000),
    "a body without an end": (lambda: OK + b"\r\n", b"x" * 65536),
    "a chunk of a gigabyte": (lambda: CHUNKED + b"40000000\r\n", b"x" * 65536),
}


@contextmanager
def _server(first: bytes, forever: bytes) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            connected, _address = listener.accept()
            with connected:
                connected.recv(65536)
                connected.sendall(first)
                while forever:
                    connected.sendall(forever)

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/token"


@pytest.mark.parametrize("response", RESPONSES)
def test_no_response_needs_much_memory(response: str) -> None:
    make, forever = RESPONSES[response]
    with _server(make(), forever) as url:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-c", CLIENT, url]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < KIBIBYTES
