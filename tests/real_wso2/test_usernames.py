# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Usernames, tenants and credentials with special characters that a real server accepts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from entry_points import LOOKUP, TASK_ON_CONTROL_NODE, Outcome, run_calls
from playbook import Ansible
from running_server import PASSWORD, TENANT, RunningServer

SPECIAL = "Ä&%+=#\"'\\<1>?/:;"
# The username in the options, where the user is alice, tina of the tenant, or mail with an email address as name.
FORMS: Mapping[str, Mapping[str, Any]] = {
    "bare": {"username": "{alice}"},
    "with the super tenant": {"username": "{alice}@carbon.super"},
    "with organization": {"username": "{alice}", "organization": "carbon.super"},
    "with organization, by its alias": {"username": "{alice}", "tenant": "carbon.super"},
    "with the user store": {"username": "PRIMARY/{alice}"},
    "email address": {"username": "{mail}", "organization": "carbon.super"},
    "of a tenant, SaaS application": {"application": "saas", "username": "{tina}", "organization": TENANT},
    "of a tenant, complete": {"application": "saas", "username": f"{{tina}}@{TENANT}"},
    "special characters": {"username": "{special}", "password": SPECIAL},
    "client in the body": {"username": "{alice}", "client_authentication": "body"},
    "secret with a colon in the body": {
        "application": "colon",
        "username": "{alice}",
        "client_authentication": "body",
    },
    "plain HTTP on a loopback address": {"username": "{alice}", "token_url": "{http}/oauth2/token"},
}


@pytest.mark.parametrize("entry_point", [TASK_ON_CONTROL_NODE, LOOKUP])
def test_every_form_gets_a_valid_token(ansible: Ansible, server: RunningServer, entry_point: str) -> None:
    names = {
        "alice": server.add_user("alice"),
        "mail": f"{server.add_user('mail')}@mail.example",
        "special": server.add_user("Zoë%+&", SPECIAL),
        "http": server.http_url,
    }
    server.administration.add_user(names["mail"], PASSWORD)
    names["tina"] = f"tina{names['alice']}"
    server.tenant_administration.add_user(names["tina"], PASSWORD)
    applications = {
        "usual": server.add_application(),
        "saas": server.add_application(),
        "colon": server.add_application(key=f"{names['alice']}_colon", secret="with:colon&%+"),
    }
    server.administration.configure_application(applications["saas"], saasApp="true")
    calls = {}
    for name, form in FORMS.items():
        options = {option: value if value == SPECIAL else value.format(**names) for option, value in form.items()}
        application = applications[options.pop("application", "usual")]
        calls[name] = {**server.options(application, names["alice"]), **options}
    run, outcomes = run_calls(ansible, entry_point, calls)
    assert not run.leaks(PASSWORD, SPECIAL, applications["usual"].consumer_secret, "with:colon&%+")
    problems = {name: outcome.message for name, outcome in outcomes.items() if not is_valid(outcome, server)}
    assert not problems


def is_valid(outcome: Outcome, server: RunningServer) -> bool:
    """Does the server of any tenant accept the token?"""
    if outcome.failed:
        return False
    token = outcome.result["access_token"]
    return server.is_active(token) or bool(server.tenant_administration.introspect(token, TENANT)["active"])
