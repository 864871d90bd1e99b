# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which options hold secrets, and what of their values must not be shown."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils._secret_options import secrets_in

VALUES: list[tuple[str, dict[str, Any], list[str]]] = [
    # id, options, secrets
    ("by their names", {"password": "s1", "consumer_secret": "s2", "refresh_token": "s3"}, ["s1", "s2", "s3"]),
    ("by an alias", {"client_secret": "s1"}, ["s1"]),
    ("by a name that is none", {"passwrd": "s1"}, ["s1"]),
    ("no text", {"password": 36}, ["36"]),
    ("empty", {"password": "", "consumer_secret": None}, []),
    ("no secrets", {"username": "alice", "client_id": "ck", "state": "present", "timeout": 30, "scopes": ["a"]}, []),
]


@pytest.mark.parametrize(("options", "secrets"), [row[1:] for row in VALUES], ids=[row[0] for row in VALUES])
def test_secret_and_unknown_names(options: dict[str, Any], secrets: list[str]) -> None:
    assert secrets_in(options) == secrets


STORES = [
    # id, option, secrets
    ("run", "run", []),
    ("a directory", "/var/user:pw@host", []),
    ("no password", "redis://host:6379/0", []),
    ("a user alone", "redis://user@host", []),
    ("a password", "redis://:redis-pw@host", ["redis-pw", "redis-pw"]),
    ("an encoded password", "rediss://user:a%2Fb@host", ["a%2Fb", "a/b"]),
    ("a password that is not encoded", "rediss://user:a/b?c#d@host", ["a/b?c#d", "a/b?c#d"]),
    ("a password in the query", "redis://host/0?password=a%2Fb&client_name=x", ["a/b"]),
    ("passwords in both places", "redis://:one@host/0?password=two", ["one", "one", "two"]),
    ("nonsense", "redis://user:pw@[host", ["redis://user:pw@[host"]),
    ("no text", 5, []),
    ("nothing", None, []),
]


@pytest.mark.parametrize(("named", "secrets"), [row[1:] for row in STORES], ids=[row[0] for row in STORES])
def test_the_password_of_a_store(named: Any, secrets: list[str]) -> None:
    assert secrets_in({"token_store": named}) == secrets
