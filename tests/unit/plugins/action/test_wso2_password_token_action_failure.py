# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures of the task: readable, without a secret, and hidden only if something secret is printed with them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import CONSUMER_SECRET, GIVEN, PASSWORD, REFRESH_TOKEN, token
from ansible_collections.apiops.wso2.tests.unit.shared_run import (
    PASSWORD as PASSWORD_REQUEST,
)
from ansible_collections.apiops.wso2.tests.unit.shared_run import (
    UNREACHABLE,
    WRONG_PASSWORD,
    Endpoint,
)
from ansible_collections.apiops.wso2.tests.unit.task_run import TaskRun

endpoint, facts_without_layers = task_run.endpoint, task_run.facts_without_layers


def test_a_failure_is_readable_and_shows_no_secret(endpoint: Endpoint) -> None:
    endpoint.password = [TokenError(f"for {PASSWORD}", error=CONSUMER_SECRET, http_status=400, url="u", attempts=1)]
    run = TaskRun()
    assert run() == {
        "failed": True,
        "changed": False,
        "msg": f"for {MASK}.",
        "failure": {
            "error": MASK,
            "error_description": None,
            "http_status": 400,
            "url": "u",
            "attempts": 1,
            "retry_after": None,
            "hint": None,
        },
    }
    assert run.task.no_log is False
    assert run.task.args["password"] == MASK
    assert run.errors == []


def test_a_failure_of_a_task_with_no_log_stays_hidden(endpoint: Endpoint) -> None:
    endpoint.password = [WRONG_PASSWORD]
    run = TaskRun(no_log=True)
    result = run()
    assert (result["_ansible_no_log"], result["msg"]) == (True, WRONG_PASSWORD.message)
    assert run.errors == []


def test_a_failure_with_a_secret_in_the_loop_item(endpoint: Endpoint) -> None:
    """ansible-core shows the item, so that the result is hidden and the message is shown by the plugin."""
    endpoint.password = [WRONG_PASSWORD]
    run = TaskRun()
    result = run(ansible_loop_var="item", item={"pw": PASSWORD})
    assert result["_ansible_no_log"] is run.task.no_log is True
    assert run.errors == [f"ERROR! web1: {WRONG_PASSWORD.message}"]
    harmless = TaskRun()
    assert "_ansible_no_log" not in harmless(ansible_loop_var="item", item="alice")
    assert harmless.errors == []


def test_a_secret_from_a_variable_is_looked_for_in_the_item(endpoint: Endpoint) -> None:
    endpoint.password = [WRONG_PASSWORD]
    variables = {f"wso2_{name}": value for name, value in GIVEN.items()}
    result = TaskRun(arguments={})(ansible_loop_var="item", item=PASSWORD, **variables)
    assert result["_ansible_no_log"] is True


ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("unknown option", {"passwrd": "s3cret"}, "passwrd is not an option"),
    ("given twice", {"client_secret": "s3cret"}, "consumer_secret is given twice"),
    ("wrong type", {"password": ["s3cret"]}, "password must be a string, but it is a list. Quote the value"),
    ("float", {"password": 1.50}, "password must be a string, but it is a float. Quote the value"),
    ("missing", {"password": None}, "password is missing"),
    ("state", {"state": "s3cret"}, "state must be present or absent"),
    ("negative", {"min_validity": -1}, "min_validity must not be negative"),
    ("not a number", {"min_validity": "s3cret"}, "min_validity is not of type int"),
    ("relative store", {"token_store": "s3cret"}, "token_store must be run, none"),
    ("invalid Redis URL", {"token_store": "redis://:s3cret@"}, "token_store "),
    ("organization", {"organization": "a@s3cret"}, "organization must not contain @"),
    ("host of a URL", {"token_url": "http://evil.test\\[::1]/token"}, "token_url contains a backslash"),
]


@pytest.mark.parametrize(("changes", "problem"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_wrong_options_send_nothing(changes: dict[str, Any], problem: str, endpoint: Endpoint) -> None:
    result = TaskRun(**changes)()
    assert result["failed"] is True
    assert result["msg"].startswith(problem)
    assert "s3cret" not in json.dumps(result)
    assert endpoint.requests == []


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_organization_is_none(value: str | None, endpoint: Endpoint) -> None:
    TaskRun(organization=value)()
    assert endpoint.last.username == "alice"


@pytest.mark.parametrize("name", ["wso2_tenant", "wso2_organization_key"])
def test_variables_of_aliases_are_read(name: str, endpoint: Endpoint) -> None:
    TaskRun()(**{name: "org"})
    assert endpoint.last.username == "alice@org"


def test_an_unexpected_error_shows_no_text(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_given: object) -> None:
        raise RuntimeError(REFRESH_TOKEN)

    monkeypatch.setattr(task_run._token_endpoint, "request_token", fail)
    run = TaskRun()
    result = run()
    assert result["msg"].startswith("Unexpected RuntimeError at ")
    assert REFRESH_TOKEN not in json.dumps(result)
    assert run.task.no_log is False


@pytest.mark.parametrize("error", [AnsibleConnectionFailure("lost"), KeyboardInterrupt(), SystemExit(1)], ids=repr)
@pytest.mark.parametrize("item", [{"pw": PASSWORD}, "alice"], ids=["item with a secret", "item without"])
def test_other_errors_of_ansible_core_pass(
    item: object, error: BaseException, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection, the timeout keyword, an interruption. The task stays censored if its item has a secret."""

    def fail(*_args: object, **_given: object) -> None:
        raise error

    monkeypatch.setattr(task_run._token_endpoint, "request_token", fail)
    run = TaskRun()
    with pytest.raises(type(error)):
        run(ansible_loop_var="item", item=item)
    assert run.task.no_log is (item != "alice")
    assert run.task.args["password"] == MASK


def test_a_rejection_reaches_every_host_and_is_sent_once(endpoint: Endpoint) -> None:
    endpoint.password = [WRONG_PASSWORD, token()]
    results = [TaskRun()(inventory_hostname=f"web{number}") for number in range(3)]
    assert results[0]["msg"] == WRONG_PASSWORD.message
    assert [result["failure"]["attempts"] for result in results] == [1, 0, 0]
    assert all("earlier in this run" in result["msg"] and "force: true" in result["msg"] for result in results[1:])
    assert endpoint.requests == [PASSWORD_REQUEST]
    assert TaskRun(force=True, uuid="forced")()["origin"] == "granted"
    assert TaskRun()()["origin"] == "stored"


@pytest.mark.parametrize(
    ("error", "count"), [(UNREACHABLE, 3), (WRONG_PASSWORD, 1)], ids=["connection refused", "rejected"]
)
def test_a_retry_sends_a_request_unless_the_credentials_are_rejected(
    error: TokenError, count: int, endpoint: Endpoint
) -> None:
    endpoint.password = [error]
    run = TaskRun()
    run()
    run.retry()
    run.retry()
    assert endpoint.requests == [PASSWORD_REQUEST] * count
    assert TaskRun()()["failed"] is True
    assert len(endpoint.requests) == count


def test_a_failed_revocation_is_readable_and_loses_nothing(endpoint: Endpoint) -> None:
    TaskRun()()
    endpoint.revoke = [TokenError(f"HTTP 404 for {PASSWORD}", hint="Set revoke_url", http_status=404, attempts=1), True]
    run = TaskRun(state="absent")
    result = run()
    assert (result["failed"], result["msg"]) == (True, f"HTTP 404 for {MASK}. Set revoke_url.")
    assert result["failure"]["http_status"] == 404
    assert run.retry()["revoked"] is True


def test_a_revoke_url_is_needed_only_if_there_is_a_token(endpoint: Endpoint) -> None:
    odd = {"token_url": "https://h/odd"}
    assert TaskRun(state="absent", **odd)()["changed"] is False
    TaskRun(**odd)()
    endpoint.revoke = [OptionError("revoke_url", "is missing"), True]
    assert TaskRun(state="absent", **odd)()["msg"] == "revoke_url is missing."
    assert TaskRun(state="absent", revoke_url="https://h/end", **odd)()["revoked"] is True


def test_a_redo_of_the_debugger_sends_nothing(endpoint: Endpoint) -> None:
    endpoint.password = [WRONG_PASSWORD]
    run = TaskRun()
    run()
    redo = TaskRun(arguments=dict(run.task.args))
    with pytest.raises(Exception, match="not kept for a redo"):
        redo()
    assert endpoint.requests == [PASSWORD_REQUEST]


@pytest.mark.parametrize("text", [f"ssh said {PASSWORD}", "ssh said \x1b[31mred"], ids=["secret", "terminal escape"])
@pytest.mark.parametrize("kind", [AnsibleConnectionFailure, AnsibleError])
def test_an_error_of_ansible_shows_neither_a_secret_nor_a_control_character(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, kind: type[AnsibleError], text: str
) -> None:
    """The text of a connection's error is that of the managed node."""

    def fail(*_args: object) -> None:
        raise kind(text)

    run = TaskRun(request_from="managed_node")
    run.plugin._make_tmp_path = fail
    try:
        shown = run()["msg"]
    except AnsibleConnectionFailure as error:
        assert kind is AnsibleConnectionFailure
        shown = str(error)
    assert "ssh said" in shown or MASK in shown
    assert PASSWORD not in shown
    assert "\x1b" not in shown
