# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup: terms and options in, values out, and errors that show no secret."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.utils import display as display_module

from ansible_collections.apiops.wso2.plugins.lookup.wso2_password_token import TERMS, VARIABLES, LookupModule
from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import LOOKUP_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import names_by_option
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    GIVEN,
    PASSWORD,
    REFRESH_TOKEN,
    SECRET_FORMS,
    token,
)
from ansible_collections.apiops.wso2.tests.unit.shared_run import PASSWORD as PASSWORD_REQUEST
from ansible_collections.apiops.wso2.tests.unit.shared_run import UNREACHABLE, WRONG_PASSWORD, Endpoint

MODULE = sys.modules[LookupModule.__module__]
OPTIONS = LOOKUP_OPTIONS["password"]


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "_opened", {})
    monkeypatch.setattr(LookupModule, "failed_at", 0.0)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    recording = task_run.record_requests(monkeypatch)
    recording.password = [token(id_token="i.d.t")]
    return recording


def look_up(*terms: Any, variables: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    lookup = LookupModule(templar=SimpleNamespace(template=lambda value: value))
    return list(lookup.run(list(terms), variables, **{**GIVEN, **options}))


def failure(**options: Any) -> str:
    with pytest.raises(AnsibleLookupError) as caught:
        look_up(**options)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


VALUES: dict[str, Any] = {
    "access_token": ACCESS_TOKEN,
    "refresh_token": REFRESH_TOKEN,
    "scope": ["orders_read", "orders_write"],
    "token_type": "Bearer",
    "id_token": "i.d.t",
    "authorization": f"Bearer {ACCESS_TOKEN}",
}


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize("is_hit", [False, True], ids=["miss", "hit"])
class TestTerms:
    @pytest.mark.parametrize("term", VALUES)
    def test_each_value(self, term: str, is_hit: bool) -> None:
        if is_hit:
            look_up()
        assert look_up(term) == [VALUES[term]]

    def test_the_expiry(self, is_hit: bool) -> None:
        if is_hit:
            look_up()
        seconds, moment = look_up("expires_in", "expires_at")
        assert 3590 <= seconds <= 3600
        assert moment >= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3590))

    def test_all_values(self, is_hit: bool) -> None:
        if is_hit:
            look_up()
        (values,) = look_up("token")
        assert values.pop("expires_in") > 3590
        assert values.pop("expires_at").startswith("20")
        assert values == {**VALUES, "expires": True, "extra": {}, "origin": "stored" if is_hit else "granted"}

    def test_no_term_is_the_access_token(self, is_hit: bool) -> None:
        if is_hit:
            look_up()
        assert look_up() == [ACCESS_TOKEN]

    def test_many_terms_in_their_order(self, is_hit: bool, endpoint: Endpoint) -> None:
        if is_hit:
            look_up()
        assert look_up("token_type", "access_token", "token_type") == ["Bearer", ACCESS_TOKEN, "Bearer"]
        assert len(endpoint.requests) == 1

    @pytest.mark.parametrize("terms", [["s3cret"], ["access_token", "s3cret"], [5], [None], [["token"]]], ids=repr)
    def test_an_unknown_term_is_not_quoted(self, terms: list[Any], is_hit: bool) -> None:
        if is_hit:
            look_up()
        with pytest.raises(AnsibleLookupError) as caught:
            look_up(*terms)
        text = str(caught.value)
        assert f"unknown term at position {len(terms)}" in text
        assert ", ".join(TERMS) in text
        assert "s3cret" not in text


def test_the_variables_are_those_of_the_options() -> None:
    """The lookup file repeats them, because a cache hit must not import anything from the collection."""
    for grant, options in LOOKUP_OPTIONS.items():
        names = [f"wso2_{name}" for names in names_by_option(options).values() for name in names]
        assert sorted(VARIABLES[grant]) == sorted(names)


def test_the_secret_names_are_those_of_the_options() -> None:
    assert set(MODULE._SECRET_NAMES) == set(names_by_option(OPTIONS)["consumer_secret"])


def test_options_reach_the_request(endpoint: Endpoint) -> None:
    look_up(organization="org", scopes="orders_read", variables={"wso2_timeout": "7"})
    request = endpoint.last
    assert (request.username, request.scope, request.transport.timeout) == ("alice@org", ("orders_read",), 7)


def test_with_loops_of_old_releases(endpoint: Endpoint) -> None:
    """Up to ansible-core 2.16, with_ passes this."""
    assert look_up(wantlist=True) == [ACCESS_TOKEN]


ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("unknown option", {"passwrd": "s3cret"}, "passwrd is not an option"),
    *[
        (f"{name} of the module", {name: "s3cret"}, f"{name} is not an option")
        for name in ("refresh_token", "state", "revoke_url", "force", "request_from", "fact_name")
    ],
    ("missing", {"password": None}, "password is missing"),
    ("wrong type", {"password": ["s3cret"]}, "password must be a string, but it is a list"),
    ("scope of the wrong type", {"scope": {1: "a", "b": "s3cret"}}, "scope must be a list of strings"),
    ("wrong number", {"timeout": "s3cret"}, "timeout is not of type int"),
    ("negative", {"min_validity": -1}, "min_validity must not be negative"),
    ("relative store", {"token_store": "s3cret"}, "token_store must be run, none"),
    ("invalid Redis URL", {"token_store": "redis://:s3cret@"}, "token_store "),
    ("contradiction", {"consumer_secret": "s3:cret"}, "consumer_secret contains a colon"),
]


@pytest.mark.parametrize(("options", "problem"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_wrong_options_send_nothing(options: dict[str, Any], problem: str, endpoint: Endpoint) -> None:
    message = failure(**options)
    assert message.startswith(f"wso2_password_token: {problem}")
    assert "s3cret" not in message
    assert endpoint.requests == []


def test_a_failure_shows_no_secret(endpoint: Endpoint) -> None:
    endpoint.password = [TokenError(f"the server says {PASSWORD} is wrong", hint="Check it")]
    assert failure() == "wso2_password_token: the server says ******** is wrong. Check it."


def test_an_unexpected_error_shows_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_given: object) -> None:
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr(_token_endpoint, "request_token", fail)
    message = failure()
    assert message.startswith("wso2_password_token: Unexpected RuntimeError at ")
    assert PASSWORD not in message


def test_a_password_of_an_environment_that_is_not_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSO2_PASSWORD", b"pass\xe9".decode("utf-8", "surrogateescape"))
    assert failure(password=None) == "wso2_password_token: password is not valid UTF-8."


@pytest.mark.usefixtures("endpoint")
def test_warnings_are_shown_at_each_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(display_module, "Display", lambda: SimpleNamespace(warning=shown.append))
    for _evaluation in range(2):
        look_up(scope="orders_read orders_delete")
    assert shown == ["wso2_password_token: The server did not grant the scope orders_delete"] * 2


@pytest.mark.usefixtures("endpoint")
def test_require_scope_fails() -> None:
    assert "did not grant the scope orders_delete" in failure(scope="orders_delete", require_scope=True)


def test_evaluations_share_a_token(endpoint: Endpoint) -> None:
    assert [look_up("token")[0]["origin"] for _evaluation in range(3)] == ["granted", "stored", "stored"]
    assert len(endpoint.requests) == 1


def test_returned_values_can_be_changed_without_harm(endpoint: Endpoint) -> None:
    expected = look_up("token")
    for _evaluation in range(3):
        look_up("scope")[0].append("more")
        look_up("token")[0]["extra"]["more"] = 1
        (values,) = look_up("token")
        assert (values["scope"], values["extra"]) == (expected[0]["scope"], {})


@pytest.mark.parametrize("url", [GIVEN["token_url"], "http://localhost:9763/token", "https://[::1]/token"])
def test_hosts_share_a_token(url: str, endpoint: Endpoint) -> None:
    for host in ("web1", "web2"):
        look_up(token_url=url, variables={"inventory_hostname": host})
    assert len(endpoint.requests) == 1


def test_without_a_store_each_evaluation_requests(endpoint: Endpoint) -> None:
    for _evaluation in range(2):
        assert look_up("token", token_store="none")[0]["origin"] == "granted"
    look_up(variables={"wso2_token_store": "none"})
    assert len(endpoint.requests) == 3


CHECK_MODES: list[tuple[str, dict[str, Any] | None, bool]] = [
    # id, variables, is the token refreshed
    ("real run", {"ansible_check_mode": False}, True),
    ("check mode", {"ansible_check_mode": True}, False),
    ("not known", {}, True),
    ("no variables", None, True),
]


@pytest.mark.parametrize(
    ("variables", "is_refreshed"), [row[1:] for row in CHECK_MODES], ids=[row[0] for row in CHECK_MODES]
)
def test_check_mode_refreshes_nothing_that_others_use(
    variables: dict[str, Any] | None, is_refreshed: bool, endpoint: Endpoint
) -> None:
    endpoint.password = [token(expires_in=1207)]
    look_up()
    assert look_up(variables=variables, min_validity=1800) == ["refreshed" if is_refreshed else ACCESS_TOKEN]
    assert endpoint.requests == [PASSWORD_REQUEST, *([REFRESH_TOKEN] if is_refreshed else [])]


def test_a_rejection_is_sent_once(endpoint: Endpoint) -> None:
    endpoint.password = [WRONG_PASSWORD]
    assert failure() == f"wso2_password_token: {WRONG_PASSWORD.message}"
    for _evaluation in range(2):
        assert "earlier in this run" in failure()
        assert "force: true" in failure()
    assert endpoint.requests == [PASSWORD_REQUEST]


@pytest.mark.parametrize(("later", "count"), [(0.0, 1), (0.9, 1), (1.1, 2)], ids=["at once", "soon", "retry"])
def test_a_retry_of_the_task_sends_a_request(
    later: float, count: int, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other evaluations of the same template share the failure."""
    endpoint.password = [UNREACHABLE]
    failure()
    now = time.time() + later
    monkeypatch.setattr(MODULE, "time", SimpleNamespace(time=lambda: now))
    failure()
    assert endpoint.requests == [PASSWORD_REQUEST] * count


@pytest.mark.usefixtures("endpoint")
def test_variables_of_the_module_are_ignored() -> None:
    variables = {"wso2_state": "absent", "wso2_revoke_url": "nonsense", "wso2_force": True}
    assert look_up(variables=variables) == [ACCESS_TOKEN]


@pytest.mark.usefixtures("endpoint")
def test_all_secrets_are_registered(registered_secrets: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "register_secrets", registered_secrets.extend)
    look_up()
    assert set(registered_secrets) >= {*SECRET_FORMS, "i.d.t"}


@pytest.mark.usefixtures("endpoint")
def test_a_cache_hit_registers_the_token_too(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up()
    registered: list[str] = []
    monkeypatch.setattr(MODULE, "register_secrets", registered.extend)
    look_up()
    assert set(registered) == {ACCESS_TOKEN, REFRESH_TOKEN, "i.d.t", f"Bearer {ACCESS_TOKEN}"}
