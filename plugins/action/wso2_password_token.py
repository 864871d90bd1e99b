# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Controller door of the module: options in, a protected result out."""

from __future__ import annotations

import time
from contextlib import suppress
from importlib import import_module
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.apiops.wso2.plugins.plugin_utils._byte_code import ByteCode

with ByteCode():
    from ansible_collections.apiops.wso2.plugins.module_utils._secrets_api import hide
    from ansible_collections.apiops.wso2.plugins.module_utils._redaction import redact
    from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
    from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS
    from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
    from ansible_collections.apiops.wso2.plugins.module_utils._unexpected import unexpected
    from ansible_collections.apiops.wso2.plugins.plugin_utils import _task_protection as protection
    from ansible_collections.apiops.wso2.plugins.plugin_utils._host_fact import check_fact_name, set_host_fact
    from ansible_collections.apiops.wso2.plugins.plugin_utils._local_endpoint import LocalEndpoint
    from ansible_collections.apiops.wso2.plugins.plugin_utils._options import collect
    from ansible_collections.apiops.wso2.plugins.plugin_utils._option_types import typed
    from ansible_collections.apiops.wso2.plugins.plugin_utils._secret_options import secrets_in
    from ansible_collections.apiops.wso2.plugins.plugin_utils._managed_node_endpoint import ShippedEndpoint, Unreachable
    from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import Provision, TokenProvider, Wish
    from ansible_collections.apiops.wso2.plugins.plugin_utils._token_revoker import TokenRemover
    from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import shelf_for

# For the workers, which inherit what is loaded when the strategy looks at this plugin, before it forks them. As a rule
# one of them sends a request, and loading requests would be most of its work. The other is for lookups that follow.
# What cannot be loaded here is told by who needs it.
with ByteCode(), suppress(Exception):
    for room in ("module_utils._token_endpoint", "plugin_utils._cold_answer"):
        import_module(f"ansible_collections.apiops.wso2.plugins.{room}")


class ActionModule(ActionBase):
    _supports_check_mode = True
    # The result of an async task lies in a file that anybody can read.
    _supports_async = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        arguments = protection.take_arguments(self._task)
        secrets = secrets_in(arguments)
        hide(*secrets)
        protection.forget_source(self._task, secrets)
        # Has the base class connect, and report a lost host, while nothing is hushed yet.
        self.TRANSFERS_FILES = not self._runs_here()
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            options = collect(
                arguments, specification=MODULE_OPTIONS, variables=task_vars, template=self._templar.template
            )
            secrets += secrets_in(options)
            hide(*secrets)
            result = self._perform(result, options, task_vars)
            if protection.must_stay_censored(self._task, task_vars, secrets):
                protection.censor(self._task, result)
            return result
        except Unreachable as error:
            return {**result, "unreachable": True, "msg": redact(error.args[0], secrets)}
        except TokenError as error:
            return self._failure(result, error, secrets, task_vars)
        except AnsibleError:
            raise
        except Exception as error:
            return self._failure(result, unexpected(error), secrets, task_vars)

    def _runs_here(self) -> bool:
        """Is the managed node this very machine and user, so that nothing need be shipped?"""
        return (
            self._connection.transport == "local"
            and not self._play_context.become
            and not any(self._task.environment or ())
        )

    def _perform(self, result: dict[str, Any], options: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        checked = typed(options, MODULE_OPTIONS)
        request = TokenRequest.from_options(checked)
        hide(*request.secrets())
        endpoint, place = self._endpoint(request, options, task_vars)
        refresh_token = checked["refresh_token"]
        shelf = shelf_for(request, checked["token_store"], refresh_token=refresh_token, place=place)
        if checked["state"] == "absent":
            remover = TokenRemover(endpoint, shelf)
            removal = remover.remove(request, refresh_token=refresh_token, is_trial=self._task.check_mode)
            return {**result, "changed": removal.changed, "revoked": removal.revoked}
        check_fact_name(checked["fact_name"])
        wish = Wish.from_options(checked, check_mode=self._task.check_mode)
        provision = TokenProvider(endpoint, shelf).obtain(request, wish)
        return self._success(result, provision, fact_name=checked["fact_name"])

    def _endpoint(
        self, request: TokenRequest, options: dict[str, Any], task_vars: dict[str, Any]
    ) -> tuple[LocalEndpoint | ShippedEndpoint, str]:
        """Who sends the request, and the host that the URL means if it means another on each."""
        if self._runs_here():
            return LocalEndpoint(), ""
        endpoint = ShippedEndpoint(lambda arguments: self._ship(arguments, task_vars), options)
        host = self._task.delegate_to or task_vars.get("inventory_hostname")
        return endpoint, str(host) if request.is_loopback else ""

    def _ship(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        connection_context = getattr(self._connection, "_play_context", None)
        with protection.hushed(self._task, self._play_context, connection_context):
            return dict(self._execute_module(module_args=arguments, task_vars=task_vars))

    def _success(self, result: dict[str, Any], provision: Provision, *, fact_name: str | None) -> dict[str, Any]:
        for warning in provision.warnings:
            # Not in the result: a censored one loses its warnings up to ansible-core 2.18.
            self._display.warning(f"wso2_password_token: {warning}")
        hide(*provision.token.secrets())
        handed_out = {**provision.token.to_result(now=int(time.time())), "origin": provision.origin}
        result.update(handed_out, changed=provision.origin != "stored" and not self._task.check_mode)
        set_host_fact(self, result, fact_name, handed_out)
        protection.censor(self._task, result)
        return result

    def _failure(
        self, result: dict[str, Any], error: TokenError, secrets: list[str], task_vars: dict[str, Any]
    ) -> dict[str, Any]:
        shown = error.redacted(secrets)
        result.update(failed=True, changed=False, msg=shown.message, failure=shown.failure())
        if protection.must_stay_censored(self._task, task_vars, secrets):
            if not self._task.no_log:
                protection.show_failure(self._display, task_vars.get("inventory_hostname"), shown.message)
            protection.censor(self._task, result)
        return result
