# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The token store: the port, and the store in a directory, which every process of a user on a machine shares."""

from __future__ import annotations

import fcntl
import math
import os
import stat
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Protocol

from ansible import constants as C

# A response of 1 MiB fits, with all escapes. More is not read into memory.
_LARGEST_ENTRY = 4 * 1024 * 1024
_LONGEST_TTL = 10 * 365 * 24 * 60 * 60
# The time at which an entry expires, in front of it. It is not authenticated: a forged one can only hide the entry, or
# keep it on the disk, and the encrypted token has its own expiry.
_HEADER = struct.Struct(">d")
_SALT_BYTES = 32
_SALT = "salt"
_SWEEP = ".swept"
_SWEEP_SECONDS = 60 * 60
_LOCK_SUFFIX = ".lock"
_RESERVATION_SUFFIX = ".reserved"
_TEMPORARY_PREFIX = ".new-"

# Path, inode and time of the last write in nanoseconds (zeros if there is no file), and the epoch seconds until which
# that is all that needs to be looked at.
EntryVersion = tuple[str, int, int, float]


class StoreError(Exception):
    """The store cannot be used now. The text says why, and contains no secret."""


class TokenStore(Protocol):
    """Encrypted entries by name. Whatever cannot be an entry is not there. Each method raises C(StoreError)."""

    shown_name: str

    def read(self, name: str) -> bytes | None:
        """The entry, or None if there is none or it has expired."""

    def write(self, name: str, entry: bytes, ttl: int) -> None:
        """Replace the entry as a whole. It expires after TTL seconds."""

    def delete(self, name: str) -> None:
        """Remove the entry, if there is one."""

    def lock(self, name: str) -> AbstractContextManager[None]:
        """Held by one process at a time. The others wait as long as the holder lives."""

    def version(self, name: str) -> EntryVersion:
        """What changes with the entry."""

    def salt(self) -> bytes:
        """Random bytes that belong to the store and never change."""


class DirectoryStore:
    """A file for each entry and for each lock, readable by its owner alone."""

    def __init__(self, directory: str) -> None:
        self.shown_name = directory
        self._directory = directory

    def read(self, name: str) -> bytes | None:
        content = self._content(name)
        if content is None or len(content) < _HEADER.size or _HEADER.unpack_from(content)[0] <= time.time():
            return None
        return content[_HEADER.size :]

    def write(self, name: str, entry: bytes, ttl: int) -> None:
        self._create_directory()
        self._sweep()
        expires_at = time.time() + min(max(ttl, 1), _LONGEST_TTL)
        self._replace(name, _HEADER.pack(expires_at) + entry)

    def delete(self, name: str) -> None:
        with self._errors("Cannot write to"), suppress(FileNotFoundError):
            os.unlink(self._path(name))

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        self._create_directory()
        # The kernel releases the lock when its holder ends, however that happens. The file stays, because a process
        # that waits for a file that another one unlinks would get a lock of its own.
        with self._errors("Cannot lock"):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._path(f"{name}{_LOCK_SUFFIX}"), flags, 0o600)
        try:
            with self._errors("Cannot lock"):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def version(self, name: str) -> EntryVersion:
        path = self._path(name)
        with self._errors("Cannot read"), suppress(FileNotFoundError):
            status = os.stat(path)
            return path, status.st_ino, status.st_mtime_ns, math.inf
        return path, 0, 0, math.inf

    def salt(self) -> bytes:
        content = self._content(_SALT)
        if content is not None and len(content) == _SALT_BYTES:
            return content
        with self.lock(_SALT):
            content = self._content(_SALT)
            if content is None or len(content) != _SALT_BYTES:
                content = os.urandom(_SALT_BYTES)
                self._replace(_SALT, content)
        return content

    # --- what only the run's own store and a near cache need

    def create(self, name: str) -> None:
        """Create an empty file, which needs no space on the disk, unless there is one. Raises C(StoreError)."""
        self._create_directory()
        with self._errors("Cannot write to"), suppress(FileExistsError):
            os.close(os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))

    def exists(self, name: str) -> bool:
        """Is there such an entry, expired or not?"""
        return os.path.lexists(self._path(name))

    @contextmanager
    def reservation(self, name: str) -> Iterator[None]:
        """Keep an empty file for NAME, which can become its entry on a full disk. Raises C(StoreError)."""
        self.create(f"{name}{_RESERVATION_SUFFIX}")
        try:
            yield
        finally:
            with suppress(StoreError):
                self.delete(f"{name}{_RESERVATION_SUFFIX}")

    def use_reservation(self, name: str) -> None:
        """Let the empty file be the entry NAME. Raises C(StoreError)."""
        with self._errors("Cannot write to"):
            os.replace(self._path(f"{name}{_RESERVATION_SUFFIX}"), self._path(name))

    def written_at(self, name: str) -> float | None:
        """Epoch seconds at which NAME was written, or None. Raises C(StoreError)."""
        written = self.version(name)[2]
        return written / 1e9 if written else None

    def backdate(self, name: str) -> None:
        """Let NAME look as if it was written long ago. Raises C(StoreError)."""
        with self._errors("Cannot write to"), suppress(FileNotFoundError):
            os.utime(self._path(name), (1, 1))

    # --- files

    def _content(self, name: str) -> bytes | None:
        """The content of a private regular file of a plausible size, else None."""
        # Nonblocking, because opening a pipe would wait for its other end.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        with self._errors("Cannot read"), suppress(FileNotFoundError):
            descriptor = os.open(self._path(name), flags)
            try:
                status = os.fstat(descriptor)
                if stat.S_ISREG(status.st_mode) and _is_private(status) and status.st_size <= _LARGEST_ENTRY:
                    with open(descriptor, "rb", closefd=False) as file:
                        return file.read(_LARGEST_ENTRY)
            finally:
                os.close(descriptor)
        return None

    def _replace(self, name: str, content: bytes) -> None:
        """Replace the file NAME as a whole, by one that its owner alone can read."""
        with self._errors("Cannot write to"):
            descriptor, temporary = tempfile.mkstemp(dir=self._directory, prefix=_TEMPORARY_PREFIX)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(descriptor)
                os.replace(temporary, self._path(name))
            except OSError:
                with suppress(OSError):
                    os.unlink(temporary)
                raise

    def _create_directory(self) -> None:
        with self._errors("Cannot use"):
            os.makedirs(self._directory, mode=0o700, exist_ok=True)
            status = os.stat(self._directory)
        if status.st_uid != os.geteuid():
            problem = "belongs to another user; it must be owned by the current user with mode 0700"
            raise StoreError(f"The token store directory {self._directory} {problem}")
        if not _is_private(status):
            mode = f"{stat.S_IMODE(status.st_mode):04o}"
            problem = f"has mode {mode}; it must be owned by the current user with mode 0700"
            raise StoreError(f"The token store directory {self._directory} {problem}. Use a directory below it")

    def _sweep(self) -> None:
        """Once an hour, remove expired entries and the files of writers that were killed."""
        now = time.time()
        marker = self._path(_SWEEP)
        with suppress(OSError):
            if now - os.stat(marker).st_mtime < _SWEEP_SECONDS:
                return
        with suppress(OSError):
            os.close(os.open(marker, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
            os.utime(marker)
            for entry in list(os.scandir(self._directory)):
                with suppress(OSError):
                    if _is_garbage(entry, now):
                        os.unlink(entry.path)

    def _path(self, name: str) -> str:
        return os.path.join(self._directory, name)

    @contextmanager
    def _errors(self, problem: str) -> Iterator[None]:
        """Raise C(StoreError) for each error of the operating system."""
        try:
            yield
        except OSError as error:
            raise StoreError(f"{problem} the token store {self._directory}: {error.strerror}") from None


def run_directory() -> str:
    """A directory for this run of Ansible alone, inside the one that ansible-core creates for it and removes."""
    return os.path.join(C.DEFAULT_LOCAL_TMP, "apiops.wso2")


def _is_private(status: os.stat_result) -> bool:
    """Does it belong to this user, and can nobody else access it?"""
    return status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) & 0o077 == 0


def _is_garbage(entry: os.DirEntry[str], now: float) -> bool:
    """Is it an entry that has expired, or the file of a writer that did not come to its end?"""
    status = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode):
        return False
    if entry.name.startswith(_TEMPORARY_PREFIX):
        return now - status.st_mtime > _SWEEP_SECONDS / 6
    # Names of entries are hexadecimal and have no suffix. Locks, which have one, can be held at this moment.
    if len(entry.name) != 64 or status.st_size < _HEADER.size:
        return False
    with open(entry.path, "rb") as file:
        return bool(_HEADER.unpack(file.read(_HEADER.size))[0] <= now)
