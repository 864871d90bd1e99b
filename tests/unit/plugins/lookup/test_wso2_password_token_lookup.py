# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup: terms and options in, values out, and errors that tell no secret."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants
from ansible.errors import AnsibleLookupError

from ansible_collections.apiops.wso2.plugins.lookup.wso2_password_token import TERMS, LookupModule
from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._token_error import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, GIVEN, PASSWORD, REFRESH_TOKEN, token

NOW = 1_700_000_000


@pytest.fixture(autouse=True)
def no_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "CONFIG_FILE", None)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[TokenRequest]:
    """What a server that answers every password is asked; its clock stands still."""
    requests: list[TokenRequest] = []

    def grant(request: TokenRequest) -> Any:
        requests.append(request)
        return token(asked_at=NOW, id_token="i.d.t")

    monkeypatch.setattr(_token_endpoint, "password_grant", grant)
    monkeypatch.setattr(sys.modules[LookupModule.__module__], "time", SimpleNamespace(time=lambda: NOW + 60.5))
    return requests


def look_up(*terms: Any, variables: dict[str, Any] | None = None, **options: Any) -> list[Any]:
    lookup = LookupModule(templar=SimpleNamespace(template=lambda value: value))
    return lookup.run(list(terms), variables, **{**GIVEN, **options})


VALUES: dict[str, Any] = {
    "access_token": ACCESS_TOKEN,
    "refresh_token": REFRESH_TOKEN,
    "expires_at": "2023-11-14T23:13:20Z",
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
    ("missing", {"password": None}, "password is missing"),
    ("wrong type", {"password": ["s3cret"]}, "password is not a text but of type list"),
    ("wrong number", {"timeout": "s3cret"}, "timeout is not of type int"),
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
    monkeypatch.setattr(sys.modules[LookupModule.__module__], "Display", lambda: display)
    look_up(scope="orders_read orders_delete")
    assert heard == ["wso2_password_token: the server did not grant the scope orders_delete"]


def test_require_scope_fails(asked: list[TokenRequest]) -> None:
    with pytest.raises(AnsibleLookupError, match="did not grant the scope orders_delete"):
        look_up(scope="orders_delete", require_scope=True)
