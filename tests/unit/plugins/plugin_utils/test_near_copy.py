# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The copy before a far store: when it serves, when the far store is asked, and what happens where either fails."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils._near_copy import NearCopy
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.tests.unit.memory_store import MemoryStore

NAME = "a" * 64
ALL = ("read", "write", "lock")
DAY = 24 * 60 * 60


class FarStore(MemoryStore):
    """Keeps what it is asked for."""

    def __init__(self, *broken: str) -> None:
        super().__init__(*broken)
        self.asked: list[str] = []

    def _check(self, operation: str) -> None:
        self.asked.append(operation)
        super()._check(operation)


class Machine:
    """A machine with its copies. Its clock goes wrong by nothing, but its files can be made older."""

    def __init__(self, directory: Path, far: MemoryStore) -> None:
        self.directory = directory
        self.far = far

    def process(self) -> NearCopy:
        """The store as another process opens it."""
        return NearCopy(self.far, near=DirectoryStore(str(self.directory)))

    def put_copy(self, content: bytes, *, age: float) -> None:
        DirectoryStore(str(self.directory)).write(NAME, content, seconds=9)
        self.age(age)

    def age(self, seconds: float) -> None:
        """Let SECONDS pass since all that was copied."""
        for path in self.directory.iterdir():
            written = time.time() - seconds
            os.utime(path, (written, written))

    def copy(self) -> bytes | None:
        return DirectoryStore(str(self.directory)).read(NAME)


@pytest.fixture
def far() -> FarStore:
    return FarStore()


@pytest.fixture
def machine(tmp_path: Path, far: FarStore) -> Machine:
    return Machine(tmp_path / "near", far)


READS: list[tuple[str, tuple[bytes, float] | None, bytes | None, float | None, bytes | None, bool]] = [
    # id, the copy and its age, the far entry, how long ago "since" is, what is read, whether the far store is asked
    ("nothing is near", None, b"far", None, None, False),
    ("nothing is near, far there is", None, b"far", 0, b"far", True),
    ("nothing anywhere", None, None, 0, None, True),
    ("young", (b"near", 1), b"far", None, b"near", False),
    ("old", (b"near", 4), b"far", None, None, False),
    ("from the future", (b"near", -60), b"far", None, b"near", False),
    ("written since", (b"near", 1), b"far", 2, b"near", False),
    ("written since, though old", (b"near", 10), b"far", 20, b"near", False),
    ("written before, though young", (b"near", 1), b"far", 0, b"far", True),
    ("old, and replaced by another machine", (b"near", 4), b"far", 0, b"far", True),
    ("old, and dropped by another machine", (b"near", 4), b"", 0, None, True),
    ("old, and lost afar", (b"near", 4), None, 0, b"near", True),
    ("dropped here, and lost afar", (b"", 4), None, 0, None, True),
    ("known to be none", (b"", 1), b"far", None, None, False),
    ("known to be none since", (b"", 1), b"far", 2, None, False),
    ("known to have been none", (b"", 4), b"far", 0, b"far", True),
]


@pytest.mark.parametrize(
    ("copy", "entry", "ago", "read", "asks"), [row[1:] for row in READS], ids=[row[0] for row in READS]
)
def test_read(
    machine: Machine,
    far: FarStore,
    copy: tuple[bytes, float] | None,
    entry: bytes | None,
    ago: float | None,
    read: bytes | None,
    asks: bool,
) -> None:
    if copy is not None:
        machine.put_copy(copy[0], age=copy[1])
    if entry is not None:
        far.entries[NAME] = entry
    since = None if ago is None else time.time() - ago
    assert machine.process().read(NAME, since=since) == read
    assert far.asked == (["read"] if asks else [])
    if asks:
        # What was learnt, be it that there is nothing, spares the others the way.
        assert machine.process().read(NAME) == read
        assert machine.copy() == (read or b"")
        assert far.asked == ["read"]


FAILED_READS: list[tuple[str, tuple[bytes, float] | None, bytes | None]] = [
    ("nothing is near", None, None),
    ("a copy", (b"near", 9999), b"near"),
    ("known to have been none", (b"", 9999), None),
]


@pytest.mark.parametrize(("copy", "read"), [row[1:] for row in FAILED_READS], ids=[row[0] for row in FAILED_READS])
def test_where_the_far_store_fails_the_copy_serves_at_any_age(
    machine: Machine, far: FarStore, copy: tuple[bytes, float] | None, read: bytes | None
) -> None:
    far.broken = set(ALL)
    if copy is not None:
        machine.put_copy(copy[0], age=copy[1])
    assert machine.process().read(NAME, since=time.time()) == read
    assert machine.process().read(NAME) == read


def test_what_is_written_is_in_both(machine: Machine, far: FarStore) -> None:
    machine.process().write(NAME, b"new", seconds=77)
    assert (far.entries, far.seconds, machine.copy()) == ({NAME: b"new"}, {NAME: 77}, b"new")


def test_what_is_dropped_is_known_to_be_so_for_as_long_as_copies_may_be_about(machine: Machine, far: FarStore) -> None:
    machine.process().write(NAME, b"new", seconds=77)
    machine.process().delete(NAME)
    assert (far.entries, far.seconds, machine.copy()) == ({NAME: b""}, {NAME: DAY}, b"")
    assert machine.process().read(NAME) is None
    assert machine.process().read(NAME, since=time.time()) is None
    assert far.asked == ["write", "write", "read"]


def test_what_the_far_store_does_not_take_is_in_the_copy_and_told(machine: Machine, far: FarStore) -> None:
    far.broken = set(ALL)
    with pytest.raises(StoreError, match="no write today"):
        machine.process().write(NAME, b"new", seconds=9)
    assert machine.process().read(NAME) == b"new"
    with pytest.raises(StoreError):
        machine.process().delete(NAME)
    assert machine.process().read(NAME) is None


def test_a_failure_is_waited_for_once(machine: Machine, far: FarStore) -> None:
    """By any number of processes of one run, whatever each wants of the store, and told to each alike."""
    far.broken = set(ALL)
    told: list[str] = []
    for _turn in range(3):
        process = machine.process()
        process.read(NAME, since=time.time())
        near, at_far = process.locks(NAME, seconds=1)
        with near, pytest.raises(StoreError) as caught:
            at_far.__enter__()
        told.append(str(caught.value))
        with pytest.raises(StoreError) as caught:
            process.write(NAME, b"new", seconds=9)
        told.append(str(caught.value))
    assert set(told) == {"no read today"}
    assert far.asked == ["read"]


def test_a_failure_is_forgotten_after_a_while(machine: Machine, far: FarStore) -> None:
    far.broken = {"read"}
    machine.process().read(NAME, since=time.time())
    far.broken = set()
    far.entries[NAME] = b"far"
    machine.age(9)
    assert machine.process().read(NAME, since=time.time()) is None
    machine.age(11)
    assert machine.process().read(NAME, since=time.time()) == b"far"


def test_a_process_that_met_a_failure_does_not_try_again(machine: Machine, far: FarStore) -> None:
    far.broken = {"read"}
    process = machine.process()
    process.read(NAME, since=time.time())
    far.broken = set()
    machine.age(9999)
    with pytest.raises(StoreError):
        process.write(NAME, b"new", seconds=9)
    assert far.asked == ["read"]


@pytest.mark.parametrize("damage", ["open to others", "a file in its place"])
def test_without_a_place_for_copies_the_far_store_serves(machine: Machine, far: FarStore, damage: str) -> None:
    if damage == "open to others":
        machine.directory.mkdir()
        machine.directory.chmod(0o755)
    else:
        machine.directory.write_bytes(b"")
    machine.process().write(NAME, b"new", seconds=9)
    assert far.entries == {NAME: b"new"}
    assert machine.process().read(NAME) is None
    assert machine.process().read(NAME, since=time.time()) == b"new"
    near, at_far = machine.process().locks(NAME, seconds=1)
    with pytest.raises(StoreError), near:
        pytest.fail("there is no lock")
    with at_far:
        assert far.held == [NAME]
    far.broken = set(ALL)
    assert machine.process().read(NAME, since=time.time()) is None
    with pytest.raises(StoreError):
        machine.process().delete(NAME)


def test_a_lost_place_is_made_anew(machine: Machine, far: FarStore) -> None:
    machine.process().write(NAME, b"new", seconds=9)
    for path in machine.directory.iterdir():
        path.unlink()
    machine.directory.rmdir()
    assert machine.process().read(NAME, since=time.time()) == b"new"
    assert machine.copy() == b"new"


def test_the_near_lock_keeps_this_machine_from_queueing_at_the_far_one(machine: Machine, far: FarStore) -> None:
    with ExitStack() as held:
        for lock in machine.process().locks(NAME, seconds=1):
            held.enter_context(lock)
        assert far.held == [NAME]
        near, _at_far = machine.process().locks(NAME, seconds=0.01)
        with pytest.raises(StoreError, match="locked by another process"), near:
            pytest.fail("two hold the lock")
        assert far.locked_names == [NAME]
    assert far.held == []
    near, at_far = machine.process().locks(NAME, seconds=0.01)
    with near, at_far:
        assert far.held == [NAME]


def test_a_far_lock_that_cannot_be_had_is_no_reason_to_go_without_the_near_one(machine: Machine, far: FarStore) -> None:
    far.broken = {"lock"}
    near, at_far = machine.process().locks(NAME, seconds=0.01)
    with near:
        with pytest.raises(StoreError, match="no lock today"):
            at_far.__enter__()
        again, _at_far = machine.process().locks(NAME, seconds=0.01)
        with pytest.raises(StoreError, match="locked by another process"):
            again.__enter__()


def test_two_machines(tmp_path: Path, far: FarStore) -> None:
    """What one does is there for the other when it has to be exact, and otherwise when its copy is old."""
    one, two = Machine(tmp_path / "one", far), Machine(tmp_path / "two", far)
    one.process().write(NAME, b"first", seconds=9)
    assert two.process().read(NAME, since=time.time()) == b"first"
    one.process().write(NAME, b"second", seconds=9)
    assert two.process().read(NAME) == b"first"
    two.age(4)
    assert two.process().read(NAME, since=time.time()) == b"second"
    two.process().delete(NAME)
    assert one.process().read(NAME) == b"second"
    one.age(4)
    assert one.process().read(NAME, since=time.time()) is None
