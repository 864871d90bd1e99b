# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process: command line, ready file, certificates, log, load and a clean end."""

from __future__ import annotations

import asyncio
import base64
import signal
import ssl
import stat
import subprocess
from pathlib import Path

import aiohttp
import pytest
import requests
from simulator_process import ALICE, RunningSimulator
from wso2 import simulator_command, simulator_environment

MANY = 500


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        simulator_command(*arguments),
        env=simulator_environment(COLUMNS="100"),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_help_names_every_option() -> None:
    done = run("--help")
    assert done.returncode == 0
    options = "host port http-port expired-port wrong-name-port state-dir ready-file component token-format "
    options += "token-lifetime refresh-token client-certificate lock-after quiet no-gateway"
    assert [name for name in options.split() if f"--{name}" not in done.stdout] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--host", "0.0.0.0"], "is not a loopback address"),
        (["--host", "example.test"], "is not a loopback address"),
        (["--port", "65536"], "is not a port"),
        (["--component", "7"], "is not a component version"),
        (["--token-lifetime", "-1"], "is not a number of 0 or more"),
    ],
)
def test_wrong_command_lines(arguments: list[str], sentence: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr


def test_a_port_in_use_is_one_message(simulator: RunningSimulator) -> None:
    done = run("--port", simulator.facts["base_url"].rsplit(":", 1)[1], "--quiet")
    assert done.returncode == 1
    assert done.stderr.startswith("The simulator cannot start: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_clean_end(number: int) -> None:
    with RunningSimulator() as running:
        running.fault("hang")
        with pytest.raises(requests.ReadTimeout):
            running.token(timeout=0.2)
        state = Path(running.facts["state_dir"])
        assert state.is_dir()
        assert running.facts["pid"] == running.process.pid
        assert running.process.stop(number) == 0
        assert not state.exists()
        assert not running.process.ready_file.exists()
        assert "Traceback" not in running.process.log_path.read_text()


def test_ready_file_and_state_directory(tmp_path: Path) -> None:
    options = ["--expired-port", "0", "--wrong-name-port", "0", "--state-dir", str(tmp_path / "state")]
    with RunningSimulator(*options) as running:
        facts = running.facts
        base = facts["base_url"]
        assert base.startswith("https://localhost:")
        assert facts["token_url"] == base + "/oauth2/token"
        assert facts["gateway_token_url"] == base + "/token"
        assert facts["revoke_url"] == base + "/oauth2/revoke"
        assert facts["introspect_url"] == base + "/oauth2/introspect"
        assert facts["api_url"] == base + "/orders/1.0.0/orders"
        assert facts["control_url"] == base + "/_simulator"
        names = ["ca", "server", "client", "expired", "wrong-name", "other-ca"]
        assert {f"{name}.pem" for name in names} <= {path.name for path in (tmp_path / "state").iterdir()}
        assert stat.S_IMODE((tmp_path / "state" / "server.key").stat().st_mode) == 0o600
        for url, reason in ((facts["expired_url"], "expired"), (facts["wrong_name_url"], "match")):
            with pytest.raises(requests.exceptions.SSLError, match=reason):
                requests.get(url, verify=facts["ca_path"], timeout=10)
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(base, verify=str(tmp_path / "state" / "other-ca.pem"), timeout=10)
        assert requests.get(base, verify=facts["ca_path"], timeout=10).status_code == 200
        address = base.replace("localhost", "127.0.0.1")
        assert requests.get(address, verify=facts["ca_path"], timeout=10).status_code == 200
    assert (tmp_path / "state" / "ca.pem").exists()


def test_listeners_are_off_by_default(simulator: RunningSimulator) -> None:
    assert simulator.facts["expired_url"] is simulator.facts["wrong_name_url"] is None


def test_a_client_certificate_can_be_required() -> None:
    with RunningSimulator("--client-certificate", "required") as running:
        facts = running.facts
        with pytest.raises(requests.ConnectionError):
            requests.get(facts["base_url"], verify=facts["ca_path"], timeout=10)
        pair = (facts["client_cert"], facts["client_key"])
        assert requests.get(facts["base_url"], verify=facts["ca_path"], cert=pair, timeout=10).status_code == 200


def test_the_command_line_decides_the_settings() -> None:
    options = "--component 6.4.2 --token-format jwt --token-lifetime never --refresh-token keep --lock-after 0"
    with RunningSimulator(*options.split(), "--no-gateway", "--quiet") as running:
        running.settings(component="7.4.99")
        settings = running.control("POST", "reset")
        expected = {
            "component": "6.4.2",
            "token_format": "jwt",
            "token_lifetime": "never",
            "refresh_token": "keep",
            "lock_after": 0,
            "gateway": False,
        }
        assert {name: settings[name] for name in expected} == expected
        assert running.process.log_path.read_text() == ""


def test_ipv6() -> None:
    with RunningSimulator("--host", "::1") as running:
        assert running.facts["base_url"].startswith("https://[::1]:")
        response = requests.get(running.facts["base_url"], verify=running.facts["ca_path"], timeout=10)
        assert response.status_code == 200


def test_the_log_shows_what_happened_and_no_secret() -> None:
    with RunningSimulator() as running:
        held = running.granted()
        newer = running.refresh(held["refresh_token"]).json()
        running.token({**ALICE, "password": "hunter2hunter2"})
        running.token({**ALICE, "username": "my-swapped-password"}, auth=("my-swapped-secret", "x"))
        running.token({**ALICE, "grant_type": "my-swapped-grant"}, params={"q": "my-swapped-query"})
        running.post(f"/{newer['access_token']}/demo_secret", {})
        running.post(f"/oauth2/revoke?token={newer['refresh_token']}", {})
        headers = {"Authorization": f"Bearer {newer['access_token']}"}
        requests.get(f"{running.url}/orders/1.0.0/hosts/{newer['access_token']}", headers=headers, timeout=10)
        running.process.stop()
        lines = running.process.log_path.read_text().split("Ctrl-C ends it.")[1]
    assert "POST /oauth2/token  password grant  app=demo user=alice@carbon.super  -> 200 granted, 3600 s" in lines
    assert "refresh_token grant  app=demo user=alice@carbon.super  -> 200 refreshed, 3600 s" in lines
    assert "POST /***/***  app=demo  -> 404 gateway_fault" in lines
    secrets = ["hunter2", "swapped", "alice-pass", "demo_secret", *held.values(), *newer.values()]
    assert [secret for secret in secrets if len(str(secret)) > 7 and str(secret) in lines] == []
    assert len(lines.strip().splitlines()) == 8


def test_many_connections_at_once(simulator: RunningSimulator) -> None:
    async def ask_all() -> list[int]:
        tls = ssl.create_default_context(cafile=simulator.facts["ca_path"])
        connector = aiohttp.TCPConnector(limit=0, force_close=True, ssl=tls)
        headers = {"Authorization": "Basic " + base64.b64encode(b"demo_key:demo_secret").decode()}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
            return list(await asyncio.gather(*(fetch(session) for _request in range(MANY))))

    async def fetch(session: aiohttp.ClientSession) -> int:
        async with session.post(simulator.facts["token_url"], data=ALICE) as response:
            await response.read()
            return response.status

    assert asyncio.run(ask_all()) == [200] * MANY
    assert simulator.control("GET", "counts")["by_outcome"] == {"granted": 1, "reused": MANY - 1}
    assert len(simulator.control("GET", "tokens")) == 1
