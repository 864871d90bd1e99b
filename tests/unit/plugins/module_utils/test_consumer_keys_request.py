# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options about a client become a request, or a message that names the option."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import (
    CLIENT_REGISTRATION,
    DYNAMIC_REGISTRATION,
    PORTAL,
    ConsumerKeysRequest,
)
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.tests.unit import keys_examples
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    ADMIN_PASSWORD,
    API_MANAGER,
    IDENTITY_SERVER,
    keys_options,
    keys_request,
)

PORTAL_URL = keys_examples.PORTAL


@pytest.mark.parametrize(
    ("url", "way"),
    [
        (API_MANAGER, CLIENT_REGISTRATION),
        ("https://h.example:9443/client-registration/v0.14/register/", CLIENT_REGISTRATION),
        (IDENTITY_SERVER, DYNAMIC_REGISTRATION),
        ("https://h.example/t/acme/api/identity/oauth2/dcr/v1.1/register", DYNAMIC_REGISTRATION),
        ("https://op.example/reg", DYNAMIC_REGISTRATION),
        (PORTAL_URL, PORTAL),
        (f"{PORTAL_URL}/", PORTAL),
    ],
)
def test_the_url_chooses_the_way(url: str, way: str) -> None:
    request = keys_request(url)
    assert (request.way, request.url) == (way, url.rstrip("/"))


def test_everything_is_in_the_request() -> None:
    request = keys_request(
        PORTAL_URL,
        organization="org",
        username="john@mail.example",
        grant_types=["password", "client_credentials", "password"],
        token_lifetimes={"user": 900, "refresh": "7200"},
        key_type="sandbox",
        callback_url="https://app.example/cb",
    )
    assert request.username == "john@mail.example@org"
    assert request.basic == ("john@mail.example@org", ADMIN_PASSWORD)
    assert request.grant_types == ("password", "client_credentials")
    assert request.token_lifetimes == {"user": 900, "refresh": 7200}
    assert (request.key_type, request.key_manager) == ("SANDBOX", "Resident Key Manager")
    assert request.origin == "https://wso2.example.com:9443"
    assert request.url_option == "portal_url"
    assert keys_request().url_option == "registration_url"
    assert ADMIN_PASSWORD not in repr(request)
    assert set(request.secrets()) == {ADMIN_PASSWORD, f"john@mail.example@org:{ADMIN_PASSWORD}"}


def test_a_token_replaces_the_password() -> None:
    request = keys_request(IDENTITY_SERVER, registration_token="initial.access.token", username=None)
    assert (request.bearer, request.basic, request.password) == ("initial.access.token", None, None)
    assert request.secrets() == ["initial.access.token"]
    assert "initial.access.token" not in repr(request)
    assert keys_request(PORTAL_URL, access_token="opaque", password=None).bearer == "opaque"


def test_loopback() -> None:
    assert keys_request("https://localhost:9443/client-registration/v0.17/register").is_loopback
    assert not keys_request().is_loopback


def test_missing_grants() -> None:
    request = keys_request(grant_types=["password", "refresh_token"])
    assert request.missing_grants(["refresh_token", "other"]) == ["password"]


REJECTED: list[tuple[dict[str, Any], str, str]] = [
    ({"registration_url": None}, "registration_url", "or portal_url is required"),
    ({"portal_url": PORTAL_URL}, "registration_url", "and portal_url are mutually exclusive"),
    ({"registration_url": "ftp://h.example"}, "registration_url", "is not an http or https URL"),
    ({"registration_url": "http://h.example/register"}, "registration_url", "unencrypted"),
    ({"registration_url": "https://a:b@h.example/r"}, "registration_url", "Use username and password"),
    ({"registration_url": None, "portal_url": "https://h.example/x?y=1"}, "portal_url", "contains a query"),
    ({"name": None}, "name", "is missing"),
    ({"name": ""}, "name", "is missing"),
    ({"name": "a\nb"}, "name", "control characters"),
    ({"name": " ada"}, "name", "whitespace"),
    ({"name": "grün"}, "name", "rejects"),
    ({"name": "a/b#c"}, "name", "rejects"),
    ({"registration_url": None, "portal_url": PORTAL_URL, "name": "x" * 101}, "name", "longer than 100"),
    ({"username": None}, "username", "is missing"),
    ({"username": "a:b"}, "username", "contains a colon"),
    ({"password": None}, "password", "is missing"),
    ({"registration_token": "t", "username": None}, "username", "is missing"),
    ({"registration_token": "t\n"}, "registration_token", "newline"),
    ({"access_token": "t"}, "access_token", "applies only with portal_url"),
    (
        {"registration_url": None, "portal_url": PORTAL_URL, "registration_token": "t"},
        "registration_token",
        "applies only with registration_url",
    ),
    ({"grant_types": []}, "grant_types", "is empty"),
    ({"grant_types": ["pass word"]}, "grant_types", "whitespace"),
    ({"grant_types": ["pass-word"]}, "grant_types", "Use password"),
    ({"grant_types": ["refresh-token"]}, "grant_types", "Use refresh_token"),
    ({"grant_types": ["authorization_code"]}, "callback_url", "authorization_code"),
    ({"token_lifetimes": {"user": 5}}, "token_lifetimes", "applies only with portal_url"),
    ({"state": "absent"}, "state", "does not delete clients"),
    ({"ca_path": "/x", "validate_certs": False}, "ca_path", "validate_certs"),
    ({"timeout": 0}, "timeout", "between 1"),
    ({"organization": "a@b"}, "organization", "must not contain @"),
    ({"name": "\udcff"}, "name", "UTF-8"),
]


@pytest.mark.parametrize(("changes", "option", "problem"), REJECTED, ids=[f"{row[1]}-{row[2]}" for row in REJECTED])
def test_what_is_rejected_before_anything_is_sent(changes: dict[str, Any], option: str, problem: str) -> None:
    with pytest.raises(OptionError) as failed:
        ConsumerKeysRequest.from_options(keys_options(**{"registration_url": API_MANAGER, **changes}), environ={})
    assert failed.value.option == option
    assert problem in failed.value.message
    assert ADMIN_PASSWORD not in failed.value.message


@pytest.mark.parametrize(
    ("lifetimes", "problem"),
    [
        ({"users": 5}, "The keys are user, application, refresh"),
        ({"user": 0}, "as user"),
        ({"user": -5}, "as user"),
        ({"refresh": True}, "as refresh"),
        ({"application": "1h"}, "as application"),
        ({"user": 2**31}, "as user"),
    ],
)
def test_lifetimes_that_are_rejected(lifetimes: dict[str, Any], problem: str) -> None:
    with pytest.raises(OptionError, match="token_lifetimes") as failed:
        keys_request(PORTAL_URL, token_lifetimes=lifetimes)
    assert problem in failed.value.message


@pytest.mark.parametrize("url", [IDENTITY_SERVER, PORTAL_URL])
def test_only_api_manager_shares_clients_with_tenants(url: str) -> None:
    assert keys_request(shared_with_tenants=True).shared_with_tenants
    with pytest.raises(OptionError, match="shared_with_tenants applies only"):
        keys_request(url, shared_with_tenants=True)


@pytest.mark.parametrize("grant", ["iwa:ntlm", "kerberos", "custom_of_the_bank", "urn:example:own"])
def test_grants_of_a_server_are_accepted(grant: str) -> None:
    assert keys_request(IDENTITY_SERVER, grant_types=[grant]).grant_types == (grant,)


def test_names_that_other_servers_accept() -> None:
    assert keys_request(IDENTITY_SERVER, name="grün/1").name == "grün/1"


@pytest.mark.parametrize("url", [IDENTITY_SERVER, PORTAL_URL])
def test_absent_needs_a_server_that_can_delete(url: str) -> None:
    assert keys_request(url, state="absent").url == url
