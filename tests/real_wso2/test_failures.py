# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module and the lookup say when a real server issues no token: one row each, all of them in one run."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from administration import Application
from entry_points import LOOKUP, TASK_ON_CONTROL_NODE, Outcome, run_calls
from playbook import Ansible
from real_play import MODULE, Play, Results, run_plays, task
from running_server import PASSWORD, TENANT, RunningServer

WRONG = "wrong-password"


@dataclass(frozen=True)
class Row:
    """options: changes to a request that works, made from the SUBJECTS. says: parts of the message, in order.

    requests: to the token endpoint of the server, by its access log.
    """

    options: Mapping[str, Any]
    says: tuple[str, ...]
    never: tuple[str, ...] = ()
    requests: int = 1


ROWS = {
    "wrong password": Row({"username": "{wrong}", "password": WRONG}, ("Authentication failed", "Check username")),
    "H1 disabled account": Row({"username": "{disabled}"}, ("17004", "The account is disabled"), ("user store is",)),
    "locked account": Row({"username": "{locked}"}, ("17003", "The account is locked")),
    "H2 SaaS, email address without organization": Row(
        {"application": "saas", "username": "{user}@nosuch.example"}, ("500", "Check organization"), ("Try again",)
    ),
    "H2 SaaS, unknown organization": Row(
        {"application": "saas", "organization": "unknown.example"}, ("500", "Check organization"), ("Try again",)
    ),
    "H3 wrong path": Row(
        {"token_url": "{url}/token"}, ("401", "This is not the token endpoint"), ("consumer_secret",), requests=0
    ),
    "H4 user of another tenant": Row(
        {"username": "{tina}", "organization": TENANT},
        ("{tina}@foo.example", "must belong to the tenant in organization, or be a SaaS application"),
        ("set organization",),
    ),
    "H5 tenant in capitals": Row({"organization": "CARBON.SUPER"}, ("400", "Tenant domains are lower case")),
    "H6 scope of more than 60 characters": Row({"scope": "s" * 61}, ("502", "60 characters"), ("Try again",)),
    "H7 unknown tenant in the path": Row(
        {"token_url": "{url}/t/nosuch.example/oauth2/token"},
        ("404", "The tenant in token_url does not exist"),
        requests=0,
    ),
    "H8 username with a blank at its end": Row(
        {"username": "{user} ", "password": WRONG}, ("username starts or ends with whitespace",)
    ),
    "H17 no consumer_secret": Row(
        {"consumer_secret": "{omit}"},
        ("Unsupported Client Authentication Method!", "This application requires a consumer_secret"),
        ("Check consumer_key", "!."),
    ),
    "wrong consumer_secret": Row(
        {"consumer_secret": "wrong-secret"}, ("401", "Check consumer_key and consumer_secret")
    ),
    "unknown consumer_key": Row(
        {"consumer_key": "no_such_key"}, ("could not be found", "Check consumer_key and consumer_secret")
    ),
    "unknown user store": Row({"username": "OTHER/{user}"}, ("Invalid Domain Name", "user store in front of the /")),
    "secret with a colon in the header": Row(
        {"application": "colon"}, ("colon", "Set client_authentication: body"), requests=0
    ),
    "application without the password grant": Row({"application": "no_password"}, ("password grant",)),
    "plain HTTP to the TLS port": Row(
        {"token_url": "http://localhost:{port}/oauth2/token"}, ("Use an https:// URL",), requests=0
    ),
    "no ca_path": Row({"ca_path": "{omit}"}, ("certificate", "ca_path"), requests=0),
    "H14 certificate that WSO2 ships": Row(
        {"token_url": "{shipped}/oauth2/token", "ca_path": "{omit}"},
        ("self-signed certificate", "it has expired"),
        requests=0,
    ),
    "H14 certificate that WSO2 ships, named by ca_path": Row(
        {"token_url": "{shipped}/oauth2/token", "ca_path": "{shipped_ca}"},
        ("certificate has expired", "2024-04-30 or 2025-01-07"),
        requests=0,
    ),
}
OUTCOMES: dict[str, tuple[dict[str, Outcome], int, dict[str, str]]] = {}


def _subjects(server: RunningServer, scratch: Path) -> tuple[dict[str, str], dict[str, Application]]:
    """Users in the state that the rows need, and the applications."""
    values = {name: server.add_user() for name in ("user", "wrong", "disabled", "locked")}
    server.administration.set_claim(values["disabled"], "accountDisabled", "true")
    applications = {
        "usual": server.add_application(),
        "saas": server.add_application(),
        "no_password": server.add_application("client_credentials"),
        "colon": server.add_application(key=f"{values['user']}_colon", secret="with:colon"),
    }
    server.administration.configure_application(applications["saas"], saasApp="true")
    for _attempt in range(3):
        server.post(
            "/oauth2/token", applications["usual"], grant_type="password", username=values["locked"], password=WRONG
        )
    values["tina"] = "tina" + values["user"]
    server.tenant_administration.add_user(values["tina"], PASSWORD)
    values |= {"url": server.url, "shipped": server.shipped_url, "port": server.url.rpartition(":")[2]}
    values["shipped_ca"] = str(_shipped_certificate(server, scratch))
    return values, applications


def _shipped_certificate(server: RunningServer, scratch: Path) -> Path:
    command = ["keytool", "-exportcert", "-rfc", "-alias", "wso2carbon", "-storepass", "wso2carbon"]
    done = subprocess.run([*command, "-keystore", server.shipped_key_store], capture_output=True, check=True)
    path = scratch / "shipped.pem"
    path.write_bytes(done.stdout)
    return path


def _call(row: Row, values: Mapping[str, str], applications: Mapping[str, Application], server: RunningServer) -> Any:
    changes = {name: value.format(omit="{{ omit }}", **values) for name, value in row.options.items()}
    options = server.options(applications[changes.pop("application", "usual")], values["user"])
    options |= changes
    return {name: value for name, value in options.items() if value != "{{ omit }}"}


@pytest.fixture
def outcomes(
    request: pytest.FixtureRequest, server: RunningServer, collections: Path, tmp_path: Path
) -> tuple[dict[str, Outcome], int, dict[str, str]]:
    """All rows through one entry point. The number of requests that reached the token endpoint, and the subjects."""
    entry_point: str = request.param
    if entry_point not in OUTCOMES:
        values, applications = _subjects(server, tmp_path)
        calls = {name: _call(row, values, applications, server) for name, row in ROWS.items()}
        before = server.token_requests()
        run, outcomes = run_calls(Ansible(collections, tmp_path), entry_point, calls, failing=list(ROWS))
        assert not run.leaks(PASSWORD, applications["usual"].consumer_secret, "with:colon")
        OUTCOMES[entry_point] = outcomes, server.token_requests() - before, values
    return OUTCOMES[entry_point]


@pytest.mark.parametrize("outcomes", [TASK_ON_CONTROL_NODE, LOOKUP], indirect=True)
@pytest.mark.parametrize("name", ROWS)
def test_message(outcomes: tuple[dict[str, Outcome], int, dict[str, str]], name: str) -> None:
    outcome, row, values = outcomes[0][name], ROWS[name], outcomes[2]
    assert outcome.failed
    for part in row.says:
        assert part.format(**values) in outcome.message
    for part in row.never:
        assert part not in outcome.message


@pytest.mark.parametrize("outcomes", [TASK_ON_CONTROL_NODE, LOOKUP], indirect=True)
def test_each_failure_costs_one_request(outcomes: tuple[dict[str, Outcome], int, dict[str, str]]) -> None:
    """A second request cannot help in any of these, and locks accounts."""
    assert outcomes[1] == sum(row.requests for row in ROWS.values())


@dataclass(frozen=True)
class Rejections:
    """The results of the hosts whose password is wrong, and the users that they share."""

    results: Mapping[str, Results]
    user: str
    application: Application
    forcing_user: str


@pytest.fixture(scope="module")
def rejections(server: RunningServer, collections: Path, tmp_path_factory: pytest.TempPathFactory) -> Rejections:
    """Twelve hosts with a scope for each of them, and three hosts with force, in one run."""
    user, forcing_user, application = server.add_user("eve"), server.add_user("eve"), server.add_application()
    variables = {**server.variables(application, user), "wso2_password": WRONG}
    scope = "device_{{ inventory_hostname }}"
    value = {"token": f"{{{{ lookup('{MODULE}') }}}}"}
    tasks = [
        task("header", scope=scope),
        task("body", scope=scope, client_authentication="body"),
        {"name": "lookup", "ansible.builtin.set_fact": value, "register": "lookup"},
    ]
    plays = [
        Play("scopes", tasks, {f"host{number}": variables for number in range(12)}),
        Play(
            "force",
            [task("first"), task("forced", force=True)],
            {f"forcing{number}": {**variables, "wso2_username": forcing_user} for number in range(3)},
        ),
    ]
    results = run_plays(Ansible(collections, tmp_path_factory.mktemp("rejections")), plays)
    return Rejections(results, user, application, forcing_user)


def test_a_wrong_password_costs_one_failed_login(rejections: Rejections, server: RunningServer) -> None:
    """Twelve hosts, a scope for each of them, the module and the lookup: the third failed login locks the account."""
    for number in range(12):
        results = rejections.results[f"host{number}"]
        for name in ("header", "body", "lookup"):
            assert results[name]["failed"]
            assert "Authentication failed" in results[name]["msg"]
    assert server.failed_logins(rejections.user) == 1
    answer = server.post(
        "/oauth2/token", rejections.application, grant_type="password", username=rejections.user, password=PASSWORD
    )
    assert answer.status_code == 200


def test_force_sends_a_rejected_password_again(rejections: Rejections, server: RunningServer) -> None:
    """A second run, or force, is a second attempt, and no more than that."""
    for number in range(3):
        results = rejections.results[f"forcing{number}"]
        assert results["first"]["failed"]
        assert results["forced"]["failed"]
    assert server.failed_logins(rejections.forcing_user) == 2
