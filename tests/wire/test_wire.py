# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every row of the tables through its entry points: requests, result or failure, warnings, and no secret in outputs."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from entry_points import LOOKUP
from row import ALL_ENTRY_POINTS, Request, Row
from run_rows import Results, RowResult, fill_in
from secret_search import find_secrets
from tables import ROWS, selected_rows

API_CLOUD = "https://gateway.api.cloud.wso2.com/token"
BEHAVIORS = {f"B{number}" for number in range(1, 26)} | {f"G{number}" for number in range(1, 7)}
RESULT = {
    "access_token", "refresh_token", "token_type", "scope", "expires_in", "expires_at", "expires", "id_token",
    "authorization", "extra", "origin",
}  # fmt: skip


def each_row(which: Callable[[Row], bool] = lambda row: True) -> pytest.MarkDecorator:
    """Parametrize with the rows for which WHICH is true. All rows of an entry point run in one process."""
    cases = [
        pytest.param(entry_point, row, id=f"{entry_point}: {row.name}", marks=_one_process(entry_point))
        for entry_point in ALL_ENTRY_POINTS
        for row in selected_rows(entry_point)
        if which(row)
    ]
    return pytest.mark.parametrize(("results", "row"), cases, indirect=["results"])


def _one_process(entry_point: str) -> pytest.MarkDecorator:
    return pytest.mark.xdist_group(f"wire, {entry_point}")


each_entry_point = pytest.mark.parametrize(
    "results",
    [pytest.param(entry_point, marks=_one_process(entry_point)) for entry_point in ALL_ENTRY_POINTS],
    indirect=True,
)


@each_row()
def test_the_server_receives_exactly_the_expected_requests(results: Results, row: Row) -> None:
    result = results.rows[row.name]
    arrived = result.token_requests
    expected = row.expected_requests
    if row.is_minimum:
        assert len(arrived) >= len(expected)
        expected = expected[:1] * len(arrived)
    assert len(arrived) == len(expected), [entry["outcome"] for entry in arrived]
    path = urlsplit(result.options.get("token_url", "/token")).path
    for entry, request in zip(arrived, expected):
        _check_request(entry, _with_earlier_token(request, result), request.path or path)


def _check_request(entry: Mapping[str, Any], request: Request, path: str) -> None:
    assert (entry["method"], entry["path"], entry["query"]) == ("POST", path, "")
    assert sorted(map(tuple, entry["form"])) == sorted(request.form.items()), "each field once, and byte-exact"
    headers = [(name.lower(), value) for name, value in entry["headers"]]
    basic = [] if request.basic is None else ["Basic " + base64.b64encode(request.basic.encode()).decode("ascii")]
    assert [value for name, value in headers if name == "authorization"] == basic, "one client authentication"
    by_name = {name: [value for key, value in headers if key == name] for name, _value in headers}
    assert by_name["content-type"] == ["application/x-www-form-urlencoded"]
    assert by_name["accept"] == ["application/json"]
    assert by_name["accept-encoding"] == ["identity"]
    assert "cookie" not in by_name


@each_row(lambda row: bool(row.pauses))
def test_retries_are_sent_after_a_pause(results: Results, row: Row) -> None:
    times = [entry["at"] for entry in results.rows[row.name].token_requests]
    pauses = [after - before for before, after in zip(times, times[1:])]
    assert len(pauses) == len(row.pauses)
    # The plugin starts a pause after the arrival from which this test counts it.
    assert all(pause >= minimum for pause, minimum in zip(pauses, row.pauses)), pauses


@each_row(lambda row: not row.fails)
def test_the_result_has_the_values_of_the_response(results: Results, row: Row) -> None:
    row_result = results.rows[row.name]
    outcome = row_result.outcome
    assert not outcome.failed, outcome.message
    result = outcome.result
    expected = {name: _earlier_token(value, row_result) for name, value in row.result.items()}
    if row.all_options.get("state") != "absent":
        assert set(result) >= RESULT
        scheme = "Bearer" if result["token_type"].lower() == "bearer" else result["token_type"]
        assert result["authorization"] == f"{scheme} {result['access_token']}"
        known = {token["access_token"] for token in row_result.tokens} | _tokens_of_steps(row)
        assert "access_token" in expected or result["access_token"] in known
    for name, value in expected.items():
        assert _matches(result[name], value), (name, result[name])


@each_row(lambda row: row.fails)
def test_the_failure_has_the_cause_and_the_hint(results: Results, row: Row) -> None:
    result = results.rows[row.name]
    outcome = result.outcome
    assert outcome.failed
    cause = _cause(row, results, result)
    before, found, after = outcome.message.rpartition(cause)
    assert found, (cause, outcome.message)
    assert row.hint in after
    assert row.is_prefix or re.fullmatch(r"\.?( .+\.)?", after), outcome.message
    assert outcome.message.isprintable()
    assert len(outcome.message) < 1000
    # Every release of ansible-core must also show it on the screen.
    assert cause in results.screen.replace('\\"', '"')
    if results.entry_point == LOOKUP:
        return
    if row.is_cached_failure:
        assert before == "The server rejected this username and password earlier in this run, so no request was sent: "
        assert outcome.result["failure"]["attempts"] == 0
        return
    url = result.options.get("token_url", API_CLOUD)
    assert before in ("", f"Cannot get a response from {url}: ")
    failure = outcome.result["failure"]
    expected = {
        "error": None,
        "error_description": None,
        "http_status": None,
        "url": url,
        "attempts": len(result.token_requests),
        "retry_after": None,
        "hint": str if row.hint else object,
        **row.failure,
    }
    assert set(failure) == set(expected)
    for name, value in expected.items():
        assert _matches(failure[name], fill_in(value, results.facts)), (name, failure[name])


@each_row(lambda row: bool(row.warning))
def test_the_warning_is_on_the_screen(results: Results, row: Row) -> None:
    assert row.warning in results.screen


@each_row()
def test_the_proxy_receives_the_expected_requests(results: Results, row: Row) -> None:
    targets = [target.removesuffix("/oauth2/token") for target in results.rows[row.name].proxy_targets]
    assert targets == list(row.proxy_targets)


@each_row(lambda row: row.fails)
def test_a_failure_contains_no_secret(results: Results, row: Row) -> None:
    outcome = results.rows[row.name].outcome
    text = json.dumps([outcome.message, outcome.result.get("failure")], ensure_ascii=False)
    assert find_secrets(text, row.secrets) == []


@each_entry_point
def test_no_output_contains_a_secret(results: Results) -> None:
    assert list(results.leaks) == []


def test_every_behavior_of_the_wire_has_a_row() -> None:
    covered = {behavior for row in ROWS for behavior in row.covers.split(", ")}
    assert covered >= BEHAVIORS


def _cause(row: Row, results: Results, result: RowResult) -> str:
    """The cause with the URLs as messages show them."""
    url = str(result.options.get("token_url", API_CLOUD)).partition("?")[0]
    revoke_url = str(result.options.get("revoke_url") or f"{url.removesuffix('token')}revoke").partition("?")[0]
    urls = {"shown_url": url, "shown_revoke_url": revoke_url, "host": urlsplit(url).hostname}
    return str(fill_in(row.cause, {**results.facts, **urls}))


def _matches(value: Any, expected: Any) -> bool:
    if expected is ...:
        return True
    if isinstance(expected, type):
        return isinstance(value, expected)
    if isinstance(expected, range):
        return value in expected
    return bool(value == expected) and isinstance(value, bool) == isinstance(expected, bool)


def _earlier_token(value: Any, result: RowResult) -> Any:
    return result.tokens[0]["refresh_token"] if value == "$earlier" else value


def _with_earlier_token(request: Request, result: RowResult) -> Request:
    form = {name: _earlier_token(value, result) for name, value in request.form.items()}
    return Request(form, request.basic, request.path)


def _tokens_of_steps(row: Row) -> set[str]:
    """The access tokens that the steps make the simulator send."""
    members = [values.get("members", {}) for _kind, values in row.before]
    return {each["access_token"] for each in members if "access_token" in each}
