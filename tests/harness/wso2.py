# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The running WSO2 simulator for tests: its URLs, its settings, and the requests that it received."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from server_process import ServerProcess

_SIMULATOR = Path(__file__).resolve().parent.parent / "simulator"

# An application and a user of the simulator's seeds.
DEMO = {
    "wso2_consumer_key": "demo_key",
    "wso2_consumer_secret": "demo_secret",
    "wso2_username": "alice",
    "wso2_password": "alice-pass",
}


class Wso2:
    """facts: the members of the ready file, among them C(token_url), C(ca_path) and C(api_url)."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts

    def __getattr__(self, name: str) -> Any:
        try:
            return self.facts[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def demo_variables(self) -> dict[str, Any]:
        """The variables of an inventory for the demo user."""
        return {"wso2_token_url": self.token_url, "wso2_ca_path": self.ca_path, **DEMO}

    def reset(self, **settings: Any) -> None:
        """Reset the simulator to its initial data and an empty journal, then change SETTINGS."""
        self._control("POST", "reset")
        self.change(**settings)

    def change(self, **settings: Any) -> None:
        """Change SETTINGS and keep the others."""
        self._control("PATCH", "settings", settings)

    def queue_fault(self, kind: str, *, times: int = 1, path: str = "token", **parameters: Any) -> None:
        """Answer the next TIMES requests to PATH with a fault."""
        self._control("POST", "faults", {"kind": kind, "times": times, "path": path, **parameters})

    def put_user(self, name: str, **members: Any) -> None:
        """Add or change a user."""
        self._control("PUT", f"users/{requests.utils.quote(name, safe='')}", members)

    def put_application(self, key: str, **members: Any) -> None:
        """Add or change an application."""
        self._control("PUT", f"applications/{requests.utils.quote(key, safe='')}", members)

    def journal(self) -> list[dict[str, Any]]:
        """Each request as it arrived, except those to the control API."""
        entries: list[dict[str, Any]] = self._control("GET", "journal")
        return entries

    def token_requests(self) -> list[dict[str, Any]]:
        """The requests to a token endpoint."""
        return [entry for entry in self.journal() if entry["path"].rstrip("/").endswith("/token")]

    def forget_journal(self) -> None:
        """Empty the journal and keep everything else."""
        self._control("DELETE", "journal")

    def advance(self, seconds: float) -> None:
        """Set the server's clock forward."""
        self._control("POST", "clock", {"advance": seconds})

    def all_tokens(self) -> list[dict[str, Any]]:
        """Every token that the server issued, with its state."""
        tokens: list[dict[str, Any]] = self._control("GET", "tokens")
        return tokens

    def is_active(self, token: str, *, tenant: str = "carbon.super") -> bool:
        """Does the server accept TOKEN now? WSO2 reports the tokens of TENANT only at the URL of the tenant."""
        url = self.introspect_url.replace("/oauth2/", f"/t/{tenant}/oauth2/")
        answer = requests.post(url, data={"token": token}, auth=("admin", "admin"), verify=self.ca_path, timeout=10)
        return bool(answer.json()["active"])

    def _control(self, method: str, path: str, content: Any = None) -> Any:
        url = f"{self.control_url}/{path}"
        answer = requests.request(method, url, json=content, verify=self.ca_path, timeout=10)
        assert answer.ok, answer.text
        return answer.json()


def simulator_command(*options: str) -> list[str]:
    """The command that starts the simulator in C(simulator_environment)."""
    return [sys.executable, "-m", "wso2_simulator", *options]


def simulator_environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(_SIMULATOR), "PYTHONDONTWRITEBYTECODE": "1", **more}


def start_simulator(directory: Path, *options: str) -> ServerProcess:
    """Start a simulator on free ports, with and without TLS. Its ready file and its log are in DIRECTORY."""
    ready_file = directory / "ready.json"
    return ServerProcess(
        simulator_command("--port", "0", "--http-port", "0", "--ready-file", str(ready_file), *options),
        ready_file=ready_file,
        log_path=directory / "wso2.log",
        environment=simulator_environment(),
    )


@contextmanager
def running_wso2(directory: Path, *options: str) -> Iterator[Wso2]:
    """Start a simulator whose certificates are in DIRECTORY too."""
    with start_simulator(directory, "--state-dir", str(directory / "state"), *options) as process:
        yield Wso2(process.facts)
