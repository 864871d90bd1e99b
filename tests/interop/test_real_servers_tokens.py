# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens that the real servers issue and refresh, and how their API accepts them."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import quote_plus

import pytest
from real_server import (
    DJANGO,
    NODE,
    call_api,
    confidential,
    new_token,
    password_form,
    request_password_token,
    request_refresh,
    request_token,
)


def test_password_grant_returns_a_token(real_server: SimpleNamespace) -> None:
    response = request_password_token(real_server)
    token = response.json()
    assert response.status_code == 200
    assert (response.headers["Cache-Control"], response.headers["Pragma"]) == ("no-store", "no-cache")
    assert (token["token_type"], token["scope"]) == ("Bearer", "read write")
    assert token["expires_in"] in (3599, 3600)
    assert token["access_token"] != token["refresh_token"]


def test_scope_can_be_narrowed(real_server: SimpleNamespace) -> None:
    assert request_password_token(real_server, scope="read").json()["scope"] == "read"


def test_secret_can_be_sent_in_the_form(real_server: SimpleNamespace) -> None:
    key, secret = confidential(real_server)
    form = password_form(real_server, client_id=key, client_secret=secret)
    assert request_token(real_server, form, None).status_code == 200


def test_public_client_needs_no_secret(real_server: SimpleNamespace) -> None:
    form = password_form(real_server, client_id=real_server.public_consumer_key)
    assert request_token(real_server, form, None).status_code == 200


def test_form_encoded_basic_credentials(real_server: SimpleNamespace) -> None:
    """Only a server that decodes the header accepts an encoded secret."""
    key, secret = (quote_plus(value) for value in confidential(real_server))
    response = request_token(real_server, password_form(real_server), (key, secret))
    assert response.status_code == (200 if real_server.form_decodes_basic else 401)
    assert (secret != real_server.consumer_secret) is not real_server.form_decodes_basic


def test_refresh_replaces_both_tokens(real_server: SimpleNamespace) -> None:
    old = new_token(real_server)
    response = request_refresh(real_server, old["refresh_token"])
    new = response.json()
    assert (response.status_code, new["scope"]) == (200, "read write")
    assert new["refresh_token"] != old["refresh_token"]
    assert call_api(real_server, old["access_token"]).status_code == 401
    assert call_api(real_server, new["access_token"]).status_code == 200


def test_rejected_scope_invalidates_the_refresh_token_of_one_server(real_server: SimpleNamespace) -> None:
    token = new_token(real_server)["refresh_token"]
    request_refresh(real_server, token, scope="admin")
    expected = {DJANGO: 200, NODE: 400}[real_server.name]
    assert request_refresh(real_server, token).status_code == expected


def test_api_returns_the_user_and_the_scopes(real_server: SimpleNamespace) -> None:
    response = call_api(real_server, new_token(real_server)["access_token"])
    assert (response.status_code, response.json()) == (200, {"user": "alice", "scopes": ["read", "write"]})


@pytest.mark.parametrize(("token", "error"), [(None, None), ("unknown", 'error="invalid_token"')])
def test_api_rejects(real_server: SimpleNamespace, token: str | None, error: str | None) -> None:
    """Without a token the challenge contains no error, as RFC 6750 section 3.1 requires."""
    response = call_api(real_server, token)
    challenge = response.headers["WWW-Authenticate"]
    assert response.status_code == 401
    assert challenge.startswith("Bearer ")
    assert ("error=" not in challenge) if error is None else (error in challenge)
