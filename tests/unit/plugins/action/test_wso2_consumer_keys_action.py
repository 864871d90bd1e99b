# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task: arguments in, protected consumer keys out."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.action.wso2_consumer_keys import ActionModule
from ansible_collections.apiops.wso2.plugins.module_utils import _consumer_keys_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import ConsumerKeys
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import ConsumerKeysRequest
from ansible_collections.apiops.wso2.plugins.module_utils._errors import USER, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    ADMIN_PASSWORD,
    API_MANAGER,
    GIVEN,
    IDENTITY_SERVER,
    KEY,
    PORTAL,
    SECRET,
)

KEYS = ConsumerKeys(consumer_key=KEY, consumer_secret=SECRET, origin="created", is_changed=True)


class Task:
    """One task on one host. calls: what the endpoint was called with."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        outcome: ConsumerKeys | TokenError = KEYS,
        *,
        check_mode: bool = False,
        **changes: Any,
    ) -> None:
        self.calls: list[tuple[str, ConsumerKeysRequest, bool]] = []
        self.warnings: list[str] = []
        self.errors: list[str] = []
        self.module_arguments: list[dict[str, Any]] = []
        self._outcome = outcome
        for name in ("ensure_keys", "remove_keys"):
            monkeypatch.setattr(_consumer_keys_endpoint, name, self._recorder(name))
        given = {**GIVEN, "registration_url": IDENTITY_SERVER, **changes}
        self.task = SimpleNamespace(
            args={name: value for name, value in given.items() if value is not None},
            no_log=False,
            check_mode=check_mode,
            async_val=0,
            environment=None,
            delegate_to=None,
            action="apiops.wso2.wso2_consumer_keys",
            _ds=None,
            _uuid="task 1",
        )

    def _recorder(self, name: str) -> Any:
        def record(request: ConsumerKeysRequest, *, check_mode: bool) -> ConsumerKeys:
            self.calls.append((name, request, check_mode))
            if isinstance(self._outcome, TokenError):
                raise self._outcome
            return self._outcome

        return record

    def _execute_module(
        self, *, module_name: str, module_args: dict[str, Any], task_vars: dict[str, Any]
    ) -> dict[str, Any]:
        assert module_name == "apiops.wso2.wso2_consumer_keys"
        self.module_arguments.append(module_args)
        assert isinstance(self._outcome, ConsumerKeys)
        return {"reply": json.dumps({"keys": self._outcome.to_entry()})}

    def __call__(self, **task_vars: Any) -> dict[str, Any]:
        connection = SimpleNamespace(
            transport="ssh",
            has_pipelining=True,
            become=None,
            _shell=SimpleNamespace(tmpdir="/nowhere"),
            _play_context=SimpleNamespace(no_log=False),
        )
        templar = SimpleNamespace(template=lambda value: value)
        play_context = SimpleNamespace(become=False, no_log=False)
        plugin: Any = ActionModule(self.task, connection, play_context, None, templar, None)
        plugin._display = SimpleNamespace(
            warning=self.warnings.append, display=lambda text, **_given: self.errors.append(text)
        )
        plugin._execute_module = self._execute_module
        plugin._make_tmp_path = lambda *_args: "/nowhere"
        plugin._remove_tmp_path = lambda *_args, **_given: None
        return dict(plugin.run(None, {"inventory_hostname": "web1", **task_vars}))


def test_a_success_is_real_and_censored(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(monkeypatch, organization="acme")
    result = task()
    assert (result["consumer_key"], result["consumer_secret"]) == (KEY, SECRET)
    assert (result["origin"], result["changed"]) == ("created", True)
    assert result["_ansible_no_log"] is task.task.no_log is True
    assert task.task.args["password"] == MASK
    name, request, check_mode = task.calls[0]
    assert (name, request.basic, check_mode) == ("ensure_keys", ("admin@acme", ADMIN_PASSWORD), False)


def test_variables_for_what_is_not_about_one_task(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(monkeypatch, username=None, password=None, registration_url=None)
    variables = {
        "wso2_username": "ada",
        "wso2_password": "ada-pw-made-up",
        "wso2_portal_url": PORTAL,
        "wso2_tenant": "acme",
        "wso2_name": "ignored",
        "wso2_access_token": "ignored",
        "wso2_grant_types": ["ignored"],
    }
    task(**variables)
    request = task.calls[0][1]
    assert (request.basic, request.url) == (("ada@acme", "ada-pw-made-up"), PORTAL)
    assert (request.name, request.bearer, request.grant_types) == (GIVEN["name"], None, ("password", "refresh_token"))


def test_hosts_share_one_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Task(monkeypatch)
    assert first(inventory_hostname="web1")["changed"] is True
    second = Task(monkeypatch)
    result = second(inventory_hostname="web2")
    assert (result["changed"], result["consumer_secret"], second.calls) == (False, SECRET, [])


def test_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(monkeypatch, ConsumerKeys(is_changed=True), state="absent")
    result = task()
    assert (result["changed"], result["consumer_key"]) == (True, None)
    assert task.calls[0][0] == "remove_keys"


@pytest.mark.parametrize("state", ["present", "absent"])
def test_check_mode(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(monkeypatch, check_mode=True, state=state)
    task()
    assert [call[2] for call in task.calls] == [True]


def test_a_failure_is_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    error = TokenError(f"HTTP 401: {ADMIN_PASSWORD}", hint="Check it", http_status=401, attempts=1, subject=USER)
    task = Task(monkeypatch, error)
    result = task()
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"] == f"HTTP 401: {MASK}. Check it."
    assert (result["failure"]["attempts"], result["failure"]["hint"]) == (1, "Check it")
    assert task.task.no_log is False


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": None}, "name is missing"),
        ({"registration_url": None}, "registration_url or portal_url is required"),
        ({"registration_url": API_MANAGER, "state": "absent"}, "state cannot be absent"),
        ({"names": "x"}, "names is not an option"),
        ({"name": 7}, "name must be a string"),
    ],
)
def test_options_that_are_wrong(changes: dict[str, Any], text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(monkeypatch, **changes)
    assert text in task()["msg"]
    assert task.calls == []


def test_options_of_the_token_modules_in_module_defaults_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """All modules of the collection are in one action group."""
    others = {
        "token_url": "https://h.example/token",
        "client_id": "x",
        "consumer_secret": "other-secret-made-up",
        "scopes": ["a"],
        "token_store": "none",
        "min_validity": 5,
        "revoke_url": "https://h.example/revoke",
    }
    task = Task(monkeypatch, **others)
    assert task()["consumer_key"] == KEY
    assert task.task.args["consumer_secret"] == MASK


def test_warnings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(monkeypatch, ConsumerKeys(warnings=("Nothing was sent.",)), check_mode=True)
    task()
    assert task.warnings == ["wso2_consumer_keys: Nothing was sent."]


def test_the_managed_node_sends_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(monkeypatch, request_from="managed_node")
    result = task()
    assert (result["consumer_secret"], task.calls) == (SECRET, [])
    assert task.module_arguments[0]["password"] == ADMIN_PASSWORD
    assert task.module_arguments[0]["state"] == "present"


def test_what_came_through_a_managed_node_is_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    Task(monkeypatch, request_from="managed_node")()
    here = Task(monkeypatch)
    here()
    assert len(here.calls) == 1


def test_secrets_are_registered(monkeypatch: pytest.MonkeyPatch, registered_secrets: list[str]) -> None:
    Task(monkeypatch)()
    assert {ADMIN_PASSWORD, SECRET, f"admin:{ADMIN_PASSWORD}"} <= set(registered_secrets)
