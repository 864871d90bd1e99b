# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passwords, tokens and results are unaltered: the server, later tasks and templates get them byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from channels import CORE
from forms import PLUGIN
from playbook import Ansible, Run, TaggedText
from secret_search import compact
from targets import TARGETS
from wso2 import Wso2, running_wso2

# Each also occurs in words, numbers or markup of the result. The last is a space.
PASSWORDS = {
    f"user-{number}": text
    for number, text in enumerate(
        ("a", "36", "admin", "true", "Bearer", "orders_read", "{{ 6 * 7 }}", "!vault |", "%s", " ")
    )
}
OPTIONS = {"username": "{{ inventory_hostname }}", "password": "{{ passwords[inventory_hostname] }}"}
SPECIAL = "odd {{ 6 * 7 }} {% raw %} {# x #} !vault %s \"quoted\" 'twice' \\ \\n u a 36 true admin ${HOME} <&>"


@pytest.fixture(scope="module")
def special_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wso2]:
    """A server that issues only tokens with special characters."""
    with running_wso2(tmp_path_factory.mktemp("special")) as wso2:
        yield wso2


@pytest.fixture
def variables(special_server: Wso2) -> dict[str, Any]:
    """The variables of an inventory, without the user."""
    special_server.reset()
    members = {
        "access_token": SPECIAL,
        "refresh_token": f"r{SPECIAL}",
        "id_token": f"i{SPECIAL}",
        "note": SPECIAL,
        "number": 36,
    }
    special_server.queue_fault("token", times=1_000_000, members=members)
    for user, password in PASSWORDS.items():
        special_server.put_user(user, password=password, roles=["subscriber"])
    return {
        "wso2_token_url": special_server.token_url,
        "wso2_ca_path": special_server.ca_path,
        "wso2_consumer_key": "demo_key",
        "wso2_consumer_secret": "demo_secret",
        "wso2_scope": "orders_read",
    }


@pytest.mark.parametrize("target", ["control node", "ssh"])
def test_a_task_returns_the_exact_values_of_the_server(
    ansible: Ansible, special_server: Wso2, variables: dict[str, Any], tmp_path: Path, target: str
) -> None:
    task = {PLUGIN: OPTIONS, "register": "token", **TARGETS[target]}
    _check_values(_play(ansible, [task, *_write_results("token", tmp_path)], variables), special_server, tmp_path)


def test_a_lookup_returns_the_exact_values_of_the_server(
    ansible: Ansible, special_server: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    call = f"lookup('{PLUGIN}', 'token', username=inventory_hostname, password=passwords[inventory_hostname])"
    _check_values(_play(ansible, _write_results(call, tmp_path), variables), special_server, tmp_path)


def _play(ansible: Ansible, tasks: list[dict[str, Any]], variables: Mapping[str, Any]) -> Run:
    # Unsafe only where it is necessary: in ansible-core 2.19 and later, an unsafe "true" is not a string.
    passwords = {user: TaggedText("!unsafe", text) if "{{" in text else text for user, text in PASSWORDS.items()}
    return ansible.play(tasks, hosts=tuple(PASSWORDS), variables=variables, keywords={"vars": {"passwords": passwords}})


def _write_results(expression: str, directory: Path) -> list[dict[str, Any]]:
    """A task that writes the mapping of EXPRESSION, and its header on the next line, into DIRECTORY."""
    template = directory / "result.j2"
    template.write_text(f"{{{{ ({expression}) | to_json }}}}\n{{{{ ({expression}).authorization }}}}", "utf-8")
    rendered = {"src": str(template), "dest": f"{directory}/{{{{ inventory_hostname }}}}.txt", "mode": "0600"}
    return [{"ansible.builtin.template": rendered, "diff": False}]


def _check_values(run: Run, special_server: Wso2, directory: Path) -> None:
    assert run.returncode == 0, run.stdout + run.stderr
    for user in PASSWORDS:
        written, _line_break, header = (directory / f"{user}.txt").read_text("utf-8").partition("\n")
        result = json.loads(written)
        assert (result["access_token"], result["refresh_token"], result["id_token"]) == (
            SPECIAL,
            f"r{SPECIAL}",
            f"i{SPECIAL}",
        )
        assert result["authorization"] == f"Bearer {SPECIAL}"
        assert (result["scope"], result["token_type"], result["expires"]) == (["orders_read"], "Bearer", True)
        assert result["extra"] == {"note": SPECIAL, "number": 36}
        assert 0 < result["expires_in"] <= 3600
        assert header == f"Bearer {SPECIAL}"
    forms = [dict(entry["form"]) for entry in special_server.token_requests()]
    assert {form["username"]: form["password"] for form in forms} == PASSWORDS
    assert len(forms) == len(PASSWORDS)
    assert run.leaks(SPECIAL, "demo_secret") == []


@pytest.mark.parametrize("entry_point", ["control node", "ssh", "lookup"])
def test_a_failure_is_readable_with_a_short_password(
    ansible: Ansible, special_server: Wso2, variables: dict[str, Any], entry_point: str
) -> None:
    """Characters of a short password are not replaced in other texts."""
    special_server.reset()
    options = {"username": "alice", "password": "{{ wrong }}"}
    lookup = f"{{{{ lookup('{PLUGIN}', username='alice', password=wrong) }}}}"
    debug = {"ansible.builtin.debug": {"msg": lookup}}
    task = debug if entry_point == "lookup" else {PLUGIN: options, **TARGETS[entry_point]}
    run = ansible.play([{**task, "ignore_errors": True}], variables={**variables, "wrong": "a"}, verbosity=0)
    output = compact(run.stdout + run.stderr)
    is_readable = compact("invalid_grant: Authentication failed for alice. Check username and password") in output
    # AnsibleModule itself masks values of no_log options, however short they are.
    assert is_readable == (entry_point != "ssh" or CORE < (2, 22))
