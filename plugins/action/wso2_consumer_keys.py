# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of the module wso2_consumer_keys: task arguments in, protected consumer keys out."""

from __future__ import annotations

from os import environ
from typing import Any

from ansible_collections.apiops.wso2.plugins.action.wso2_password_token import ActionModule as _TokenAction
from ansible_collections.apiops.wso2.plugins.module_utils import _consumer_keys_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import CONSUMER_KEYS_OPTIONS, TOKEN_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import ConsumerKeysRequest
from ansible_collections.apiops.wso2.plugins.module_utils._secrets_api import register_secrets
from ansible_collections.apiops.wso2.plugins.plugin_utils._consumer_keys_provider import ConsumerKeysProvider
from ansible_collections.apiops.wso2.plugins.plugin_utils._managed_node_registration import ManagedNodeRegistration
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import convert_options, names_by_option
from ansible_collections.apiops.wso2.plugins.plugin_utils._task_protection import TaskProtection

# The action group has module_defaults for all modules of the collection, and so for options that only tokens have.
_TOKEN_ARGUMENTS = {"revoke_url", *(name for names in names_by_option(TOKEN_OPTIONS).values() for name in names)}


class ActionModule(_TokenAction):
    """The protection, the options and the failures of the token plugins, with another result."""

    OPTIONS = CONSUMER_KEYS_OPTIONS
    ENDPOINT = _consumer_keys_endpoint
    MANAGED_NODE_ENDPOINT = ManagedNodeRegistration

    def _own_arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in arguments.items() if name not in _TOKEN_ARGUMENTS}

    def _perform(
        self, values: dict[str, Any], task_vars: dict[str, Any], protection: TaskProtection, secrets: list[str]
    ) -> dict[str, Any]:
        # The request checks whether there is a name, with a message of its own.
        options = convert_options(values, {**self.OPTIONS, "name": {"type": "str"}})
        request = ConsumerKeysRequest.from_options(options, environ={**environ, **self._task_environment()})
        secrets += request.secrets()
        register_secrets(*request.secrets())
        endpoint, place = self._endpoint(request.is_loopback, options["request_from"], values, task_vars)
        provider = ConsumerKeysProvider(endpoint, request, place=place, failure_seen=protection.failure_seen)
        perform = provider.remove if options["state"] == "absent" else provider.acquire
        keys = perform(check_mode=self._task.check_mode)
        register_secrets(keys.consumer_secret)
        self._warn(keys.warnings)
        return keys.to_result()
