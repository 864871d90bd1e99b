# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revocation of a refresh token that the playbook names (section 5)."""

from __future__ import annotations

from typing import Any

from row import (
    CONTROL_NODE_TASK,
    EARLIER_REFRESH_TOKEN,
    TASKS,
    Request,
    Row,
    Step,
    application,
    earlier_grant,
    fault,
    raw,
    settings,
)

REVOKE = {"state": "absent", "username": None, "password": None, "refresh_token": EARLIER_REFRESH_TOKEN}
UNKNOWN = {**REVOKE, "refresh_token": "unknown-refresh-token"}
REVOKE_FORM = {"token": "$earlier"}
PATH = "/oauth2/revoke"
REVOKED = {"changed": True, "revoked": True}
UNCONFIRMED = {"changed": True, "revoked": None}
BAD_CLIENT = "Check consumer_key and consumer_secret"

DEFAULT_FIELDS: dict[str, Any] = {
    "options": REVOKE,
    "requests": (Request(REVOKE_FORM, path=PATH),),
    "entry_points": CONTROL_NODE_TASK,
}


def revoked(name: str, *before: Step, result: dict[str, Any], **changes: Any) -> Row:
    """The server accepts the request."""
    changes = {
        "options": REVOKE,
        "requests": (Request(REVOKE_FORM, path=PATH),),
        "entry_points": CONTROL_NODE_TASK,
        **changes,
    }
    return Row(f"revoke: {name}", covers="B14, 5", before=before, result=result, **changes)


def rejected(name: str, status: int, error: str | None, text: str, hint: str, *before: Step, **changes: Any) -> Row:
    """The server rejects the request with this error."""
    error_text = f" {error}: {text.rstrip('.')}" if error else text
    failure = {"error": error, "error_description": text if error else None, "http_status": status}
    changes = {
        "options": REVOKE,
        "requests": (Request(REVOKE_FORM, path=PATH),),
        "entry_points": CONTROL_NODE_TASK,
        **changes,
    }
    return Row(
        f"revoke: {name}",
        covers="5",
        before=before,
        cause=f"The revocation endpoint $shown_revoke_url returned HTTP {status}{error_text}",
        hint=hint,
        failure={**failure, "url": "$revoke_url", **changes.pop("failure", {})},
        **changes,
    )


def revoke_fault(kind: str, **parameters: Any) -> Step:
    return fault(kind, path="revoke", **parameters)


OLD, NEW = "6.0.53", "7.0.26"
REVOCATION = (
    revoked("all headers", settings(component=OLD), earlier_grant(), result=REVOKED, entry_points=TASKS),
    revoked(
        "the header with the user only", settings(component=NEW), earlier_grant(), result=REVOKED, entry_points=TASKS
    ),
    revoked("no headers", settings(revoke_headers="none"), earlier_grant(), result=UNCONFIRMED),
    revoked(
        "unknown token",
        result=UNCONFIRMED,
        options=UNKNOWN,
        requests=(Request({"token": "unknown-refresh-token"}, path=PATH),),
    ),
    revoked(
        "old servers check the token before the client",
        settings(component=OLD),
        result=UNCONFIRMED,
        options={**UNKNOWN, "consumer_secret": "wrong-secret-4711"},
        requests=(Request({"token": "unknown-refresh-token"}, "demo_key:wrong-secret-4711", PATH),),
    ),
    revoked(
        "through the gateway",
        earlier_grant(),
        result=REVOKED,
        options={**REVOKE, "token_url": "$gateway_token_url"},
        requests=(Request(REVOKE_FORM, path="/revoke"),),
    ),
    revoked(
        "the URL is set",
        earlier_grant(),
        result=REVOKED,
        options={**REVOKE, "token_url": "$base_url/elsewhere", "revoke_url": "$revoke_url"},
    ),
    revoked(
        "credentials in the body",
        earlier_grant(),
        result=REVOKED,
        options={**REVOKE, "client_authentication": "body"},
        requests=(Request({**REVOKE_FORM, "client_id": "demo_key", "client_secret": "demo_secret"}, None, PATH),),
    ),
    *(
        revoked(
            f"already gone, as {error}",
            revoke_fault("oauth_error", status=400, error=error, description="Gone."),
            result=UNCONFIRMED,
            options=UNKNOWN,
            requests=(Request({"token": "unknown-refresh-token"}, path=PATH),),
        )
        for error in ("invalid_token", "unsupported_token_type")
    ),
    revoked(
        "again after a 503",
        earlier_grant(),
        revoke_fault("load_balancer_html", status=503),
        result=REVOKED,
        options={**REVOKE, "retries": 1},
        requests=(Request(REVOKE_FORM, path=PATH),) * 2,
    ),
    rejected(
        "wrong client",
        401,
        "invalid_client",
        "Client Authentication failed.",
        BAD_CLIENT,
        settings(component=NEW),
        earlier_grant(),
        options={**REVOKE, "consumer_secret": "wrong-secret-4711"},
        requests=(Request(REVOKE_FORM, "demo_key:wrong-secret-4711", PATH),),
        entry_points=TASKS,
    ),
    rejected(
        "token of another application",
        401,
        "unauthorized_client",
        "Client Authentication failed.",
        "The token can belong to another application",
        application("other_key", secret="other_secret"),
        earlier_grant(),
        options={**REVOKE, "consumer_key": "other_key", "consumer_secret": "other_secret"},
        requests=(Request(REVOKE_FORM, "other_key:other_secret", PATH),),
    ),
    rejected(
        "token binding",
        400,
        "access_denied",
        "Valid token binding value not present in the request.",
        "Check the WSO2 server log",
        earlier_grant(),
        revoke_fault(
            "oauth_error",
            status=400,
            error="access_denied",
            description="Valid token binding value not present in the request.",
        ),
    ),
    rejected(
        "server error with HTTP 400",
        400,
        "server_error",
        "Error occurred while revoking authorization grant for applications",
        "Check the WSO2 server log",
        earlier_grant(),
        revoke_fault(
            "oauth_error",
            status=400,
            error="server_error",
            description="Error occurred while revoking authorization grant for applications",
        ),
    ),
    rejected(
        "HTML page instead of an endpoint",
        200,
        None,
        " with an HTML page: Welcome",
        "Check revoke_url",
        earlier_grant(),
        ("fault", {**raw(200, "<html><title>Welcome</title></html>")[1], "path": "revoke"}),
        failure={"error_description": "Welcome"},
    ),
    Row(
        "revoke: a URL that cannot be derived",
        covers="5",
        options={**UNKNOWN, "token_url": "$base_url/elsewhere"},
        requests=(),
        cause="revoke_url is missing and cannot be derived, because the path of token_url does not end in /token",
        hint="Set revoke_url",
        failure={"url": None, "attempts": 0},
        entry_points=CONTROL_NODE_TASK,
    ),
)
