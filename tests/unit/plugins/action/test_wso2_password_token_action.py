# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task: its arguments, its result, and which hosts share the token."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants

from ansible_collections.apiops.wso2.plugins.lookup.wso2_password_token import LookupModule
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CONSUMER_SECRET,
    GIVEN,
    PASSWORD,
    REFRESH_TOKEN,
    SECRET_FORMS,
    token,
)
from ansible_collections.apiops.wso2.tests.unit.shared_run import PASSWORD as PASSWORD_REQUEST
from ansible_collections.apiops.wso2.tests.unit.shared_run import Endpoint
from ansible_collections.apiops.wso2.tests.unit.task_run import TaskRun

endpoint, facts_without_layers = task_run.endpoint, task_run.facts_without_layers


@pytest.fixture(autouse=True)
def one_token(endpoint: Endpoint) -> None:
    endpoint.password = [token()]


def test_a_success_is_real_and_censored(endpoint: Endpoint) -> None:
    run = TaskRun(organization="org")
    result = run()
    assert (result["access_token"], result["origin"], result["changed"]) == (ACCESS_TOKEN, "granted", True)
    assert result["_ansible_no_log"] is True
    assert run.task.no_log is True
    assert run.task.args["password"] == run.task.args["consumer_secret"] == MASK
    assert (endpoint.last.username, endpoint.last.password) == ("alice@org", PASSWORD)
    assert "failed" not in result


def test_variables_are_enough(endpoint: Endpoint) -> None:
    variables = {f"wso2_{name}": value for name, value in GIVEN.items()}
    assert TaskRun(arguments={})(**variables)["access_token"] == ACCESS_TOKEN
    assert (endpoint.last.username, endpoint.last.password) == ("alice", PASSWORD)


def test_a_cached_token_is_no_change_and_is_censored_too(endpoint: Endpoint) -> None:
    first = TaskRun()()
    run = TaskRun()
    second = run()
    assert (second["origin"], second["changed"], second["access_token"]) == ("stored", False, ACCESS_TOKEN)
    assert second["_ansible_no_log"] is run.task.no_log is True
    assert run.task.args["password"] == MASK
    assert first.keys() == second.keys()
    assert endpoint.requests == [PASSWORD_REQUEST]


def test_a_retry_sends_the_real_password(endpoint: Endpoint) -> None:
    run = TaskRun(token_store="none")
    run()
    run.retry()
    assert endpoint.requests == [PASSWORD_REQUEST] * 2
    assert endpoint.last.password == PASSWORD


@pytest.mark.parametrize("given", [None, ""])
def test_an_empty_refresh_token_is_not_sent(given: str | None, endpoint: Endpoint) -> None:
    """Up to ansible-core 2.18 a template of null is an empty text."""
    assert TaskRun(refresh_token=given)()["origin"] == "granted"
    assert endpoint.requests == [PASSWORD_REQUEST]


def test_a_given_refresh_token_is_sent_without_a_user(endpoint: Endpoint) -> None:
    assert TaskRun(refresh_token="r-old", username=None, password=None)()["origin"] == "refreshed"
    assert endpoint.requests == ["r-old"]


class TestForce:
    def test_all_hosts_of_a_task_share_one_new_token(self, endpoint: Endpoint) -> None:
        TaskRun()()
        results = [TaskRun(force=True, uuid="forced")(inventory_hostname=f"web{number}") for number in range(5)]
        assert [result["origin"] for result in results] == ["refreshed", *["stored"] * 4]
        assert [result["changed"] for result in results] == [True, *[False] * 4]
        assert len({result["access_token"] for result in results}) == 1

    def test_only_an_argument_sets_it(self, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WSO2_FORCE", "true")
        for _task in range(2):
            TaskRun()(wso2_force=True)
        assert len(endpoint.requests) == 1

    def test_the_same_token_again_is_no_change(self, endpoint: Endpoint) -> None:
        endpoint.password = [token(refresh_token=None), token(refresh_token=None, expires_in=1207)]
        TaskRun()()
        run = TaskRun(force=True, uuid="forced")
        result = run()
        assert (result["origin"], result["changed"], result["access_token"]) == ("granted", False, ACCESS_TOKEN)
        assert 1200 <= result["expires_in"] <= 1207
        assert len(run.warnings) == 1


class TestCheckMode:
    def test_it_requests_a_token_and_is_no_change(self, endpoint: Endpoint) -> None:
        result = TaskRun(check_mode=True)()
        assert (result["access_token"], result["changed"], result["origin"]) == (ACCESS_TOKEN, False, "granted")
        assert TaskRun()()["origin"] == "stored"
        assert len(endpoint.requests) == 1

    @pytest.mark.parametrize("changes", [{"force": True}, {"refresh_token": "r"}, {"min_validity": 9999}], ids=repr)
    def test_it_refreshes_nothing_that_others_use(self, changes: dict[str, Any], endpoint: Endpoint) -> None:
        TaskRun()()
        run = TaskRun(check_mode=True, uuid="task 2", **changes)
        result = run()
        assert (result["origin"], result["changed"]) == ("stored", False)
        assert len(run.warnings) == ("min_validity" in changes)
        assert len(endpoint.requests) == 1


class TestAbsent:
    def test_the_cached_token_is_revoked(self, endpoint: Endpoint) -> None:
        TaskRun()()
        run = TaskRun(state="absent")
        assert run() == {"changed": True, "revoked": True, "_ansible_no_log": True}
        assert endpoint.requests[1:] == [REFRESH_TOKEN, ACCESS_TOKEN]
        assert run.task.args["password"] == MASK
        assert TaskRun(state="absent")()["changed"] is False
        assert TaskRun()()["origin"] == "granted"

    def test_check_mode_sends_nothing(self, endpoint: Endpoint) -> None:
        assert TaskRun(state="absent", check_mode=True)()["changed"] is False
        TaskRun()()
        result = TaskRun(state="absent", check_mode=True)()
        assert (result["changed"], result["revoked"]) == (True, None)
        assert len(endpoint.requests) == 1
        assert TaskRun()()["origin"] == "stored"

    def test_a_given_refresh_token_needs_no_user(self, endpoint: Endpoint) -> None:
        result = TaskRun(state="absent", refresh_token="r-given", username=None, password=None)()
        assert (result["changed"], endpoint.requests) == (True, ["r-given"])

    def test_a_fact(self, endpoint: Endpoint) -> None:
        TaskRun(fact_name="wso2")()
        result = TaskRun(state="absent", fact_name="wso2")()
        assert result["ansible_facts"] == {"wso2": {"changed": True, "revoked": True}}


@pytest.mark.parametrize("source", ["argument", "variable"])
def test_without_a_store_each_task_requests(source: str, endpoint: Endpoint) -> None:
    for _task in range(2):
        result = TaskRun(token_store="none")() if source == "argument" else TaskRun()(wso2_token_store="none")
        assert (result["origin"], result["changed"]) == ("granted", True)
    assert len(endpoint.requests) == 2


def test_a_directory_outlives_the_run(endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for run in ("first", "second"):
        monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / run))
        TaskRun(token_store=str(tmp_path / "tokens"))()
    assert len(endpoint.requests) == 1


def test_a_store_that_cannot_be_used_is_a_warning(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    run = TaskRun(token_store=str(tmp_path / "open"))
    assert run()["origin"] == "granted"
    (warning,) = run.warnings
    assert warning.startswith("wso2_password_token: ")
    assert f"{tmp_path}/open has mode 0755" in warning


def test_the_password_of_a_redis_is_not_shown(endpoint: Endpoint) -> None:
    run = TaskRun(token_store=f"redis://:{CONSUMER_SECRET}@127.0.0.1:1/0")
    assert run()["access_token"] == ACCESS_TOKEN
    assert run.task.args["token_store"] == MASK
    assert len(run.warnings) == 1
    assert CONSUMER_SECRET not in run.warnings[0]


def test_the_lookup_returns_the_same_token(endpoint: Endpoint) -> None:
    TaskRun()()
    lookup = LookupModule(templar=SimpleNamespace(template=lambda value: value))
    (values,) = lookup.run(["token"], {}, **GIVEN)
    assert (values["access_token"], values["origin"]) == (ACCESS_TOKEN, "stored")
    assert len(endpoint.requests) == 1


def test_the_environment_of_the_task_supplies_proxies_and_authorities(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An action plugin does not inherit it, and the last level decides."""
    monkeypatch.setenv("NO_PROXY", "of the process")
    monkeypatch.setenv("HTTPS_PROXY", "of the process")
    levels = [{"HTTPS_PROXY": "http://play", "REQUESTS_CA_BUNDLE": "/ca.pem"}, None, {"HTTPS_PROXY": "http://task"}]
    TaskRun(environment=levels)()
    assert dict(endpoint.last.transport.environ) == {
        "HTTPS_PROXY": "http://task",
        "NO_PROXY": "of the process",
        "REQUESTS_CA_BUNDLE": "/ca.pem",
    }


def test_hosts_share_a_token_whatever_their_connection_is(endpoint: Endpoint) -> None:
    """Also with a loopback URL, which means the control node."""
    for number, changes in enumerate(({}, {"delegate_to": "db"}, {"environment": [{"X": "y"}]})):
        run = TaskRun(token_url="http://localhost:9763/oauth2/token", **changes)
        run(inventory_hostname=f"web{number}")
        assert run.module_arguments == []
    assert len(endpoint.requests) == 1


class TestFactName:
    def test_it_contains_what_the_task_returns(self, endpoint: Endpoint) -> None:
        result = TaskRun(fact_name="wso2")()
        facts = result.pop("ansible_facts")
        assert facts == {"wso2": {name: result[name] for name in result if name not in ("changed", "_ansible_no_log")}}

    @pytest.mark.parametrize("name", ["1x", "a-b", "a b", "ansible_x", "{{ x }}", "class"])
    def test_invalid_names(self, name: str, endpoint: Endpoint) -> None:
        assert TaskRun(fact_name=name)()["msg"].startswith("fact_name is not a valid name for a variable")
        assert endpoint.requests == []

    @pytest.mark.parametrize(
        ("plugin", "is_memory"),
        [
            ("memory", True),
            ("ansible.builtin.memory", True),
            ("jsonfile", False),
            ("acme.c.memory", False),
            ("my_memory", False),
        ],
    )
    def test_a_fact_cache_on_disk(
        self, plugin: str, is_memory: bool, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whole names are compared."""
        monkeypatch.setattr(constants.config, "get_config_value", lambda name, **_given: plugin)
        result = TaskRun(fact_name="wso2")()
        assert ("ansible_facts" in result) is is_memory
        assert ("fact cache" in result.get("msg", "")) is (not is_memory)
        assert len(endpoint.requests) == is_memory

    @pytest.mark.parametrize("variables", [{"wso2": 1}, {"wso2": 1, "ansible_facts": {"other": 1}}], ids=repr)
    def test_a_variable_that_takes_precedence(self, variables: dict[str, Any], endpoint: Endpoint) -> None:
        assert "would take precedence" in TaskRun(fact_name="wso2")(**variables)["msg"]
        assert endpoint.requests == []

    def test_the_fact_of_an_earlier_task_is_replaced(self, endpoint: Endpoint) -> None:
        assert "ansible_facts" in TaskRun(fact_name="wso2")(wso2=1, ansible_facts={"wso2": 1})

    def test_later_releases_keep_it_out_of_the_fact_cache(
        self, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        registered: list[tuple[Any, ...]] = []
        layers = SimpleNamespace(EPHEMERAL_FACT="ephemeral")
        monkeypatch.setattr(task_run.wso2_password_token, "_VARIABLE_LAYER", layers)
        run = TaskRun(fact_name="wso2")
        run.plugin.register_host_variables = lambda *args: registered.append(args)
        assert "ansible_facts" not in run(wso2="another variable")
        ((variables, layer),) = registered
        assert (variables["wso2"]["access_token"], layer) == (ACCESS_TOKEN, "ephemeral")


def test_all_secrets_are_registered(endpoint: Endpoint, registered_secrets: list[str]) -> None:
    TaskRun()()
    assert set(registered_secrets) >= SECRET_FORMS
