# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Redis that is slow, huge, dead or wrong costs a task some seconds and one warning, and no token."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from playbook import Ansible
from scripted_redis import scripted_redis
from store_warnings import store_warnings
from wso2 import Wso2

pytestmark = pytest.mark.any_release

PLUGIN = "apiops.wso2.wso2_password_token"
TASK = {PLUGIN: {}}
LOOKUP = {"ansible.builtin.assert": {"that": f"lookup('{PLUGIN}') | length > 0", "quiet": True}}
Hostility = Callable[[socket.socket], None]


def _trickle(connected: socket.socket) -> None:
    while True:
        connected.sendall(b"$")
        time.sleep(2)


def _huge(connected: socket.socket) -> None:
    connected.sendall(b"$600000000\r\n")
    for _block in range(600):
        connected.sendall(b"x" * 1_000_000)


def _dead(connected: socket.socket) -> None:
    connected.sendall(b"$100\r\nhalf")


HOSTILE: dict[str, Hostility] = {
    "trickle": _trickle,
    "600 MB": _huge,
    "dies in the middle": _dead,
    "integer": lambda connected: connected.sendall(b":5\r\n"),
    "array": lambda connected: connected.sendall(b"*2\r\n:1\r\n:2\r\n"),
    "deep nesting": lambda connected: connected.sendall(b"*1\r\n" * 100_000 + b":1\r\n"),
}


def _redis(hostility: Hostility) -> AbstractContextManager[str]:
    def converse(connected: socket.socket) -> None:
        while data := connected.recv(65536):
            # What redis-py sends to introduce itself.
            if b"CLIENT" in data or b"SELECT" in data:
                connected.sendall(b"+OK\r\n" * data.count(b"\r\nCLIENT\r\n"))
                continue
            hostility(connected)
            if hostility is _dead:
                return

    return scripted_redis(converse)


@pytest.mark.parametrize("hostility", HOSTILE)
def test_a_hostile_redis_costs_one_warning(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], hostility: str
) -> None:
    with _redis(HOSTILE[hostility]) as url:
        run = ansible.play([TASK, LOOKUP], variables={**variables, "wso2_token_store": url})
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(wso2.token_requests()) == 1
    assert len(store_warnings(run)) == 1
