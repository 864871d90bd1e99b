# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repeated requests: a token with its remaining lifetime, refreshed and cached tokens (section 2.1)."""

from __future__ import annotations

from row import (
    ALL_ENTRY_POINTS,
    GRANT_FORM,
    REFRESH_REQUEST,
    TASKS,
    Request,
    Row,
    advance_clock,
    earlier_grant,
    fault,
    settings,
    token_response,
)


def reissued(component: str, seconds: int) -> Row:
    """The same token again after ten minutes, with a clock skew of five."""
    return Row(
        f"the remaining lifetime of a token, {component}",
        covers="B2, B5",
        before=(settings(component=component, clock_skew=300), earlier_grant(), advance_clock(600)),
        result={"expires_in": range(seconds - 5, seconds + 1), "origin": "granted"},
    )


REISSUED = (
    reissued("5.3.4", 2700),
    reissued("6.0.53", 3300),
    reissued("6.4.176", 3000),
    reissued("7.0.26", 3000),
    Row(
        "a longer lifetime than configured",
        covers="B5",
        before=(settings(component="6.4.111", clock_skew=300), earlier_grant()),
        result={"expires_in": range(3890, 3901)},
    ),
    Row(
        "a short lifetime is refreshed",
        covers="B2",
        options={"min_validity": 300},
        before=(earlier_grant(), advance_clock(3423)),
        requests=(Request(GRANT_FORM), REFRESH_REQUEST),
        result={"origin": "refreshed", "expires_in": range(3590, 3601), "scope": ["default"]},
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "a short lifetime without a refresh token",
        covers="B2",
        options={"min_validity": 300},
        before=(settings(refresh_token="none"), earlier_grant(), advance_clock(3423)),
        result={"origin": "granted", "expires_in": range(170, 178)},
        warning="cannot be refreshed because the server issued no refresh token",
    ),
    Row(
        "shorter than min_validity",
        covers="B2",
        options={"min_validity": 3000},
        before=(earlier_grant(), advance_clock(1000)),
        requests=(Request(GRANT_FORM), REFRESH_REQUEST),
        result={"origin": "refreshed", "expires_in": range(3590, 3601)},
    ),
    Row(
        "a short lifetime, and refreshing fails",
        covers="B2",
        options={"min_validity": 300},
        before=(
            earlier_grant(),
            advance_clock(3423),
            token_response(),
            fault("oauth_error", status=400, error="invalid_grant", description="Refresh token is expired."),
        ),
        requests=(Request(GRANT_FORM), REFRESH_REQUEST),
        result={"origin": "granted", "expires_in": range(170, 178)},
        warning="and replacing it failed: The token endpoint",
    ),
    *(
        Row(
            f"called twice, {name}",
            covers="B3, B25",
            # Each row has its own user, because cached tokens last for the run.
            options={"username": f"twice-{number}", "password": f"twice-pass-{number}", "token_store": "run"},
            before=(user_step, settings(**values)),
            calls=2,
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
        "force",
        covers="B3",
        options={"token_store": "run", "force": True},
        calls=2,
        requests=(Request(GRANT_FORM), REFRESH_REQUEST),
        result={"origin": "refreshed"},
        entry_points=TASKS,
    ),
)
