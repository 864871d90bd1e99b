# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets, the forms in which a server can echo them, and texts that contain them."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Sized
from urllib.parse import quote, quote_plus

from hypothesis import settings
from hypothesis import strategies as st

# Without the characters of the mask and of the ellipsis, because those alone are not a leak.
ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="*")
ANY = st.characters(exclude_categories=("Cs",), exclude_characters="*…")
# Characters that at least one of the encodings treats specially.
SPECIAL = st.sampled_from(
    "%&+<>\"'/\\=?#;:@.~_- \t\r\n\b\f\x00\x1b\x7f\x85\xa0ßäÄ€İı\u2028\u202e\ufeff\U0001f600\U0010fffd"
)

# Long enough to be masked everywhere. Shorter secrets have other rules.
secrets = st.one_of(
    st.text(ASCII, min_size=8, max_size=40),
    st.text(st.one_of(ASCII, SPECIAL), min_size=8, max_size=24),
    st.text(ANY, min_size=8, max_size=24),
)

TEXT_FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "percent-encoded path": quote,
    "form-encoded": quote_plus,
    "percent-encoded in lower case": lambda secret: _lower_hex(quote(secret, safe="")),
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON in UTF-8": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "JSON as PHP writes it": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "HTML": html.escape,
    "HTML without quotes": lambda secret: html.escape(secret, quote=False),
    "XML": lambda secret: html.escape(secret).replace("&#x27;", "&apos;"),
    "HTML with numeric entities": lambda secret: html.escape(secret).encode("ascii", "xmlcharrefreplace").decode(),
}

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "standard": base64.b64encode,
    "url-safe": base64.urlsafe_b64encode,
}


def share_of(rows: Sized) -> settings:
    """The settings of a test that runs for each of ROWS: all rows together have about as many examples as one test."""
    return settings(max_examples=max(30, settings().max_examples // len(rows)))


def forms_of(secret: str) -> set[str]:
    """SECRET in each of the text forms."""
    return {form(secret) for form in TEXT_FORMS.values()}


def in_base64(secret: str, *, before: bytes, after: bytes, encoder: str) -> str:
    """SECRET in base64, between other bytes, without the padding."""
    return ENCODERS[encoder](before + secret.encode() + after).decode().rstrip("=")


@st.composite
def echoes(draw: st.DrawFn, secret: str) -> str:
    """One form of SECRET."""
    if draw(st.integers(0, 3)):
        return draw(st.sampled_from(list(TEXT_FORMS.values())))(secret)
    edge = st.binary(max_size=6)
    encoder = draw(st.sampled_from(sorted(ENCODERS)))
    return in_base64(secret, before=draw(edge), after=draw(edge), encoder=encoder)


@st.composite
def texts_around(draw: st.DrawFn, known: list[str]) -> str:
    """Words, some of which are forms of the secrets in KNOWN."""
    echoed = st.sampled_from(known).flatmap(echoes)
    words = st.one_of(
        st.sampled_from(["Authentication failed for", "invalid_grant", "17003", "", " ", ": ", "{", "%s", "\n", "."]),
        st.text(max_size=20),
        echoed,
        echoed,
    )
    return "".join(draw(st.lists(words, min_size=1, max_size=6)))


def _lower_hex(text: str) -> str:
    head, *rest = text.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])
