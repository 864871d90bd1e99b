# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract of asking, through every door: what is sent, what comes back, what is said when it cannot be.

All cases of a door run in one playbook. The rows tell how many requests a case makes, so that each request in the
simulator's journal is known to belong to its case.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from doors import DOORS, LOOKUP, Outcome, ask
from playbook import Ansible, Run
from wso2 import Wso2, running_wso2

DEMO = {"consumer_key": "demo_key", "consumer_secret": "demo_secret", "username": "alice", "password": "alice-pass"}
# Each case is to be asked, also one that asks for the same token as another.
NO_STORE = {"wso2_token_store": "none"}
WRONG_PASSWORD = "wrong-password-7391"
WRONG_SECRET = "wrong-secret-2846"


@dataclass(frozen=True)
class Case:
    """options: beyond token_url and ca_path, which it may override; FACT of the simulator is written C($FACT)."""

    name: str
    options: Mapping[str, Any]
    form: Mapping[str, str] | None = None
    basic: str | None = None
    path: str = "/oauth2/token"
    result: Mapping[str, Any] = field(default_factory=dict)
    message: tuple[str, ...] = ()
    failure: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_sent(self) -> bool:
        """Does a request leave at all?"""
        return self.form is not None


def _without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in DEMO.items() if name not in names}


GRANT = {"grant_type": "password", "username": "alice", "password": "alice-pass"}
DEMO_BASIC = "demo_key:demo_secret"

GRANTED = (
    Case("plain", DEMO, GRANT, DEMO_BASIC, result={"scope": ["default"], "origin": "granted", "expires": True}),
    Case(
        "organization is appended",
        {
            **DEMO,
            "consumer_key": "saas_key",
            "consumer_secret": "saas_secret",
            "username": "john@johns.org",
            "organization": "johnsorg",
            "password": "john pass & more=100%+#$",
        },
        {"grant_type": "password", "username": "john@johns.org@johnsorg", "password": "john pass & more=100%+#$"},
        "saas_key:saas_secret",
    ),
    Case(
        "organization is appended once",
        {
            **DEMO,
            "consumer_key": "saas_key",
            "consumer_secret": "saas_secret",
            "username": "john@johns.org@johnsorg",
            "organization": "johnsorg",
            "password": "john pass & more=100%+#$",
        },
        {"grant_type": "password", "username": "john@johns.org@johnsorg", "password": "john pass & more=100%+#$"},
        "saas_key:saas_secret",
    ),
    Case(
        "scopes as a list",
        {**DEMO, "scope": ["orders_write", "orders_read"]},
        {**GRANT, "scope": "orders_write orders_read"},
        DEMO_BASIC,
        result={"scope": ["orders_read", "orders_write"]},
    ),
    Case(
        "scopes as a text",
        {**DEMO, "scope": "orders_write  orders_read orders_write"},
        {**GRANT, "scope": "orders_write orders_read"},
        DEMO_BASIC,
        result={"scope": ["orders_read", "orders_write"]},
    ),
    Case(
        "a scope is dropped",
        {**DEMO, "scope": "orders_read apim:api_view"},
        {**GRANT, "scope": "orders_read apim:api_view"},
        DEMO_BASIC,
        result={"scope": ["orders_read"]},
    ),
    Case(
        "required scopes are granted",
        {**DEMO, "scope": "orders_read", "require_scope": True},
        {**GRANT, "scope": "orders_read"},
        DEMO_BASIC,
    ),
    Case(
        "credentials in the body",
        {**DEMO, "consumer_key": "colon_key", "consumer_secret": "colon:secret", "client_authentication": "body"},
        {**GRANT, "client_id": "colon_key", "client_secret": "colon:secret"},
    ),
    Case(
        "public client",
        {**_without("consumer_secret"), "consumer_key": "public_key"},
        {**GRANT, "client_id": "public_key"},
    ),
    Case(
        "special characters travel raw",
        {
            "consumer_key": "special_key",
            "consumer_secret": "s%2Bcr&t=ü +/#",
            "username": "zoë",
            "password": "Grüße-пароль-密码",
        },
        {"grant_type": "password", "username": "zoë", "password": "Grüße-пароль-密码"},
        "special_key:s%2Bcr&t=ü +/#",
    ),
    Case(
        "aliases",
        {
            "client_id": "saas_key",
            "client_secret": "saas_secret",
            "username": "testuser",
            "tenant": "my_company",
            "password": "testuser-pass",
            "scopes": ["orders_read"],
        },
        {
            "grant_type": "password",
            "username": "testuser@my_company",
            "password": "testuser-pass",
            "scope": "orders_read",
        },
        "saas_key:saas_secret",
    ),
    Case(
        "tenant-qualified URL",
        {
            "token_url": "$base_url/t/foo.com/oauth2/token",
            "consumer_key": "foo_key",
            "consumer_secret": "foo_secret",
            "username": "bob",
            "password": "bob-pass",
        },
        {"grant_type": "password", "username": "bob", "password": "bob-pass"},
        "foo_key:foo_secret",
        path="/t/foo.com/oauth2/token",
    ),
    Case("gateway URL", {**DEMO, "token_url": "$base_url/token"}, GRANT, DEMO_BASIC, path="/token"),
    Case("http to the machine itself", {**DEMO, "token_url": "$http_url/oauth2/token"}, GRANT, DEMO_BASIC),
    Case(
        "certificates are not verified",
        {**DEMO, "ca_path": None, "validate_certs": False},
        GRANT,
        DEMO_BASIC,
    ),
    Case(
        "client certificate",
        {
            **_without("consumer_secret"),
            "consumer_key": "mtls_key",
            "client_cert": "$client_cert",
            "client_key": "$client_key",
        },
        {**GRANT, "client_id": "mtls_key"},
    ),
)

REFUSED = (
    Case(
        "wrong password",
        {**DEMO, "password": WRONG_PASSWORD},
        {**GRANT, "password": WRONG_PASSWORD},
        DEMO_BASIC,
        message=("HTTP 400, invalid_grant: Authentication failed for alice", "Check username and password"),
        failure={"error": "invalid_grant", "http_status": 400, "attempts": 1},
    ),
    Case(
        "organization is missing",
        {
            "consumer_key": "saas_key",
            "consumer_secret": "saas_secret",
            "username": "john@johns.org",
            "password": WRONG_PASSWORD,
        },
        {"grant_type": "password", "username": "john@johns.org", "password": WRONG_PASSWORD},
        "saas_key:saas_secret",
        message=("HTTP 400, invalid_grant", "set organization"),
    ),
    Case(
        "wrong consumer secret",
        {**DEMO, "consumer_secret": WRONG_SECRET},
        GRANT,
        f"demo_key:{WRONG_SECRET}",
        message=("HTTP 401, invalid_client", "Check consumer_key and consumer_secret"),
        failure={"error": "invalid_client", "http_status": 401, "attempts": 1},
    ),
    Case(
        "password grant is not enabled",
        {**DEMO, "consumer_key": "nopassword_key", "consumer_secret": "nopassword_secret"},
        GRANT,
        "nopassword_key:nopassword_secret",
        message=("HTTP 400, unauthorized_client", "Enable the password grant"),
    ),
    Case(
        "account is locked",
        {**DEMO, "username": "locked", "password": "locked-pass"},
        {"grant_type": "password", "username": "locked", "password": "locked-pass"},
        DEMO_BASIC,
        message=("HTTP 400, invalid_grant", "account is locked"),
    ),
    Case(
        "required scope is dropped",
        {**DEMO, "scope": "apim:api_view orders_read", "require_scope": True},
        {**GRANT, "scope": "apim:api_view orders_read"},
        DEMO_BASIC,
        message=("the server did not grant the scope apim:api_view", "require_scope"),
    ),
    Case(
        "not a token endpoint",
        {**DEMO, "token_url": "$base_url/"},
        GRANT,
        DEMO_BASIC,
        path="/",
        message=("HTTP 200 with an HTML page", "Check that token_url is a token endpoint"),
    ),
)

NOT_SENT = (
    Case("no consumer key", _without("consumer_key"), message=("consumer_key is missing", "WSO2_CONSUMER_KEY")),
    Case("no user name", _without("username"), message=("username is missing", "wso2_username")),
    Case("no password", _without("password"), message=("password is missing", "WSO2_PASSWORD")),
    Case("empty password", {**DEMO, "password": ""}, message=("password is empty",)),
    Case("password is a boolean", {**DEMO, "password": True}, message=("password is not a text", "quotes")),
    Case("URL is none", {**DEMO, "token_url": "wso2.example.com"}, message=("token_url is not an http or https URL",)),
    Case(
        "http to another host",
        {**DEMO, "token_url": "http://wso2.example.com/token"},
        message=("token_url would send the password unencrypted",),
    ),
    Case(
        "URL with credentials",
        {**DEMO, "token_url": "https://me:secret-in-url@localhost/token"},
        message=("token_url contains user information",),
    ),
    Case(
        "colon under Basic",
        {**DEMO, "consumer_secret": "colon:secret"},
        message=("consumer_secret contains a colon", "client_authentication: body"),
    ),
    Case(
        "option and alias disagree",
        {**DEMO, "client_id": "other_key"},
        message=("consumer_key is given twice, with different values, as consumer_key and client_id",),
    ),
    Case("CA without verification", {**DEMO, "validate_certs": False}, message=("ca_path contradicts validate_certs",)),
    Case("key without certificate", {**DEMO, "client_key": "$client_key"}, message=("client_key is given without",)),
    Case(
        "CA is not there", {**DEMO, "ca_path": "/nowhere/ca.pem"}, message=("ca_path /nowhere/ca.pem cannot be read",)
    ),
    Case("CA holds no certificate", {**DEMO, "ca_path": "$client_key"}, message=("holds no certificate in PEM form",)),
    Case("CA is unknown", {**DEMO, "ca_path": None}, message=("certificate comes from a private authority", "ca_path")),
    Case(
        "certificate without key",
        {**DEMO, "client_cert": "$ca_path"},
        message=("client_cert holds no private key that can be used",),
    ),
    Case("time-out is no number", {**DEMO, "timeout": "soon"}, message=("timeout is not of type int",)),
    Case("time-out is zero", {**DEMO, "timeout": 0}, message=("timeout must be at least 1 second",)),
    Case("retries are negative", {**DEMO, "retries": -1}, message=("retries must not be negative",)),
    Case(
        "client authentication is unknown",
        {**DEMO, "client_authentication": "digest"},
        message=("client_authentication is none of basic, body",),
    ),
    Case("option is unknown", {**DEMO, "passwrd": WRONG_PASSWORD}, message=("passwrd is not an option",)),
    Case("nobody listens", {**DEMO, "token_url": "https://127.0.0.1:1/token", "retries": 0}, message=("was refused",)),
    Case(
        "host does not exist",
        {**DEMO, "token_url": "https://wso2.invalid/token", "retries": 0},
        message=("host name cannot be found",),
    ),
)

CASES = (*GRANTED, *REFUSED, *NOT_SENT)
SECRETS = ("alice-pass", "demo_secret", WRONG_PASSWORD, WRONG_SECRET, "colon:secret", "secret-in-url", "bob-pass")


@dataclass(frozen=True)
class Answers:
    """All that one run through one door brought."""

    door: str
    wso2: Wso2
    run: Run
    outcomes: Mapping[str, Outcome]
    requests: Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module", params=DOORS)
def answers(request: pytest.FixtureRequest, collections: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    directory = tmp_path_factory.mktemp("contract")
    with running_wso2(directory, "--client-certificate", "optional", "--lock-after", "0") as wso2:
        questions = {case.name: _filled(case.options, wso2) for case in CASES}
        failing = {case.name for case in (*REFUSED, *NOT_SENT)}
        ansible = Ansible(collections, directory)
        run, outcomes = ask(ansible, request.param, questions, failing=failing, variables=NO_STORE)
        requests = wso2.token_requests() + [entry for entry in wso2.journal() if entry["path"] == "/"]
        sent = [case for case in CASES if case.is_sent]
        # The welcome page is asked last of those that are sent.
        paths = [entry["path"] for entry in wso2.journal()]
        assert len(requests) == len(sent), (paths, [(n, o.message) for n, o in outcomes.items() if o.failed])
        yield Answers(request.param, wso2, run, outcomes, {case.name: entry for case, entry in zip(sent, requests)})


def _filled(options: Mapping[str, Any], wso2: Wso2) -> dict[str, Any]:
    """OPTIONS with the defaults of this test and the simulator's facts; None leaves an option out."""
    filled = {"token_url": "$token_url", "ca_path": "$ca_path", **options}
    for name, value in filled.items():
        if isinstance(value, str) and value.startswith("$"):
            fact, slash, rest = value[1:].partition("/")
            filled[name] = wso2.facts[fact] + slash + rest
    if str(filled["token_url"]).startswith("http://"):
        filled["ca_path"] = None
    return {name: value for name, value in filled.items() if value is not None}


@pytest.mark.parametrize("case", [case for case in CASES if case.is_sent], ids=lambda case: case.name)
def test_the_request_is_exactly_what_was_asked(answers: Answers, case: Case) -> None:
    request = answers.requests[case.name]
    assert request["method"] == "POST"
    assert request["path"] == case.path
    assert not request["query"]
    assert sorted(map(tuple, request["form"])) == sorted((case.form or {}).items())
    headers = {name.lower(): value for name, value in request["headers"]}
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert ("authorization" in headers) == (case.basic is not None)
    if case.basic:
        assert headers["authorization"] == "Basic " + _base64(case.basic)


@pytest.mark.parametrize("case", GRANTED, ids=lambda case: case.name)
def test_the_result_holds_the_token(answers: Answers, case: Case) -> None:
    outcome = answers.outcomes[case.name]
    assert not outcome.failed, outcome.message
    result = outcome.result
    for key, value in case.result.items():
        assert result[key] == value, key
    assert answers.wso2.is_active(result["access_token"])
    assert result["authorization"] == f"Bearer {result['access_token']}"
    assert result["refresh_token"]
    assert 3500 < result["expires_in"] <= 3600
    assert result["expires_at"].endswith("Z")
    assert result["id_token"] is None
    assert result["extra"] == {}


@pytest.mark.parametrize("case", (*REFUSED, *NOT_SENT), ids=lambda case: case.name)
def test_the_failure_says_what_to_do(answers: Answers, case: Case) -> None:
    outcome = answers.outcomes[case.name]
    assert outcome.failed
    for part in case.message:
        assert part in outcome.message
        # Also where people look: on the screen, in every version of ansible-core.
        assert part in " ".join(answers.run.stdout.split() + answers.run.stderr.split()).replace('\\"', '"')
    if answers.door != LOOKUP:
        failure = outcome.result["failure"]
        assert set(failure) == {
            "error", "error_description", "http_status", "url", "attempts", "retry_after", "hint"
        }  # fmt: skip
        for key, value in case.failure.items():
            assert failure[key] == value, key


def test_a_dropped_scope_is_warned_about(answers: Answers) -> None:
    shown = " ".join((answers.run.stdout + answers.run.stderr).split())
    assert "the server did not grant the scope apim:api_view" in shown


def test_nothing_secret_is_shown(answers: Answers) -> None:
    tokens = [
        outcome.result[key]
        for outcome in answers.outcomes.values()
        if not outcome.failed
        for key in ("access_token", "refresh_token")
    ]
    assert len(tokens) == 2 * len(GRANTED)
    assert answers.run.leaks(*SECRETS, *tokens) == []


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")
