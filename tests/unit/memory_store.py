# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A token store in memory that can be broken, and that knows how often it was locked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import StoreError

OPERATIONS = ("read", "write", "delete", "lock")


class MemoryStore:
    """broken: which of the C(OPERATIONS) raise C(StoreError)."""

    def __init__(self, *broken: str) -> None:
        self.broken = set(broken)
        self.entries: dict[str, bytes] = {}
        self.seconds: dict[str, int] = {}
        self.locked_names: list[str] = []
        self.held: list[str] = []

    def read(self, name: str, *, since: float | None = None) -> bytes | None:
        self._check("read")
        return self.entries.get(name)

    def write(self, name: str, sealed: bytes, *, seconds: int) -> None:
        self._check("write")
        self.seconds[name] = seconds
        self.entries[name] = sealed

    def delete(self, name: str) -> None:
        self._check("delete")
        self.entries.pop(name, None)

    def locks(self, name: str, *, seconds: float) -> list[AbstractContextManager[None]]:
        return [self.locked(name, seconds=seconds)]

    @contextmanager
    def locked(self, name: str, *, seconds: float) -> Iterator[None]:
        self._check("lock")
        assert seconds > 0
        assert name not in self.held
        self.locked_names.append(name)
        self.held.append(name)
        try:
            yield
        finally:
            self.held.remove(name)

    def _check(self, operation: str) -> None:
        if operation in self.broken:
            raise StoreError(f"no {operation} today")
