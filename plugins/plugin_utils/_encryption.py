# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Authenticated encryption of what a store keeps: entries are found and decrypted with the credentials only."""

from __future__ import annotations

import hashlib
import hmac
import os

from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError, TokenStore

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    # OpenSSL loads its ciphers for the first one, which takes longer than everything else in a worker. Where the action
    # plugin imports this module, that happens once, before the workers are forked.
    AESGCM(bytes(32))
except ImportError:  # ansible-core requires it, but the import test of ansible-test does not install it
    pass

# Part of every key, so that entries of another layout are never found. Raise it when the layout changes.
_LAYOUT = b"apiops.wso2 token store 2"
_NONCE_BYTES = 12
_RUN_SECONDS = 24 * 60 * 60

# What this process has derived, by the name of the entry in which the run keeps it.
_store_secrets: dict[str, bytes] = {}


class EntryCipher:
    """The name and the key of an entry, both derived from secret MATERIAL.

    name: hexadecimal. It reveals nothing about the material.
    """

    def __init__(self, material: bytes) -> None:
        self.name = _derived(material, b"name").hex()
        self._key = _derived(material, b"key")

    def encrypt(self, content: bytes) -> bytes:
        """CONTENT, encrypted and authenticated."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, content, self.name.encode("ascii"))

    def decrypt(self, entry: bytes) -> bytes | None:
        """What was encrypted, or None if ENTRY is damaged, incomplete or was encrypted with another key."""
        try:
            return AESGCM(self._key).decrypt(entry[:_NONCE_BYTES], entry[_NONCE_BYTES:], self.name.encode("ascii"))
        except (InvalidTag, ValueError):
            return None


def store_secret(credentials: bytes, store: TokenStore, run: DirectoryStore) -> bytes:
    """32 bytes derived from CREDENTIALS for STORE by a memory-hard function. Raises C(StoreError).

    A password can be guessed, and whoever can read STORE could test guesses by the names of its entries. RUN keeps the
    result, encrypted, so that a run derives it once for each set of credentials.
    """
    salt = store.salt()
    cipher = EntryCipher(b"store secret\0" + salt + credentials)
    if cipher.name not in _store_secrets:
        _store_secrets[cipher.name] = _cached(run, cipher) or _derive_once(credentials, salt, run, cipher)
    return _store_secrets[cipher.name]


def _derive_once(credentials: bytes, salt: bytes, run: DirectoryStore, cipher: EntryCipher) -> bytes:
    try:
        with run.lock(cipher.name):
            derived = _cached(run, cipher) or _scrypt(credentials, salt)
            run.write(cipher.name, cipher.encrypt(derived), _RUN_SECONDS)
            return derived
    except _DerivationUnavailable:
        raise
    except StoreError:
        # The run's own directory cannot be used. The derivation is not shared, but the token is.
        return _scrypt(credentials, salt)


def _cached(run: DirectoryStore, cipher: EntryCipher) -> bytes | None:
    try:
        entry = run.read(cipher.name)
    except StoreError:
        return None
    return None if entry is None else cipher.decrypt(entry)


class _DerivationUnavailable(StoreError):
    def __init__(self) -> None:
        problem = "The memory-hard key derivation scrypt is not available in this Python (FIPS mode?)"
        super().__init__(f"{problem}, so the token is cached for this run only")


def _scrypt(credentials: bytes, salt: bytes) -> bytes:
    try:
        return hashlib.scrypt(credentials, salt=_LAYOUT + salt, n=2**14, r=8, p=1, maxmem=2**26, dklen=32)
    except (AttributeError, ValueError, OSError):
        raise _DerivationUnavailable from None


def _derived(material: bytes, purpose: bytes) -> bytes:
    """32 bytes for PURPOSE: HKDF (RFC 5869) with SHA-256, for one block of output."""
    extracted = hmac.digest(_LAYOUT, material, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")
