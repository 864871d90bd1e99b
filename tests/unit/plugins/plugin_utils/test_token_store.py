# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store in a directory: private files, replaced whole, and a lock that ends with its holder."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils import _token_store as module
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_store import (
    DirectoryStore,
    StoreError,
)

NAME, OTHER_NAME = "a" * 64, "b" * 64
PATIENCE = 10.0  # seconds after which a test that hangs is a failure


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store"


@pytest.fixture
def store(directory: Path) -> DirectoryStore:
    return DirectoryStore(str(directory))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def files(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def is_a_miss(store: DirectoryStore) -> bool:
    """Both say that there is no entry to be had; the second says why."""
    try:
        return store.read(NAME) is None
    except StoreError:
        return True


def test_what_is_written_is_read_by_whoever_opens_the_directory(store: DirectoryStore, directory: Path) -> None:
    store.write(NAME, bytes(range(256)), seconds=9)
    assert store.read(NAME) == DirectoryStore(str(directory)).read(NAME) == bytes(range(256))
    assert store.read(OTHER_NAME) is None


def test_an_entry_replaces_the_one_before(store: DirectoryStore, directory: Path) -> None:
    for content in (b"a long entry", b"", b"short"):
        store.write(NAME, content, seconds=9)
        assert store.read(NAME) == content
    assert files(directory) == [NAME]


def test_a_reader_keeps_the_entry_that_it_opened(store: DirectoryStore, directory: Path) -> None:
    store.write(NAME, b"old", seconds=9)
    with open(directory / NAME, "rb") as reading:
        store.write(NAME, b"new entry", seconds=9)
        assert reading.read() == b"old"


def test_delete(store: DirectoryStore, directory: Path) -> None:
    store.delete(NAME)  # not even a directory is there
    store.write(NAME, b"x", seconds=9)
    store.write(OTHER_NAME, b"y", seconds=9)
    store.delete(NAME)
    store.delete(NAME)
    assert store.read(NAME) is None
    assert store.read(OTHER_NAME) == b"y"


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
def test_nobody_else_can_read(store: DirectoryStore, directory: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        store.write(NAME, b"x", seconds=9)
        with store.locked(NAME, seconds=1):
            pass
    finally:
        os.umask(before)
    assert mode(directory) == 0o700
    assert {name: mode(directory / name) for name in files(directory)} == {NAME: 0o600, f"{NAME}.lock": 0o600}


def test_nothing_is_there_yet(store: DirectoryStore, directory: Path) -> None:
    assert store.read(NAME) is None
    assert not directory.exists()


Damage = Callable[[Path, pytest.MonkeyPatch], None]


def _mode(number: int) -> Damage:
    return lambda path, monkeypatch: path.chmod(number)


def _symlink(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def _dangling_symlink(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.unlink()
    path.symlink_to(path.with_name("nowhere"))


def _directory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.unlink()
    path.mkdir(0o700)


def _somebody_elses(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)


def _unreadable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", _failing(errno.EACCES))


UNUSABLE_ENTRIES: list[tuple[str, Damage]] = [
    ("readable by all", _mode(0o644)),
    ("readable by the group", _mode(0o640)),
    ("writable by others", _mode(0o602)),
    ("symbolic link", _symlink),
    ("symbolic link to nothing", _dangling_symlink),
    ("directory", _directory),
    ("somebody else's", _somebody_elses),
    ("not to be opened", _unreadable),
]


def _failing(number: int) -> Callable[..., Any]:
    def fail(*_args: Any, **_options: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("damage", [row[1] for row in UNUSABLE_ENTRIES], ids=[row[0] for row in UNUSABLE_ENTRIES])
def test_an_entry_that_cannot_be_trusted_is_not_there(
    store: DirectoryStore, directory: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(NAME, b"x", seconds=9)
    damage(directory / NAME, monkeypatch)
    assert is_a_miss(store)


@pytest.mark.parametrize("number", [0o644, 0o666], ids=oct)
def test_an_entry_that_others_can_read_is_replaced_by_one_that_they_cannot(
    store: DirectoryStore, directory: Path, number: int
) -> None:
    store.write(NAME, b"old", seconds=9)
    (directory / NAME).chmod(number)
    store.write(NAME, b"new", seconds=9)
    assert mode(directory / NAME) == 0o600
    assert store.read(NAME) == b"new"


def test_writing_does_not_follow_a_link(store: DirectoryStore, directory: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    store.write(OTHER_NAME, b"x", seconds=9)
    (directory / NAME).symlink_to(victim)
    store.write(NAME, b"new", seconds=9)
    assert victim.read_bytes() == b"precious"
    assert store.read(NAME) == b"new"


def test_locking_does_not_follow_a_link(store: DirectoryStore, directory: Path, tmp_path: Path) -> None:
    store.write(NAME, b"x", seconds=9)
    (directory / f"{NAME}.lock").symlink_to(tmp_path / "made")
    with pytest.raises(StoreError), store.locked(NAME, seconds=1):
        pass
    assert not (tmp_path / "made").exists()


def test_a_pipe_in_the_place_of_an_entry_blocks_nobody(store: DirectoryStore, directory: Path) -> None:
    store.write(OTHER_NAME, b"x", seconds=9)
    os.mkfifo(directory / NAME, 0o600)
    misses: list[bool] = []
    reader = threading.Thread(target=lambda: misses.append(is_a_miss(store)), daemon=True)
    reader.start()
    reader.join(1)
    waits = reader.is_alive()
    if waits:
        os.close(os.open(directory / NAME, os.O_WRONLY | os.O_NONBLOCK))
        reader.join(PATIENCE)
    assert not waits
    assert misses == [True]


PLACES: list[tuple[str, Damage]] = [
    ("open to all", _mode(0o755)),
    ("open to the group", _mode(0o750)),
    ("world-writable", _mode(0o1777)),
    ("somebody else's", _somebody_elses),
]


@pytest.mark.parametrize("damage", [row[1] for row in PLACES], ids=[row[0] for row in PLACES])
def test_a_directory_that_others_may_enter_is_not_used(
    store: DirectoryStore, directory: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory.mkdir(parents=True, mode=0o700)
    damage(directory, monkeypatch)
    with pytest.raises(StoreError, match=f"{directory} belongs to somebody else, or others may enter it"):
        store.write(NAME, b"x", seconds=9)
    with pytest.raises(StoreError), store.locked(NAME, seconds=1):
        pass
    assert files(directory) == []


def test_a_file_in_the_place_of_the_directory(store: DirectoryStore, directory: Path) -> None:
    directory.parent.mkdir()
    directory.write_bytes(b"x")
    assert is_a_miss(store)
    with pytest.raises(StoreError):
        store.write(NAME, b"x", seconds=9)
    with pytest.raises(StoreError):
        store.delete(NAME)
    with pytest.raises(StoreError), store.locked(NAME, seconds=1):
        pass


def test_a_directory_of_ones_own_may_be_a_link(store: DirectoryStore, directory: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    directory.parent.mkdir()
    directory.symlink_to(tmp_path / "real")
    store.write(NAME, b"x", seconds=9)
    assert store.read(NAME) == b"x"


TROUBLES: list[tuple[str, Any, str, int]] = [
    # id, where, which function, errno
    ("read-only when it is made", tempfile, "mkstemp", errno.EROFS),
    ("no permission", tempfile, "mkstemp", errno.EACCES),
    ("no inode left", tempfile, "mkstemp", errno.ENOSPC),
    ("full on syncing", os, "fsync", errno.ENOSPC),
    ("over quota on syncing", os, "fsync", errno.EDQUOT),
    ("broken disk on syncing", os, "fsync", errno.EIO),
    ("no permission to replace", os, "replace", errno.EACCES),
    ("full on replacing", os, "replace", errno.ENOSPC),
]


@pytest.mark.parametrize(
    ("where", "function", "number"), [row[1:] for row in TROUBLES], ids=[row[0] for row in TROUBLES]
)
def test_a_write_that_fails_leaves_all_as_it_was(
    store: DirectoryStore, directory: Path, where: Any, function: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(NAME, b"old", seconds=9)
    with monkeypatch.context() as broken:
        broken.setattr(where, function, _failing(number))
        with pytest.raises(StoreError, match=os.strerror(number)) as caught:
            store.write(NAME, b"new", seconds=9)
    assert caught.value.__suppress_context__
    assert files(directory) == [NAME]
    assert store.read(NAME) == b"old"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("size", [1, 2**20], ids=["full on flushing", "full on writing"])
def test_a_full_file_system_leaves_all_as_it_was(
    store: DirectoryStore, directory: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(NAME, b"old", seconds=9)

    def on_a_full_disk(**options: Any) -> tuple[int, str]:
        path = os.path.join(options["dir"], f"{options['prefix']}full")
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        return os.open("/dev/full", os.O_WRONLY), path

    with monkeypatch.context() as full:
        full.setattr(tempfile, "mkstemp", on_a_full_disk)
        with pytest.raises(StoreError, match=os.strerror(errno.ENOSPC)):
            store.write(NAME, b"x" * size, seconds=9)
    assert files(directory) == [NAME]
    assert store.read(NAME) == b"old"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_directory(store: DirectoryStore, directory: Path) -> None:
    store.write(NAME, b"old", seconds=9)
    directory.chmod(0o500)
    try:
        assert store.read(NAME) == b"old"
        with pytest.raises(StoreError):
            store.write(NAME, b"new", seconds=9)
        with pytest.raises(StoreError):
            store.delete(NAME)
        with pytest.raises(StoreError), store.locked(NAME, seconds=1):
            pass
    finally:
        directory.chmod(0o700)


NO_DIRECTORIES: list[tuple[str, str, int]] = [
    ("read-only home", "makedirs", errno.EROFS),
    ("no permission", "makedirs", errno.EACCES),
    ("full", "makedirs", errno.ENOSPC),
]


@pytest.mark.parametrize(
    ("function", "number"), [row[1:] for row in NO_DIRECTORIES], ids=[row[0] for row in NO_DIRECTORIES]
)
def test_a_directory_that_cannot_be_made(
    store: DirectoryStore, function: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(os, function, _failing(number))
        with pytest.raises(StoreError, match=os.strerror(number)):
            store.write(NAME, b"x", seconds=9)
        with pytest.raises(StoreError, match=os.strerror(number)), store.locked(NAME, seconds=1):
            pass


def test_trouble_on_deleting(store: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(NAME, b"x", seconds=9)
    with monkeypatch.context() as broken:
        broken.setattr(os, "unlink", _failing(errno.EROFS))
        with pytest.raises(StoreError, match=os.strerror(errno.EROFS)):
            store.delete(NAME)


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE], ids=errno.errorcode.get)
def test_trouble_in_the_midst_of_reading(store: DirectoryStore, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(NAME, b"x", seconds=9)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fstat", _failing(number))
        assert is_a_miss(store)


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
    monkeypatch.setattr(fcntl, "flock", _failing(number))
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
