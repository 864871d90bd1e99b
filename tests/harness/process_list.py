# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of running processes, which every user of the machine can read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE_SECONDS = 0.02


@contextmanager
def record_arguments() -> Iterator[set[str]]:
    """Record the arguments of all processes until the block ends; empty on a system without C(/proc)."""
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_PAUSE_SECONDS):
            seen.update(_arguments())

    watcher = threading.Thread(target=watch, name="record-arguments", daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


def _arguments() -> Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            raw = path.read_bytes()
        except OSError:
            continue  # the process has ended
        yield raw.replace(b"\0", b" ").decode("utf-8", "replace")
