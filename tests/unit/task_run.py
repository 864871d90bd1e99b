# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task on one host as ansible-core executes its action plugin, and an endpoint that records its requests."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.action import wso2_password_token
from ansible_collections.apiops.wso2.plugins.action.wso2_password_token import ActionModule
from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.tests.unit.examples import GIVEN
from ansible_collections.apiops.wso2.tests.unit.shared_run import Endpoint

TEMPORARY_DIRECTORY = "/tmp/there"  # noqa: S108 - on the managed node, never used


def record_requests(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """Replace the endpoint that the control node sends requests to."""
    recording = Endpoint(time.time)
    for name in ("request_token", "refresh_token", "revoke_token"):
        monkeypatch.setattr(_token_endpoint, name, getattr(recording, name))
    return recording


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    return record_requests(monkeypatch)


@pytest.fixture(autouse=True)
def facts_without_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As before ansible-core 2.21, because the later interface needs the whole executor."""
    monkeypatch.setattr(wso2_password_token, "_VARIABLE_LAYER", None)


class TaskRun:
    """module_result: what the module returns on the managed node.

    module_names, module_arguments: which module runs there, and its arguments, in each call.
    """

    plugin_class: type[ActionModule] = ActionModule
    action = "apiops.wso2.wso2_password_token"
    given: Mapping[str, Any] = GIVEN

    def __init__(
        self,
        *,
        environment: list[Any] | None = None,
        no_log: bool = False,
        check_mode: bool = False,
        delegate_to: str | None = None,
        arguments: dict[str, Any] | None = None,
        uuid: str = "task 1",
        **changes: Any,
    ) -> None:
        self.task = SimpleNamespace(
            args={**self.given, **changes} if arguments is None else arguments,
            no_log=no_log,
            check_mode=check_mode,
            async_val=0,
            environment=environment,
            delegate_to=delegate_to,
            action=self.action,
            _ds=None,
            _uuid=uuid,
        )
        self.connection = SimpleNamespace(
            transport="ssh",
            has_pipelining=True,
            become=None,
            _shell=SimpleNamespace(tmpdir=TEMPORARY_DIRECTORY),
            _play_context=SimpleNamespace(no_log=False),
        )
        self.warnings: list[str] = []
        self.errors: list[str] = []
        self.module_result: dict[str, Any] = {}
        self.module_names: list[str] = []
        self.module_arguments: list[dict[str, Any]] = []
        self.is_suppressed: list[bool] = []
        self.removed: list[str] = []
        self._create_plugin()

    def _create_plugin(self) -> None:
        templar = SimpleNamespace(template=lambda value: value)
        play_context = SimpleNamespace(become=False, no_log=False)
        plugin: Any = self.plugin_class(self.task, self.connection, play_context, None, templar, None)
        plugin._display = SimpleNamespace(
            warning=self.warnings.append, display=lambda text, **_given: self.errors.append(text)
        )
        plugin._execute_module = self._execute_module
        plugin._make_tmp_path = lambda *_args: TEMPORARY_DIRECTORY
        plugin._remove_tmp_path = lambda path, **_given: self.removed.append(path)
        self.plugin = plugin

    def _execute_module(
        self, *, module_name: str, module_args: dict[str, Any], task_vars: dict[str, Any]
    ) -> dict[str, Any]:
        self.module_names.append(module_name)
        self.module_arguments.append(module_args)
        self.is_suppressed.append(self.task.no_log and self.connection._play_context.no_log)
        return self.module_result

    def __call__(self, **task_vars: Any) -> dict[str, Any]:
        return dict(self.plugin.run(None, {"inventory_hostname": "web1", **task_vars}))

    def retry(self, **task_vars: Any) -> dict[str, Any]:
        """A retry of the same task gets a new action plugin."""
        self._create_plugin()
        return self(**task_vars)
