# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real Redis for tests on a free port, which a test can stop, restart, or suspend."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import redis
from redis_program import redis_program
from tls_proxy import tls_proxy

from wso2_simulator.certificates import write_certificates

_READY_SECONDS = 30.0


class RedisServer:
    """url: the value for C(token_store), with the password if there is one. directory: its data and its log."""

    def __init__(self, directory: Path, *, password: str | None) -> None:
        self.directory = directory
        self.password = password
        self.port = _free_port()
        self.url = self.url_with(password)
        self._process: subprocess.Popen[bytes] | None = None

    def url_with(self, password: str | None) -> str:
        """The URL with PASSWORD, or without a password."""
        user = "" if password is None else f":{quote(password, safe='')}@"
        return f"redis://{user}127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        """A connection for the test itself."""
        return redis.Redis(port=self.port, password=self.password, socket_timeout=_READY_SECONDS)

    def connections_made(self) -> int:
        """The number of connections since the start, including the one that reads this number."""
        with self.client() as client:
            info: dict[str, Any] = client.info("stats")
        return int(info["total_connections_received"])

    def start(self) -> None:
        """Start Redis with the data that it had when it was stopped."""
        command = [redis_program(), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.directory)]
        command += ["--logfile", "redis.log", "--save", "3600", "1", "--databases", "1"]
        command += ["--requirepass", self.password] if self.password else []
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Stop Redis. Does nothing if it has stopped."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(_READY_SECONDS)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Suspend Redis: it accepts connections and sends no response."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        with self.client() as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    assert process.poll() is None, (self.directory / "redis.log").read_text("utf-8", "replace")
                    assert time.monotonic() < deadline, "Redis did not get ready"
                    time.sleep(0.02)


@contextmanager
def running_redis(directory: Path, *, password: str | None = None, tls: bool = False) -> Iterator[RedisServer]:
    """Start a Redis whose files are in DIRECTORY. TLS: its URL uses TLS, with a CA made for it."""
    directory.mkdir(parents=True, exist_ok=True)
    server = RedisServer(directory, password=password)
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        if tls:
            certificates = write_certificates(directory / "tls", "localhost")
            port = stack.enter_context(tls_proxy(certificates.server_context("server"), upstream_port=server.port))
            plain = f"127.0.0.1:{server.port}"
            url = server.url.replace("redis:", "rediss:").replace(plain, f"127.0.0.1:{port}")
            server.url = f"{url}?ssl_ca_certs={certificates.authority}"
        yield server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
