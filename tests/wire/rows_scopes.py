# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scopes that are granted, dropped and required (section 2)."""

from __future__ import annotations

from row import ALL_ENTRY_POINTS, GRANT_FORM, Request, Row, earlier_grant, settings

SCOPES = (
    Row("no scope requested, APIM", covers="B7", result={"scope": ["default"]}),
    Row("no scope requested, IS", covers="B7", before=(settings(no_scope_answer="omitted"),), result={"scope": []}),
    Row(
        "scopes come back in another order",
        covers="B7",
        options={"scope": ["orders_write", "orders_read"], "require_scope": True},
        result={"scope": ["orders_read", "orders_write"]},
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "scopes as a string, one of them twice",
        covers="B7",
        options={"scope": "orders_write  orders_read orders_write"},
        requests=(Request({**GRANT_FORM, "scope": "orders_write orders_read"}),),
        result={"scope": ["orders_read", "orders_write"]},
    ),
    Row(
        "a scope is dropped",
        covers="B7",
        options={"scope": ["orders_read", "apim:api_view"]},
        result={"scope": ["orders_read"]},
        warning="The server did not grant the scope apim:api_view",
    ),
    Row(
        "all scopes are dropped",
        covers="B7",
        options={"scope": ["apim:admin"]},
        result={"scope": ["default"]},
        warning="The server did not grant the scope apim:admin",
    ),
    Row(
        "a user without roles",
        covers="B7",
        options={"username": "noroles", "password": "noroles-pass", "scope": ["orders_read"]},
        result={"scope": ["default"]},
        warning="The server did not grant the scope orders_read",
    ),
    Row(
        "a required scope is dropped",
        covers="B7",
        options={"scope": ["apim:api_view", "orders_read"], "require_scope": True},
        cause="The server did not grant the scope apim:api_view",
        hint="set require_scope: false",
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "a scope for a device",
        covers="B3",
        options={"scope": ["device_ci_runner_07"]},
        before=(earlier_grant(),),
        result={"scope": ["device_ci_runner_07"], "expires_in": range(3590, 3601)},
    ),
)
