# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""An entry of a store as a file: where those of this run lie, and what is taken for one."""

from __future__ import annotations

import os
import stat
from typing import Any

from ansible import constants as C

# What of a file changes with its content: its path, its inode, and when it was written (nanoseconds).
Stamp = list[Any]


def run_directory() -> str:
    """A directory that lives and dies with this run of ansible, inside the one that ansible-core makes for it."""
    return os.path.join(C.DEFAULT_LOCAL_TMP, "apiops.wso2")


def read_entry(path: str) -> tuple[bytes, float] | None:
    """The content and when it was written (epoch seconds), or None for what is no entry. Raises C(OSError)."""
    try:
        # Nonblocking, lest a pipe that somebody put there be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not is_private(status):
            return None
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(), status.st_mtime
    finally:
        os.close(descriptor)


def is_private(status: os.stat_result) -> bool:
    """Does it belong to this user, and to nobody else in any way?"""
    return status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) & 0o077 == 0


def stamp_of(path: str) -> Stamp | None:
    """The stamp of the file at PATH, or None if there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return [path, status.st_ino, status.st_mtime_ns]
