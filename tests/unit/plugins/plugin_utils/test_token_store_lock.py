# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store's lock: one holder at a time, and it ends with its holder."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils import _directory_store as module
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.tests.unit import directory_store
from ansible_collections.apiops.wso2.tests.unit.directory_store import NAME, OTHER_NAME, PATIENCE, failing

directory = directory_store.directory
store = directory_store.store


class Clock:
    """Stands in the place of the module time, and takes no time."""

    def __init__(self, on_sleep: Callable[[], None] = lambda: None) -> None:
        self.now = 100.0
        self._on_sleep = on_sleep

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self._on_sleep()


def test_the_lock_is_free_again_afterwards(store: DirectoryStore) -> None:
    for _turn in range(3):
        with store.locked(NAME, seconds=0):
            pass
    with pytest.raises(RuntimeError), store.locked(NAME, seconds=0):
        raise RuntimeError
    with store.locked(NAME, seconds=0):
        pass


def test_a_lock_that_stays_taken(store: DirectoryStore, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    with store.locked(NAME, seconds=1):
        too_long = f"{directory} was locked by another process for too long"
        with pytest.raises(StoreError, match=too_long), store.locked(NAME, seconds=65):
            pytest.fail("two hold the lock")
        assert 165 <= clock.now < 166
    with store.locked(NAME, seconds=0):
        pass


def test_a_second_holder_waits_for_the_first(store: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.locked(NAME, seconds=1)
    first.__enter__()
    naps = []

    def nap() -> None:
        naps.append(1)
        if len(naps) == 3:
            first.__exit__(None, None, None)

    monkeypatch.setattr(module, "time", Clock(nap))
    with store.locked(NAME, seconds=65):
        assert len(naps) == 3


def test_two_names_do_not_block_each_other(store: DirectoryStore) -> None:
    with store.locked(NAME, seconds=0), store.locked(OTHER_NAME, seconds=0):
        pass


def test_a_lock_does_not_keep_from_reading_and_writing(store: DirectoryStore) -> None:
    with store.locked(NAME, seconds=0):
        store.write(NAME, b"x", seconds=9)
        assert store.read(NAME) == b"x"
        store.delete(NAME)
    with store.locked(NAME, seconds=0):
        assert store.read(NAME) is None


def test_no_descriptor_stays_open(store: DirectoryStore, directory: Path) -> None:
    store.write(NAME, b"x", seconds=9)
    before = os.listdir("/dev/fd")
    for _turn in range(3):
        store.write(NAME, b"x", seconds=9)
        store.read(NAME)
        with store.locked(NAME, seconds=0), pytest.raises(StoreError), store.locked(NAME, seconds=0):
            pass
    assert len(os.listdir("/dev/fd")) == len(before)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS], ids=errno.errorcode.get)
def test_a_file_system_without_locks(store: DirectoryStore, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(fcntl, "flock", failing(number))
    with pytest.raises(StoreError, match=os.strerror(number)), store.locked(NAME, seconds=65):
        pytest.fail("there is no lock")
    assert clock.now == 100


def test_of_many_threads_one_holds_the_lock(store: DirectoryStore) -> None:
    inside, seen = [], []

    def work() -> None:
        with store.locked(NAME, seconds=PATIENCE):
            inside.append(1)
            seen.append(len(inside))
            time.sleep(0.001)
            inside.pop()

    threads = [threading.Thread(target=work) for turn in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert seen == [1] * 5


def _hold(directory: str, holding: Any) -> None:
    with DirectoryStore(directory).locked(NAME, seconds=PATIENCE):
        holding.set()
        signal.pause()


@pytest.fixture
def holder(directory: Path) -> Iterator[Any]:
    """Another process, which holds the lock for good."""
    context = multiprocessing.get_context("fork")
    holding = context.Event()
    process = context.Process(target=_hold, args=(str(directory), holding), daemon=True)
    process.start()
    try:
        assert holding.wait(PATIENCE)
        yield process
    finally:
        process.kill()
        process.join(PATIENCE)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_the_lock_ends_with_the_process_that_is_killed(store: DirectoryStore, holder: Any) -> None:
    with pytest.raises(StoreError, match="locked by another process"), store.locked(NAME, seconds=0):
        pytest.fail("two hold the lock")
    with store.locked(OTHER_NAME, seconds=0):
        pass
    os.kill(holder.pid, signal.SIGKILL)
    with store.locked(NAME, seconds=PATIENCE):
        pass
    holder.join(PATIENCE)
    assert holder.exitcode == -signal.SIGKILL
