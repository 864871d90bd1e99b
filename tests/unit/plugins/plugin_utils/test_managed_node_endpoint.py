# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request from the managed node: what the module gets, and what of its result is accepted."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import (
    CLIENT,
    ENDPOINT,
    REFRESH_TOKEN,
    REQUEST,
    USER,
    TokenError,
)
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.plugin_utils._managed_node_endpoint import ManagedNodeEndpoint
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, GIVEN, PASSWORD, token, token_request

SENT = {**GIVEN, "organization": "org", "ca_path": "~/ca.pem", "revoke_url": "https://h/revoke", "timeout": "7"}
NOT_SENT = {
    "state": "absent",
    "refresh_token": "r-old",
    "token_store": "redis://:made-up-pw@h",
    "min_validity": 900,
    "force": True,
    "require_scope": True,
    "request_from": "managed_node",
    "fact_name": "token",
}
USER_OPTIONS = ("username", "password", "organization")
SENT_WITHOUT_USER = {name: value for name, value in SENT.items() if name not in USER_OPTIONS}


class Node:
    """result: what the module returns. arguments: the arguments of each call."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.result = result
        self.arguments: list[dict[str, Any]] = []

    def __call__(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.arguments.append(arguments)
        return self.result

    @property
    def endpoint(self) -> ManagedNodeEndpoint:
        return ManagedNodeEndpoint(self, {**SENT, **NOT_SENT})

    def request(self, *secrets: str) -> Token:
        return self.endpoint.request_token(token_request(), secrets=[*secrets])

    def failure(self, *secrets: str) -> TokenError:
        with pytest.raises(TokenError) as caught:
            self.request(*secrets)
        return caught.value


def replying(**reply: Any) -> Node:
    return Node({"changed": False, "reply": json.dumps(reply)})


def test_a_request_with_the_password() -> None:
    node = replying(token=token().to_members())
    received = node.request()
    assert node.arguments == [SENT]
    assert received.to_members() == token().to_members()
    assert received.has_full_lifetime is token().has_full_lifetime


def test_a_request_with_a_refresh_token_needs_no_user() -> None:
    node = replying(token=token().to_members())
    node.endpoint.refresh_token(token_request(), "r-new", secrets=[])
    assert node.arguments == [{**SENT_WITHOUT_USER, "refresh_token": "r-new"}]


@pytest.mark.parametrize(
    ("replied", "confirmed"), [(True, True), (None, None), (False, None), ("yes", None), (1, None)]
)
def test_a_revocation_needs_no_user(replied: Any, confirmed: bool | None) -> None:
    node = replying(revoked=replied)
    assert node.endpoint.revoke_token(token_request(), "a-token", secrets=[]) is confirmed
    assert node.arguments == [{**SENT_WITHOUT_USER, "state": "absent", "refresh_token": "a-token"}]


def test_the_clock_of_the_control_node_counts() -> None:
    received = replying(token=token(asked_at=0).to_members()).request()
    assert abs(received.asked_at - time.time()) < 5
    assert received.asked_at <= received.received_at <= time.time()


def test_members_that_ansible_core_acts_on_are_only_text() -> None:
    """The reply is one JSON text, and nothing of it is a key of the result."""
    members = {**token().to_members(), "__ansible_type": "TaggedStr", "ansible_facts": {"x": 1}, "warnings": ["x"]}
    assert replying(token=members).request().extra == {
        "__ansible_type": "TaggedStr",
        "ansible_facts": {"x": 1},
        "warnings": ["x"],
    }


INVALID_TOKENS: list[tuple[str, Any]] = [
    ("none", {}),
    ("empty", {"access_token": ""}),
    ("number", {"access_token": 5}),
    ("line break", {"access_token": "TOK\nadmin: true"}),
    ("text instead of members", "access_token"),
    ("null", None),
]


@pytest.mark.parametrize("members", [row[1] for row in INVALID_TOKENS], ids=[row[0] for row in INVALID_TOKENS])
def test_an_invalid_token_is_rejected(members: Any) -> None:
    assert replying(token=members).failure().cause == "The managed node returned no valid access token"


def test_invalid_members_are_dropped() -> None:
    received = replying(token={"access_token": "a", "refresh_token": "r\n", "token_type": "x y"}).request()
    assert (received.refresh_token, received.token_type) == (None, "Bearer")
    assert received.dropped == ("refresh_token", "token_type")


def test_what_the_node_dropped_is_known() -> None:
    reported = replying(token={"access_token": "a"}, dropped=["scope", "id_token", "everything"]).request()
    assert set(reported.dropped) == {"scope", "id_token"}


ERROR = TokenError(
    "The token endpoint returned HTTP 400",
    hint="Check username and password",
    error="invalid_grant",
    error_description="Authentication failed",
    http_status=400,
    url="https://h/token",
    attempts=2,
    retry_after=3,
    subject=USER,
    is_transient=True,
)


@pytest.mark.parametrize("subject", [USER, CLIENT, REFRESH_TOKEN, ENDPOINT, REQUEST])
def test_an_error_of_the_module_is_reported_unchanged(subject: str) -> None:
    reported = {**ERROR.to_entry(), "subject": subject}
    assert replying(error=reported).failure().to_entry() == reported


INVALID_FACTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    # id, what the node reports, what is made of it
    ("numbers as texts", {"http_status": "400", "retry_after": "9"}, {"http_status": None, "retry_after": None}),
    ("booleans as numbers", {"http_status": True, "attempts": True}, {"http_status": None, "attempts": 0}),
    ("negative numbers", {"retry_after": -1, "attempts": -5}, {"retry_after": None, "attempts": 0}),
    ("huge number", {"retry_after": 2**64}, {"retry_after": None}),
    ("texts as lists", {"error": ["x"], "hint": {}}, {"error": None, "hint": None}),
    ("unknown subject", {"subject": "everybody"}, {"subject": REQUEST}),
    ("subject is a list", {"subject": []}, {"subject": REQUEST}),
    ("text as a boolean", {"is_transient": "yes"}, {"is_transient": False}),
    ("no cause", {"cause": None}, {"cause": "The managed node reports a failure without a cause"}),
    ("line breaks", {"hint": "a\nERROR! b"}, {"hint": "a ERROR! b"}),
    ("unknown member", {"color": "red"}, {}),
]


@pytest.mark.parametrize(
    ("reported", "expected"), [row[1:] for row in INVALID_FACTS], ids=[row[0] for row in INVALID_FACTS]
)
def test_a_forged_error(reported: dict[str, Any], expected: dict[str, Any]) -> None:
    error = replying(error={**ERROR.to_entry(), **reported}).failure()
    assert error.to_entry() == {**ERROR.to_entry(), **expected}


@pytest.mark.parametrize("member", ["cause", "hint", "error", "error_description", "url"])
def test_an_error_shows_no_secret(member: str) -> None:
    error = replying(error={**ERROR.to_entry(), member: f"x {PASSWORD} {ACCESS_TOKEN} y"}).failure(ACCESS_TOKEN)
    assert [secret for secret in (PASSWORD, ACCESS_TOKEN) if secret in str(error.to_entry())] == []


@pytest.mark.parametrize("text", ["a\x1b[31mb\x07", "a\x1b]0;title\x07b", "a\u202eb", "a\x9b2Jb\r"], ids=ascii)
def test_nothing_that_a_node_writes_controls_the_terminal(text: str) -> None:
    for node in (replying(error={**ERROR.to_entry(), "cause": text, "hint": text}), Node({"module_stderr": text})):
        assert node.failure().message.isprintable()


NO_REPLIES: list[tuple[str, dict[str, Any], str]] = [
    # id, result, what is shown of it
    ("nothing", {}, "The module returned no result on the managed node"),
    (
        "no Python",
        {"failed": True, "msg": "MODULE FAILURE", "module_stderr": "/bin/sh: python3: not found\n", "rc": 127},
        "The module returned no result on the managed node (rc 127): /bin/sh: python3: not found",
    ),
    (
        "sudo wants a password",
        {"failed": True, "module_stderr": "sudo: a password is required\n", "rc": 1},
        "The module returned no result on the managed node (rc 1): sudo: a password is required",
    ),
    (
        "message only",
        {"failed": True, "msg": "the remote\ndirectory"},
        "The module returned no result on the managed node: the remote directory",
    ),
    ("reply is not JSON", {"reply": "{", "rc": 0}, "The module returned no result on the managed node (rc 0)"),
    ("reply is a list", {"reply": "[1]"}, "The module returned no result on the managed node"),
    ("reply is a mapping", {"reply": {"token": {}}}, "The module returned no result on the managed node"),
    ("reply without the member", {"reply": '{"revoked": true}'}, "The module returned no result on the managed node"),
    ("error is a text", {"reply": '{"error": "x"}'}, "The module returned no result on the managed node"),
    ("rc is a text", {"rc": "x"}, "The module returned no result on the managed node"),
]


@pytest.mark.parametrize(("result", "cause"), [row[1:] for row in NO_REPLIES], ids=[row[0] for row in NO_REPLIES])
def test_a_module_without_a_reply(result: dict[str, Any], cause: str) -> None:
    error = Node(result).failure()
    assert error.cause == cause
    assert "Python 3.9" in (error.hint or "")
    assert (error.subject, error.is_transient) == (REQUEST, False)


@pytest.mark.parametrize("place", ["module_stderr", "module_stdout", "msg"])
def test_what_the_node_prints_shows_no_secret(place: str) -> None:
    error = Node({place: f"Traceback {PASSWORD} {ACCESS_TOKEN} at the end", "rc": 1}).failure(ACCESS_TOKEN)
    assert error.cause.endswith("at the end")
    assert [secret for secret in (PASSWORD, ACCESS_TOKEN) if secret in error.message] == []


@pytest.mark.parametrize("length", range(980, 1020, 3))
def test_the_end_of_a_long_output_is_shown_without_a_part_of_a_secret(length: int) -> None:
    """Cutting the text before it is redacted would leave a part of a secret that no longer matches."""
    printed = f"begin {PASSWORD} {'x ' * (length // 2)}sudo: a password is required"
    error = Node({"module_stderr": printed, "rc": 1}).failure()
    assert error.cause.endswith("sudo: a password is required")
    assert PASSWORD[-5:] not in error.message
    assert len(error.cause) < 400
