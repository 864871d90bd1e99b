# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The controller door of the module: where the request is sent from, and what of the result may be shown."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible.errors import AnsibleConnectionFailure

from ansible_collections.apiops.wso2.plugins.action.wso2_password_token import ActionModule
from ansible_collections.apiops.wso2.plugins.lookup.wso2_password_token import LookupModule
from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.plugins.module_utils._token_error import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CONSUMER_SECRET,
    GIVEN,
    HIDDEN,
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
        self.revoke_error: Exception | None = None
        monkeypatch.setattr(_token_endpoint, "password_grant", self._password_grant)
        monkeypatch.setattr(_token_endpoint, "refresh_grant", self._refresh_grant)
        monkeypatch.setattr(_token_endpoint, "revoke", self._revoke)

    def _password_grant(self, request: TokenRequest) -> Any:
        self.asked.append(("password", request.username, request.password))
        return self._outcome(self.password_error)

    def _refresh_grant(self, request: TokenRequest, refresh_token: str) -> Any:
        self.asked.append(("refresh", refresh_token))
        return self._outcome(self.refresh_error)

    def _revoke(self, request: TokenRequest, doomed: str) -> bool:
        self.asked.append(("revoke", doomed))
        if self.revoke_error is not None:
            raise self.revoke_error
        return True

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
        delegate_to: str | None = None,
        arguments: dict[str, Any] | None = None,
        **changes: Any,
    ) -> None:
        self.task = SimpleNamespace(
            args={**GIVEN, **changes} if arguments is None else arguments,
            no_log=no_log,
            check_mode=check_mode,
            async_val=0,
            environment=environment,
            delegate_to=delegate_to,
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
        return dict(self.action.run(None, {"inventory_hostname": "web1", **task_vars}))


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


def test_warnings_are_shown_though_the_result_is_hidden(endpoint: Endpoint) -> None:
    run = Run(scope=["orders_read", "orders_delete"])
    run()
    assert run.warned == ["wso2_password_token: the server did not grant the scope orders_delete"]


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
