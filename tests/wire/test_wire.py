# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every row of the tables through its doors: what was sent, what came of it, and that no secret is shown."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from asked import Asked, Brought, filled
from entry_points import LOOKUP
from row import EVERYWHERE, Row, Sent
from secret_search import find_secrets
from tables import ROWS

BEHAVIOURS = {f"B{number}" for number in range(1, 26)}
RESULT = {
    "access_token", "refresh_token", "token_type", "scope", "expires_in", "expires_at", "expires", "id_token",
    "authorization", "extra", "origin",
}  # fmt: skip


def each_row(which: Callable[[Row], bool] = lambda row: True) -> pytest.MarkDecorator:
    """Parametrise with the rows of which WHICH is true, for each of their doors. One process has all of a door."""
    cases = [
        pytest.param(door, row, id=f"{door}: {row.name}", marks=pytest.mark.xdist_group(f"wire, {door}"))
        for door in EVERYWHERE
        for row in ROWS
        if door in row.doors and which(row)
    ]
    return pytest.mark.parametrize(("answers", "row"), cases, indirect=["answers"])


each_door = pytest.mark.parametrize(
    "answers",
    [pytest.param(door, marks=pytest.mark.xdist_group(f"wire, {door}")) for door in EVERYWHERE],
    indirect=True,
)


@each_row()
def test_the_requests_are_exactly_what_was_asked(answers: Asked, row: Row) -> None:
    brought = answers.brought[row.name]
    arrived = brought.token_requests
    expected = row.arrives
    if row.lasting:
        assert len(arrived) >= len(expected)
        expected = expected[:1] * len(arrived)
    assert len(arrived) == len(expected), [entry["outcome"] for entry in arrived]
    path = urlsplit(brought.asks.get("token_url", "/token")).path
    for entry, sent in zip(arrived, expected):
        _check_request(entry, _with_earlier(sent, brought), sent.path or path, answers)


def _check_request(entry: Mapping[str, Any], sent: Sent, path: str, answers: Asked) -> None:
    assert (entry["method"], entry["path"], entry["query"]) == ("POST", path, "")
    assert sorted(map(tuple, entry["form"])) == sorted(sent.form.items()), "each field once, and byte-exact"
    headers = [(name.lower(), value) for name, value in entry["headers"]]
    basic = [] if sent.basic is None else ["Basic " + base64.b64encode(sent.basic.encode("utf-8")).decode("ascii")]
    assert [value for name, value in headers if name == "authorization"] == basic, "one client authentication"
    once = {name: [value for key, value in headers if key == name] for name, _value in headers}
    assert once["content-type"] == ["application/x-www-form-urlencoded"]
    assert once["accept"] == ["application/json"]
    assert once["accept-encoding"] == ["identity"]
    assert "cookie" not in once


@each_row(lambda row: bool(row.gaps))
def test_some_time_passes_before_it_is_asked_again(answers: Asked, row: Row) -> None:
    times = [entry["at"] for entry in answers.brought[row.name].token_requests]
    gaps = [after - before for before, after in zip(times, times[1:])]
    assert len(gaps) == len(row.gaps)
    # The pause begins a little after the arrival from which it is counted here.
    assert all(gap >= least for gap, least in zip(gaps, row.gaps)), gaps


@each_row(lambda row: not row.fails)
def test_the_result_is_as_the_server_answered(answers: Asked, row: Row) -> None:
    brought = answers.brought[row.name]
    outcome = brought.outcome
    assert not outcome.failed, outcome.message
    result = outcome.result
    expected = {name: _earlier(value, brought) for name, value in row.result.items()}
    if row.asks.get("state") != "absent":
        assert set(result) >= RESULT
        scheme = "Bearer" if result["token_type"].lower() == "bearer" else result["token_type"]
        assert result["authorization"] == f"{scheme} {result['access_token']}"
        known = {token["access_token"] for token in brought.tokens} | _told_tokens(row)
        assert "access_token" in expected or result["access_token"] in known
    for name, value in expected.items():
        assert _fits(result[name], value), (name, result[name])


API_CLOUD = "https://gateway.api.cloud.wso2.com/token"


@each_row(lambda row: row.fails)
def test_the_failure_says_what_happened_and_what_to_do(answers: Asked, row: Row) -> None:
    brought = answers.brought[row.name]
    outcome = brought.outcome
    assert outcome.failed
    cause = _cause(row, answers, brought)
    before, sentences, after = outcome.message.rpartition(cause)
    assert sentences, (cause, outcome.message)
    assert row.hint in after
    assert row.cut or re.fullmatch(r"\.?( .+\.)?", after), outcome.message
    assert outcome.message.isprintable()
    assert len(outcome.message) < 1000
    # Also where people look: on the screen, in every version of ansible-core.
    assert cause in answers.shown.replace('\\"', '"')
    if answers.door == LOOKUP:
        return
    if row.repeated:
        assert before == "The server rejected this username and password earlier in this run, so no request was sent: "
        assert outcome.result["failure"]["attempts"] == 0
        return
    assert before in ("", f"Cannot get a response from {brought.asks.get('token_url')}: ".replace("None", API_CLOUD))
    failure = outcome.result["failure"]
    expected = {
        "error": None,
        "error_description": None,
        "http_status": None,
        "url": brought.asks.get("token_url", "https://gateway.api.cloud.wso2.com/token"),
        "attempts": len(brought.token_requests),
        "retry_after": None,
        "hint": str if row.hint else object,
        **row.failure,
    }
    assert set(failure) == set(expected)
    for name, value in expected.items():
        assert _fits(failure[name], filled(value, answers.facts)), (name, failure[name])


@each_row(lambda row: bool(row.warning))
def test_what_is_odd_is_warned_about(answers: Asked, row: Row) -> None:
    assert row.warning in answers.shown


@each_row()
def test_the_proxy_is_asked_where_there_is_one(answers: Asked, row: Row) -> None:
    places = {"CONNECT $https": urlsplit(answers.facts["base_url"]).netloc, "POST $http": answers.facts["http_url"]}
    expected = []
    for target in row.through:
        place = places.get(target)
        expected.append(target if place is None else target.split(" ")[0] + " " + place)
    through = list(answers.brought[row.name].through)
    assert [target.removesuffix("/oauth2/token") for target in through] == expected


@each_row(lambda row: row.fails)
def test_no_secret_is_in_a_failure(answers: Asked, row: Row) -> None:
    outcome = answers.brought[row.name].outcome
    shown = json.dumps([outcome.message, outcome.result.get("failure")], ensure_ascii=False)
    assert find_secrets(shown, row.secrets) == []


@each_door
def test_nothing_secret_is_shown(answers: Asked) -> None:
    assert list(answers.leaks) == []


def test_every_behaviour_of_the_wire_has_a_row() -> None:
    covered = {behaviour for row in ROWS for behaviour in row.covers.split(", ")}
    assert covered >= BEHAVIOURS


def _cause(row: Row, answers: Asked, brought: Brought) -> str:
    """The cause with the URLs as they are shown."""
    url = str(brought.asks.get("token_url", "https://gateway.api.cloud.wso2.com/token")).partition("?")[0]
    revoke_url = str(brought.asks.get("revoke_url") or f"{url.removesuffix('token')}revoke").partition("?")[0]
    return str(
        filled(
            row.cause,
            {**answers.facts, "shown_url": url, "shown_revoke_url": revoke_url, "host": urlsplit(url).hostname},
        )
    )


def _fits(value: Any, expected: Any) -> bool:
    if expected is ...:
        return True
    if isinstance(expected, type):
        return isinstance(value, expected)
    if isinstance(expected, range):
        return value in expected
    return bool(value == expected) and isinstance(value, bool) == isinstance(expected, bool)


def _earlier(value: Any, brought: Brought) -> Any:
    return brought.tokens[0]["refresh_token"] if value == "$earlier" else value


def _with_earlier(sent: Sent, brought: Brought) -> Sent:
    return Sent({name: _earlier(value, brought) for name, value in sent.form.items()}, sent.basic, sent.path)


def _told_tokens(row: Row) -> set[str]:
    """The access tokens that the simulator was told to send."""
    members = [told.get("members", {}) for _kind, told in row.before]
    return {each["access_token"] for each in members if "access_token" in each}
