# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every form in which a server can echo a secret is masked."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from random import Random
from string import ascii_letters, digits
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._redaction import (
    MASK,
    display_text,
    is_displayable,
    mentions,
    own_text,
    redact,
)

SECRET = "Pä5s wörd/+&:1?"

FORMS = [
    ("raw", SECRET),
    ("percent-encoded", quote(SECRET, safe="")),
    ("form-encoded", quote_plus(SECRET)),
    ("percent-encoded in lower case", quote(SECRET, safe="").lower().replace("p%c3", "P%c3")),
    ("partly percent-encoded", SECRET.replace("ä", "%C3%A4").replace("ö", "%c3%b6")),
    ("HTML", html.escape(SECRET)),
    ("HTML with numeric entities", SECRET.encode("ascii", "xmlcharrefreplace").decode().replace("&:", "&#x26;:")),
    ("JSON", json.dumps(SECRET)[1:-1].replace("/", "\\/")),
    ("base64", base64.b64encode(SECRET.encode()).decode()),
    ("url-safe base64", base64.urlsafe_b64encode(SECRET.encode()).decode()),
]


@pytest.mark.parametrize("form", [row[1] for row in FORMS], ids=[r[0] for r in FORMS])
def test_each_form_is_masked_inside_words(form: str) -> None:
    shown = redact(f"before{form}after", [SECRET])
    assert MASK in shown
    assert form.rstrip("=")[:-1] not in shown


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode], ids=["standard", "url-safe"])
@pytest.mark.parametrize("before", [b"", b"u", b"u:", b"us:", b"user:"], ids=repr)
@pytest.mark.parametrize("after", [b"", b"\n", b"&x", b"tail"], ids=repr)
@pytest.mark.parametrize("secret", ["hunter2", "correct horse", "\u00fb\u00ff\u00fb\u00ff>>??>>??"], ids=ascii)
def test_base64_at_every_alignment_is_masked(secret: str, before: bytes, after: bytes, encode: object) -> None:
    encoded = encode(before + secret.encode() + after).decode()  # type: ignore[operator]
    left = redact(f"Basic {encoded}", [secret]).replace("Basic ", "").replace(MASK, "")
    # At most one character at each edge remains, because it also encodes bits of the neighboring byte.
    assert len(left) <= len(encoded) - (len(secret.encode()) * 8 // 6 - 2)


@pytest.mark.parametrize("before", [b"", b"u:", b"user:"], ids=repr)
def test_base64_of_a_six_letter_secret_is_masked(before: bytes) -> None:
    encoded = base64.b64encode(before + b"hunter").decode()
    assert MASK in redact(f"Basic {encoded}", ["hunter"])


ESCAPES = [
    ("JSON line ends", "two\nlines\r\tand\b\f", r"two\nlines\r\tand\b\f"),
    ("JSON beyond U+FFFF", "smile \U0001f600 now", r"smile \ud83d\ude00 now"),
    ("JSON beyond U+FFFF in capitals", "smile \U0001f600 now", r"smile \uD83D\uDE00 now"),
    ("JSON backslashes", r"C:\\server\share", r"C:\\\\server\\share"),
    ("percent-encoded backslashes", r"C:\\server\share", "C%3A%5C%5Cserver%5cshare"),
    ("XML apostrophe", "it's secret", "it&apos;s secret"),
    ("raw ampersand at its end", "salt&pepper&", "salt&amp;pepper&amp;"),
    ("percent sign at its end", "100 per 100%", "100+per+100%25"),
]


@pytest.mark.parametrize(("secret", "form"), [row[1:] for row in ESCAPES], ids=[r[0] for r in ESCAPES])
def test_escapes_are_masked_as_a_whole(secret: str, form: str) -> None:
    assert redact(f"'{form}'", [secret]) == f"'{MASK}'"


@pytest.mark.parametrize("secret", [" s3cret-word", "s3cret-word\n", "\t s3cret-word "], ids=repr)
def test_a_secret_without_its_outer_whitespace_is_masked(secret: str) -> None:
    assert redact("<s3cret-word>", [secret]) == f"<{MASK}>"


def test_many_backslashes_take_no_time() -> None:
    secret = "\\" * 100 + "end"
    assert redact("\\" * 150 + "and", [secret]) == "\\" * 150 + "and"
    assert redact("\\" * 200 + "end", [secret]) == MASK


SHORT = [
    ("a word of its own", "a", "failed for a user", f"failed for {MASK} user"),
    ("not inside words", "a", "alice failed at last", "alice failed at last"),
    ("in quotes", "a", "user 'a'", f"user '{MASK}'"),
    ("after a colon", "36", "password:36, code 3600", f"password:{MASK}, code 3600"),
    ("not inside scopes' words", "admin", "administrator", "administrator"),
    ("seven characters", "hunter2", "hunter22 hunter2", f"hunter22 {MASK}"),
    ("eight characters anywhere", "hunter22", "xhunter22x", f"x{MASK}x"),
    ("pattern characters are literal", ".*", "x .* y", f"x {MASK} y"),
]


@pytest.mark.parametrize(("secret", "text", "shown"), [row[1:] for row in SHORT], ids=[r[0] for r in SHORT])
def test_short_secrets_are_masked_where_they_stand_alone(secret: str, text: str, shown: str) -> None:
    assert redact(text, [secret]) == shown


def test_longest_first_so_that_no_tail_stays() -> None:
    assert redact("secret-token-tail!", ["secret-token", "secret-token-tail"]) == f"{MASK}!"


@pytest.mark.parametrize("nothing", [[], [None], [""], [None, ""]], ids=repr)
def test_no_secret_changes_nothing(nothing: list[str | None]) -> None:
    assert redact("a text", nothing) == "a text"


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(b"pass\xe9-secret".decode("utf-8", "surrogateescape"), id="environment that is not UTF-8"),
        pytest.param("half-a-pair-\ud83d", id="JSON with half a surrogate pair"),
    ],
)
def test_secrets_that_are_no_utf8_do_not_break_it(secret: str) -> None:
    assert redact(f"x{secret}x", [secret]) == f"x{MASK}x"


MENTIONS = [
    ("text", "xs3cretx", True),
    ("other text", "nothing", False),
    ("value in mapping", {"a": {"b": "s3cret"}}, True),
    ("key of mapping", {"s3cret": 1}, True),
    ("list", ["a", ["s3cret"]], True),
    ("tuple", ("a", "s3cret"), True),
    ("set", {"s3cret"}, True),
    ("none", None, False),
]


@pytest.mark.parametrize(("value", "found"), [row[1:] for row in MENTIONS], ids=[r[0] for r in MENTIONS])
def test_mentions(value: object, found: bool) -> None:
    assert mentions(value, [None, "", "s3cret"]) is found


def test_numbers_are_mentioned_too() -> None:
    assert mentions({"pin": 4711}, ["4711"])


DISPLAYED = [
    ("one line", "a\r\n  b\tc", "a b c"),
    ("no control characters", "a\x1b[31mb\x00\x07", "ab"),
    ("no direction marks", "a\u202eb\u200b", "ab"),
    ("no secret", "for s3cret-word here", f"for {MASK} here"),
    ("no secret that control characters tore", "for s3cret\x00-\x1bword here", f"for {MASK} here"),
    ("no secret that a line end tore", "for two\r\nwords!! here", f"for {MASK} here"),
    ("other scripts stay", "Fehler: ungültig", "Fehler: ungültig"),
    ("a JWT", "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlMTIz ended", f"token {MASK} ended"),
    (
        "an opaque token",
        "entry '3F1NpQ7nz3BaLdU1H52sD7kEzMbPB8EbdHdQk4h44V3fUYKp' is there",
        f"entry '{MASK}' is there",
    ),
    ("a UUID", "token 0b9e6c1a-1111-3222-8333-9f0a0b0c0d0e", f"token {MASK}"),
    (
        "a hostname",
        "unknown host gateway01.long-name.example.internal",
        "unknown host gateway01.long-name.example.internal",
    ),
    (
        "a class name",
        "org.wso2.carbon.identity.oauth2.IdentityOAuth2Exception",
        "org.wso2.carbon.identity.oauth2.IdentityOAuth2Exception",
    ),
    (
        "long words",
        "internationalization-and-localization-of-things",
        "internationalization-and-localization-of-things",
    ),
    (
        "a long hostname with numbers",
        "https://wso2am-pattern-1-am-gateway-1-service.wso2.svc:9443/oauth2/token failed",
        "https://wso2am-pattern-1-am-gateway-1-service.wso2.svc:9443/oauth2/token failed",
    ),
    (
        "a Python module",
        "No module named 'ansible_collections.apiops.wso2.plugins'",
        "No module named 'ansible_collections.apiops.wso2.plugins'",
    ),
    (
        "an opaque token in base64url",
        "token ab-0Zk3f9-x7bQ2_mPd8LwYt-5uRn1sHv4Gc",
        f"token {MASK}",
    ),
    (
        "an opaque token in base64 with slashes",
        "token q3J/8dK2lPz0/WmX5vYt7uRn1sHv4Gc9+bE6aFoLkQ= is dead",
        f"token {MASK} is dead",
    ),
    (
        "a path with an opaque token in it",
        "GET /oauth2/tokens/3F1NpQ7nz3BaLdU1H52sD7kEzMbPB8EbdHdQk4h44V3fUYKp/info failed",
        f"GET {MASK} failed",
    ),
    (
        "paths",
        "/usr/lib/python3.11/site-packages/x /opt/wso2am-4.1.0/repository/conf/Identity2/deployment.toml",
        "/usr/lib/python3.11/site-packages/x /opt/wso2am-4.1.0/repository/conf/Identity2/deployment.toml",
    ),
    (
        "a class",
        "org/wso2/carbon/identity/oauth2/IdentityOAuth2Exception",
        "org/wso2/carbon/identity/oauth2/IdentityOAuth2Exception",
    ),
    ("a consumer key", "client_id: Xk2vQmade8upWJ7fhOq1yIda", "client_id: Xk2vQmade8upWJ7fhOq1yIda"),
]


@pytest.mark.parametrize(("text", "shown"), [row[1:] for row in DISPLAYED], ids=[r[0] for r in DISPLAYED])
def test_display_text(text: str, shown: str) -> None:
    assert display_text(text, ["s3cret-word", "two words!!"]) == shown


OWN = [
    ("one line", "a\r\n  b\tc", "a b c"),
    ("no control characters", "ca_path /x\x1b[31m\u202e/y cannot be read", "ca_path /x/y cannot be read"),
    ("no secret", "for s3cret-word here", f"for {MASK} here"),
    ("no secret that control characters tore", "for s3cret\x00-\x1bword here", f"for {MASK} here"),
    (
        "its URL",
        "https://h.example/t/0b9e6c1a11113222833d9f0a0b0c0d0e/",
        "https://h.example/t/0b9e6c1a11113222833d9f0a0b0c0d0e/",
    ),
    ("long", "x " * 300, ("x " * 300).strip()),
]


@pytest.mark.parametrize(("text", "shown"), [row[1:] for row in OWN], ids=[row[0] for row in OWN])
def test_own_text(text: str, shown: str) -> None:
    assert own_text(text, ["s3cret-word", None]) == shown


RANDOM = Random(17)
RANDOM_TOKENS: dict[str, Callable[[], str]] = {
    "base64, 44": lambda: _base64(RANDOM.randbytes(32)),
    "base64, 32": lambda: _base64(RANDOM.randbytes(24)),
    "base64url": lambda: base64.urlsafe_b64encode(RANDOM.randbytes(32)).decode().rstrip("="),
    "base32": lambda: base64.b32encode(RANDOM.randbytes(32)).decode().rstrip("="),
    "hexadecimal": lambda: RANDOM.randbytes(16).hex(),
    "unreserved characters": lambda: "".join(RANDOM.choices(f"{ascii_letters}{digits}-._~", k=43)),
    "after a name": lambda: f"access_token={_base64(RANDOM.randbytes(32))}",
    "url-encoded": lambda: quote(_base64(RANDOM.randbytes(32)), safe=""),
    "url-encoded twice": lambda: quote(quote(_base64(RANDOM.randbytes(32)), safe=""), safe=""),
    "HTML numbers": lambda: "".join(f"&#{byte};" for byte in _base64(RANDOM.randbytes(32)).encode()),
    "JSON numbers": lambda: "".join(f"\\u{byte:04x}" for byte in _base64(RANDOM.randbytes(32)).encode()),
    "JSON slashes": lambda: _base64(RANDOM.randbytes(32)).replace("/", "\\/"),
}


@pytest.mark.parametrize("kind", RANDOM_TOKENS)
def test_no_token_that_the_plugin_does_not_know_is_shown(kind: str) -> None:
    texts = (f"Token {RANDOM_TOKENS[kind]()} is dead" for _number in range(1000))
    assert [text for text in texts if MASK not in display_text(text, [])] == []


NAMED_TOKENS = [
    "Bearer 3F1NpQ7nz3BaLd",
    "Authorization: Basic YWxpY2U6MTIz",
    '{\\"refresh_token\\": \\"abc12345defg\\"}',
    "client_secret=Xk2vQmade8up",
]


@pytest.mark.parametrize("text", NAMED_TOKENS)
def test_a_short_token_is_hidden_after_its_name(text: str) -> None:
    assert text.rsplit(maxsplit=1)[-1][-8:-3] not in display_text(f"Rejected {text}", [])


ORDINARY = [
    "Check the bearer token: basic authentication of the token_endpoint failed, password: invalid",
    "org.springframework.beans.factory.annotation.AutowiredAnnotationBeanPostProcessor",
    "AbstractAutowireCapableBeanFactory.FactoryBeanMethodTypeFinder failed",
    "IdentityOAuth2TokenValidationResponseException in DefaultOAuth2ClientAuthenticator",
    "ACCESS_TOKEN_VALIDATION_FAILED_FOR_CLIENT_CREDENTIALS",
    "java.net.ConnectException: wso2am-pattern-1-am-control-plane-2.apim-4-2.svc.cluster.local:9443",
    "charset_normalizer-3.4.1-cp313-cp313-manylinux_2_17_x86_64.whl",
    "See https://is.docs.wso2.com/en/6.1.0/references/grant-types/#password-grant for more",
    "2026-12-01T02:39:17.123456789+00:00 00000000000000000000000000000000000000001",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_text_is_shown_without_a_mask(text: str) -> None:
    assert display_text(text, []) == text


DISPLAYABLE = [
    ("several lines", "Failed to connect:\n  timed out", True),
    ("a secret", "Failed to connect as s3cret-word", False),
    ("a control character", "Failed\x1b[31m", False),
    ("an opaque token", "Permission denied: 3F1NpQ7nz3BaLdU1H52sD7kEzMbPB8EbdHdQk4h44V3fUYKp", False),
    ("the beginning of a JWT", "Permission denied: eyJhbGciOiJub25lIn0", False),
]


@pytest.mark.parametrize(("text", "is_so"), [row[1:] for row in DISPLAYABLE], ids=[row[0] for row in DISPLAYABLE])
def test_is_displayable(text: str, is_so: bool) -> None:
    assert is_displayable(text, ["s3cret-word"]) is is_so


@pytest.mark.parametrize(("length", "shown_length"), [(199, 199), (200, 200), (201, 200), (100000, 200)])
def test_displayed_text_is_short(length: int, shown_length: int) -> None:
    shown = display_text("x" * length, [])
    assert len(shown) == shown_length
    assert shown.endswith("…") == (length > 200)


def test_no_secret_is_cut_in_half() -> None:
    assert "s3cret" not in display_text("x" * 190 + "s3cret-word-that-is-long", ["s3cret-word-that-is-long"])


ENCODED_SECRET = "Pä55&wörd <x> 'quoted'"


def _base64(data: str | bytes) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


ENCODINGS = {
    "as it is": ENCODED_SECRET,
    "upper case": ENCODED_SECRET.upper(),
    "lower case": ENCODED_SECRET.lower(),
    "URL": quote(ENCODED_SECRET),
    "URL, plus": quote_plus(ENCODED_SECRET),
    "URL, twice": quote(quote(ENCODED_SECRET)),
    "URL, three times": quote(quote(quote(ENCODED_SECRET))),
    "URL, every character": "".join(f"%{byte:02x}" for byte in ENCODED_SECRET.encode()),
    "HTML": html.escape(ENCODED_SECRET),
    "HTML, twice": html.escape(html.escape(ENCODED_SECRET)),
    "HTML, numbers": "".join(f"&#{ord(character)};" for character in ENCODED_SECRET),
    "HTML, hexadecimal": "".join(f"&#x{ord(character):x};" for character in ENCODED_SECRET),
    "JSON": json.dumps(ENCODED_SECRET)[1:-1],
    "JSON, every character": "".join(f"\\u{ord(character):04x}" for character in ENCODED_SECRET),
    "JSON, twice": json.dumps(json.dumps(ENCODED_SECRET)),
    "hexadecimal": ENCODED_SECRET.encode().hex(),
    "hexadecimal, capitals": ENCODED_SECRET.encode().hex().upper(),
    "hexadecimal, colons": ":".join(f"{byte:02x}" for byte in ENCODED_SECRET.encode()),
    "base64": _base64(ENCODED_SECRET),
    "base64 without padding": _base64(ENCODED_SECRET).rstrip("="),
    "base64url": base64.urlsafe_b64encode(ENCODED_SECRET.encode()).decode(),
    "base64 of base64": _base64(_base64(ENCODED_SECRET)),
    "base64 with a line break": "\r\n".join((_base64(ENCODED_SECRET)[:9], _base64(ENCODED_SECRET)[9:])),
    "base64 of a pair": _base64(f"alice:{ENCODED_SECRET}"),
    "base64, URL": quote(_base64(ENCODED_SECRET), safe=""),
    "hexadecimal of URL": quote(ENCODED_SECRET).encode().hex(),
}


@pytest.mark.parametrize("encoded", ENCODINGS.values(), ids=ENCODINGS)
def test_no_encoding_of_a_secret_is_shown(encoded: str) -> None:
    shown = display_text(f"The value {encoded} is wrong", [ENCODED_SECRET])
    assert encoded not in shown
    assert encoded[:12] not in shown
    assert MASK in shown
    assert mentions({"item": [f"x {encoded} y"]}, [ENCODED_SECRET])


def test_ordinary_text_is_shown() -> None:
    text = "Authentication failed for alice@carbon.super in tenant foo.example (error 17002)"
    assert display_text(text, [ENCODED_SECRET, "alice-pass", "cs_made_up_Zq8wY3"]) == text
    assert not mentions([text], [ENCODED_SECRET, "alice-pass"])
