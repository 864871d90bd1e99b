# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows that end in a failure, in the words of the token endpoint or of what stands before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from row import Row, Step, fault

CONSUMER = "Check consumer_key and consumer_secret. Verify that the secret does not end with a newline"
USER = "Check username and password"
LOCKED = "The account is locked. Ask an administrator to unlock it, or wait until the lock expires"
KEY_MANAGER = "The gateway cannot reach the key manager: see the gateway's log"
TROUBLE = "The server failed. Try again later, and check the WSO2 server log"
PATIENCE = "The server is rate limiting requests. Try again later, or increase timeout"
LOG = "Check the WSO2 server log"


def answered(
    name: str,
    status: int,
    what: str,
    hint: str,
    *before: Step,
    error: str | None = None,
    description: str | None = None,
    covers: str = "B12",
    failure: dict[str, Any] | None = None,
    **more: Any,
) -> Row:
    """WHAT: the cause behind the status."""
    shown = {"http_status": status, "error": error, "error_description": description, **(failure or {})}
    cause = f"The token endpoint $shown_url returned HTTP {status}{what}"
    return Row(name, covers=covers, before=before, cause=cause, hint=hint, failure=shown, **more)


def faulty(name: str, status: int, code: str, text: str, hint: str, *before: Step, **more: Any) -> Row:
    """CODE and TEXT of the answer are shown."""
    # A gateway's code that is the status is shown once.
    said = text.strip(". ") if code == str(status) else f"{code}: {text.strip('. ')}"
    return answered(name, status, f" {said}", hint, *before, error=code, description=text, **more)


def refused(
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
    """The endpoint refuses in these words, and is asked once, however often it may be."""
    asked = {"retries": 3, **(options or {})}
    return faulty(name, status, error, description.strip(), hint, *before, options=asked, covers=covers, **more)


def told(name: str, status: int, error: str, description: str, hint: str, **more: Any) -> Row:
    """The same, where the simulator has to be told the words."""
    words = fault("oauth_error", status=status, error=error, description=description)
    return refused(name, status, error, description, hint, words, **more)
