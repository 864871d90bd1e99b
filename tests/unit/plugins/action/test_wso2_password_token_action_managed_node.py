# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""request_from: managed_node: which hosts share a token, and what the connection shows."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase

from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, GIVEN, REFRESH_TOKEN, token
from ansible_collections.apiops.wso2.tests.unit.shared_run import WRONG_PASSWORD, Endpoint
from ansible_collections.apiops.wso2.tests.unit.task_run import TEMPORARY_DIRECTORY, TaskRun

endpoint, facts_without_layers = task_run.endpoint, task_run.facts_without_layers


class NodeRun(TaskRun):
    def __init__(self, **given: Any) -> None:
        super().__init__(request_from="managed_node", **given)
        self.module_result = {"reply": json.dumps({"token": token().to_members()})}


def test_the_module_gets_what_it_needs(endpoint: Endpoint) -> None:
    run = NodeRun(ca_path="~/ca.pem", token_store="run", min_validity=5)
    result = run()
    assert (result["access_token"], result["origin"], result["_ansible_no_log"]) == (ACCESS_TOKEN, "granted", True)
    assert run.module_arguments == [{**GIVEN, "ca_path": "~/ca.pem"}]
    assert endpoint.requests == []


def test_the_connection_shows_nothing_and_leaves_no_file() -> None:
    run = NodeRun()
    run()
    assert run.is_suppressed == [True]
    assert run.connection._play_context.no_log is False
    assert run.removed == [TEMPORARY_DIRECTORY]


def test_an_interrupted_module_leaves_no_file() -> None:
    run = NodeRun()

    def interrupt(**_given: Any) -> None:
        raise KeyboardInterrupt

    run.plugin._execute_module = interrupt
    with pytest.raises(KeyboardInterrupt):
        run()
    assert run.removed == [TEMPORARY_DIRECTORY]
    assert run.connection._play_context.no_log is False


def test_a_host_that_cannot_be_reached_is_not_remembered() -> None:
    lost = NodeRun()

    def fail(*_args: Any) -> None:
        raise AnsibleConnectionFailure("no route")

    lost.plugin._make_tmp_path = fail
    with pytest.raises(AnsibleConnectionFailure, match="no route"):
        lost()
    assert NodeRun()()["origin"] == "granted"


LOOPBACK = {"token_url": "http://localhost:9763/oauth2/token"}
SHARING: list[tuple[str, dict[str, Any], tuple[dict[str, Any], str], tuple[dict[str, Any], str], bool]] = [
    # id, options, a task and its host, another task and its host, do they share a token
    ("two hosts", {}, ({}, "web1"), ({}, "web2"), True),
    ("two hosts, loopback", LOOPBACK, ({}, "web1"), ({}, "web2"), False),
    ("two hosts, IPv6 loopback", {"token_url": "http://[::1]:9763/token"}, ({}, "web1"), ({}, "web2"), False),
    ("the same host, loopback", LOOPBACK, ({}, "web1"), ({}, "web1"), True),
    (
        "delegated to one host, loopback",
        LOOPBACK,
        ({"delegate_to": "db"}, "web1"),
        ({"delegate_to": "db"}, "web2"),
        True,
    ),
    (
        "delegated to two hosts, loopback",
        LOOPBACK,
        ({"delegate_to": "a"}, "web1"),
        ({"delegate_to": "b"}, "web1"),
        False,
    ),
    ("delegated to the other, loopback", LOOPBACK, ({"delegate_to": "web2"}, "web1"), ({}, "web2"), True),
]


@pytest.mark.parametrize(
    ("changes", "first", "second", "is_shared"), [row[1:] for row in SHARING], ids=[row[0] for row in SHARING]
)
def test_which_hosts_share_a_token(
    changes: dict[str, Any],
    first: tuple[dict[str, Any], str],
    second: tuple[dict[str, Any], str],
    is_shared: bool,
) -> None:
    origins = [NodeRun(**changes, **task)(inventory_hostname=host)["origin"] for task, host in (first, second)]
    assert origins == ["granted", "stored" if is_shared else "granted"]


@pytest.mark.parametrize("changes", [{}, LOOPBACK], ids=["any URL", "loopback"])
def test_the_control_node_and_managed_nodes_share_no_token(changes: dict[str, Any], endpoint: Endpoint) -> None:
    """A token from a managed node is not used for other nodes."""
    NodeRun(**changes)()
    assert TaskRun(**changes)()["origin"] == "granted"
    assert NodeRun(**changes)()["origin"] == "stored"
    assert len(endpoint.requests) == 1


def test_a_failure_that_a_node_invents_stays_there(endpoint: Endpoint) -> None:
    run = NodeRun()
    run.module_result = {"failed": True, "reply": json.dumps({"error": WRONG_PASSWORD.to_entry()})}
    assert run()["msg"] == WRONG_PASSWORD.message
    assert TaskRun()()["origin"] == "granted"
    assert "earlier in this run" in NodeRun()()["msg"]


def test_a_revocation() -> None:
    NodeRun()()
    run = NodeRun(state="absent")
    run.module_result = {"reply": json.dumps({"revoked": True})}
    result = run()
    assert (result["changed"], result["revoked"]) == (True, True)
    without_user = {name: value for name, value in GIVEN.items() if name not in ("username", "password")}
    assert run.module_arguments == [
        {**without_user, "state": "absent", "refresh_token": text} for text in (REFRESH_TOKEN, ACCESS_TOKEN)
    ]
    assert run.is_suppressed == [True] * 2


@pytest.mark.parametrize(
    ("changes", "is_enabled"),
    [
        ({}, True),
        ({"has_pipelining": False}, False),
        ({"style": "old"}, False),
        ({"wrap_async": True}, False),
        ({"keep_files": True}, False),
        ({"become": SimpleNamespace(name="sudo")}, True),
        ({"become": SimpleNamespace(name="su")}, False),
        ({"become": SimpleNamespace(name="ours", pipelining=False)}, False),
        ({"become": SimpleNamespace(name="ours", pipelining=True)}, True),
    ],
    ids=repr,
)
def test_pipelining_is_used_where_the_connection_can(
    changes: dict[str, Any], is_enabled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the arguments, with their secrets, are written to two disks."""
    monkeypatch.setattr(ActionBase, "_is_pipelining_enabled", lambda *_args: False)
    monkeypatch.setattr(constants, "DEFAULT_KEEP_REMOTE_FILES", changes.get("keep_files", False))
    run = NodeRun()
    run.connection.has_pipelining = changes.get("has_pipelining", True)
    run.connection.become = changes.get("become")
    enabled = run.plugin._is_pipelining_enabled(changes.get("style", "new"), changes.get("wrap_async", False))
    assert enabled is is_enabled
