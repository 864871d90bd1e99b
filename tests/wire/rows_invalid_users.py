# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users that the token endpoint rejects, including locked accounts and tenants, by version (section 3.1)."""

from __future__ import annotations

from failure_rows import CHECK_USER, LOCKED, rejected
from row import ALL_ENTRY_POINTS, Row, settings, user

TENANT = "WSO2 treats everything after the last @ in the username as the tenant domain"
NO_TENANT = "also set organization"
STORE = "WSO2 cannot reach its user store"
BAD_PASSWORD = {"password": "wrong-password-7391"}

USERS = (
    *(
        rejected(
            f"wrong password, {component}",
            400,
            "invalid_grant",
            text,
            CHECK_USER,
            settings(component=component),
            options=BAD_PASSWORD,
            covers="B9, B10",
            entry_points=ALL_ENTRY_POINTS if component == "7.0.26" else Row.entry_points,
        )
        for component, text in (
            ("5.3.4", "Authentication failed for alice@carbon.super"),
            ("6.4.2", "Authentication failed for alice"),
            ("7.0.26", "Authentication failed for alice"),
        )
    ),
    rejected(
        "unknown user",
        400,
        "invalid_grant",
        "Authentication failed for nobody",
        CHECK_USER,
        options={"username": "nobody", **BAD_PASSWORD},
        covers="B9",
    ),
    rejected(
        "wrong password is sent once in a run",
        400,
        "invalid_grant",
        "Authentication failed for alice",
        CHECK_USER,
        options={**BAD_PASSWORD, "token_store": "run"},
        covers="B10",
        calls=3,
        is_cached_failure=True,
    ),
    *(
        rejected(
            f"{name}, with its number",
            400,
            "invalid_grant",
            text,
            CHECK_USER,
            settings(component="7.4.99", show_auth_failure_reason=True),
            options=options,
            covers="B8",
        )
        for name, text, options in (
            ("unknown user", "17001 Authentication failed for nobody", {"username": "nobody"}),
            ("wrong password", "17002 Authentication failed for alice", BAD_PASSWORD),
        )
    ),
    *(
        rejected(
            f"locked account, {name}",
            400,
            "invalid_grant",
            text,
            hint,
            settings(component=component, show_auth_failure_reason=shown),
            user("locked", password="locked-pass", state="locked", lock_reason=reason),
            options={"username": "locked", "password": "locked-pass"},
            covers="B10",
            entry_points=ALL_ENTRY_POINTS if component == "6.4.2" else Row.entry_points,
        )
        for name, component, shown, reason, text, hint in (
            (
                "IS 5.2",
                "5.3.4",
                False,
                "AdminInitiated",
                "17003 User account is locked for user : locked. cannot login until the account is unlocked ",
                LOCKED,
            ),
            # The response is the same as for a wrong password, also since 7.1.
            ("IS 5.6", "5.6.63", False, "AdminInitiated", "Authentication failed for locked", CHECK_USER),
            (
                "IS 5.10",
                "6.4.2",
                False,
                "AdminInitiated",
                "17003:AdminInitiated Error when handling event : POST_AUTHENTICATION",
                LOCKED,
            ),
            ("IS 7.1", "7.0.259", False, "AdminInitiated", "Authentication failed for locked", CHECK_USER),
            (
                "IS 7.1, by too many attempts",
                "7.0.259",
                True,
                "MaxAttemptsExceeded",
                "17003:MaxAttemptsExceeded Account is locked for user: locked@carbon.super",
                LOCKED,
            ),
            (
                "IS 7.1, by the administrator",
                "7.0.259",
                True,
                "AdminInitiated",
                "17003:AdminInitiated Account is locked by admin for user: locked@carbon.super",
                LOCKED,
            ),
        )
    ),
    rejected(
        "disabled user",
        400,
        "invalid_grant",
        "Error when handling event : PRE_AUTHENTICATION",
        "The account is disabled or its password must be changed",
        options={"username": "disabled", "password": "disabled-pass"},
    ),
    rejected(
        "expired password",
        400,
        "invalid_grant",
        "Authentication Failed! Password has expired.",
        "The password has expired or must be changed",
        options={"username": "expired", "password": "expired-pass"},
    ),
    rejected(
        "user store is down",
        400,
        "invalid_grant",
        "Error while authenticating user from user store",
        STORE,
        settings(user_store="down"),
    ),
    rejected(
        "user store is down for the roles",
        400,
        "invalid_scope",
        "Invalid Scope!",
        "Request only scopes",
        settings(user_store="roles_down"),
        options={"scope": ["orders_read"]},
    ),
)

FOO = {"username": "bob@foo.com", "password": "bob-pass"}
TENANTS = (
    rejected(
        "user of another tenant, 5.3.4",
        400,
        "invalid_grant",
        "Provided Authorization Grant is invalid",
        "set organization if the user belongs to one",
        settings(component="5.3.4"),
        options=FOO,
        covers="B21",
    ),
    rejected(
        "user of another tenant, 6.0.53",
        400,
        "invalid_grant",
        "Users in the tenant domain : foo.com do not have access to application demo",
        TENANT,
        settings(component="6.0.53"),
        options=FOO,
        covers="B21",
    ),
    rejected(
        "user of another tenant, 7.0",
        400,
        "invalid_grant",
        "Authentication failed for bob@foo.com",
        NO_TENANT,
        options=FOO,
        covers="B21",
    ),
    rejected(
        "unknown tenant",
        400,
        "invalid_grant",
        "Invalid tenant domain johns.org",
        TENANT,
        options={"consumer_key": "saas_key", "consumer_secret": "saas_secret", "username": "john@johns.org"},
        covers="B21",
        entry_points=ALL_ENTRY_POINTS,
    ),
    rejected(
        "tenant given twice",
        400,
        "invalid_grant",
        "Authentication failed for bob@foo.com",
        NO_TENANT,
        options={
            **FOO,
            "token_url": "$base_url/t/foo.com/oauth2/token",
            "consumer_key": "foo_key",
            "consumer_secret": "foo_secret",
        },
        covers="B21",
    ),
    rejected(
        "wrong password behind two @",
        400,
        "invalid_grant",
        "Authentication failed for john@johns.org@johnsorg",
        CHECK_USER,
        options={
            "consumer_key": "saas_key",
            "consumer_secret": "saas_secret",
            "username": "john@johns.org@johnsorg",
            **BAD_PASSWORD,
        },
        covers="B21",
    ),
)
