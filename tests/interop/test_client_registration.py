# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consumer keys from a server of RFC 7591 that does not find clients by their name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from node_packages import install_packages, node_command
from playbook import Ansible, write_json
from server_process import ServerProcess

SOURCE = Path(__file__).resolve().parent / "oidc_provider"
PLUGIN = "apiops.wso2.wso2_consumer_keys"
TOKEN_PLUGIN = "apiops.wso2.wso2_application_token"
WRONG = "wrong-registration-token-7391"


@pytest.fixture
def server(npm_dir: Path, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A server without clients. log_path: one line for each request."""
    modules = install_packages(SOURCE, npm_dir / "oidc-provider")
    ready_file, log_path = tmp_path / "ready.json", tmp_path / "server.log"
    node = ["env", f"NODE_PATH={modules}", *node_command()]
    command = [*node, str(SOURCE / "server.js"), "0", str(ready_file)]
    with ServerProcess(command, ready_file=ready_file, log_path=log_path, ready_seconds=60.0) as process:
        yield SimpleNamespace(log_path=log_path, **process.facts)


def requests_in(server: SimpleNamespace) -> list[str]:
    """The requests so far, without the warnings of the library."""
    return [line for line in server.log_path.read_text("utf-8").splitlines() if line.startswith(("GET ", "POST "))]


def keys_task(server: SimpleNamespace, **options: Any) -> dict[str, Any]:
    base = {"name": "Ada", "registration_url": server.registration_url, "registration_token": server.registration_token}
    return {PLUGIN: {**base, "grant_types": ["client_credentials"], **options}, "register": "keys"}


def test_two_tasks_share_one_client_whose_keys_get_a_token(
    ansible: Ansible, server: SimpleNamespace, tmp_path: Path
) -> None:
    client = {"consumer_key": "{{ keys.consumer_key }}", "consumer_secret": "{{ keys.consumer_secret }}"}
    tasks = [
        keys_task(server),
        keys_task(server),
        {TOKEN_PLUGIN: {"token_url": server.token_url, **client}, "register": "token"},
        write_json("[keys, token]", tmp_path / "results.json"),
    ]
    run = ansible.play(tasks, verbosity=5)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    keys, token = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert requests_in(server) == ["POST /reg 201", "POST /token 200"]
    assert keys["grant_types"] == ["client_credentials"]
    assert run.leaks(server.registration_token, keys["consumer_secret"], token["access_token"]) == []


def test_each_run_registers_another_client(ansible: Ansible, server: SimpleNamespace, tmp_path: Path) -> None:
    """RFC 7591 does not define how to find a client by its name, and this server does not do it."""
    keys = []
    for _run in range(2):
        run = ansible.play([keys_task(server), write_json("keys", tmp_path / "keys.json")])
        assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
        keys.append(json.loads((tmp_path / "keys.json").read_text("utf-8")))
    assert [(each["origin"], each["changed"]) for each in keys] == [("created", True)] * 2
    assert keys[0]["consumer_key"] != keys[1]["consumer_key"]
    assert requests_in(server) == ["POST /reg 201"] * 2


def test_check_mode_sends_nothing_that_creates_a_client(
    ansible: Ansible, server: SimpleNamespace, tmp_path: Path
) -> None:
    run = ansible.play([{**keys_task(server), "check_mode": True}, write_json("keys", tmp_path / "keys.json")])
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    keys = json.loads((tmp_path / "keys.json").read_text("utf-8"))
    assert (keys["changed"], keys["consumer_key"], keys["consumer_secret"]) == (True, None, None)
    assert "the server does not say whether the client exists" in " ".join(run.output.split())
    assert requests_in(server) == ["GET /reg 404"]


def test_absent_says_that_the_server_does_not_find_clients(ansible: Ansible, server: SimpleNamespace) -> None:
    run = ansible.play([keys_task(server, state="absent")])
    assert run.returncode != 0
    assert "The server does not find clients by their name" in run.output
    assert requests_in(server) == ["GET /reg 404"]


def test_a_grant_that_the_server_does_not_have(ansible: Ansible, server: SimpleNamespace) -> None:
    run = ansible.play([keys_task(server, grant_types=["password"])])
    assert run.returncode != 0
    assert "invalid_client_metadata" in run.output
    assert "Check name, grant_types and callback_url" in run.output
    assert requests_in(server) == ["POST /reg 400"]


def test_a_grant_with_a_redirect(ansible: Ansible, server: SimpleNamespace, tmp_path: Path) -> None:
    callback = "https://app.example/callback"
    task = keys_task(server, grant_types=["authorization_code"], callback_url=callback)
    run = ansible.play([task, write_json("keys", tmp_path / "keys.json")])
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    keys = json.loads((tmp_path / "keys.json").read_text("utf-8"))
    assert (keys["grant_types"], keys["callback_url"]) == (["authorization_code"], callback)


def test_wrong_registration_token_is_sent_once(ansible: Ansible, server: SimpleNamespace) -> None:
    wrong = {**keys_task(server, registration_token=WRONG), "ignore_errors": True}
    run = ansible.play([wrong, wrong], verbosity=5)
    assert requests_in(server) == ["POST /reg 401"]
    assert "Check registration_token" in run.output
    assert run.leaks(WRONG) == []
