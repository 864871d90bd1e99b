# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""File systems that are full, broken or read-only: the store says so, and leaves all as it was."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.tests.unit import directory_store
from ansible_collections.apiops.wso2.tests.unit.directory_store import (
    NAME,
    assert_refuses_every_change,
    failing,
    files,
    is_a_miss,
)

directory = directory_store.directory
store = directory_store.store

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
        broken.setattr(where, function, failing(number))
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
        assert_refuses_every_change(store)
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
        broken.setattr(os, function, failing(number))
        with pytest.raises(StoreError, match=os.strerror(number)):
            store.write(NAME, b"x", seconds=9)
        with pytest.raises(StoreError, match=os.strerror(number)), store.locked(NAME, seconds=1):
            pass


def test_trouble_on_deleting(store: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(NAME, b"x", seconds=9)
    with monkeypatch.context() as broken:
        broken.setattr(os, "unlink", failing(errno.EROFS))
        with pytest.raises(StoreError, match=os.strerror(errno.EROFS)):
            store.delete(NAME)


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE], ids=errno.errorcode.get)
def test_trouble_in_the_midst_of_reading(store: DirectoryStore, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(NAME, b"x", seconds=9)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fstat", failing(number))
        assert is_a_miss(store)
