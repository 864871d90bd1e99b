# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renewal with a refresh token that the playbook names (section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from failing_row import faulty
from row import (
    EARLIER_REFRESH_TOKEN,
    GRANT,
    RENEWAL,
    TASK,
    TASKS,
    Row,
    Sent,
    Step,
    earlier_grant,
    earlier_refresh,
    fault,
    later,
    settings,
    user,
)

RENEW = {"username": None, "password": None, "refresh_token": EARLIER_REFRESH_TOKEN}
USED_UP = "The refresh token was already used, has expired, or was revoked"


def renewed(name: str, *before: Step, covers: str, result: Mapping[str, Any], doors: tuple[str, ...] = TASK) -> Row:
    """The refresh token of RENEW is taken."""
    return Row(name, covers=covers, options=RENEW, before=before, sent=(RENEWAL,), result=result, doors=doors)


def dead(name: str, description: str, *before: Step, error: str = "invalid_grant", hint: str = USED_UP) -> Row:
    """The refresh token of RENEW is refused in these words."""
    said = (400, error, description, hint)
    return faulty(f"dead refresh token: {name}", *said, *before, covers="4", options=RENEW, sent=(RENEWAL,), doors=TASK)


def told(description: str, **more: Any) -> Mapping[str, Any]:
    return {"kind": "oauth_error", "status": 400, "error": "invalid_grant", "description": description, **more}


REFRESH = (
    renewed(
        "refresh token rotates",
        earlier_grant(scope="orders_read"),
        covers="B6, B15",
        result={"origin": "refreshed", "refresh_token": str, "scope": ["orders_read"], "expires_in": range(3590, 3601)},
        doors=TASKS,
    ),
    renewed(
        "refresh token stays",
        settings(refresh_token="keep"),
        earlier_grant(),
        covers="B6",
        result={"origin": "refreshed", "refresh_token": str},
    ),
    renewed(
        "refresh token is not sent again",
        settings(refresh_token="keep", refresh_token_in_refresh_answer=False),
        earlier_grant(),
        covers="B6",
        result={"origin": "refreshed", "refresh_token": "$earlier"},
        doors=TASKS,
    ),
    renewed(
        "a renewed token that never expires",
        settings(token_lifetime="never"),
        earlier_grant(),
        covers="B4",
        result={"expires": False, "expires_in": None, "expires_at": None},
        doors=TASKS,
    ),
    renewed(
        "graceful rotation lets a used refresh token pass",
        settings(refresh_grace_seconds=60),
        earlier_grant(),
        earlier_refresh(),
        covers="4",
        result={"origin": "refreshed"},
    ),
    Row(
        "dead refresh token, and the password helps",
        covers="B6",
        options={"refresh_token": EARLIER_REFRESH_TOKEN},
        before=(earlier_grant(), earlier_refresh()),
        sent=(RENEWAL, Sent(GRANT)),
        result={"origin": "granted"},
        doors=TASKS,
    ),
    Row(
        "a server error while refreshing, and the password helps",
        covers="B10",
        before=(earlier_grant(), fault("server_error")),
        options={"refresh_token": EARLIER_REFRESH_TOKEN},
        sent=(RENEWAL, Sent(GRANT)),
        result={"origin": "granted"},
        doors=TASK,
    ),
    dead("unknown", "Persisted access token data not found", earlier_grant(), earlier_refresh()),
    *(
        dead(setting, text, settings(superseded_refresh_answer=setting), earlier_grant(), earlier_refresh())
        for setting, text in {
            "invalid_state": "Invalid refresh token state",
            "invalid_value": "Invalid refresh token value in the request",
            "no_previous": "No previous access tokens found",
        }.items()
    ),
    dead("expired", "Refresh token is expired.", earlier_grant(), later(86400)),
    dead(
        "grace period",
        "Refresh token grace period has expired.",
        settings(refresh_grace_seconds=60),
        earlier_grant(),
        earlier_refresh(),
        later(100),
    ),
    dead(
        "reuse limit",
        "Refresh token has reached the configured graceful reuse limit.",
        earlier_grant(),
        ("fault", told("Refresh token has reached the configured graceful reuse limit.")),
    ),
    dead(
        "account is locked",
        "Account is locked for user PRIMARY/alice in tenant carbon.super. Cannot login until the account is unlocked.",
        settings(validate_user_on_refresh=True),
        earlier_grant(),
        user("alice", state="locked"),
        error="17003",
        hint="The account is locked",
    ),
    dead(
        "grant not enabled",
        "The authenticated client is not authorized to use this authorization grant type",
        earlier_grant(),
        ("application", {"key": "demo_key", "grants": ["password"]}),
        error="unauthorized_client",
        hint="Enable the refresh token grant for the application",
    ),
    dead(
        "scope",
        "Invalid Scope!",
        earlier_grant(),
        ("fault", told("Invalid Scope!", error="invalid_scope")),
        error="invalid_scope",
        hint="Request only scopes",
    ),
    faulty(
        "a lost race is a server error on older builds",
        *(500, "server_error", "Internal Server Error.", "The server failed"),
        settings(superseded_refresh_answer="server_error"),
        earlier_grant(),
        earlier_refresh(),
        covers="4",
        options=RENEW,
        sent=(RENEWAL,),
        doors=TASK,
    ),
)
