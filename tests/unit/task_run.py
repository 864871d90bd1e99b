# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task on one host as its action plugin is run, and an endpoint in this process that is asked."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants

from ansible_collections.apiops.wso2.plugins.action.wso2_password_token import ActionModule
from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.tests.unit.examples import GIVEN, token


class Endpoint:
    """Stands where the requests are sent from this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.password_error: Exception | None = None
        self.refresh_error: Exception | None = None
        self.revoke_error: Exception | None = None
        monkeypatch.setattr(_token_endpoint, "password_grant", self._password_grant)
        monkeypatch.setattr(_token_endpoint, "refresh_grant", self._refresh_grant)
        monkeypatch.setattr(_token_endpoint, "revoke", self._revoke)

    def _password_grant(self, request: TokenRequest) -> Any:
        self.asked.append(("password", request.username, request.password))
        return self._outcome(self.password_error)

    def _refresh_grant(self, request: TokenRequest, refresh_token: str) -> Any:
        self.asked.append(("refresh", refresh_token))
        return self._outcome(self.refresh_error)

    def _revoke(self, request: TokenRequest, doomed: str) -> bool:
        self.asked.append(("revoke", doomed))
        if self.revoke_error is not None:
            raise self.revoke_error
        return True

    @staticmethod
    def _outcome(error: Exception | None) -> Any:
        if error is not None:
            raise error
        return token(asked_at=int(time.time()))


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setattr(constants, "CONFIG_FILE", None)
    return Endpoint(monkeypatch)


class Run:
    """One task on one host, with what ansible-core puts around it."""

    def __init__(
        self,
        *,
        transport: str = "local",
        become: bool = False,
        environment: list[Any] | None = None,
        no_log: bool = False,
        check_mode: bool = False,
        delegate_to: str | None = None,
        arguments: dict[str, Any] | None = None,
        **changes: Any,
    ) -> None:
        self.task = SimpleNamespace(
            args={**GIVEN, **changes} if arguments is None else arguments,
            no_log=no_log,
            check_mode=check_mode,
            async_val=0,
            environment=environment,
            delegate_to=delegate_to,
            action="apiops.wso2.wso2_password_token",
            _ds=None,
        )
        play_context = SimpleNamespace(become=become, no_log=False)
        self.connection = SimpleNamespace(
            transport=transport,
            _shell=SimpleNamespace(tmpdir="/tmp/there"),  # noqa: S108 - never touched
            _play_context=SimpleNamespace(no_log=False),
        )
        templar = SimpleNamespace(template=lambda value: value)
        self.action = ActionModule(self.task, self.connection, play_context, None, templar, None)
        self.warned: list[str] = []
        self.errors: list[str] = []
        self.action._display = SimpleNamespace(
            warning=self.warned.append, display=lambda text, **_given: self.errors.append(text)
        )
        self.shipped: list[dict[str, Any]] = []
        self.hushed: list[tuple[Any, ...]] = []
        self.shipped_result: dict[str, Any] = token(asked_at=0).to_result(now=0)
        self.action._execute_module = self._execute_module

    def _execute_module(self, *, module_args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        self.shipped.append(module_args)
        self.hushed.append((self.task.no_log, self.connection._play_context.no_log))
        return self.shipped_result

    def __call__(self, **task_vars: Any) -> dict[str, Any]:
        return dict(self.action.run(None, {"inventory_hostname": "web1", **task_vars}))
