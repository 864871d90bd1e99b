# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test C(valid_token): how much life a token that was handed out still has."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from ansible.errors import AnsibleFilterError

_ISO8601 = "%Y-%m-%dT%H:%M:%S%z"


def valid_token(token: object, seconds: object = 0) -> bool:
    """Is TOKEN, a result of the module or a C(token) of the lookup, good for SECONDS more? Fails if it is neither."""
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 0:
        raise AnsibleFilterError("valid_token: the seconds must be a whole number, and not negative")
    if not isinstance(token, Mapping):
        raise AnsibleFilterError("valid_token: needs what the module registers, or the lookup's 'token'")
    if not token.get("access_token"):
        # A task that failed or was skipped, or one that revoked, left no token.
        return False
    if token.get("expires") is False:
        return True
    expires_at = token.get("expires_at")
    return isinstance(expires_at, str) and _epoch(expires_at) - time.time() >= max(seconds, 1)


def _epoch(iso8601: str) -> float:
    try:
        return datetime.strptime(iso8601, _ISO8601).timestamp()
    except ValueError:
        raise AnsibleFilterError("valid_token: expires_at is not a time in ISO 8601, as the module has it") from None


class TestModule:
    """Where ansible-core looks for the tests of the file."""

    __test__ = False  # pytest takes the name for its own

    def tests(self) -> dict[str, Callable[..., bool]]:
        return {"valid_token": valid_token}
