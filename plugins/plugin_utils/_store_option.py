# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Which store the option C(token_store) names."""

from __future__ import annotations

import hashlib
import os

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._byte_code import ByteCode
from ansible_collections.apiops.wso2.plugins.plugin_utils._entry_file import run_directory
from ansible_collections.apiops.wso2.plugins.plugin_utils._secret_options import REDIS_SCHEMES
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, TokenStore


def open_store(named: str) -> TokenStore | None:
    """The store that the option names; None for C(none). Touches nothing yet. Raises C(OptionError)."""
    if named == "none":
        return None
    if named == "run":
        return run_store()
    if named.startswith(REDIS_SCHEMES):
        # Here, so that who does not use Redis need not load what is for it.
        with ByteCode():
            from ansible_collections.apiops.wso2.plugins.plugin_utils._near_copy import NearCopy
            from ansible_collections.apiops.wso2.plugins.plugin_utils._redis_store import RedisStore

        far = RedisStore(named)
        return NearCopy(far, near=run_store(far.shown_url))
    directory = os.path.expanduser(named)
    if not os.path.isabs(directory) or "\0" in directory:
        raise OptionError("token_store", "is none of run, none, the absolute path of a directory, and a redis:// URL")
    return DirectoryStore(directory)


def run_store(copy_of: str = "") -> DirectoryStore:
    """A store that lives and dies with this run of ansible; COPY_OF: the store that it holds copies of."""
    suffix = f"-{hashlib.sha256(copy_of.encode('utf-8')).hexdigest()}" if copy_of else ""
    return DirectoryStore(f"{run_directory()}{suffix}")
