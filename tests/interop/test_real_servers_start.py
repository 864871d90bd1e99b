# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the two real servers answer, asked without the client under test.

Measured with django-oauth-toolkit 3.4.1 (oauthlib 4.0.1, Django 6.1) and @node-oauth/oauth2-server 5.3.0 (express
5.3.0), and asserted below. What a client has to cope with:

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

import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus

import pytest
import requests

DJANGO = "django_oauth_toolkit"
NODE = "node_oauth2_server"

Credentials = tuple[str, str]


@dataclass(frozen=True)
class Refusal:
    """Status, member ``error`` and how the header WWW-Authenticate begins; None: there is no such header."""

    status: int
    error: str
    challenge: str | None = None


@dataclass(frozen=True)
class Row:
    """A request that both servers refuse, each in its own way."""

    name: str
    ask: Callable[[SimpleNamespace], requests.Response]
    django: Refusal
    node: Refusal


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


@pytest.fixture
def revoking_server(real_server: SimpleNamespace) -> SimpleNamespace:
    """The server, if it has a revoke endpoint; the one that has it has introspection too."""
    if real_server.revoke_url is None:
        pytest.skip(f"{real_server.name} has no revoke endpoint")
    return real_server


# -- tokens ----------------------------------------------------------------------------------------------------------


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


# -- refusals --------------------------------------------------------------------------------------------------------


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


REFUSALS = (
    Row(
        "wrong password",
        lambda server: ask_password(server, password="wrong"),
        django=Refusal(400, "invalid_grant"),
        node=Refusal(400, "invalid_grant"),
    ),
    Row(
        "unknown user",
        lambda server: ask_password(server, username="bob"),
        django=Refusal(400, "invalid_grant"),
        node=Refusal(400, "invalid_grant"),
    ),
    Row(
        "wrong secret in the Basic header",
        lambda server: ask_token(server, password_form(server), (server.consumer_key, "wrong")),
        django=Refusal(401, "invalid_client", challenge="Bearer error="),
        node=Refusal(401, "invalid_client", challenge="Basic realm="),
    ),
    Row(
        "unknown client in the Basic header",
        lambda server: ask_token(server, password_form(server), ("unknown", "wrong")),
        django=Refusal(401, "invalid_client", challenge="Bearer error="),
        node=Refusal(401, "invalid_client", challenge="Basic realm="),
    ),
    Row(
        "wrong secret in the form",
        _wrong_secret_in_form,
        django=Refusal(401, "invalid_client", challenge="Bearer error="),
        node=Refusal(400, "invalid_client"),
    ),
    Row(
        "confidential client without its secret",
        _confidential_client_without_secret,
        django=Refusal(401, "invalid_client", challenge="Bearer error="),
        node=Refusal(400, "invalid_client"),
    ),
    Row(
        "unknown scope",
        lambda server: ask_password(server, scope="read admin"),
        django=Refusal(400, "invalid_scope"),
        node=Refusal(400, "invalid_scope"),
    ),
    Row(
        "grant the client does not have",
        lambda server: ask_password(server, grant_type="client_credentials"),
        django=Refusal(400, "unauthorized_client"),
        node=Refusal(400, "unauthorized_client"),
    ),
    Row(
        "unknown grant",
        lambda server: ask_password(server, grant_type="unknown"),
        django=Refusal(400, "unsupported_grant_type"),
        node=Refusal(400, "unsupported_grant_type"),
    ),
    Row(
        "JSON instead of a form",
        lambda server: send(server, "POST", server.token_url, json=password_form(server), auth=confidential(server)),
        django=Refusal(400, "unsupported_grant_type"),
        node=Refusal(400, "invalid_request"),
    ),
    Row(
        "unknown refresh token",
        lambda server: ask_refresh(server, "unknown"),
        django=Refusal(400, "invalid_grant"),
        node=Refusal(400, "invalid_grant"),
    ),
    Row(
        "reused refresh token",
        _reused_refresh_token,
        django=Refusal(400, "invalid_grant"),
        node=Refusal(400, "invalid_grant"),
    ),
    Row(
        "refresh token of another client",
        _refresh_token_of_another_client,
        django=Refusal(400, "invalid_grant"),
        node=Refusal(400, "invalid_grant"),
    ),
    Row(
        "refresh to a scope that was not granted",
        lambda server: ask_refresh(server, new_token(server)["refresh_token"], scope="admin"),
        django=Refusal(400, "invalid_scope"),
        node=Refusal(400, "invalid_scope"),
    ),
)


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.name)
def test_token_endpoint_refuses(real_server: SimpleNamespace, row: Row) -> None:
    answer = row.ask(real_server)
    expected = {DJANGO: row.django, NODE: row.node}[real_server.name]
    challenge = answer.headers.get("WWW-Authenticate")
    assert (answer.status_code, answer.json()["error"]) == (expected.status, expected.error)
    if expected.challenge is None:
        assert challenge is None
    else:
        assert challenge is not None
        assert challenge.startswith(expected.challenge)


# -- refresh ---------------------------------------------------------------------------------------------------------


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


# -- the protected API -----------------------------------------------------------------------------------------------


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


# -- revoke and introspect -------------------------------------------------------------------------------------------


def revoke(server: SimpleNamespace, token: str, client: Credentials | None = None) -> requests.Response:
    return send(server, "POST", server.revoke_url, data={"token": token}, auth=client or confidential(server))


def introspect(server: SimpleNamespace, token: str, client: Credentials | None = None) -> requests.Response:
    known = server.introspect_credentials
    credentials = client or (known["client_id"], known["client_secret"])
    return send(server, "POST", server.introspect_url, data={"token": token}, auth=credentials)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(revoking_server: SimpleNamespace, kind: str) -> None:
    token = new_token(revoking_server)
    answer = revoke(revoking_server, token[kind])
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert introspect(revoking_server, token["access_token"]).json() == {"active": False}
    assert ask_api(revoking_server, token["access_token"]).status_code == 401
    refused = ask_refresh(revoking_server, token["refresh_token"])
    assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})


def test_revoking_an_unknown_token_succeeds(revoking_server: SimpleNamespace) -> None:
    answer = revoke(revoking_server, "unknown")
    assert (answer.status_code, answer.content) == (200, b"")


def test_revoking_as_a_wrong_client_changes_nothing(revoking_server: SimpleNamespace) -> None:
    token = new_token(revoking_server)["access_token"]
    answer = revoke(revoking_server, token, (revoking_server.consumer_key, "wrong"))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
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


def test_introspection_refuses_a_wrong_client(revoking_server: SimpleNamespace) -> None:
    answer = introspect(revoking_server, "unknown", ("unknown", "wrong"))
    assert (answer.status_code, answer.content) == (403, b"")
    assert "WWW-Authenticate" not in answer.headers


def test_the_library_s_own_paths_answer_too(revoking_server: SimpleNamespace) -> None:
    base = revoking_server.base_url
    client = confidential(revoking_server)
    token = send(revoking_server, "POST", f"{base}/o/token/", data=password_form(revoking_server), auth=client).json()
    data = {"token": token["access_token"]}
    assert send(revoking_server, "POST", f"{base}/o/revoke_token/", data=data, auth=client).status_code == 200
    assert introspect(revoking_server, token["access_token"]).json() == {"active": False}


# -- TLS, logs and the process ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_certificate_is_good_for(real_server: SimpleNamespace, host: str) -> None:
    assert send(real_server, "GET", real_server.api_url.replace("localhost", host)).status_code == 401


def test_certificate_is_refused_without_the_ca(real_server: SimpleNamespace) -> None:
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
            session.get(real_server.api_url, timeout=30)


def test_access_log_has_requests_and_no_secret(real_server: SimpleNamespace) -> None:
    token = new_token(real_server)["access_token"]
    send(real_server, "GET", real_server.api_url, params={"access_token": token})
    logs = [(real_server.state_dir / name).read_text("utf-8") for name in ("access.log", "server.log")]
    assert " POST /oauth2/token 200\n" in logs[0]
    for secret in (token, real_server.password, real_server.consumer_secret):
        assert not any(secret in log for log in logs)


@pytest.mark.parametrize("name", [DJANGO, NODE])
def test_server_is_gone_after_its_time(start_server: Callable[..., Any], tmp_path: Path, name: str) -> None:
    with start_server(name, tmp_path) as server:
        port = int(server.base_url.rsplit(":", 1)[1])
    assert not (tmp_path / "ready.json").exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_taken_port_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = ["--state-dir", tmp_path, "--ready-file", tmp_path / "ready.json", "--port", taken.getsockname()[1]]
        serve = Path(__file__).with_name("serve.py")
        command = [sys.executable, "-B", str(serve), DJANGO, *map(str, options)]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 1
    assert finished.stderr.startswith(f"{DJANGO}: ")
    assert "Address already in use" in finished.stderr
