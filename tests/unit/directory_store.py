# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A store in a directory that is not there yet, and what the tests look at in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError

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


def failing(number: int) -> Callable[..., Any]:
    """Stands in the place of a function of the system, and fails with errno NUMBER."""

    def fail(*_args: Any, **_options: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def assert_refuses_every_change(store: DirectoryStore) -> None:
    """Neither writes, nor deletes, nor locks."""
    with pytest.raises(StoreError):
        store.write(NAME, b"new", seconds=9)
    with pytest.raises(StoreError):
        store.delete(NAME)
    with pytest.raises(StoreError), store.locked(NAME, seconds=1):
        pass
