# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""What the body of an answer says, whatever its Content-Type claims.

WSO2 and the gateways before it answer errors as JSON in three shapes, as XML in four, as HTML, or with nothing,
and label them as they like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from ansible_collections.apiops.wso2.plugins.module_utils._json_object import json_object


@dataclass(frozen=True)
class FaultBody:
    """kind: C(oauth), C(gateway), C(html), C(empty) or C(other).

    error: the OAuth error code, or the gateway's fault code. description: the text that goes with it.
    Both are as the server sent them: not yet free of secrets.
    """

    kind: str
    error: str | None = None
    description: str | None = None


# A title stands at the top; searching a whole monster of a page for one that never ends takes long.
_LONGEST_HEAD = 4096


class _NotPlainXml(Exception):
    pass


def read_fault(body: bytes) -> FaultBody:
    """Find the error code and the description in BODY."""
    members = json_object(body)
    if members is not None:
        return _from_json(members)
    text = body.decode("utf-8-sig", "replace").strip()
    if not text:
        return FaultBody("empty")
    if re.match(r"(?i)(<\?xml[^>]*>\s*)?(<!doctype html|<html)", text):
        title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text[:_LONGEST_HEAD])
        return FaultBody("html", description=title.group(1) if title else None)
    if text.startswith("<"):
        return _from_xml(text)
    # Free text is not passed on: it may be a token answer that broke off.
    return FaultBody("other")


def _from_json(members: Mapping[str, Any]) -> FaultBody:
    if members.get("error") is not None:
        return FaultBody("oauth", _text(members["error"]), _text(members.get("error_description")))
    fault = members.get("fault")
    fault = fault if isinstance(fault, dict) else members
    if fault.get("code") is not None:
        return _gateway_fault(fault)
    return FaultBody("other")


def _from_xml(text: str) -> FaultBody:
    try:
        elements = _leaves(text)
    except (expat.ExpatError, _NotPlainXml):
        return FaultBody("other")
    if "code" in elements:
        return _gateway_fault(elements)
    description = elements.get("faultstring") or elements.get("Text") or elements.get("Reason")
    return FaultBody("gateway", description=description) if description else FaultBody("other")


def _gateway_fault(members: Mapping[str, Any]) -> FaultBody:
    description = _text(members.get("description")) or _text(members.get("message"))
    return FaultBody("gateway", _text(members["code"]), description)


def _leaves(text: str) -> dict[str, str]:
    """The text of each element by its local name. A document type is refused, and with it every entity."""
    found: dict[str, list[str]] = {}
    path: list[str] = []

    def refuse(*_args: object) -> None:
        raise _NotPlainXml

    def start(name: str, _attributes: object) -> None:
        path.append(name.rpartition(":")[2])

    def end(_name: str) -> None:
        path.pop()

    def characters(data: str) -> None:
        found.setdefault(path[-1], []).append(data)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.Parse(text, True)
    texts = {name: "".join(pieces).strip() for name, pieces in found.items()}
    return {name: text for name, text in texts.items() if text}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None if value is None else json.dumps(value)
