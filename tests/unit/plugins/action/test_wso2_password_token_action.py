# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller door of the module: where the request is sent from, and what of the result may be shown."""

from __future__ import annotations

import importlib
import inspect
import sys
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins import module_utils
from ansible_collections.apiops.wso2.plugins.action.wso2_password_token import ActionModule
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CONSUMER_SECRET,
    GIVEN,
    HIDDEN,
    PASSWORD,
    REFUSED,
)
from ansible_collections.apiops.wso2.tests.unit.task_run import Endpoint, Run

endpoint = task_run.endpoint


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
    first = Run(token_store="none")
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


def test_warnings_are_shown_though_the_result_is_hidden(endpoint: Endpoint) -> None:
    run = Run(scope=["orders_read", "orders_delete"])
    run()
    assert run.warned == ["wso2_password_token: the server did not grant the scope orders_delete"]


def test_the_password_of_a_redis_is_hidden(endpoint: Endpoint) -> None:
    url = f"redis://:{CONSUMER_SECRET}@127.0.0.1:1/0"
    run = Run(token_store=url)
    result = run()
    assert result["access_token"] == ACCESS_TOKEN
    assert run.task.args["token_store"] == MASK
    assert CONSUMER_SECRET not in " ".join(run.warned)
    assert ["redis://127.0.0.1:1/0 cannot be reached" in warning for warning in run.warned] == [True]
    run = Run(token_store=url, state="absent")
    assert "the token cannot be removed" in run()["msg"]


def test_all_secrets_are_told_to_ansible_core(endpoint: Endpoint, told_to_mask: list[str]) -> None:
    Run()()
    assert set(told_to_mask) >= HIDDEN


def test_the_plugin_loads_where_that_of_a_request_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks that ask from a managed node, or find their token, need no working requests on the control node."""
    monkeypatch.setitem(sys.modules, f"{module_utils.__name__}._token_endpoint", None)
    with pytest.raises(ImportError):
        importlib.import_module(f"{module_utils.__name__}._token_endpoint")
    spec = spec_from_file_location("anew", inspect.getfile(ActionModule))
    assert spec is not None
    assert spec.loader is not None
    anew = module_from_spec(spec)
    spec.loader.exec_module(anew)
    assert hasattr(anew, "ActionModule")
