# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task with state=absent: what is revoked, and what is said about it."""

from __future__ import annotations

from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, GIVEN, PASSWORD, REFRESH_TOKEN
from ansible_collections.apiops.wso2.tests.unit.task_run import Endpoint, Run

endpoint = task_run.endpoint

REVOKED = [("revoke", REFRESH_TOKEN), ("revoke", ACCESS_TOKEN)]


def test_the_stored_token_is_revoked(endpoint: Endpoint) -> None:
    Run()()
    run = Run(state="absent")
    assert run() == {"changed": True, "revoked": True}
    assert endpoint.asked[1:] == REVOKED
    assert run.task.args["password"] == MASK
    assert Run(state="absent")() == {"changed": False, "revoked": None}
    assert endpoint.asked[1:] == REVOKED
    assert Run()()["origin"] == "granted"


def test_a_trial_revokes_nothing(endpoint: Endpoint) -> None:
    assert Run(state="absent", check_mode=True)() == {"changed": False, "revoked": None}
    Run()()
    assert Run(state="absent", check_mode=True)() == {"changed": True, "revoked": None}
    assert len(endpoint.asked) == 1
    assert Run()()["origin"] == "stored"


def test_a_given_refresh_token_is_revoked_without_a_user(endpoint: Endpoint) -> None:
    result = Run(state="absent", refresh_token="r-given", username=None, password=None)()
    assert (result["changed"], endpoint.asked) == (True, [("revoke", "r-given")])


def test_a_removal_beside_a_loop_item_with_a_secret_is_hidden(endpoint: Endpoint) -> None:
    Run()()
    result = Run(state="absent")(ansible_loop_var="item", item={"pw": PASSWORD})
    assert (result["_ansible_no_log"], result["changed"]) == (True, True)
    assert "_ansible_no_log" not in Run(state="absent")(ansible_loop_var="item", item="alice")


def test_a_removal_that_fails_is_readable_and_loses_nothing(endpoint: Endpoint) -> None:
    Run()()
    endpoint.revoke_error = TokenError(f"HTTP 404 for {PASSWORD}", hint="Set revoke_url", http_status=404, attempts=1)
    result = Run(state="absent")()
    assert (result["failed"], result["changed"], result["msg"]) == (
        True,
        False,
        f"HTTP 404 for {MASK}. Set revoke_url.",
    )
    assert result["failure"]["http_status"] == 404
    endpoint.revoke_error = None
    assert Run(state="absent")()["revoked"] is True


def test_a_revoke_url_that_cannot_be_derived_is_asked_for_when_it_is_needed(endpoint: Endpoint) -> None:
    odd = {"token_url": "https://h/odd"}
    assert Run(state="absent", **odd)() == {"changed": False, "revoked": None}
    Run(**odd)()
    assert Run(state="absent", revoke_url="https://h/end", **odd)()["revoked"] is True


def test_a_shipped_removal(endpoint: Endpoint) -> None:
    Run()()
    run = Run(state="absent", token_store="run", transport="ssh")
    run.shipped_result = {"revoked": True, "changed": True}
    assert run() == {"changed": True, "revoked": True}
    without_user = {name: value for name, value in GIVEN.items() if name not in ("username", "password")}
    doomed = [REFRESH_TOKEN, ACCESS_TOKEN]
    assert run.shipped == [{**without_user, "state": "absent", "refresh_token": each} for each in doomed]
    assert run.hushed == [(True, True)] * 2
