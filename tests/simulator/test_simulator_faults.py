# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queued faults and broken connections."""

from __future__ import annotations

import socket
import struct
import time
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests
from simulator_process import ALICE, RunningSimulator

XML, JSON = "application/xml", "application/json"

#: kind, parameters, status, media type, a piece of the body
CASES: list[tuple[str, dict[str, Any], int, str, str]] = [
    ("am_fault_xml", {}, 500, XML, "<am:code>101503</am:code>"),
    ("am_fault_xml", {"code": 404}, 404, XML, "<am:code>404</am:code>"),
    ("am_fault_xml", {"code": 101504, "status": 504, "description": "Slow"}, 504, XML, "<am:description>Slow<"),
    ("am_fault_json", {"code": 101500}, 500, JSON, '"code":"101500"'),
    ("ams_fault", {}, 403, XML, "<ams:code>900910</ams:code>"),
    ("managed_fault", {}, 500, JSON, '{"fault":{"code":900900,'),
    ("managed_fault", {"code": 900901}, 401, JSON, '"message":"Invalid Credentials"'),
    ("cxf_xml_fault", {}, 500, XML, "<ns1:XMLFault"),
    ("tomcat_html", {}, 500, "text/html;charset=utf-8", "HTTP Status 500"),
    ("throttled", {}, 429, JSON, '"code":900800'),
    ("throttled", {"code": 900801}, 503, JSON, '"code":900801'),
    ("suspended", {}, 500, XML, "<am:code>303001</am:code>"),
    ("sql_error", {}, 502, JSON, '"error_description":"Service Unavailable Error."'),
    ("server_error", {}, 500, JSON, '"error":"server_error"'),
    ("oauth_error", {"error": "17003", "description": "é", "status": 400}, 400, JSON, '"error":"17003"'),
    ("load_balancer_html", {}, 504, "text/html;charset=utf-8", "504 Gateway Time-out"),
    ("xml_with_entities", {}, 500, XML, '<!ENTITY file SYSTEM "file:///etc/hostname">'),
    ("raw", {"status": 200, "headers": {"Content-Type": "text/x"}, "body": "<parked>"}, 200, "text/x", "<parked>"),
    ("echo", {}, 400, JSON, "alice-pass"),
    ("echo", {"format": "html", "status": 502}, 502, "text/html", "Authorization: Basic "),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]}")
def test_responses(simulator: RunningSimulator, case: tuple[Any, ...]) -> None:
    kind, parameters, status, media, piece = case
    simulator.fault(kind, **parameters)
    response = simulator.token()
    assert (response.status_code, response.headers["Content-Type"]) == (status, media)
    assert piece in response.content.decode()
    assert simulator.control("GET", "tokens") == []
    assert simulator.token().status_code == 200


@pytest.mark.parametrize("given", [30, "30", "soon"])
def test_retry_after_verbatim(simulator: RunningSimulator, given: Any) -> None:
    simulator.fault("throttled", retry_after=given)
    assert simulator.token().headers["Retry-After"] == str(given)


def test_retry_after_as_a_date(simulator: RunningSimulator) -> None:
    simulator.fault("throttled", retry_after_date=30)
    when = parsedate_to_datetime(simulator.token().headers["Retry-After"]).timestamp()
    assert 25 < when - time.time() < 35


def test_sql_error_has_a_challenge(simulator: RunningSimulator) -> None:
    simulator.fault("sql_error")
    assert simulator.token().headers["WWW-Authenticate"] == "Basic realm=localhost"


def test_redirect(simulator: RunningSimulator) -> None:
    simulator.fault("redirect", location="https://elsewhere.example.test/", status=307)
    response = simulator.token()
    assert (response.status_code, response.headers["Location"]) == (307, "https://elsewhere.example.test/")


def test_raw_responses_are_not_corrected(simulator: RunningSimulator) -> None:
    simulator.fault("raw", status=299, headers=[["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]], body="x")
    response = simulator.token()
    assert (response.status_code, response.text, response.headers["Set-Cookie"]) == (299, "x", "a=1, b=2")
    assert "Content-Type" not in response.headers
    simulator.fault("raw", headers={"Content-Length": "500"}, body="short")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        simulator.token()


def test_raw_bytes(simulator: RunningSimulator) -> None:
    simulator.fault("raw", body_base64="/wA=")
    assert simulator.token().content == b"\xff\x00"


def test_oversized(simulator: RunningSimulator) -> None:
    simulator.fault("oversized", mib=3)
    assert len(simulator.token().content) > 3 * 1024 * 1024


def test_members_of_a_successful_response(simulator: RunningSimulator) -> None:
    simulator.fault("token", members={"access_token": 7, "more": {"a": None}}, remove=["refresh_token"])
    content = simulator.granted()
    assert (content["access_token"], content["more"], content["scope"]) == (7, {"a": None}, "default")
    assert "refresh_token" not in content


def test_times_paths_and_order(simulator: RunningSimulator) -> None:
    simulator.fault("sql_error", path="token", times=2)
    simulator.fault("tomcat_html", path="revoke")
    simulator.fault("throttled", path="*")
    assert [simulator.token().status_code for _request in range(4)] == [502, 502, 429, 200]
    assert [simulator.revoke("x").status_code for _request in range(2)] == [500, 200]


def test_a_fault_after_the_request_was_carried_out(simulator: RunningSimulator) -> None:
    simulator.fault("am_fault_xml", code=101504, processed=True)
    assert simulator.token().status_code == 500
    (issued,) = simulator.control("GET", "tokens")
    assert simulator.granted()["access_token"] == issued["access_token"]


def test_slow(simulator: RunningSimulator) -> None:
    simulator.fault("slow", delay=0.4)
    start = time.monotonic()
    assert simulator.token().status_code == 200
    assert time.monotonic() - start >= 0.4


@pytest.mark.parametrize("part", ["body", "all"])
def test_drip(simulator: RunningSimulator, part: str) -> None:
    simulator.fault("drip", pause=0.001, part=part)
    response = simulator.token()
    assert response.json()["expires_in"] == 3600


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("half_closed", (requests.exceptions.ChunkedEncodingError, requests.ConnectionError)),
        ("reset", requests.ConnectionError),
        ("hang", requests.ReadTimeout),
    ],
)
def test_broken_connections(simulator: RunningSimulator, kind: str, error: Any, secure: bool) -> None:
    simulator.fault(kind)
    url = simulator.facts["token_url"] if secure else simulator.url + "/oauth2/token"
    with pytest.raises(error):
        requests.post(url, ALICE, auth=("demo_key", "demo_secret"), timeout=0.5, verify=simulator.facts["ca_path"])
    assert simulator.token().status_code == 200


def test_reset_is_a_tcp_reset(simulator: RunningSimulator) -> None:
    simulator.fault("reset")
    port = int(simulator.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
        linger = connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.calcsize("ii"))
        assert linger == bytes(len(linger))


def test_faults_are_journaled(simulator: RunningSimulator) -> None:
    simulator.fault("reset")
    simulator.fault("slow", delay=0)
    with pytest.raises(requests.ConnectionError):
        simulator.token()
    simulator.token()
    rows = [(entry["status"], entry["outcome"], entry["fault"]) for entry in simulator.control("GET", "journal")]
    assert rows == [(None, "fault", "reset"), (200, "granted", "slow")]


def test_faults_can_be_dropped(simulator: RunningSimulator) -> None:
    simulator.fault("hang", times=9)
    assert simulator.control("DELETE", "faults") == {"queued": 0}
    assert simulator.token().status_code == 200
