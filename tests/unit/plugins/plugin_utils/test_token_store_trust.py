# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store uses no entry and no directory that somebody else may have touched, and follows no link."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.tests.unit import directory_store
from ansible_collections.apiops.wso2.tests.unit.directory_store import (
    NAME,
    OTHER_NAME,
    PATIENCE,
    assert_refuses_every_change,
    failing,
    files,
    is_a_miss,
    mode,
)

directory = directory_store.directory
store = directory_store.store

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
    monkeypatch.setattr(os, "open", failing(errno.EACCES))


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
    assert_refuses_every_change(store)


def test_a_directory_of_ones_own_may_be_a_link(store: DirectoryStore, directory: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    directory.parent.mkdir()
    directory.symlink_to(tmp_path / "real")
    store.write(NAME, b"x", seconds=9)
    assert store.read(NAME) == b"x"
