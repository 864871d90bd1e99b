# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of all tokens: issued, issued again, refreshed, revoked. It exists in memory only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from .clock import Clock
from .issue_policy import NEVER_FROM_PASSWORD, NEVER_FROM_REFRESH, IssuePolicy, whole_seconds
from .token_values import TokenValues, claims_of

ACTIVE, INACTIVE, REVOKED, EXPIRED, SUPERSEDED = "ACTIVE", "INACTIVE", "REVOKED", "EXPIRED", "SUPERSEDED"
#: WSO2 counts 1000 ms or less as expired.
LEAST_SECONDS = 1


@dataclass(frozen=True)
class Holder:
    """For whom a token is: WSO2 keeps one active token for each of these."""

    client_id: str
    user: str
    scopes: frozenset[str]


@dataclass(eq=False)
class Token:
    """An access token and its refresh token, which share one row of WSO2's database; times are epoch seconds."""

    holder: Holder
    access_token: str
    refresh_token: str
    grant: str
    issued_at: float
    expires_at: float
    refresh_expires_at: float
    state: str = ACTIVE
    refresh_state: str = ACTIVE
    revoked_at: float | None = None
    superseded_at: float | None = None
    reused: int = 0
    successor: Token | None = None

    def refresh_left(self, now: float) -> float:
        """Return the seconds the refresh token has left, 0 if it is not active."""
        return self.refresh_expires_at - now if self.refresh_state == ACTIVE else 0


@dataclass(frozen=True)
class Issued:
    """A token as one response shows it."""

    token: Token
    expires_in: int
    outcome: str
    deactivated: str | None = None


class Tokens:
    """Every token ever issued by this simulator."""

    def __init__(self, clock: Clock, values: TokenValues) -> None:
        self._clock = clock
        self._values = values
        self.clear()

    def clear(self) -> None:
        """Remove all tokens."""
        self._by_access: dict[str, Token] = {}
        self._by_refresh: dict[str, Token] = {}
        self._current: dict[Holder, Token] = {}

    def __iter__(self) -> Iterator[Token]:
        return iter(list(self._by_access.values()))

    def by_access_token(self, value: str) -> Token | None:
        """Find a token by its access token."""
        return self._by_access.get(value)

    def by_refresh_token(self, value: str) -> Token | None:
        """Find the newest token that has this refresh token."""
        return self._by_refresh.get(value)

    def is_active(self, token: Token, skew: float = 0) -> bool:
        """Return whether the access token is active; the skew extends its lifetime."""
        return token.state == ACTIVE and self._clock.now() < token.expires_at + skew

    def is_refresh_active(self, token: Token) -> bool:
        """Return whether the refresh token is active."""
        return token.refresh_left(self._clock.now()) > LEAST_SECONDS

    def issue(self, holder: Holder, grant: str, policy: IssuePolicy) -> Issued:
        """Answer a password grant: the same token while it is valid, or a new one."""
        current = self._current.get(holder)
        if current is None or current.state != ACTIVE:
            return self._fresh(holder, grant, policy)
        now = self._clock.now()
        # A refresh token that outlives the new access token stays, and keeps its own end.
        left = current.refresh_left(now)
        keep = current if left > policy.access_seconds or (math.isinf(left) and left > LEAST_SECONDS) else None
        if policy.renews_each_time:
            return self._renewed(current, keep if policy.shares_refresh else None, grant, policy)
        left = policy.shown_remaining(current.expires_at - now)
        if left > LEAST_SECONDS and current.refresh_left(now) > LEAST_SECONDS:
            return Issued(current, whole_seconds(left, NEVER_FROM_PASSWORD), "reused")
        current.state = EXPIRED
        if keep is None:
            current.refresh_state = SUPERSEDED
        return self._fresh(holder, grant, policy, keep)

    def _renewed(self, current: Token, keep: Token | None, grant: str, policy: IssuePolicy) -> Issued:
        """Issue a new access token although the former one is valid."""
        if not policy.keeps_previous:
            self.revoke(current, refresh=keep is None)
        issued = self._fresh(current.holder, grant, policy, keep)
        if keep is not None:
            keep.refresh_state = SUPERSEDED
        return issued

    def _fresh(self, holder: Holder, grant: str, policy: IssuePolicy, keep: Token | None = None) -> Issued:
        token = self._create(holder, grant, policy, keep)
        return Issued(token, whole_seconds(policy.access_seconds, NEVER_FROM_PASSWORD), "granted")

    def refresh(self, old: Token, scopes: frozenset[str], policy: IssuePolicy) -> Issued:
        """Answer a refresh grant: always a new access token with its full lifetime; the old one is inactive at once."""
        holder = Holder(old.holder.client_id, old.holder.user, scopes)
        now = self._clock.now()
        deactivated = claims_of(old.access_token).get("jti", old.access_token)
        old.state = INACTIVE if old.state == ACTIVE else old.state
        new = self._create(holder, old.grant, policy, None if policy.rotates_refresh else old)
        if policy.rotates_refresh:
            old.refresh_state = SUPERSEDED
            old.superseded_at = now if old.superseded_at is None else old.superseded_at
            if not policy.extends_refresh:
                new.refresh_expires_at = old.refresh_expires_at
        if old.successor is not None:
            self.revoke(old.successor)
        old.successor = new
        return Issued(new, whole_seconds(policy.access_seconds, NEVER_FROM_REFRESH), "refreshed", deactivated)

    def _create(self, holder: Holder, grant: str, policy: IssuePolicy, keep: Token | None) -> Token:
        now = self._clock.now()
        token = Token(
            holder=holder,
            access_token=self._access_value(holder, policy, now),
            refresh_token=keep.refresh_token if keep else self._values.opaque(policy.version),
            grant=grant,
            issued_at=now,
            expires_at=now + policy.access_seconds,
            refresh_expires_at=keep.refresh_expires_at if keep else now + policy.refresh_seconds,
        )
        previous = self._current.get(holder)
        if previous is not None and previous.state == ACTIVE and not policy.keeps_previous:
            self.revoke(previous)
        self._by_access[token.access_token] = token
        self._by_refresh[token.refresh_token] = token
        self._current[holder] = token
        return token

    def _access_value(self, holder: Holder, policy: IssuePolicy, now: float) -> str:
        if not policy.jwt:
            return self._values.opaque(policy.version)
        return self._values.access_jwt(
            issuer=policy.issuer,
            client_id=holder.client_id,
            subject=holder.user if not policy.subject_is_id else str(uuid5(NAMESPACE_URL, holder.user)),
            scopes=holder.scopes,
            issued=now,
            expires=now + policy.access_seconds,
            padding=policy.padding,
        )

    def revoke(self, token: Token, *, access: bool = True, refresh: bool = True) -> None:
        """Revoke the access token, the refresh token, or (WSO2's way) both."""
        if access and token.state == ACTIVE:
            token.state, token.revoked_at = REVOKED, self._clock.now()
        if refresh and token.refresh_state == ACTIVE:
            token.refresh_state = REVOKED

    def revoke_user(self, user: str) -> None:
        """Revoke everything of a user, as WSO2 does on a lock or a new password."""
        for token in self:
            if token.holder.user == user:
                self.revoke(token)

    def as_json(self) -> list[dict[str, object]]:
        """Return all tokens in the order of their issue, ready for JSON."""
        return [_token_json(token, self._clock.now()) for token in self]


def _token_json(token: Token, now: float) -> dict[str, object]:
    expired = token.state == ACTIVE and token.expires_at <= now
    return {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "client_id": token.holder.client_id,
        "user": token.holder.user,
        "scopes": sorted(token.holder.scopes),
        "grant": token.grant,
        "state": EXPIRED if expired else token.state,
        "refresh_state": token.refresh_state,
        "issued_at": token.issued_at,
        "expires_at": None if math.isinf(token.expires_at) else token.expires_at,
        "refresh_expires_at": None if math.isinf(token.refresh_expires_at) else token.refresh_expires_at,
    }
