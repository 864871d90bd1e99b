# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the real servers grant and renew, and what their API honours."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import quote_plus

import pytest
from real_server import (
    DJANGO,
    NODE,
    ask_api,
    ask_password,
    ask_refresh,
    ask_token,
    confidential,
    new_token,
    password_form,
)


def test_password_grant_answers_a_token(real_server: SimpleNamespace) -> None:
    answer = ask_password(real_server)
    token = answer.json()
    assert answer.status_code == 200
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert (token["token_type"], token["scope"]) == ("Bearer", "read write")
    assert token["expires_in"] in (3599, 3600)
    assert token["access_token"] != token["refresh_token"]


def test_scope_can_be_narrowed(real_server: SimpleNamespace) -> None:
    assert ask_password(real_server, scope="read").json()["scope"] == "read"


def test_secret_may_come_in_the_form(real_server: SimpleNamespace) -> None:
    key, secret = confidential(real_server)
    form = password_form(real_server, client_id=key, client_secret=secret)
    assert ask_token(real_server, form, None).status_code == 200


def test_public_client_needs_no_secret(real_server: SimpleNamespace) -> None:
    form = password_form(real_server, client_id=real_server.public_consumer_key)
    assert ask_token(real_server, form, None).status_code == 200


def test_form_encoded_basic_credentials(real_server: SimpleNamespace) -> None:
    """Only a server that decodes accepts an encoded secret; the plain one of the other server needs no encoding."""
    key, secret = (quote_plus(value) for value in confidential(real_server))
    answer = ask_token(real_server, password_form(real_server), (key, secret))
    assert answer.status_code == (200 if real_server.form_decodes_basic else 401)
    assert (secret != real_server.consumer_secret) is not real_server.form_decodes_basic


def test_refresh_replaces_both_tokens(real_server: SimpleNamespace) -> None:
    old = new_token(real_server)
    answer = ask_refresh(real_server, old["refresh_token"])
    new = answer.json()
    assert (answer.status_code, new["scope"]) == (200, "read write")
    assert new["refresh_token"] != old["refresh_token"]
    assert ask_api(real_server, old["access_token"]).status_code == 401
    assert ask_api(real_server, new["access_token"]).status_code == 200


def test_refused_scope_uses_up_the_refresh_token_of_one_server(real_server: SimpleNamespace) -> None:
    token = new_token(real_server)["refresh_token"]
    ask_refresh(real_server, token, scope="admin")
    expected = {DJANGO: 200, NODE: 400}[real_server.name]
    assert ask_refresh(real_server, token).status_code == expected


def test_api_tells_the_bearer_who_they_are(real_server: SimpleNamespace) -> None:
    answer = ask_api(real_server, new_token(real_server)["access_token"])
    assert (answer.status_code, answer.json()) == (200, {"user": "alice", "scopes": ["read", "write"]})


@pytest.mark.parametrize(("token", "error"), [(None, None), ("unknown", 'error="invalid_token"')])
def test_api_refuses(real_server: SimpleNamespace, token: str | None, error: str | None) -> None:
    """Without a token the challenge names no error, as RFC 6750 section 3.1 asks."""
    answer = ask_api(real_server, token)
    challenge = answer.headers["WWW-Authenticate"]
    assert answer.status_code == 401
    assert challenge.startswith("Bearer ")
    assert ("error=" not in challenge) if error is None else (error in challenge)
