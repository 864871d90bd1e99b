# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of the module: task arguments in, protected result out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from os import environ
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins import action
from ansible.plugins.action import ActionBase
from ansible.utils.vars import isidentifier

from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS, Options
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError, unexpected
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import display_text, is_displayable, own_text
from ansible_collections.apiops.wso2.plugins.module_utils._secrets_api import register_secrets
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import PASSWORD_GRANT, TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._managed_node_endpoint import ManagedNode, ManagedNodeEndpoint
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import convert_options, read_options, secrets_in
from ansible_collections.apiops.wso2.plugins.plugin_utils._task_protection import TaskProtection, cleaned_up_by
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache, task_start
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import (
    STORED,
    AcquiredToken,
    AcquireOptions,
    TokenProvider,
)

# Since ansible-core 2.21. Before, each fact of a task is written to the fact cache.
_VARIABLE_LAYER: Any = getattr(action, "VariableLayer", None)


class ActionModule(ActionBase):
    """OPTIONS: those of the module. GRANT: how a token is requested.

    ENDPOINT, MANAGED_NODE_ENDPOINT: what sends the requests from either machine.
    """

    GRANT = PASSWORD_GRANT
    OPTIONS: Options = MODULE_OPTIONS[GRANT]
    ENDPOINT: Any = _token_endpoint
    MANAGED_NODE_ENDPOINT: type[ManagedNode] = ManagedNodeEndpoint

    _supports_check_mode = True
    # ansible-core writes the result of an asynchronous task to a file that everybody can read.
    _supports_async = False
    # No connection is opened unless the managed node sends the request.
    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task_vars = task_vars or {}
        protection = TaskProtection.of(self._task, self.OPTIONS)
        secrets = secrets_in(protection.arguments, self.OPTIONS)
        register_secrets(*secrets)
        protection.forget_source(secrets)
        result: dict[str, Any] = {}
        try:
            result = super().run(tmp, task_vars)
            arguments = self._own_arguments(protection.arguments)
            values = read_options(arguments, options=self.OPTIONS, variables=task_vars, template=self._templar.template)
            secrets += secrets_in(values, self.OPTIONS)
            register_secrets(*secrets)
            result.update(self._perform(values, task_vars, protection, secrets))
            protection.censor(result)
            return result
        except TokenError as error:
            failed = error
        except BaseException as error:
            if isinstance(error, AnsibleError) and not is_displayable(str(error), secrets):
                # The words of a managed node or of a template are in it.
                text = display_text(str(error), secrets)
                if isinstance(error, AnsibleConnectionFailure):
                    protection.show(result, task_vars, secrets)
                    raise AnsibleConnectionFailure(text) from None
                failed = TokenError(text.rstrip("."))
            elif isinstance(error, AnsibleError) or not isinstance(error, Exception):
                # ansible-core's own words about the task or the connection, or its timeout.
                protection.show(result, task_vars, secrets)
                raise
            else:
                failed = unexpected(error)
        return self._failure(result, failed.redacted(secrets), protection, task_vars, secrets)

    def _own_arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The ARGUMENTS of the task that this plugin has to understand."""
        return arguments

    def _perform(
        self, values: dict[str, Any], task_vars: dict[str, Any], protection: TaskProtection, secrets: list[str]
    ) -> dict[str, Any]:
        options = convert_options(values, self.OPTIONS)
        request = TokenRequest.from_options(options, grant=self.GRANT, environ={**environ, **self._task_environment()})
        secrets += request.secrets()
        register_secrets(*request.secrets())
        self._check_fact_name(options["fact_name"], task_vars)
        endpoint, place = self._endpoint(request.is_loopback, options["request_from"], values, task_vars)
        acquire_options = AcquireOptions.from_options(
            options,
            force_since=task_start(str(self._task._uuid)) if options["force"] else 0.0,
            check_mode=self._task.check_mode,
            failure_seen=protection.failure_seen,
        )
        cache = TokenCache(request, options["token_store"], refresh_token=acquire_options.refresh_token, place=place)
        provider = TokenProvider(endpoint, cache, request, acquire_options)
        if options["state"] == "absent":
            revocation = provider.revoke()
            returned = {"changed": revocation.is_changed, "revoked": revocation.revoked}
            return {**returned, **self._host_fact(options["fact_name"], returned)}
        return self._success(provider.acquire(), options["fact_name"])

    def _success(self, acquired: AcquiredToken, fact_name: str | None) -> dict[str, Any]:
        register_secrets(*acquired.token.secrets())
        self._warn(acquired.warnings)
        returned = {**acquired.token.to_result(now=time.time()), "origin": acquired.origin}
        is_changed = acquired.is_changed and acquired.origin != STORED and not self._task.check_mode
        return {**returned, "changed": is_changed, **self._host_fact(fact_name, returned)}

    def _warn(self, warnings: Sequence[str]) -> None:
        for warning in warnings:
            # Not in the result: a censored one loses its warnings up to ansible-core 2.18.
            self._display.warning(own_text(f"{self._task.action.rpartition('.')[2]}: {warning}", ()))

    def _failure(
        self,
        result: dict[str, Any],
        error: TokenError,
        protection: TaskProtection,
        task_vars: dict[str, Any],
        secrets: list[str],
    ) -> dict[str, Any]:
        protection.failure_seen = time.time()
        result.update(failed=True, changed=False, msg=error.message, failure=error.failure())
        if not protection.show(result, task_vars, secrets):
            protection.report_censored(self._display, task_vars.get("inventory_hostname"), error.message)
        return result

    # --- who sends the request

    def _endpoint(
        self, is_loopback: bool, request_from: str, values: dict[str, Any], task_vars: dict[str, Any]
    ) -> tuple[Any, str]:
        """The endpoint, and the place that separates what comes through a managed node from everything else.

        A loopback URL means another server on each host.
        """
        if request_from == "control_node":
            return self.ENDPOINT, ""
        host = str(self._task.delegate_to or task_vars.get("inventory_hostname"))
        place = f"managed node {host}" if is_loopback else "managed node"
        return self.MANAGED_NODE_ENDPOINT(lambda arguments: self._run_module(arguments, task_vars), values), place

    def _run_module(self, arguments: dict[str, Any], task_vars: dict[str, Any]) -> Mapping[str, Any]:
        # Reports a host that cannot be reached, while the output of the connection is still shown.
        self._make_tmp_path()
        connection_context = getattr(self._connection, "_play_context", None)
        protection = TaskProtection.of(self._task, self.OPTIONS)
        # This module alone takes a token to refresh or revoke, and needs no user for that. The request is the same for
        # the token of an application.
        module = "apiops.wso2.wso2_password_token" if "refresh_token" in arguments else self._task.action
        # Without pipelining, the file that the module is in holds its secrets.
        cleaned_up = cleaned_up_by(lambda: self._remove_tmp_path(self._connection._shell.tmpdir))
        with cleaned_up, protection.suppressed_output(self._play_context, connection_context):
            return dict(self._execute_module(module_name=module, module_args=arguments, task_vars=task_vars))

    def _is_pipelining_enabled(self, module_style: str, wrap_async: bool = False) -> bool:
        """Whenever the connection can: otherwise the arguments, secrets included, are written to two disks."""
        can_pipeline = self._connection.has_pipelining and module_style == "new" and not wrap_async
        if can_pipeline and not C.DEFAULT_KEEP_REMOTE_FILES and self._become_can_pipeline():
            return True
        return bool(super()._is_pipelining_enabled(module_style, wrap_async))

    def _become_can_pipeline(self) -> bool:
        become = self._connection.become
        # Older releases do not say it, and su alone cannot.
        return become is None or bool(getattr(become, "pipelining", getattr(become, "name", "") != "su"))

    def _task_environment(self) -> dict[str, str]:
        """The C(environment) of the task and its play, which an action plugin does not inherit."""
        environment: dict[str, str] = {}
        for level in self._task.environment or ():
            templated = self._templar.template(level)
            if isinstance(templated, Mapping):
                environment.update({str(name): str(value) for name, value in templated.items()})
        return environment

    # --- fact_name

    def _check_fact_name(self, name: str | None, task_vars: Mapping[str, Any]) -> None:
        """Raise C(OptionError) if a token cannot become the variable NAME, before any is requested."""
        if name is None:
            return
        if not isidentifier(name) or name.startswith("ansible_"):
            hint = "Use letters, digits and underscores, and do not begin with ansible_"
            raise OptionError("fact_name", "is not a valid name for a variable", hint=hint)
        if _VARIABLE_LAYER is not None:
            return
        if C.config.get_config_value("CACHE_PLUGIN") not in ("memory", "ansible.builtin.memory"):
            problem = "would write the token in plain text to the fact cache, because this is ansible-core before 2.21"
            raise OptionError("fact_name", problem, hint="Use register instead, or the fact cache memory")
        if name in task_vars and name not in (task_vars.get("ansible_facts") or {}):
            problem = f"is {name}, a variable that would take precedence over the fact in ansible-core before 2.21"
            raise OptionError("fact_name", problem, hint="Use another name, or register")

    def _host_fact(self, name: str | None, value: dict[str, Any]) -> dict[str, Any]:
        """What to add to the result so that the host gets the variable NAME."""
        if name is None:
            return {}
        if _VARIABLE_LAYER is None:
            return {"ansible_facts": {name: value}}
        self.register_host_variables({name: value}, _VARIABLE_LAYER.EPHEMERAL_FACT)
        return {}
