# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store in a directory: entries, locks, access rights, and broken file systems."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import signal
import stat
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils import _directory_store
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError

NAME, OTHER_NAME = "a" * 64, "b" * 64
ENTRY = b"an encrypted entry"
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "store"


@pytest.fixture
def store(directory: Path) -> DirectoryStore:
    return DirectoryStore(str(directory))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_entry_is_read_as_it_was_written(store: DirectoryStore, directory: Path) -> None:
    assert store.read(NAME) is None
    store.write(NAME, ENTRY, 60)
    store.write(OTHER_NAME, b"", 60)
    assert (store.read(NAME), store.read(OTHER_NAME)) == (ENTRY, b"")
    store.write(NAME, b"another", 60)
    assert store.read(NAME) == b"another"
    assert mode(directory) == 0o700
    assert {mode(path) for path in directory.iterdir()} == {0o600}
    store.delete(NAME)
    store.delete(NAME)
    assert store.read(NAME) is None


def test_an_expired_entry_is_a_miss(store: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(NAME, ENTRY, 60)
    now = time.time()
    monkeypatch.setattr(_directory_store.time, "time", lambda: now + 61)
    assert store.read(NAME) is None


def test_the_version_changes_with_the_entry(store: DirectoryStore, directory: Path) -> None:
    assert store.version(NAME)[:3] == (str(directory / NAME), 0, 0)
    store.write(NAME, ENTRY, 60)
    first = store.version(NAME)
    assert store.version(NAME) == first
    store.write(NAME, ENTRY, 60)
    assert store.version(NAME)[1:3] != first[1:3]


def test_the_salt_is_created_once(store: DirectoryStore, directory: Path) -> None:
    salt = store.salt()
    assert (len(salt), DirectoryStore(str(directory)).salt()) == (32, salt)
    assert mode(directory / "salt") == 0o600


def _salts(directory: str, results: Any) -> None:
    results.put(DirectoryStore(directory).salt())


def test_many_processes_get_the_same_salt(directory: Path) -> None:
    results = FORK.Queue()
    processes = [FORK.Process(target=_salts, args=(str(directory), results)) for _number in range(8)]
    for process in processes:
        process.start()
    salts = {results.get(timeout=30) for _process in processes}
    for process in processes:
        process.join()
    assert len(salts) == 1


def _damage_emptied(path: Path) -> None:
    path.write_bytes(b"")


def _damage_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5])


def _damage_open_to_others(path: Path) -> None:
    path.chmod(0o640)


def _damage_linked(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _damage_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _damage_directory(path: Path) -> None:
    path.unlink()
    path.mkdir(mode=0o700)


def _damage_huge(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(1 << 30)


DAMAGES = [
    *(_damage_emptied, _damage_header, _damage_open_to_others, _damage_linked, _damage_pipe),
    *(_damage_directory, _damage_huge),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_a_miss(store: DirectoryStore, directory: Path, damage: Callable[[Path], None]) -> None:
    store.write(NAME, ENTRY, 60)
    damage(directory / NAME)
    started = time.monotonic()
    try:
        assert store.read(NAME) is None
    except StoreError as error:
        assert str(error).startswith("Cannot read the token store")
    assert time.monotonic() - started < 2
    if damage is not _damage_directory:
        store.write(NAME, ENTRY, 60)
        assert store.read(NAME) == ENTRY


def test_a_directory_that_others_can_enter_is_not_used(store: DirectoryStore, directory: Path) -> None:
    directory.mkdir(parents=True)
    directory.chmod(0o770)
    for use in (lambda: store.write(NAME, ENTRY, 60), lambda: store.lock(NAME).__enter__(), lambda: store.create("x")):
        with pytest.raises(StoreError, match=r"has mode 0770; .* with mode 0700. Use a directory below it"):
            use()
    assert list(directory.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to another user")
def test_a_directory_of_another_user_is_not_used(store: DirectoryStore, directory: Path) -> None:
    directory.mkdir(parents=True, mode=0o700)
    os.chown(directory, 54321, 54321)
    with pytest.raises(StoreError, match="belongs to another user"):
        store.write(NAME, ENTRY, 60)


def _failing(number: int) -> Callable[..., Any]:
    def fail(*_args: Any, **_options: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


FAILURES = [
    ("no space for a file", tempfile, "mkstemp", errno.ENOSPC),
    ("full on syncing", os, "fsync", errno.ENOSPC),
    ("full on replacing", os, "replace", errno.ENOSPC),
    ("read-only", tempfile, "mkstemp", errno.EROFS),
    ("input/output error", os, "fsync", errno.EIO),
]


@pytest.mark.parametrize(("module", "function", "number"), [row[1:] for row in FAILURES], ids=[r[0] for r in FAILURES])
def test_a_write_that_fails_leaves_the_old_entry(
    store: DirectoryStore, directory: Path, monkeypatch: pytest.MonkeyPatch, module: Any, function: str, number: int
) -> None:
    store.write(NAME, ENTRY, 60)
    before = sorted(path.name for path in directory.iterdir())
    with monkeypatch.context() as broken:
        broken.setattr(module, function, _failing(number))
        with pytest.raises(StoreError) as caught:
            store.write(NAME, b"another", 60)
    assert str(caught.value) == f"Cannot write to the token store {directory}: {os.strerror(number)}"
    assert store.read(NAME) == ENTRY
    assert sorted(path.name for path in directory.iterdir()) == before


def test_locks_that_the_file_system_does_not_have(store: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", _failing(errno.ENOLCK))
    with pytest.raises(StoreError, match=r"Cannot lock the token store .*: No locks available"), store.lock(NAME):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_file_system(tmp_path: Path) -> None:
    mount = tmp_path / "full"
    mount.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "none", str(mount)], check=False, capture_output=True
    )
    if done.returncode != 0:
        pytest.skip("a file system cannot be mounted here")
    try:
        store = DirectoryStore(str(mount / "store"))
        store.write(NAME, ENTRY, 60)
        with pytest.raises(OSError), (mount / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(b"x" * 4096)
        with pytest.raises(StoreError, match="No space left on device"):
            store.write(NAME, b"another", 60)
        assert store.read(NAME) == ENTRY
        # Operations that need no space work: an empty file, another name for it, a lock.
        with store.reservation(OTHER_NAME):
            store.use_reservation(OTHER_NAME)
        assert store.written_at(OTHER_NAME) is not None
        with store.lock(NAME):
            pass
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_an_empty_file_is_created_once(store: DirectoryStore, directory: Path) -> None:
    assert store.written_at("x") is None
    store.create("x")
    created = store.version("x")
    store.create("x")
    assert store.version("x") == created
    assert abs((store.written_at("x") or 0) - time.time()) < 5
    assert mode(directory / "x") == 0o600
    assert store.read("x") is None


def _keep_lock(directory: str, is_locked: Any, seconds: float) -> None:
    with DirectoryStore(directory).lock(NAME):
        is_locked.set()
        time.sleep(seconds)


def test_a_lock_is_waited_for_as_long_as_its_holder_runs(store: DirectoryStore, directory: Path) -> None:
    is_locked = FORK.Event()
    process = FORK.Process(target=_keep_lock, args=(str(directory), is_locked, 1.0))
    process.start()
    assert is_locked.wait(10)
    started = time.monotonic()
    with store.lock(NAME):
        assert time.monotonic() - started > 0.5
    with store.lock(OTHER_NAME):
        pass
    process.join()


def test_the_lock_of_a_killed_holder_is_free(store: DirectoryStore, directory: Path) -> None:
    is_locked = FORK.Event()
    process = FORK.Process(target=_keep_lock, args=(str(directory), is_locked, 60.0))
    process.start()
    assert is_locked.wait(10)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    started = time.monotonic()
    with store.lock(NAME):
        assert time.monotonic() - started < 5


def test_expired_entries_and_files_of_killed_writers_are_swept(store: DirectoryStore, directory: Path) -> None:
    store.write(NAME, ENTRY, 60)
    store.salt()
    with store.lock(NAME):
        pass
    (directory / OTHER_NAME).write_bytes(struct.pack(">d", time.time() - 1) + ENTRY)
    (directory / ".new-old").write_bytes(b"half")
    (directory / ".new-young").write_bytes(b"half")
    (directory / "notes.txt").write_text("not ours")
    an_hour_ago = time.time() - 3700
    os.utime(directory / ".new-old", (an_hour_ago, an_hour_ago))
    os.utime(directory / ".swept", (an_hour_ago, an_hour_ago))
    store.write("c" * 64, ENTRY, 60)
    left = {path.name for path in directory.iterdir()}
    assert left == {NAME, "c" * 64, "salt", "salt.lock", f"{NAME}.lock", ".new-young", "notes.txt", ".swept"}
