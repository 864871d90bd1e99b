# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refresh with a refresh token that the playbook sets (section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from failure_rows import error_failure
from row import (
    CONTROL_NODE_TASK,
    EARLIER_REFRESH_TOKEN,
    GRANT_FORM,
    REFRESH_REQUEST,
    TASKS,
    Request,
    Row,
    Step,
    advance_clock,
    earlier_grant,
    earlier_refresh,
    fault,
    settings,
    user,
)

REFRESH_OPTIONS = {"username": None, "password": None, "refresh_token": EARLIER_REFRESH_TOKEN}
USED_UP = "The refresh token was already used, has expired, or was revoked"


def refreshed(
    name: str, *before: Step, covers: str, result: Mapping[str, Any], entry_points: tuple[str, ...] = CONTROL_NODE_TASK
) -> Row:
    """The server accepts the refresh token of REFRESH_OPTIONS."""
    return Row(
        name,
        covers=covers,
        options=REFRESH_OPTIONS,
        before=before,
        requests=(REFRESH_REQUEST,),
        result=result,
        entry_points=entry_points,
    )


def rejected(name: str, description: str, *before: Step, error: str = "invalid_grant", hint: str = USED_UP) -> Row:
    """The server rejects the refresh token of REFRESH_OPTIONS with this error."""
    said = (400, error, description, hint)
    return error_failure(
        f"rejected refresh token: {name}",
        *said,
        *before,
        covers="4",
        options=REFRESH_OPTIONS,
        requests=(REFRESH_REQUEST,),
        entry_points=CONTROL_NODE_TASK,
    )


def refresh_error(description: str, **more: Any) -> Mapping[str, Any]:
    return {"kind": "oauth_error", "status": 400, "error": "invalid_grant", "description": description, **more}


REFRESH = (
    refreshed(
        "refresh token rotates",
        earlier_grant(scope="orders_read"),
        covers="B6, B15",
        result={"origin": "refreshed", "refresh_token": str, "scope": ["orders_read"], "expires_in": range(3590, 3601)},
        entry_points=TASKS,
    ),
    refreshed(
        "refresh token stays",
        settings(refresh_token="keep"),
        earlier_grant(),
        covers="B6",
        result={"origin": "refreshed", "refresh_token": str},
    ),
    refreshed(
        "refresh token is not sent again",
        settings(refresh_token="keep", refresh_token_in_refresh_answer=False),
        earlier_grant(),
        covers="B6",
        result={"origin": "refreshed", "refresh_token": "$earlier"},
        entry_points=TASKS,
    ),
    refreshed(
        "a refreshed token that never expires",
        settings(token_lifetime="never"),
        earlier_grant(),
        covers="B4",
        result={"expires": False, "expires_in": None, "expires_at": None},
        entry_points=TASKS,
    ),
    refreshed(
        "graceful rotation lets a used refresh token pass",
        settings(refresh_grace_seconds=60),
        earlier_grant(),
        earlier_refresh(),
        covers="4",
        result={"origin": "refreshed"},
    ),
    Row(
        "rejected refresh token, and the password helps",
        covers="B6",
        options={"refresh_token": EARLIER_REFRESH_TOKEN},
        before=(earlier_grant(), earlier_refresh()),
        requests=(REFRESH_REQUEST, Request(GRANT_FORM)),
        result={"origin": "granted"},
        entry_points=TASKS,
    ),
    Row(
        "a server error while refreshing, and the password helps",
        covers="B10",
        before=(earlier_grant(), fault("server_error")),
        options={"refresh_token": EARLIER_REFRESH_TOKEN},
        requests=(REFRESH_REQUEST, Request(GRANT_FORM)),
        result={"origin": "granted"},
        entry_points=CONTROL_NODE_TASK,
    ),
    rejected("unknown", "Persisted access token data not found", earlier_grant(), earlier_refresh()),
    *(
        rejected(setting, text, settings(superseded_refresh_answer=setting), earlier_grant(), earlier_refresh())
        for setting, text in {
            "invalid_state": "Invalid refresh token state",
            "invalid_value": "Invalid refresh token value in the request",
            "no_previous": "No previous access tokens found",
        }.items()
    ),
    rejected("expired", "Refresh token is expired.", earlier_grant(), advance_clock(86400)),
    rejected(
        "grace period",
        "Refresh token grace period has expired.",
        settings(refresh_grace_seconds=60),
        earlier_grant(),
        earlier_refresh(),
        advance_clock(100),
    ),
    rejected(
        "reuse limit",
        "Refresh token has reached the configured graceful reuse limit.",
        earlier_grant(),
        ("fault", refresh_error("Refresh token has reached the configured graceful reuse limit.")),
    ),
    rejected(
        "account is locked",
        "Account is locked for user PRIMARY/alice in tenant carbon.super. Cannot login until the account is unlocked.",
        settings(validate_user_on_refresh=True),
        earlier_grant(),
        user("alice", state="locked"),
        error="17003",
        hint="The account is locked",
    ),
    rejected(
        "grant not enabled",
        "The authenticated client is not authorized to use this authorization grant type",
        earlier_grant(),
        ("application", {"key": "demo_key", "grants": ["password"]}),
        error="unauthorized_client",
        hint="Enable the refresh token grant for the application",
    ),
    rejected(
        "scope",
        "Invalid Scope!",
        earlier_grant(),
        ("fault", refresh_error("Invalid Scope!", error="invalid_scope")),
        error="invalid_scope",
        hint="Request only scopes",
    ),
    error_failure(
        "a lost race is a server error on older builds",
        *(500, "server_error", "Internal Server Error.", "The server failed"),
        settings(superseded_refresh_answer="server_error"),
        earlier_grant(),
        earlier_refresh(),
        covers="4",
        options=REFRESH_OPTIONS,
        requests=(REFRESH_REQUEST,),
        entry_points=CONTROL_NODE_TASK,
    ),
)
