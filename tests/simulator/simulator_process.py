# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the simulator as a process of its own and talk to its control API; for tests."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import requests
from wso2 import start_simulator

DEMO = ("demo_key", "demo_secret")
ALICE = {"grant_type": "password", "username": "alice", "password": "alice-pass"}


class RunningSimulator:
    """A simulator on free ports. Use it as a context manager; ``facts`` is the content of its ready file."""

    def __init__(self, *options: str) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="simulator-test-")
        self.process = start_simulator(Path(self._directory.name), *options)
        self.facts = self.process.facts
        self.url: str = self.facts["http_url"]

    def __enter__(self) -> RunningSimulator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.stop()
        self._directory.cleanup()

    def control(self, method: str, path: str, content: Any = None) -> Any:
        """Call the control API; raises RuntimeError with its message if it rejects the call."""
        response = requests.request(method, f"{self.url}/_simulator/{path}", json=content, timeout=10)
        if not response.ok:
            raise RuntimeError(response.json()["error"])
        return response.json()

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
        """Send a token request, for alice unless a form is given."""
        return self.post("/oauth2/token", ALICE if form is None else form, **more)

    def granted(self, **fields: str) -> dict[str, Any]:
        """Return the JSON of a password grant that must succeed; fields go on top of alice's."""
        response = self.token({**ALICE, **fields})
        assert response.status_code == requests.codes.ok, response.text
        return dict(response.json())

    def refresh(self, refresh_token: str, **fields: str) -> requests.Response:
        """Send a refresh request."""
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token, **fields})

    def revoke(self, token: str, **more: Any) -> requests.Response:
        """Send a revocation request."""
        return self.post("/oauth2/revoke", {"token": token}, **more)

    def is_active(self, token: str) -> bool:
        """Return whether the introspection endpoint reports the token as active."""
        return bool(self.post("/oauth2/introspect", {"token": token}, auth=("admin", "admin")).json()["active"])
