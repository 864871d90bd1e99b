# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""No secret leaves in a text: not raw, not url-encoded, not escaped, not in base64."""

from __future__ import annotations

import base64
import codecs
import html
import re
import sys
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote, unquote_plus

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
# A UUID, as WSO2 issues opaque tokens.
_UUID = re.compile(r"(?<![A-Za-z0-9])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![A-Za-z0-9])")
# Any other token is a long word. Paths, hostnames and names of classes are long, too, but consist of readable words:
# only in a random text, every fifth character begins another word without a separator before it. Without slashes and
# dots, every eighth is enough, apart from the capitals in the name of a class.
_LONG_PATH = re.compile(r"(?<![A-Za-z0-9_+/.~-])[A-Za-z0-9_+/.~-]{32,}={0,2}")
_LONG_WORD = re.compile(r"(?<![A-Za-z0-9_+-])[A-Za-z0-9_+-]{32,}={0,2}")
_CAPITAL_WORD = r"[A-Z][a-z]{2}"
_READABLE_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]|[0-9]+")
# What follows one of these words can be a shorter token, if it has letters and digits.
_NAMED_TOKEN = re.compile(
    r"(?i)(\b(?:bearer|basic)\s+|(?:token|secret|password)[\\\"']*\s*[:=]\s*[\\\"']*)"
    r"(?=[a-z+/_.~=-]*[0-9])(?=[0-9+/_.~=-]*[a-z])[a-z0-9+/_.~=-]{12,}"
)
# "{" and a quote in base64: a JWT that is broken into lines, or has no signature.
_JWT_BEGINS = re.compile(r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{3,}")
_ENCODED_WORD = re.compile(r"[A-Za-z0-9+/_=-]{8,}")
_BASE32_WORD = re.compile(r"[A-Za-z2-7]{8,}")
_HEX_RUN = re.compile(r"(?i)(?:(?:0x|\\+x?|=|\$|u\+00)?[0-9a-f]{2,}[\s:,;.|_-]*)+")
_DECIMAL_RUN = re.compile(r"(?:\b\d{1,3}\b[\s,;.|-]*){4,}")
_ESCAPED_BYTES = re.compile(r"(?:\\+x[0-9a-fA-F]{2}|\\+[0-7]{2,3}|=[0-9A-F]{2})+")
_ESCAPED_BYTE = re.compile(r"\\+x([0-9a-fA-F]{2})|=([0-9A-F]{2})|\\+([0-7]{2,3})")
_UNICODE_ESCAPE = re.compile(r"(?:\\+|%)u([0-9a-fA-F]{4})|\\+u\{([0-9a-fA-F]{1,6})\}|\\+U([0-9a-fA-F]{8})")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,80}>|<!\[CDATA\[")
# Colors and cursor movements of a terminal, also escaped once more.
_TERMINAL_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b|\\+(?:u001b|x1b|033|e)\[)[0-?]*[ -/]*[@-~]")
_SLASH_ESCAPE = re.compile(r"\\+/")
_LINE_ESCAPE = re.compile(r"\\+[rnt]")
# Encodings inside each other are undone so often.
_DEEPEST_ENCODING = 5
_DEEPEST_BASE64 = 3
_MOST_FORMS = 8
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
    known = [form for secret in secrets if secret for form in (secret, " ".join(secret.split())) if form]
    if len(text) > _LONGEST_TEXT:
        # First without what is not shown anyway, or the bound tears a secret that moves to the front.
        text = " ".join("".join(character for character in text if _is_shown(character)).split())
    # Bounded before anything else: the patterns are slow on long texts.
    line = _without_tokens(_redacted_line(text[:_LONGEST_TEXT], known))
    if _JWT_BEGINS.search(line) or _looks_encoded(line) or _is_encoded_in(line, known):
        return _HIDDEN
    if len(text) > _LONGEST_TEXT and MASK in line:
        # A secret that was torn by the bound may follow.
        line = line[: line.index(MASK) + len(MASK)] + "…"
    return line if len(line) <= limit else line[: limit - 1] + "…"


def own_text(text: str, secrets: Iterable[str | None]) -> str:
    """TEXT, a sentence of the collection that can contain values of options, fit to be shown: one line.

    Each of SECRETS is masked, and control characters are removed. What looks like a token stays: it is in the URL of
    the server, or in a path.
    """
    return _redacted_line(text, list(secrets))


def _redacted_line(text: str, secrets: Sequence[str | None]) -> str:
    line = " ".join(redact(_TERMINAL_SEQUENCE.sub("", text), secrets).split())
    line = "".join(character for character in line if character.isprintable())
    # Once more, for a secret that was torn by what is gone now.
    return redact(line, secrets)


def is_displayable(text: str, secrets: Iterable[str | None]) -> bool:
    """Can TEXT, which may have several lines, be shown as it is: no secret, no token, and no control character?"""
    looks_like_token = _without_tokens(text) != text or _JWT_BEGINS.search(text) or _looks_encoded(text)
    return all(map(_is_shown, text)) and not looks_like_token and not mentions(text, secrets)


def _is_shown(character: str) -> bool:
    return character.isprintable() or character.isspace()


def _without_tokens(text: str) -> str:
    """TEXT with C(MASK) for each word that looks like a token."""
    text = _NAMED_TOKEN.sub(rf"\1{MASK}", _UUID.sub(MASK, text))
    text = _LONG_PATH.sub(lambda match: MASK if _is_random(match.group(), 0.2) else match.group(), text)
    return _LONG_WORD.sub(
        lambda match: MASK if _is_random(re.sub(_CAPITAL_WORD, r"-\g<0>", match.group()), 0.12) else match.group(), text
    )


def _is_random(word: str, rate: float) -> bool:
    """Do capitals, small letters and digits alternate in WORD more often than RATE, as nobody writes them?"""
    parts = re.findall(r"[A-Za-z0-9]+", word)
    changes = len(_READABLE_WORD.findall(word)) - len(parts)
    if len(parts) == 1 and word in (word.lower(), word.upper()):
        return changes > 1
    return any(map(str.isalpha, word)) and changes >= rate * sum(map(len, parts))


def _looks_encoded(text: str) -> bool:
    """Does TEXT have a word that looks like a token when escaped characters are undone?"""
    for _depth in range(_DEEPEST_ENCODING):
        decoded = _decoded_escapes(text)
        if decoded == text:
            break
        if _without_tokens(decoded) != decoded:
            return True
        text = decoded
    return False


def _is_encoded_in(text: str, secrets: Iterable[str | None]) -> bool:
    """Is one of SECRETS in TEXT in an encoding, or in encodings inside each other?"""
    known = tuple(secret for secret in secrets if secret)
    if not known:
        return False
    forms = _decoded_forms(text)
    plain = [form for each in forms for form in (each.lower(), _plain(each), _plain(_TAG.sub("", each)))]
    if any(secret in form for secret in _searchable(known) for form in plain):
        return True
    # Base64 that is broken into lines cannot be distinguished from the words around it.
    squeezed = ["".join(form.lower().split()) for form in forms]
    return any(core.lower() in form for core in _nested_base64_cores(known) for form in squeezed)


@lru_cache(maxsize=4)
def _searchable(secrets: tuple[str, ...]) -> list[str]:
    """SECRETS without regard to capitals, each also without surrounding whitespace, and as C(_plain) makes them.

    Long ones also backwards, and with each letter replaced by the one 13 places after it.
    """
    long = [secret for secret in secrets if len(secret) >= _ANYWHERE_FROM]
    written = [*secrets, *(secret[::-1] for secret in long), *(codecs.encode(secret, "rot13") for secret in long)]
    forms = [form.lower() for secret in written for form in (secret, secret.strip())]
    plain = [form for form in map(_plain, written) if len(form) > _BASE64_FROM]
    return [form for form in dict.fromkeys((*forms, *plain)) if len(form) >= _SEARCHABLE_FROM]


def _plain(text: str) -> str:
    """The letters and digits of TEXT, without what a server may insert between them or write differently."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).lower()))


@lru_cache(maxsize=4)
def _nested_base64_cores(secrets: tuple[str, ...]) -> list[str]:
    """What base64 of each of SECRETS contains, and base64 of that, and so on; see C(_base64_cores). And base85."""
    level = list(secrets)
    found = dict.fromkeys(core for secret in secrets for core in _base85_cores(secret))
    for _depth in range(_DEEPEST_BASE64):
        cores = (core for each in level for core in _base64_cores(each) if len(core) > _BASE64_FROM)
        level = list(dict.fromkeys(cores))
        found.update(dict.fromkeys(level))
    return list(found)


def _decoded_forms(text: str) -> list[str]:
    """TEXT, and what it becomes when encodings are undone until nothing changes."""
    found = {text: None}
    level = [text]
    for _depth in range(_DEEPEST_ENCODING):
        new = dict.fromkeys(form for each in level for form in _decoded_once(each) if form not in found)
        level = list(new)[:_MOST_FORMS]
        found.update(dict.fromkeys(level))
    return list(found)


def _decoded_once(text: str) -> Iterator[str]:
    # First what encodes the text as a whole, because the number of forms is limited.
    yield _LINE_ESCAPE.sub("", text)
    yield _decoded_escapes(text)
    with suppress(UnicodeError):
        yield text.encode("latin-1").decode("utf-8")
    yield unquote_plus(text, encoding="latin-1")
    yield "\n".join(_decoded_words(text))


def _decoded_escapes(text: str) -> str:
    """TEXT with each escaped character in its place."""
    text = _SLASH_ESCAPE.sub("/", unquote(html.unescape(text), errors="replace"))
    text = _UNICODE_ESCAPE.sub(lambda match: _character(int(match[1] or match[2] or match[3], 16)), text)
    return _ESCAPED_BYTES.sub(lambda match: _text(_unescaped_bytes(match.group())), text)


def _character(number: int) -> str:
    return chr(number) if number <= sys.maxunicode else ""


def _unescaped_bytes(text: str) -> bytes:
    found = _ESCAPED_BYTE.finditer(text)
    return bytes(int(match[3], 8) & 255 if match[3] else int(match[1] or match[2], 16) for match in found)


def _decoded_words(text: str) -> Iterator[str]:
    """What the words of TEXT say that look like base64, base32, or numbers of bytes."""
    joined = "".join(text.split())
    for word in dict.fromkeys((*_ENCODED_WORD.findall(text), *_ENCODED_WORD.findall(joined))):
        with suppress(ValueError):
            standard = word.replace("-", "+").replace("_", "/").strip("=")
            raw = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
            yield _text(raw)
            for window_bits in (47, -15):
                with suppress(zlib.error):
                    yield _text(zlib.decompressobj(window_bits).decompress(raw, _LONGEST_TEXT))
    for word in _BASE32_WORD.findall(text):
        with suppress(ValueError):
            yield _text(base64.b32decode(word.upper() + "=" * (-len(word) % 8)))
    for run in _HEX_RUN.findall(text):
        digits = re.sub(r"(?i)0x|[^0-9a-f]", "", run)
        # Hexadecimal digits of the word before may come first.
        for start in (0, 1):
            yield _text(bytes.fromhex(digits[start : start + (len(digits) - start) // 2 * 2]))
    for run in _DECIMAL_RUN.findall(text):
        yield _text(bytes(number for number in map(int, re.findall(r"\d+", run)) if number < 256))


def _text(raw: bytes) -> str:
    """RAW as text, also what is in UTF-16 of a Latin script."""
    return raw.decode("utf-8", "replace").replace("\0", "")


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


def _base85_cores(secret: str) -> Iterator[str]:
    """The characters that base85 must hold wherever SECRET begins in what is encoded (four alignments)."""
    raw = _bytes(secret)
    for offset in range(4):
        whole = raw[offset : offset + (len(raw) - offset) // 4 * 4]
        if whole:
            yield base64.a85encode(whole).decode("ascii")
            yield base64.b85encode(whole).decode("ascii")


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
