# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revocation on a real server, also under another spelling of the username.

All plays are in one run. Each test reads the results of its play.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from administration import Application
from configuration import ADMIN_NAME, ADMIN_PASSWORD
from playbook import Ansible
from real_play import Play, Results, lookup, run_plays, task
from running_server import PASSWORD, RunningServer

# Options of a task for the user ada, with which the server returns the same token as without them.
SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "tenant": {"username": "{ada}@carbon.super"},
    "capitals": {"username": "{ADA}"},
    "user_store": {"username": "PRIMARY/{ada}"},
    "scope": {"scope": "internal_dropped"},
}
ENDS: Mapping[str, Mapping[str, object]] = {"revoked": {"state": "absent"}, "forced": {"force": True}}
HOSTS = {(spelling, end): f"{spelling}_{end}" for spelling in SPELLINGS for end in ENDS}


@dataclass(frozen=True)
class Outcome:
    """The results of each host, the application of the host revoked, and a token of another application."""

    results: Mapping[str, Results]
    application: Application
    foreign: Mapping[str, Any]


def _spelled_hosts(server: RunningServer) -> dict[str, dict[str, Any]]:
    """A user for each host, whose other spelling is in the variables that begin with other."""
    application = server.add_application()
    hosts = {}
    for (spelling, _end), host in HOSTS.items():
        ada = server.add_user("ada")
        options = {name: value.format(ada=ada, ADA=ada.upper()) for name, value in SPELLINGS[spelling].items()}
        hosts[host] = {**server.variables(application, ada), "other": options}
    return hosts


def _spelling_plays(hosts: Mapping[str, Mapping[str, Any]]) -> list[Play]:
    other = {name: f"{{{{ other.{name} | default(omit) }}}}" for name in ("username", "scope")}
    return [
        Play(
            f"spellings, {end}",
            [task("first"), task("other", **other), task("end", **options), task("after", **other)],
            {HOSTS[spelling, end]: hosts[HOSTS[spelling, end]] for spelling in SPELLINGS},
        )
        for end, options in ENDS.items()
    ]


@pytest.fixture(scope="module")
def outcome(server: RunningServer, collections: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The results of one run with all plays."""
    application, user = server.add_application(), server.add_user()
    foreign = server.post(
        "/oauth2/token", server.add_application(), grant_type="password", username=user, password=PASSWORD
    ).json()
    verdict = {
        "name": "verdict",
        "ansible.builtin.set_fact": {"verdict": "{{ {'valid': removed is apiops.wso2.valid_token} }}"},
    }
    own = server.variables(server.add_application("password", "client_credentials"), ADMIN_NAME)
    plays = [
        Play(
            "revoked",
            [task("first"), task("removed", state="absent"), verdict, task("again", state="absent"), lookup("fresh")],
            {"revoked": server.variables(application, user)},
        ),
        *_spelling_plays(_spelled_hosts(server)),
        Play(
            "foreign",
            [task("removal", state="absent", refresh_token=foreign["refresh_token"])],
            {"foreign": server.variables(server.add_application(), user)},
        ),
        Play(
            "owner",
            [task("user"), {"name": "own", "apiops.wso2.wso2_application_token": {}, "register": "own"}],
            {"owner": {**own, "wso2_password": ADMIN_PASSWORD}},
        ),
    ]
    ansible = Ansible(collections, tmp_path_factory.mktemp("revocation"))
    return Outcome(run_plays(ansible, plays), application, foreign)


def test_revoked_tokens_are_dead_and_gone(outcome: Outcome, server: RunningServer) -> None:
    """H19: the result of a revocation holds no token, and the test valid_token says so."""
    results = outcome.results["revoked"]
    first = results["first"]
    assert (results["removed"]["changed"], results["removed"]["revoked"]) == (True, True)
    assert results["verdict"] == {"valid": False}
    assert results["again"]["changed"] is False
    assert not server.is_active(first["access_token"])
    refused = server.post(
        "/oauth2/token", outcome.application, grant_type="refresh_token", refresh_token=first["refresh_token"]
    )
    assert refused.status_code == 400
    assert results["fresh"]["access_token"] != first["access_token"]
    assert server.is_active(results["fresh"]["access_token"])


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_token_has_many_names(outcome: Outcome, server: RunningServer, spelling: str, end: str) -> None:
    """H15: WSO2 issues one token for all spellings, so its end under one of them is its end under all."""
    results = outcome.results[HOSTS[spelling, end]]
    assert results["other"]["access_token"] == results["first"]["access_token"]
    assert not server.is_active(results["first"]["access_token"])
    assert results["after"]["access_token"] != results["first"]["access_token"]
    assert server.is_active(results["after"]["access_token"])


def test_a_token_of_another_client_is_not_reported_as_revoked(outcome: Outcome, server: RunningServer) -> None:
    """The server answers with 200, and revokes nothing. Only for an access token it blames the client (H13)."""
    assert outcome.results["foreign"]["removal"]["revoked"] is None
    token = outcome.foreign["access_token"]
    assert server.is_active(token)
    answer = server.post("/oauth2/revoke", server.add_application(), token=token)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")


def test_owner_token_and_application_token_are_one(outcome: Outcome) -> None:
    """H11: the owner's password grant and the client credentials of the application share a token."""
    results = outcome.results["owner"]
    assert results["own"]["access_token"] == results["user"]["access_token"]
