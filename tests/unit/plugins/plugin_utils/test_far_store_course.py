# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The course over two locks: this machine's, then that of a store which machines share."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._near_copy import NearCopy
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import seal_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import Provision, TokenProvider, Wish
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore
from ansible_collections.apiops.wso2.tests.unit.examples import token, token_request
from ansible_collections.apiops.wso2.tests.unit.memory_store import MemoryStore

REQUEST = token_request()
PASSWORD = "password of alice"


class Server:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def password_grant(self, request: TokenRequest) -> Token:
        return self._answer(f"password of {request.username}")

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        return self._answer(refresh_token)

    def _answer(self, asked: str) -> Token:
        self.asked.append(asked)
        number = len(self.asked)
        return token(asked_at=int(time.time()), access_token=f"a-{number}", refresh_token=f"r-{number}")


class SlowStore(MemoryStore):
    """before_lock: what others do while its lock is waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.before_lock: Callable[[], object] = lambda: None

    @contextmanager
    def locked(self, name: str, *, seconds: float) -> Iterator[None]:
        meanwhile, self.before_lock = self.before_lock, lambda: None
        meanwhile()
        with super().locked(name, seconds=seconds):
            yield


class SlowDirectory(DirectoryStore):
    before_lock: Callable[[], object] = staticmethod(lambda: None)

    @contextmanager
    def locked(self, name: str, *, seconds: float) -> Iterator[None]:
        self.before_lock()
        with super().locked(name, seconds=seconds):
            yield


class Machines:
    """Machines that share a store and a server; each call of C(obtain) is that of a process of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.server, self.far = Server(), SlowStore()

    def obtain(self, machine: str, *, before_near_lock: Callable[[], object] = lambda: None, **wish: bool) -> Provision:
        near = SlowDirectory(str(self.directory / machine))
        near.before_lock = before_near_lock
        shelf = TokenShelf(
            seal_for(REQUEST),
            tokens=NearCopy(self.far, near=near),
            run=DirectoryStore(str(self.directory / f"{machine}-run")),
        )
        provision = TokenProvider(self.server, shelf).obtain(REQUEST, Wish(**wish))
        assert self.far.held == []
        return provision

    def age(self, machine: str, seconds: float) -> None:
        for path in (self.directory / machine).iterdir():
            os.utime(path, (time.time() - seconds,) * 2)


@pytest.fixture
def machines(tmp_path: Path) -> Machines:
    return Machines(tmp_path)


def test_one_asks_for_all_machines(machines: Machines) -> None:
    provisions = [machines.obtain(machine) for machine in ("one", "two", "one", "three", "two")]
    assert [provision.origin for provision in provisions] == ["granted"] + ["stored"] * 4
    assert {provision.token.access_token for provision in provisions} == {"a-1"}
    assert {provision.warnings for provision in provisions} == {()}
    assert machines.server.asked == [PASSWORD]


def test_who_finds_a_copy_locks_nothing(machines: Machines) -> None:
    machines.obtain("one")
    machines.far.locked_names.clear()
    machines.far.broken = {"read", "write", "lock"}
    assert machines.obtain("one").origin == "stored"
    assert machines.far.locked_names == []


@pytest.mark.parametrize("force", [False, True], ids=["any", "new"])
@pytest.mark.parametrize("other", ["one", "two"], ids=["this machine", "another"])
def test_what_others_got_while_the_near_lock_was_waited_for(machines: Machines, other: str, force: bool) -> None:
    if force:
        machines.obtain("one")
    asked = len(machines.server.asked)
    late = machines.obtain("one", before_near_lock=lambda: machines.obtain(other, force=force), force=force)
    assert (late.origin, len(machines.server.asked)) == ("stored", asked + 1)
    assert late.token.access_token == f"a-{asked + 1}"
    # The far lock was taken by the other alone.
    assert len(machines.far.locked_names) == asked + 1


@pytest.mark.parametrize("force", [False, True], ids=["any", "new"])
def test_what_another_machine_got_while_the_far_lock_was_waited_for(machines: Machines, force: bool) -> None:
    if force:
        machines.obtain("one")
    asked = len(machines.server.asked)
    machines.far.before_lock = lambda: machines.obtain("two", force=force)
    late = machines.obtain("one", force=force)
    assert (late.origin, len(machines.server.asked)) == ("stored", asked + 1)
    assert late.token.access_token == f"a-{asked + 1}"


@pytest.mark.parametrize("machine", ["one", "two"], ids=["this machine", "another"])
@pytest.mark.parametrize("age", [0, 60], ids=["a young copy", "an old copy"])
def test_force_does_not_take_what_lay_there_before_for_new(machines: Machines, machine: str, age: float) -> None:
    machines.obtain(machine)
    machines.age(machine, age)
    forced = machines.obtain("one", force=True)
    assert (forced.origin, forced.token.access_token) == ("refreshed", "a-2")
    assert machines.server.asked == [PASSWORD, "r-1"]
    machines.age(machine, 60)
    assert machines.obtain(machine).token.access_token == "a-2"


def test_the_newest_of_all_machines_is_renewed_and_not_the_copy(machines: Machines) -> None:
    machines.obtain("one")
    machines.obtain("two", force=True)
    machines.obtain("one", force=True)
    assert machines.server.asked == [PASSWORD, "r-1", "r-2"]


BROKEN: list[tuple[str, tuple[str, ...], str]] = [
    # id, what is broken, the cause that is told
    ("everything", ("read", "write", "lock"), "no read today"),
    ("reading", ("read",), "no read today"),
    ("locking", ("lock",), "no lock today"),
    ("writing", ("write",), "no write today"),
]


@pytest.mark.parametrize(("broken", "cause"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_far_store_costs_each_machine_one_request_and_one_warning(
    machines: Machines, broken: tuple[str, ...], cause: str
) -> None:
    for machine in ("one", "two"):
        machines.far.broken = set(broken)
        provisions = [machines.obtain(machine) for turn in range(3)]
        assert [provision.origin for provision in provisions] == ["granted", "stored", "stored"]
        assert [warning for each in provisions for warning in each.warnings] == [
            f"the token is not kept as token_store says: {cause}"
        ]
        # Nor when the copy has aged, or the store has come back empty: there is no better.
        for still_broken in (set(broken), set()):
            machines.far.broken = still_broken
            machines.far.entries.clear()
            machines.age(machine, 60)
            last = machines.obtain(machine)
            assert (last.origin, last.warnings) == ("stored", ())
    assert machines.server.asked == [PASSWORD] * 2


def test_a_renewal_that_the_far_store_does_not_take_serves_this_machine(machines: Machines) -> None:
    machines.obtain("one")
    machines.far.broken = {"read", "write", "lock"}
    forced = machines.obtain("one", force=True)
    assert (forced.token.access_token, len(forced.warnings)) == ("a-2", 1)
    assert machines.obtain("one").token.access_token == "a-2"


def test_a_machine_that_cannot_copy_shares_all_the_same(machines: Machines, tmp_path: Path) -> None:
    machines.obtain("one")
    (tmp_path / "two").write_bytes(b"")
    for _turn in range(2):
        provision = machines.obtain("two")
        assert (provision.origin, provision.token.access_token) == ("stored", "a-1")
        assert len(provision.warnings) == 1
    assert machines.server.asked == [PASSWORD]
