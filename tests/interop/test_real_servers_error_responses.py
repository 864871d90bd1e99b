# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests that the real servers reject, and where their error responses differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import requests
from real_server import (
    NODE,
    confidential,
    new_token,
    password_form,
    request_password_token,
    request_refresh,
    request_token,
    send,
)


@dataclass(frozen=True)
class ErrorResponse:
    """Status, member ``error`` and start of the header WWW-Authenticate (None: there is no such header)."""

    status: int
    error: str
    challenge: str | None = None


@dataclass(frozen=True)
class ErrorCase:
    """A request that both servers reject. node: the response of the node server, if it differs."""

    name: str
    send: Callable[[SimpleNamespace], requests.Response]
    response: ErrorResponse
    node: ErrorResponse | None = None

    def response_of(self, server: str) -> ErrorResponse:
        return self.node if server == NODE and self.node else self.response


def _wrong_secret_in_form(server: SimpleNamespace) -> requests.Response:
    return request_token(server, password_form(server, client_id=server.consumer_key, client_secret="wrong"), None)


def _confidential_client_without_secret(server: SimpleNamespace) -> requests.Response:
    return request_token(server, password_form(server, client_id=server.consumer_key), None)


def _reused_refresh_token(server: SimpleNamespace) -> requests.Response:
    used = new_token(server)["refresh_token"]
    request_refresh(server, used)
    return request_refresh(server, used)


def _refresh_token_of_another_client(server: SimpleNamespace) -> requests.Response:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": new_token(server)["refresh_token"],
        "client_id": server.public_consumer_key,
    }
    return request_token(server, form, None)


INVALID_GRANT = ErrorResponse(400, "invalid_grant")
INVALID_SCOPE = ErrorResponse(400, "invalid_scope")
UNKNOWN_GRANT = ErrorResponse(400, "unsupported_grant_type")
WRONG_CLIENT = ErrorResponse(401, "invalid_client", challenge="Bearer error=")
ERROR_CASES = (
    ErrorCase("wrong password", lambda server: request_password_token(server, password="wrong"), INVALID_GRANT),
    ErrorCase("unknown user", lambda server: request_password_token(server, username="bob"), INVALID_GRANT),
    ErrorCase(
        "wrong secret in the Basic header",
        lambda server: request_token(server, password_form(server), (server.consumer_key, "wrong")),
        WRONG_CLIENT,
        node=ErrorResponse(401, "invalid_client", challenge="Basic realm="),
    ),
    ErrorCase(
        "unknown client in the Basic header",
        lambda server: request_token(server, password_form(server), ("unknown", "wrong")),
        WRONG_CLIENT,
        node=ErrorResponse(401, "invalid_client", challenge="Basic realm="),
    ),
    ErrorCase(
        "wrong secret in the form", _wrong_secret_in_form, WRONG_CLIENT, node=ErrorResponse(400, "invalid_client")
    ),
    ErrorCase(
        "confidential client without its secret",
        _confidential_client_without_secret,
        WRONG_CLIENT,
        node=ErrorResponse(400, "invalid_client"),
    ),
    ErrorCase("unknown scope", lambda server: request_password_token(server, scope="read admin"), INVALID_SCOPE),
    ErrorCase(
        "grant the client does not have",
        lambda server: request_password_token(server, grant_type="client_credentials"),
        ErrorResponse(400, "unauthorized_client"),
    ),
    ErrorCase("unknown grant", lambda server: request_password_token(server, grant_type="unknown"), UNKNOWN_GRANT),
    ErrorCase(
        "JSON instead of a form",
        lambda server: send(server, "POST", server.token_url, json=password_form(server), auth=confidential(server)),
        UNKNOWN_GRANT,
        node=ErrorResponse(400, "invalid_request"),
    ),
    ErrorCase("unknown refresh token", lambda server: request_refresh(server, "unknown"), INVALID_GRANT),
    ErrorCase("reused refresh token", _reused_refresh_token, INVALID_GRANT),
    ErrorCase("refresh token of another client", _refresh_token_of_another_client, INVALID_GRANT),
    ErrorCase(
        "refresh to a scope that was not granted",
        lambda server: request_refresh(server, new_token(server)["refresh_token"], scope="admin"),
        INVALID_SCOPE,
    ),
)


@pytest.mark.parametrize("case", ERROR_CASES, ids=lambda case: case.name)
def test_token_endpoint_rejects(real_server: SimpleNamespace, case: ErrorCase) -> None:
    response = case.send(real_server)
    expected = case.response_of(real_server.name)
    challenge = response.headers.get("WWW-Authenticate")
    assert (response.status_code, response.json()["error"]) == (expected.status, expected.error)
    if expected.challenge is None:
        assert challenge is None
    else:
        assert challenge is not None
        assert challenge.startswith(expected.challenge)
