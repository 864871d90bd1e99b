# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is requested is checked before anything is sent, and sent exactly as given."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import (
    CLIENT_CREDENTIALS_GRANT,
    TokenRequest,
    check_url,
    is_loopback,
    origin_of,
    shown_url,
)
from ansible_collections.apiops.wso2.tests.unit.examples import (
    CONSUMER_KEY,
    CONSUMER_SECRET,
    PASSWORD,
    TOKEN_URL,
    options,
    token_request,
)

ERRORS: list[tuple[str, dict[str, Any], str, str]] = [
    # id, changes to valid options, the wrong option, the beginning of the problem
    ("no URL", {"token_url": None}, "token_url", "is missing"),
    ("no consumer key", {"consumer_key": None}, "consumer_key", "is missing"),
    ("no username", {"username": None}, "username", "is missing"),
    ("no password", {"password": None}, "password", "is missing"),
    ("empty URL", {"token_url": ""}, "token_url", "is missing"),
    ("empty consumer key", {"consumer_key": ""}, "consumer_key", "is missing"),
    ("empty username", {"username": ""}, "username", "is missing"),
    ("empty password", {"password": ""}, "password", "is missing"),
    ("password that is not UTF-8", {"password": "pass\udce9"}, "password", "is not valid UTF-8"),
    ("colon in the key with Basic", {"consumer_key": "a:b"}, "consumer_key", "contains a colon"),
    ("colon in the secret with Basic", {"consumer_secret": "a:b"}, "consumer_secret", "contains a colon"),
    ("@ in organization", {"organization": "a@b"}, "organization", "must not contain @"),
    ("quote in a scope", {"scope": ['a"b']}, "scope", "contains a character"),
    ("backslash in a scope", {"scope": ["a\\b"]}, "scope", "contains a character"),
    ("umlaut in a scope", {"scope": ["ä"]}, "scope", "contains a character"),
    ("control character in a scope", {"scope": ["a\x07"]}, "scope", "contains a character"),
    ("no-break space in a scope", {"scope": ["a\xa0b"]}, "scope", "contains a character"),
    ("token_url is checked", {"token_url": "ftp://h/token"}, "token_url", "is not an http or https URL"),
    ("revoke_url is checked", {"revoke_url": "http://h/revoke"}, "revoke_url", "would send secrets unencrypted"),
    ("the connection is checked", {"timeout": 0}, "timeout", "must be between 1 and 86400 seconds"),
    ("ca_path without verification", {"ca_path": "/ca.pem", "validate_certs": False}, "ca_path", "contradicts"),
    ("key without certificate", {"client_key": "/key.pem"}, "client_key", "requires client_cert"),
    ("negative timeout", {"timeout": -1}, "timeout", "must be between"),
    ("timeout of more than a day", {"timeout": 86401}, "timeout", "must be between"),
    ("timeout that overflows the clock", {"timeout": 10**400}, "timeout", "must be between"),
    ("negative retries", {"retries": -1}, "retries", "must not be negative"),
]


@pytest.mark.parametrize(("changes", "option", "problem"), [row[1:] for row in ERRORS], ids=[r[0] for r in ERRORS])
def test_option_errors(changes: dict[str, Any], option: str, problem: str) -> None:
    with pytest.raises(OptionError) as caught:
        token_request(**changes)
    assert caught.value.option == option
    assert caught.value.cause.startswith(f"{option} {problem}")
    for value in changes.values():
        assert not isinstance(value, str) or len(value) < 2 or value not in caught.value.message


@pytest.mark.parametrize("organization", [None, ""])
@pytest.mark.parametrize("refresh_token", [None, ""])
def test_an_empty_value_is_no_value(organization: str | None, refresh_token: str | None) -> None:
    request = token_request(organization=organization, revoke_url="", consumer_secret="", refresh_token=refresh_token)
    assert (request.username, request.consumer_secret, request.given_revoke_url) == ("alice", None, None)
    with pytest.raises(OptionError, match="password is missing"):
        token_request(password=None, refresh_token=refresh_token)


def test_a_missing_option_names_its_sources() -> None:
    with pytest.raises(OptionError) as caught:
        token_request(consumer_key=None)
    assert "wso2_consumer_key" in caught.value.message
    assert "WSO2_CONSUMER_KEY" in caught.value.message


VALID_URLS = [
    TOKEN_URL,
    "https://h/token",
    "HTTPS://H/token",
    "https://h/t/johns.org/oauth2/token",
    "https://[2001:db8::1]:9443/oauth2/token",
    "https://h/token?tenantDomain=a",
    "https://h:/token",
    "http://localhost:9763/oauth2/token",
    "http://LOCALHOST/token",
    "http://127.0.0.1/token",
    "http://127.9.8.7:80/token",
    "http://[::1]:9763/token",
]


@pytest.mark.parametrize("url", VALID_URLS)
def test_valid_urls_are_not_changed(url: str) -> None:
    request = token_request(token_url=url, revoke_url=url)
    assert request.token_url == request.given_revoke_url == request.revoke_url == url


INVALID_URLS = [
    # id, URL, the beginning of the problem
    ("no scheme", "wso2.example.com/token", "is not an http or https URL"),
    ("other scheme", "ftp://wso2.example.com/token", "is not an http or https URL"),
    ("relative", "/oauth2/other", "is not an http or https URL"),
    ("no host", "https:///token", "is not an http or https URL"),
    ("port only", "https://:9443/token", "is not an http or https URL"),
    ("port zero", "https://h:0/token", "is not an http or https URL"),
    ("port too large", "https://h:99999/token", "is not an http or https URL"),
    ("port is a word", "https://h:x/token", "is not an http or https URL"),
    ("bracket not closed", "https://[::1/token", "is not an http or https URL"),
    ("space", "https://h/to ken", "contains whitespace or control characters"),
    ("newline", "https://h/token\n", "contains whitespace or control characters"),
    ("control character", "https://h/\x00token", "contains whitespace or control characters"),
    ("bidirectional mark", "https://h/\u202etoken", "contains whitespace or control characters"),
    ("username", "https://u@h/token", "contains user information"),
    ("username and password", "https://u:p@h/token", "contains user information"),
    ("empty user information", "https://@h/token", "contains user information"),
    ("fragment", "https://h/token#x", "contains a fragment"),
    ("empty fragment", "https://h/token#", "contains a fragment"),
    ("http to another host", "http://h/token", "would send secrets unencrypted"),
    ("http to a name that begins with 127", "http://127.example.com/", "would send secrets unencrypted"),
    ("http to a name that begins with localhost", "http://localhost.evil.test/", "would send secrets unencrypted"),
    ("http to a name that contains %2e", "http://localhost%2eevil.test/", "would send secrets unencrypted"),
    ("http to full-width letters", "http://\uff4cocalhost/", "would send secrets unencrypted"),
    ("http to all interfaces", "http://0.0.0.0/", "would send secrets unencrypted"),
    ("http to all IPv6 interfaces", "http://[::]/", "would send secrets unencrypted"),
    # Parsers disagree about the host of these.
    ("backslash in the host", "https://good.test\\.evil.test/t", "contains a backslash"),
    ("backslash before a bracket", "http://evil.test\\[::1]/token", "contains a backslash"),
    ("backslash in the path", "https://h/a\\b", "contains a backslash"),
]


@pytest.mark.parametrize("option", ["token_url", "revoke_url"])
@pytest.mark.parametrize(("url", "problem"), [row[1:] for row in INVALID_URLS], ids=[row[0] for row in INVALID_URLS])
def test_invalid_urls(url: str, problem: str, option: str) -> None:
    with pytest.raises(OptionError) as caught:
        check_url(option, url)
    assert caught.value.cause.startswith(f"{option} {problem}")
    assert url not in caught.value.message
    if "not an http" in problem:
        assert caught.value.hint == f"Use the form https://HOST:9443/oauth2/{option.removesuffix('_url')}"


@pytest.mark.parametrize(
    "url",
    [
        *("http://evil.test[::1]/token", "http://[::1].evil.test/token", "http://[::1]evil.test/token"),
        *("http://[evil.test]/token", "http://[[::1]]/token", "http://evil.test]/token", "https://h[/token"),
        *("https://a]b/token", "http://[::1]:80:90/token"),
    ],
)
def test_brackets_are_allowed_only_around_the_whole_host(url: str) -> None:
    """Python releases without the fix for CVE-2025-0938 take the text between the brackets as the host."""
    with pytest.raises(OptionError, match=r"^token_url (has a malformed host|is not an http or https URL|would send)"):
        check_url("token_url", url)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LocalHost", True),
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("126.0.0.1", False),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("127.0.0", False),
        ("2130706433", False),
        ("0x7f000001", False),
        ("", False),
    ],
)
def test_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize(
    "url",
    [
        *("https://h/token", "https://h:443/token", "HTTPS://H/other", "https://h./token?x=y", "https://h:/"),
        "https://h/t/tenant/oauth2/token",
    ],
)
def test_one_origin_in_each_spelling(url: str) -> None:
    assert origin_of(url) == "https://h:443"


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://[::1]:9443/token", "https://[0:0:0:0:0:0:0:1]:9443/token"),
        ("https://[2001:db8::1]/token", "https://[2001:DB8:0::1]:443/token"),
        ("https://b\u00fccher.example/token", "https://xn--bcher-kva.example/token"),
        ("https://b\u00fccher.example/token", "https://bu\u0308cher.EXAMPLE/token"),
        ("https://wso2\u3002example/token", "https://wso2.example/token"),
    ],
)
def test_one_origin_of_an_address_and_of_an_international_name(url: str, other: str) -> None:
    assert origin_of(url) == origin_of(other)


@pytest.mark.parametrize("url", ["https://h2/token", "https://h:9443/token", "http://h/token", "https://h.test/token"])
def test_other_origins(url: str) -> None:
    assert origin_of(url) != "https://h:443"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h:9443/t/x/token?key=v", "https://h:9443/t/x/token"),
        ("https://u:p@h/token#x", "https://h/token"),
        ("http://[::1]:9763/token", "http://[::1]:9763/token"),
    ],
)
def test_shown_url(url: str, shown: str) -> None:
    assert shown_url(url) == shown


ORGANIZATIONS = [
    ("none", "alice", None, "alice"),
    ("plain username", "testuser", "my_company", "testuser@my_company"),
    ("email address", "john@johns.org", "johnsorg", "john@johns.org@johnsorg"),
    ("appended already", "john@johns.org@johnsorg", "johnsorg", "john@johns.org@johnsorg"),
    ("the domain of the email address is the tenant", "admin@tenant1.com", "tenant1.com", None),
    ("a username that ends with the organization's letters", "john@theorg", "org", "john@theorg@org"),
    ("another organization appended", "john@johns.org@other", "johnsorg", "john@johns.org@other@johnsorg"),
    ("user store", "MYSTORE/alice", "foo.com", "MYSTORE/alice@foo.com"),
    ("whitespace and upper case are unaltered", " Alice ", "Foo", " Alice @Foo"),
]


@pytest.mark.parametrize(
    ("username", "organization", "sent"), [row[1:] for row in ORGANIZATIONS], ids=[r[0] for r in ORGANIZATIONS]
)
def test_organization_is_appended_once(username: str, organization: str | None, sent: str | None) -> None:
    request = token_request(username=username, organization=organization)
    assert request.username == (f"{username}@{organization}" if sent is None else sent)
    assert request.organization == organization


VALID_COLONS: list[tuple[str, dict[str, Any]]] = [
    ("in the secret, sent in the body", {"consumer_secret": "a:b", "client_authentication": "body"}),
    ("in the key, sent in the body", {"consumer_key": "a:b", "client_authentication": "body"}),
    ("in the key of a public client", {"consumer_key": "a:b", "consumer_secret": None}),
    ("in the password", {"password": "a:b"}),
]


@pytest.mark.parametrize("changes", [row[1] for row in VALID_COLONS], ids=[r[0] for r in VALID_COLONS])
def test_valid_colons(changes: dict[str, Any]) -> None:
    request = token_request(**changes)
    assert {name: getattr(request, name) for name in changes} == changes


def test_a_refresh_token_needs_no_user() -> None:
    request = token_request(refresh_token="r", username=None, password=None)
    assert (request.username, request.password) == (None, None)


def test_a_refresh_token_keeps_the_user_that_is_given() -> None:
    request = token_request(refresh_token="r", username="alice", organization="org")
    assert (request.username, request.password) == ("alice@org", PASSWORD)


def test_an_application_sends_no_user_and_needs_a_secret() -> None:
    request = TokenRequest.from_options(options(organization="org"), grant=CLIENT_CREDENTIALS_GRANT, environ={})
    assert (request.grant, request.username, request.password, request.organization) == (
        "client_credentials",
        None,
        None,
        None,
    )
    with pytest.raises(OptionError, match="consumer_secret is missing"):
        TokenRequest.from_options(options(consumer_secret=None), grant=CLIENT_CREDENTIALS_GRANT, environ={})


SCOPES = [
    ("none", [], ()),
    ("list", ["b", "a"], ("b", "a")),
    ("one text with spaces", ["b a"], ("b", "a")),
    ("text with newlines", ["b\n  a\t"], ("b", "a")),
    ("mixed", ["b a", "c"], ("b", "a", "c")),
    ("each once", ["a", "b", "a"], ("a", "b")),
    ("colons and slashes", ["apim:api_view", "https://x/y"], ("apim:api_view", "https://x/y")),
    ("blank", ["  "], ()),
]


@pytest.mark.parametrize(("given", "scope"), [row[1:] for row in SCOPES], ids=[r[0] for r in SCOPES])
def test_scope(given: list[str], scope: tuple[str, ...]) -> None:
    assert token_request(scope=given).scope == scope


MISSING = [
    ("all granted", ["a", "b"], ("b", "a"), []),
    ("more than requested", ["a"], ("a", "b"), []),
    ("one missing", ["a", "b"], ("a",), ["b"]),
    ("default instead", ["a"], ("default",), ["a"]),
    ("none requested", [], ("default",), []),
    ("capitals differ", ["A"], ("a",), ["A"]),
]


@pytest.mark.parametrize(("scope", "granted", "missing"), [row[1:] for row in MISSING], ids=[r[0] for r in MISSING])
def test_missing_scope(scope: list[str], granted: tuple[str, ...], missing: list[str]) -> None:
    assert token_request(scope=scope).missing_scope(granted) == missing


WHITESPACE = [
    ("none", {}, []),
    ("newline after the secret", {"consumer_secret": "s\n"}, ["consumer_secret"]),
    ("space before the password", {"password": " p"}, ["password"]),
    ("blank password", {"password": " "}, ["password"]),
    ("username and key", {"username": "u ", "consumer_key": "k\t"}, ["consumer_key", "username"]),
    ("space inside", {"password": "a b"}, []),
]


@pytest.mark.parametrize(("changes", "names"), [row[1:] for row in WHITESPACE], ids=[r[0] for r in WHITESPACE])
def test_surrounding_whitespace_is_sent_and_reported(changes: dict[str, Any], names: list[str]) -> None:
    request = token_request(**changes)
    assert request.whitespace_warnings() == [f"{name} starts or ends with whitespace" for name in names]
    assert {name: getattr(request, name) for name in changes} == changes


def test_repr_shows_no_secret() -> None:
    shown = repr(token_request(environ={"HTTPS_PROXY": "http://u:proxy-pw@proxy"}))
    assert [text for text in (CONSUMER_SECRET, PASSWORD, "proxy-pw") if text in shown] == []
    assert CONSUMER_KEY in shown


def test_secrets_contain_what_basic_authentication_encodes() -> None:
    assert set(token_request().secrets()) == {PASSWORD, CONSUMER_SECRET, f"{CONSUMER_KEY}:{CONSUMER_SECRET}"}
    assert token_request(consumer_secret=None).secrets() == [PASSWORD]


REVOKE_URLS: list[tuple[str, str, str]] = [
    ("direct", "https://h:9443/oauth2/token", "https://h:9443/oauth2/revoke"),
    ("gateway", "https://gateway.api.cloud.wso2.com/token", "https://gateway.api.cloud.wso2.com/revoke"),
    ("tenant", "https://h:9443/t/foo.com/oauth2/token", "https://h:9443/t/foo.com/oauth2/revoke"),
    ("organization", "https://h/t/a/o/b/oauth2/token", "https://h/t/a/o/b/oauth2/revoke"),
    ("trailing slash", "https://h/oauth2/token/", "https://h/oauth2/revoke"),
    ("query", "https://h/oauth2/token?tenantDomain=a", "https://h/oauth2/revoke"),
    ("host of that name", "https://token/token", "https://token/revoke"),
    ("directory of that name", "https://h/token/oauth2/token", "https://h/token/oauth2/revoke"),
    ("IPv6", "http://[::1]:9763/oauth2/token", "http://[::1]:9763/oauth2/revoke"),
]


@pytest.mark.parametrize(("token_url", "revoke_url"), [row[1:] for row in REVOKE_URLS], ids=[r[0] for r in REVOKE_URLS])
def test_the_revocation_endpoint_is_derived(token_url: str, revoke_url: str) -> None:
    assert token_request(token_url=token_url).revoke_url == revoke_url


@pytest.mark.parametrize(
    "path", ["", "/", "/oauth2/", "/oauth2/access_token", "/oauth2/TOKEN", "/token.jsp", "/token2"]
)
def test_a_revocation_endpoint_that_cannot_be_derived(path: str) -> None:
    request = token_request(token_url=f"https://h{path}")
    with pytest.raises(OptionError, match="revoke_url is missing and cannot be derived") as caught:
        assert request.revoke_url is None
    assert "https://HOST:9443/oauth2/revoke" in (caught.value.hint or "")


def test_a_given_revocation_endpoint_is_not_changed() -> None:
    assert token_request(revoke_url="https://other/end?key=v").revoke_url == "https://other/end?key=v"
