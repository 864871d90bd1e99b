# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refusals of the token endpoint, cause by cause and version by version (section 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from row import EVERYWHERE, Row, Step, fault, settings, user

WRONG_PASSWORD = "wrong-password-7391"
WRONG_SECRET = "wrong-secret-2846"

CONSUMER = "Check consumer_key and consumer_secret, also for a line end at the end of the secret"
USER = "Check username and password; each further wrong attempt may lock the account"
LOCKED = "The account is locked: have it unlocked, or wait until the lock ends, before you try again"
TENANT = "Mend or set organization: WSO2 takes what follows the last @ of the user name for the tenant"
NO_TENANT = "so set organization if the user belongs to one"
LOG = "See the server's log"
STORE = "The server's user store is in trouble"


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
    return Row(
        name,
        covers=covers,
        options={"retries": 3, **(options or {})},
        before=before,
        cause=f"the token endpoint answered HTTP {status}, {error}: {description.strip().rstrip('.')}",
        hint=hint,
        failure={"error": error, "error_description": description.strip(), "http_status": status},
        **more,
    )


def told(name: str, status: int, error: str, description: str, hint: str, **more: Any) -> Row:
    """The same, where the simulator has to be told the words."""
    words = fault("oauth_error", status=status, error=error, description=description)
    return refused(name, status, error, description, hint, words, **more)


UNKNOWN_KEY = {"consumer_key": "unknown_key"}
BAD_SECRET = {"consumer_secret": WRONG_SECRET}
BAD_PASSWORD = {"password": WRONG_PASSWORD}
NEW_CLIENT = "Client credentials are invalid."
OLD_CLIENT = "Client Authentication failed."

CLIENTS = (
    refused(
        "unknown consumer key, 6.4",
        401,
        "invalid_client",
        "A valid OAuth client could not be found for client_id: unknown_key",
        CONSUMER,
        settings(component="6.4.111"),
        options=UNKNOWN_KEY,
        covers="B9",
    ),
    refused(
        "unknown consumer key, 6.11",
        401,
        "invalid_client",
        "A valid OAuth client could not be found for client_id: unknown_key",
        CONSUMER,
        settings(component="6.11.21", realm="null"),
        options=UNKNOWN_KEY,
        covers="B9",
    ),
    refused("unknown consumer key, 7.0", 401, "invalid_client", NEW_CLIENT, CONSUMER, options=UNKNOWN_KEY, covers="B9"),
    *(
        refused(
            f"wrong consumer secret, {component}",
            401,
            "invalid_client",
            text,
            CONSUMER,
            settings(component=component),
            options=BAD_SECRET,
            covers="B9",
            doors=EVERYWHERE if component == "7.0.26" else Row.doors,
        )
        for component, text in (
            ("5.3.4", OLD_CLIENT),
            ("6.4.2", OLD_CLIENT),
            ("6.4.111", NEW_CLIENT),
            ("7.0.26", NEW_CLIENT),
        )
    ),
    refused(
        "line end behind the consumer secret",
        401,
        "invalid_client",
        OLD_CLIENT,
        "also for a line end at the end of the secret",
        settings(component="6.4.2"),
        options={"consumer_secret": "demo_secret\n"},
        covers="B16",
    ),
    *(
        refused(
            f"no client authentication, {component}",
            status,
            error,
            text,
            hint,
            settings(component=component),
            options={"consumer_secret": None},
            # A consumer key without a secret is a public client, which this application is not.
            covers="B9",
        )
        for component, status, error, text, hint in (
            ("6.4.2", 401, "invalid_client", OLD_CLIENT, CONSUMER),
            ("7.0.26", 401, "invalid_client", NEW_CLIENT, CONSUMER),
        )
    ),
    *(
        told(f"client authentication is not understood, {status}: {text}", status, error, text, hint, covers="B9")
        for status, error, text, hint in (
            (401, "invalid_client", "Client ID not found in the request.", CONSUMER),
            (401, "invalid_client", "Unsupported Client Authentication Method!", CONSUMER),
            (401, "invalid_client", "No valid authenticators found for the application.", CONSUMER),
            (400, "invalid_request", "Error decoding authorization header. Space delimited.", CONSUMER),
            (404, "server_error", "Error decoding authorization header, in two parts.", CONSUMER),
            (400, "invalid_request", "Request body and headers contain authorization information", LOG),
            (401, "invalid_client", "Request body and headers contain authorization information", CONSUMER),
            (400, "invalid_request", "The client MUST NOT use more than one authentication method in each", LOG),
        )
    ),
    *(
        refused(
            f"application is {state}, {component}",
            401,
            "invalid_client",
            text,
            "The application is disabled or revoked",
            settings(component=component),
            options={"consumer_key": f"{state}_key", "consumer_secret": f"{state}_secret"},
            covers="B9",
        )
        for state, component, text in (
            ("disabled", "6.4.111", "Oauth application is not in active state"),
            ("disabled", "7.0.26", "Application is disabled."),
            ("revoked", "7.0.26", "Oauth application is not in active state"),
        )
    ),
)

USERS = (
    *(
        refused(
            f"wrong password, {component}",
            400,
            "invalid_grant",
            text,
            USER,
            settings(component=component),
            options=BAD_PASSWORD,
            covers="B9, B10",
            doors=EVERYWHERE if component == "7.0.26" else Row.doors,
        )
        for component, text in (
            ("5.3.4", "Authentication failed for alice@carbon.super"),
            ("6.4.2", "Authentication failed for alice"),
            ("7.0.26", "Authentication failed for alice"),
        )
    ),
    refused(
        "unknown user",
        400,
        "invalid_grant",
        "Authentication failed for nobody",
        USER,
        options={"username": "nobody", **BAD_PASSWORD},
        covers="B9",
    ),
    refused(
        "wrong password is sent once in a run",
        400,
        "invalid_grant",
        "Authentication failed for alice",
        USER,
        options={**BAD_PASSWORD, "token_store": "run"},
        covers="B10",
        asked=3,
    ),
    *(
        refused(
            f"{name}, with its number",
            400,
            "invalid_grant",
            text,
            USER,
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
        refused(
            f"locked account, {name}",
            400,
            "invalid_grant",
            text,
            hint,
            settings(component=component, show_auth_failure_reason=shown),
            user("locked", password="locked-pass", state="locked", lock_reason=reason),
            options={"username": "locked", "password": "locked-pass"},
            covers="B10",
            doors=EVERYWHERE if component == "6.4.2" else Row.doors,
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
            # Nothing tells it from a wrong password here, and since 7.1.
            ("IS 5.6", "5.6.63", False, "AdminInitiated", "Authentication failed for locked", USER),
            (
                "IS 5.10",
                "6.4.2",
                False,
                "AdminInitiated",
                "17003:AdminInitiated Error when handling event : POST_AUTHENTICATION",
                LOCKED,
            ),
            ("IS 7.1", "7.0.259", False, "AdminInitiated", "Authentication failed for locked", USER),
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
    refused(
        "disabled user",
        400,
        "invalid_grant",
        "Error when handling event : PRE_AUTHENTICATION",
        "The account is disabled, or its password must be changed",
        options={"username": "disabled", "password": "disabled-pass"},
    ),
    refused(
        "expired password",
        400,
        "invalid_grant",
        "Authentication Failed! Password has expired.",
        "The password has expired or must be changed",
        options={"username": "expired", "password": "expired-pass"},
    ),
    refused(
        "user store is down",
        400,
        "invalid_grant",
        "Error while authenticating user from user store",
        STORE,
        settings(user_store="down"),
    ),
    refused(
        "user store is down for the roles",
        400,
        "invalid_scope",
        "Invalid Scope!",
        "Ask only for scopes",
        settings(user_store="roles_down"),
        options={"scope": ["orders_read"]},
    ),
)

FOO = {"username": "bob@foo.com", "password": "bob-pass"}
TENANTS = (
    refused(
        "user of another tenant, 5.3.4",
        400,
        "invalid_grant",
        "Provided Authorization Grant is invalid",
        NO_TENANT,
        settings(component="5.3.4"),
        options=FOO,
        covers="B21",
    ),
    refused(
        "user of another tenant, 6.0.53",
        400,
        "invalid_grant",
        "Users in the tenant domain : foo.com do not have access to application demo",
        TENANT,
        settings(component="6.0.53"),
        options=FOO,
        covers="B21",
    ),
    refused(
        "user of another tenant, 7.0",
        400,
        "invalid_grant",
        "Authentication failed for bob@foo.com",
        NO_TENANT,
        options=FOO,
        covers="B21",
    ),
    refused(
        "unknown tenant",
        400,
        "invalid_grant",
        "Invalid tenant domain johns.org",
        TENANT,
        options={"consumer_key": "saas_key", "consumer_secret": "saas_secret", "username": "john@johns.org"},
        covers="B21",
        doors=EVERYWHERE,
    ),
    refused(
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
    refused(
        "wrong password behind two @",
        400,
        "invalid_grant",
        "Authentication failed for john@johns.org@johnsorg",
        USER,
        options={
            "consumer_key": "saas_key",
            "consumer_secret": "saas_secret",
            "username": "john@johns.org@johnsorg",
            **BAD_PASSWORD,
        },
        covers="B21",
    ),
)

REQUESTS = (
    told("parameters are missing", 400, "invalid_request", "Missing parameters: password", LOG),
    told(
        "parameters are missing, as Java prints it",
        400,
        "invalid_request",
        "OAuthProblemException{error='invalid_request', description='Missing parameters: password', uri='null'}",
        LOG,
    ),
    told("grant type is missing", 400, "invalid_request", "Missing grant_type parameter value", LOG),
    refused(
        "password grant is switched off on the server",
        400,
        "invalid_request",
        "Unsupported grant_type value",
        "The password grant is switched off on the server: [oauth.grant_type.password] in deployment.toml",
        settings(password_grant=False),
        doors=EVERYWHERE,
    ),
    refused(
        "password grant is switched off on the server, 5.3.4",
        400,
        "unsupported_grant_type",
        "Unsupported grant_type value",
        "or have the administrator enable it on the server",
        settings(component="5.3.4", password_grant=False),
    ),
    refused(
        "password grant is not enabled for the application",
        400,
        "unauthorized_client",
        "The authenticated client is not authorized to use this authorization grant type",
        "Enable the password grant for the application",
        options={"consumer_key": "nopassword_key", "consumer_secret": "nopassword_secret"},
        doors=EVERYWHERE,
    ),
    refused(
        "scope is refused",
        400,
        "invalid_scope",
        "Invalid Scope!",
        "Ask only for scopes that the application and the user have",
        settings(unknown_scope="refuse"),
        options={"scope": ["no_such_scope"]},
        doors=EVERYWHERE,
    ),
    told(
        "parameter is repeated", 400, "invalid_request", "Invalid request with repeated parameters.", LOG, covers="B18"
    ),
    told("secret in the URL", 400, "invalid_request", "Invalid request with sensitive data in the URL.", LOG),
    told("near-miss of a content type", 400, "invalid_request", "Bad request content type. Expecting: JSON", LOG),
    told("an action forbids it", 400, "company_policy", "Not on Sundays", LOG, doors=EVERYWHERE),
    told("a number for an error", 400, "17003", "Account is locked for user PRIMARY/alice", LOCKED),
    refused(
        "client is refused before the user is looked at",
        401,
        "invalid_client",
        NEW_CLIENT,
        CONSUMER,
        options={**BAD_SECRET, **BAD_PASSWORD},
        covers="B9",
    ),
)

# However a status says it, the body knows better (B9).
BODIES = (
    told("invalid_grant as 401", 401, "invalid_grant", "Authentication failed for alice", USER, covers="B9"),
    told("invalid_client as 400", 400, "invalid_client", NEW_CLIENT, CONSUMER, covers="B9"),
    told(
        "an error with the status of success",
        200,
        "invalid_grant",
        "Authentication failed for alice",
        USER,
        covers="B9",
    ),
)

REFUSAL = (*CLIENTS, *USERS, *TENANTS, *REQUESTS, *BODIES)
