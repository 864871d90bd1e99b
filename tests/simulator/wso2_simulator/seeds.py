# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The users and applications of every simulator at its start. They are public and protect nothing."""

from __future__ import annotations

from .directory import Application, Directory, User

CLIENT_CERTIFICATE_NAME = "simulator-client"

DEMO_KEY = "demo_key"
DEMO_SECRET = "demo_secret"
DEMO_USER = "alice"
DEMO_PASSWORD = "alice-pass"


def seeded_directory() -> Directory:
    """Return a fresh directory of all seeds."""
    return Directory(_users(), _applications())


def _users() -> list[User]:
    return [
        User("admin", "admin", roles=["admin", "subscriber"]),
        User(DEMO_USER, DEMO_PASSWORD, roles=["subscriber", "editor"]),
        User("noroles", "noroles-pass", roles=[]),
        User("john@johns.org", "john pass & more=100%+#$", tenant="johnsorg"),
        User("testuser", "testuser-pass", tenant="my_company"),
        User("bob", "bob-pass", tenant="foo.com"),
        User("zoë", "Grüße-пароль-密码"),
        User("MYSTORE/carol", "carol-pass"),
        User("locked", "locked-pass", state="locked"),
        User("disabled", "disabled-pass", state="disabled"),
        User("expired", "expired-pass", state="password_expired"),
    ]


def _applications() -> list[Application]:
    return [
        Application(DEMO_KEY, DEMO_SECRET, "demo"),
        Application("other_key", "other_secret", "other"),
        Application("saas_key", "saas_secret", "saas", saas=True),
        Application("foo_key", "foo_secret", "foo", tenant="foo.com"),
        Application("nopassword_key", "nopassword_secret", "nopassword", grants=["client_credentials"]),
        Application("norefresh_key", "norefresh_secret", "norefresh", grants=["password"]),
        Application("public_key", "", "public", public=True),
        Application("colon_key", "colon:secret", "colon"),
        Application("special_key", "s%2Bcr&t=ü +/#", "special"),
        Application("disabled_key", "disabled_secret", "disabled", state="disabled"),
        Application("revoked_key", "revoked_secret", "revoked", state="revoked"),
        Application("jwt_key", "jwt_secret", "jwt", token_format="jwt"),
        Application("mtls_key", "", "mtls", certificate_name=CLIENT_CERTIFICATE_NAME),
    ]
