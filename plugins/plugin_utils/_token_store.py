# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Where sealed tokens are kept: the port, and the store in a directory, by which every process on a machine sees them.

The run's own store is such a directory inside the one that ansible-core makes for each run and removes at its end.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from ansible import constants as C

from ansible_collections.apiops.wso2.plugins.module_utils._token_error import OptionError

_LOCK_POLL_SECONDS = 0.02


class StoreError(Exception):
    """The store is of no use now; the text says why, free of secrets."""


class TokenStore(Protocol):
    """Sealed entries by their names. Whatever cannot be used as an entry is not there. Raises C(StoreError)."""

    def read(self, name: str) -> bytes | None:
        """The entry, or None."""

    def write(self, name: str, sealed: bytes) -> None:
        """Put the entry in the place of the one there may be, at once and whole."""

    def delete(self, name: str) -> None:
        """Let there be no such entry."""

    def locked(self, name: str, *, seconds: float) -> AbstractContextManager[None]:
        """A context in which nobody else holds the lock of NAME; waits at most SECONDS for it."""


class DirectoryStore:
    """A file for each entry and for each lock, readable by its owner alone."""

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def read(self, name: str) -> bytes | None:
        try:
            # Nonblocking, lest a pipe that somebody put there be waited for.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            descriptor = os.open(self._path(name), flags)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or not _is_private(status):
                return None
            with open(descriptor, "rb", closefd=False) as file:
                return file.read()
        except OSError as error:
            raise self._unusable(error) from None
        finally:
            os.close(descriptor)

    def write(self, name: str, sealed: bytes) -> None:
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

    @contextmanager
    def locked(self, name: str, *, seconds: float) -> Iterator[None]:
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
        if not _is_private(status):
            raise StoreError(f"the token store {self._directory} belongs to somebody else, or others may enter it")

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)

    def _unusable(self, error: OSError) -> StoreError:
        return StoreError(f"the token store {self._directory} cannot be used ({error.strerror})")


def run_store() -> DirectoryStore:
    """The store that lives and dies with this run of ansible."""
    return DirectoryStore(os.path.join(C.DEFAULT_LOCAL_TMP, "apiops.wso2"))


def open_store(named: str) -> TokenStore | None:
    """The store that the option C(token_store) names; None for C(none). Raises C(OptionError)."""
    if named == "none":
        return None
    if named == "run":
        return run_store()
    directory = os.path.expanduser(named)
    if not os.path.isabs(directory) or "\0" in directory:
        raise OptionError("token_store", "is none of run, none and the absolute path of a directory")
    return DirectoryStore(directory)


def _is_private(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) & 0o077 == 0
