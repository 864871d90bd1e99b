# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the real servers refuse, and where each does so in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import requests
from real_server import NODE, ask_password, ask_refresh, ask_token, confidential, new_token, password_form, send


@dataclass(frozen=True)
class Refusal:
    """Status, member ``error`` and how the header WWW-Authenticate begins; None: there is no such header."""

    status: int
    error: str
    challenge: str | None = None


@dataclass(frozen=True)
class Row:
    """A request that both servers refuse; node: where the one does so in another way than the other."""

    name: str
    ask: Callable[[SimpleNamespace], requests.Response]
    refusal: Refusal
    node: Refusal | None = None

    def refusal_of(self, server: str) -> Refusal:
        return self.node if server == NODE and self.node else self.refusal


def _wrong_secret_in_form(server: SimpleNamespace) -> requests.Response:
    return ask_token(server, password_form(server, client_id=server.consumer_key, client_secret="wrong"), None)


def _confidential_client_without_secret(server: SimpleNamespace) -> requests.Response:
    return ask_token(server, password_form(server, client_id=server.consumer_key), None)


def _reused_refresh_token(server: SimpleNamespace) -> requests.Response:
    spent = new_token(server)["refresh_token"]
    ask_refresh(server, spent)
    return ask_refresh(server, spent)


def _refresh_token_of_another_client(server: SimpleNamespace) -> requests.Response:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": new_token(server)["refresh_token"],
        "client_id": server.public_consumer_key,
    }
    return ask_token(server, form, None)


INVALID_GRANT = Refusal(400, "invalid_grant")
INVALID_SCOPE = Refusal(400, "invalid_scope")
UNKNOWN_GRANT = Refusal(400, "unsupported_grant_type")
WRONG_CLIENT = Refusal(401, "invalid_client", challenge="Bearer error=")
REFUSALS = (
    Row("wrong password", lambda server: ask_password(server, password="wrong"), INVALID_GRANT),
    Row("unknown user", lambda server: ask_password(server, username="bob"), INVALID_GRANT),
    Row(
        "wrong secret in the Basic header",
        lambda server: ask_token(server, password_form(server), (server.consumer_key, "wrong")),
        WRONG_CLIENT,
        node=Refusal(401, "invalid_client", challenge="Basic realm="),
    ),
    Row(
        "unknown client in the Basic header",
        lambda server: ask_token(server, password_form(server), ("unknown", "wrong")),
        WRONG_CLIENT,
        node=Refusal(401, "invalid_client", challenge="Basic realm="),
    ),
    Row("wrong secret in the form", _wrong_secret_in_form, WRONG_CLIENT, node=Refusal(400, "invalid_client")),
    Row(
        "confidential client without its secret",
        _confidential_client_without_secret,
        WRONG_CLIENT,
        node=Refusal(400, "invalid_client"),
    ),
    Row("unknown scope", lambda server: ask_password(server, scope="read admin"), INVALID_SCOPE),
    Row(
        "grant the client does not have",
        lambda server: ask_password(server, grant_type="client_credentials"),
        Refusal(400, "unauthorized_client"),
    ),
    Row("unknown grant", lambda server: ask_password(server, grant_type="unknown"), UNKNOWN_GRANT),
    Row(
        "JSON instead of a form",
        lambda server: send(server, "POST", server.token_url, json=password_form(server), auth=confidential(server)),
        UNKNOWN_GRANT,
        node=Refusal(400, "invalid_request"),
    ),
    Row("unknown refresh token", lambda server: ask_refresh(server, "unknown"), INVALID_GRANT),
    Row("reused refresh token", _reused_refresh_token, INVALID_GRANT),
    Row("refresh token of another client", _refresh_token_of_another_client, INVALID_GRANT),
    Row(
        "refresh to a scope that was not granted",
        lambda server: ask_refresh(server, new_token(server)["refresh_token"], scope="admin"),
        INVALID_SCOPE,
    ),
)


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.name)
def test_token_endpoint_refuses(real_server: SimpleNamespace, row: Row) -> None:
    answer = row.ask(real_server)
    expected = row.refusal_of(real_server.name)
    challenge = answer.headers.get("WWW-Authenticate")
    assert (answer.status_code, answer.json()["error"]) == (expected.status, expected.error)
    if expected.challenge is None:
        assert challenge is None
    else:
        assert challenge is not None
        assert challenge.startswith(expected.challenge)
