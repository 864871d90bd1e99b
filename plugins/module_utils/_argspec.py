# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The options that both doors share: their types, and the names of those that hold secrets."""

from __future__ import annotations

# What the lookup and the module both understand. The plugin documentation says what each means.
SHARED_OPTIONS: dict[str, dict[str, object]] = {
    "token_url": {"type": "str", "default": "https://gateway.api.cloud.wso2.com/token", "no_log": False},
    "consumer_key": {"type": "str", "aliases": ["client_id"], "no_log": False},
    "consumer_secret": {"type": "str", "aliases": ["client_secret"], "no_log": True},
    "client_authentication": {"type": "str", "choices": ["basic", "body"], "default": "basic"},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "organization": {"type": "str", "aliases": ["organization_key", "tenant"], "no_log": False},
    "scope": {"type": "list", "elements": "str", "aliases": ["scopes"], "default": []},
    "require_scope": {"type": "bool", "default": False},
    "min_validity": {"type": "int"},
    "force": {"type": "bool", "default": False},
    "token_store": {"type": "str", "default": "run", "no_log": False},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
    "timeout": {"type": "int", "default": 30},
    "retries": {"type": "int", "default": 3},
    "use_proxy": {"type": "bool", "default": True},
}

# What the module understands besides.
TASK_OPTIONS: dict[str, dict[str, object]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "refresh_token": {"type": "str", "no_log": True},
    "revoke_url": {"type": "str"},
    "fact_name": {"type": "str"},
}

MODULE_OPTIONS = {**SHARED_OPTIONS, **TASK_OPTIONS}

# What is said about one task or one lookup; never taken from variables, environment or ansible.cfg.
GIVEN_ONLY_OPTIONS = ("fact_name", "force", "refresh_token", "state")

SECRET_OPTIONS = tuple(name for name, spec in MODULE_OPTIONS.items() if spec.get("no_log"))


def names_of(option: str) -> list[str]:
    """The option's own name and its aliases."""
    aliases = MODULE_OPTIONS[option].get("aliases", [])
    return [option, *aliases]  # type: ignore[misc]
