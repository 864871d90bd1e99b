# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook for owners of a server: what it prints, and what it leaves behind."""

from __future__ import annotations

from pathlib import Path

from playbook import Ansible
from running_server import RunningServer
from wso2 import Wso2

PLAYBOOK = Path(__file__).with_name("check_own_server.yml")
PROMISES = 8


def test_every_promise_holds_and_nothing_is_left_behind(ansible: Ansible, wso2: Wso2) -> None:
    run = ansible.run(PLAYBOOK, variables=wso2.demo_variables, verbosity=0)
    assert run.returncode == 0, run.stdout
    assert run.stdout.count("held: ") == PROMISES, run.stdout
    assert "FAILED" not in run.stdout
    assert not run.leaks("demo_secret", "alice-pass")
    requests = [entry["path"] for entry in wso2.journal()]
    assert requests[-1] == "/oauth2/revoke"
    assert "/oauth2/token" in requests


def test_the_promises_hold_on_the_real_server(ansible: Ansible, server: RunningServer) -> None:
    """This client does not have the client credentials grant, which is not a failure."""
    application = server.add_application()
    variables = server.variables(application, server.add_user())
    run = ansible.run(PLAYBOOK, variables=variables, verbosity=0)
    assert run.returncode == 0, run.stdout
    assert run.stdout.count("held: ") == PROMISES - 1, run.stdout
    assert "not tested (the client does not have the client_credentials grant): the application" in run.stdout
    assert "FAILED" not in run.stdout
    assert not run.leaks(variables["wso2_password"], variables["wso2_consumer_secret"])
    # The last token request is that of the application, which got none.
    assert server.requests(application)[-2:] == ["/oauth2/revoke", "/oauth2/token"]


def test_a_rejected_password_is_printed_as_promises_that_failed(ansible: Ansible, wso2: Wso2) -> None:
    variables = {**wso2.demo_variables, "wso2_password": "wrong"}
    run = ansible.run(PLAYBOOK, variables=variables, verbosity=0)
    assert run.returncode != 0
    assert "held: a wrong consumer secret" in run.stdout, run.stdout
    assert "FAILED: a token is issued" in run.stdout
    assert "FAILED: the token is revoked" in run.stdout
