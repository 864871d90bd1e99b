# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each hint: the smallest response that gets it, and for each of its conditions a response that fails only that one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._error_response import (
    HINT_RULES,
    Case,
)
from ansible_collections.apiops.wso2.plugins.module_utils._response_body import parse_body
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import (
    CLIENT_CREDENTIALS_GRANT as CLIENT_CREDENTIALS,
)
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import PASSWORD_GRANT as PASSWORD
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import REFRESH_GRANT as REFRESH
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import REVOCATION
from ansible_collections.apiops.wso2.tests.unit.examples import response, token_request

CONDITIONS = ("what", "error", "text", "status", "applies")
LONG_SCOPE = ["s" * 61]
EMAIL = {"username": "john@johns.org"}
TENANT_USER = {"username": "tina", "organization": "foo.example"}
TENANT_URL = {"token_url": "https://h.example/t/foo.example/oauth2/token"}
PAGE = b"<html></html>"


class Reply(NamedTuple):
    """A response to a request. what: the grant that was sent, or C(REVOCATION). options: those of the request."""

    status: int
    body: Any = b""
    what: str = PASSWORD
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed

    @property
    def case(self) -> Case:
        body = parse_body(response(self.status, self.body).body)
        return Case(self.what, self.status, body, token_request(**self.options), (body.description or "",))


class Example(NamedTuple):
    """hint: how it begins. misses: replies that each differ from the hint's own in one condition."""

    hint: str
    reply: Reply
    misses: tuple[Reply, ...]


def oauth(error: str, description: str | None = None) -> dict[str, str]:
    return {"error": error, **({"error_description": description} if description is not None else {})}


def oauth_reply(error: str, description: str | None = None, what: str = PASSWORD, **options: Any) -> Reply:
    return Reply(400, oauth(error, description), what, options)


def fault(code: str, description: str | None = None) -> dict[str, str]:
    return {"code": code, **({"description": description} if description is not None else {})}


# In the order of the rules.
EXAMPLES = (
    # The account
    Example(
        "The account is locked",
        oauth_reply("invalid_grant", "17003"),
        (
            oauth_reply("invalid_grant", "17003", REVOCATION),
            oauth_reply("invalid_request", "17003"),
            oauth_reply("invalid_grant", "170031"),
        ),
    ),
    Example("The account is locked", oauth_reply("17003"), (oauth_reply("17003", None, REVOCATION), oauth_reply("17"))),
    Example(
        "The account is disabled. ",
        oauth_reply("invalid_grant", "17004"),
        (
            oauth_reply("invalid_grant", "17004", REVOCATION),
            oauth_reply("invalid_request", "17004"),
            oauth_reply("invalid_grant", "17002 Authentication failed for 170041"),
        ),
    ),
    Example(
        "The account is disabled or its password must be changed",
        oauth_reply("invalid_grant", "PRE_AUTHENTICATION", REFRESH),
        (
            oauth_reply("invalid_grant", "PRE_AUTHENTICATION", REVOCATION),
            oauth_reply("server_error", "PRE_AUTHENTICATION"),
            oauth_reply("invalid_grant", "AUTHENTICATION"),
        ),
    ),
    Example(
        "The password has expired",
        oauth_reply("invalid_grant", "Authentication Failed!"),
        (
            oauth_reply("invalid_grant", "Authentication Failed!", REFRESH),
            oauth_reply("invalid_client", "Authentication Failed!"),
            oauth_reply("invalid_grant", "Authentication failed for alice"),
        ),
    ),
    # The username
    Example(
        "Set organization",
        oauth_reply("x", "Invalid tenant domain", **EMAIL),
        (
            oauth_reply("x", "Invalid tenant domain", REFRESH, **EMAIL),
            oauth_reply("x", "Invalid tenant", **EMAIL),
            oauth_reply("x", "Invalid tenant domain", **TENANT_USER),
            oauth_reply("x", "Invalid tenant domain", username="a@b@c"),
            oauth_reply("x", "Invalid tenant domain"),
        ),
    ),
    Example(
        "Check organization",
        oauth_reply("x", "Users in the tenant domain", **TENANT_USER),
        (
            oauth_reply("x", "Users in the tenant domain", CLIENT_CREDENTIALS, **TENANT_USER),
            oauth_reply("x", "Users in the domain", **TENANT_USER),
        ),
    ),
    Example(
        "The user store in front of the /",
        oauth_reply("invalid_grant", "Invalid Domain Name"),
        (
            oauth_reply("invalid_grant", "Invalid Domain Name", REFRESH),
            oauth_reply("x", "Invalid Domain Name"),
            oauth_reply("invalid_grant", "Domain Name"),
        ),
    ),
    Example(
        "WSO2 cannot reach its user store",
        oauth_reply("invalid_grant", "Error while authenticating"),
        (
            oauth_reply("invalid_grant", "Error while authenticating", REFRESH),
            oauth_reply("x", "Error while authenticating"),
            oauth_reply("invalid_grant", "Authentication failed for alice in user store: PRIMARY"),
        ),
    ),
    Example(
        "Check username and password, and the tenant: set organization",
        oauth_reply("invalid_grant", "Provided Authorization Grant is invalid"),
        (
            oauth_reply("invalid_grant", "Provided Authorization Grant is invalid", REFRESH),
            oauth_reply("x", "Provided Authorization Grant is invalid"),
            oauth_reply("invalid_grant", "Authorization Grant"),
            oauth_reply("invalid_grant", "Provided Authorization Grant is invalid", **TENANT_USER),
        ),
    ),
    Example(
        "Check username and password. Tenant domains are lower case",
        oauth_reply("invalid_grant", None, username="alice", organization="CARBON.SUPER"),
        (
            oauth_reply("invalid_grant", None, REFRESH, username="alice", organization="CARBON.SUPER"),
            oauth_reply("x", None, username="alice", organization="CARBON.SUPER"),
            oauth_reply("invalid_grant", None, username="ALICE", organization="carbon.super"),
            oauth_reply("invalid_grant", None, username="ALICE"),
        ),
    ),
    Example(
        "Check username and password. If the username is an email address",
        oauth_reply("invalid_grant", None, **EMAIL),
        (
            oauth_reply("invalid_grant", None, REFRESH, **EMAIL),
            oauth_reply("x", None, **EMAIL),
            oauth_reply("invalid_grant", None, **EMAIL, organization="johnsorg"),
            oauth_reply("invalid_grant", None, username="john@johns.org@johnsorg"),
            oauth_reply("invalid_grant"),
        ),
    ),
    Example(
        "Check username and password. The application must belong to the tenant",
        oauth_reply("invalid_grant", None, **TENANT_USER),
        (
            oauth_reply("invalid_grant", None, REFRESH, **TENANT_USER),
            oauth_reply("x", None, **TENANT_USER),
            oauth_reply("invalid_grant"),
        ),
    ),
    Example(
        "Check username and password. Further failed attempts",
        oauth_reply("invalid_grant"),
        (oauth_reply("invalid_grant", None, REFRESH), oauth_reply("invalid_grants")),
    ),
    Example(
        "Check username and password",
        oauth_reply("invalid_request", "password"),
        (
            oauth_reply("invalid_request", "password", REFRESH),
            oauth_reply("x", "password"),
            oauth_reply("invalid_request", "Missing parameters: passwords"),
        ),
    ),
    # The refresh token
    Example(
        "The refresh token was already used",
        oauth_reply("invalid_grant", None, REFRESH),
        (oauth_reply("invalid_grant"), oauth_reply("invalid_request", None, REFRESH)),
    ),
    # The client
    Example(
        "This application requires a consumer_secret",
        oauth_reply("invalid_client", "Unsupported Client Authentication Method", consumer_secret=None),
        (
            oauth_reply("x", "Unsupported Client Authentication Method", consumer_secret=None),
            oauth_reply("invalid_client", "Unsupported Method", consumer_secret=None),
            oauth_reply("invalid_client", "Unsupported Client Authentication Method"),
        ),
    ),
    Example(
        "The application is disabled or revoked",
        oauth_reply("invalid_client", "Application is disabled"),
        (oauth_reply("x", "Application is disabled"), oauth_reply("invalid_client", "Application disabled")),
    ),
    Example(
        "Check consumer_key and consumer_secret. Verify that the secret does not end with a newline. If both",
        oauth_reply("invalid_client"),
        (oauth_reply("client"),),
    ),
    Example(
        "The token can belong to another application",
        Reply(401, oauth("unauthorized_client"), REVOCATION),
        (
            Reply(401, oauth("unauthorized_client")),
            Reply(401, oauth("client"), REVOCATION),
            oauth_reply("unauthorized_client", None, REVOCATION),
        ),
    ),
    Example(
        "The token can belong to another application",
        oauth_reply("unauthorized_client", None, REVOCATION),
        (oauth_reply("unauthorized_client"), oauth_reply("client", None, REVOCATION)),
    ),
    Example(
        "Check consumer_key and consumer_secret. Verify",
        Reply(401, oauth("unauthorized_client")),
        (Reply(401, oauth("client")), Reply(400, oauth("unauthorized_client"))),
    ),
    Example(
        "Check consumer_key and consumer_secret. Verify",
        oauth_reply("x", "decoding authorization header"),
        (oauth_reply("x", "authorization header"),),
    ),
    # The grant
    Example(
        "Enable the refresh token grant",
        oauth_reply("unsupported_grant_type", None, REFRESH),
        (oauth_reply("unsupported_grant_type"), oauth_reply("unsupported", None, REFRESH)),
    ),
    Example("Enable the {grant} grant", oauth_reply("unsupported_grant_type"), (oauth_reply("unsupported"),)),
    Example(
        "The {grant} grant is disabled on the server",
        oauth_reply("invalid_request", "Unsupported grant_type", REFRESH),
        (
            oauth_reply("invalid_request", "Unsupported grant_type"),
            oauth_reply("x", "Unsupported grant_type", REFRESH),
            oauth_reply("invalid_request", "grant_type", REFRESH),
        ),
    ),
    Example(
        "The {grant} grant is disabled on the server",
        oauth_reply("invalid_request", "Unsupported grant_type"),
        (oauth_reply("x", "Unsupported grant_type"), oauth_reply("invalid_request", "grant_type")),
    ),
    # The scope
    Example(
        "The server requires a scope",
        oauth_reply("invalid_scope"),
        (
            oauth_reply("invalid_scope", None, REFRESH),
            oauth_reply("scope"),
            oauth_reply("invalid_scope", None, scope=["a"]),
        ),
    ),
    Example(
        "Request only scopes that the application and its owner",
        oauth_reply("invalid_scope", None, CLIENT_CREDENTIALS, scope=["a"]),
        (
            oauth_reply("invalid_scope", None, scope=["a"]),
            oauth_reply("x", None, CLIENT_CREDENTIALS, scope=["a"]),
        ),
    ),
    Example(
        "Request only scopes that the application and the user",
        oauth_reply("invalid_scope", None, scope=["a"]),
        (oauth_reply("x", None, scope=["a"]),),
    ),
    Example(
        "The requested scopes have more than 60 characters",
        Reply(502, oauth("server_error"), options={"scope": LONG_SCOPE}),
        (
            Reply(502, oauth("x"), options={"scope": LONG_SCOPE}),
            Reply(503, oauth("server_error"), options={"scope": LONG_SCOPE}),
            Reply(502, oauth("server_error"), options={"scope": ["s" * 60]}),
        ),
    ),
    Example(
        "Check organization",
        Reply(500, oauth("server_error"), options=EMAIL),
        (
            Reply(500, oauth("server_error"), REFRESH, EMAIL),
            Reply(500, oauth("x"), options=EMAIL),
            Reply(503, oauth("server_error"), options=EMAIL),
            Reply(500, oauth("server_error")),
        ),
    ),
    # The gateway
    Example("The server is rate limiting requests", Reply(429), (Reply(428),)),
    Example(
        "The gateway has suspended the endpoint", Reply(500, fault("303001")), (Reply(500, fault("303002")), Reply(500))
    ),
    Example("The gateway cannot reach the key manager", Reply(500, fault("101503")), (Reply(500, fault("101403")),)),
    Example(
        "The gateway accepts only HTTPS",
        Reply(403, fault("403", "Unsupported Transport")),
        (Reply(403, fault("403", "Unsupported")),),
    ),
    Example(
        "The port requires TLS",
        Reply(400, b"This port requires TLS"),
        (Reply(400, b"This port requires"), Reply(403, b"This port requires TLS")),
    ),
    Example(
        "The gateway handled the request as an API call",
        Reply(401, fault("900902")),
        (Reply(401, fault("900802")), Reply(404, fault("900902"))),
    ),
    # The URL
    Example(
        "The tenant in {url_option} does not exist",
        Reply(404, options=TENANT_URL),
        (Reply(400, options=TENANT_URL), Reply(404)),
    ),
    Example("Check {url_option}. In API Manager 4.0.0", Reply(405), (Reply(407), Reply(404, oauth("x")))),
    Example("This is not the token endpoint. ", Reply(302), (Reply(309),)),
    Example("This is not the token endpoint", Reply(401, fault("9")), (Reply(400, fault("9")), Reply(401, oauth("9")))),
    Example("The server does not say why", Reply(400), (Reply(300), Reply(500), Reply(400, b"Bad Request"))),
    Example("The server failed", Reply(503, oauth("x")), (Reply(501, oauth("x")), Reply(503, PAGE))),
    Example("The server failed", Reply(503), (Reply(501),)),
    Example(
        "This is not the token endpoint",
        Reply(200),
        (Reply(300), Reply(200, oauth("x")), Reply(400, b"Bad Request")),
    ),
)


OTHER_REPLIES = [
    # reply, hint
    *((Reply(status), "Check {url_option}. In API Manager") for status in (406, 410, 411, 415, 421, 426, 501)),
    *((Reply(status), "This is not the token endpoint. Check {url_option}") for status in (300, 304, 305)),
    *((Reply(status, b"<html><title>Web server is down</title>"), "The server failed") for status in (520, 521, 530)),
    (Reply(511, b"<html><title>Sign in</title>"), "This is not the token endpoint"),
    (Reply(400, b"<html><title>The plain HTTP request was sent to HTTPS port</title>"), "The port requires TLS"),
    (Reply(400, b"Client sent an HTTP request to an HTTPS server."), "The port requires TLS"),
]


@pytest.mark.parametrize(("reply", "hint"), OTHER_REPLIES)
def test_responses_of_a_proxy_do_not_blame_the_credentials(reply: Reply, hint: str) -> None:
    assert next(rule for rule in HINT_RULES if rule.fits(reply.case)).hint.startswith(hint)


def test_each_rule_has_an_example() -> None:
    assert len(EXAMPLES) == len(HINT_RULES)
    assert [rule.hint for rule, example in zip(HINT_RULES, EXAMPLES) if not rule.hint.startswith(example.hint)] == []


@pytest.mark.parametrize("index", range(len(HINT_RULES)), ids=lambda index: HINT_RULES[index].hint[:40])
def test_the_smallest_response_gets_the_hint(index: int) -> None:
    case = EXAMPLES[index].reply.case
    assert next(rule for rule in HINT_RULES if rule.fits(case)) is HINT_RULES[index]


@pytest.mark.parametrize("index", range(len(HINT_RULES)), ids=lambda index: HINT_RULES[index].hint[:40])
def test_each_condition_is_needed(index: int) -> None:
    """For each condition of the rule there is a reply that fails it and no other one."""
    misses = [set(_failed_conditions(index, miss)) for miss in EXAMPLES[index].misses]
    assert [len(failed) for failed in misses] == [1] * len(misses)
    assert set().union(*misses) == {name for name in CONDITIONS if getattr(HINT_RULES[index], name) is not None}


def _failed_conditions(index: int, miss: Reply) -> Iterator[str]:
    rule = HINT_RULES[index]
    for name in CONDITIONS:
        others = dict.fromkeys((other for other in CONDITIONS if other != name), None)
        if not rule._replace(**others).fits(miss.case):  # type: ignore[arg-type]
            yield name
