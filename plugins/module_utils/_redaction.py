# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""No secret leaves in a text: not raw, not url-encoded, not escaped, not in base64."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator

MASK = "********"

# A shorter secret occurs in ordinary words ("a" in "failed"); it is masked only where it stands alone,
# because masking it everywhere would spell it out and leave nothing of the message.
_ANYWHERE_FROM = 8
# What JSON and XML write for some characters beside their numbers.
_ESCAPES = {"\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "'": "&apos;"}
# Fewer base64 characters than these say nothing about what they encode.
_BASE64_FROM = 6


def redact(text: str, secrets: Iterable[str | None]) -> str:
    """Return TEXT with each of SECRETS, in every form in which a server may echo it, replaced by C(MASK)."""
    # Also without the white space around it, which XML and people do not take for a part of it.
    known = dict.fromkeys(form for secret in secrets if secret for form in (secret, secret.strip()) if form)
    patterns = {secret: _pattern(secret) for secret in known}
    patterns.update((core, re.escape(core)) for secret in known for core in _base64_cores(secret))
    for form in sorted(patterns, key=len, reverse=True):
        text = re.sub(patterns[form], MASK, text)
    return text


def mentions(value: object, secrets: Iterable[str | None]) -> bool:
    """Is one of SECRETS, raw, anywhere in VALUE (a text, or mappings and sequences of texts)?"""
    needles = [secret for secret in secrets if secret]
    return any(needle in text for text in _texts(value) for needle in needles)


def snippet(text: str, secrets: Iterable[str | None], *, longest: int = 200) -> str:
    """Return TEXT on one line, without control characters and secrets, of at most LONGEST characters."""
    known = list(secrets)
    line = " ".join(redact(text, known).split())
    line = "".join(character for character in line if character.isprintable())
    # Once more, for a secret that was torn by what is gone now.
    line = redact(line, known)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _pattern(secret: str) -> str:
    spelled = "".join(map(_spellings, re.findall(r"\\+|[^\\]", secret)))
    return spelled if len(secret) >= _ANYWHERE_FROM else rf"(?<!\w){spelled}(?!\w)"


def _spellings(character: str) -> str:
    """A pattern for CHARACTER raw, url-encoded by whichever rule, and escaped as in HTML, XML and JSON.

    Of backslashes it takes a whole row, because to try for each whether it is doubled takes exponential time.
    """
    if character.startswith("\\"):
        count = len(character)
        return rf"(?:(?i:%5c|\\u005c|&#0*92;|&#x0*5c;){{{count}}}|\\{{{count},{2 * count}}})"
    if character.isascii() and character.isalnum():
        return character
    number = ord(character)
    percent = "".join(f"%{byte:02x}" for byte in _bytes(character))
    units = character.encode("utf-16-be", "surrogatepass").hex()
    # JSON numbers the halves of what lies beyond U+FFFF.
    numbered = "".join(rf"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
    forms = (html.escape(character), f"\\{character}", _ESCAPES.get(character), "+" if character == " " else None)
    spellings = [re.escape(form) for form in forms if form and form != character]
    spellings += [f"(?i:{percent})", f"(?i:{numbered})", f"&#0*{number};", f"(?i:&#x0*{number:x};)"]
    # Itself comes last: it may be how another spelling begins, the rest of which would stay.
    spellings.append(re.escape(character))
    return f"(?:{'|'.join(spellings)})"


def _base64_cores(secret: str) -> Iterator[str]:
    """The characters that base64 must hold wherever SECRET begins in what is encoded (three alignments)."""
    raw = _bytes(secret)
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode("ascii")
        first = (offset * 8 + 5) // 6
        last = (offset + len(raw)) * 8 // 6
        core = encoded[first:last]
        if len(core) >= _BASE64_FROM:
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


def _bytes(text: str) -> bytes:
    """TEXT in UTF-8, where the environment may have brought other bytes, and JSON half a surrogate pair."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _texts(key)
            yield from _texts(member)
    elif isinstance(value, (list, tuple, set)):
        for member in value:
            yield from _texts(member)
    else:
        yield str(value)
