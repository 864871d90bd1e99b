# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The token: what a token endpoint returned, and how long it is valid."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any

# WSO2 reports a token that never expires with Long.MAX_VALUE, or a thousandth of it. No real lifetime is a century.
_NEVER_FROM = 100 * 365 * 24 * 3600

# The default of min_validity in seconds, unless a tenth of the lifetime is less.
_MIN_VALIDITY = 60
# A token whose expiry the server does not report counts as fresh for so many seconds.
_UNKNOWN_LIFETIME = 300
# A clock that was set back by more seconds than this makes the dates of an entry meaningless.
_CLOCK_STEP = 60
# Lifetimes are configured in round numbers, and less than a minute is configured, too. WSO2 returns an opaque token
# that exists already with the seconds that are left, which is seldom such a number.
_ROUND_SECONDS = 10

_STANDARD_MEMBERS = ("access_token", "refresh_token", "token_type", "scope", "expires_in", "id_token")

# RFC 6749, appendix A: VSCHAR, the type-name or URI of a token type, and NQCHAR.
_TOKEN_TEXT = re.compile(r"[\x20-\x7e]+")
_TOKEN_TYPE = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


@dataclass(frozen=True)
class Token:
    """A token set as one response contained it (RFC 6749, section 5.1).

    scope: the granted scopes in the server's order; None when the server did not report them.
    lifetime: seconds from C(asked_at), or None when the token never expires or the server does not report it.
    expires: False only for a token that the server says never expires.
    asked_at: epoch seconds when the request was sent, so that the expiry is never too late.
    received_at: epoch seconds when the response arrived.
    extra: members of the response that RFC 6749 does not define.
    has_full_lifetime: is C(lifetime) what the server gives to a new token, and not the rest of an older token's?
    refresh_after: epoch seconds before which another attempt to replace it cannot help.
    dropped: names of members that had characters which RFC 6749 does not allow.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    token_type: str
    scope: tuple[str, ...] | None
    lifetime: int | None
    expires: bool
    asked_at: int
    id_token: str | None = field(repr=False)
    extra: Mapping[str, object] = field(repr=False)
    received_at: float = 0.0
    has_full_lifetime: bool = False
    refresh_after: float = 0.0
    dropped: tuple[str, ...] = ()

    @classmethod
    def from_response(cls, members: Mapping[str, object], *, asked_at: int, received_at: float = 0.0) -> Token:
        """Read the MEMBERS of a success response. C(access_token) must satisfy C(is_token_text); the rest may not."""
        seconds = _seconds(members.get("expires_in"))
        never = seconds is not None and seconds >= _NEVER_FROM
        access_token = str(members["access_token"])
        claimed = _claimed_lifetime(access_token)
        # A server checks the exp of a JWT, whatever expires_in says.
        lifetime = None if never or seconds is None else max(0, seconds if claimed is None else min(seconds, claimed))
        token_type = members.get("token_type")
        type_name = token_type if isinstance(token_type, str) and _TOKEN_TYPE.fullmatch(token_type) else None
        scope = _scopes(members.get("scope"))
        dropped = [
            name
            for name in ("refresh_token", "id_token")
            if isinstance(members.get(name), str) and members[name] and not is_token_text(members[name])
        ]
        dropped += ["token_type"] if token_type and type_name is None else []
        dropped += ["scope"] if scope is not None and not all(map(_SCOPE.fullmatch, scope)) else []
        return cls(
            access_token=access_token,
            refresh_token=_optional_token(members.get("refresh_token")),
            token_type=type_name or "Bearer",
            scope=None if scope is None else tuple(name for name in scope if _SCOPE.fullmatch(name)),
            lifetime=lifetime,
            expires=not never,
            asked_at=asked_at,
            id_token=_optional_token(members.get("id_token")),
            extra={name: value for name, value in members.items() if name not in _STANDARD_MEMBERS},
            received_at=received_at or float(asked_at),
            has_full_lifetime=lifetime is not None and _is_full_lifetime(lifetime, claimed),
            dropped=tuple(dropped),
        )

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Token:
        """Read what C(to_entry) returned; raises C(KeyError), C(TypeError) or C(ValueError) if it did not."""
        scope = entry["scope"]
        return cls(**{**entry, "scope": None if scope is None else tuple(scope), "dropped": tuple(entry["dropped"])})

    def to_entry(self) -> dict[str, object]:
        """All of it as plain values that JSON can hold, for a store or another process."""
        return asdict(self)

    def to_members(self) -> dict[str, object]:
        """The members of a response from which C(from_response) makes the token, except for what was dropped."""
        return {
            **self.extra,
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "token_type": self.token_type,
            "scope": self.scope,
            "expires_in": self.lifetime if self.expires else _NEVER_FROM,
            "id_token": self.id_token,
        }

    @property
    def expires_at(self) -> int | None:
        """Epoch seconds at which the token expires, or None when that is never or unknown."""
        return None if self.lifetime is None else self.asked_at + self.lifetime

    def is_valid(self, now: float) -> bool:
        """Can a server still accept it at NOW, in epoch seconds?"""
        if now < self.asked_at - _CLOCK_STEP:
            return False
        return self.expires_at is None or self.expires_at > now

    def is_fresh(self, now: float, min_validity: int | None = None) -> bool:
        """Is it valid at NOW, and for MIN_VALIDITY seconds more, so that there is nothing to do?"""
        start, end = self.fresh_span(min_validity)
        return start <= now < end

    def fresh_span(self, min_validity: int | None = None) -> tuple[float, float]:
        """Epoch seconds from which, and before which, it is fresh; see C(is_fresh)."""
        start = float(self.asked_at - _CLOCK_STEP)
        if not self.expires:
            return start, float(self.asked_at + _NEVER_FROM)
        if self.expires_at is None:
            return start, float(self.asked_at + _UNKNOWN_LIFETIME)
        needed = self.required_validity(min_validity)
        if self.has_full_lifetime:
            # The server issues no token that is valid for longer, so replacing a new one cannot help.
            needed = min(needed, (self.lifetime or 0) * 9 // 10)
        # The second in which it is valid for exactly that long counts.
        return start, float(self.expires_at - needed + (1 if needed else 0))

    def required_validity(self, min_validity: int | None) -> int:
        """MIN_VALIDITY, or its default for this token, in seconds."""
        if min_validity is not None:
            return min_validity
        return min(_MIN_VALIDITY, (self.lifetime or 0) // 10) if self.has_full_lifetime else _MIN_VALIDITY

    @property
    def authorization(self) -> str:
        """The value of an C(Authorization) header. Old WSO2 servers send C(bearer); API gateways expect C(Bearer)."""
        scheme = "Bearer" if self.token_type.lower() == "bearer" else self.token_type
        return f"{scheme} {self.access_token}"

    def secrets(self) -> list[str]:
        """Everything in it that must not be shown."""
        texts = (self.access_token, self.refresh_token, self.id_token, self.authorization)
        return [text for text in texts if text]

    def to_result(self, *, now: float) -> dict[str, Any]:
        """The keys that the module and the lookup return. NOW: epoch seconds from which C(expires_in) counts."""
        end = self.expires_at
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "token_type": self.token_type,
            "scope": None if self.scope is None else list(self.scope),
            "expires_in": None if end is None else max(0, end - int(now)),
            "expires_at": None if end is None else iso8601(end),
            "expires": self.expires,
            "id_token": self.id_token,
            "authorization": self.authorization,
            "extra": dict(self.extra),
        }


def is_token_text(value: object) -> bool:
    """Is VALUE a token as RFC 6749 allows it? A line break in a token would add a line to a configuration file."""
    return isinstance(value, str) and _TOKEN_TEXT.fullmatch(value) is not None


def iso8601(epoch: int) -> str:
    """EPOCH seconds as a time in UTC, such as 2026-11-22T12:00:00Z."""
    return datetime.fromtimestamp(epoch, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _optional_token(value: object) -> str | None:
    return str(value) if is_token_text(value) else None


def _is_full_lifetime(lifetime: int, claimed: int | None) -> bool:
    """Did the server just issue a token that is valid for LIFETIME seconds, or return one that it issued earlier?"""
    if claimed is not None:
        return lifetime >= claimed - 1
    return lifetime < _MIN_VALIDITY or lifetime % _ROUND_SECONDS == 0


def _claimed_lifetime(access_token: str) -> int | None:
    """The seconds from C(iat) to C(exp) of a JWT (RFC 7519), or None for any other token."""
    claims = _jwt_claims(access_token)
    issued, end = claims.get("iat"), claims.get("exp")
    return end - issued if isinstance(issued, int) and isinstance(end, int) and end > issued else None


def _jwt_claims(access_token: str) -> Mapping[str, object]:
    parts = access_token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(f"{parts[1]}==")) if len(parts) == 3 else {}
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _seconds(value: object) -> int | None:
    """Whole seconds from what servers send as C(expires_in): a number, a numeric string, or something else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return int(float(value)) if isinstance(value, str) else int(value)
    except (ValueError, OverflowError):
        return None


def _scopes(value: object) -> tuple[str, ...] | None:
    """The scopes as sent, or None when the server reported none."""
    if isinstance(value, str):
        return tuple(filter(None, value.split(" ")))
    if isinstance(value, (list, tuple)) and all(isinstance(name, str) for name in value):
        return tuple(value)
    return None
