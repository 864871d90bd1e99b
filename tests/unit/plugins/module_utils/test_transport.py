# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One form, one POST, one response: the request that a local server receives, and how responses are read."""

from __future__ import annotations

import base64
import gzip
import resource
import socket
import threading
import time
from dataclasses import replace
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _retries, _transport
from ansible_collections.apiops.wso2.plugins.module_utils._transport import LONGEST_BODY, Response
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError
from ansible_collections.apiops.wso2.tests.unit.form_post import post
from ansible_collections.apiops.wso2.tests.unit.token_server import Reply, TokenServer

BUSY = Reply(503, b"busy")


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_retries, "_FIRST_PAUSE", 0.01)


def test_the_form_is_sent_exactly(server: TokenServer) -> None:
    server.replies = [Reply(200, b"{}")]
    reply = replace(post(f"{server.url}?tenant=a"), header_names=frozenset())
    assert reply == Response(status=200, retry_after=None, body=b"{}", attempts=1)
    (request,) = server.received
    assert (request.method, request.target) == ("POST", "/oauth2/token?tenant=a")
    assert request.body == b"grant_type=password&username=j%C3%B6hn%40johns.org&password=s3cret+a%26b%3Dc%2Bd%25~%2A"
    assert request.values("Content-Type") == ["application/x-www-form-urlencoded"]
    assert request.values("Accept") == ["application/json"]
    assert request.values("Accept-Encoding") == ["identity"]
    assert request.values("Cookie") == []


AUTHENTICATIONS = [
    ("none", None, []),
    ("plain", ("ck", "cs"), [b"ck:cs"]),
    ("raw UTF-8, nothing percent-encoded", ("ck ü", "c%s/+"), ["ck ü:c%s/+".encode()]),
]


@pytest.mark.parametrize("with_netrc", [False, True], ids=["", "netrc"])
@pytest.mark.parametrize(
    ("basic", "sent"), [row[1:] for row in AUTHENTICATIONS], ids=[row[0] for row in AUTHENTICATIONS]
)
def test_one_authentication_and_never_that_of_netrc(
    server: TokenServer,
    basic: tuple[str, str] | None,
    sent: list[bytes],
    with_netrc: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if with_netrc:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login wrong password wrong\ndefault login wrong password wrong\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
    post(server.url, basic=basic)
    headers = server.received[0].values("Authorization")
    assert headers == [f"Basic {base64.b64encode(pair).decode()}" for pair in sent]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: TokenServer, status: int) -> None:
    server.replies = [Reply(status, headers={"Location": f"{server.url}/elsewhere"}), Reply(200)]
    assert post(server.url, retries=3).status == status
    assert len(server.received) == 1


RETRIES = [
    # id, statuses of the responses, retries, last status, requests
    ("at once", [200], 3, 200, 1),
    ("after one failure", [503, 200], 3, 200, 2),
    ("after each kind of failure", [408, 429, 500, 502, 503, 504, 200], 6, 200, 7),
    ("given up", [503], 2, 503, 3),
    ("no retries", [503], 0, 503, 1),
    ("wrong password is sent once", [400], 3, 400, 1),
    ("wrong client is sent once", [401], 3, 401, 1),
    ("forbidden", [403], 3, 403, 1),
    ("not found", [404], 3, 404, 1),
    ("not implemented", [501], 3, 501, 1),
]


@pytest.mark.usefixtures("short_pauses")
@pytest.mark.parametrize(
    ("statuses", "retries", "last", "requests"), [row[1:] for row in RETRIES], ids=[r[0] for r in RETRIES]
)
def test_retries(server: TokenServer, statuses: list[int], retries: int, last: int, requests: int) -> None:
    server.replies = [Reply(status, str(status).encode()) for status in statuses]
    reply = post(server.url, retries=retries, basic=("ck", "cs"))
    assert (reply.status, reply.body, reply.attempts) == (last, str(last).encode(), requests)
    assert len(server.received) == requests
    assert {request.body for request in server.received} == {server.received[0].body}
    assert [len(request.values("Authorization")) for request in server.received] == [1] * requests


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_beyond_the_deadline_returns_the_last_response_at_once(server: TokenServer, status: int) -> None:
    server.replies = [Reply(status, b"later", {"Retry-After": "60"})]
    started = time.monotonic()
    reply = post(server.url, retries=3)
    assert replace(reply, header_names=frozenset()) == Response(
        status=status, retry_after=60, body=b"later", attempts=1
    )
    assert time.monotonic() - started < 4


def test_a_pause_within_the_deadline_is_made(server: TokenServer) -> None:
    server.replies = [Reply(503, headers={"Retry-After": "1"}), Reply(200)]
    started = time.monotonic()
    assert post(server.url, retries=1).status == 200
    assert 1 <= time.monotonic() - started < 10


def test_a_server_that_stays_busy_is_reported_as_such(server: TokenServer) -> None:
    server.replies = [BUSY]
    reply = post(server.url, retries=9, timeout=1)
    assert (reply.status, reply.body) == (503, b"busy")
    count = len(server.received)
    assert reply.attempts == count
    time.sleep(0.3)
    assert len(server.received) == count, "nothing is sent once the response is returned"


def test_a_port_that_stays_closed_is_reported_as_such(closed_port: int) -> None:
    with pytest.raises(TransportError) as caught:
        post(f"http://127.0.0.1:{closed_port}/", retries=9, timeout=1)
    assert caught.value.cause.endswith(": the connection was refused")


@pytest.mark.usefixtures("short_pauses")
@pytest.mark.parametrize("retries", [0, 2])
def test_refused_connections_are_tried_again(closed_port: int, retries: int) -> None:
    with pytest.raises(TransportError) as caught:
        post(f"http://127.0.0.1:{closed_port}/", retries=retries)
    assert caught.value.cause.endswith(": the connection was refused")
    assert caught.value.attempts == retries + 1


def test_a_response_can_be_as_long_as_the_limit(server: TokenServer) -> None:
    server.replies = [Reply(200, b"x" * LONGEST_BODY)]
    assert len(post(server.url).body) == LONGEST_BODY


def test_a_response_over_the_limit_is_rejected(server: TokenServer) -> None:
    server.replies = [Reply(200, b"x" * (LONGEST_BODY + 1))]
    with pytest.raises(TransportError) as caught:
        post(server.url, retries=3)
    assert caught.value.cause.endswith(": the response is larger than 1 MiB")
    assert len(server.received) == 1


def drip(stream: BufferedIOBase) -> None:
    for _byte in range(100):
        stream.write(b" ")
        stream.flush()
        time.sleep(0.05)


def never(_stream: BufferedIOBase) -> None:
    time.sleep(4)


@pytest.mark.parametrize("write", [drip, never])
def test_slow_responses_end_at_the_deadline(server: TokenServer, write: Any) -> None:
    server.replies = [Reply(200, write=write)]
    started = time.monotonic()
    with pytest.raises(TransportError) as caught:
        post(server.url, timeout=1, retries=3)
    assert caught.value.cause.endswith(": no complete response within 1 seconds")
    assert 0.9 < time.monotonic() - started < 4
    assert (caught.value.attempts, len(server.received)) == (1, 1)


def without_end(stream: BufferedIOBase) -> None:
    while True:
        stream.write(b"x" * 65536)


@pytest.mark.usefixtures("short_pauses")
def test_an_endless_error_response_is_not_read_and_the_request_is_sent_again(server: TokenServer) -> None:
    server.replies = [Reply(503, write=without_end), Reply(200, b"{}")]
    reply = post(server.url, retries=1)
    assert (reply.status, reply.body, reply.attempts) == (200, b"{}", 2)


def in_chunks(stream: BufferedIOBase) -> None:
    stream.write(b"4\r\nbusy\r\n0\r\n\r\n")


@pytest.mark.usefixtures("short_pauses")
@pytest.mark.parametrize("retries", [1, 99])
def test_the_last_error_response_is_reported_completely(server: TokenServer, retries: int) -> None:
    """Whether the retries end before the deadline, or the deadline before them."""
    server.replies = [Reply(503, headers={"Transfer-Encoding": "chunked"}, write=in_chunks)]
    reply = post(server.url, retries=retries, timeout=1)
    assert (reply.status, reply.body) == (503, b"busy")


def half_a_chunk(stream: BufferedIOBase) -> None:
    stream.write(b"5\r\n{")


def test_an_incomplete_response_is_not_requested_again(server: TokenServer) -> None:
    server.replies = [Reply(200, headers={"Transfer-Encoding": "chunked"}, write=half_a_chunk)]
    with pytest.raises(TransportError) as caught:
        post(server.url, retries=3)
    assert caught.value.cause.endswith(": the connection was closed before the response was complete")
    assert (caught.value.attempts, len(server.received)) == (1, 1)


def test_tls_to_a_port_without_it(server: TokenServer) -> None:
    with pytest.raises(TransportError) as caught:
        post(server.url.replace("http:", "https:"))
    assert "The server does not use TLS on this port" in caught.value.message
    assert caught.value.attempts == 1


def test_no_secret_and_no_chain_in_an_error(closed_port: int) -> None:
    with pytest.raises(TransportError) as caught:
        post(f"http://127.0.0.1:{closed_port}/?key=s3cret", basic=("ck", "s3cret"))
    assert "s3cret" not in caught.value.message + str(caught.value.failure()) + repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_requests_cannot_be_imported(server: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_transport, "IMPORT_ERROR", "urllib3 v2 only supports OpenSSL 1.1.1+")
    with pytest.raises(TransportError) as caught:
        post(server.url)
    assert "urllib3 v2 only supports OpenSSL 1.1.1+" in caught.value.message
    assert "pip install requests" in caught.value.message


REDIRECTS = ["//[", "http://\xe9.example.com/", "https://elsewhere.example.com/token"]


@pytest.mark.parametrize("location", REDIRECTS)
def test_a_redirect_is_returned_like_any_response(server: TokenServer, location: str) -> None:
    server.replies = [Reply(302, b"moved", {"Location": location})]
    assert post(server.url).status == 302
    assert len(server.received) == 1


def test_nothing_is_logged(server: TokenServer, caplog: pytest.LogCaptureFixture) -> None:
    """The messages of urllib3 about headers that it cannot parse contain the other headers and the URL."""
    caplog.set_level("DEBUG")
    server.replies = [Reply(200, b"{}", {"DeactivatedAccessToken": "s3cret-token", "no colon\r\nX": "s3cret-header"})]
    post(f"{server.url}?tenant=a")
    assert [record.getMessage() for record in caplog.records] == []


def test_a_compressed_response_is_rejected(server: TokenServer) -> None:
    bomb = gzip.compress(gzip.compress(b" " * 50_000_000))
    server.replies = [Reply(200, bomb, {"Content-Encoding": "gzip, gzip"})]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TransportError, match="compressed"):
        post(server.url)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("status", [102, 103])
def test_interim_responses_are_skipped(server: TokenServer, status: int) -> None:
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    server.replies = [Reply(status, write=lambda stream: stream.write(final))]
    response = post(server.url)
    assert (response.status, response.body) == (200, b"{}")


def endless_extension(stream: BufferedIOBase) -> None:
    stream.write(b"1;")
    while True:
        stream.write(b"x" * 65536)


def endless_trailer(stream: BufferedIOBase) -> None:
    stream.write(b"2\r\n{}\r\n0\r\n")
    while True:
        stream.write(b"X: y\r\n" * 1000)


@pytest.mark.parametrize("write", [endless_extension, endless_trailer])
def test_what_is_received_is_limited_and_not_only_the_body(server: TokenServer, write: Any) -> None:
    server.replies = [Reply(200, headers={"Transfer-Encoding": "chunked"}, write=write)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TransportError):
        post(server.url, timeout=10, retries=0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_no_thread_goes_on_after_the_deadline(server: TokenServer) -> None:
    server.replies = [Reply(200, write=drip)]
    with pytest.raises(TransportError):
        post(server.url, timeout=1, retries=0)
    deadline = time.monotonic() + 2
    while any(thread.name == "wso2-token-request" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_nothing_is_sent_after_the_deadline(server: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is resolved only after the failure was reported."""
    resolve = socket.getaddrinfo
    resolved = threading.Event()

    def slow(*args: Any, **options: Any) -> Any:
        time.sleep(1.5)
        resolved.set()
        return resolve(*args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(TransportError, match="within 1 seconds"):
        post(server.url, timeout=1, retries=3)
    assert resolved.wait(5)
    time.sleep(0.5)
    assert server.received == []


def test_nothing_is_sent_if_a_loopback_name_resolves_to_another_machine(
    server: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_transport, "_is_loopback_peer", lambda _connected: False)
    with pytest.raises(TransportError, match="resolved to another machine"):
        post(server.url.replace("127.0.0.1", "localhost"), retries=0)
    assert server.received == []


def test_session_keys_are_not_logged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    with pytest.raises(TransportError):
        post("https://127.0.0.1:1/", retries=0)
    assert not (tmp_path / "keys").exists()
