# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The token of the application itself, by the client credentials grant.

G1: no user is sent. G2: the token is kept apart from those of users. G3: there is nothing to refresh. G4: a refresh
token that the server sends all the same is returned. G5: without a secret nothing is sent. G6: revocation.
"""

from __future__ import annotations

from dataclasses import replace

from entry_points import APPLICATION_PLUGIN
from failure_rows import CHECK_CLIENT, rejected, rejected_with
from row import (
    ALL_ENTRY_POINTS,
    TASKS,
    Request,
    Row,
    Step,
    advance_clock,
    application,
    earlier_grant,
    settings,
    token_response,
)
from rows_invalid_options import invalid_option

FORM = {"grant_type": "client_credentials"}
ENABLE = "Enable the client credentials grant for the application, or have the administrator enable it on the server"
NEVER = 9223372036854775807


def earlier_application_grant() -> Step:
    """Another client requested the application's token before. The server ignores the user in the form."""
    return earlier_grant(**FORM)


_ROWS = (
    Row(
        "application",
        covers="G1, G2",
        result={"refresh_token": None, "id_token": None, "origin": "granted", "expires_in": range(3590, 3601)},
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "application, credentials in the body",
        covers="G1",
        options={"client_authentication": "body"},
        requests=(Request({**FORM, "client_id": "demo_key", "client_secret": "demo_secret"}, None),),
        result={"origin": "granted"},
    ),
    Row(
        "application, scopes",
        covers="G1",
        options={"scope": ["orders_write", "orders_read"]},
        requests=(Request({**FORM, "scope": "orders_write orders_read"}),),
        before=(token_response(scope="orders_read orders_write"),),
        result={"scope": ["orders_read", "orders_write"]},
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "application, no scope in the response",
        covers="G1",
        before=(token_response(remove=("scope",)),),
        result={"scope": []},
    ),
    Row("application, JWT", covers="G3", before=(settings(token_format="jwt"),), result={"refresh_token": None}),
    Row(
        "application, token that never expires",
        covers="G3",
        before=(token_response(expires_in=NEVER),),
        result={"expires": False, "expires_in": None},
    ),
    Row(
        "application, twice",
        covers="G2",
        options={"token_store": "run"},
        calls=2,
        result={"origin": "stored"},
    ),
    Row(
        "application, the same token with too little time",
        covers="G3",
        options={"min_validity": 300},
        before=(earlier_application_grant(), advance_clock(3423)),
        result={"origin": "granted", "expires_in": range(170, 178), "refresh_token": None},
        warning="The server issues no other token before this one expires",
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "application, the same token with too little time, twice",
        covers="G3",
        options={"min_validity": 300, "token_store": "run"},
        before=(earlier_application_grant(), advance_clock(3423)),
        calls=2,
        result={"origin": "stored", "expires_in": range(170, 178)},
        warning="could not be replaced less than 30 seconds ago",
    ),
    Row(
        "application, forced anew, but the server returns the same token",
        covers="G3",
        options={"token_store": "run", "force": True},
        calls=2,
        request_count=2,
        result={"origin": "granted"},
        warning="The server returned the same token again",
        entry_points=TASKS,
    ),
    Row(
        "application, a refresh token all the same",
        covers="G4",
        before=(token_response(refresh_token="an-unusual-refresh-token"),),
        result={"refresh_token": "an-unusual-refresh-token"},
        entry_points=ALL_ENTRY_POINTS,
    ),
    rejected(
        "application, grant not allowed",
        400,
        "unauthorized_client",
        "The authenticated client is not authorized to use this authorization grant type",
        ENABLE,
        application("demo_key", grants=["password", "refresh_token"]),
        covers="G1",
        entry_points=ALL_ENTRY_POINTS,
    ),
    rejected_with(
        "application, grant not known",
        400,
        "unsupported_grant_type",
        "Unsupported grant type : client_credentials, is used.",
        ENABLE,
        covers="G1",
    ),
    rejected(
        "application, wrong secret",
        401,
        "invalid_client",
        "Client credentials are invalid.",
        CHECK_CLIENT,
        options={"consumer_secret": "wrong-secret-2846"},
        covers="G1",
        entry_points=ALL_ENTRY_POINTS,
    ),
    rejected_with(
        "application, scope not allowed",
        400,
        "invalid_scope",
        "Invalid Scope!",
        "Request only scopes that the application and its owner are allowed to use",
        options={"scope": ["orders_delete"]},
        covers="G1",
    ),
    invalid_option("application, no secret", "consumer_secret is missing", consumer_secret=None, everywhere=True),
    invalid_option("application, username", "username is not an option", username="alice", everywhere=True),
    invalid_option("application, password", "password is not an option", password="alice-pass"),
    Row(
        "application, nothing to revoke",
        covers="G6",
        options={"token_store": "run", "state": "absent"},
        requests=(),
        result={"changed": False, "revoked": None},
        entry_points=TASKS,
    ),
)
APPLICATION = tuple(
    replace(row, plugin=APPLICATION_PLUGIN, covers="G5" if row.name.endswith("no secret") else row.covers)
    for row in _ROWS
)
