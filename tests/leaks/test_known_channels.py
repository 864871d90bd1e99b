# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Channels that ansible-core keeps open, whatever a plugin does: exactly these, in exactly these releases.

And a copy of the collection that protects nothing, to see that the search would find what there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import sabotage
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from channels import CORE, Channels, Examined, examine
from forms import PLUGIN
from playbook import Ansible, TaggedText
from targets import TARGETS
from wso2 import Wso2, running_wso2

PASSWORD = "known-password-3Tq"
VAULT_PASSWORD = "vault-password"


def _vaulted() -> TaggedText:
    secret = VaultSecret(VAULT_PASSWORD.encode())
    return TaggedText("!vault", VaultLib([("default", secret)]).encrypt(PASSWORD).decode())


AS_USUAL = Channels("as usual", 3)


@dataclass(frozen=True)
class Known:
    """password, token: the channels that show it, and the first release of ansible-core in which they do not.

    literal: what stands in the playbook in the place of the variable that holds the password.
    """

    name: str
    channels: Channels = AS_USUAL
    place: str = "control node"
    literal: Any = None
    password: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    token: Mapping[str, tuple[int, int]] = field(default_factory=dict)


DEBUG = Channels("debug", 3, {"ANSIBLE_DEBUG": "1"})
KEPT = Channels("kept", 3, {"ANSIBLE_KEEP_REMOTE_FILES": "1"})
MASKED = (2, 22)
NEVER = (9, 9)

CASES = (
    Known("nothing special"),
    Known("nothing special, shipped", place="ssh"),
    Known("ANSIBLE_DEBUG", DEBUG),
    Known("ANSIBLE_DEBUG, shipped", DEBUG, "ssh", password={"stdout": MASKED}, token={"stdout": NEVER}),
    Known("kept files", KEPT),
    Known("kept files, shipped", KEPT, "ssh", password={"remote files": NEVER}),
    Known("literal", literal=PASSWORD, password={"stdout": NEVER, "log": NEVER, "channel-junit": MASKED}),
    Known("inline vault", literal=_vaulted(), password={"stdout": MASKED, "log": MASKED, "channel-junit": MASKED}),
)


@pytest.fixture(scope="module")
def wso2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wso2]:
    with running_wso2(tmp_path_factory.mktemp("wso2")) as running:
        running.change(token_format="jwt")
        running.put_user("known", password=PASSWORD, roles=["subscriber"])
        yield running


@pytest.mark.parametrize("known", CASES, ids=lambda known: known.name)
def test_what_is_known_to_be_open(ansible: Ansible, wso2: Wso2, known: Known) -> None:
    examined = _examined(ansible, wso2, PLUGIN, known)
    assert examined.run.returncode == 0, examined.run.stdout
    assert _where(examined, [PASSWORD]) == _still_open(known.password)
    assert _where(examined, _tokens(wso2)) == _still_open(known.token)


@pytest.mark.parametrize("place", ["control node", "ssh"])
def test_a_collection_without_protection_is_found_out(ansible: Ansible, wso2: Wso2, place: str) -> None:
    examined = _examined(ansible, wso2, sabotage.LEAKING_PLUGIN, Known("leaking", place=place))
    assert examined.run.returncode == 0, examined.run.stdout
    everywhere = {"stdout", "log", "channel-junit", "channel-tree", "channel-spy"}
    assert _where(examined, _tokens(wso2)) == everywhere
    assert "channel-spy" in _where(examined, [PASSWORD])


def _examined(ansible: Ansible, wso2: Wso2, plugin: str, known: Known) -> Examined:
    variables = {
        "ansible_connection": "local",
        "wso2_token_url": wso2.token_url,
        "wso2_ca_path": wso2.ca_path,
        "wso2_consumer_key": "demo_key",
        "wso2_consumer_secret": "demo_secret",
        "wso2_token_store": "none",
        "given_password": PASSWORD,
    }
    options = {"username": "known", "password": known.literal or "{{ given_password }}"}
    task = {"name": "Ask", plugin: options, **TARGETS[known.place]}
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
    return examine(
        ansible, "ansible-playbook", [f"{inputs}/{word}" if word in texts else word for word in command], known.channels
    )


def _still_open(channels: Mapping[str, tuple[int, int]]) -> set[str]:
    return {name for name, clean_from in channels.items() if clean_from > CORE}


def _tokens(wso2: Wso2) -> list[str]:
    return [token[kind] for token in wso2.all_tokens() for kind in ("access_token", "refresh_token")]


def _where(examined: Examined, secrets: list[str]) -> set[str]:
    """The channels in which one of SECRETS is; files by what they are."""
    return {
        "remote files" if "AnsiballZ" in name else name.split("/", maxsplit=1)[0] for name in examined.leaks(secrets)
    }
