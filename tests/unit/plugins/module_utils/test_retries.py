# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a request is sent again, when it is given up, and what Retry-After says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from email.utils import formatdate
from io import BytesIO

import pytest
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.response import HTTPResponse

from ansible_collections.apiops.wso2.plugins.module_utils import _retries
from ansible_collections.apiops.wso2.plugins.module_utils._retries import BoundedRetry

POOL = HTTPConnectionPool("127.0.0.1", 1)


def within(seconds: float, retries: int = 3, is_final: Callable[[int, bytes], bool] | None = None) -> BoundedRetry:
    decide = is_final or (lambda _status, _body: False)
    return BoundedRetry.until(time.monotonic() + seconds, retries=retries, is_final=decide)


def response(status: int, **headers: str) -> HTTPResponse:
    return HTTPResponse(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


RETRY_AFTER = [
    ("none", None, None),
    ("seconds", "120", 120),
    ("zero", "0", 0),
    ("spaces", " 5 ", 5),
    ("a day, exactly", "86400", 86400),
    ("past date", "Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ("negative", "-1", None),
    ("fraction", "1.5", None),
    ("nonsense", "soon", None),
    ("empty", "", None),
    ("impossible date", "Fri, 31 Dec 99999 23:59:59 GMT", None),
]


@pytest.mark.parametrize(("header", "seconds"), [row[1:] for row in RETRY_AFTER], ids=[row[0] for row in RETRY_AFTER])
def test_retry_after(header: str | None, seconds: int | None) -> None:
    headers = {} if header is None else {"Retry_After": header}
    assert within(10).get_retry_after(response(503, **headers)) == seconds


def test_retry_after_as_a_date() -> None:
    assert within(10).parse_retry_after(formatdate(time.time() + 100, usegmt=True)) in (99, 100)


@pytest.mark.parametrize("header", ["9" * 30, "9" * 400], ids=["30 digits", "400 digits"])
def test_huge_retry_after_gives_up(header: str) -> None:
    with pytest.raises(MaxRetryError):
        within(10).increment("POST", "/", response=response(503, Retry_After=header), _pool=POOL)


STATUSES = [(status, True) for status in (408, 429, 500, 502, 503, 504)] + [
    (status, False) for status in (200, 204, 301, 307, 400, 401, 403, 404, 405, 409, 413, 415, 425, 501, 505)
]


@pytest.mark.parametrize(("status", "again"), STATUSES)
@pytest.mark.parametrize("has_retry_after", [False, True], ids=["", "Retry-After"])
def test_which_statuses_count(status: int, again: bool, has_retry_after: bool) -> None:
    assert within(10).is_retry("POST", status, has_retry_after) is again


ERRORS = [
    ("refused", NewConnectionError(None, "text"), True),  # type: ignore[arg-type]
    ("no connection in time", ConnectTimeoutError(None, "text"), True),
    ("no response in time", ReadTimeoutError(POOL, "/", "text"), False),
    ("broke off", ProtocolError("text", ConnectionResetError()), False),
    ("TLS", SSLError("text"), False),
]


@pytest.mark.parametrize(("error", "again"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_which_errors_count(error: Exception, again: bool) -> None:
    retry = within(10)
    if again:
        retry.increment("POST", "/", error=error, _pool=POOL)
    else:
        with pytest.raises(MaxRetryError) as caught:
            retry.increment("POST", "/", error=error, _pool=POOL)
        assert caught.value.reason is error
    assert retry.state.attempts == (2 if again else 1)


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_attempts(retries: int) -> None:
    first = retry = within(10, retries)
    for _attempt in range(retries):
        retry = retry.increment("POST", "/", response=response(503), _pool=POOL)
    with pytest.raises(MaxRetryError):
        retry.increment("POST", "/", response=response(503), _pool=POOL)
    assert first.state.attempts == retry.state.attempts == retries + 1


def test_two_requests_do_not_share_their_attempts() -> None:
    one, other = within(10), within(10)
    one.increment("POST", "/", response=response(503), _pool=POOL)
    assert (one.state.attempts, other.state.attempts) == (2, 1)


DEADLINES = [
    ("time is left", 10.0, {}, True),
    ("time is up", 0.0, {}, False),
    ("the server's pause fits", 10.0, {"Retry_After": "5"}, True),
    ("the server's pause ends too late", 10.0, {"Retry_After": "11"}, False),
    ("no pause of our own fits", 0.05, {}, False),
]


@pytest.mark.parametrize(
    ("left", "headers", "again"), [row[1:] for row in DEADLINES], ids=[row[0] for row in DEADLINES]
)
def test_gives_up_rather_than_sleep_past_the_deadline(left: float, headers: dict[str, str], again: bool) -> None:
    retry = within(left)
    if again:
        retry.increment("POST", "/", response=response(503, **headers), _pool=POOL)
    else:
        with pytest.raises(MaxRetryError):
            retry.increment("POST", "/", response=response(503, **headers), _pool=POOL)
        assert retry.state.attempts == 1


@pytest.mark.parametrize(("failures", "least", "most"), [(1, 0.25, 0.5), (2, 0.5, 1.0), (3, 1.0, 2.0), (8, 5.0, 10.0)])
def test_pauses_double_up_to_ten_seconds(failures: int, least: float, most: float) -> None:
    pauses = []
    for _sample in range(50):
        retry = within(1000, retries=20)
        for _failure in range(failures):
            retry = retry.increment("POST", "/", response=response(503), _pool=POOL)
        pauses.append(retry.get_backoff_time())
    assert least <= min(pauses) <= max(pauses) <= most
    assert len(set(pauses)) > 1


def test_the_servers_pause_is_slept(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    last = response(503, Retry_After="7")
    within(100).increment("POST", "/", response=last, _pool=POOL).sleep(last)
    assert slept == [7]


def test_statuses_are_those_of_the_documentation() -> None:
    assert sorted(_retries.TRANSIENT_STATUSES) == [408, 429, 500, 502, 503, 504]


def suspended(code: object = "303001") -> HTTPResponse:
    return HTTPResponse(BytesIO(json.dumps({"code": code}).encode()), status=500, preload_content=False)


SUSPENSIONS = [
    # id, code, remaining seconds, is it sent again, minimum pause in seconds
    ("too long for the default timeout", "303001", 30.0, False, 0.0),
    ("enough time to wait", "303001", 60.0, True, 30.0),
    ("another code", "101503", 30.0, True, 0.25),
]


@pytest.mark.parametrize(
    ("code", "left", "again", "least"), [row[1:] for row in SUSPENSIONS], ids=[row[0] for row in SUSPENSIONS]
)
def test_a_suspended_endpoint_gets_no_request_until_the_suspension_ends(
    code: str, left: float, again: bool, least: float
) -> None:
    retry = within(left)
    if not again:
        with pytest.raises(MaxRetryError):
            retry.increment("POST", "/", response=suspended(code), _pool=POOL)
        assert json.loads(retry.state.body or b"") == {"code": code}, "the response is still reported"
        return
    following = retry.increment("POST", "/", response=suspended(code), _pool=POOL)
    assert following.get_backoff_time() >= least
    assert following.state.body is None


class Endless:
    """A body without an end, which counts the bytes that were read."""

    closed = False
    taken = 0

    def read(self, amount: int = -1) -> bytes:
        assert amount >= 0, "the whole body was read at once"
        self.taken += amount
        return b"x" * amount

    def close(self) -> None:
        self.closed = True


def test_a_discarded_response_is_not_read_to_its_end() -> None:
    body = Endless()
    last = HTTPResponse(body, status=503, preload_content=False)  # type: ignore[arg-type]
    within(10).increment("POST", "/", response=last, _pool=POOL)
    last.drain_conn()
    assert body.taken == 64 * 1024
    assert body.closed


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_response_that_another_attempt_cannot_change_is_the_last_one(status: int) -> None:
    body = b'{"error": "invalid_grant"}'
    seen: list[tuple[int, bytes]] = []
    retry = within(10, is_final=lambda *response: bool(seen.append(response)) or True)
    last = HTTPResponse(body=BytesIO(body), status=status, preload_content=False)
    with pytest.raises(MaxRetryError):
        retry.increment("POST", "/", response=last, _pool=POOL)
    assert (seen, retry.state.body, retry.state.attempts) == ([(status, body)], body, 1)
