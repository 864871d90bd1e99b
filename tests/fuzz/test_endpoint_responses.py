# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any response results in a token, or in an error that explains it without a secret, before the deadline."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_endpoint import refresh_token as send_refresh_token
from ansible_collections.apiops.wso2.plugins.module_utils._token_endpoint import request_token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest, TransportSettings
from ansible_collections.apiops.wso2.tests.fuzz.raw_endpoint import RawEndpoint
from ansible_collections.apiops.wso2.tests.fuzz.responses import RawResponse, responses
from ansible_collections.apiops.wso2.tests.fuzz.strategies import forms_of, in_base64, secrets

LONGEST_TEXT = 1000

# The mark is in no message of the collection, so a secret cannot be a part of one by chance.
marked = secrets.map(lambda secret: f"{secret}~")

KNOWN = {name: f"s3cret-{name}" for name in ("consumer_secret", "password")}


class Log(logging.Handler):
    """Records in LINES the content of a log file."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def log() -> Iterator[Log]:
    """The log as ansible-core sets it up if C(log_path) is set."""
    root, handler = logging.getLogger(), Log()
    level = root.level
    root.setLevel(logging.INFO)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[dict[str, str], RawResponse]:
    """The secrets of a request by name, and the response.

    With a refresh token it is a refresh request. Without a password it is for the application's own token.
    """
    names = ["consumer_secret", *draw(st.sampled_from([["password"], ["password", "refresh_token"], []]))]
    known = dict(zip(names, draw(st.lists(marked, min_size=3, max_size=3, unique=True))))
    return known, draw(responses(list(known.values())))


def acquire(endpoint: RawEndpoint, known: dict[str, str], **transport: Any) -> Token:
    """Send one token request. TRANSPORT: its settings."""
    is_application = "password" not in known
    request = TokenRequest(
        token_url=endpoint.url,
        consumer_key="key",
        consumer_secret=known["consumer_secret"],
        client_authentication="body",
        username=None if is_application else "alice",
        password=known.get("password"),
        scope=(),
        transport=TransportSettings(**transport),
        grant="client_credentials" if is_application else "password",
    )
    if "refresh_token" in known:
        return send_refresh_token(request, known["refresh_token"])
    return request_token(request)


def check_is_clean(error: TokenError, known: dict[str, str]) -> None:
    """The error has a short message on one line, without the secrets in KNOWN."""
    texts = [text for text in (error.message, *error.failure().values()) if isinstance(text, str)]
    assert error.cause and error.__cause__ is None and (error.__suppress_context__ or error.__context__ is None)
    assert all(text.isprintable() and len(text) <= LONGEST_TEXT for text in texts), texts
    assert all(isinstance(number, (int, type(None))) for number in (error.http_status, error.retry_after))
    check_no_secret([*texts, repr(error)], known)


def check_no_secret(texts: list[str], known: dict[str, str]) -> None:
    """TEXTS contain no form of the secrets in KNOWN."""
    for secret in known.values():
        hidden = {*forms_of(secret), in_base64(secret, before=b"", after=b"", encoder="standard")}
        assert [form for form in hidden for text in texts if form in text] == []


def expected_token(response: RawResponse) -> str | None:
    """The access token in RESPONSE, if it is valid HTTP."""
    try:
        members = json.loads(response.body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    token = members.get("access_token") if isinstance(members, dict) else None
    return token if isinstance(token, str) and 200 <= response.status < 300 else None


def response_with(line: bytes) -> RawResponse:
    """A response with the header LINE."""
    raw = b"HTTP/1.1 302 Found\r\n" + line + b"\r\nX: s3cret-password\r\nContent-Length: 0\r\n\r\n"
    return RawResponse(raw, status=302, is_valid=b":" in line)


def trimmed_echo() -> RawResponse:
    """An XML fault with whitespace around its text, which is not part of the text."""
    body = b"<fault><code>101503</code><description> s3cret-password</description></fault>"
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    return RawResponse(raw, status=200, body=body, is_valid=True)


@given(exchange=exchanges())
@example(exchange=(KNOWN, response_with(b"Location: //[")))
@example(exchange=(KNOWN, response_with(b"Location: \xe9")))
@example(exchange=(KNOWN, response_with(b"no colon")))
@example(exchange=({"consumer_secret": KNOWN["consumer_secret"]}, response_with(b"no colon")))
@example(exchange=({**KNOWN, "password": " s3cret-password"}, trimmed_echo()))
def test_any_response_results_in_a_token_or_a_clean_failure(
    endpoint: RawEndpoint, log: Log, exchange: tuple[dict[str, str], RawResponse]
) -> None:
    known, response = exchange
    endpoint.prepare(response.raw)
    log.lines.clear()
    try:
        token = acquire(endpoint, known, retries=0)
    except TokenError as error:
        check_is_clean(error, known)
        assert not response.is_valid or error.http_status == response.status
        assert error.attempts == 1
    else:
        assert token.access_token
        assert not response.is_valid or token.access_token == expected_token(response)
        assert token.to_entry() and token.to_result(now=time.time())
    assert len(endpoint.received) == 1
    check_no_secret(log.lines, known)


@given(exchange=exchanges(), retries=st.integers(0, 3))
def test_retries_end_with_any_response(
    endpoint: RawEndpoint, exchange: tuple[dict[str, str], RawResponse], retries: int
) -> None:
    known, response = exchange
    endpoint.prepare(response.raw)
    with pytest.MonkeyPatch.context() as patch:
        # The pauses are skipped because they would take hours. A real pause is long enough for the connection to close.
        pause = SimpleNamespace(sleep=lambda _seconds: endpoint.wait_until_closed(), time=time.time)
        patch.setattr("urllib3.util.retry.time", pause)
        try:
            acquire(endpoint, known, retries=retries)
        except TokenError as error:
            check_is_clean(error, known)
            assert 1 <= error.attempts == len(endpoint.received) <= 1 + retries


OK = b"HTTP/1.1 200 OK\r\n"
ENDLESS = [
    # id, the bytes that are sent at once, and the bytes that are sent repeatedly
    ("nothing", b"", b""),
    ("status line", b"HTTP/1.1 200 ", b"O"),
    ("informational responses", b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ("header line", OK + b"X: ", b"x"),
    ("header lines", OK, b"X: x\r\n"),
    ("body", OK + b"\r\n", b" "),
    ("body of a redirect", b"HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n", b" "),
    ("body of a fault", b"HTTP/1.1 503 Unavailable\r\n\r\n", b" "),
    ("chunks", OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ("chunk size", OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    ("trailers", OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: x\r\n"),
]


@pytest.mark.parametrize(("response", "trickle"), [row[1:] for row in ENDLESS], ids=[row[0] for row in ENDLESS])
@settings(max_examples=max(2, settings().max_examples // 1000))
@given(known=st.fixed_dictionaries(dict.fromkeys(("consumer_secret", "password"), marked)))
def test_no_response_exceeds_the_deadline(
    endpoint: RawEndpoint, known: dict[str, str], response: bytes, trickle: bytes
) -> None:
    """A client that waits for the end of the trickle never returns."""
    endpoint.prepare(response, trickle=trickle)
    with pytest.raises(TokenError) as raised:
        acquire(endpoint, known, timeout=0.1, retries=1)
    assert endpoint.still_sends()
    check_is_clean(raised.value, known)
