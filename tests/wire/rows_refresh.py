# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renewal with a refresh token that the playbook names (section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from row import (
    EARLIER_REFRESH_TOKEN,
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
RENEWAL = Sent({"grant_type": "refresh_token", "refresh_token": "$earlier"})
GRANT = Sent({"grant_type": "password", "username": "alice", "password": "alice-pass"})
USED_UP = "The refresh token is used up, expired or revoked: ask with username and password again"


def dead(name: str, description: str, *before: Step, error: str = "invalid_grant", hint: str = USED_UP) -> Row:
    """The refresh token of RENEW is refused in these words."""
    return Row(
        f"dead refresh token: {name}",
        covers="4",
        options=RENEW,
        before=before,
        sent=(RENEWAL,),
        cause=f"the token endpoint answered HTTP 400, {error}: {description.rstrip('.')}",
        hint=hint,
        failure={"error": error, "error_description": description, "http_status": 400},
        doors=TASK,
    )


def told(description: str, **more: Any) -> Mapping[str, Any]:
    return {"kind": "oauth_error", "status": 400, "error": "invalid_grant", "description": description, **more}


REFRESH = (
    Row(
        "refresh token rotates",
        covers="B6, B15",
        options=RENEW,
        before=(earlier_grant(scope="orders_read"),),
        sent=(RENEWAL,),
        result={"origin": "refreshed", "refresh_token": str, "scope": ["orders_read"], "expires_in": range(3590, 3601)},
        doors=TASKS,
    ),
    Row(
        "refresh token stays",
        covers="B6",
        options=RENEW,
        before=(settings(refresh_token="keep"), earlier_grant()),
        sent=(RENEWAL,),
        result={"origin": "refreshed", "refresh_token": str},
        doors=TASK,
    ),
    Row(
        "refresh token is not sent again",
        covers="B6",
        options=RENEW,
        before=(settings(refresh_token="keep", refresh_token_in_refresh_answer=False), earlier_grant()),
        sent=(RENEWAL,),
        result={"origin": "refreshed", "refresh_token": "$earlier"},
        doors=TASKS,
    ),
    Row(
        "a renewed token that never expires",
        covers="B4",
        options=RENEW,
        before=(settings(token_lifetime="never"), earlier_grant()),
        sent=(RENEWAL,),
        result={"expires": False, "expires_in": None, "expires_at": None},
        doors=TASKS,
    ),
    Row(
        "graceful rotation lets a used refresh token pass",
        covers="4",
        options=RENEW,
        before=(settings(refresh_grace_seconds=60), earlier_grant(), earlier_refresh()),
        sent=(RENEWAL,),
        result={"origin": "refreshed"},
        doors=TASK,
    ),
    Row(
        "dead refresh token, and the password helps",
        covers="B6",
        options={"refresh_token": EARLIER_REFRESH_TOKEN},
        before=(earlier_grant(), earlier_refresh()),
        sent=(RENEWAL, GRANT),
        result={"origin": "granted"},
        doors=TASKS,
    ),
    Row(
        "trouble while renewing does not cost a password",
        covers="B10",
        options={"refresh_token": EARLIER_REFRESH_TOKEN},
        before=(earlier_grant(), fault("server_error")),
        sent=(RENEWAL,),
        cause="the token endpoint answered HTTP 500, server_error: Internal Server Error",
        hint="The server is in trouble",
        failure={"error": "server_error", "error_description": "Internal Server Error.", "http_status": 500},
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
        hint="Ask only for scopes",
    ),
    Row(
        "a lost race is a server error on older builds",
        covers="4",
        options=RENEW,
        before=(settings(superseded_refresh_answer="server_error"), earlier_grant(), earlier_refresh()),
        sent=(RENEWAL,),
        cause="the token endpoint answered HTTP 500, server_error: Internal Server Error",
        hint="The server is in trouble",
        failure={"error": "server_error", "error_description": "Internal Server Error.", "http_status": 500},
        doors=TASK,
    ),
)
