# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The JSON object that an answer may be, whatever its Content-Type claims."""

from __future__ import annotations

import json
from typing import Any

# No answer of a token endpoint nests like this, and whatever walks through one does so by recursion.
_DEEPEST = 64


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object that BODY is, or None. One that is nested without end is none."""
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and _fits(value, _DEEPEST) else None


def _fits(value: object, levels: int) -> bool:
    """Is VALUE nested no deeper than LEVELS?"""
    if not isinstance(value, (dict, list)):
        return True
    members = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_fits(member, levels - 1) for member in members)
