# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Functions for rows that must fail because of an HTTP response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from row import Row, Step, fault

CHECK_CLIENT = "Check consumer_key and consumer_secret. Verify that the secret does not end with a newline"
CHECK_USER = "Check username and password"
LOCKED = "The account is locked. Ask an administrator to unlock it, or wait until the lock expires"
KEY_MANAGER = "The gateway cannot reach the key manager: see the gateway's log"
SERVER_FAILED = "The server failed. Try again later, and check the WSO2 server log"
RATE_LIMIT = "The server is rate limiting requests. Try again later, or increase timeout"
CHECK_LOG = "Check the WSO2 server log"


def http_failure(
    name: str,
    status: int,
    text: str,
    hint: str,
    *before: Step,
    error: str | None = None,
    description: str | None = None,
    covers: str = "B12",
    failure: dict[str, Any] | None = None,
    **more: Any,
) -> Row:
    """TEXT: the cause after the status."""
    members = {"http_status": status, "error": error, "error_description": description, **(failure or {})}
    cause = f"The token endpoint $shown_url returned HTTP {status}{text}"
    return Row(name, covers=covers, before=before, cause=cause, hint=hint, failure=members, **more)


def error_failure(name: str, status: int, code: str, text: str, hint: str, *before: Step, **more: Any) -> Row:
    """The message contains CODE and TEXT of the response."""
    # If the code is the HTTP status, the message contains it once.
    shown = text.strip(". ") if code == str(status) else f"{code}: {text.strip('. ')}"
    return http_failure(name, status, f" {shown}", hint, *before, error=code, description=text, **more)


def rejected(
    name: str,
    status: int,
    error: str,
    description: str,
    hint: str,
    *before: Step,
    options: Mapping[str, Any] | None = None,
    covers: str = "B8",
    **more: Any,
) -> Row:
    """The endpoint rejects the request with this error, and the plugin sends it once, in spite of C(retries)."""
    more_options = {"retries": 3, **(options or {})}
    text = description.strip()
    return error_failure(name, status, error, text, hint, *before, options=more_options, covers=covers, **more)


def rejected_with(name: str, status: int, error: str, description: str, hint: str, **more: Any) -> Row:
    """The same with a fault, for an error that the simulator has no setting for."""
    response = fault("oauth_error", status=status, error=error, description=description)
    return rejected(name, status, error, description, hint, response, **more)
