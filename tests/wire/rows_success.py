# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens in all the shapes in which servers hand them out (section 2), and what asking again brings (2.1)."""

from __future__ import annotations

from row import (
    EVERYWHERE,
    Row,
    Sent,
    application,
    earlier_grant,
    fault,
    later,
    settings,
    token_answer,
)

FOREVER = {"expires": False, "expires_in": None, "expires_at": None}
UNKNOWN = {"expires": True, "expires_in": None, "expires_at": None}
GRANT = {"grant_type": "password", "username": "alice", "password": "alice-pass"}


def expires_in(value: object, *, answer: int, without_refresh: bool = False, warning: str = "") -> Row:
    """The answer says VALUE, and ANSWER seconds are what comes of it."""
    return Row(
        f"expires_in is {value!r}",
        covers="B5",
        before=(token_answer(("refresh_token",) if without_refresh else (), expires_in=value),),
        result={"expires": True, "expires_in": range(answer - 5, answer + 1) if answer > 5 else range(answer + 1)},
        warning=warning,
    )


SHAPES = (
    Row(
        "fresh token",
        covers="2",
        result={
            "token_type": "Bearer",
            "scope": ["default"],
            "expires": True,
            "expires_in": range(3590, 3601),
            "expires_at": str,
            "refresh_token": str,
            "id_token": None,
            "extra": {},
            "origin": "granted",
        },
        doors=EVERYWHERE,
    ),
    Row("JWT", covers="2", options={"consumer_key": "jwt_key", "consumer_secret": "jwt_secret"}),
    Row("JWT of 8 KB and more", covers="B23", before=(settings(token_format="jwt", jwt_extra_bytes=8192),)),
    Row(
        "token of 64 KB",
        covers="B23",
        before=(token_answer(access_token="x" * 65536),),
        result={"access_token": "x" * 65536, "authorization": "Bearer " + "x" * 65536},
        doors=EVERYWHERE,
    ),
    Row(
        "bearer in small letters",
        covers="B22",
        before=(settings(component="5.3.4", token_type="bearer"), token_answer(access_token="small-letters")),
        result={"token_type": "bearer", "authorization": "Bearer small-letters"},
    ),
    Row(
        "another type of token",
        covers="B22",
        before=(token_answer(access_token="proof-of-possession", token_type="DPoP"),),
        result={"token_type": "DPoP", "authorization": "DPoP proof-of-possession"},
    ),
    Row(
        "no type of token",
        covers="2",
        before=(token_answer(("token_type",), access_token="without-a-type"),),
        result={"token_type": "Bearer", "authorization": "Bearer without-a-type"},
    ),
    Row("ID token", covers="2", options={"scope": ["openid"]}, result={"id_token": str, "scope": ["openid"]}),
    Row(
        "ID token is suppressed",
        covers="2",
        options={"scope": ["openid"]},
        before=(settings(id_token=False),),
        result={"id_token": None},
    ),
    Row(
        "further members, nested ones too",
        covers="B23",
        before=(settings(extra_members={"jwt_token": "e.x.tra", "device": {"ids": [1, None, "ü"]}, "empty": ""}),),
        result={"extra": {"jwt_token": "e.x.tra", "device": {"ids": [1, None, "ü"]}, "empty": ""}},
        doors=EVERYWHERE,
    ),
    Row(
        "claims and tokens in headers",
        covers="B15",
        before=(settings(extra_headers={"DeactivatedAccessToken": "old-token-in-a-header", "email": "a@b.example"}),),
        result={"extra": {}},
    ),
    Row(
        "labelled as a page",
        covers="B13",
        before=(
            fault(
                "raw",
                headers=[["Content-Type", "text/html"]],
                body='\ufeff{"access_token": "labelled-as-a-page", "token_type": "Bearer", "expires_in": 3600}',
            ),
        ),
        result={"access_token": "labelled-as-a-page", "refresh_token": None, "scope": []},
    ),
)

LIFETIMES = (
    *(
        Row(
            f"never expires, {who}",
            covers="B4",
            before=(token_answer(expires_in=number),),
            result=FOREVER,
            doors=EVERYWHERE,
        )
        for who, number in (("as the password grant says", 9223372036854775), ("as refreshing says", 2**63 - 1))
    ),
    Row("never expires, as a real answer", covers="B4", before=(settings(token_lifetime="never"),), result=FOREVER),
    Row("expiry is not said", covers="B5", before=(token_answer(("expires_in",)),), result=UNKNOWN, doors=EVERYWHERE),
    *(
        Row(f"expiry is {value!r}", covers="B5", before=(token_answer(expires_in=value),), result=UNKNOWN)
        for value in (None, "soon", "", True, [3600], {"seconds": 3600})
    ),
    expires_in(3600000, answer=3600000),
    expires_in("3600", answer=3600),
    expires_in(" 3600 ", answer=3600),
    expires_in(3600.7, answer=3600),
    expires_in(1, answer=1, without_refresh=True, warning="cannot be renewed, for it came without a refresh token"),
    expires_in(0, answer=0, without_refresh=True),
    expires_in(-5, answer=0, without_refresh=True),
)

REFRESH_TOKENS = (
    Row(
        "no refresh token, by the application",
        covers="B6",
        options={"consumer_key": "norefresh_key", "consumer_secret": "norefresh_secret"},
        result={"refresh_token": None},
    ),
    Row(
        "no refresh token, by the server",
        covers="B6",
        before=(settings(refresh_token="none"),),
        result={"refresh_token": None},
        doors=EVERYWHERE,
    ),
)


def reissued(component: str, seconds: int) -> Row:
    """Asked again after ten minutes, under a clock skew of five."""
    return Row(
        f"the rest of a token's time, {component}",
        covers="B2, B5",
        before=(settings(component=component, clock_skew=300), earlier_grant(), later(600)),
        result={"expires_in": range(seconds - 5, seconds + 1), "origin": "granted"},
    )


REISSUED = (
    reissued("5.3.4", 2700),
    reissued("6.0.53", 3300),
    reissued("6.4.176", 3000),
    reissued("7.0.26", 3000),
    Row(
        "more time than was ever configured",
        covers="B5",
        before=(settings(component="6.4.111", clock_skew=300), earlier_grant()),
        result={"expires_in": range(3890, 3901)},
    ),
    Row(
        "too little time is renewed and not asked for again",
        covers="B2",
        before=(earlier_grant(), later(3590)),
        sent=(Sent(GRANT), Sent({"grant_type": "refresh_token", "refresh_token": "$earlier"})),
        result={"origin": "refreshed", "expires_in": range(3590, 3601), "scope": ["default"]},
        doors=EVERYWHERE,
    ),
    Row(
        "too little time, and no refresh token",
        covers="B2",
        before=(settings(refresh_token="none"), earlier_grant(), later(3590)),
        result={"origin": "granted", "expires_in": range(11)},
        warning="cannot be renewed, for it came without a refresh token",
    ),
    Row(
        "too little time for min_validity",
        covers="B2",
        options={"min_validity": 3000},
        before=(earlier_grant(), later(1000)),
        sent=(Sent(GRANT), Sent({"grant_type": "refresh_token", "refresh_token": "$earlier"})),
        result={"origin": "refreshed", "expires_in": range(3590, 3601)},
    ),
    Row(
        "too little time, and renewing fails",
        covers="B2",
        before=(
            earlier_grant(),
            later(3590),
            token_answer(),
            fault("oauth_error", status=400, error="invalid_grant", description="Refresh token is expired."),
        ),
        sent=(Sent(GRANT), Sent({"grant_type": "refresh_token", "refresh_token": "$earlier"})),
        result={"origin": "granted", "expires_in": range(11)},
        warning="and renewing it failed: the token endpoint answered HTTP 400, invalid_grant: Refresh token is expired",
    ),
    *(
        Row(
            f"mentioned twice, {name}",
            covers="B3, B25",
            # A user of its own, since what is stored lasts for the run.
            options={"username": f"twice-{number}", "password": f"twice-pass-{number}", "token_store": "run"},
            before=(user_step, settings(**values)),
            asked=2,
            result={"origin": "stored"},
        )
        for number, (name, values) in enumerate(
            {
                "opaque tokens": {},
                "JWTs that revoke each other": {"token_format": "jwt"},
                "a new token for each request": {"renew_per_request": True},
                "new tokens that leave the old ones": {"renew_per_request": True, "renew_without_revoking": True},
            }.items()
        )
        for user_step in [("user", {"name": f"twice-{number}", "password": f"twice-pass-{number}", "roles": []})]
    ),
    Row(
        "forced anew",
        covers="B3",
        options={"token_store": "run", "force": True},
        asked=2,
        sent=(Sent(GRANT), Sent({"grant_type": "refresh_token", "refresh_token": "$earlier"})),
        result={"origin": "refreshed"},
    ),
)

ORDERS = {"scope": "orders_read orders_write"}
SCOPES = (
    Row("no scope asked, APIM", covers="B7", result={"scope": ["default"]}),
    Row("no scope asked, IS", covers="B7", before=(settings(no_scope_answer="omitted"),), result={"scope": []}),
    Row(
        "scopes come back in another order",
        covers="B7",
        options={"scope": ["orders_write", "orders_read"], "require_scope": True},
        result={"scope": ["orders_read", "orders_write"]},
        doors=EVERYWHERE,
    ),
    Row(
        "scopes as a text, one of them twice",
        covers="B7",
        options={"scope": "orders_write  orders_read orders_write"},
        sent=(Sent({**GRANT, "scope": "orders_write orders_read"}),),
        result={"scope": ["orders_read", "orders_write"]},
    ),
    Row(
        "a scope is dropped",
        covers="B7",
        options={"scope": ["orders_read", "apim:api_view"]},
        result={"scope": ["orders_read"]},
        warning="the server did not grant the scope apim:api_view",
    ),
    Row(
        "all scopes are dropped",
        covers="B7",
        options={"scope": ["apim:admin"]},
        result={"scope": ["default"]},
        warning="the server did not grant the scope apim:admin",
    ),
    Row(
        "a user without roles",
        covers="B7",
        options={"username": "noroles", "password": "noroles-pass", "scope": ["orders_read"]},
        result={"scope": ["default"]},
        warning="the server did not grant the scope orders_read",
    ),
    Row(
        "a required scope is dropped",
        covers="B7",
        options={"scope": ["apim:api_view", "orders_read"], "require_scope": True},
        cause="the server did not grant the scope apim:api_view",
        hint="set require_scope: false",
        doors=EVERYWHERE,
    ),
    Row(
        "a scope for a device",
        covers="B3",
        options={"scope": ["device_ci_runner_07"]},
        before=(earlier_grant(),),
        result={"scope": ["device_ci_runner_07"], "expires_in": range(3590, 3601)},
    ),
)

CONSUMERS = (
    Row(
        "credentials in the body",
        covers="B16, B19",
        options={"consumer_key": "colon_key", "consumer_secret": "colon:secret", "client_authentication": "body"},
        doors=EVERYWHERE,
    ),
    Row("public client", covers="B19", options={"consumer_key": "public_key", "consumer_secret": None}),
    Row(
        "application pinned to the body",
        covers="B19",
        before=(application("demo_key", authentication="body"),),
        options={"client_authentication": "body"},
    ),
    Row(
        "organization is appended",
        covers="B21",
        options={
            "consumer_key": "saas_key",
            "consumer_secret": "saas_secret",
            "username": "john@johns.org",
            "organization": "johnsorg",
            "password": "john pass & more=100%+#$",
        },
        sent=(
            Sent(
                {
                    "grant_type": "password",
                    "username": "john@johns.org@johnsorg",
                    "password": "john pass & more=100%+#$",
                },
                "saas_key:saas_secret",
            ),
        ),
        doors=EVERYWHERE,
    ),
    Row(
        "organization is appended once",
        covers="B21",
        options={
            "consumer_key": "saas_key",
            "consumer_secret": "saas_secret",
            "username": "john@johns.org@johnsorg",
            "organization": "johnsorg",
            "password": "john pass & more=100%+#$",
        },
    ),
    Row(
        "aliases",
        covers="B21",
        options={
            "consumer_key": None,
            "consumer_secret": None,
            "client_id": "saas_key",
            "client_secret": "saas_secret",
            "username": "testuser",
            "tenant": "my_company",
            "password": "testuser-pass",
            "scopes": ["orders_read"],
        },
        sent=(
            Sent(
                {
                    "grant_type": "password",
                    "username": "testuser@my_company",
                    "password": "testuser-pass",
                    "scope": "orders_read",
                },
                "saas_key:saas_secret",
            ),
        ),
    ),
    Row("user of another store", covers="6", options={"username": "MYSTORE/carol", "password": "carol-pass"}),
    Row("user with the tenant", covers="6", options={"username": "alice@carbon.super"}),
    Row(
        "tenant-qualified URL",
        covers="1",
        options={
            "token_url": "$base_url/t/foo.com/oauth2/token",
            "consumer_key": "foo_key",
            "consumer_secret": "foo_secret",
            "username": "bob",
            "password": "bob-pass",
        },
    ),
    Row(
        "URL of a sub-organization",
        covers="1",
        options={
            "token_url": "$base_url/t/foo.com/o/10084a8d/oauth2/token",
            "consumer_key": "foo_key",
            "consumer_secret": "foo_secret",
            "username": "bob",
            "password": "bob-pass",
        },
    ),
    Row("URL of the gateway", covers="1", options={"token_url": "$base_url/token"}),
    Row("URL with a slash at the end", covers="1", options={"token_url": "$token_url/"}),
)

SUCCESS = (*SHAPES, *LIFETIMES, *REFRESH_TOKENS, *REISSUED, *SCOPES, *CONSUMERS)
