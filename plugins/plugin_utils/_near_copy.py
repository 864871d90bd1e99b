# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""A store that others share over the network, behind a copy on this machine.

Reaching the far store costs more than reading a token from a file, and each worker would begin by loading its library.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from typing import Protocol, TypeVar

from ansible_collections.apiops.wso2.plugins.plugin_utils._entry_file import Stamp
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError

T = TypeVar("T")

# For so long others may have renewed or revoked a token before this machine notices.
_COPY_SECONDS = 3
# For so long a far store that failed is left alone: each attempt may take seconds, while others wait.
_PAUSE_SECONDS = 10
_TROUBLE = "trouble"
# Stands in the place of a dropped entry for as long as a run may take that has a copy of it.
_NONE = b""
_NONE_SECONDS = 24 * 60 * 60


class FarStore(Protocol):
    """What a C(TokenStore) is, except that nothing is deleted in it, lest that look like an entry that got lost."""

    def read(self, name: str, *, since: float | None = None) -> bytes | None:
        """As there."""

    def write(self, name: str, sealed: bytes, *, seconds: int) -> None:
        """As there."""

    def locks(self, name: str, *, seconds: float) -> Sequence[AbstractContextManager[None]]:
        """As there."""


class NearCopy:
    """far: the store itself. near: where its entries are kept for C(_COPY_SECONDS). In both, C(_NONE) is no entry.

    When the far store fails, or has lost an entry, the copy serves this run; a failure is told where one is written.
    """

    def __init__(self, far: FarStore, *, near: DirectoryStore, clock: Callable[[], float] = time.time) -> None:
        self._far = far
        self._near = near
        self._clock = clock
        self._trouble: StoreError | None = None

    def read(self, name: str, *, since: float | None = None) -> bytes | None:
        copy, written = self._copied(name)
        if written >= (self._clock() - _COPY_SECONDS if since is None else since):
            return copy or None
        if since is None:
            # Not asked for at once by each worker: one of them will, behind the lock.
            return None
        found = None
        with suppress(StoreError):
            found = self._reached(lambda: self._far.read(name))
        sealed = copy if found is None else found
        self._copy(name, sealed)
        return sealed or None

    def write(self, name: str, sealed: bytes, *, seconds: int) -> None:
        self._copy(name, sealed)
        self._reached(lambda: self._far.write(name, sealed, seconds=seconds))

    def delete(self, name: str) -> None:
        self.write(name, _NONE, seconds=_NONE_SECONDS)

    def stamp(self, name: str) -> tuple[Stamp | None, float]:
        copy = self._near.read_dated(name)
        return (None, 0.0) if copy is None else (self._near.stamp(name)[0], copy[1] + _COPY_SECONDS)

    def locks(self, name: str, *, seconds: float) -> Sequence[AbstractContextManager[None]]:
        return [*self._near.locks(name, seconds=seconds), self._far_lock(name, seconds)]

    def _copied(self, name: str) -> tuple[bytes, float]:
        with suppress(StoreError):
            return self._near.read_dated(name) or (_NONE, 0.0)
        return _NONE, 0.0

    def _copy(self, name: str, sealed: bytes) -> None:
        # Without its copy a token is but dearer to come by.
        with suppress(StoreError):
            self._near.write(name, sealed, seconds=_COPY_SECONDS)

    @contextmanager
    def _far_lock(self, name: str, seconds: float) -> Iterator[None]:
        with ExitStack() as held:
            for lock in self._far.locks(name, seconds=seconds):
                self._reached(partial(held.enter_context, lock))
            yield

    def _reached(self, work: Callable[[], T]) -> T:
        """Do WORK on the far store, unless that has just failed: it is enough that one process waits for it."""
        self._trouble = self._trouble or self._recent_trouble()
        if self._trouble is not None:
            raise self._trouble
        try:
            return work()
        except StoreError as error:
            self._trouble = error
            self._copy(_TROUBLE, str(error).encode("utf-8"))
            raise

    def _recent_trouble(self) -> StoreError | None:
        told, at = self._copied(_TROUBLE)
        return StoreError(told.decode("utf-8")) if told and at >= self._clock() - _PAUSE_SECONDS else None
