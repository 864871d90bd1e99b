# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nothing is altered: whatever the password and the token are, later tasks and templates have them byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from channels import CORE
from forms import PLUGIN
from playbook import Ansible, Run, TaggedText, write_json
from secret_search import compact
from targets import TARGETS
from wso2 import Wso2, running_wso2

# Each occurs in words, numbers or markup that the result holds besides; the last looks like nothing at all.
PASSWORDS = {
    f"user-{number}": text
    for number, text in enumerate(
        ("a", "36", "admin", "true", "Bearer", "orders_read", "{{ 6 * 7 }}", "!vault |", "%s", " ")
    )
}
OPTIONS = {"username": "{{ inventory_hostname }}", "password": "{{ passwords[inventory_hostname] }}"}
ODD = "odd {{ 6 * 7 }} {% raw %} {# x #} !vault %s \"quoted\" 'twice' \\ \\n u a 36 true admin ${HOME} <&>"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wso2]:
    """A server whose every token is odd."""
    with running_wso2(tmp_path_factory.mktemp("odd")) as wso2:
        yield wso2


@pytest.fixture
def variables(odd: Wso2) -> dict[str, Any]:
    """What an inventory would hold, but for the user."""
    odd.reset()
    members = {"access_token": ODD, "refresh_token": f"r{ODD}", "id_token": f"i{ODD}", "note": ODD, "number": 36}
    odd.queue_fault("token", times=1_000_000, members=members)
    for user, password in PASSWORDS.items():
        odd.put_user(user, password=password, roles=["subscriber"])
    return {
        "wso2_token_url": odd.token_url,
        "wso2_ca_path": odd.ca_path,
        "wso2_consumer_key": "demo_key",
        "wso2_consumer_secret": "demo_secret",
        "wso2_scope": "orders_read",
    }


@pytest.mark.parametrize("place", ["control node", "ssh"])
def test_a_task_hands_out_what_the_server_gave(
    ansible: Ansible, odd: Wso2, variables: dict[str, Any], tmp_path: Path, place: str
) -> None:
    asked = {PLUGIN: OPTIONS, "register": "token", **TARGETS[place]}
    _check(_played(ansible, [asked, *_kept("token", tmp_path)], variables), odd, tmp_path)


def test_a_lookup_hands_out_what_the_server_gave(
    ansible: Ansible, odd: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    call = f"lookup('{PLUGIN}', 'token', username=inventory_hostname, password=passwords[inventory_hostname])"
    _check(_played(ansible, _kept(call, tmp_path), variables), odd, tmp_path)


def _played(ansible: Ansible, tasks: list[dict[str, Any]], variables: Mapping[str, Any]) -> Run:
    # Unsafe only where it is needed: from ansible-core 2.19 on, what is so and reads "true" is no text any more.
    passwords = {user: TaggedText("!unsafe", text) if "{{" in text else text for user, text in PASSWORDS.items()}
    return ansible.play(tasks, hosts=tuple(PASSWORDS), variables=variables, keywords={"vars": {"passwords": passwords}})


def _kept(expression: str, directory: Path) -> list[dict[str, Any]]:
    """Tasks that write the mapping of EXPRESSION and, by a template, its header into DIRECTORY."""
    template = directory / "header.j2"
    template.write_text(f"{{{{ ({expression}).authorization }}}}", "utf-8")
    rendered = {"src": str(template), "dest": f"{directory}/{{{{ inventory_hostname }}}}.txt", "mode": "0600"}
    return [
        write_json(expression, directory / "{{ inventory_hostname }}.json"),
        {"ansible.builtin.template": rendered, "diff": False},
    ]


def _check(run: Run, odd: Wso2, directory: Path) -> None:
    assert run.returncode == 0, run.stdout + run.stderr
    for user in PASSWORDS:
        result = json.loads((directory / f"{user}.json").read_text("utf-8"))
        assert (result["access_token"], result["refresh_token"], result["id_token"]) == (ODD, f"r{ODD}", f"i{ODD}")
        assert result["authorization"] == f"Bearer {ODD}"
        assert (result["scope"], result["token_type"], result["expires"]) == (["orders_read"], "Bearer", True)
        assert result["extra"] == {"note": ODD, "number": 36}
        assert 0 < result["expires_in"] <= 3600
        assert (directory / f"{user}.txt").read_text("utf-8") == f"Bearer {ODD}"
    forms = [dict(entry["form"]) for entry in odd.token_requests()]
    assert {form["username"]: form["password"] for form in forms} == PASSWORDS
    assert len(forms) == len(PASSWORDS)
    assert run.leaks(ODD, "demo_secret") == []


@pytest.mark.parametrize("door", ["control node", "ssh", "lookup"])
def test_a_failure_can_be_read_whatever_the_password(
    ansible: Ansible, odd: Wso2, variables: dict[str, Any], door: str
) -> None:
    """Nor does a password that is too short for it take its letters out of all that is shown."""
    odd.reset()
    options = {"username": "alice", "password": "{{ wrong }}"}
    looked_up = f"{{{{ lookup('{PLUGIN}', username='alice', password=wrong) }}}}"
    asks = {"ansible.builtin.debug": {"msg": looked_up}} if door == "lookup" else {PLUGIN: options, **TARGETS[door]}
    run = ansible.play([{**asks, "ignore_errors": True}], variables={**variables, "wrong": "a"}, verbosity=0)
    said = compact(run.stdout + run.stderr)
    is_readable = compact("invalid_grant: Authentication failed for alice. Check username and password") in said
    # What AnsibleModule is told not to log, it has masked itself, be it as short as it is.
    assert is_readable == (door != "ssh" or CORE < (2, 22))
