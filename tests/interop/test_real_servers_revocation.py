# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The revoke endpoint of the real server that has one, checked with introspection."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from real_server import call_api, confidential, introspect, new_token, password_form, request_refresh, revoke, send


@pytest.fixture
def revoking_server(real_server: SimpleNamespace) -> SimpleNamespace:
    """The server, if it has a revoke endpoint. It then has introspection too."""
    if real_server.revoke_url is None:
        pytest.skip(f"{real_server.name} has no revoke endpoint")
    return real_server


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_either_token_revokes_both(revoking_server: SimpleNamespace, kind: str) -> None:
    token = new_token(revoking_server)
    response = revoke(revoking_server, token[kind])
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert introspect(revoking_server, token["access_token"]).json() == {"active": False}
    assert call_api(revoking_server, token["access_token"]).status_code == 401
    rejected = request_refresh(revoking_server, token["refresh_token"])
    assert (rejected.status_code, rejected.json()) == (400, {"error": "invalid_grant"})


def test_revoking_an_unknown_token_succeeds(revoking_server: SimpleNamespace) -> None:
    response = revoke(revoking_server, "unknown")
    assert (response.status_code, response.content) == (200, b"")


def test_revoking_as_a_wrong_client_changes_nothing(revoking_server: SimpleNamespace) -> None:
    token = new_token(revoking_server)["access_token"]
    response = revoke(revoking_server, token, (revoking_server.consumer_key, "wrong"))
    assert (response.status_code, response.json()) == (401, {"error": "invalid_client"})
    assert introspect(revoking_server, token).json()["active"] is True


def test_introspection_describes_an_access_token(revoking_server: SimpleNamespace) -> None:
    token = new_token(revoking_server)
    described = introspect(revoking_server, token["access_token"]).json()
    assert isinstance(described.pop("exp"), int)
    assert described == {
        "active": True,
        "scope": "read write",
        "client_id": revoking_server.consumer_key,
        "username": "alice",
    }
    assert introspect(revoking_server, token["refresh_token"]).json() == {"active": False}


def test_introspection_rejects_a_wrong_client(revoking_server: SimpleNamespace) -> None:
    response = introspect(revoking_server, "unknown", ("unknown", "wrong"))
    assert (response.status_code, response.content) == (403, b"")
    assert "WWW-Authenticate" not in response.headers


def test_the_library_s_own_paths_work_too(revoking_server: SimpleNamespace) -> None:
    base = revoking_server.base_url
    client = confidential(revoking_server)
    token = send(revoking_server, "POST", f"{base}/o/token/", data=password_form(revoking_server), auth=client).json()
    data = {"token": token["access_token"]}
    assert send(revoking_server, "POST", f"{base}/o/revoke_token/", data=data, auth=client).status_code == 200
    assert introspect(revoking_server, token["access_token"]).json() == {"active": False}
