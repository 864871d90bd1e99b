# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The options of the plugins: types, defaults, aliases, and which of them hold secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Options = Mapping[str, Mapping[str, Any]]

# How to reach a server. Every plugin has them.
CONNECTION_OPTIONS: dict[str, dict[str, Any]] = {
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
    "timeout": {"type": "int", "default": 30},
    "retries": {"type": "int", "default": 3},
    "use_proxy": {"type": "bool", "default": True},
}

# What every request for a token needs.
TOKEN_OPTIONS: dict[str, dict[str, Any]] = {
    "token_url": {"type": "str", "default": "https://gateway.api.cloud.wso2.com/token", "no_log": False},
    "consumer_key": {"type": "str", "aliases": ["client_id"], "no_log": False},
    "consumer_secret": {"type": "str", "aliases": ["client_secret"], "no_log": True},
    "client_authentication": {"type": "str", "choices": ["basic", "body"], "default": "basic"},
    "scope": {"type": "list", "elements": "str", "aliases": ["scopes"], "default": []},
    "require_scope": {"type": "bool", "default": False},
    "min_validity": {"type": "int"},
    "token_store": {"type": "str", "default": "run", "no_log": False},
}

USER_OPTIONS: dict[str, dict[str, Any]] = {
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "organization": {"type": "str", "aliases": ["organization_key", "tenant"], "no_log": False},
}

# What a module understands in addition to a lookup.
TASK_OPTIONS: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "force": {"type": "bool", "default": False},
    "request_from": {"type": "str", "choices": ["control_node", "managed_node"], "default": "control_node"},
    "revoke_url": {"type": "str"},
    "fact_name": {"type": "str"},
}

# By the grant with which the plugin requests a token.
LOOKUP_OPTIONS = {
    "password": {**TOKEN_OPTIONS, **USER_OPTIONS, **CONNECTION_OPTIONS},
    "client_credentials": {**TOKEN_OPTIONS, **CONNECTION_OPTIONS},
}
MODULE_OPTIONS = {
    "password": {
        **LOOKUP_OPTIONS["password"],
        **TASK_OPTIONS,
        "refresh_token": {"type": "str", "no_log": True},
    },
    "client_credentials": {**LOOKUP_OPTIONS["client_credentials"], **TASK_OPTIONS},
}

CONSUMER_KEYS_OPTIONS: dict[str, dict[str, Any]] = {
    "name": {"type": "str", "required": True},
    "registration_url": {"type": "str"},
    "portal_url": {"type": "str"},
    **USER_OPTIONS,
    "registration_token": {"type": "str", "no_log": True},
    "access_token": {"type": "str", "no_log": True},
    "grant_types": {"type": "list", "elements": "str", "default": ["password", "refresh_token"]},
    "callback_url": {"type": "str"},
    "token_lifetimes": {"type": "dict", "no_log": False},
    "key_type": {"type": "str", "choices": ["production", "sandbox"], "default": "production", "no_log": False},
    "key_manager": {"type": "str", "default": "Resident Key Manager", "no_log": False},
    "throttling_policy": {"type": "str", "default": "Unlimited"},
    "shared_with_tenants": {"type": "bool", "default": False},
    "state": TASK_OPTIONS["state"],
    "request_from": TASK_OPTIONS["request_from"],
    **CONNECTION_OPTIONS,
}

# Valid for one task only: never read from variables, the environment or ansible.cfg.
ARGUMENT_ONLY_OPTIONS = (
    "access_token",
    "callback_url",
    "fact_name",
    "force",
    "grant_types",
    "key_manager",
    "key_type",
    "name",
    "refresh_token",
    "shared_with_tenants",
    "state",
    "throttling_policy",
    "token_lifetimes",
)


def secret_options(options: Options) -> tuple[str, ...]:
    """The names of those OPTIONS whose values must never be shown."""
    return tuple(name for name, spec in options.items() if spec.get("no_log"))
