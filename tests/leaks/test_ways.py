# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every way in which Ansible brings a task its password works on every release, and shows none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from forms import PLUGIN
from playbook import Ansible, TaggedText, write_json
from wso2 import Wso2, running_wso2

SUDO = Path(__file__).resolve().parents[1] / "harness" / "same_user_sudo.sh"
VAULT_PASSWORD = "vault-password"
# What is unsafe keeps its braces.
PASSWORD, BRACES, WRONG = "ways-password-8Rt", "ways-{{ 6 * 7 }}-8Rt", "ways-wrong-8Rt"
USERS = {PASSWORD: "plain", BRACES: "braces"}


def _vaulted(text: str) -> TaggedText:
    return TaggedText("!vault", VaultLib([("v", VaultSecret(VAULT_PASSWORD.encode()))]).encrypt(text).decode())


def _unsafe(text: str) -> TaggedText:
    return TaggedText("!unsafe", text)


@dataclass(frozen=True)
class Way:
    """options, keywords: of the task. play: keywords of the play. lookup: the options of the lookup asked instead."""

    name: str
    options: Mapping[str, Any]
    keywords: Mapping[str, Any]
    play: Mapping[str, Any]
    lookup: str | None

    @property
    def password(self) -> str:
        """What the server is to get."""
        return BRACES if "unsafe" in self.name else PASSWORD

    @property
    def username(self) -> str:
        """Whose password that is."""
        return USERS[self.password]

    def as_play(self, kept: Path) -> dict[str, Any]:
        """A play that asks in this way and writes what came."""
        path = kept / f"{self.name}.json"
        if self.lookup is not None:
            options = ", ".join(filter(None, [f"'{PLUGIN}'", self.lookup]))
            tasks = [write_json(f"lookup({options})", path)]
        else:
            found = "one.results[0]" if "loop" in self.keywords else "one"
            asks = {"name": self.name, PLUGIN: self.options, "register": "one", **self.keywords}
            tasks = [asks, write_json(f"{found}.access_token", path)]
        return {"hosts": "all", "gather_facts": False, "tasks": tasks, **self.play}


def _way(
    name: str,
    options: Mapping[str, Any] | None = None,
    *,
    play: Mapping[str, Any] | None = None,
    lookup: str | None = None,
    **keywords: Any,
) -> Way:
    return Way(name, options or {}, keywords, play or {}, lookup)


GIVEN = {"password": "{{ secret }}"}
SECRET = {"secret": PASSWORD}
VAULTED = _vaulted(PASSWORD)
UNSAFE = _unsafe(BRACES)
BECOME = {"ansible_become_exe": str(SUDO), "ansible_become_method": "sudo", "ansible_become_user": "root"}
WAYS = (
    _way("literal", {"password": PASSWORD}),
    _way("unsafe literal", {"password": UNSAFE}),
    _way("vaulted literal", {"password": VAULTED}),
    _way("variable of the task", GIVEN, vars=SECRET),
    _way("variable of the play", GIVEN, play={"vars": SECRET}),
    _way("unsafe variable", GIVEN, vars={"secret": UNSAFE}),
    _way("vaulted variable", GIVEN, play={"vars": {"secret": VAULTED}}),
    _way("variable of the option", vars={"wso2_password": PASSWORD}),
    _way("unsafe variable of the option", vars={"wso2_password": UNSAFE}),
    _way("vaulted variable of the option", vars={"wso2_password": VAULTED}),
    _way("templated variable of the option", vars={**SECRET, "wso2_password": "{{ secret }}"}),
    _way("option before its variable", GIVEN, vars={**SECRET, "wso2_password": WRONG}),
    _way("task before play", GIVEN, vars=SECRET, play={"vars": {"secret": WRONG}}),
    _way("module_defaults", module_defaults={PLUGIN: GIVEN}, vars=SECRET),
    _way("defaults of the group", module_defaults={"group/apiops.wso2.wso2": GIVEN}, vars=SECRET),
    _way("items", {"password": "{{ item.password }}"}, loop=[{"password": PASSWORD}]),
    _way("unsafe items", {"password": "{{ item }}"}, loop=[UNSAFE]),
    _way("vaulted items", {"password": "{{ item }}"}, loop=[VAULTED]),
    _way("environment", GIVEN, environment={"A": "b"}, vars=SECRET),
    _way("become", GIVEN, become=True, vars={**SECRET, **BECOME}),
    _way("lookup", play={"vars": SECRET}, lookup="password=secret"),
    _way("lookup with an unsafe variable", play={"vars": {"wso2_password": UNSAFE}}, lookup=""),
    _way("lookup with a vaulted variable", play={"vars": {"secret": VAULTED}}, lookup="password=secret"),
    _way("lookup with a vaulted variable of the option", play={"vars": {"wso2_password": VAULTED}}, lookup=""),
)


@pytest.fixture(scope="module")
def wso2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wso2]:
    with running_wso2(tmp_path_factory.mktemp("wso2")) as running:
        running.change(lock_after=0)
        for password, user in USERS.items():
            running.put_user(user, password=password, roles=["subscriber"])
        yield running


def test_every_way_brings_the_password_to_the_server(ansible: Ansible, wso2: Wso2, tmp_path: Path) -> None:
    vault_file = tmp_path / "vault-password"
    vault_file.write_text(VAULT_PASSWORD, "utf-8")
    variables = {
        "wso2_token_url": wso2.token_url,
        "wso2_ca_path": wso2.ca_path,
        "wso2_consumer_key": "demo_key",
        "wso2_consumer_secret": "demo_secret",
        "wso2_token_store": "none",
    }
    plays = [way.as_play(tmp_path) for way in WAYS]
    for way, play in zip(WAYS, plays):
        play["vars"] = {**variables, **play.get("vars", {}), "wso2_username": way.username}
    run = ansible.play_all(
        plays,
        environment={"ANSIBLE_BECOME_ALLOW_SAME_USER": "1"},
        verbosity=3,
        arguments=["--vault-password-file", str(vault_file)],
    )
    assert run.returncode == 0, run.stdout + run.stderr
    sent = [dict(entry["form"]) for entry in wso2.token_requests()]
    assert [(form["username"], form["password"]) for form in sent] == [(way.username, way.password) for way in WAYS]
    tokens = [json.loads((tmp_path / f"{way.name}.json").read_text("utf-8")) for way in WAYS]
    assert all(wso2.is_active(token) for token in tokens)
    assert run.leaks(PASSWORD, BRACES, WRONG, "demo_secret", *tokens) == []
