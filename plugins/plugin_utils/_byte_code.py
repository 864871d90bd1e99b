# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Imports from this collection by way of byte code, for who is to be quick.

Python keeps the byte code of what it imports, and so does ansible-core of each plugin; but whatever a plugin imports
from a collection, ansible-core compiles from source, in each worker anew. That would be most of a warm lookup's time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from types import ModuleType

_ROOMS = tuple(f"ansible_collections.apiops.wso2.plugins.{package}." for package in ("module_utils", "plugin_utils"))


@lru_cache
def _files(directory: str) -> FileFinder:
    return FileFinder(directory, (SourceFileLoader, SOURCE_SUFFIXES))


class _Finder:
    """Finds the rooms of this collection as Python finds any file."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return _files(path[0]).find_spec(name) if path and name.startswith(_ROOMS) else None


@contextmanager
def byte_code() -> Iterator[None]:
    """Have what is imported meanwhile leave its byte code beside it, where it may, and come from there."""
    sys.meta_path.insert(0, _Finder)
    try:
        yield
    finally:
        sys.meta_path.remove(_Finder)
