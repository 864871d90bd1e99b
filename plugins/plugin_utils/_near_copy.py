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
from typing import TypeVar

from ansible_collections.apiops.wso2.plugins.plugin_utils._token_store import DirectoryStore, StoreError, TokenStore

T = TypeVar("T")

# For so long others may have renewed or revoked a token before this machine notices.
_COPY_SECONDS = 3


class NearCopy:
    """far: the store itself. near: where its entries are kept for C(_COPY_SECONDS); an empty one means that none is.

    When the far store fails, the copy serves this machine alone, and the failure is told where an entry is written.
    """

    def __init__(self, far: TokenStore, *, near: DirectoryStore, clock: Callable[[], float] = time.time) -> None:
        self._far = far
        self._near = near
        self._clock = clock
        self._trouble: StoreError | None = None

    def read(self, name: str, *, since: float | None = None) -> bytes | None:
        copy, written = self._near.read_dated(name) or (b"", 0.0)
        if written >= (self._clock() - _COPY_SECONDS if since is None else since):
            return copy or None
        if since is None:
            # Not asked for at once by each worker: one of them will, behind the lock.
            return None
        try:
            sealed = self._reached(lambda: self._far.read(name))
        except StoreError:
            sealed = copy or None
        self._copy(name, sealed or b"")
        return sealed

    def write(self, name: str, sealed: bytes, *, seconds: int) -> None:
        self._copy(name, sealed)
        self._reached(lambda: self._far.write(name, sealed, seconds=seconds))

    def delete(self, name: str) -> None:
        self._copy(name, b"")
        self._reached(lambda: self._far.delete(name))

    def locks(self, name: str, *, seconds: float) -> Sequence[AbstractContextManager[None]]:
        return [*self._near.locks(name, seconds=seconds), self._far_lock(name, seconds)]

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
        """Do WORK on the far store, unless that has failed before: waiting for it once is enough."""
        if self._trouble is not None:
            raise self._trouble
        try:
            return work()
        except StoreError as error:
            self._trouble = error
            raise
