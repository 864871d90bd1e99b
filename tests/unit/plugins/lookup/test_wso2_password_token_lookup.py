# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup: terms and options in, values out, and errors that tell no secret."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible.errors import AnsibleLookupError

from ansible_collections.apiops.wso2.plugins.lookup.wso2_password_token import TERMS, LookupModule
from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils import _cold_answer, _warm_answer
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    GIVEN,
    HIDDEN,
    PASSWORD,
    REFRESH_TOKEN,
    token,
)

NOW = int(time.time())


@pytest.fixture(autouse=True)
def no_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "CONFIG_FILE", None)
    monkeypatch.setattr(_warm_answer, "_opened", {})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TokenRequest]:
    """What a server that answers every password is asked; the lookup's clock stands still, a minute later."""
    requests: list[TokenRequest] = []

    def grant(request: TokenRequest) -> Any:
        requests.append(request)
        return token(asked_at=NOW, id_token="i.d.t")

    monkeypatch.setattr(_token_endpoint, "password_grant", grant)
    for module in (sys.modules[LookupModule.__module__], _cold_answer):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: NOW + 60.5))
    return requests


@pytest.fixture
def renewed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The refresh tokens that a server that renews each of them is sent."""
    refresh_tokens: list[str] = []

    def grant(_request: TokenRequest, refresh_token: str) -> Any:
        refresh_tokens.append(refresh_token)
        return token(asked_at=NOW, access_token="renewed")

    monkeypatch.setattr(_token_endpoint, "refresh_grant", grant)
    return refresh_tokens


def look_up(*terms: Any, variables: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    lookup = LookupModule(templar=SimpleNamespace(template=lambda value: value))
    return lookup.run(list(terms), variables, **{**GIVEN, **options})


VALUES: dict[str, Any] = {
    "access_token": ACCESS_TOKEN,
    "refresh_token": REFRESH_TOKEN,
    "expires_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + 3600)),
    "expires_in": 3540,
    "scope": ["orders_read", "orders_write"],
    "token_type": "Bearer",
    "id_token": "i.d.t",
    "authorization": f"Bearer {ACCESS_TOKEN}",
}
WHOLE = {**VALUES, "expires": True, "extra": {}, "origin": "granted"}


@pytest.mark.parametrize("term", TERMS)
def test_each_term(asked: list[TokenRequest], term: str) -> None:
    assert look_up(term) == [WHOLE if term == "token" else VALUES[term]]
    assert len(asked) == 1


def test_no_term_is_the_access_token(asked: list[TokenRequest]) -> None:
    assert look_up() == [ACCESS_TOKEN]


def test_many_terms_in_their_order_from_one_request(asked: list[TokenRequest]) -> None:
    assert look_up("expires_in", "access_token", "expires_in") == [3540, ACCESS_TOKEN, 3540]
    assert len(asked) == 1


def test_options_reach_the_request(asked: list[TokenRequest]) -> None:
    look_up(organization="org", scopes="orders_read", variables={"wso2_timeout": "7"})
    (request,) = asked
    assert (request.username, request.scope, request.transport.timeout) == ("alice@org", ("orders_read",), 7)


@pytest.mark.parametrize("terms", [["s3cret"], ["access_token", "s3cret"], [5], [None], [["access_token"]]], ids=repr)
def test_an_unknown_term_is_not_quoted(asked: list[TokenRequest], terms: list[Any]) -> None:
    with pytest.raises(AnsibleLookupError) as caught:
        look_up(*terms)
    text = str(caught.value)
    assert f"unknown term at position {len(terms)}" in text
    assert "access_token, refresh_token" in text
    assert "s3cret" not in text
    assert asked == []


ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("unknown option", {"passwrd": "s3cret"}, "passwrd is not an option"),
    ("option of the module alone", {"refresh_token": "s3cret"}, "refresh_token is not an option"),
    ("state, which is the module's", {"state": "absent"}, "state is not an option"),
    ("revoke_url, which is the module's", {"revoke_url": "https://s3cret/"}, "revoke_url is not an option"),
    ("missing", {"password": None}, "password is missing"),
    ("wrong type", {"password": ["s3cret"]}, "password is not a text but of type list"),
    ("wrong number", {"timeout": "s3cret"}, "timeout is not of type int"),
    ("negative", {"min_validity": -1}, "min_validity must not be negative"),
    ("relative store", {"token_store": "s3cret"}, "token_store is none of run, none, the absolute path"),
    ("no Redis", {"token_store": "redis://:s3cret@"}, "token_store is not the URL of a Redis"),
    ("contradiction", {"consumer_secret": "s3:cret"}, "consumer_secret contains a colon"),
]


@pytest.mark.parametrize(("options", "problem"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_wrong_options_send_nothing(asked: list[TokenRequest], options: dict[str, Any], problem: str) -> None:
    with pytest.raises(AnsibleLookupError) as caught:
        look_up(**options)
    assert str(caught.value).startswith(f"wso2_password_token: {problem}")
    assert "s3cret" not in str(caught.value)
    assert asked == []


FAILURES = [
    (
        "refused",
        TokenError(f"the server says {PASSWORD} is wrong", hint="Check it"),
        "wso2_password_token: the server says ******** is wrong. Check it.",
    ),
    ("unexpected", RuntimeError(PASSWORD), "wso2_password_token: unexpected RuntimeError at "),
]


@pytest.mark.parametrize(("error", "message"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES])
def test_failures_have_no_chain_and_no_secret(error: Exception, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_request: TokenRequest) -> None:
        raise error

    monkeypatch.setattr(_token_endpoint, "password_grant", refuse)
    with pytest.raises(AnsibleLookupError) as caught:
        look_up()
    assert str(caught.value).startswith(message)
    assert PASSWORD not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_password_from_an_environment_that_is_not_utf8_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSO2_PASSWORD", b"caf\xe9".decode("utf-8", "surrogateescape"))
    with pytest.raises(AnsibleLookupError):
        look_up(password=None, token_url="http://127.0.0.1:9/token", retries=0)


def test_warnings_are_shown(asked: list[TokenRequest], monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    display = SimpleNamespace(warning=heard.append)
    monkeypatch.setattr(_cold_answer, "Display", lambda: display)
    look_up(scope="orders_read orders_delete")
    assert heard == ["wso2_password_token: the server did not grant the scope orders_delete"]


def test_require_scope_fails(asked: list[TokenRequest]) -> None:
    with pytest.raises(AnsibleLookupError, match="did not grant the scope orders_delete"):
        look_up(scope="orders_delete", require_scope=True)


def test_a_second_mention_is_answered_from_the_store(asked: list[TokenRequest]) -> None:
    assert [look_up("token")[0]["origin"] for turn in range(3)] == ["granted", "stored", "stored"]
    assert look_up() == [ACCESS_TOKEN]
    assert len(asked) == 1


def test_what_is_handed_out_can_be_changed_without_harm(asked: list[TokenRequest]) -> None:
    look_up()
    look_up("scope")[0].append("more")
    look_up("token")[0]["extra"]["more"] = 1
    assert look_up("token") == [{**WHOLE, "origin": "stored"}]


HOSTS = [("any", GIVEN["token_url"]), ("localhost", "http://localhost:9763/token"), ("address", "https://[::1]/token")]


@pytest.mark.parametrize("token_url", [row[1] for row in HOSTS], ids=[row[0] for row in HOSTS])
def test_hosts_share_for_the_control_node_asks_for_all(asked: list[TokenRequest], token_url: str) -> None:
    for host in ("web1", "web2"):
        look_up(token_url=token_url, variables={"inventory_hostname": host})
    assert len(asked) == 1


def test_no_store_asks_for_each_mention(asked: list[TokenRequest]) -> None:
    for _turn in range(2):
        assert look_up("token", token_store="none") == [WHOLE]
    look_up(variables={"wso2_token_store": "none"})
    assert len(asked) == 3


CHECK_MODES: list[tuple[str, dict[str, Any] | None, list[str]]] = [
    # id, variables, refresh tokens sent
    ("real run", {"ansible_check_mode": False}, [REFRESH_TOKEN]),
    ("check mode", {"ansible_check_mode": True}, []),
    ("not said", {}, [REFRESH_TOKEN]),
    ("no variables", None, [REFRESH_TOKEN]),
]


@pytest.mark.parametrize(("variables", "sent"), [row[1:] for row in CHECK_MODES], ids=[row[0] for row in CHECK_MODES])
def test_check_mode_renews_nothing_that_others_hold(
    asked: list[TokenRequest], renewed: list[str], variables: dict[str, Any] | None, sent: list[str]
) -> None:
    look_up()
    assert look_up(variables=variables, force=True) == (["renewed"] if sent else [ACCESS_TOKEN])
    assert renewed == sent
    assert len(asked) == 1


def test_min_validity_reaches_the_provider(asked: list[TokenRequest], renewed: list[str]) -> None:
    look_up()
    assert look_up(min_validity=3500) == [ACCESS_TOKEN]
    assert look_up(variables={"wso2_min_validity": "3600000"}) == ["renewed"]
    assert renewed == [REFRESH_TOKEN]


def test_force_comes_from_the_lookup_alone(
    asked: list[TokenRequest], renewed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSO2_FORCE", "true")
    for _turn in range(2):
        look_up(variables={"wso2_force": True})
    assert (len(asked), renewed) == (1, [])


def test_a_rejection_is_told_at_every_mention_and_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    requests: list[TokenRequest] = []

    def refuse(request: TokenRequest) -> None:
        requests.append(request)
        raise TokenError("HTTP 400, invalid_grant", hint="Check it", http_status=400, attempts=1)

    monkeypatch.setattr(_token_endpoint, "password_grant", refuse)
    for _turn in range(3):
        with pytest.raises(AnsibleLookupError) as caught:
            look_up()
        assert str(caught.value) == "wso2_password_token: HTTP 400, invalid_grant. Check it."
        assert caught.value.__context__ is None
    assert len(requests) == 1


def test_what_is_the_modules_is_not_taken_from_variables_either(asked: list[TokenRequest]) -> None:
    assert look_up(variables={"wso2_state": "absent", "wso2_revoke_url": "nonsense"}) == [ACCESS_TOKEN]


@pytest.mark.usefixtures("asked")
def test_all_secrets_are_told_to_ansible_core(told_to_mask: list[str]) -> None:
    look_up()
    assert set(told_to_mask) >= {*HIDDEN, "i.d.t"}
