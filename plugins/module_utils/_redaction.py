# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""No secret leaves in a text: not raw, not url-encoded, not escaped, not in base64."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_plus

MASK = "********"

# A shorter secret occurs in ordinary words ("a" in "failed"); it is masked only where it stands alone,
# because masking it everywhere would spell it out and leave nothing of the message.
_ANYWHERE_FROM = 8
# What JSON and XML write for some characters instead of their numbers.
_ESCAPES = {"\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "'": "&apos;"}
# Fewer base64 characters than these say nothing about what they encode.
_BASE64_FROM = 6

_HIDDEN = f"({MASK}: the text contains a secret)"
_LONGEST_TEXT = 4096
# Three parts of base64url with dots between them (a JWT), or a long word of letters and digits (an opaque token).
_TOKEN_LIKE = re.compile(
    r"[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}"
    r"|(?<![A-Za-z0-9_+=-])[A-Za-z0-9_+=-]{32,}(?![A-Za-z0-9_+=-])"
)
_ENCODED_WORD = re.compile(r"[A-Za-z0-9+/_=-]{8,}")
_HEX_WORD = re.compile(r"(?i)\b(?:[0-9a-f]{2}[\s:]?){4,}\b")
_UNICODE_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})|\\+x([0-9a-fA-F]{2})")
# Encodings inside each other are undone so often.
_DEEPEST_ENCODING = 5
# Shorter secrets occur in decoded nonsense by chance.
_SEARCHABLE_FROM = 4


def redact(text: str, secrets: Iterable[str | None]) -> str:
    """Return TEXT with each of SECRETS, in every form in which a server may echo it, replaced by C(MASK)."""
    # Also without the whitespace around it, which XML and people do not treat as a part of it.
    known = dict.fromkeys(form for secret in secrets if secret for form in (secret, secret.strip()) if form)
    patterns = {secret: _pattern(secret) for secret in known}
    patterns.update((core, re.escape(core)) for secret in known for core in _base64_cores(secret))
    for form in sorted(patterns, key=len, reverse=True):
        text = re.sub(patterns[form], MASK, text)
    return text


def mentions(value: object, secrets: Iterable[str | None]) -> bool:
    """Is one of SECRETS, in whatever encoding, in VALUE (a text, or mappings and sequences of texts)?"""
    known = [secret for secret in secrets if secret]
    if not known:
        return False
    return any(
        any(secret in text for secret in known) or redact(text, known) != text or _is_encoded_in(text, known)
        for text in _texts(value)
    )


def display_text(text: str, secrets: Iterable[str | None], *, limit: int = 200) -> str:
    """TEXT, which the collection did not write, fit to be shown: one line of at most LIMIT characters.

    Each of SECRETS is masked, and whatever looks like a token. If a secret is in it in an encoding that cannot be
    masked exactly, all of it is hidden. Control characters are removed, and what changes the direction of text.
    """
    known = list(secrets)
    # Bounded before anything else: the patterns are slow on long texts.
    line = " ".join(redact(text[:_LONGEST_TEXT], known).split())
    line = "".join(character for character in line if character.isprintable())
    # Once more, for a secret that was torn by what is gone now.
    line = redact(line, known)
    line = _TOKEN_LIKE.sub(_mask_token, line)
    if _is_encoded_in(line, known):
        return _HIDDEN
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _mask_token(match: re.Match[str]) -> str:
    """C(MASK) for what looks like a token; a hostname, a path or a class name does not."""
    word = match.group()
    has_digit = any(character.isdigit() for character in word)
    has_letter = any(character.isalpha() for character in word)
    if word.count(".") == 2 and "_" not in word and not (has_digit and has_letter):
        return word
    if word.count(".") == 2 and max(map(len, word.split("."))) < 16:
        return word
    return MASK if has_digit and has_letter else word


def _is_encoded_in(text: str, secrets: Iterable[str | None]) -> bool:
    """Is one of SECRETS in TEXT in an encoding, or in encodings inside each other?"""
    known = [secret for secret in secrets if secret]
    searchable = _searchable(known)
    if any(secret in form for form in _decoded_forms(text) for secret in searchable):
        return True
    # Base64 that is broken into lines cannot be distinguished from the words around it.
    squeezed = "".join(text.split())
    return any(len(core) > _BASE64_FROM and core in squeezed for secret in known for core in _base64_cores(secret))


def _searchable(secrets: Iterable[str | None]) -> list[str]:
    """SECRETS without regard to capitals, each also without surrounding whitespace."""
    forms = (form.lower() for secret in secrets if secret for form in (secret, secret.strip()))
    return [form for form in dict.fromkeys(forms) if len(form) >= _SEARCHABLE_FROM]


def _decoded_forms(text: str) -> list[str]:
    """TEXT in lower case, and what it becomes when encodings are undone until nothing changes."""
    found = [text]
    level = [text]
    for _depth in range(_DEEPEST_ENCODING):
        level = [form for each in level for form in _decoded_once(each) if form not in found]
        if not level:
            break
        level = list(dict.fromkeys(level))[:16]
        found += level
    # Without whitespace, too: base64 is broken into lines, and a secret by whatever a server inserts.
    squeezed = ["".join(form.split()) for form in found]
    return [form.lower() for form in dict.fromkeys((*found, *squeezed))]


def _decoded_once(text: str) -> Iterator[str]:
    yield unquote_plus(text, errors="replace")
    yield html.unescape(text)
    yield _UNICODE_ESCAPE.sub(lambda match: chr(int(match.group(1) or match.group(2), 16)), text)
    joined = "".join(text.split())
    words = dict.fromkeys((*_ENCODED_WORD.findall(text), *_ENCODED_WORD.findall(joined)))
    for word in list(words)[:32]:
        decoded = _from_base64(word)
        if decoded is not None:
            yield decoded
    for match in list(_HEX_WORD.finditer(text))[:32]:
        digits = re.sub(r"[\s:]", "", match.group())
        if len(digits) % 2 == 0:
            yield bytes.fromhex(digits).decode("utf-8", "replace")


def _from_base64(word: str) -> str | None:
    """What WORD encodes in base64 or base64url, with or without padding; None if that is no text."""
    standard = word.replace("-", "+").replace("_", "/").strip("=")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True).decode("utf-8")
    except (ValueError, binascii.Error):
        return None


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
