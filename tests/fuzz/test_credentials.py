# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server receives any credentials exactly as given, or they are rejected before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._token_endpoint import refresh_token as send_refresh_token
from ansible_collections.apiops.wso2.plugins.module_utils._token_endpoint import request_token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import convert_options, read_options
from ansible_collections.apiops.wso2.tests.fuzz.raw_endpoint import RawEndpoint

APPLICATION_OPTIONS = MODULE_OPTIONS["client_credentials"]
REQUIRED = ("consumer_key", "username", "password")
GRANTED = b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"access_token":"t"}'

# Everything that YAML and JSON can contain, including half a surrogate pair.
ANYTHING = st.one_of(
    st.text(st.characters(), max_size=20),
    st.text(st.sampled_from(" \t\r\n\0:@&=+%;\"'\\/{}\x7f\x85\u2028\ufeffaä€\U0001f600\ud800\udcff"), max_size=12),
    st.sampled_from(["36", "true", "null", "~", "0x10", "1e3", "{{ x }}", "!vault", "None", "x" * 70_000]),
)
USERNAMES = ANYTHING | st.sampled_from(["john@org", "john@org@other", "john@organic", "org", "john@johns.org"])
CREDENTIALS = st.fixed_dictionaries(
    {"consumer_key": ANYTHING, "username": USERNAMES, "password": ANYTHING},
    optional={
        "consumer_secret": ANYTHING,
        "organization": ANYTHING | st.sampled_from(["org", "johns.org", "org@other"]),
        "client_authentication": st.sampled_from(["basic", "body"]),
    },
)


def request_for(
    endpoint: RawEndpoint, given: dict[str, Any], *, grant: str = "password", variables: dict[str, Any] | None = None
) -> TokenRequest:
    """A request with options as the plugins read them."""
    specification = MODULE_OPTIONS[grant]
    given = {"token_url": endpoint.url, **given}
    options = read_options(given, options=specification, variables=variables or {}, template=lambda value: value)
    return TokenRequest.from_options(convert_options(options, specification), grant=grant, environ={})


def must_be_rejected(credentials: dict[str, str], *, needs_user: bool = True) -> bool:
    """Do CREDENTIALS contain a value that cannot be sent? Only such values are rejected."""
    key, secret = credentials["consumer_key"], credentials.get("consumer_secret")
    organization = credentials.get("organization")
    by_basic = bool(secret) and credentials.get("client_authentication") != "body"
    return (
        any(credentials.get(name) == "" for name in (REQUIRED if needs_user else REQUIRED[:1]))
        or any("\ud800" <= character <= "\udfff" for value in credentials.values() for character in value)
        or (by_basic and ":" in f"{key}{secret}")
        or bool(organization and "@" in organization)
    )


def sent_username(credentials: dict[str, str], organization: str | None) -> str | None:
    """The username if ORGANIZATION is not appended to it, otherwise None."""
    username = credentials["username"]
    name, at, last = username.rpartition("@")
    return username if not organization or (at and last == organization and "@" in name) else None


def check_client(endpoint: RawEndpoint, credentials: dict[str, str]) -> None:
    """The request contains the client credentials exactly once."""
    (received,) = endpoint.received
    key, secret = credentials["consumer_key"], credentials.get("consumer_secret")
    if secret and credentials.get("client_authentication") != "body":
        assert received.basic == [key, secret]
        assert not received.form.keys() & {"client_id", "client_secret"}
    else:
        assert "authorization" not in received.headers
        assert (received.form["client_id"], received.form.get("client_secret")) == (key, secret or None)


@given(credentials=CREDENTIALS)
def test_credentials_arrive_exactly_or_are_rejected(endpoint: RawEndpoint, credentials: dict[str, str]) -> None:
    endpoint.prepare(GRANTED)
    if must_be_rejected(credentials):
        with pytest.raises(OptionError):
            request_for(endpoint, credentials)
        return
    request_token(request_for(endpoint, credentials))
    (received,) = endpoint.received
    organization = credentials.get("organization")
    username = sent_username(credentials, organization) or f"{credentials['username']}@{organization}"
    sent = (received.form["grant_type"], received.form["username"], received.form["password"])
    assert sent == ("password", username, credentials["password"])
    assert "scope" not in received.form
    check_client(endpoint, credentials)


@given(credentials=CREDENTIALS)
def test_an_application_is_sent_without_a_user(endpoint: RawEndpoint, credentials: dict[str, str]) -> None:
    """Whatever the variables for a user contain."""
    endpoint.prepare(GRANTED)
    client = {name: value for name, value in credentials.items() if name in APPLICATION_OPTIONS}
    variables = {f"wso2_{name}": value for name, value in credentials.items() if name not in APPLICATION_OPTIONS}
    is_public = not client.get("consumer_secret")
    if is_public or must_be_rejected(client, needs_user=False):
        with pytest.raises(OptionError):
            request_for(endpoint, client, grant="client_credentials", variables=variables)
        return
    request_token(request_for(endpoint, client, grant="client_credentials", variables=variables))
    (received,) = endpoint.received
    assert received.form["grant_type"] == "client_credentials"
    assert received.form.keys() <= {"grant_type", "client_id", "client_secret"}
    check_client(endpoint, client)


@given(credentials=CREDENTIALS, refresh_token=ANYTHING)
def test_refresh_tokens_arrive_exactly_or_are_rejected(
    endpoint: RawEndpoint, credentials: dict[str, str], refresh_token: str
) -> None:
    endpoint.prepare(GRANTED)
    assume(refresh_token != "")
    if must_be_rejected({**credentials, "refresh_token": refresh_token}, needs_user=False):
        with pytest.raises(OptionError):
            request_for(endpoint, {**credentials, "refresh_token": refresh_token})
        return
    send_refresh_token(request_for(endpoint, {**credentials, "refresh_token": refresh_token}), refresh_token)
    (received,) = endpoint.received
    assert received.form["grant_type"] == "refresh_token"
    assert received.form["refresh_token"] == refresh_token
    assert not received.form.keys() & {"username", "password", "scope"}
    check_client(endpoint, credentials)


# RFC 6749, section 3.3, and the separators of scopes in a text.
NQCHAR = {chr(number) for number in range(0x21, 0x7F)} - set('"\\')
SEPARATORS = " \t\r\n"
SCOPE = st.one_of(
    st.text(st.sampled_from(sorted(NQCHAR) + list(SEPARATORS)), max_size=20),
    st.text(st.sampled_from('ab:/"\\ \t\n\x0b\x1c\x1f\x85\xa0\u2003\u2028\u3000ä\0'), max_size=8),
    ANYTHING,
)


@given(scope=st.lists(SCOPE, max_size=4))
def test_scopes_arrive_exactly_or_are_rejected(endpoint: RawEndpoint, scope: list[str]) -> None:
    endpoint.prepare(GRANTED)
    options = {"consumer_key": "key", "username": "alice", "password": "pass", "scope": scope}
    if set("".join(scope)) - NQCHAR - set(SEPARATORS):
        with pytest.raises(OptionError):
            request_for(endpoint, options)
        return
    request_token(request_for(endpoint, options))
    (received,) = endpoint.received
    expected = list(dict.fromkeys(" ".join(scope).split()))
    assert received.form.get("scope") == (" ".join(expected) or None)
