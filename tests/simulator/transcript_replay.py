# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send the requests that were recorded at a real WSO2 server to the simulator, and compare the responses."""

from __future__ import annotations

import base64
import json
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DIRECTORY = Path(__file__).resolve().parent / "transcripts"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
JWT = r"ey[\w-]+\.[\w-]+\.[\w-]+"
CONSUMER_VALUE = r"\w{28}"
#: The servers make these values up. The same recorded value must stay the same simulated value, in the same form.
MADE_UP_FORMS = (UUID, JWT, CONSUMER_VALUE)
BOUND_MEMBERS = (
    "access_token",
    "accessToken",
    "refresh_token",
    "jti",
    "sub",
    "clientId",
    "clientSecret",
    "client_id",
    "client_secret",
    "consumerKey",
    "consumerSecret",
    "applicationId",
    "keyMappingId",
)
BOUND_HEADERS = ("revokedaccesstoken", "revokedrefreshtoken", "deactivatedaccesstoken")
#: These values differ from response to response.
FORMS_ONLY = {"id_token": JWT, "traceId": UUID}
TIMES = ("nbf", "iat", "exp")
SECONDS = 10


@dataclass(frozen=True)
class Message:
    """One recorded request or response; ``headers`` are pairs in the order of the wire."""

    headers: list[tuple[str, str]]
    body: str
    method: str = ""
    target: str = ""
    status: int = 0


@dataclass(frozen=True)
class Transcript:
    """One recorded exchange. The name begins with its number in the recording."""

    name: str
    request: Message
    response: Message

    @property
    def number(self) -> int:
        """The number in the recording."""
        return int(self.name[:3])


def load_transcripts(server: str) -> list[Transcript]:
    """Read all transcripts of one server, in the order of the recording."""
    content = json.loads((DIRECTORY / f"{server}.json").read_text(encoding="utf-8"))
    return [Transcript(item["name"], _message(item["request"]), _message(item["response"])) for item in content]


def _message(content: dict[str, Any]) -> Message:
    headers = [tuple(line.split(": ", 1)) for line in content.pop("headers")]
    return Message(headers=headers, **content)


@dataclass
class Received:
    """One response of the simulator; ``reason`` is the text after the status."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: str


@dataclass
class Replay:
    """Replays transcripts in their order and remembers the simulated token for each recorded one."""

    https_url: str
    http_url: str
    ca_path: str
    bound: dict[str, str] = field(default_factory=dict)

    def replay(self, transcripts: list[Transcript]) -> None:
        """Replay exchanges in their order; each difference fails the test."""
        found = {item.name: self.differences(item) for item in transcripts}
        lines = [f"{name}: {'; '.join(differences)}" for name, differences in found.items() if differences]
        assert not lines, "\n".join(lines)

    def differences(
        self,
        transcript: Transcript,
        *,
        full_lifetimes: frozenset[int] = frozenset({3600}),
        exact: bool = False,
        url: str | None = None,
        tls: bool = True,
    ) -> list[str]:
        """Replay one exchange; returns one line for each difference that a client can see."""
        received = self.exchange(transcript.request, url=url, tls=tls)
        expected = transcript.response
        found = []
        if (received.status, received.reason) != (expected.status, ""):
            found.append(f"status: expected {expected.status}, got {received.status} {received.reason}".rstrip())
        # The body first: headers repeat its values.
        found += self._compare_bodies(expected, received, full_lifetimes)
        found += self._compare_headers(expected, received)
        if exact:
            found += _compare_seconds(expected, received)
        return found

    def exchange(self, request: Message, *, url: str | None = None, tls: bool = True) -> Received:
        """Send a recorded request, with the simulated tokens in place of the recorded ones."""
        body = self._with_simulated_values(request.body).encode()
        lines = [f"{request.method} {self._with_simulated_values(request.target)} HTTP/1.1"]
        for name, value in request.headers:
            is_length = name.lower() == "content-length"
            lines.append(f"{name}: {len(body) if is_length else self._with_simulated_login(value)}")
        data = "\r\n".join([*lines, "", ""]).encode() + body
        address = urlsplit(url or self.https_url)
        with socket.create_connection((address.hostname, address.port), timeout=SECONDS) as connection:
            if not tls:
                return _read(connection, data, request.method)
            context = ssl.create_default_context(cafile=self.ca_path)
            with context.wrap_socket(connection, server_hostname=address.hostname) as secure:
                return _read(secure, data, request.method)

    def _with_simulated_values(self, text: str) -> str:
        for recorded, simulated in self.bound.items():
            text = text.replace(recorded, simulated)
        return text

    def _with_simulated_login(self, header: str) -> str:
        scheme, _blank, encoded = header.partition(" ")
        if scheme != "Basic" or not re.fullmatch(r"[\w+/]+=*", encoded):
            return self._with_simulated_values(header)
        try:
            login = base64.b64decode(encoded).decode()
        except ValueError:
            return header
        return f"Basic {base64.b64encode(self._with_simulated_values(login).encode()).decode()}"

    def _with_recorded_values(self, text: str) -> str:
        for recorded, simulated in self.bound.items():
            text = text.replace(simulated, recorded)
        return text

    def _bind(self, what: str, recorded: str, simulated: str) -> Iterator[str]:
        """Compare the form of two made-up values, and require that equal values stay equal."""
        for form in MADE_UP_FORMS:
            if re.fullmatch(form, recorded) and not re.fullmatch(form, simulated):
                yield f"{what}: expected the form of {recorded[:40]}, got {simulated[:40]}"
        known = self.bound.setdefault(recorded, simulated)
        if known != simulated:
            yield f"{what}: expected the value of an earlier response, got another one"
        elif recorded != simulated and list(self.bound.values()).count(simulated) > 1:
            yield f"{what}: expected a new value, got that of an earlier response"

    def _compare_headers(self, expected: Message, received: Received) -> Iterator[str]:
        wanted, got = _by_name(expected.headers), _by_name(received.headers)
        for name in sorted(wanted.keys() | got.keys()):
            if name not in got:
                yield f"header {name}: missing"
            elif name not in wanted:
                yield f"header {name}: not expected, got {got[name]}"
            elif name in BOUND_HEADERS:
                yield from self._bind(f"header {name}", wanted[name][0], got[name][0])
            elif name == "content-length":
                if expected.body and not received.body:
                    yield "header content-length: 0"
            elif [_comparable(name, value) for value in wanted[name]] != [
                _comparable(name, self._with_recorded_values(value)) for value in got[name]
            ]:
                yield f"header {name}: expected {wanted[name]}, got {got[name]}"

    def _compare_bodies(self, expected: Message, received: Received, full_lifetimes: frozenset[int]) -> Iterator[str]:
        if expected.body == received.body:
            return
        if not expected.body.startswith("{") or not received.body.startswith("{"):
            if _page_outline(expected.body) != _page_outline(received.body):
                yield f"body: expected {expected.body[:200]!r}, got {received.body[:200]!r}"
            return
        wanted, got = json.loads(expected.body), json.loads(received.body)
        yield from self._compare("body", wanted, got, full_lifetimes)
        if "exp" in wanted and wanted["token_type"] != "Refresh":
            lifetimes = [item.get("exp", 0) - item.get("iat", 0) for item in (wanted, got)]
            if lifetimes[0] in full_lifetimes and lifetimes[0] != lifetimes[1]:
                yield f"exp: expected {lifetimes[0]} seconds after iat, got {lifetimes[1]}"

    def _compare(self, name: str, wanted: Any, got: Any, full_lifetimes: frozenset[int]) -> Iterator[str]:
        """Compare two JSON values; members must have the same order."""
        if type(wanted) is not type(got):
            yield f"{name}: expected {wanted!r}, got {got!r}"
        elif isinstance(wanted, dict):
            if list(wanted) != list(got):
                yield f"{name}: expected the members {list(wanted)}, got {list(got)}"
                return
            for member, value in wanted.items():
                yield from self._compare(member, value, got[member], full_lifetimes)
        elif isinstance(wanted, list):
            if len(wanted) != len(got):
                yield f"{name}: expected {len(wanted)} items, got {len(got)}"
                return
            for pair in zip(wanted, got):
                yield from self._compare(name, *pair, full_lifetimes)
        else:
            yield from self._compare_scalar(name, wanted, got, full_lifetimes)

    def _compare_scalar(self, name: str, wanted: Any, got: Any, full_lifetimes: frozenset[int]) -> Iterator[str]:
        if isinstance(wanted, str):
            yield from self._compare_text(name, wanted, got)
        elif name == "expires_in" and wanted not in full_lifetimes:
            if not 0 < got < max(full_lifetimes):
                yield f"{name}: expected remaining seconds, got {got}"
        elif name not in TIMES and wanted != got:
            yield f"{name}: expected {wanted!r}, got {got!r}"

    def _compare_text(self, name: str, wanted: str, got: str) -> Iterator[str]:
        if name in BOUND_MEMBERS and wanted:
            yield from self._bind(name, wanted, got)
        elif name in FORMS_ONLY:
            if not re.fullmatch(FORMS_ONLY[name], got):
                yield f"{name}: expected another form than {got[:40]}"
        elif wanted != self._with_recorded_values(got):
            yield f"{name}: expected {wanted!r}, got {got!r}"


def _read(connection: socket.socket, data: bytes, method: str) -> Received:
    connection.sendall(data)
    response = HTTPResponse(connection, method=method)
    response.begin()
    body = response.read().decode("utf-8", "replace")
    return Received(response.status, response.reason, list(response.getheaders()), body)


def _compare_seconds(expected: Message, received: Received) -> Iterator[str]:
    wanted, got = json.loads(expected.body).get("expires_in"), json.loads(received.body).get("expires_in")
    if wanted != got:
        yield f"expires_in: expected exactly {wanted}, got {got}"


def _by_name(headers: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    return found


def _comparable(name: str, value: str) -> str:
    """Replace what differs from response to response."""
    if name == "date":
        return re.sub(r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$", "DATE", value)
    if name == "x-wso2-traceid":
        return re.sub(UUID, "UUID", value)
    return re.sub(r"JSESSIONID=[0-9A-F]{32}", "JSESSIONID=SESSION", value)


def _page_outline(body: str) -> str:
    """Reduce an HTML page that the recordings shorten to its comment, head and empty body."""
    outline = re.sub(r"<!--.*?-->", "<!---->", body.strip(), flags=re.DOTALL)
    if outline.startswith("<!---->"):
        outline = re.sub(r"<body>.*</body>", "<body></body>", outline, flags=re.DOTALL)
    return re.sub(r"\s+", " ", outline)
