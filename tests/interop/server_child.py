# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server's own process, from its start on an open socket to its end.

The child inherits a listening socket, so the port is known before it starts and nobody can take it in between.
Its standard input carries one line of JSON with the credentials, which keeps them out of the argument list and the
environment, and then stays open: the child ends itself at end of file, even when this process was killed.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_START_SECONDS = 60.0
_END_SECONDS = 10.0
_POLL_SECONDS = 0.05
_MESSAGE_BYTES = 4000


class ChildError(Exception):
    """The server ended by itself or never answered; the message carries what it wrote last."""


class ServerChild:
    """A running server process."""

    def __init__(self, process: subprocess.Popen[bytes], log_path: Path) -> None:
        self._process = process
        self._log_path = log_path

    def wait_until_answering(self, port: int, path: str, ca_path: Path) -> None:
        """Return once a GET of ``path`` gets any HTTP answer over verified TLS.

        :raises ChildError: the process ended, or the time is up
        """
        context = ssl.create_default_context(cafile=str(ca_path))
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(port, path, context):
            self.check_alive()
            if time.monotonic() > deadline:
                raise ChildError(f"no answer within {_START_SECONDS:.0f} seconds:\n{self._last_words()}")
            time.sleep(_POLL_SECONDS)

    def wait(self) -> None:
        """Wait for the end of the process, which never comes unasked.

        :raises ChildError: always, since nobody asked
        """
        self._process.wait()
        self.check_alive()

    def check_alive(self) -> None:
        """Do nothing while the process runs.

        :raises ChildError: the process ended
        """
        code = self._process.poll()
        if code is not None:
            raise ChildError(f"the server ended with code {code}:\n{self._last_words()}")

    def end(self) -> None:
        """Ask the process to end, and end it if it does not."""
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        return self._log_path.read_bytes()[-_MESSAGE_BYTES:].decode("utf-8", "replace").strip()


def listen_on_loopback(port: int) -> socket.socket:
    """Open the listening socket; port 0 lets the kernel choose."""
    return socket.create_server(("127.0.0.1", port), backlog=128)


@contextmanager
def started_child(
    command: Sequence[str],
    *,
    listener: socket.socket,
    start_data: Mapping[str, Any],
    environment: Mapping[str, str],
    log_path: Path,
) -> Iterator[ServerChild]:
    """Run ``command`` with the listener's descriptor in ``start_data``, and end it on the way out.

    The listener is closed here: once the child is gone, connections are refused instead of left waiting.
    """
    descriptor = listener.fileno()
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            pass_fds=(descriptor,),
            # Ctrl-C in a terminal reaches the whole process group; the child is to be ended from here alone.
            start_new_session=True,
        )
    listener.close()
    child = ServerChild(process, log_path)
    try:
        _send_start_data(process, {**start_data, "listener_fd": descriptor})
        yield child
    finally:
        child.end()
        _close_input(process)


def _send_start_data(process: subprocess.Popen[bytes], data: Mapping[str, Any]) -> None:
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(data).encode("ascii") + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        # The child died before it read anything; wait_until_answering says so with its message.
        return


def _close_input(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    try:
        process.stdin.close()
    except BrokenPipeError:
        return


def _answers(port: int, path: str, context: ssl.SSLContext) -> bool:
    connection = http.client.HTTPSConnection("localhost", port, timeout=5, context=context)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
