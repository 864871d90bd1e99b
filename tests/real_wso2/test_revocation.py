# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revocation on a real server, also under another spelling of the username."""

from __future__ import annotations

import pytest
from playbook import Ansible
from real_play import lookup, play, task
from running_server import PASSWORD, RunningServer


def test_revoked_tokens_are_dead_and_gone(ansible: Ansible, server: RunningServer) -> None:
    """H19: the result of a revocation holds no token, and the test valid_token says so."""
    application = server.add_application()
    tasks = [
        task("first"),
        task("removed", state="absent"),
        {
            "name": "verdict",
            "ansible.builtin.set_fact": {"verdict": "{{ {'valid': removed is apiops.wso2.valid_token} }}"},
        },
        task("again", state="absent"),
        lookup("fresh"),
    ]
    results = play(ansible, tasks, server.variables(application, server.add_user()))
    first = results["first"]
    assert (results["removed"]["changed"], results["removed"]["revoked"]) == (True, True)
    assert results["verdict"] == {"valid": False}
    assert results["again"]["changed"] is False
    assert not server.is_active(first["access_token"])
    refused = server.post(
        "/oauth2/token", application, grant_type="refresh_token", refresh_token=first["refresh_token"]
    )
    assert refused.status_code == 400
    assert results["fresh"]["access_token"] != first["access_token"]
    assert server.is_active(results["fresh"]["access_token"])


@pytest.mark.parametrize("end", [{"state": "absent"}, {"force": True}], ids=["revoked", "forced"])
@pytest.mark.parametrize("spelling", ["tenant", "capitals", "user store", "scope"])
def test_one_token_has_many_names(
    ansible: Ansible, server: RunningServer, spelling: str, end: dict[str, object]
) -> None:
    """H15: WSO2 issues one token for all spellings, so its end under one of them is its end under all."""
    user = server.add_user("ada")
    other: dict[str, object] = {
        "tenant": {"username": f"{user}@carbon.super"},
        "capitals": {"username": user.upper()},
        "user store": {"username": f"PRIMARY/{user}"},
        "scope": {"scope": "internal_dropped"},
    }[spelling]
    tasks = [task("first"), task("other", **other), task("end", **end), task("after", **other)]
    results = play(ansible, tasks, server.variables(server.add_application(), user))
    assert results["other"]["access_token"] == results["first"]["access_token"]
    assert not server.is_active(results["first"]["access_token"])
    assert results["after"]["access_token"] != results["first"]["access_token"]
    assert server.is_active(results["after"]["access_token"])


def test_a_token_of_another_client_is_not_reported_as_revoked(ansible: Ansible, server: RunningServer) -> None:
    """The server answers with 200, and revokes nothing. Only for an access token it blames the client (H13)."""
    user = server.add_user()
    token = server.post(
        "/oauth2/token", server.add_application(), grant_type="password", username=user, password=PASSWORD
    ).json()
    removal = task("removal", state="absent", refresh_token=token["refresh_token"])
    results = play(ansible, [removal], server.variables(server.add_application(), user))
    assert results["removal"]["revoked"] is None
    assert server.is_active(token["access_token"])
    answer = server.post("/oauth2/revoke", server.add_application(), token=token["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")


def test_owner_token_and_application_token_are_one(ansible: Ansible, server: RunningServer) -> None:
    """H11: the owner's password grant and the client credentials of the application share a token."""
    application = server.add_application("password", "client_credentials")
    variables = {
        **server.variables(application, "admin"),
        "wso2_password": "admin",
    }
    own = {"name": "own", "apiops.wso2.wso2_application_token": {}, "register": "own"}
    results = play(ansible, [task("user"), own], variables, secret_password=False)
    assert results["own"]["access_token"] == results["user"]["access_token"]
