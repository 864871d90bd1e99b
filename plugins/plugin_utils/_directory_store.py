# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Where sealed tokens are kept: the port, and the store in a directory, which every process on a machine sees."""

from __future__ import annotations

import errno
import fcntl
import math
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from ansible_collections.apiops.wso2.plugins.plugin_utils._entry_file import (
    Stamp,
    is_private,
    read_entry,
    stamp_of,
)

_LOCK_POLL_SECONDS = 0.02


class StoreError(Exception):
    """The store is of no use now; the text says why, free of secrets."""


class TokenStore(Protocol):
    """Sealed entries by their names. Whatever cannot be used as an entry is not there. Raises C(StoreError)."""

    def read(self, name: str, *, since: float | None = None) -> bytes | None:
        """The entry as it was at SINCE (epoch seconds) or later, or None; without SINCE, as it is at hand."""

    def write(self, name: str, sealed: bytes, *, seconds: int) -> None:
        """Put the entry in the place of the one there may be, at once and whole. It is of use for SECONDS."""

    def delete(self, name: str) -> None:
        """Let there be no such entry."""

    def stamp(self, name: str) -> tuple[Stamp | None, float]:
        """What changes with the entry at hand, and until when (epoch seconds) that is to be relied on."""

    def locks(self, name: str, *, seconds: float) -> Sequence[AbstractContextManager[None]]:
        """What to enter, one after the other, so that nobody else is inside all of them; each waits SECONDS at most.

        Once inside one, a look may show that somebody has done already what the next is for.
        """


class DirectoryStore:
    """A file for each entry and for each lock, readable by its owner alone."""

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def read(self, name: str, *, since: float | None = None) -> bytes | None:
        dated = self.read_dated(name)
        return None if dated is None else dated[0]

    def read_dated(self, name: str) -> tuple[bytes, float] | None:
        """The entry, and when it was written (epoch seconds)."""
        try:
            return read_entry(self._path(name))
        except OSError as error:
            raise self._unusable(error) from None

    def write(self, name: str, sealed: bytes, *, seconds: int) -> None:
        self._make()
        temporary = None
        try:
            descriptor, temporary = tempfile.mkstemp(dir=self._directory, prefix=".new-")
            with os.fdopen(descriptor, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(descriptor)
            os.replace(temporary, self._path(name))
        except OSError as error:
            if temporary is not None and os.path.exists(temporary):
                os.unlink(temporary)
            raise self._unusable(error) from None

    def delete(self, name: str) -> None:
        try:
            os.unlink(self._path(name))
        except FileNotFoundError:
            pass
        except OSError as error:
            raise self._unusable(error) from None

    def stamp(self, name: str) -> tuple[Stamp | None, float]:
        return stamp_of(self._path(name)), math.inf

    def locks(self, name: str, *, seconds: float) -> Sequence[AbstractContextManager[None]]:
        return [self.locked(name, seconds=seconds)]

    @contextmanager
    def locked(self, name: str, *, seconds: float) -> Iterator[None]:
        """The lock of NAME, which ends with whoever holds it."""
        self._make()
        # The kernel ends the lock with its holder, however that dies. The file stays: who unlinked it would leave
        # a waiting process with a lock of its own.
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._path(f"{name}.lock"), flags, 0o600)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            self._wait_for_lock(descriptor, time.monotonic() + seconds)
            yield
        finally:
            os.close(descriptor)

    def _wait_for_lock(self, descriptor: int, deadline: float) -> None:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise self._unusable(error) from None
            if time.monotonic() >= deadline:
                raise StoreError(f"the token store {self._directory} was locked by another process for too long")
            time.sleep(_LOCK_POLL_SECONDS)

    def _make(self) -> None:
        try:
            os.makedirs(self._directory, mode=0o700, exist_ok=True)
            status = os.stat(self._directory)
        except OSError as error:
            raise self._unusable(error) from None
        if not is_private(status):
            raise StoreError(f"the token store {self._directory} belongs to somebody else, or others may enter it")

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)

    def _unusable(self, error: OSError) -> StoreError:
        return StoreError(f"the token store {self._directory} cannot be used ({error.strerror})")
