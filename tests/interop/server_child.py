# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The process of the server, from its start on an open socket to its end.

The child inherits a listening socket, so the port is known before it starts and no other process can take it.
The first line of its standard input is JSON with the credentials, so they are not in the argument list or the
environment. The input then stays open, and the child ends at its end, even if this process was killed.
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
    """The server ended by itself or did not become ready. The message contains its last output."""


class ServerChild:
    """A running server process."""

    def __init__(self, process: subprocess.Popen[bytes], log_path: Path) -> None:
        self._process = process
        self._log_path = log_path

    def wait_until_ready(self, port: int, path: str, ca_path: Path) -> None:
        """Wait until a GET of ``path`` gets any HTTP response over verified TLS.

        :raises ChildError: the process ended, or the time is up
        """
        context = ssl.create_default_context(cafile=str(ca_path))
        deadline = time.monotonic() + _START_SECONDS
        while not _is_ready(port, path, context):
            self.check_alive()
            if time.monotonic() > deadline:
                raise ChildError(f"no response within {_START_SECONDS:.0f} seconds:\n{self._read_last_output()}")
            time.sleep(_POLL_SECONDS)

    def wait(self) -> None:
        """Wait until the process ends by itself, which is an error.

        :raises ChildError: always
        """
        self._process.wait()
        self.check_alive()

    def check_alive(self) -> None:
        """Do nothing while the process runs.

        :raises ChildError: the process ended
        """
        code = self._process.poll()
        if code is not None:
            raise ChildError(f"the server ended with code {code}:\n{self._read_last_output()}")

    def end(self) -> None:
        """Terminate the process, and kill it if it does not end."""
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read_last_output(self) -> str:
        return self._log_path.read_bytes()[-_MESSAGE_BYTES:].decode("utf-8", "replace").strip()


def listen_on_loopback(port: int) -> socket.socket:
    """Open the listening socket; port 0 lets the kernel choose."""
    return socket.create_server(("127.0.0.1", port), backlog=128)


@contextmanager
def start_child(
    command: Sequence[str],
    *,
    listener: socket.socket,
    start_data: Mapping[str, Any],
    environment: Mapping[str, str],
    log_path: Path,
) -> Iterator[ServerChild]:
    """Run ``command`` with the listener's descriptor in ``start_data``, and end it afterwards.

    The listener is closed here, so that connections are refused and do not wait after the child has ended.
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
            # Ctrl-C in a terminal reaches the whole process group, but only this process must end the child.
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
        # The child ended before it read anything. wait_until_ready reports that.
        return


def _close_input(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    try:
        process.stdin.close()
    except BrokenPipeError:
        return


def _is_ready(port: int, path: str, context: ssl.SSLContext) -> bool:
    connection = http.client.HTTPSConnection("localhost", port, timeout=5, context=context)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
