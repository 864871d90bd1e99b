# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rows, and the selections for an entry point and for a second release of ansible-core."""

from __future__ import annotations

import os
from collections.abc import Iterator

from row import ALL_ENTRY_POINTS, TASK_ON_CONTROL_NODE, Row
from rows_application import APPLICATION
from rows_credentials import CREDENTIALS
from rows_encoding import ENCODING
from rows_error_texts import TEXTS
from rows_gateway import CODES
from rows_gateway import SHAPES as GATEWAY_SHAPES
from rows_invalid_clients import CLIENTS
from rows_invalid_options import INVALID_OPTIONS
from rows_invalid_requests import BODIES, REQUESTS
from rows_invalid_users import TENANTS, USERS
from rows_refresh import REFRESH
from rows_reissued_tokens import REISSUED
from rows_retry import RETRY
from rows_revoke import REVOCATION
from rows_scopes import SCOPES
from rows_tokens import LIFETIMES, REFRESH_TOKENS, SHAPES
from rows_transport import TRANSPORT
from rows_wrong_urls import WRONG_URLS

_SAME_ON_EVERY_RELEASE = (
    *(SHAPES, LIFETIMES, REFRESH_TOKENS, REISSUED, SCOPES, CREDENTIALS, APPLICATION, REFRESH, REVOCATION),
    *(CLIENTS, USERS, TENANTS, REQUESTS, BODIES, GATEWAY_SHAPES, CODES, WRONG_URLS, TEXTS, RETRY),
)
# ansible-core passes the values, checks types and shows the failures, and each Python has its own TLS.
_DEPENDING_ON_THE_RELEASE = (ENCODING, TRANSPORT, INVALID_OPTIONS)

ROWS = tuple(row for table in (*_SAME_ON_EVERY_RELEASE, *_DEPENDING_ON_THE_RELEASE) for row in table)
_NAMES = [row.name for row in ROWS]
assert len(set(_NAMES)) == len(_NAMES), sorted(name for name in _NAMES if _NAMES.count(name) > 1)


def selected_rows(entry_point: str) -> tuple[Row, ...]:
    """The rows to call through ENTRY_POINT: all, or the selection that the variable C(APIOPS_WIRE) names.

    C(each once): all rows through the task on the control node, C(representative_rows) through the others, because the
    same code sends the request. C(release): those that depend on the release, and the first of each other table.
    Rows of the connection that depend on neither the entry point nor the environment run as that task only.
    """
    selection = os.environ.get("APIOPS_WIRE", "all")
    if selection == "release":
        rows = (*(table[0] for table in _SAME_ON_EVERY_RELEASE), *_depending_on_the_release())
    elif selection == "each once" and entry_point != TASK_ON_CONTROL_NODE:
        rows = tuple(_representative_rows())
    else:
        rows = ROWS
    if selection != "all" and entry_point != TASK_ON_CONTROL_NODE:
        rows = tuple(row for row in rows if row not in TRANSPORT or _depends_on_the_entry_point(row))
    return tuple(row for row in rows if entry_point in row.entry_points)


def _depends_on_the_entry_point(row: Row) -> bool:
    """Is ROW about settings that reach the connection on another way through each entry point?"""
    return row.entry_points == ALL_ENTRY_POINTS or row.environment != "no proxy"


def _representative_rows() -> Iterator[Row]:
    """The rows that depend on the release, and of the other tables:

    the first row, each row with a warning or with repeated calls, and the first row for each behavior and entry point.
    """
    covered: set[tuple[str, str]] = set()
    for table in _SAME_ON_EVERY_RELEASE:
        for row in table:
            covers = {(behavior, entry) for behavior in row.covers.split(", ") for entry in row.entry_points}
            if row is table[0] or row.warning or row.calls > 1 or not covers <= covered:
                covered |= covers
                yield row
    yield from _depending_on_the_release()


def _depending_on_the_release() -> Iterator[Row]:
    for table in _DEPENDING_ON_THE_RELEASE:
        yield from table
