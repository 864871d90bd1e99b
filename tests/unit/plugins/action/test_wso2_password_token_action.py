# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller door of the module: where the request is sent from, and what of the result may be shown."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.apiops.wso2.plugins.action.wso2_password_token import ActionModule
from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.plugins.module_utils._token_error import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CONSUMER_SECRET,
    GIVEN,
    PASSWORD,
    REFRESH_TOKEN,
    token,
)

REFUSED = TokenError("HTTP 400, invalid_grant", hint="Check it", error="invalid_grant", http_status=400, attempts=1)


class Endpoint:
    """Stands where the requests are sent from this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.password_error: Exception | None = None
        self.refresh_error: Exception | None = None
        monkeypatch.setattr(_token_endpoint, "password_grant", self._password_grant)
        monkeypatch.setattr(_token_endpoint, "refresh_grant", self._refresh_grant)

    def _password_grant(self, request: TokenRequest) -> Any:
        self.asked.append(("password", request.username, request.password))
        return self._outcome(self.password_error)

    def _refresh_grant(self, request: TokenRequest, refresh_token: str) -> Any:
        self.asked.append(("refresh", refresh_token))
        return self._outcome(self.refresh_error)

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
        arguments: dict[str, Any] | None = None,
        **changes: Any,
    ) -> None:
        self.task = SimpleNamespace(
            args={**GIVEN, **changes} if arguments is None else arguments,
            no_log=no_log,
            check_mode=check_mode,
            async_val=0,
            environment=environment,
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
            warning=self.warned.append, error=lambda text, wrap_text: self.errors.append(text)
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
        return self.action.run(None, {"inventory_hostname": "web1", **task_vars})


def test_success_is_real_and_censored(endpoint: Endpoint) -> None:
    run = Run(organization="org")
    result = run()
    assert (result["access_token"], result["origin"], result["changed"]) == (ACCESS_TOKEN, "granted", True)
    assert result["_ansible_no_log"] is True
    assert run.task.no_log is True
    assert run.task.args["password"] == run.task.args["consumer_secret"] == MASK
    assert endpoint.asked == [("password", "alice@org", PASSWORD)]
    assert "failed" not in result


def test_variables_suffice(endpoint: Endpoint) -> None:
    variables = {f"wso2_{name}": value for name, value in GIVEN.items()}
    assert Run(arguments={})(**variables)["access_token"] == ACCESS_TOKEN
    assert endpoint.asked == [("password", "alice", PASSWORD)]


def test_check_mode_asks_but_changes_nothing(endpoint: Endpoint) -> None:
    result = Run(check_mode=True)()
    assert (result["access_token"], result["changed"]) == (ACCESS_TOKEN, False)


def test_a_retry_of_the_task_sends_the_real_password_again(endpoint: Endpoint) -> None:
    first = Run()
    first()
    again = Run()
    again.action._task = first.task
    again()
    assert endpoint.asked == [("password", "alice", PASSWORD)] * 2


RENEWALS: list[tuple[str, Any, TokenError | None, list[tuple[str, ...]], str]] = [
    ("good", "r-old", None, [("refresh", "r-old")], "refreshed"),
    ("refused", "r-old", REFUSED, [("refresh", "r-old"), ("password", "alice", PASSWORD)], "granted"),
    ("null", None, None, [("password", "alice", PASSWORD)], "granted"),
]


@pytest.mark.parametrize(
    ("given", "error", "asked", "origin"), [row[1:] for row in RENEWALS], ids=[row[0] for row in RENEWALS]
)
def test_renewal(
    endpoint: Endpoint, given: Any, error: TokenError | None, asked: list[tuple[str, ...]], origin: str
) -> None:
    endpoint.refresh_error = error
    assert Run(refresh_token=given)()["origin"] == origin
    assert endpoint.asked == asked


@pytest.mark.parametrize("transport", ["local", "ssh"])
def test_an_empty_refresh_token_is_never_sent(endpoint: Endpoint, transport: str) -> None:
    """Up to ansible-core 2.18 a template of null is an empty text, and null is what a server without renewal gives."""
    run = Run(refresh_token="", transport=transport)
    result = run()
    assert [each for each in endpoint.asked if each[0] == "refresh"] == []
    assert [each for each in run.shipped if "refresh_token" in each] == []
    assert result.get("origin") == "granted" or result["msg"].startswith("refresh_token is empty")


PLACES: list[tuple[str, dict[str, Any], bool]] = [
    ("this machine", {}, False),
    ("empty environments", {"environment": [{}, None]}, False),
    ("another host", {"transport": "ssh"}, True),
    ("another user", {"become": True}, True),
    ("another environment", {"environment": [{"HTTPS_PROXY": "x"}]}, True),
]


@pytest.mark.parametrize(("place", "shipped"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_where_the_request_is_sent_from(endpoint: Endpoint, place: dict[str, Any], shipped: bool) -> None:
    run = Run(ca_path=None, **place)
    result = run()
    assert result["access_token"] == ACCESS_TOKEN
    assert result["_ansible_no_log"] is True
    assert run.shipped == ([GIVEN] if shipped else [])
    assert run.hushed == ([(True, True)] if shipped else [])
    assert len(endpoint.asked) == (0 if shipped else 1)
    assert run.connection._play_context.no_log is False


def test_a_lost_host_is_unreachable(endpoint: Endpoint) -> None:
    run = Run(transport="ssh")
    run.shipped_result = {"unreachable": True, "msg": f"lost {PASSWORD}"}
    result = run()
    assert (result["unreachable"], result["msg"]) == (True, f"lost {MASK}")


def test_failure_is_readable_and_has_no_secret(endpoint: Endpoint) -> None:
    endpoint.password_error = TokenError(f"for {PASSWORD}", error=CONSUMER_SECRET, http_status=400, url="u", attempts=1)
    run = Run()
    result = run()
    assert result == {
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


def test_failure_of_a_hidden_task_stays_hidden(endpoint: Endpoint) -> None:
    endpoint.password_error = REFUSED
    run = Run(no_log=True)
    result = run()
    assert (result["_ansible_no_log"], result["msg"]) == (True, REFUSED.message)
    assert run.errors == []


def test_failure_beside_a_loop_item_with_a_secret_is_hidden(endpoint: Endpoint) -> None:
    endpoint.password_error = REFUSED
    assert Run()(ansible_loop_var="item", item={"pw": PASSWORD})["_ansible_no_log"] is True
    assert "_ansible_no_log" not in Run()(ansible_loop_var="item", item="alice")


ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("unknown option", {"passwrd": "s3cret"}, "passwrd is not an option"),
    ("given twice", {"client_secret": "s3cret"}, "consumer_secret is given twice"),
    ("wrong type", {"password": ["s3cret"]}, "password is not a text"),
    ("missing", {"password": None}, "password is missing"),
    ("state", {"state": "s3cret"}, "state is none of present"),
]


@pytest.mark.parametrize(("changes", "problem"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_wrong_options_send_nothing(endpoint: Endpoint, changes: dict[str, Any], problem: str) -> None:
    result = Run(**changes)()
    assert result["failed"] is True
    assert result["msg"].startswith(problem)
    assert "s3cret" not in json.dumps(result)
    assert endpoint.asked == []


def test_the_unexpected_shows_no_text(endpoint: Endpoint) -> None:
    endpoint.password_error = RuntimeError(REFRESH_TOKEN)
    result = Run()()
    assert result["msg"].startswith("unexpected RuntimeError at ")
    assert REFRESH_TOKEN not in json.dumps(result)


def test_errors_of_ansible_core_pass(endpoint: Endpoint) -> None:
    endpoint.password_error = AnsibleConnectionFailure("gone")
    with pytest.raises(AnsibleConnectionFailure):
        Run()()


def test_warnings_are_shown_though_the_result_is_hidden(endpoint: Endpoint) -> None:
    run = Run(scope=["orders_read", "orders_delete"])
    run()
    assert run.warned == ["wso2_password_token: the server did not grant the scope orders_delete"]
