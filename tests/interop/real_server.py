# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to the two real servers without the collection under test.

Measured with django-oauth-toolkit 3.4.1 (oauthlib 4.0.1, Django 6.1) and @node-oauth/oauth2-server 5.3.0 (express
5.3.0), and asserted in the tests. A client must handle these differences:

* A wrong password is 400 ``invalid_grant`` on both. A wrong client in the Basic header is 401 ``invalid_client`` on
  both. The challenge is ``Bearer`` from django-oauth-toolkit and ``Basic`` from the other server. A wrong client in the
  form is 401 from django-oauth-toolkit and 400 from the other server.
* ``error_description`` is missing from most error responses of django-oauth-toolkit.
* A refresh replaces the refresh token and revokes the access token that was issued with it.
* ``@node-oauth/oauth2-server`` checks the scope of a refresh after it has revoked the token, so a refresh token is
  no longer valid after ``invalid_scope``. On django-oauth-toolkit it stays valid.
* ``expires_in`` can be one second less than the configured 3600, because node reads the clock twice.
* A revocation returns 200 with an empty body of type ``text/html``, for unknown tokens too. Revoking the access token
  or the refresh token revokes both.
* Introspection supports only access tokens, and rejects a wrong client with 403, an empty body and no challenge.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import requests

DJANGO = "django_oauth_toolkit"
NODE = "node_oauth2_server"

Credentials = tuple[str, str]


def send(server: SimpleNamespace, method: str, url: str, **options: Any) -> requests.Response:
    """Send a request that verifies the certificate and ignores the caller's environment variables."""
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, verify=server.ca_path, timeout=30, **options)


def confidential(server: SimpleNamespace) -> Credentials:
    return server.consumer_key, server.consumer_secret


def request_token(server: SimpleNamespace, form: dict[str, str], client: Credentials | None) -> requests.Response:
    return send(server, "POST", server.token_url, data=form, auth=client)


def password_form(server: SimpleNamespace, **changes: str) -> dict[str, str]:
    return {"grant_type": "password", "username": server.username, "password": server.password, **changes}


def request_password_token(server: SimpleNamespace, **changes: str) -> requests.Response:
    return request_token(server, password_form(server, **changes), confidential(server))


def request_refresh(server: SimpleNamespace, refresh_token: str, **changes: str) -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, **changes}
    return request_token(server, form, confidential(server))


def call_api(server: SimpleNamespace, token: str | None) -> requests.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return send(server, "GET", server.api_url, headers=headers)


def new_token(server: SimpleNamespace) -> dict[str, Any]:
    token: dict[str, Any] = request_password_token(server).json()
    return token


def revoke(server: SimpleNamespace, token: str, client: Credentials | None = None) -> requests.Response:
    return send(server, "POST", server.revoke_url, data={"token": token}, auth=client or confidential(server))


def introspect(server: SimpleNamespace, token: str, client: Credentials | None = None) -> requests.Response:
    introspection_client = server.introspect_credentials
    credentials = client or (introspection_client["client_id"], introspection_client["client_secret"])
    return send(server, "POST", server.introspect_url, data={"token": token}, auth=credentials)
