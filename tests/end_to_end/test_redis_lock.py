# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Redis that never releases a lock costs one warning, and no token."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
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
HOSTS = [f"host{number}" for number in range(5)]


class _LockedRedis:
    """Answers as Redis does, except that each lock is held, with REMAINING milliseconds until it expires."""

    def __init__(self, remaining: int) -> None:
        self._remaining = remaining
        self._entries: dict[bytes, bytes] = {}
        self.locks_refused = 0

    def reply(self, command: list[bytes]) -> bytes:
        name = command[0].upper()
        if name == b"GET":
            entry = self._entries.get(command[1])
            return b"$-1\r\n" if entry is None else b"$%d\r\n%s\r\n" % (len(entry), entry)
        if name == b"PTTL":
            return b":%d\r\n" % self._remaining
        if name == b"SET" and command[1].endswith(b".lock"):
            self.locks_refused += 1
            return b"$-1\r\n"
        if name == b"SET" and not (b"NX" in command and command[1] in self._entries):
            self._entries[command[1]] = command[2]
        return b"+OK\r\n"


def _commands(connected: socket.socket) -> Iterator[list[bytes]]:
    """The commands that a client of Redis sends: arrays of texts, each with its length in front."""
    with connected.makefile("rb") as file:
        while line := file.readline():
            words = []
            for _word in range(int(line[1:])):
                length = int(file.readline()[1:])
                words.append(file.read(length + 2)[:-2])
            yield words


def _serving(redis: _LockedRedis) -> AbstractContextManager[str]:
    def converse(connected: socket.socket) -> None:
        for command in _commands(connected):
            connected.sendall(redis.reply(command))

    return scripted_redis(converse)


# A lock without expiry, one that expires long after any holder would renew it, and one that is renewed for ever.
LOCKS = {"without expiry": -1, "expiry in an hour": 3_600_000, "renewed for ever": 5_000}


@pytest.mark.parametrize("remaining", LOCKS.values(), ids=LOCKS)
def test_a_lock_that_is_held_for_ever(ansible: Ansible, wso2: Wso2, variables: dict[str, Any], remaining: int) -> None:
    redis = _LockedRedis(remaining)
    with _serving(redis) as url:
        begun = time.monotonic()
        given = {**variables, "wso2_token_store": url, "wso2_timeout": 2}
        run = ansible.play([TASK, LOOKUP], variables=given, hosts=HOSTS)
        seconds = time.monotonic() - begun
    assert run.returncode == 0, run.stdout + run.stderr
    assert redis.locks_refused > 0
    assert len(wso2.token_requests()) == 1
    assert len(store_warnings(run)) == 1
    assert seconds < 120
