# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked for is checked before anything is sent, and sent exactly as given."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import is_loopback
from ansible_collections.apiops.wso2.tests.unit.examples import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    PASSWORD,
    TOKEN_URL,
    token_request,
)

ERRORS: list[tuple[str, dict[str, Any], str, str]] = [
    # id, changes to good options, the option blamed, a part of the problem
    ("no URL", {"token_url": None}, "token_url", "is missing"),
    ("no consumer key", {"consumer_key": None}, "consumer_key", "is missing"),
    ("no user", {"username": None}, "username", "is missing"),
    ("no password", {"password": None}, "password", "is missing"),
    ("empty URL", {"token_url": ""}, "token_url", "is empty"),
    ("empty consumer key", {"consumer_key": ""}, "consumer_key", "is empty"),
    ("empty consumer secret", {"consumer_secret": ""}, "consumer_secret", "is empty"),
    ("empty user", {"username": ""}, "username", "is empty"),
    ("empty password", {"password": ""}, "password", "is empty"),
    ("empty refresh token", {"refresh_token": ""}, "refresh_token", "is empty"),
    ("empty organization", {"organization": ""}, "organization", "is empty"),
    ("colon in key by Basic", {"consumer_key": "a:b"}, "consumer_key", "contains a colon"),
    ("colon in secret by Basic", {"consumer_secret": "a:b"}, "consumer_secret", "contains a colon"),
    ("@ in organization", {"organization": "a@b"}, "organization", "contains an @"),
    ("quote in scope", {"scope": ['a"b']}, "scope", "contains a character"),
    ("backslash in scope", {"scope": ["a\\b"]}, "scope", "contains a character"),
    ("umlaut in scope", {"scope": ["ä"]}, "scope", "contains a character"),
    ("control character in scope", {"scope": ["a\x07"]}, "scope", "contains a character"),
    ("no scheme", {"token_url": "wso2.example.com/token"}, "token_url", "is not an http or https URL"),
    ("other scheme", {"token_url": "ftp://wso2.example.com/token"}, "token_url", "is not an http or https URL"),
    ("no host", {"token_url": "https:///token"}, "token_url", "is not an http or https URL"),
    ("port alone", {"token_url": "https://:9443/token"}, "token_url", "is not an http or https URL"),
    ("port too large", {"token_url": "https://h:99999/token"}, "token_url", "is not an http or https URL"),
    ("port no number", {"token_url": "https://h:x/token"}, "token_url", "is not an http or https URL"),
    ("broken IPv6", {"token_url": "https://[::1/token"}, "token_url", "is not an http or https URL"),
    ("space", {"token_url": "https://h/to ken"}, "token_url", "contains white space or control characters"),
    ("line end", {"token_url": "https://h/token\n"}, "token_url", "contains white space or control characters"),
    ("control", {"token_url": "https://h/\x00token"}, "token_url", "contains white space or control characters"),
    ("user in URL", {"token_url": "https://u@h/token"}, "token_url", "contains user information"),
    ("user, password", {"token_url": "https://u:p@h/token"}, "token_url", "contains user information"),
    ("empty user information", {"token_url": "https://@h/token"}, "token_url", "contains user information"),
    ("fragment", {"token_url": "https://h/token#x"}, "token_url", "contains a fragment"),
    ("http to elsewhere", {"token_url": "http://h/token"}, "token_url", "would send secrets unencrypted"),
    (
        "http to 127 as a name",
        {"token_url": "http://127.example.com/"},
        "token_url",
        "would send secrets unencrypted",
    ),
    (
        "http to localhost.evil",
        {"token_url": "http://localhost.evil/"},
        "token_url",
        "would send secrets unencrypted",
    ),
    ("http to all interfaces", {"token_url": "http://0.0.0.0/"}, "token_url", "would send secrets unencrypted"),
    ("transport is checked", {"timeout": 0}, "timeout", "must be at least 1 second"),
]


@pytest.mark.parametrize(("changes", "option", "problem"), [row[1:] for row in ERRORS], ids=[r[0] for r in ERRORS])
def test_option_errors(changes: dict[str, Any], option: str, problem: str) -> None:
    with pytest.raises(OptionError) as caught:
        token_request(**changes)
    assert caught.value.option == option
    assert caught.value.cause.startswith(f"{option} {problem}")
    for value in changes.values():
        assert not isinstance(value, str) or len(value) < 2 or value not in caught.value.message
    assert caught.value.attempts == 0


def test_missing_option_names_its_other_sources() -> None:
    with pytest.raises(OptionError) as caught:
        token_request(consumer_key=None)
    assert "wso2_consumer_key" in caught.value.message
    assert "WSO2_CONSUMER_KEY" in caught.value.message


URLS = [
    TOKEN_URL,
    "https://h/token",
    "HTTPS://H/token",
    "https://h/t/johns.org/oauth2/token",
    "https://[2001:db8::1]:9443/oauth2/token",
    "https://h/token?tenantDomain=a",
    "http://localhost:9763/oauth2/token",
    "http://LOCALHOST/token",
    "http://127.0.0.1/token",
    "http://127.9.8.7:80/token",
    "http://[::1]:9763/token",
]


@pytest.mark.parametrize("url", URLS)
def test_good_urls_are_kept_as_they_are(url: str) -> None:
    assert token_request(token_url=url).token_url == url


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("126.0.0.1", False),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("127.0.0", False),
        ("", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


ORGANIZATIONS = [
    ("none", "alice", None, "alice"),
    ("plain user", "testuser", "my_company", "testuser@my_company"),
    ("e-mail user", "john@johns.org", "johnsorg", "john@johns.org@johnsorg"),
    ("there already", "john@johns.org@johnsorg", "johnsorg", "john@johns.org@johnsorg"),
    ("domain of the e-mail is the tenant", "john@johns.org", "johns.org", "john@johns.org"),
    ("ends alike, but is no part of its own", "john@theorg", "org", "john@theorg@org"),
    ("user store", "MYSTORE/alice", "foo.com", "MYSTORE/alice@foo.com"),
    ("nothing is trimmed or lowered", " Alice ", "Foo", " Alice @Foo"),
]


@pytest.mark.parametrize(
    ("username", "organization", "sent"), [row[1:] for row in ORGANIZATIONS], ids=[r[0] for r in ORGANIZATIONS]
)
def test_organization_is_appended_once(username: str, organization: str | None, sent: str) -> None:
    assert token_request(username=username, organization=organization).username == sent


AUTHENTICATIONS: list[tuple[str, dict[str, Any]]] = [
    ("colon in secret by body", {"consumer_secret": "a:b", "client_authentication": "body"}),
    ("colon in key by body", {"consumer_key": "a:b", "client_authentication": "body"}),
    ("colon in key of a public client", {"consumer_key": "a:b", "consumer_secret": None}),
    ("colon in password", {"password": "a:b"}),
]


@pytest.mark.parametrize("changes", [row[1] for row in AUTHENTICATIONS], ids=[r[0] for r in AUTHENTICATIONS])
def test_colons_that_can_travel(changes: dict[str, Any]) -> None:
    request = token_request(**changes)
    assert {name: getattr(request, name) for name in changes} == changes


def test_a_renewal_needs_no_user() -> None:
    request = token_request(refresh_token="r", username=None, password=None)
    assert (request.username, request.password) == (None, None)


def test_a_renewal_keeps_the_user_that_is_there() -> None:
    request = token_request(refresh_token="r", username="alice", organization="org")
    assert (request.username, request.password) == ("alice@org", PASSWORD)


SCOPES = [
    ("none", [], ()),
    ("list", ["b", "a"], ("b", "a")),
    ("one string with spaces", ["b a"], ("b", "a")),
    ("mixed", ["b a", "c"], ("b", "a", "c")),
    ("each once", ["a", "b", "a"], ("a", "b")),
    ("colons and slashes", ["apim:api_view", "https://x/y"], ("apim:api_view", "https://x/y")),
    ("blank", ["  "], ()),
]


@pytest.mark.parametrize(("given", "scope"), [row[1:] for row in SCOPES], ids=[r[0] for r in SCOPES])
def test_scopes(given: list[str], scope: tuple[str, ...]) -> None:
    assert token_request(scope=given).scope == scope


MISSING = [
    ("all there", ["a", "b"], ("b", "a"), []),
    ("more than asked", ["a"], ("a", "b"), []),
    ("one dropped", ["a", "b"], ("a",), ["b"]),
    ("default instead", ["a"], ("default",), ["a"]),
    ("none asked", [], ("default",), []),
    ("names differ in case", ["A"], ("a",), ["A"]),
]


@pytest.mark.parametrize(("asked", "granted", "missing"), [row[1:] for row in MISSING], ids=[r[0] for r in MISSING])
def test_missing_scope(asked: list[str], granted: tuple[str, ...], missing: list[str]) -> None:
    assert token_request(scope=asked).missing_scope(granted) == missing


SUSPICIONS = [
    ("none", {}, []),
    ("line end behind the secret", {"consumer_secret": "s\n"}, ["consumer_secret"]),
    ("space before the password", {"password": " p"}, ["password"]),
    ("blank password", {"password": " "}, ["password"]),
    ("user and key", {"username": "u ", "consumer_key": "k\t"}, ["consumer_key", "username"]),
    ("space inside is usual", {"password": "a b"}, []),
]


@pytest.mark.parametrize(("changes", "names"), [row[1:] for row in SUSPICIONS], ids=[r[0] for r in SUSPICIONS])
def test_white_space_is_suspected_but_sent(changes: dict[str, Any], names: list[str]) -> None:
    request = token_request(**changes)
    assert [sentence.split()[0] for sentence in request.suspicions()] == names
    assert all("white space" in sentence for sentence in request.suspicions())
    assert {name: getattr(request, name) for name in changes} == changes


def test_repr_shows_no_secret() -> None:
    shown = repr(token_request())
    assert CONSUMER_SECRET not in shown
    assert PASSWORD not in shown
    assert CONSUMER_KEY in shown


def test_secrets_hold_the_joined_form_of_basic() -> None:
    assert set(token_request().secrets()) == {PASSWORD, CONSUMER_SECRET, f"{CONSUMER_KEY}:{CONSUMER_SECRET}"}
    assert token_request(consumer_secret=None).secrets() == [PASSWORD]


def test_shown_url_has_no_query() -> None:
    assert token_request(token_url="https://h:9443/t/x/token?key=v").shown_url == "https://h:9443/t/x/token"


REVOKE_URLS: list[tuple[str, str, str]] = [
    ("directly", "https://h:9443/oauth2/token", "https://h:9443/oauth2/revoke"),
    ("through the gateway", "https://gateway.api.cloud.wso2.com/token", "https://gateway.api.cloud.wso2.com/revoke"),
    ("of a tenant", "https://h:9443/t/foo.com/oauth2/token", "https://h:9443/t/foo.com/oauth2/revoke"),
    ("of an organization", "https://h/t/a/o/b/oauth2/token", "https://h/t/a/o/b/oauth2/revoke"),
    ("slash behind", "https://h/oauth2/token/", "https://h/oauth2/revoke"),
    ("query", "https://h/oauth2/token?tenantDomain=a", "https://h/oauth2/revoke"),
    ("a host of that name", "https://token/token", "https://token/revoke"),
    ("a directory of that name", "https://h/token/oauth2/token", "https://h/token/oauth2/revoke"),
    ("IPv6, unencrypted", "http://[::1]:9763/oauth2/token", "http://[::1]:9763/oauth2/revoke"),
]


@pytest.mark.parametrize(("token_url", "revoke_url"), [row[1:] for row in REVOKE_URLS], ids=[r[0] for r in REVOKE_URLS])
def test_the_revocation_endpoint_lies_beside_the_token_endpoint(token_url: str, revoke_url: str) -> None:
    request = token_request(token_url=token_url)
    assert request.revoke_url == request.shown_revoke_url == revoke_url


@pytest.mark.parametrize(
    "path", ["", "/", "/oauth2/", "/oauth2/access_token", "/oauth2/TOKEN", "/token.jsp", "/token2"]
)
def test_a_revocation_endpoint_that_cannot_be_derived(path: str) -> None:
    request = token_request(token_url=f"https://h{path}")
    with pytest.raises(OptionError, match="revoke_url is missing, and cannot be derived from a token_url") as caught:
        assert request.revoke_url is None
    assert "https://HOST:9443/oauth2/revoke" in (caught.value.hint or "")


@pytest.mark.parametrize("token_url", [TOKEN_URL, "https://h/odd"])
def test_a_given_revocation_endpoint_is_kept_as_it_is(token_url: str) -> None:
    request = token_request(token_url=token_url, revoke_url="https://other/end?key=v")
    assert (request.revoke_url, request.shown_revoke_url) == ("https://other/end?key=v", "https://other/end")


REVOKE_URL_ERRORS = [
    ("empty", "", "is empty"),
    ("relative", "/oauth2/revoke", "is not an http or https URL"),
    ("other scheme", "ftp://h/revoke", "is not an http or https URL"),
    ("line end", "https://h/revoke\n", "contains white space or control characters"),
    ("user in URL", "https://u:p@h/revoke", "contains user information"),
    ("fragment", "https://h/revoke#x", "contains a fragment"),
    ("http to elsewhere", "http://h/revoke", "would send secrets unencrypted"),
]


@pytest.mark.parametrize(
    ("url", "problem"), [row[1:] for row in REVOKE_URL_ERRORS], ids=[r[0] for r in REVOKE_URL_ERRORS]
)
def test_revoke_url_is_checked_as_token_url_is(url: str, problem: str) -> None:
    with pytest.raises(OptionError) as caught:
        token_request(revoke_url=url)
    assert caught.value.cause.startswith(f"revoke_url {problem}")
    if "not an http" in problem:
        assert caught.value.hint == "Write it as https://HOST:9443/oauth2/revoke"
