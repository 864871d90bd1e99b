# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and responses, independent of the web server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

Header = tuple[str, str]
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """One request; ``path`` is raw (still percent-encoded), ``at`` is real epoch seconds."""

    method: str
    path: str
    query: str
    headers: tuple[Header, ...]
    body: bytes
    secure: bool
    client_certificate: str | None
    at: float

    def header(self, name: str) -> str | None:
        """Return the first header of that name, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def content_type(self) -> str:
        """The Content-Type exactly as sent, empty when there was none."""
        return self.header("Content-Type") or ""

    def query_fields(self) -> list[Header]:
        """Return the decoded pairs of the query string, blank values included."""
        return _pairs(self.query)

    def form_fields(self) -> list[Header]:
        """Return the decoded pairs of a form body, blank values included; empty for other media types."""
        if FORM not in self.content_type.lower():
            return []
        return _pairs(self.body.decode("utf-8", "replace"))


def _pairs(encoded: str) -> list[Header]:
    return parse_qsl(encoded, keep_blank_values=True, errors="replace")


@dataclass(frozen=True)
class Response:
    """One response; ``outcome`` is a word for the journal, ``note`` a text for the log."""

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = ()
    outcome: str = "answered"
    note: str = ""
    chunked: bool = False
    #: What sends the response: "webapp", "console", "valve" (before any web application), "tenant_page", or
    #: "outside" for everything that is not WSO2's servlet container.
    layer: str = "webapp"


class ErrorResponse(Exception):
    """Ends the work on a request early with a complete response."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.outcome)
        self.response = response


def json_response(
    status: int, content: Any, headers: tuple[Header, ...] = (), *, outcome: str = "answered", media: str = JSON
) -> Response:
    """Build a JSON response."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return Response(status, body, (("Content-Type", media), *headers), outcome)


def html_response(status: int, title: str, text: str, *, outcome: str) -> Response:
    """Build a small HTML page."""
    page = f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><h1>{text}</h1></body></html>'
    return Response(status, page.encode(), (("Content-Type", "text/html;charset=utf-8"),), outcome)
