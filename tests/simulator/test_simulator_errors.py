# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Status, error, and description of each error, by version of WSO2."""

from __future__ import annotations

from typing import Any

import pytest
from simulator_process import ALICE, RunningSimulator

BAD = {**ALICE, "password": "wrong"}
LOCKED = {"grant_type": "password", "username": "locked", "password": "locked-pass"}
BOB = {"grant_type": "password", "username": "bob@foo.com", "password": "bob-pass"}
NOWHERE = {"grant_type": "password", "username": "bob@nowhere.org", "password": "bob-pass"}
SAAS = {"auth": ("saas_key", "saas_secret")}
NO_PASSWORD = {"grant_type": "password", "username": "alice"}
UNKNOWN_GRANT = {"grant_type": "magic"}
UNKNOWN = {"auth": ("nobody", "secret")}
WRONG = {"auth": ("demo_key", "nonsense")}
NEWLINE = {"auth": ("demo_key", "demo_secret\n")}
NONE: dict[str, Any] = {"auth": None}
COLONS = {"auth": ("colon_key", "colon:secret")}
BOTH = {**ALICE, "client_id": "demo_key", "client_secret": "demo_secret"}
NOT_FOUND = "A valid OAuth client could not be found for client_id: nobody"
FAILED, INVALID = "Client Authentication failed.", "Client credentials are invalid."
BASIC = "Error decoding authorization header. Two parts separated by one colon are expected."
TWICE = "Request body and headers contain authorization information"
INACTIVE = "Oauth application is not in active state"
EVENT = "17003:AdminInitiated Error when handling event : POST_AUTHENTICATION"
OLD_LOCK = "17003 User account is locked for user : locked. cannot login until the account is unlocked "
JAVA = (
    "OAuthProblemException{error='invalid_request', description='Missing parameters: password', uri='null', "
    "state='null', scope='null', redirectUri='null', responseStatus=0, parameters={}}"
)

# fmt: off
#: component, form, request options, status, error, description, whether WWW-Authenticate comes along
CASES: list[tuple[str, str, Any, dict[str, Any], int, str, str, bool]] = [
    ("unknown client", "5.6.63", ALICE, UNKNOWN, 401, "invalid_client", NOT_FOUND, False),
    ("unknown client", "6.11.21", ALICE, UNKNOWN, 401, "invalid_client", NOT_FOUND, True),
    ("unknown client", "6.13.16", ALICE, UNKNOWN, 401, "invalid_client", INVALID, True),
    ("wrong secret", "6.4.2", ALICE, WRONG, 401, "invalid_client", FAILED, True),
    ("wrong secret", "6.4.111", ALICE, WRONG, 401, "invalid_client", INVALID, True),
    ("newline in secret", "6.4.2", ALICE, NEWLINE, 401, "invalid_client", FAILED, True),
    ("no client", "5.6.63", ALICE, NONE, 400, "invalid_request", "Unsupported Client Authentication Method!", False),
    ("no client", "6.4.2", ALICE, NONE, 401, "invalid_client", "Unsupported Client Authentication Method!", True),
    ("no client", "7.0.26", ALICE, NONE, 401, "invalid_client", "Client ID not found in the request.", True),
    ("two colons", "5.3.4", ALICE, COLONS, 404, "server_error", BASIC, False),
    ("two colons", "6.2.25", ALICE, COLONS, 400, "invalid_request", BASIC, False),
    ("two colons", "7.0.26", ALICE, COLONS, 401, "invalid_client", BASIC, True),
    ("both methods", "5.3.4", BOTH, {}, 401, "invalid_client", TWICE, True),
    ("both methods", "7.0.26", BOTH, {}, 400, "invalid_request", TWICE, False),
    ("disabled", "6.4.2", ALICE, {"auth": ("disabled_key", "disabled_secret")}, 401, "invalid_client", INACTIVE, False),
    ("disabled", "7.0.26", ALICE, {"auth": ("disabled_key", "disabled_secret")}, 401, "invalid_client",
     "Application is disabled.", True),
    ("revoked", "7.0.26", ALICE, {"auth": ("revoked_key", "revoked_secret")}, 401, "invalid_client", INACTIVE, True),
    ("wrong password", "5.3.4", BAD, {}, 400, "invalid_grant", "Authentication failed for alice@carbon.super", False),
    ("wrong password", "6.4.2", {**BAD, "username": "alice@carbon.super"}, {}, 400, "invalid_grant",
     "Authentication failed for alice", False),
    ("wrong password", "7.0.26", {**BAD, "username": "alice@carbon.super"}, {}, 400, "invalid_grant",
     "Authentication failed for alice@carbon.super", False),
    ("unknown user", "7.0.26", {**BAD, "username": "Alice"}, {}, 400, "invalid_grant",
     "Authentication failed for Alice", False),
    ("locked", "5.3.4", LOCKED, {}, 400, "invalid_grant", OLD_LOCK, False),
    ("locked", "5.6.63", LOCKED, {}, 400, "invalid_grant", "Authentication failed for locked", False),
    ("locked", "6.0.53", LOCKED, {}, 400, "invalid_grant", EVENT, False),
    ("locked", "7.0.26", LOCKED, {}, 400, "invalid_grant", EVENT, False),
    ("locked", "7.4.99", LOCKED, {}, 400, "invalid_grant", "Authentication failed for locked", False),
    ("password expired", "7.0.26", {**ALICE, "username": "expired", "password": "expired-pass"}, {}, 400,
     "invalid_grant", "Authentication Failed! Password has expired.", False),
    ("user disabled", "7.0.26", {**ALICE, "username": "disabled", "password": "disabled-pass"}, {}, 400,
     "invalid_grant", "Error when handling event : PRE_AUTHENTICATION", False),
    ("other tenant", "5.3.4", BOB, {}, 400, "invalid_grant", "Provided Authorization Grant is invalid", False),
    ("other tenant", "6.4.176", BOB, {}, 400, "invalid_grant",
     "Users in the tenant domain : foo.com do not have access to application demo", False),
    ("other tenant", "7.0.26", BOB, {}, 400, "invalid_grant", "Authentication failed for bob@foo.com", False),
    ("no such tenant", "7.0.26", NOWHERE, SAAS, 400, "invalid_grant", "Invalid tenant domain nowhere.org", False),
    ("no such tenant", "5.3.4", NOWHERE, SAAS, 400, "invalid_grant", "Provided Authorization Grant is invalid", False),
    ("no password", "5.3.4", NO_PASSWORD, {}, 400, "invalid_request", "Missing parameters: password", False),
    ("no password", "6.2.25", NO_PASSWORD, {}, 400, "invalid_request", JAVA, False),
    ("no password", "7.0.26", NO_PASSWORD, {}, 400, "invalid_request", "Missing parameters: password", False),
    ("empty password", "7.0.26", {**ALICE, "password": ""}, {}, 400, "invalid_request",
     "Missing parameters: password", False),
    ("no grant", "7.0.26", {"username": "a"}, {}, 400, "invalid_request", "Missing grant_type parameter value", False),
    ("unknown grant", "5.3.4", UNKNOWN_GRANT, {}, 400, "unsupported_grant_type", "Unsupported grant_type value", False),
    ("unknown grant", "7.0.26", UNKNOWN_GRANT, {}, 400, "invalid_request", "Unsupported grant_type value", False),
    ("grant not enabled", "7.0.26", ALICE, {"auth": ("nopassword_key", "nopassword_secret")}, 400,
     "unauthorized_client", "The authenticated client is not authorized to use this authorization grant type", False),
    ("repeated in body", "7.0.26", [*ALICE.items(), ("username", "alice")], {}, 400, "invalid_request",
     "Invalid request with repeated parameters.", False),
    ("repeated in query", "7.0.26", ALICE, {"params": [("scope", "a"), ("scope", "a")]}, 400, "invalid_request",
     "Invalid request with repeated parameters.", False),
    ("near media type", "7.0.26", ALICE, {"headers": {"Content-Type": "application/x-www-form-urlencoded ;a=b"}}, 400,
     "invalid_request",
     "Bad request content type. Expecting: application/x-www-form-urlencoded or application/json", False),
]


# fmt: on


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} at {case[1]}")
def test_cause(simulator: RunningSimulator, case: tuple[Any, ...]) -> None:
    _name, component, form, options, status, error, description, challenge = case
    simulator.settings(component=component, realm="am.example.test")
    response = simulator.token(form, **options)
    assert (response.status_code, response.json()) == (status, {"error_description": description, "error": error})
    assert list(response.json()) == ["error_description", "error"]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers.get("WWW-Authenticate") == ("Basic realm=am.example.test" if challenge else None)


# fmt: off
SETTINGS_CASES: list[tuple[str, dict[str, Any], Any, str, str]] = [
    ("reason shown for a locked user", {"component": "7.4.99", "show_auth_failure_reason": True}, LOCKED,
     "invalid_grant", "17003:AdminInitiated Account is locked by admin for user: locked@carbon.super"),
    ("reason shown for a bad password", {"show_auth_failure_reason": True}, BAD,
     "invalid_grant", "17002 Authentication failed for alice"),
    ("reason shown for no such user", {"show_auth_failure_reason": True}, {**BAD, "username": "x"},
     "invalid_grant", "17001 Authentication failed for x"),
    ("user store down", {"user_store": "down"}, ALICE,
     "invalid_grant", "Error while authenticating user from user store"),
    ("roles unreadable", {"user_store": "roles_down"}, ALICE, "invalid_scope", "Invalid Scope!"),
    ("scope refused", {"unknown_scope": "refuse"}, {**ALICE, "scope": "nonsense"}, "invalid_scope", "Invalid Scope!"),
    ("password grant off", {"password_grant": False}, ALICE, "unsupported_grant_type",
     "Unsupported grant type : password, is used."),
    ("refresh grant off", {"refresh_token": "none"}, {"grant_type": "refresh_token", "refresh_token": "x"},
     "unsupported_grant_type", "Unsupported grant type : refresh_token, is used."),
]


# fmt: on


@pytest.mark.parametrize("case", SETTINGS_CASES, ids=lambda case: case[0])
def test_cause_by_setting(simulator: RunningSimulator, case: tuple[Any, ...]) -> None:
    _name, settings, form, error, description = case
    simulator.settings(**settings)
    response = simulator.token(form)
    assert (response.status_code, response.json()) == (400, {"error_description": description, "error": error})


@pytest.mark.parametrize("component", ["6.4.2", "6.4.111"])
def test_malformed_basic_can_end_in_a_tomcat_page(simulator: RunningSimulator, component: str) -> None:
    simulator.settings(component=component)
    response = simulator.token(auth=("colon_key", "colon:secret"))
    assert response.status_code == 500
    assert response.text.startswith("<!doctype html>")


def test_credentials_in_the_url_are_rejected_where_restricted(simulator: RunningSimulator) -> None:
    rest = {"grant_type": "password", "username": "alice"}
    assert simulator.token(rest, params={"password": "alice-pass"}).status_code == 200
    simulator.settings(restricted_query_parameters=["password"])
    response = simulator.token(rest, params={"password": "alice-pass"})
    assert response.json()["error_description"] == "Invalid request with sensitive data in the URL."


@pytest.mark.parametrize(
    ("component", "media", "status"),
    [
        ("7.0.26", "text/plain", 415),
        ("7.0.26", "", 415),
        ("7.0.26", "application/json", 200),
        ("6.4.2", "application/json", 415),
        ("7.0.26", "application/x-www-form-urlencoded;charset=UTF-8", 200),
        ("7.0.26", "Application/x-www-form-urlencoded", 400),
    ],
)
def test_media_type(simulator: RunningSimulator, component: str, media: str, status: int) -> None:
    simulator.settings(component=component)
    as_json = '{"grant_type":"password","username":"alice","password":"alice-pass"}'
    as_form = "grant_type=password&username=alice&password=alice-pass"
    body = as_json if media == "application/json" else as_form
    assert simulator.token(body, headers={"Content-Type": media}).status_code == status


def test_the_account_locks_after_the_configured_number_of_wrong_passwords(simulator: RunningSimulator) -> None:
    held = simulator.granted()
    outcomes = [simulator.token(BAD).json()["error_description"] for _attempt in range(4)]
    reached = "17003:MaxAttemptsExceeded Error when handling event : POST_AUTHENTICATION"
    assert outcomes == ["Authentication failed for alice"] * 3 + [reached]
    assert simulator.token().json()["error_description"] == reached
    assert not simulator.is_active(held["access_token"])
    assert simulator.refresh(held["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_correct_password_resets_the_count_and_zero_never_locks(simulator: RunningSimulator) -> None:
    for form in (BAD, BAD, ALICE, BAD, BAD):
        simulator.token(form)
    assert simulator.token().status_code == 200
    simulator.settings(lock_after=0)
    for _attempt in range(5):
        simulator.token(BAD)
    assert simulator.token().status_code == 200


@pytest.mark.parametrize(
    ("path", "username", "auth", "status"),
    [
        ("/oauth2/token/", "alice", ("demo_key", "demo_secret"), 200),
        ("/token/", "alice", ("demo_key", "demo_secret"), 200),
        ("/t/carbon.super/oauth2/token", "alice", ("demo_key", "demo_secret"), 200),
        ("/t/carbon.super/o/10084a8d/oauth2/token", "alice", ("demo_key", "demo_secret"), 200),
        ("/t/carbon.super/oauth2/token", "alice@carbon.super", ("demo_key", "demo_secret"), 400),
        ("/t/foo.com/oauth2/token", "bob", ("foo_key", "foo_secret"), 200),
        ("/t/foo.com/oauth2/token", "bob@foo.com", ("foo_key", "foo_secret"), 400),
        ("/t/foo.com/oauth2/token", "bob@foo.com", ("saas_key", "saas_secret"), 200),
        ("/t/foo.com/oauth2/token", "alice", ("demo_key", "demo_secret"), 401),
        ("/oauth2/token", "bob@FOO.com", ("foo_key", "foo_secret"), 400),
        ("/oauth2/token", "bob@FOO.com", ("saas_key", "saas_secret"), 200),
        ("/oauth2/token", "PRIMARY/alice", ("demo_key", "demo_secret"), 200),
        ("/t/nowhere.org/oauth2/token", "bob", ("foo_key", "foo_secret"), 404),
        ("/nonsense", "alice", ("demo_key", "demo_secret"), 404),
    ],
)
def test_addresses_and_names(
    simulator: RunningSimulator, path: str, username: str, auth: tuple[str, str], status: int
) -> None:
    password = "bob-pass" if username.startswith("bob") else "alice-pass"
    form = {"grant_type": "password", "username": username, "password": password}
    assert simulator.post(path, form, auth=auth).status_code == status


@pytest.mark.parametrize(
    ("username", "password", "email_names", "status"),
    [
        ("john@johns.org@johnsorg", "john pass & more=100%+#$", False, 200),
        ("john@johns.org", "john pass & more=100%+#$", False, 400),
        ("testuser@my_company", "testuser-pass", False, 200),
        ("zoë", "Grüße-пароль-密码", False, 200),
        ("MYSTORE/carol", "carol-pass", False, 200),
        ("carol", "carol-pass", False, 400),
        ("alice@carbon.super", "alice-pass", True, 400),
        ("alice", "alice-pass", True, 200),
    ],
)
def test_usernames(simulator: RunningSimulator, username: str, password: str, email_names: bool, status: int) -> None:
    simulator.settings(email_user_names=email_names)
    form = {"grant_type": "password", "username": username, "password": password}
    assert simulator.token(form, auth=("saas_key", "saas_secret")).status_code == status
