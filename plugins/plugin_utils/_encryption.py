# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Authenticated encryption for what a store keeps: only who knows the credentials finds an entry and can read it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    # At the first one OpenSSL gathers all its ciphers, which takes longer than all else in a warm worker. Where the
    # action plugin has brought this file, that happens here, once, before the workers are forked.
    AESGCM(bytes(32))
except ImportError:  # ansible-core requires it; only who looks at the file without ansible-core gets here
    pass

# Part of every key, so that entries of another layout are never found. Raise it when the layout changes.
_LAYOUT = b"apiops.wso2 token store 1"
_NONCE_BYTES = 12


class Seal:
    """The name and the key of the entry that belongs to one request.

    name: hexadecimal; says nothing about the request to who does not know its credentials.
    """

    def __init__(self, material: bytes) -> None:
        self.name = _derived(material, b"name").hex()
        self._cipher = AESGCM(_derived(material, b"key"))

    def close(self, content: bytes) -> bytes:
        """CONTENT, sealed."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, self.name.encode("ascii"))

    def open(self, sealed: bytes) -> bytes | None:
        """What was sealed, or None when SEALED is damaged, cut off or somebody else's."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self.name.encode("ascii"))
        except (InvalidTag, ValueError):
            return None


def seal_for(request: TokenRequest, *, refresh_token: str | None = None, place: str = "") -> Seal:
    """The seal of the token that REQUEST asks for.

    refresh_token: the one to renew. It tells whose token is meant where no password does.
    place: tells requests apart that mean different servers by the same URL, as C(localhost) does on each host.
    """
    identity = {
        "token_url": request.token_url,
        "consumer_key": request.consumer_key,
        "consumer_secret": request.consumer_secret,
        "username": request.username,
        "password": request.password,
        "refresh_token": refresh_token if request.password is None else None,
        # WSO2 gives the same token for the same scopes in any order.
        "scope": sorted(request.scope),
        "client_cert": _certificate(request.transport.client_cert),
        # What came without verification must not be served to who asks for it.
        "validate_certs": request.transport.validate_certs,
        "place": place,
    }
    material = json.dumps(identity, sort_keys=True).encode("utf-8")
    return _encryption(material, has_strong_secret=request.consumer_secret is not None)


@lru_cache(maxsize=64)
def _encryption(material: bytes, *, has_strong_secret: bool) -> Seal:
    if not has_strong_secret:
        # A password is all that protects the entry, and people's passwords can be guessed: make each guess dear.
        material = hashlib.scrypt(material, salt=_LAYOUT, n=2**14, r=8, p=1)
    return Seal(material)


def _derived(material: bytes, purpose: bytes) -> bytes:
    """32 bytes for PURPOSE: HKDF (RFC 5869) with SHA-256, for one block of output."""
    extracted = hmac.digest(_LAYOUT, material, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")


def _certificate(path: str | None) -> list[str] | None:
    """What tells one client certificate from another; the path alone where only the managed node can read it."""
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            return [path, hashlib.sha256(file.read()).hexdigest()]
    except OSError:
        return [path]
