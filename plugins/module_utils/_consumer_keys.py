# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The consumer key and secret of a client, and what the server says about it."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ansible_collections.apiops.wso2.plugins.module_utils._token import is_token_text, iso8601

CREATED, FOUND, REGISTERED = "created", "found", "registered"

_EXPIRES_SOON = 7 * 24 * 60 * 60
_LATEST = 253402300799  # 9999-12-31, the last second that a date can have


@dataclass(frozen=True)
class ConsumerKeys:
    """What the module returns. The keys are None only in check mode, or after they were removed.

    origin: C(CREATED), C(FOUND) or C(REGISTERED), or None if there is no client.
    secret_expires_at: epoch seconds, or None. warnings: sentences for the user, free of secrets.
    """

    consumer_key: str | None = None
    consumer_secret: str | None = field(default=None, repr=False)
    token_url: str | None = None
    revoke_url: str | None = None
    grant_types: tuple[str, ...] | None = None
    callback_url: str | None = None
    key_type: str | None = None
    key_manager: str | None = None
    key_state: str | None = None
    application_id: str | None = None
    key_mapping_id: str | None = None
    secret_expires_at: int | None = None
    origin: str | None = None
    is_changed: bool = False
    warnings: tuple[str, ...] = ()

    def to_result(self) -> dict[str, Any]:
        """The keys that the module returns."""
        expiry = self.secret_expires_at
        members = {name: value for name, value in asdict(self).items() if name not in ("warnings", "is_changed")}
        return {
            **members,
            "grant_types": None if self.grant_types is None else list(self.grant_types),
            "secret_expires_at": None if expiry is None else iso8601(expiry),
            "changed": self.is_changed,
        }

    def to_entry(self) -> dict[str, Any]:
        """All of it as plain values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> ConsumerKeys:
        """Read what C(to_entry) returned; raises C(TypeError) or C(ValueError) if it did not.

        A managed node can send anything, so each member is checked.
        """
        keys = cls(**entry)
        texts = {name: getattr(keys, name) for name in _TEXTS}
        if not all(value is None or is_line(value) for value in texts.values()):
            raise ValueError("a member is not a line of text")
        if keys.consumer_key is not None and not (is_token_text(keys.consumer_key) and is_secret(keys.consumer_secret)):
            raise ValueError("the keys are not usable")
        grants, warnings = keys.grant_types, keys.warnings
        for values in (grants or (), warnings):
            if not isinstance(values, (list, tuple)) or not all(map(is_line, values)):
                raise ValueError("a member is not a list of texts")
        if not isinstance(keys.is_changed, bool) or expiry_of(keys.secret_expires_at) != keys.secret_expires_at:
            raise ValueError("a member has a wrong type")
        return replace(keys, grant_types=None if grants is None else tuple(grants), warnings=tuple(warnings))

    def with_expiry_warning(self) -> ConsumerKeys:
        """The same, with a warning if the secret expires soon or has expired."""
        expiry = self.secret_expires_at
        if expiry is None or expiry > time.time() + _EXPIRES_SOON:
            return self
        verb = "expired" if expiry <= time.time() else "expires"
        warning = f"The consumer secret {verb} at {iso8601(expiry)}. Generate a new one at the server"
        return replace(self, warnings=(*self.warnings, warning))


_TEXTS = (
    "consumer_key",
    "consumer_secret",
    "token_url",
    "revoke_url",
    "callback_url",
    "key_type",
    "key_manager",
    "key_state",
    "application_id",
    "key_mapping_id",
    "origin",
)


def is_secret(value: object) -> bool:
    """Is VALUE a secret, and not a mask in its place, null or empty? WSO2's own secrets have no asterisk."""
    return is_token_text(value) and "*" not in str(value)


def is_line(value: object) -> bool:
    """Is VALUE one line of printable text?"""
    return isinstance(value, str) and value.isprintable()


def line_or_none(value: object) -> str | None:
    """VALUE if it is a line of text that is not empty, else None."""
    return str(value) if value and is_line(value) else None


def grants_in(value: object) -> tuple[str, ...] | None:
    """The grants that a server reports, as a list or as a text with spaces; None if it is neither."""
    if isinstance(value, str):
        value = value.split()
    if not isinstance(value, list) or not all(map(is_line, value)):
        return None
    return tuple(grant for grant in value if grant)


def expiry_of(value: object) -> int | None:
    """Epoch seconds from C(client_secret_expires_at), in which 0 means never (RFC 7591, section 3.2.1)."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LATEST:
        return None
    return value
