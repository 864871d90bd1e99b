# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the current settings issue tokens: lifetimes, repeated requests, and renewal."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .component_version import V5_3_4, V6_4_176, Version, is_recorded
from .directory import Application
from .settings import Settings, seconds_of

#: ``expires_in`` of a token that never expires: Long.MAX_VALUE / 1000 from the password grant ...
NEVER_FROM_PASSWORD = 9223372036854775
#: ... and undivided from the refresh grant.
NEVER_FROM_REFRESH = 9223372036854775807


@dataclass(frozen=True)
class IssuePolicy:
    """The settings that matter for issuing a token; times are seconds."""

    version: Version
    jwt: bool
    access_seconds: float
    refresh_seconds: float
    skew: float
    renews_each_time: bool
    #: Whether a request that renews the access token keeps the refresh token.
    shares_refresh: bool
    keeps_previous: bool
    rotates_refresh: bool
    extends_refresh: bool
    padding: int
    issuer: str
    #: Whether the subject of a JWT is the identifier of the user instead of the username.
    subject_is_id: bool

    def shown_remaining(self, remaining: float) -> float:
        """Return the seconds a re-issued token is said to have left.

        Old servers subtracted the clock skew, those between 5.6 and 6.4.111 added it, newer ones leave it out.
        """
        if self.version <= V5_3_4:
            return remaining - self.skew
        return remaining + self.skew if self.version < V6_4_176 else remaining


def issue_policy(settings: Settings, application: Application) -> IssuePolicy:
    """Collect the policy for one application."""
    jwt = (application.token_format or settings.token_format) == "jwt"
    access_seconds = _lifetime(application.token_lifetime, settings.access_seconds)
    refresh_seconds = _lifetime(application.refresh_token_lifetime, settings.refresh_seconds)
    # The recorded servers cannot count the remaining time of a token that never expires.
    uncountable = math.isinf(access_seconds) and is_recorded(settings.version)
    return IssuePolicy(
        version=settings.version,
        jwt=jwt,
        access_seconds=access_seconds,
        refresh_seconds=refresh_seconds,
        skew=settings.clock_skew,
        renews_each_time=jwt or uncountable or settings.renew_per_request or settings.renew_without_revoking,
        shares_refresh=(jwt or uncountable) and not settings.renew_without_revoking,
        keeps_previous=settings.renew_without_revoking,
        rotates_refresh=settings.refresh_token != "keep",
        extends_refresh=settings.extend_refresh_lifetime,
        padding=settings.jwt_extra_bytes,
        issuer=settings.issuer,
        subject_is_id=is_recorded(settings.version),
    )


def _lifetime(own: int | str | None, default: float) -> float:
    return default if own is None else seconds_of(own)


def whole_seconds(seconds: float, never: int) -> int:
    """Return ``expires_in`` as WSO2 prints it: whole seconds, or the number for a token that never expires."""
    return never if math.isinf(seconds) else int(seconds)
