# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the simulator as a process of its own and talk to its control API; for tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

HERE = Path(__file__).resolve().parent
DEMO = ("demo_key", "demo_secret")
ALICE = {"grant_type": "password", "username": "alice", "password": "alice-pass"}


class RunningSimulator:
    """A simulator on free ports. Use it as a context manager; ``facts`` is the content of its ready file."""

    def __init__(self, *options: str) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="simulator-test-")
        self.ready_file = Path(self._directory.name) / "ready.json"
        self.log_file = Path(self._directory.name) / "log.txt"
        arguments = ["--port", "0", "--http-port", "0", "--ready-file", str(self.ready_file), *options]
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wso2_simulator", *arguments],
                env={**os.environ, "PYTHONPATH": str(HERE)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self.facts: dict[str, Any] = self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        self.url: str = self.facts["http_url"]

    def _wait_until_ready(self, seconds: float = 15) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if self.ready_file.exists():
                return dict(json.loads(self.ready_file.read_text()))
            time.sleep(0.02)
        raise RuntimeError("the simulator did not start: " + self.log_file.read_text())

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the process with a signal and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=10)

    def __enter__(self) -> RunningSimulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._directory.cleanup()

    def control(self, method: str, room: str, content: Any = None) -> Any:
        """Call the control API; RuntimeError with its sentence when it refuses."""
        answer = requests.request(method, f"{self.url}/_simulator/{room}", json=content, timeout=10)
        if not answer.ok:
            raise RuntimeError(answer.json()["error"])
        return answer.json()

    def settings(self, **changes: Any) -> None:
        """Change settings."""
        self.control("PATCH", "settings", changes)

    def fault(self, kind: str, **parameters: Any) -> None:
        """Queue a fault."""
        self.control("POST", "faults", {"kind": kind, **parameters})

    def advance(self, seconds: float) -> None:
        """Move the simulator's clock."""
        self.control("POST", "clock", {"advance": seconds})

    def post(self, path: str, form: Any, **more: Any) -> requests.Response:
        """POST a form as the demo application unless ``auth`` says otherwise."""
        more.setdefault("auth", DEMO)
        seconds = more.pop("timeout", 10)
        return requests.post(self.url + path, data=form, allow_redirects=False, timeout=seconds, **more)

    def token(self, form: Any = None, **more: Any) -> requests.Response:
        """Ask the token endpoint, for alice unless a form is given."""
        return self.post("/oauth2/token", ALICE if form is None else form, **more)

    def granted(self, **fields: str) -> dict[str, Any]:
        """Return the JSON of a password grant that must succeed; fields go on top of alice's."""
        answer = self.token({**ALICE, **fields})
        assert answer.status_code == requests.codes.ok, answer.text
        return dict(answer.json())

    def refresh(self, refresh_token: str, **fields: str) -> requests.Response:
        """Ask for a refresh."""
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token, **fields})

    def revoke(self, token: str, **more: Any) -> requests.Response:
        """Ask for a revocation."""
        return self.post("/oauth2/revoke", {"token": token}, **more)

    def is_active(self, token: str) -> bool:
        """Ask the introspection endpoint."""
        return bool(self.post("/oauth2/introspect", {"token": token}, auth=("admin", "admin")).json()["active"])
