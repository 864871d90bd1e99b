# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request from the managed node: what the module is handed, and what is made of its result."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.plugin_utils._managed_node_endpoint import ShippedEndpoint, Unreachable
from ansible_collections.apiops.wso2.tests.unit.examples import GIVEN, token, token_request

SENT = {**GIVEN, "organization": "org", "ca_path": "~/ca.pem", "revoke_url": "https://h/revoke"}
KEPT = {
    "state": "absent",
    "refresh_token": "r-old",
    "token_store": "redis://:made-up-pw@h",
    "min_validity": 900,
    "force": True,
    "require_scope": True,
}
OPTIONS = {**SENT, **KEPT}
USER = ("username", "password", "organization")


class Node:
    def __init__(self, result: dict[str, Any]) -> None:
        self.result = result
        self.shipped: list[dict[str, Any]] = []

    def __call__(self, options: dict[str, Any]) -> dict[str, Any]:
        self.shipped.append(options)
        return self.result


def good_node() -> Node:
    return Node(token(asked_at=int(time.time())).to_result(now=int(time.time())))


def test_password_grant_ships_all_but_what_is_the_controllers_business() -> None:
    node = good_node()
    got = ShippedEndpoint(node, OPTIONS).password_grant(token_request())
    assert node.shipped == [SENT]
    assert got.to_result(now=got.asked_at) == token(asked_at=got.asked_at).to_result(now=got.asked_at)


def test_refresh_grant_ships_no_user() -> None:
    node = good_node()
    ShippedEndpoint(node, OPTIONS).refresh_grant(token_request(), "r-new")
    assert node.shipped == [{**_without_user(), "refresh_token": "r-new"}]


def _without_user() -> dict[str, Any]:
    return {name: value for name, value in SENT.items() if name not in USER}


@pytest.mark.parametrize("proven", [True, None], ids=["proven", "not proven"])
def test_revoke_ships_the_token_and_no_user(proven: bool | None) -> None:
    node = Node({"revoked": proven, "changed": True})
    assert ShippedEndpoint(node, OPTIONS).revoke(token_request(), "a-doomed") is proven
    assert node.shipped == [{**_without_user(), "state": "absent", "refresh_token": "a-doomed"}]


def test_the_controllers_clock_counts() -> None:
    node = Node(token(asked_at=0).to_result(now=600))  # a node whose clock stands in 1970
    got = ShippedEndpoint(node, OPTIONS).password_grant(token_request())
    assert abs(got.asked_at - time.time()) < 5
    assert got.lifetime == 3000


def test_a_lost_host() -> None:
    with pytest.raises(Unreachable) as caught:
        ShippedEndpoint(Node({"unreachable": True, "msg": "no route"}), OPTIONS).password_grant(token_request())
    assert caught.value.args == ("no route",)


ERROR = TokenError(
    "the token endpoint answered HTTP 400",
    hint="Check username and password",
    error="invalid_grant",
    http_status=400,
    url="https://h/token",
    attempts=2,
    retry_after=3,
)


@pytest.mark.parametrize(
    "secret", ["pw_made_up", "password", "400"], ids=["no word", "a word of the hint", "the status"]
)
def test_a_failure_of_the_module_is_reported_again_unchanged(secret: str) -> None:
    failed = ERROR.redacted([secret])
    node = Node({"failed": True, "msg": failed.message, "failure": failed.failure()})
    with pytest.raises(TokenError) as caught:
        ShippedEndpoint(node, OPTIONS).password_grant(token_request())
    assert caught.value.redacted([secret]).message == failed.message
    assert caught.value.failure() == failed.failure()
    assert caught.value.refused


NO_RESULTS: list[tuple[str, dict[str, Any]]] = [
    ("no Python", {"failed": True, "msg": "MODULE FAILURE", "module_stderr": "s3cret", "rc": 127}),
    ("nothing", {}),
    ("token is no text", {"access_token": 5}),
    ("failure is no mapping", {"failed": True, "msg": "s3cret", "failure": "s3cret"}),
]


@pytest.mark.parametrize("result", [row[1] for row in NO_RESULTS], ids=[row[0] for row in NO_RESULTS])
def test_a_module_that_ends_without_a_result(result: dict[str, Any]) -> None:
    with pytest.raises(TokenError) as caught:
        ShippedEndpoint(Node(result), OPTIONS).password_grant(token_request())
    assert caught.value.cause == "the module ended without a result on the managed node"
    assert "Python 3.9" in caught.value.message
    assert "s3cret" not in caught.value.message


@pytest.mark.parametrize("result", [row[1] for row in NO_RESULTS], ids=[row[0] for row in NO_RESULTS])
def test_a_revocation_that_ends_without_a_result(result: dict[str, Any]) -> None:
    with pytest.raises(TokenError, match="the module ended without a result on the managed node"):
        ShippedEndpoint(Node(result), OPTIONS).revoke(token_request(), "a-doomed")


def test_a_revocation_that_fails_or_loses_its_host() -> None:
    node = Node({"failed": True, "msg": ERROR.message, "failure": ERROR.failure()})
    with pytest.raises(TokenError) as caught:
        ShippedEndpoint(node, OPTIONS).revoke(token_request(), "a-doomed")
    assert caught.value.failure() == ERROR.failure()
    with pytest.raises(Unreachable):
        ShippedEndpoint(Node({"unreachable": True}), OPTIONS).revoke(token_request(), "a-doomed")
