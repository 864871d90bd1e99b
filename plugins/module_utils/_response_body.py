# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""What the body of a response says, whatever its Content-Type claims.

WSO2 and the gateways in front of it send errors as JSON in three shapes, as XML in four, as HTML, or with no body, and
label them inconsistently.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

OAUTH, GATEWAY, HTML, EMPTY, OTHER = "oauth", "gateway", "html", "empty", "other"

_DEEPEST = 64
# Searching a huge page for a text takes long, and what describes an error is at its top.
_LONGEST_HEAD = 16 * 1024
# Members that describe an error best, before those of any other name.
_TEXT_MEMBERS = ("error_description", "description", "detail", "message", "title", "msg", "reason", "error")


@dataclass(frozen=True)
class ErrorBody:
    """kind: C(OAUTH), C(GATEWAY), C(HTML), C(EMPTY) or C(OTHER).

    error: the OAuth error code, or the gateway's fault code. description: the text that goes with it.
    Both are as the server sent them, secrets included.
    """

    kind: str
    error: str | None = None
    description: str | None = None


class _NotPlainXml(Exception):
    pass


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object that BODY is, or None. One that is nested too deeply does not count."""
    try:
        # A letter in another encoding, in the name of a user, does not make the rest unreadable.
        value = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and _is_shallow(value, _DEEPEST) else None


def parse_body(body: bytes) -> ErrorBody:
    """Find the error code and the description in BODY."""
    members = json_object(body)
    if members is not None:
        return _from_json(members)
    text = body.decode("utf-8-sig", "replace").strip()
    if not text:
        return ErrorBody(EMPTY)
    head = text[:_LONGEST_HEAD]
    if re.match(r"(?is)(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype html|<html|<head|<body|<frameset|<title)", head):
        return ErrorBody(HTML, description=_html_text(head))
    if text.startswith("<"):
        return _from_xml(text)
    # Other text can be the beginning of a token response that broke off.
    is_words = re.fullmatch(r"[\w\s.,:;!?'()/-]{1,300}", text) is not None and "access_token" not in text
    return ErrorBody(OTHER, description=text if is_words else None)


def _from_json(members: Mapping[str, Any]) -> ErrorBody:
    error = members.get("error")
    # A number or an object is no error code of OAuth.
    if isinstance(error, str) and (error or members.get("error_description")):
        return ErrorBody(OAUTH, error, _text(members.get("error_description")))
    fault = members.get("fault")
    fault = fault if isinstance(fault, dict) else members
    if fault.get("code") is not None:
        return _gateway_error(fault)
    return ErrorBody(OTHER, description=_first_text(members))


def _first_text(members: Mapping[str, Any]) -> str | None:
    """Readable text of an object whose members nobody defined. Tokens are not readable text."""
    if "access_token" in members:
        return None
    texts = [members[name] for name in _TEXT_MEMBERS if isinstance(members.get(name), str) and members[name].strip()]
    if not texts:
        texts = list(_strings(members))
    return ": ".join(dict.fromkeys(text.strip() for text in texts[:3])) or None


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if " " in value.strip():
            yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)


def _html_text(text: str) -> str | None:
    """The title, or else the text that a person would see."""
    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
    if title and title.group(1).strip():
        return html.unescape(title.group(1)).strip()
    without_code = re.sub(r"(?is)<(script|style)\b.*?(</\1>|\Z)|<!--.*?(-->|\Z)", " ", text)
    return html.unescape(" ".join(re.sub(r"(?s)<[^>]*>?", " ", without_code).split())) or None


def _from_xml(text: str) -> ErrorBody:
    try:
        elements = _leaves(text)
    except (expat.ExpatError, _NotPlainXml):
        return ErrorBody(OTHER)
    if "code" in elements:
        return _gateway_error(elements)
    description = elements.get("faultstring") or elements.get("Text") or elements.get("Reason")
    return ErrorBody(GATEWAY, description=description) if description else ErrorBody(OTHER)


def _gateway_error(members: Mapping[str, Any]) -> ErrorBody:
    description = _text(members.get("description")) or _text(members.get("message"))
    return ErrorBody(GATEWAY, _text(members["code"]), description)


def _leaves(text: str) -> dict[str, str]:
    """The text of each element by its local name. A document type is rejected, and with it every entity."""
    found: dict[str, list[str]] = {}
    path: list[str] = []

    def reject(*_args: object) -> None:
        raise _NotPlainXml

    def start(name: str, _attributes: object) -> None:
        path.append(name.rpartition(":")[2])

    def end(_name: str) -> None:
        path.pop()

    def characters(data: str) -> None:
        found.setdefault(path[-1], []).append(data)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = reject
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.Parse(text, True)
    texts = {name: "".join(pieces).strip() for name, pieces in found.items()}
    return {name: text for name, text in texts.items() if text}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None if value is None else json.dumps(value)


def _is_shallow(value: object, levels: int) -> bool:
    """Is VALUE nested no deeper than LEVELS?"""
    if not isinstance(value, (dict, list)):
        return True
    members = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(member, levels - 1) for member in members)
