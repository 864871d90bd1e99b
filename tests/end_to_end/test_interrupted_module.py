# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module on a managed node leaves on the disks, also while it runs and where the run is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from scripted_endpoint import ScriptedEndpoint, ScriptedResponse

PLUGIN = "apiops.wso2.wso2_password_token"
SECRETS = ("interrupted-secret-4Jb", "interrupted-password-4Jb")
SECONDS = 120.0
# su cannot be used with pipelining, so the module is copied to the managed node.
SU = '#!/bin/sh\nwhile [ "$1" != -c ]; do shift; done\nexec /bin/sh -c "$2"\n'


class _SlowEndpoint(ScriptedEndpoint):
    """Does not answer before C(answer) is set."""

    def __init__(self) -> None:
        super().__init__(password=[(400, {"error": "invalid_grant"})])
        self.answer = threading.Event()

    def _next(self, form: dict[str, str]) -> ScriptedResponse:
        response = super()._next(form)
        self.answer.wait(SECONDS)
        return response


@contextmanager
def _running(collections: Path, scratch: Path, url: str, *, become: bool) -> Iterator[subprocess.Popen[bytes]]:
    su = scratch / "su.sh"
    su.write_text(SU, "utf-8")
    su.chmod(0o755)
    variables = {
        "ansible_connection": "local",
        "ansible_become_method": "su",
        "ansible_become_user": "root",
        "ansible_become_exe": str(su),
        "wso2_token_url": url,
        "wso2_consumer_key": "key",
        "wso2_consumer_secret": SECRETS[0],
        "wso2_username": "alice",
        "wso2_password": SECRETS[1],
        "wso2_request_from": "managed_node",
        "wso2_timeout": 100,
    }
    inputs = scratch / "inputs"
    inputs.mkdir()
    play = {"hosts": "all", "gather_facts": False, "become": become, "tasks": [{PLUGIN: {}}]}
    (inputs / "playbook.yml").write_text(yaml.safe_dump([play]), "utf-8")
    (inputs / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": {"node": variables}}}), "utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(scratch),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_HOME": str(scratch / "ansible"),
        "ANSIBLE_REMOTE_TEMP": str(scratch / "remote"),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "ANSIBLE_BECOME_ALLOW_SAME_USER": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    command = [program, str(inputs / "playbook.yml"), "-i", str(inputs / "inventory.yml")]
    with (scratch / "output").open("wb") as output:
        # In a group of its own, so that the test can interrupt it as a terminal does.
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(SECONDS)


def _wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _files_with_secrets(scratch: Path) -> list[str]:
    """The files that contain a secret, except those that the test wrote itself."""
    files = [
        path for name in ("ansible", "remote", "output") for path in [scratch / name, *(scratch / name).rglob("*")]
    ]
    found = []
    for path in files:
        try:
            content = path.read_bytes()
        except OSError:
            continue
        if any(secret.encode() in content for secret in SECRETS):
            found.append(str(path))
    return found


def test_nothing_is_written_where_the_connection_can_pipeline(collections: Path, tmp_path: Path) -> None:
    with _SlowEndpoint() as endpoint, _running(collections, tmp_path, endpoint.url, become=False) as process:
        _wait_until(lambda: endpoint.requests)
        assert _files_with_secrets(tmp_path) == []
        endpoint.answer.set()
        process.wait(SECONDS)
    assert _files_with_secrets(tmp_path) == []


@pytest.mark.parametrize("is_interrupted", [False, True], ids=["to its end", "interrupted"])
def test_nothing_is_left_where_the_module_has_to_be_copied(
    collections: Path, tmp_path: Path, is_interrupted: bool
) -> None:
    with _SlowEndpoint() as endpoint, _running(collections, tmp_path, endpoint.url, become=True) as process:
        _wait_until(lambda: endpoint.requests)
        assert _files_with_secrets(tmp_path) != [], "so that the test would find what is left"
        if is_interrupted:
            os.killpg(process.pid, signal.SIGINT)
        else:
            endpoint.answer.set()
        process.wait(SECONDS)
        endpoint.answer.set()
    assert process.returncode != 0
    assert _files_with_secrets(tmp_path) == []
