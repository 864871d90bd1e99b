# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of tokens: opaque, or a signed JWT."""

from __future__ import annotations

import base64
import math
import secrets
import uuid
from collections.abc import Iterable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from .component_version import V5_3_4, Version

KEY_ID = "simulator"
#: ``exp`` of a JWT that never expires: the largest value that JWT libraries commonly accept.
FAR_FUTURE = 253402300799


class TokenValues:
    """Makes token values; the signing key lives as long as the process."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def opaque(self, version: Version) -> str:
        """Return an unguessable opaque value: 32 hex digits in old versions, a UUID in the others."""
        return secrets.token_hex(16) if version <= V5_3_4 else str(uuid.uuid4())

    def signed(self, claims: dict[str, Any]) -> str:
        """Return the claims as an ES256 JWT."""
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": KEY_ID})

    def access_jwt(
        self,
        *,
        issuer: str,
        client_id: str,
        subject: str,
        scopes: Iterable[str],
        issued: float,
        expires: float,
        padding: int,
    ) -> str:
        """Return an access token that is a JWT; ``padding`` bytes make it as long as tokens with many claims."""
        claims: dict[str, Any] = {
            "sub": subject,
            "aut": "APPLICATION_USER",
            "aud": client_id,
            "azp": client_id,
            "client_id": client_id,
            "scope": " ".join(sorted(scopes)),
            "iss": issuer,
            "nbf": int(issued),
            "iat": int(issued),
            "exp": _whole(expires),
            "jti": str(uuid.uuid4()),
        }
        if padding:
            claims["padding"] = "x" * padding
        return self.signed(claims)

    def id_token(self, *, issuer: str, client_id: str, subject: str, issued: float, expires: float) -> str:
        """Return the ``id_token`` of OpenID Connect."""
        claims = {"iss": issuer, "sub": subject, "aud": [client_id], "iat": int(issued), "exp": _whole(expires)}
        return self.signed(claims)

    def key_set(self) -> dict[str, Any]:
        """Return the public key as a JSON Web Key Set."""
        point = self._key.public_key().public_numbers()
        public = {"kty": "EC", "crv": "P-256", "x": _coordinate(point.x), "y": _coordinate(point.y)}
        return {"keys": [{**public, "kid": KEY_ID, "alg": "ES256", "use": "sig"}]}


def claims_of(value: str) -> dict[str, Any]:
    """Return the claims of a token that is a JWT; empty for an opaque token."""
    if "." not in value:
        return {}
    return dict(jwt.decode(value, options={"verify_signature": False}))


def _coordinate(value: int) -> str:
    """Encode with the full 32 bytes (RFC 7518, 6.2.1.2), which older releases of PyJWT fall short of."""
    return base64.urlsafe_b64encode(value.to_bytes(32, "big")).rstrip(b"=").decode("ascii")


def _whole(epoch: float) -> int:
    return FAR_FUTURE if math.isinf(epoch) else int(epoch)
