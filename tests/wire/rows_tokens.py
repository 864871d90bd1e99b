# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens in all forms that servers issue (section 2)."""

from __future__ import annotations

from row import ALL_ENTRY_POINTS, Row, fault, settings, token_response

FOREVER = {"expires": False, "expires_in": None, "expires_at": None}
UNKNOWN = {"expires": True, "expires_in": None, "expires_at": None}


def expires_in(value: object, *, seconds: int, without_refresh: bool = False, warning: str = "") -> Row:
    """The response contains VALUE, and the result has SECONDS."""
    return Row(
        f"expires_in is {value!r}",
        covers="B5",
        before=(token_response(("refresh_token",) if without_refresh else (), expires_in=value),),
        result={"expires": True, "expires_in": range(seconds - 5, seconds + 1) if seconds > 5 else range(seconds + 1)},
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
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row("JWT", covers="2", options={"consumer_key": "jwt_key", "consumer_secret": "jwt_secret"}),
    Row("JWT of 8 KB and more", covers="B23", before=(settings(token_format="jwt", jwt_extra_bytes=8192),)),
    Row(
        "token of 64 KB",
        covers="B23",
        before=(token_response(access_token="x" * 65536),),
        result={"access_token": "x" * 65536, "authorization": "Bearer " + "x" * 65536},
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "lowercase bearer",
        covers="B22",
        before=(settings(component="5.3.4", token_type="bearer"), token_response(access_token="small-letters")),
        result={"token_type": "bearer", "authorization": "Bearer small-letters"},
    ),
    Row(
        "another type of token",
        covers="B22",
        before=(token_response(access_token="proof-of-possession", token_type="DPoP"),),
        result={"token_type": "DPoP", "authorization": "DPoP proof-of-possession"},
    ),
    Row(
        "no type of token",
        covers="2",
        before=(token_response(("token_type",), access_token="without-a-type"),),
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
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "claims and tokens in headers",
        covers="B15",
        before=(settings(extra_headers={"DeactivatedAccessToken": "old-token-in-a-header", "email": "a@b.example"}),),
        result={"extra": {}},
    ),
    Row(
        "with the content type of a page",
        covers="B13",
        before=(
            fault(
                "raw",
                headers=[["Content-Type", "text/html"]],
                body='\ufeff{"access_token": "labeled-as-a-page", "token_type": "Bearer", "expires_in": 3600}',
            ),
        ),
        result={"access_token": "labeled-as-a-page", "refresh_token": None, "scope": []},
    ),
)

LIFETIMES = (
    *(
        Row(
            f"never expires, {who}",
            covers="B4",
            before=(token_response(expires_in=number),),
            result=FOREVER,
            entry_points=ALL_ENTRY_POINTS,
        )
        for who, number in (("password grant", 9223372036854775), ("refresh", 2**63 - 1))
    ),
    Row("never expires, with the setting", covers="B4", before=(settings(token_lifetime="never"),), result=FOREVER),
    Row(
        "no expires_in",
        covers="B5",
        before=(token_response(("expires_in",)),),
        result=UNKNOWN,
        entry_points=ALL_ENTRY_POINTS,
    ),
    *(
        Row(f"expiry is {value!r}", covers="B5", before=(token_response(expires_in=value),), result=UNKNOWN)
        for value in (None, "soon", "", True, [3600], {"seconds": 3600})
    ),
    expires_in(3600000, seconds=3600000),
    expires_in("3600", seconds=3600),
    expires_in(" 3600 ", seconds=3600),
    expires_in(3600.7, seconds=3600),
    expires_in(1, seconds=1, without_refresh=True),
    expires_in(0, seconds=0, without_refresh=True),
    expires_in(-5, seconds=0, without_refresh=True),
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
        entry_points=ALL_ENTRY_POINTS,
    ),
)
