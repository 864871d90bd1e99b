# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures of the task: readable, without a secret, and hidden only where they have to be."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import CONSUMER_SECRET, PASSWORD, REFRESH_TOKEN, REFUSED
from ansible_collections.apiops.wso2.tests.unit.task_run import Endpoint, Run

endpoint = task_run.endpoint


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
    ("negative", {"min_validity": -1}, "min_validity must not be negative"),
    ("no number", {"min_validity": "s3cret"}, "min_validity is not of type int"),
    ("relative store", {"token_store": "s3cret"}, "token_store is none of run, none, the absolute path"),
    ("no Redis", {"token_store": "redis://:s3cret@"}, "token_store is not the URL of a Redis"),
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
