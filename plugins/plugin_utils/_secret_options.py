# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Which options hold secrets, and what of their values must not be shown."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS, SECRET_OPTIONS, names_of

REDIS_SCHEMES = ("redis://", "rediss://")

# The URL of a Redis may hold a password.
_HIDDEN_OPTIONS = (*SECRET_OPTIONS, "token_store")

_PUBLIC_NAMES = frozenset(
    name for option in MODULE_OPTIONS if option not in _HIDDEN_OPTIONS for name in names_of(option)
)


def is_hidden(name: str) -> bool:
    """Must the value of the option NAME not be shown? An unknown name counts too: it may be a misspelt C(password)."""
    return name not in _PUBLIC_NAMES


def secrets_in(options: Mapping[str, object]) -> list[str]:
    """The texts in the values of OPTIONS that must not be shown."""
    secrets = [str(value) for name, value in options.items() if is_hidden(name) and value and name != "token_store"]
    return secrets + _secrets_in_url(options.get("token_store"))


def _secrets_in_url(named: object) -> list[str]:
    """The password of a Redis, as written and as meant."""
    if not isinstance(named, str) or not named.startswith(REDIS_SCHEMES):
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
