# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The log on the terminal: one line for each request, without passwords, secrets, and tokens."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TextIO

from .client_authentication import presented_by
from .directory import split_tenant
from .http_messages import Request
from .journal import Entry
from .routes import route_of
from .simulation import Simulation
from .token_endpoint import GRANTS

LONGEST_PATH = 80


class RequestLog:
    """Writes to a stream; a quiet one writes nothing."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stdout
        self._quiet = quiet

    def write(self, text: str) -> None:
        """Write a line of text as it is."""
        if not self._quiet:
            try:
                print(text, file=self._stream, flush=True)
            except (BrokenPipeError, ValueError):
                # The reader of the log ended; the simulator goes on.
                self._quiet = True

    def request(self, simulation: Simulation, entry: Entry, note: str) -> None:
        """Write the line of a request that has its response."""
        if self._quiet:
            return
        when = datetime.fromtimestamp(entry.request.at).strftime("%H:%M:%S")
        status = entry.status if entry.status is not None else "no response"
        ending = f"{entry.outcome}, {note}" if note else entry.outcome
        if entry.fault:
            ending = f"fault {entry.fault}" if entry.outcome == "fault" else f"{ending} (fault {entry.fault})"
        parts = [entry.request.method, shown_path(simulation, entry), *_about(simulation, entry)]
        self.write(f"{when} {'  '.join([' '.join(parts[:2]), *parts[2:]])}  -> {status} {ending}")


def shown_path(simulation: Simulation, entry: Entry) -> str:
    """Return the path without its query; an unknown path might be a secret in the wrong place."""
    path = entry.request.path.encode("ascii", "backslashreplace").decode("ascii")
    if entry.endpoint in {"unknown", "api"}:
        for secret in _secrets(simulation):
            path = path.replace(secret, "***")
    return path if len(path) <= LONGEST_PATH else path[:LONGEST_PATH] + "..."


def _secrets(simulation: Simulation) -> list[str]:
    known = simulation.directory.secrets()
    for token in simulation.tokens:
        known |= {token.access_token, token.refresh_token}
    return sorted(known, key=len, reverse=True)


def _about(simulation: Simulation, entry: Entry) -> list[str]:
    """Name grant, application and user, but only those the simulator knows: the rest may be a swapped secret."""
    request = entry.request
    form = dict(request.form_fields())
    words = []
    if entry.endpoint == "token":
        grant = form.get("grant_type", "")
        words.append(f"{grant} grant" if grant in GRANTS else "no known grant")
    application = simulation.directory.application(presented_by(request, form).id or "")
    names = [f"app={application.name}"] if application else []
    user = _user(simulation, request, form)
    names += [f"user={_printable(user)}"] if user else []
    return words + ([" ".join(names)] if names else [])


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _typed_user(simulation: Simulation, typed: str, tenant: str | None) -> str:
    directory = simulation.directory
    user = directory.user(*split_tenant(typed, simulation.settings.email_user_names))
    if user is None and tenant is not None:
        user = directory.user(typed, tenant)
    return user.qualified_name if user else "(unknown)"


def _user(simulation: Simulation, request: Request, form: dict[str, str]) -> str | None:
    if "username" in form:
        return _typed_user(simulation, form["username"], route_of(request.path).tenant)
    bearer = (request.header("Authorization") or "").removeprefix("Bearer ")
    tokens = simulation.tokens
    for value in (form.get("refresh_token"), form.get("token"), bearer):
        token = (tokens.by_access_token(value) or tokens.by_refresh_token(value)) if value else None
        if token:
            return token.holder.user
    return None
