# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What asking again brings: the rest of a token's time, renewal, and what is stored (section 2.1)."""

from __future__ import annotations

from row import EVERYWHERE, GRANT, RENEWAL, TASKS, Row, Sent, earlier_grant, fault, later, settings, token_answer


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
        options={"min_validity": 300},
        before=(earlier_grant(), later(3423)),
        sent=(Sent(GRANT), RENEWAL),
        result={"origin": "refreshed", "expires_in": range(3590, 3601), "scope": ["default"]},
        doors=EVERYWHERE,
    ),
    Row(
        "too little time, and no refresh token",
        covers="B2",
        options={"min_validity": 300},
        before=(settings(refresh_token="none"), earlier_grant(), later(3423)),
        result={"origin": "granted", "expires_in": range(170, 178)},
        warning="cannot be refreshed because the server issued no refresh token",
    ),
    Row(
        "too little time for min_validity",
        covers="B2",
        options={"min_validity": 3000},
        before=(earlier_grant(), later(1000)),
        sent=(Sent(GRANT), RENEWAL),
        result={"origin": "refreshed", "expires_in": range(3590, 3601)},
    ),
    Row(
        "too little time, and renewing fails",
        covers="B2",
        options={"min_validity": 300},
        before=(
            earlier_grant(),
            later(3423),
            token_answer(),
            fault("oauth_error", status=400, error="invalid_grant", description="Refresh token is expired."),
        ),
        sent=(Sent(GRANT), RENEWAL),
        result={"origin": "granted", "expires_in": range(170, 178)},
        warning="and replacing it failed: The token endpoint",
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
        sent=(Sent(GRANT), RENEWAL),
        result={"origin": "refreshed"},
        doors=TASKS,
    ),
)
