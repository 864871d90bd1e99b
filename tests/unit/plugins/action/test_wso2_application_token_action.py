# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task for an application's own token: no user, another grant, and everything else as for a user's token."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.action.wso2_application_token import ActionModule
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    APPLICATION,
    APPLICATION_RESPONSE,
    CONSUMER_SECRET,
    USER_VARIABLES,
    application_token,
)
from ansible_collections.apiops.wso2.tests.unit.shared_run import PASSWORD as TOKEN_REQUEST
from ansible_collections.apiops.wso2.tests.unit.shared_run import WRONG_CLIENT, Endpoint, granted

endpoint, facts_without_layers = task_run.endpoint, task_run.facts_without_layers


class TaskRun(task_run.TaskRun):
    plugin_class = ActionModule
    action = "apiops.wso2.wso2_application_token"
    given = APPLICATION


@pytest.fixture(autouse=True)
def one_token(endpoint: Endpoint) -> None:
    endpoint.password = [application_token()]


def test_a_success_is_real_and_censored(endpoint: Endpoint) -> None:
    run = TaskRun()
    result = run()
    assert (result["access_token"], result["origin"], result["changed"]) == (ACCESS_TOKEN, "granted", True)
    assert (result["refresh_token"], result["id_token"]) == (None, None)
    assert result["_ansible_no_log"] is run.task.no_log is True
    assert run.task.args["consumer_secret"] == MASK
    assert endpoint.last.grant == "client_credentials"


def test_the_result_has_the_keys_of_a_users_token(endpoint: Endpoint) -> None:
    assert TaskRun()().keys() == task_run.TaskRun()().keys()


def test_variables_of_a_user_are_ignored(endpoint: Endpoint) -> None:
    """Also one that cannot be templated, such as a password from a vault that this host cannot read."""
    variables = {f"wso2_{name}": value for name, value in APPLICATION.items()}
    result = TaskRun(arguments={})(**variables, **USER_VARIABLES)
    assert result["access_token"] == ACCESS_TOKEN
    assert (endpoint.last.username, endpoint.last.password, endpoint.last.organization) == (None, None, None)
    assert endpoint.last.consumer_secret == CONSUMER_SECRET


def test_variables_of_a_user_are_not_even_templated(endpoint: Endpoint) -> None:
    run = TaskRun()
    run.plugin._templar.template = lambda value: pytest.fail(f"{value} was templated")
    assert run(wso2_password="{{ lookup('vault') }}")["access_token"] == ACCESS_TOKEN


@pytest.mark.parametrize("name", ["username", "password", "organization", "tenant", "refresh_token"])
def test_a_user_is_no_option(name: str, endpoint: Endpoint) -> None:
    run = TaskRun(**{name: "s3cret-value"})
    result = run()
    assert result["msg"].startswith(f"{name} is not an option")
    assert "s3cret-value" not in json.dumps(result)
    assert run.task.args[name] == MASK
    assert endpoint.requests == []


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_secret_nothing_is_sent(secret: str | None, endpoint: Endpoint) -> None:
    result = TaskRun(consumer_secret=secret)()
    assert result["msg"].startswith("consumer_secret is missing")
    assert (result["failed"], result["failure"]["attempts"], endpoint.requests) == (True, 0, [])


@pytest.mark.parametrize("token_store", ["run", "directory"])
def test_a_users_token_of_the_same_application_is_another_one(
    token_store: str, endpoint: Endpoint, tmp_path: Any
) -> None:
    store = token_store if token_store == "run" else str(tmp_path / "tokens")
    assert TaskRun(token_store=store)()["access_token"] == ACCESS_TOKEN
    endpoint.password = [granted()]
    assert task_run.TaskRun(token_store=store)()["access_token"] == "granted"
    assert [run(token_store=store)()["origin"] for run in (TaskRun, task_run.TaskRun)] == ["stored", "stored"]
    assert endpoint.requests == [TOKEN_REQUEST] * 2


@pytest.mark.parametrize("order", [(TaskRun, task_run.TaskRun), (task_run.TaskRun, TaskRun)], ids=["first", "second"])
def test_a_rejected_client_is_sent_once(order: tuple[type[task_run.TaskRun], ...], endpoint: Endpoint) -> None:
    endpoint.password = [WRONG_CLIENT]
    messages = [run()()["msg"] for run in order]
    assert endpoint.requests == [TOKEN_REQUEST]
    assert messages[1].startswith("The server rejected this client earlier in this run")
    assert TaskRun(force=True, uuid="forced")()["failure"]["attempts"] == 1


class TestForce:
    def test_a_new_token_is_requested(self, endpoint: Endpoint) -> None:
        TaskRun()()
        endpoint.password = [application_token(access_token="second")]
        result = TaskRun(force=True, uuid="forced")()
        assert (result["access_token"], result["origin"], result["changed"]) == ("second", "granted", True)
        assert TaskRun()()["access_token"] == "second"

    def test_the_same_token_again_is_no_change(self, endpoint: Endpoint) -> None:
        TaskRun()()
        endpoint.password = [application_token(expires_in=1207)]
        run = TaskRun(force=True, uuid="forced")
        result = run()
        assert (result["access_token"], result["origin"], result["changed"]) == (ACCESS_TOKEN, "granted", False)
        assert run.warnings == [
            "wso2_application_token: The server returned the same token again; it issues no other one before this one "
            "expires"
        ]


def test_the_same_token_with_too_few_seconds(endpoint: Endpoint) -> None:
    """It is returned while it is valid, with one warning in each task, and the server gets one request."""
    endpoint.password = [application_token(expires_in=97)]
    runs = [TaskRun(min_validity=600) for _host in range(3)]
    results = [run() for run in runs]
    assert [result["access_token"] for result in results] == [ACCESS_TOKEN] * 3
    assert [len(run.warnings) for run in runs] == [1, 1, 1]
    assert "The server issues no other token before this one expires" in runs[0].warnings[0]
    assert endpoint.requests == [TOKEN_REQUEST]


class TestCheckMode:
    def test_a_token_is_requested_and_is_no_change(self, endpoint: Endpoint) -> None:
        result = TaskRun(check_mode=True)()
        assert (result["access_token"], result["changed"]) == (ACCESS_TOKEN, False)
        assert TaskRun()()["origin"] == "stored"

    def test_nothing_is_requested_again(self, endpoint: Endpoint) -> None:
        TaskRun()()
        assert TaskRun(check_mode=True, force=True)()["origin"] == "stored"
        assert len(endpoint.requests) == 1

    def test_nothing_is_revoked(self, endpoint: Endpoint) -> None:
        TaskRun()()
        assert TaskRun(check_mode=True, state="absent")()["changed"] is True
        assert endpoint.requests == [TOKEN_REQUEST]


def test_the_cached_token_is_revoked(endpoint: Endpoint) -> None:
    TaskRun()()
    assert TaskRun(state="absent")() == {"changed": True, "revoked": True, "_ansible_no_log": True}
    assert endpoint.requests == [TOKEN_REQUEST, ACCESS_TOKEN]
    assert TaskRun(state="absent")()["changed"] is False
    assert TaskRun()()["origin"] == "granted"


def test_the_token_of_the_owner_is_the_same(endpoint: Endpoint) -> None:
    """What was revoked under one grant is not returned under the other one."""
    TaskRun()()
    endpoint.password = [application_token()]
    task_run.TaskRun()()
    TaskRun(state="absent")()
    endpoint.password = [granted()]
    assert task_run.TaskRun()()["access_token"] == "granted"


def test_the_fact(endpoint: Endpoint) -> None:
    result = TaskRun(fact_name="api_token")()
    assert result["ansible_facts"]["api_token"]["access_token"] == ACCESS_TOKEN


class TestManagedNode:
    def test_the_module_gets_no_user(self, endpoint: Endpoint) -> None:
        run = TaskRun(request_from="managed_node")
        run.module_result = {"reply": json.dumps({"token": APPLICATION_RESPONSE, "dropped": []})}
        assert run(**USER_VARIABLES)["access_token"] == ACCESS_TOKEN
        assert (run.module_names, run.module_arguments) == (["apiops.wso2.wso2_application_token"], [APPLICATION])
        assert endpoint.requests == []

    def test_the_module_revokes(self, endpoint: Endpoint) -> None:
        run = TaskRun(request_from="managed_node")
        run.module_result = {"reply": json.dumps({"token": APPLICATION_RESPONSE, "dropped": []})}
        run()
        run = TaskRun(request_from="managed_node", state="absent")
        run.module_result = {"reply": json.dumps({"revoked": True})}
        assert run()["revoked"] is True
        assert run.module_names == ["apiops.wso2.wso2_password_token"]
        assert run.module_arguments == [{**APPLICATION, "state": "absent", "refresh_token": ACCESS_TOKEN}]
