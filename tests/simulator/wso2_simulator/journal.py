# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of requests and their outcomes, which tests read."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from typing import Any

from .client_authentication import presented_by
from .http_messages import Request

ENDPOINTS = ("token", "revoke", "introspect", "api")


@dataclass(eq=False)
class Entry:
    """One request; status and outcome follow with the response (without one, the status stays None)."""

    request: Request
    endpoint: str
    status: int | None = None
    outcome: str = "pending"
    fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the entry as the control API shows it, secrets included."""
        request = self.request
        form = request.form_fields()
        text, encoded = _body(request.body)
        return {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": [list(header) for header in request.headers],
            "body": text,
            "body_base64": encoded,
            "form": [list(item) for item in form],
            "authentication": presented_by(request, dict(form)).as_json(),
            "grant_type": dict(form).get("grant_type"),
            "endpoint": self.endpoint,
            "status": self.status,
            "outcome": self.outcome,
            "fault": self.fault,
            "secure": request.secure,
            "client_certificate": request.client_certificate,
            "at": request.at,
        }


def _body(body: bytes) -> tuple[str, str | None]:
    """Return the text, and for bytes that are not UTF-8 also their base64, with the text read as Latin-1."""
    try:
        return body.decode("utf-8"), None
    except UnicodeDecodeError:
        return body.decode("latin-1"), base64.b64encode(body).decode("ascii")


class Journal:
    """All requests since the last reset."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def open(self, request: Request, endpoint: str) -> Entry:
        """Enter a request that has just arrived."""
        entry = Entry(request, endpoint)
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        """Remove all requests."""
        self._entries.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """Return all entries in the order of arrival."""
        return [entry.as_json() for entry in self._entries]

    def counts(self) -> dict[str, Any]:
        """Return how many requests each endpoint saw, and how they ended."""
        by_endpoint = Counter(entry.endpoint for entry in self._entries)
        outcomes = Counter(entry.outcome for entry in self._entries)
        return {**{name: by_endpoint[name] for name in ENDPOINTS}, "by_outcome": dict(outcomes)}
