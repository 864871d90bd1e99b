# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server process: started, ready when its ready file exists, and stopped by its pid."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

_END_SECONDS = 30.0


class ServerError(Exception):
    """The server did not start or did not stop; the message contains its output."""


class ServerProcess:
    """A command that runs until the C(with) block ends. facts: the content of its ready file (JSON)."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        ready_file: Path,
        log_path: Path,
        environment: Mapping[str, str] | None = None,
        ready_seconds: float = 60.0,
    ) -> None:
        self.ready_file = ready_file
        self.log_path = log_path
        with log_path.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment
            )
        try:
            self._wait_until_ready(ready_seconds)
            self.facts: dict[str, Any] = json.loads(ready_file.read_text("utf-8"))
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop the process with a signal and return its exit code. Raises C(ServerError) if it ignores the signal."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            return self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise ServerError(f"the process ignored signal {number} for {_END_SECONDS:.0f} seconds") from None

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_until_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self.ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                wrote = self.log_path.read_text("utf-8", "replace")
                raise ServerError(f"no server (exit code {self._process.returncode}):\n{wrote}")
            time.sleep(0.02)
