# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The token: what a token endpoint answered, and how long it is good for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any

# WSO2 says "never" with Long.MAX_VALUE, or a thousandth of it; no real lifetime comes near a century.
_NEVER_FROM = 100 * 365 * 24 * 3600

# The default of min_validity, in seconds, unless a tenth of the lifetime is less.
_MIN_VALIDITY = 60
# For so many seconds a token is taken for good whose expiry the server did not say.
_UNKNOWN_LIFETIME = 300
# A clock may be set back by so many seconds before what it dated is not believed any more.
_CLOCK_STEP = 60

_STANDARD_MEMBERS = ("access_token", "refresh_token", "token_type", "scope", "expires_in", "id_token")


@dataclass(frozen=True)
class Token:
    """A token set as one answer gave it (RFC 6749, section 5.1).

    scope: the granted scopes in the server's order; empty when the server named none.
    lifetime: seconds from C(asked_at), or None when the token never expires or the server did not say.
    expires: False only for a token that the server says never expires.
    asked_at: epoch seconds when the request was sent, so that the expiry is never put too late.
    extra: members of the answer that RFC 6749 does not know.
    has_full_life: whether C(lifetime) is what the server gives to a new token. A renewed one has it; a password grant
    may bring the rest of an older token's.
    renew_after: epoch seconds before which renewing is not worth trying again.
    renewed_from: the refresh token whose holder this token was handed to, if one was given.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    token_type: str
    scope: tuple[str, ...]
    lifetime: int | None
    expires: bool
    asked_at: int
    id_token: str | None = field(repr=False)
    extra: Mapping[str, object] = field(repr=False)
    has_full_life: bool = False
    renew_after: int = 0
    renewed_from: str | None = field(default=None, repr=False)

    @classmethod
    def from_answer(cls, members: Mapping[str, object], *, asked_at: int) -> Token:
        """Read the MEMBERS of a success answer; C(access_token) must be there, the rest may be missing or odd."""
        seconds = _seconds(members.get("expires_in"))
        never = seconds is not None and seconds >= _NEVER_FROM
        return cls(
            access_token=str(members["access_token"]),
            refresh_token=sendable_text(members.get("refresh_token")),
            token_type=sendable_text(members.get("token_type")) or "Bearer",
            scope=_scopes(members.get("scope")),
            lifetime=None if never or seconds is None else max(0, seconds),
            expires=not never,
            asked_at=asked_at,
            id_token=sendable_text(members.get("id_token")),
            extra={name: value for name, value in members.items() if name not in _STANDARD_MEMBERS},
        )

    @classmethod
    def from_result(cls, result: Mapping[str, object], *, asked_at: int) -> Token:
        """Read what C(to_result) made in another process, against this machine's clock."""
        members = {name: result.get(name) for name in _STANDARD_MEMBERS}
        members["expires_in"] = result.get("expires_in") if result.get("expires") else _NEVER_FROM
        extra = result.get("extra")
        if isinstance(extra, Mapping):
            members.update({name: value for name, value in extra.items() if name not in _STANDARD_MEMBERS})
        return cls.from_answer(members, asked_at=asked_at)

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Token:
        """Read what C(to_entry) made; raises C(KeyError), C(TypeError) or C(ValueError) if it is not."""
        return cls(**{**entry, "scope": tuple(entry["scope"])})

    def to_entry(self) -> dict[str, object]:
        """All of it, for a store: plain values that JSON can hold."""
        return asdict(self)

    @property
    def expires_at(self) -> int | None:
        """Epoch seconds at which the token ends, or None when that is never or unknown."""
        return None if self.lifetime is None else self.asked_at + self.lifetime

    def is_usable(self, now: int) -> bool:
        """May a server still take it at NOW, in epoch seconds?"""
        if now < self.asked_at - _CLOCK_STEP:
            return False
        return self.expires_at is None or self.expires_at > now

    def is_fresh(self, now: int, min_validity: int | None = None) -> bool:
        """Is it usable at NOW, and for MIN_VALIDITY seconds more, so that nothing need be done about it?"""
        if not self.is_usable(now):
            return False
        if not self.expires or now < self.renew_after:
            return True
        if self.expires_at is None:
            return now < self.asked_at + _UNKNOWN_LIFETIME
        needed = self.validity_wanted(min_validity)
        if self.has_full_life:
            # More than the server ever gives cannot be had; without this, each request would renew it in vain.
            needed = min(needed, (self.lifetime or 0) * 9 // 10)
        return self.expires_at - now >= needed

    def validity_wanted(self, min_validity: int | None) -> int:
        """MIN_VALIDITY, or its default for this token, in seconds."""
        if min_validity is not None:
            return min_validity
        return min(_MIN_VALIDITY, (self.lifetime or 0) // 10) if self.has_full_life else _MIN_VALIDITY

    def fresh_span(self, min_validity: int | None = None) -> tuple[int, int]:
        """Epoch seconds from which, and before which, it is surely fresh; see C(is_fresh)."""
        start = self.asked_at - _CLOCK_STEP
        if not self.expires:
            return start, self.asked_at + _NEVER_FROM
        if self.expires_at is None:
            return start, self.asked_at + _UNKNOWN_LIFETIME
        return start, self.expires_at - self.validity_wanted(min_validity)

    @property
    def authorization(self) -> str:
        """The value of an C(Authorization) header. WSO2 wrote C(bearer) once; consumers want C(Bearer)."""
        scheme = "Bearer" if self.token_type.lower() == "bearer" else self.token_type
        return f"{scheme} {self.access_token}"

    def secrets(self) -> list[str]:
        """Everything in it that must not be shown."""
        texts = (self.access_token, self.refresh_token, self.id_token, self.authorization)
        return [text for text in texts if text]

    def to_result(self, *, now: int) -> dict[str, object]:
        """The keys that both doors hand out. NOW: epoch seconds from which C(expires_in) counts."""
        end = self.expires_at
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "token_type": self.token_type,
            "scope": list(self.scope),
            "expires_in": None if end is None else max(0, end - now),
            "expires_at": None if end is None else _iso8601(end),
            "expires": self.expires,
            "id_token": self.id_token,
            "authorization": self.authorization,
            "extra": dict(self.extra),
        }


def _seconds(value: object) -> int | None:
    """Whole seconds from what servers send as C(expires_in): a number, a numeric string, nothing or nonsense."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def sendable_text(value: object) -> str | None:
    """VALUE, if it is a text that can be sent on. Half of a surrogate pair, which JSON may hold, cannot."""
    if not isinstance(value, str):
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return value or None


def _scopes(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, (list, tuple)):
        return tuple(str(scope) for scope in value)
    return ()


def _iso8601(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
