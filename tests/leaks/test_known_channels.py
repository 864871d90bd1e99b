# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Channels in which ansible-core itself shows secrets, in which releases. Plugins cannot prevent these.

The mutant that protects no secrets is the control: the search must find its leaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from channels import CORE, Channels, RecordedRun, record_run
from forms import PLUGIN
from mutants import LEAKING_PLUGIN
from playbook import Ansible, TaggedText
from targets import TARGETS
from wso2 import Wso2, running_wso2

PASSWORD = "known-password-3Tq"
VAULT_PASSWORD = "vault-password"


def _vaulted() -> TaggedText:
    secret = VaultSecret(VAULT_PASSWORD.encode())
    return TaggedText("!vault", VaultLib([("default", secret)]).encrypt(PASSWORD).decode())


DEFAULT = Channels("default", 3)


@dataclass(frozen=True)
class KnownLeak:
    """password, token: the channels that show it, and the first release of ansible-core in which they do not.

    literal: the value in the playbook that replaces the variable with the password.
    """

    name: str
    channels: Channels = DEFAULT
    target: str = "control node"
    literal: Any = None
    password: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    token: Mapping[str, tuple[int, int]] = field(default_factory=dict)


DEBUG = Channels("debug", 3, {"ANSIBLE_DEBUG": "1"})
KEPT_FILES = Channels("kept", 3, {"ANSIBLE_KEEP_REMOTE_FILES": "1"})
MASKED = (2, 22)
NEVER = (9, 9)

CASES = (
    KnownLeak("no settings"),
    KnownLeak("no settings, managed node", target="ssh"),
    KnownLeak("ANSIBLE_DEBUG", DEBUG),
    KnownLeak("ANSIBLE_DEBUG, managed node", DEBUG, "ssh", password={"stdout": MASKED}, token={"stdout": NEVER}),
    KnownLeak("kept files", KEPT_FILES),
    KnownLeak("kept files, managed node", KEPT_FILES, "ssh", password={"remote files": NEVER}),
    KnownLeak("literal", literal=PASSWORD, password={"stdout": NEVER, "log": NEVER, "channel-junit": MASKED}),
    KnownLeak("inline vault", literal=_vaulted(), password={"stdout": MASKED, "log": MASKED, "channel-junit": MASKED}),
)


@pytest.fixture(scope="module")
def wso2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wso2]:
    with running_wso2(tmp_path_factory.mktemp("wso2")) as running:
        running.change(token_format="jwt")
        running.put_user("known", password=PASSWORD, roles=["subscriber"])
        yield running


@pytest.mark.parametrize("known", CASES, ids=lambda known: known.name)
def test_known_leaks(ansible: Ansible, wso2: Wso2, known: KnownLeak) -> None:
    recorded = _record(ansible, wso2, PLUGIN, known)
    assert recorded.run.returncode == 0, recorded.run.stdout
    assert _channels_with(recorded, [PASSWORD]) == _open_channels(known.password)
    assert _channels_with(recorded, _tokens(wso2)) == _open_channels(known.token)


@pytest.mark.parametrize("target", ["control node", "ssh"])
def test_the_search_finds_the_leaks_of_a_mutant(ansible: Ansible, wso2: Wso2, target: str) -> None:
    recorded = _record(ansible, wso2, LEAKING_PLUGIN, KnownLeak("leaking", target=target))
    assert recorded.run.returncode == 0, recorded.run.stdout
    channels = {"stdout", "log", "channel-junit", "channel-tree", "channel-recorder"}
    assert _channels_with(recorded, _tokens(wso2)) == channels
    assert "channel-recorder" in _channels_with(recorded, [PASSWORD])


def _record(ansible: Ansible, wso2: Wso2, plugin: str, known: KnownLeak) -> RecordedRun:
    variables = {
        "ansible_connection": "local",
        "wso2_token_url": wso2.token_url,
        "wso2_ca_path": wso2.ca_path,
        "wso2_consumer_key": "demo_key",
        "wso2_consumer_secret": "demo_secret",
        "wso2_token_store": "none",
        "password_variable": PASSWORD,
    }
    options = {"username": "known", "password": known.literal or "{{ password_variable }}"}
    task = {"name": "Get a token", plugin: options, **TARGETS[known.target]}
    inputs = ansible.scratch / "inputs"
    inputs.mkdir()
    texts = {
        "vault-password": VAULT_PASSWORD,
        "playbook.yml": yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [task]}]),
        "inventory.yml": yaml.safe_dump({"all": {"hosts": {"known": variables}}}),
    }
    for name, text in texts.items():
        (inputs / name).write_text(text, "utf-8")
    command = ["playbook.yml", "-i", "inventory.yml", "--vault-password-file", "vault-password"]
    return record_run(
        ansible, "ansible-playbook", [f"{inputs}/{word}" if word in texts else word for word in command], known.channels
    )


def _open_channels(channels: Mapping[str, tuple[int, int]]) -> set[str]:
    return {name for name, fixed_in in channels.items() if fixed_in > CORE}


def _tokens(wso2: Wso2) -> list[str]:
    return [token[kind] for token in wso2.all_tokens() for kind in ("access_token", "refresh_token")]


def _channels_with(recorded: RecordedRun, secrets: list[str]) -> set[str]:
    """The channels that contain one of SECRETS. Files are named by their kind."""
    return {
        "remote files" if "AnsiballZ" in name else name.split("/", maxsplit=1)[0] for name in recorded.leaks(secrets)
    }
