# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks that find a stored token: who shares one, and when it is asked for anew."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants

from ansible_collections.apiops.wso2.plugins.lookup.wso2_password_token import LookupModule
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, GIVEN, REFRESH_TOKEN, REFUSED
from ansible_collections.apiops.wso2.tests.unit.task_run import Endpoint, Run

endpoint = task_run.endpoint


def test_a_stored_token_is_no_change_and_is_censored_as_well(endpoint: Endpoint) -> None:
    first = Run()()
    run = Run()
    second = run()
    assert (second["origin"], second["changed"], second["access_token"]) == ("stored", False, first["access_token"])
    assert second["_ansible_no_log"] is run.task.no_log is True
    assert run.task.args["password"] == MASK
    assert len(endpoint.asked) == 1
    assert first.keys() == second.keys()


def test_a_new_task_may_force_a_new_token(endpoint: Endpoint) -> None:
    Run()()
    result = Run(force=True)()
    assert (result["origin"], result["changed"]) == ("refreshed", True)
    assert endpoint.asked[1:] == [("refresh", REFRESH_TOKEN)]


def test_force_comes_from_the_task_alone(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSO2_FORCE", "true")
    for _turn in range(2):
        Run()(wso2_force=True)
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize("changes", [{"force": True}, {"refresh_token": "r"}, {"min_validity": 9999}], ids=repr)
def test_check_mode_renews_nothing_that_others_hold(endpoint: Endpoint, changes: dict[str, Any]) -> None:
    Run()()
    run = Run(check_mode=True, **changes)
    result = run()
    assert (result["origin"], result["changed"]) == ("stored", False)
    assert len(run.warned) == (1 if "min_validity" in changes else 0)
    assert len(endpoint.asked) == 1


def test_what_check_mode_got_is_there_for_others(endpoint: Endpoint) -> None:
    assert Run(check_mode=True)()["origin"] == "granted"
    assert Run()()["origin"] == "stored"
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize("source", ["option", "variable"])
def test_no_store_asks_each_time(endpoint: Endpoint, source: str) -> None:
    for _turn in range(2):
        result = Run(token_store="none")() if source == "option" else Run()(wso2_token_store="none")
        assert (result["origin"], result["changed"]) == ("granted", True)
    assert len(endpoint.asked) == 2


def test_a_directory_outlives_the_run(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for run in ("first", "second"):
        monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / run))
        Run(token_store=str(tmp_path / "kept"))()
    assert len(endpoint.asked) == 1
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or ACCESS_TOKEN.encode() not in path.read_bytes()


def test_a_store_that_is_of_no_use_costs_a_warning(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    run = Run(token_store=str(tmp_path / "open"))
    result = run()
    assert (result["access_token"], result["origin"]) == (ACCESS_TOKEN, "granted")
    assert run.warned != []
    for warning in run.warned:
        assert warning.startswith("wso2_password_token: ")
        assert f"{tmp_path}/open belongs to somebody else, or others may enter it" in warning


def test_a_rejection_is_told_to_every_host_and_sent_once(endpoint: Endpoint) -> None:
    endpoint.password_error = REFUSED
    results = [Run()(inventory_hostname=host) for host in ("web1", "web2", "web3")]
    assert [result["msg"] for result in results] == [REFUSED.message] * 3
    assert [result["failure"] for result in results] == [REFUSED.failure()] * 3
    assert len(endpoint.asked) == 1
    endpoint.password_error = None
    assert Run(force=True)()["access_token"] == ACCESS_TOKEN
    assert Run()()["origin"] == "stored"


def test_both_doors_hand_out_the_same_token(endpoint: Endpoint) -> None:
    Run()()
    lookup = LookupModule(templar=SimpleNamespace(template=lambda value: value))
    (looked_up,) = lookup.run(["token"], {}, **GIVEN)
    assert (looked_up["access_token"], looked_up["origin"]) == (ACCESS_TOKEN, "stored")
    assert len(endpoint.asked) == 1


SSH: dict[str, Any] = {"transport": "ssh"}
LOCALHOST, LOOPBACK, LOOPBACK_6 = "https://localhost/token", "https://127.0.0.1:9443/token", "http://[::1]:9763/token"
SHARING: list[tuple[str, str | None, tuple[dict[str, Any], str], tuple[dict[str, Any], str], int]] = [
    # id, token_url, a task and its host, another task and its host, requests
    ("two hosts", None, (SSH, "web1"), (SSH, "web2"), 1),
    ("two hosts, localhost", LOCALHOST, (SSH, "web1"), (SSH, "web2"), 2),
    ("two hosts, loopback", LOOPBACK, (SSH, "web1"), (SSH, "web2"), 2),
    ("two hosts, IPv6 loopback", LOOPBACK_6, (SSH, "web1"), (SSH, "web2"), 2),
    ("the same host, loopback", LOOPBACK, (SSH, "web1"), (SSH, "web1"), 1),
    ("in-process for two hosts, loopback", LOOPBACK, ({}, "web1"), ({}, "web2"), 1),
    ("in-process, then shipped", None, ({}, "web1"), (SSH, "web1"), 1),
    ("in-process, then shipped, loopback", LOOPBACK, ({}, "web1"), (SSH, "web1"), 2),
    (
        "delegated to one host, loopback",
        LOOPBACK,
        ({**SSH, "delegate_to": "db"}, "web1"),
        ({**SSH, "delegate_to": "db"}, "web2"),
        1,
    ),
    (
        "delegated to two hosts, loopback",
        LOOPBACK,
        ({**SSH, "delegate_to": "db1"}, "web1"),
        ({**SSH, "delegate_to": "db2"}, "web1"),
        2,
    ),
    ("delegated to the other, loopback", LOOPBACK, ({**SSH, "delegate_to": "web2"}, "web1"), (SSH, "web2"), 1),
]


@pytest.mark.parametrize(
    ("token_url", "first", "second", "requests"), [row[1:] for row in SHARING], ids=[row[0] for row in SHARING]
)
def test_who_shares_a_token(
    endpoint: Endpoint,
    token_url: str | None,
    first: tuple[dict[str, Any], str],
    second: tuple[dict[str, Any], str],
    requests: int,
) -> None:
    shipped = 0
    origins = []
    for place, host in (first, second):
        run = Run(**place, token_url=token_url or GIVEN["token_url"])
        origins.append(run(inventory_hostname=host)["origin"])
        shipped += len(run.shipped)
    assert len(endpoint.asked) + shipped == requests
    assert origins == ["granted", "stored" if requests == 1 else "granted"]


def test_a_stored_token_needs_nothing_on_the_managed_node(endpoint: Endpoint) -> None:
    Run(**SSH)()
    run = Run(**SSH)
    assert run()["origin"] == "stored"
    assert run.shipped == []


def test_a_host_that_is_lost_is_not_remembered(endpoint: Endpoint) -> None:
    lost = Run(**SSH)
    lost.shipped_result = {"unreachable": True, "msg": "no route"}
    assert lost()["unreachable"] is True
    assert Run(**SSH)()["origin"] == "granted"


@pytest.mark.parametrize(
    ("second", "sent"),
    [pytest.param("r-bob", ["r-bob"], id="the same"), pytest.param("r-eve", ["r-bob", "r-eve"], id="another")],
)
@pytest.mark.parametrize("user", [{}, {"username": None, "password": None}], ids=["with a password", "alone"])
def test_each_refresh_token_is_renewed_once(
    endpoint: Endpoint, user: dict[str, Any], second: str, sent: list[str]
) -> None:
    for refresh_token in ("r-bob", second):
        result = Run(refresh_token=refresh_token, **user)()
    assert result["origin"] == ("stored" if second == "r-bob" else "refreshed")
    assert endpoint.asked == [("refresh", each) for each in sent]
