# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Which store the option C(token_store) names."""

from __future__ import annotations

import hashlib
import os
from urllib.parse import parse_qsl, unquote, urlsplit

from ansible import constants as C

from ansible_collections.apiops.wso2.plugins.module_utils._token_error import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_store import DirectoryStore, TokenStore

_REDIS_SCHEMES = ("redis://", "rediss://")


def open_store(named: str) -> TokenStore | None:
    """The store that the option names; None for C(none). Touches nothing yet. Raises C(OptionError)."""
    if named == "none":
        return None
    if named == "run":
        return run_store()
    if named.startswith(_REDIS_SCHEMES):
        # Here, so that who does not use Redis need not load what is for it.
        from ansible_collections.apiops.wso2.plugins.plugin_utils._near_copy import NearCopy
        from ansible_collections.apiops.wso2.plugins.plugin_utils._redis_store import RedisStore

        far = RedisStore(named)
        return NearCopy(far, near=run_store(far.shown_url))
    directory = os.path.expanduser(named)
    if not os.path.isabs(directory) or "\0" in directory:
        raise OptionError("token_store", "is none of run, none, the absolute path of a directory, and a redis:// URL")
    return DirectoryStore(directory)


def run_store(copy_of: str = "") -> DirectoryStore:
    """A store that lives and dies with this run of ansible, inside the directory that ansible-core makes for it."""
    name = f"apiops.wso2-{hashlib.sha256(copy_of.encode('utf-8')).hexdigest()}" if copy_of else "apiops.wso2"
    return DirectoryStore(os.path.join(C.DEFAULT_LOCAL_TMP, name))


def secrets_in_option(named: object) -> list[str]:
    """What must not be shown of the option: the password of a Redis, as written and as meant."""
    if not isinstance(named, str) or not named.startswith(_REDIS_SCHEMES):
        return []
    try:
        parts = urlsplit(named)
    except ValueError:
        return [named]
    # Also where a character in it that is not encoded makes another URL of it.
    password = parts.password or named.partition("//")[2].rpartition("@")[0].partition(":")[2]
    # redis-py takes it from either place.
    in_query = [value for name, value in parse_qsl(parts.query) if name == "password"]
    return [*([password, unquote(password)] if password else []), *in_query]
