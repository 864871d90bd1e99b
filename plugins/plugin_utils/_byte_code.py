# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Imports from this collection by way of byte code, for who is to be quick.

Python keeps the byte code of what it imports, and so does ansible-core of each plugin; but whatever a plugin imports
from a collection, ansible-core compiles from source, in each worker anew. That would be most of a warm lookup's time.
This file is compiled each time, so it is short.
"""

from __future__ import annotations

import sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader
from typing import Any

_ROOMS = (
    "ansible_collections.apiops.wso2.plugins.module_utils.",
    "ansible_collections.apiops.wso2.plugins.plugin_utils.",
)


class ByteCode:
    """What is imported in its C(with) block leaves its byte code beside it, where it may, and comes from there."""

    def __init__(self) -> None:
        self._finders: dict[str, FileFinder] = {}

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if not path or not name.startswith(_ROOMS):
            return None
        if path[0] not in self._finders:
            self._finders[path[0]] = FileFinder(path[0], (SourceFileLoader, SOURCE_SUFFIXES))
        return self._finders[path[0]].find_spec(name)

    def __enter__(self) -> None:
        sys.meta_path.insert(0, self)

    def __exit__(self, *raised: object) -> None:
        sys.meta_path.remove(self)
