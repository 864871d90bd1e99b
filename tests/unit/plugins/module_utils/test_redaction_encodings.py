# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A text of a server is hidden if a secret is in it in any usual encoding, or in encodings inside each other."""

from __future__ import annotations

import base64
import codecs
import gzip
import json
import zlib
from collections.abc import Callable
from urllib.parse import quote

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK, display_text

SECRETS = ["alice-Pass/7", "hunter2pw", "p\u00e4$$ w\u00f6rd&<1>", "Tr0ub4dor&3xyz"]


def _base64(data: str | bytes) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def _lines(text: str, separator: str = "\n") -> str:
    return separator.join(text[start : start + 6] for start in range(0, len(text), 6))


def _each(template: str) -> Callable[[str], str]:
    return lambda secret: "".join(template % byte for byte in secret.encode())


def _each_character(template: str) -> Callable[[str], str]:
    return lambda secret: "".join(template % ord(character) for character in secret)


ENCODINGS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "url twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "url three times": lambda secret: quote(quote(quote(secret, safe=""), safe=""), safe=""),
    "every byte url": _each("%%%02x"),
    "every byte url twice": _each("%%25%02x"),
    "url in latin-1": lambda secret: quote(secret.encode("latin-1"), safe=""),
    "hex": lambda secret: secret.encode().hex(),
    "hex in capitals": lambda secret: secret.encode().hex().upper(),
    "hex with blanks": lambda secret: secret.encode().hex(" "),
    "hex with colons": lambda secret: secret.encode().hex(":"),
    "hex with hyphens": lambda secret: secret.encode().hex("-"),
    "hex after 0x": lambda secret: f"0x{secret.encode().hex()}",
    "hex after a letter": lambda secret: f"a{secret.encode().hex()}",
    "list of hex": _each("0x%02x, "),
    "list of numbers": _each("%d, "),
    "bytes escaped": _each("\\x%02x"),
    "bytes of Python": lambda secret: repr(secret.encode()),
    "octal": _each("\\%03o"),
    "quoted-printable": _each("=%02X"),
    "JSON numbers": _each_character("\\u%04x"),
    "JSON numbers escaped again": _each_character("\\\\u%04x"),
    "JavaScript numbers": _each_character("\\u{%x}"),
    "Python numbers": _each_character("\\U%08x"),
    "JavaScript escape": _each_character("%%u%04x"),
    "HTML numbers": _each_character("&#%d;"),
    "HTML hexadecimal numbers": _each_character("&#x%x;"),
    "HTML numbers escaped again": _each_character("&amp;#%d;"),
    "HTML numbers without semicolon": _each_character("&#%d "),
    "base64": _base64,
    "base64 of base64": lambda secret: _base64(_base64(secret)),
    "base64 three times": lambda secret: _base64(_base64(_base64(secret))),
    "base64 in lines": lambda secret: _lines(_base64(secret)),
    "base64 in escaped lines": lambda secret: _lines(_base64(secret), "\\r\\n"),
    "base64 of base64 in lines": lambda secret: _lines(_base64(_base64(secret))),
    "base64 of UTF-16": lambda secret: base64.b64encode(secret.encode("utf-16-le")).decode(),
    "base64 of hex": lambda secret: _base64(secret.encode().hex()),
    "hex of base64": lambda secret: _base64(secret).encode().hex(),
    "base64 of more than the secret": lambda secret: _base64(_base64(f"user alice:{secret} and more")),
    "base32": lambda secret: base64.b32encode(secret.encode()).decode(),
    "ascii85": lambda secret: base64.a85encode(secret.encode()).decode(),
    "ascii85 of more than the secret": lambda secret: base64.a85encode(f"user:{secret} x".encode()).decode(),
    "ascii85 in lines": lambda secret: _lines(base64.a85encode(secret.encode()).decode()),
    "base85": lambda secret: base64.b85encode(secret.encode()).decode(),
    "rot13": lambda secret: codecs.encode(secret, "rot13"),
    "rot13 in capitals": lambda secret: codecs.encode(secret, "rot13").upper(),
    "backwards": lambda secret: secret[::-1],
    "backwards in base64": lambda secret: _base64(secret[::-1]),
    "backwards with hyphens": lambda secret: "-".join(secret[::-1]),
    "hex of UTF-16": lambda secret: secret.encode("utf-16-le").hex(),
    "with blanks": " ".join,
    "with hyphens": "-".join,
    "with marks without width": "\u200b".join,
    "base64 in small letters": lambda secret: _base64(secret).lower(),
    "zlib in base64": lambda secret: _base64(zlib.compress(secret.encode())),
    "deflate in base64": lambda secret: _base64(zlib.compress(secret.encode())[2:-4]),
    "gzip in base64": lambda secret: _base64(gzip.compress(secret.encode())),
    "hex with bars": lambda secret: secret.encode().hex("|"),
    "hex with backslashes": _each("\\%02x"),
    "numbers with dots": lambda secret: ".".join(map(str, secret.encode())),
    "octal without zeros": _each("\\%o"),
    "quoted-printable in lines": lambda secret: _lines(secret, "=\r\n"),
    "JSON in JSON": lambda secret: json.dumps(json.dumps({"a": json.dumps({"b": secret})})),
    "UTF-8 read as latin-1": lambda secret: secret.encode().decode("latin-1"),
    "with combining marks": "\u0301".join,
    "with colors": lambda secret: _lines(secret, "\x1b[1;31m"),
    "with escaped colors": lambda secret: _lines(secret, "\\u001b[0m"),
    "with character data": lambda secret: _lines(secret, "]]><![CDATA["),
    "with a tag": lambda secret: f"{secret[:4]}<b>{secret[4:]}</b>",
    "full width": lambda secret: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in secret),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("secret", SECRETS, ids=ascii)
def test_no_encoding_is_shown(secret: str, encoding: str) -> None:
    assert MASK in display_text(f"Login of bob failed: {ENCODINGS[encoding](secret)} was wrong", [secret])


def test_ordinary_texts_are_shown() -> None:
    text = "Authentication failed for alice@carbon.super, code 17002, request 7d0d6ea3: check user store PRIMARY"
    assert display_text(text, SECRETS) == text


@pytest.mark.parametrize("separator", ["", "\n", " "], ids=repr)
def test_a_jwt_is_hidden_that_has_no_signature_or_is_in_lines(separator: str) -> None:
    shown = display_text(f"token {_lines('eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', separator)} is known", [])
    assert "eyJ" not in shown


def test_the_bound_for_long_texts_tears_no_secret() -> None:
    secret = "correct horse battery staple " * 50
    shown = display_text(f"{secret} {secret} {secret}", [secret])
    assert MASK in shown
    assert "horse" not in shown


def test_a_long_text_of_whitespace_tears_no_secret() -> None:
    assert "corr" not in display_text(" " * 4090 + "correct-horse", ["correct-horse"])
