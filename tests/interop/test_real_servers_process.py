# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real servers as processes: certificates, logs, ports and their end."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from real_server import DJANGO, NODE, new_token, send


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_certificate_is_valid_for(real_server: SimpleNamespace, host: str) -> None:
    assert send(real_server, "GET", real_server.api_url.replace("localhost", host)).status_code == 401


def test_certificate_is_rejected_without_the_ca(real_server: SimpleNamespace) -> None:
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
            session.get(real_server.api_url, timeout=30)


def test_access_log_has_requests_and_no_secret(real_server: SimpleNamespace) -> None:
    token = new_token(real_server)["access_token"]
    send(real_server, "GET", real_server.api_url, params={"access_token": token})
    logs = [(real_server.state_dir / name).read_text("utf-8") for name in ("access.log", "server.log")]
    assert " POST /oauth2/token 200\n" in logs[0]
    for secret in (token, real_server.password, real_server.consumer_secret):
        assert not any(secret in log for log in logs)


@pytest.mark.parametrize("name", [DJANGO, NODE])
def test_server_stops_and_removes_its_ready_file(start_server: Callable[..., Any], tmp_path: Path, name: str) -> None:
    with start_server(name, tmp_path) as server:
        port = int(server.base_url.rsplit(":", 1)[1])
    assert not (tmp_path / "ready.json").exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_port_in_use_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = ["--state-dir", tmp_path, "--ready-file", tmp_path / "ready.json", "--port", taken.getsockname()[1]]
        serve = Path(__file__).with_name("serve.py")
        command = [sys.executable, "-B", str(serve), DJANGO, *map(str, options)]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 1
    assert finished.stderr.startswith(f"{DJANGO}: ")
    assert "Address already in use" in finished.stderr
