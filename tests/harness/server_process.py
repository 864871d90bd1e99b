# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server in a process of its own: started, waited for by its ready file, and ended by its pid."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_END_SECONDS = 30.0


class ServerError(Exception):
    """The server did not start, or did not end; the message holds what it wrote."""


@contextmanager
def running(
    command: Sequence[str],
    *,
    ready_file: Path,
    log_path: Path,
    environment: Mapping[str, str] | None = None,
    ready_seconds: float = 60.0,
) -> Iterator[dict[str, Any]]:
    """Run COMMAND and hand out what its ready file says (JSON); at the end it gets SIGTERM and must obey."""
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment
        )
    try:
        _wait_until_ready(process, ready_file, log_path, ready_seconds)
        yield json.loads(ready_file.read_text("utf-8"))
    finally:
        _end(process)


def _wait_until_ready(process: subprocess.Popen[bytes], ready_file: Path, log_path: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not ready_file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            wrote = log_path.read_text("utf-8", "replace")
            raise ServerError(f"no server (exit code {process.returncode}):\n{wrote}")
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise ServerError(f"the process ignored SIGTERM for {_END_SECONDS:.0f} seconds") from None
