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

import gc
import sys
from importlib.util import spec_from_file_location
from typing import Any

_ROOMS = (
    "ansible_collections.apiops.wso2.plugins.module_utils.",
    "ansible_collections.apiops.wso2.plugins.plugin_utils.",
)


class ByteCode:
    """What is imported in its C(with) block leaves its byte code beside it, where it may, and comes from there."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if not path or not name.startswith(_ROOMS):
            return None
        return spec_from_file_location(name, f"{path[0]}/{name.rpartition('.')[2]}.py")

    def __enter__(self) -> None:
        sys.meta_path.insert(0, self)
        # What is imported stays, so looking for garbage among it, and in all that the worker inherited, is in vain.
        self._had_gc = gc.isenabled()
        gc.disable()

    def __exit__(self, *raised: object) -> None:
        sys.meta_path.remove(self)
        if self._had_gc:
            gc.enable()
