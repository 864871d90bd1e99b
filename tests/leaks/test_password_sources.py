# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every source that Ansible has for the password of a task works with every release, and none is shown."""

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
# Unsafe strings keep their braces.
PASSWORD, BRACES, WRONG = "sources-password-8Rt", "sources-{{ 6 * 7 }}-8Rt", "sources-wrong-8Rt"
USERS = {PASSWORD: "plain", BRACES: "braces"}


def _vaulted(text: str) -> TaggedText:
    return TaggedText("!vault", VaultLib([("v", VaultSecret(VAULT_PASSWORD.encode()))]).encrypt(text).decode())


def _unsafe(text: str) -> TaggedText:
    return TaggedText("!unsafe", text)


@dataclass(frozen=True)
class PasswordSource:
    """options, keywords: of the task. play: keywords of the play. lookup: options of the lookup, or None for a task."""

    name: str
    options: Mapping[str, Any]
    keywords: Mapping[str, Any]
    play: Mapping[str, Any]
    lookup: str | None

    @property
    def password(self) -> str:
        """The password that the server must receive."""
        return BRACES if "unsafe" in self.name else PASSWORD

    @property
    def username(self) -> str:
        """The user with this password."""
        return USERS[self.password]

    @property
    def variable(self) -> str:
        """The variable that keeps the token for the last play."""
        return f"token_{self.name.replace(' ', '_')}"

    def as_play(self) -> dict[str, Any]:
        """A play that gets a token with this password and keeps it in C(variable)."""
        if self.lookup is not None:
            options = ", ".join(filter(None, [f"'{PLUGIN}'", self.lookup]))
            token, tasks = f"lookup({options})", []
        else:
            token = f"{'registered.results[0]' if 'loop' in self.keywords else 'registered'}.access_token"
            tasks = [{"name": self.name, PLUGIN: self.options, "register": "registered", **self.keywords}]
        tasks.append({"ansible.builtin.set_fact": {self.variable: f"{{{{ {token} }}}}"}, "no_log": True})
        return {"hosts": "all", "gather_facts": False, "tasks": tasks, **self.play}


def _source(
    name: str,
    options: Mapping[str, Any] | None = None,
    *,
    play: Mapping[str, Any] | None = None,
    lookup: str | None = None,
    **keywords: Any,
) -> PasswordSource:
    return PasswordSource(name, options or {}, keywords, play or {}, lookup)


GIVEN = {"password": "{{ secret }}"}
SECRET = {"secret": PASSWORD}
VAULTED = _vaulted(PASSWORD)
UNSAFE = _unsafe(BRACES)
BECOME = {"ansible_become_exe": str(SUDO), "ansible_become_method": "sudo", "ansible_become_user": "root"}
PASSWORD_SOURCES = (
    _source("literal", {"password": PASSWORD}),
    _source("unsafe literal", {"password": UNSAFE}),
    _source("vaulted literal", {"password": VAULTED}),
    _source("variable of the task", GIVEN, vars=SECRET),
    _source("variable of the play", GIVEN, play={"vars": SECRET}),
    _source("unsafe variable", GIVEN, vars={"secret": UNSAFE}),
    _source("vaulted variable", GIVEN, play={"vars": {"secret": VAULTED}}),
    _source("variable of the option", vars={"wso2_password": PASSWORD}),
    _source("unsafe variable of the option", vars={"wso2_password": UNSAFE}),
    _source("vaulted variable of the option", vars={"wso2_password": VAULTED}),
    _source("templated variable of the option", vars={**SECRET, "wso2_password": "{{ secret }}"}),
    _source("option before its variable", GIVEN, vars={**SECRET, "wso2_password": WRONG}),
    _source("task before play", GIVEN, vars=SECRET, play={"vars": {"secret": WRONG}}),
    _source("module_defaults", module_defaults={PLUGIN: GIVEN}, vars=SECRET),
    _source("defaults of the group", module_defaults={"group/apiops.wso2.wso2": GIVEN}, vars=SECRET),
    _source("items", {"password": "{{ item.password }}"}, loop=[{"password": PASSWORD}]),
    _source("unsafe items", {"password": "{{ item }}"}, loop=[UNSAFE]),
    _source("vaulted items", {"password": "{{ item }}"}, loop=[VAULTED]),
    _source("environment", GIVEN, environment={"A": "b"}, vars=SECRET),
    _source("become", GIVEN, become=True, vars={**SECRET, **BECOME}),
    _source("lookup", play={"vars": SECRET}, lookup="password=secret"),
    _source("lookup with an unsafe variable", play={"vars": {"wso2_password": UNSAFE}}, lookup=""),
    _source("lookup with a vaulted variable", play={"vars": {"secret": VAULTED}}, lookup="password=secret"),
    _source("lookup with a vaulted variable of the option", play={"vars": {"wso2_password": VAULTED}}, lookup=""),
)


@pytest.fixture(scope="module")
def wso2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wso2]:
    with running_wso2(tmp_path_factory.mktemp("wso2")) as running:
        running.change(lock_after=0)
        for password, user in USERS.items():
            running.put_user(user, password=password, roles=["subscriber"])
        yield running


def test_the_server_receives_the_password_of_every_source(ansible: Ansible, wso2: Wso2, tmp_path: Path) -> None:
    vault_file = tmp_path / "vault-password"
    vault_file.write_text(VAULT_PASSWORD, "utf-8")
    variables = {
        "wso2_token_url": wso2.token_url,
        "wso2_ca_path": wso2.ca_path,
        "wso2_consumer_key": "demo_key",
        "wso2_consumer_secret": "demo_secret",
        "wso2_token_store": "none",
    }
    plays = [source.as_play() for source in PASSWORD_SOURCES]
    for source, play in zip(PASSWORD_SOURCES, plays):
        play["vars"] = {**variables, **play.get("vars", {}), "wso2_username": source.username}
    kept = ", ".join(source.variable for source in PASSWORD_SOURCES)
    plays.append({"hosts": "all", "gather_facts": False, "tasks": [write_json(f"[{kept}]", tmp_path / "tokens.json")]})
    run = ansible.play_all(
        plays,
        environment={"ANSIBLE_BECOME_ALLOW_SAME_USER": "1"},
        verbosity=3,
        arguments=["--vault-password-file", str(vault_file)],
    )
    assert run.returncode == 0, run.stdout + run.stderr
    sent = [dict(entry["form"]) for entry in wso2.token_requests()]
    assert [(form["username"], form["password"]) for form in sent] == [
        (source.username, source.password) for source in PASSWORD_SOURCES
    ]
    tokens = json.loads((tmp_path / "tokens.json").read_text("utf-8"))
    assert len(tokens) == len(PASSWORD_SOURCES)
    assert all(wso2.is_active(token) for token in tokens)
    assert run.leaks(PASSWORD, BRACES, WRONG, "demo_secret", *tokens) == []
