# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store in a directory: private files, each replaced whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore
from ansible_collections.apiops.wso2.tests.unit import directory_store
from ansible_collections.apiops.wso2.tests.unit.directory_store import NAME, OTHER_NAME, files, mode

directory = directory_store.directory
store = directory_store.store


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
