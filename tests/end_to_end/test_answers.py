# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers as servers give them, odd ones too, and answers that are none, through every door.

Each question of a run meets the next answer that the simulator has in store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from doors import DOORS, LOOKUP, Outcome, ask
from playbook import Ansible
from wso2 import Wso2, running_wso2

ODD_TOKEN = "odd {{ 6 * 7 }} !vault %s \"quoted\" 'twice' \\ ü"


@dataclass(frozen=True)
class Case:
    """fault: what the simulator answers with."""

    name: str
    fault: Mapping[str, Any]
    result: Mapping[str, Any] = field(default_factory=dict)
    message: tuple[str, ...] = ()
    failure: Mapping[str, Any] = field(default_factory=dict)


def _token(**members: Any) -> dict[str, Any]:
    return {"kind": "token", "members": members}


TOKENS = (
    Case("as usual", _token(), {"expires": True, "token_type": "Bearer"}),
    Case(
        "never expires, as the password grant says it",
        _token(expires_in=9223372036854775),
        {"expires": False, "expires_in": None, "expires_at": None},
    ),
    Case(
        "never expires, as the refresh grant says it",
        _token(expires_in=9223372036854775807),
        {"expires": False, "expires_in": None, "expires_at": None},
    ),
    Case(
        "expiry is not said",
        {"kind": "token", "remove": ["expires_in"]},
        {"expires": True, "expires_in": None, "expires_at": None},
    ),
    Case(
        "expiry is past",
        # With a refresh token it would be renewed at once.
        {"kind": "token", "members": {"expires_in": -5}, "remove": ["refresh_token"]},
        {"expires": True, "expires_in": 0},
    ),
    Case("no refresh token", {"kind": "token", "remove": ["refresh_token"]}, {"refresh_token": None}),
    Case("no scope", {"kind": "token", "remove": ["scope"]}, {"scope": []}),
    Case("small letters", _token(token_type="bearer", access_token="tok"), {"authorization": "Bearer tok"}),
    Case("another type", _token(token_type="DPoP", access_token="tok"), {"authorization": "DPoP tok"}),
    Case("ID token", _token(id_token="i.d.t"), {"id_token": "i.d.t"}),
    Case("more members", _token(jwt={"a": [1, None]}), {"extra": {"jwt": {"a": [1, None]}}}),
    Case("odd token", _token(access_token=ODD_TOKEN), {"access_token": ODD_TOKEN}),
    Case("long token", _token(access_token="x" * 8192), {"access_token": "x" * 8192}),
)

FAULTS = (
    Case("XML of a gateway", {"kind": "am_fault_xml"}, message=("HTTP 500, 101503", "key manager")),
    Case("JSON of a gateway", {"kind": "am_fault_json"}, message=("HTTP 500, 101503", "key manager")),
    Case("suspended endpoint", {"kind": "suspended"}, message=("HTTP 500, 303001", "about 30 s")),
    Case(
        "throttled",
        {"kind": "throttled", "retry_after": 77},
        message=("HTTP 429", "try again later"),
        failure={"http_status": 429, "retry_after": 77},
    ),
    Case("page of Tomcat", {"kind": "tomcat_html"}, message=("with an HTML page",)),
    Case("page of a load balancer", {"kind": "load_balancer_html"}, message=("with an HTML page",)),
    Case("XML with entities", {"kind": "xml_with_entities"}, message=("in a form that is not known",)),
    Case("database error", {"kind": "sql_error"}, message=("HTTP 502, server_error", "server's log")),
    Case(
        "redirect",
        {"kind": "redirect", "location": "https://elsewhere.example.com/token", "status": 307},
        message=("HTTP 307", "a redirect is not followed"),
    ),
    Case("echo of everything", {"kind": "echo"}, message=("HTTP ",)),
    Case("broken off", {"kind": "half_closed"}, message=("broke off",)),
    Case("reset", {"kind": "reset"}, message=("broke off",)),
    Case("too large", {"kind": "oversized", "mib": 2}, message=("larger than 1 MiB",)),
    Case("silence", {"kind": "hang"}, message=("no answer came within 2 s",)),
    Case("drop by drop", {"kind": "drip", "pause": 0.5}, message=("no answer came within 2 s",)),
)


@dataclass(frozen=True)
class Answers:
    """What one run through one door brought."""

    door: str
    shown: str
    leaks: list[str]
    outcomes: Mapping[str, Outcome]
    requests: int


@pytest.fixture(scope="module", params=DOORS)
def answers(request: pytest.FixtureRequest, collections: Path, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    directory = tmp_path_factory.mktemp("answers")
    with running_wso2(directory) as wso2:
        for case in (*TOKENS, *FAULTS):
            wso2.queue_fault(**case.fault)
        questions = {case.name: _options(wso2) for case in (*TOKENS, *FAULTS)}
        failing = {case.name for case in FAULTS}
        run, outcomes = ask(Ansible(collections, directory), request.param, questions, failing=failing)
        secrets = ["alice-pass", "demo_secret", ODD_TOKEN, *(token["access_token"] for token in wso2.all_tokens())]
        shown = " ".join((run.stdout + run.stderr).split())
        return Answers(request.param, shown, run.leaks(*secrets), outcomes, len(wso2.token_requests()))


def _options(wso2: Wso2) -> dict[str, Any]:
    return {
        "token_url": wso2.token_url,
        "ca_path": wso2.ca_path,
        "consumer_key": "demo_key",
        "consumer_secret": "demo_secret",
        "username": "alice",
        "password": "alice-pass",
        "retries": 0,
        # Each question is to meet its own answer.
        "token_store": "none",
        "timeout": 2,
    }


@pytest.mark.parametrize("case", TOKENS, ids=lambda case: case.name)
def test_a_token_is_handed_out_as_it_came(answers: Answers, case: Case) -> None:
    outcome = answers.outcomes[case.name]
    assert not outcome.failed, outcome.message
    for key, value in case.result.items():
        assert outcome.result[key] == value, key


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.name)
def test_an_answer_without_a_token_is_explained(answers: Answers, case: Case) -> None:
    outcome = answers.outcomes[case.name]
    assert outcome.failed
    for part in case.message:
        assert part in outcome.message
        assert part in answers.shown
    if answers.door != LOOKUP:
        for key, value in case.failure.items():
            assert outcome.result["failure"][key] == value, key


def test_each_question_is_one_request(answers: Answers) -> None:
    assert answers.requests == len(TOKENS) + len(FAULTS)


def test_nothing_secret_is_shown(answers: Answers) -> None:
    assert answers.leaks == []


@pytest.mark.parametrize("door", DOORS)
def test_what_passes_is_tried_again(ansible: Ansible, wso2: Wso2, door: str) -> None:
    """Two faults that pass, and the token at the third attempt; a refusal is sent once whatever retries says."""
    wso2.queue_fault("throttled", retry_after=1)
    wso2.queue_fault("am_fault_xml")
    options = {**_options(wso2), "retries": 3, "timeout": 20}
    _run, outcomes = ask(ansible, door, {"busy": options}, failing={})
    assert not outcomes["busy"].failed, outcomes["busy"].message
    assert [entry["status"] for entry in wso2.token_requests()] == [429, 500, 200]
    _run, outcomes = ask(ansible, door, {"refused": {**options, "password": "wrong"}}, failing={"refused"})
    assert outcomes["refused"].failed
    assert [entry["status"] for entry in wso2.token_requests()] == [429, 500, 200, 400]
