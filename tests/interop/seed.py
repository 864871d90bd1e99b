# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credentials a server starts with, new for every start.

Which special characters a credential carries follows from how the server reads it. RFC 6749 section 2.3.1 wants
the client id and secret form-encoded before they go into the Basic header. django-oauth-toolkit decodes them
accordingly; ``@node-oauth/oauth2-server`` compares the bytes it finds, as WSO2 does. A secret with ``+`` or ``%2F``
therefore tells the two readings apart, and it is given to the server that reads raw bytes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

SCOPES = ("read", "write")

# "%2F" would turn into "/" if anybody decoded the secret once too often.
_RAW_BASIC_CHARACTERS = "+&%=/%2F"

# The password travels in the form body: a blank, the form's own separators and one character beyond ASCII.
_FORM_CHARACTERS = " +&%=/é"


@dataclass(frozen=True)
class Seed:
    """One user, one confidential client and one public client, all with the password grant."""

    username: str
    password: str
    consumer_key: str
    consumer_secret: str
    public_consumer_key: str
    scopes: tuple[str, ...] = SCOPES


def new_seed(*, form_decodes_basic: bool) -> Seed:
    """Draw the credentials for one start of a server."""
    suffix = "" if form_decodes_basic else _RAW_BASIC_CHARACTERS
    return Seed(
        username="alice",
        password=secrets.token_urlsafe(16) + _FORM_CHARACTERS,
        consumer_key=secrets.token_urlsafe(16),
        consumer_secret=secrets.token_urlsafe(24) + suffix,
        public_consumer_key=secrets.token_urlsafe(16),
    )
