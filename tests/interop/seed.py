# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credentials of a server, new for every start.

The special characters of a credential depend on how the server reads it. RFC 6749 section 2.3.1 requires that client id
and secret are form-encoded in the Basic header. django-oauth-toolkit decodes them, but ``@node-oauth/oauth2-server``
compares the raw bytes, as WSO2 does. A secret with ``+`` or ``%2F`` shows the difference, so the server that reads raw
bytes gets such a secret.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

SCOPES = ("read", "write")

# "%2F" would become "/" if the secret were decoded once too often.
_RAW_BASIC_CHARACTERS = "+&%=/%2F"

# The password is sent in the form body: a space, the separators of the form, and one character outside ASCII.
_FORM_CHARACTERS = " +&%=/é"


@dataclass(frozen=True)
class Seed:
    """One user, and clients: a confidential and a public one for the password grant, one for client credentials."""

    username: str
    password: str
    consumer_key: str
    consumer_secret: str
    public_consumer_key: str
    application_consumer_key: str
    application_consumer_secret: str
    scopes: tuple[str, ...] = SCOPES


def new_seed(*, form_decodes_basic: bool) -> Seed:
    """Generate the credentials for one start of a server."""
    suffix = "" if form_decodes_basic else _RAW_BASIC_CHARACTERS
    return Seed(
        username="alice",
        password=secrets.token_urlsafe(16) + _FORM_CHARACTERS,
        consumer_key=secrets.token_urlsafe(16),
        consumer_secret=secrets.token_urlsafe(24) + suffix,
        public_consumer_key=secrets.token_urlsafe(16),
        application_consumer_key=secrets.token_urlsafe(16),
        application_consumer_secret=secrets.token_urlsafe(24) + suffix,
    )
