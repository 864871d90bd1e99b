# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two real servers, asked without the client under test.

Measured with django-oauth-toolkit 3.4.1 (oauthlib 4.0.1, Django 6.1) and @node-oauth/oauth2-server 5.3.0 (express
5.3.0), and asserted in the tests. What a client has to cope with:

* A wrong password is 400 ``invalid_grant`` on both. A wrong client in the Basic header is 401 ``invalid_client`` on
  both, with challenge ``Bearer`` from the one and ``Basic`` from the other. A wrong client in the form is 401 on the
  one and 400 on the other.
* ``error_description`` is missing from most answers of django-oauth-toolkit.
* Refreshing replaces the refresh token, and the access token that came with it dies too.
* ``@node-oauth/oauth2-server`` looks at the scope of a refresh after it has revoked the token: a refresh that is
  refused with ``invalid_scope`` has used up the refresh token. django-oauth-toolkit leaves it alone.
* ``expires_in`` may be a second short of the configured 3600, since node subtracts the clock it reads later.
* Revoking answers 200 with an empty body of type ``text/html``, for unknown tokens as well, and takes the sibling
  token along in both directions.
* Introspection knows access tokens only, and refuses a wrong client with 403, an empty body and no challenge.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import requests

DJANGO = "django_oauth_toolkit"
NODE = "node_oauth2_server"

Credentials = tuple[str, str]


def send(server: SimpleNamespace, method: str, url: str, **options: Any) -> requests.Response:
    """Send a request that verifies the certificate and knows nothing of the caller's environment."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, verify=server.ca_path, timeout=30, **options)


def confidential(server: SimpleNamespace) -> Credentials:
    return server.consumer_key, server.consumer_secret


def ask_token(server: SimpleNamespace, form: dict[str, str], client: Credentials | None) -> requests.Response:
    return send(server, "POST", server.token_url, data=form, auth=client)


def password_form(server: SimpleNamespace, **changes: str) -> dict[str, str]:
    return {"grant_type": "password", "username": server.username, "password": server.password, **changes}


def ask_password(server: SimpleNamespace, **changes: str) -> requests.Response:
    return ask_token(server, password_form(server, **changes), confidential(server))


def ask_refresh(server: SimpleNamespace, refresh_token: str, **changes: str) -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **changes}
    return ask_token(server, form, confidential(server))


def ask_api(server: SimpleNamespace, token: str | None) -> requests.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return send(server, "GET", server.api_url, headers=headers)


def new_token(server: SimpleNamespace) -> dict[str, Any]:
    token: dict[str, Any] = ask_password(server).json()
    return token


def revoke(server: SimpleNamespace, token: str, client: Credentials | None = None) -> requests.Response:
    return send(server, "POST", server.revoke_url, data={"token": token}, auth=client or confidential(server))


def introspect(server: SimpleNamespace, token: str, client: Credentials | None = None) -> requests.Response:
    known = server.introspect_credentials
    credentials = client or (known["client_id"], known["client_secret"])
    return send(server, "POST", server.introspect_url, data={"token": token}, auth=credentials)
