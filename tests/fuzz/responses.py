# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses that a token endpoint or another server can send: those of WSO2, mutated and malformed ones, and noise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from ansible_collections.apiops.wso2.tests.fuzz.strategies import texts_around

STATUSES = st.one_of(
    st.sampled_from([200, 200, 200, 201, 204, 302, 400, 400, 401, 403, 404, 405, 408, 413, 429, 500, 502, 503, 504]),
    st.integers(100, 599),
)

JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)

TOKEN = {
    "access_token": "0b9e6c1a-1111-3222-8333-9f0a0b0c0d0e",
    "refresh_token": "7c1d2e3f-4444-3555-8666-1a2b3c4d5e6f",
    "scope": "default",
    "token_type": "Bearer",
    "expires_in": 3600,
}
SHAPES: list[dict[str, Any]] = [
    *[TOKEN] * 4,
    {"error": "invalid_grant", "error_description": "TEXT"},
    {"error": "TEXT", "error_description": "TEXT"},
    {"fault": {"code": 900900, "type": "TEXT", "message": "TEXT", "description": "TEXT"}},
    {"code": "101503", "type": "Status report", "message": "Runtime Error", "description": "TEXT"},
    {"TEXT": "TEXT"},
]
MARKUP = [
    '<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>101503</am:code><am:type>Status report</am:type>'
    "<am:message>TEXT</am:message><am:description>TEXT</am:description></am:fault>",
    "<ams:fault><ams:code>TEXT</ams:code><ams:message>TEXT</ams:message></ams:fault>",
    "<f:XMLFault xmlns:f='x'><f:faultstring>TEXT</f:faultstring></f:XMLFault>",
    "<Envelope><Body><Fault><Reason><Text>TEXT</Text></Reason></Fault></Body></Envelope>",
    '<!DOCTYPE x [<!ENTITY e "TEXT">]><x><code>&e;</code></x>',
    "<?xml version='1.0' encoding='TEXT'?><x><code>TEXT</code></x>",
    "<html><head><title>TEXT</title></head><body>TEXT</body></html>",
    "<!doctype html><html><title>TEXT",
    "TEXT",
]
ENCODINGS = [*["utf-8"] * 9, "utf-8-sig", "utf-16", "latin-1"]

# Header lines that do not change the length or the encoding of the body.
HARMLESS = [
    b"Content-Type: application/json",
    b"Content-Type: text/html; charset=utf-16",
    b"Content-Type: \xff;;charset=",
    b"Content-Type:",
    b"Retry-After: -1",
    b"Retry-After: 1e9",
    b"Retry-After: " + b"9" * 5000,
    b"Retry-After: Wed, 99 Foo 99999 00:00:00 GMT",
    b"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT",
    b"Retry-After: \xb2",
    b"Location: https://user:pw@elsewhere.example/oauth2/token",
    b"Location: //[",
    b"Location: http://[::1",
    b"Location: http://h:99999999/",
    b"Location: \xe9\xff",
    b"Location:",
    b"Set-Cookie: =;;;=\xff; Max-Age=soon; Expires=never",
    b"WWW-Authenticate: Basic realm=\xff",
    b"Link: <>; <",
    b"Connection: Keep-Alive, Upgrade",
    b"Date: never",
    b"X: " + b"x" * 3000,
]
HARMFUL = [
    b"Content-Length: -1",
    b"Content-Length: 3, 4",
    b"Content-Length: " + b"9" * 5000,
    b"Content-Length: soon",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: chunked, gzip, \xff",
    b"Content-Encoding: gzip",
    b"Content-Encoding: deflate, br, zstd, \xff",
    b"no colon",
    b": no name",
    b" folded",
    b"X: \x00\x01",
    b"X: " + b"x" * 70_000,
    b"\r\n".join([b"X: x"] * 120),
]


@dataclass(frozen=True)
class RawResponse:
    """raw: the bytes on the wire. is_valid: is it HTTP that every client must read as STATUS and BODY?"""

    raw: bytes
    status: int = 0
    body: bytes = b""
    is_valid: bool = False


def _fill(draw: st.DrawFn, shape: Any, known: list[str]) -> Any:
    """SHAPE with other texts in it. Sometimes a member is missing or has another value."""
    if isinstance(shape, dict):
        members = {name: value for name, value in shape.items() if draw(st.integers(0, 9))}
        return {
            draw(texts_around(known)) if name == "TEXT" else name: _fill(draw, value, known)
            for name, value in members.items()
        }
    if not draw(st.integers(0, 9)):
        return draw(st.one_of(JSON_VALUES, texts_around(known)))
    return draw(texts_around(known)) if shape == "TEXT" else shape


@st.composite
def bodies(draw: st.DrawFn, known: list[str]) -> bytes:
    kind = draw(st.sampled_from([*["json"] * 6, *["markup"] * 4, "nested", "noise"]))
    if kind == "json":
        members = _fill(draw, draw(st.sampled_from(SHAPES)), known)
        text = json.dumps(members, ensure_ascii=draw(st.booleans()))
    elif kind == "markup":
        text = draw(st.sampled_from(MARKUP))
        while "TEXT" in text:
            text = text.replace("TEXT", draw(st.sampled_from([escape, str]))(draw(texts_around(known))), 1)
    elif kind == "nested":
        text = _nested(draw)
    else:
        return draw(st.binary(max_size=200))
    body = text.encode(draw(st.sampled_from(ENCODINGS)), "replace")
    return draw(_mutations(body)) if not draw(st.integers(0, 9)) else body


def _nested(draw: st.DrawFn) -> str:
    depth = draw(st.one_of(st.integers(1, 100), st.integers(100, 20_000)))
    opening, closing = draw(st.sampled_from([("[", "]"), ('{"a":', "}")]))
    name = draw(st.sampled_from(["error", "fault", "code", "extra", "expires_in"]))
    return f'{{"access_token":"t","{name}":{opening * depth}1{closing * depth}}}'


@st.composite
def _mutations(draw: st.DrawFn, body: bytes) -> bytes:
    start, end = sorted(draw(st.tuples(st.integers(0, len(body)), st.integers(0, len(body)))))
    return body[:start] + draw(st.binary(max_size=8)) + body[end:]


@st.composite
def responses(draw: st.DrawFn, known: list[str]) -> RawResponse:
    """A response that ends. KNOWN: the secrets that it can echo."""
    if not draw(st.integers(0, 19)):
        return RawResponse(draw(st.one_of(st.binary(max_size=300), st.just(b"HTTP/1.1 200 OK\r\n\r"), bodies(known))))
    status, body = draw(STATUSES), draw(bodies(known))
    reason = draw(st.one_of(st.sampled_from([b"OK", b"", b"\xff"]), texts_around(known).map(_one_line)))
    version = draw(st.sampled_from([*[b"HTTP/1.1"] * 9, b"HTTP/1.0", b"HTTP/2", b"ICY"]))
    headers = draw(st.lists(st.sampled_from([*HARMLESS * 4, *HARMFUL]), max_size=3))
    framing, sent, is_valid = _frame(draw, body)
    echoed = [b"X-Echo: " + _one_line(draw(texts_around(known)))] if draw(st.booleans()) else []
    head = b"\r\n".join([b"%s %d %s" % (version, status, reason), *headers, *echoed, *framing, b"", b""])
    is_valid = is_valid and version.startswith(b"HTTP/1") and not set(headers).intersection(HARMFUL)
    # Responses with these codes have no body, whatever their headers say.
    is_valid = is_valid and status >= 200 and status not in (204, 205, 304)
    return RawResponse(head + sent, status, body, is_valid)


def _one_line(text: str) -> bytes:
    return b" ".join(text.encode("utf-8", "replace").split())


def _frame(draw: st.DrawFn, body: bytes) -> tuple[list[bytes], bytes, bool]:
    """Header lines with the length of BODY, the bytes that are sent, and whether the two agree."""
    kind = draw(st.sampled_from([*["length"] * 6, "close", "chunked", "wrong length", "bad chunks"]))
    length = len(body) + draw(st.integers(-3, 3).filter(bool)) if kind == "wrong length" else len(body)
    if kind in ("length", "wrong length"):
        return [b"Content-Length: %d" % length], body, kind == "length"
    if kind == "close":
        return [], body, True
    chunks = [body[start : start + 50] for start in range(0, len(body), 50)]
    sent = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    if kind == "bad chunks":
        sent = draw(_mutations(sent))
    return [b"Transfer-Encoding: chunked"], sent, kind == "chunked"
