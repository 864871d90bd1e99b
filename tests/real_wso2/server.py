# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts and ends an assembled server."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

from artifacts import read_artifacts
from assembly import assemble
from bundle import build_bundle
from configuration import Ports, configure
from downloads import cache_directory, download

START_SECONDS = 400
# The server lives for minutes, so optimizing its code for hours costs more than it saves.
JVM_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData"
END_SECONDS = 60
JAVA = 17


class StartError(Exception):
    """The server cannot be started, and this is why."""


class Server:
    """A WSO2 Identity Server in DIRECTORY that ends with the C(with) block."""

    def __init__(self, directory: Path, port: int = 0) -> None:
        check_requirements()
        artifacts = read_artifacts()
        download(cache_directory(), artifacts)
        self.home = directory / "server"
        self.ports = Ports(port or free_port(), free_port(), free_port())
        assemble(self.home, cache_directory(), artifacts)
        build_bundle(self.home)
        self.ca_path = configure(self.home, self.ports)
        self.url = f"https://localhost:{self.ports.https}"
        self.log_path = directory / "server.log"
        self._process = self._start()
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server, which is a shell and the Java process below it.

        The shell ends first. Java still writes files then, which would outlive the directory that is removed next.
        """
        deadline = time.monotonic() + END_SECONDS
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
            while time.monotonic() < deadline:
                time.sleep(0.1)
                self._process.poll()
                os.killpg(self._process.pid, 0)
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        program = self.home / "bin" / "wso2server.sh"
        program.chmod(0o700)
        environment = {
            **os.environ,
            "JAVA_HOME": str(java_home()),
            "CARBON_HOME": str(self.home),
            "JAVA_OPTS": JVM_OPTIONS,
        }
        with self.log_path.open("wb") as log:
            return subprocess.Popen(
                ["sh", str(program)],
                cwd=self.home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # The signal of Ctrl-C is for us, so that we end the server when we are done with it.
                start_new_session=True,
            )

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StartError(f"The server did not start:\n{self.log_path.read_text('utf-8', 'replace')[-5000:]}")
            time.sleep(0.2)

    def _answers(self) -> bool:
        """Whether the token endpoint and the registration of clients answer as themselves."""
        token = self._status("/oauth2/token")
        registration = self._status("/api/identity/oauth2/dcr/v1.1/register")
        return token == 405 and registration == 401

    def _status(self, path: str) -> int:
        context = ssl.create_default_context(cafile=str(self.ca_path))
        handlers = urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({})
        try:
            with urllib.request.build_opener(*handlers).open(self.url + path, timeout=5) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing_requirement() -> str | None:
    """What to install, or nothing."""
    compiler = shutil.which("javac")
    found = subprocess.run([compiler, "-version"], capture_output=True, text=True, check=False) if compiler else None
    version = re.search(r"javac (\d+)", found.stdout + found.stderr) if found else None
    if version is None or int(version.group(1)) != JAVA:
        seen = f"Found javac {version.group(1)}. " if version else ""
        return (
            f"A JDK of Java {JAVA} is missing. {seen}Debian and Ubuntu have it in the package openjdk-17-jdk-headless."
        )
    if shutil.which("mvn") is None:
        return "Maven is missing. Debian and Ubuntu have it in the package maven."
    return None


def check_requirements() -> None:
    """Raise StartError if something is missing."""
    if missing := missing_requirement():
        raise StartError(missing)


def java_home() -> Path:
    """The directory of the JDK whose compiler is on the PATH."""
    return Path(os.path.realpath(shutil.which("javac") or "javac")).parent.parent
