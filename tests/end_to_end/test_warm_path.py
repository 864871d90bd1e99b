# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a worker does that finds the token there: it loads little, and decrypts once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, written
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
COLLECTION = "ansible_collections.apiops.wso2.plugins."
MENTIONS = ", ".join([f"lookup('{PLUGIN}')"] * 5)
# On what only who asks a server depends, be it the token endpoint or a Redis.
HEAVY = {"requests", "urllib3", "redis"}

# Test plugins beside the playbook: they look around in the worker that has just done the work.
FILTERS = """
import sys

decrypted, opened = [], []

def count(value):
    from ansible_collections.apiops.wso2.plugins.plugin_utils import _seal
    unseal = _seal.Seal.open
    _seal.Seal.open = lambda self, sealed: decrypted.append(1) or unseal(self, sealed)
    sys.addaudithook(lambda event, arguments: event == "open" and opened.append(arguments[0]))
    return value

def counted(value):
    files = [name for name in opened if isinstance(name, str) and not name.endswith((".py", ".pyc"))]
    return {"decrypted": len(decrypted), "opened": [name for name in files if "ansible_collections" not in name]}

def uncompiled(value):
    ours = {name: module.__loader__ for name, module in sys.modules.items() if "apiops.wso2.plugins." in name}
    return sorted(name for name, loader in ours.items() if type(loader).__name__ != "SourceFileLoader")

class FilterModule:
    def filters(self):
        loaded = lambda value: sorted(sys.modules)
        return {"loaded": loaded, "counting": count, "counted": counted, "uncompiled": uncompiled}
"""
ACTION = f"""
import sys
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        surroundings = dict(
            task=self._task, connection=self._connection, play_context=self._play_context, loader=self._loader,
            templar=self._templar, shared_loader_obj=self._shared_loader_obj,
        )
        action = self._shared_loader_obj.action_loader.get("{PLUGIN}", **surroundings)
        return {{"origin": action.run(task_vars=task_vars)["origin"], "modules": sorted(sys.modules)}}
"""
# What of the collection a warm lookup needs. Whoever adds to it adds to the cost of each host and task.
OURS = {
    "lookup.wso2_password_token",
    "module_utils._output_masking",
    "module_utils._redaction",
    "module_utils._token_error",
    "module_utils._token_options",
    "plugin_utils._byte_code",
    "plugin_utils._entry_file",
    "plugin_utils._option_sources",
    "plugin_utils._seal",
    "plugin_utils._secret_options",
    "plugin_utils._warm_answer",
}


@pytest.fixture
def spies(tmp_path: Path) -> None:
    """Puts the test plugins where a playbook in the scratch directory finds them."""
    for kind, name, text in (("filter", "looking_around", FILTERS), ("action", "spied", ACTION)):
        (tmp_path / f"{kind}_plugins").mkdir()
        (tmp_path / f"{kind}_plugins" / f"{name}.py").write_text(text, "utf-8")


@pytest.fixture(params=["run", "a directory"])
def stored(request: pytest.FixtureRequest, variables: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    """The variables, with a store that is worth to be warm."""
    return {**variables, "wso2_token_store": "run" if request.param == "run" else str(tmp_path / "tokens")}


def _told(ansible: Ansible, variables: dict[str, Any], *tasks: dict[str, Any]) -> Any:
    """What the TASKS, of which the first finds nothing, have registered in the end as C(seen)."""
    seen = ansible.scratch / "seen.json"
    run = ansible.play([*tasks, written("seen", seen)], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(seen.read_text("utf-8"))


def _fact(expression: str) -> dict[str, Any]:
    return {"ansible.builtin.set_fact": {"seen": f"{{{{ {expression} }}}}"}, "no_log": True}


def _heavy(modules: list[str]) -> set[str]:
    return HEAVY & set(modules)


@pytest.mark.usefixtures("spies")
def test_a_warm_lookup_loads_little(ansible: Ansible, wso2: Wso2, stored: dict[str, Any]) -> None:
    look_around = _fact(f"[{MENTIONS}, inventory_hostname | loaded] | last")
    modules = _told(ansible, stored, _fact(f"[{MENTIONS}] | length"), look_around)
    assert len(wso2.token_requests()) == 1
    assert {name.removeprefix(COLLECTION) for name in modules if name.startswith(COLLECTION)} - OURS == {
        "lookup", "module_utils", "plugin_utils"
    }  # fmt: skip
    assert _heavy(modules) == set()


@pytest.mark.usefixtures("spies")
def test_a_warm_lookup_compiles_nothing_but_what_loads_the_rest(
    ansible: Ansible, wso2: Wso2, stored: dict[str, Any]
) -> None:
    look_around = _fact(f"[{MENTIONS}, inventory_hostname | uncompiled] | last")
    rooms = _told(ansible, stored, _fact(f"[{MENTIONS}] | length"), look_around)
    packages = {"lookup", "module_utils", "plugin_utils"}
    assert {name.removeprefix(COLLECTION) for name in rooms} - packages == {"plugin_utils._byte_code"}
    assert len(wso2.token_requests()) == 1


@pytest.mark.usefixtures("spies")
@pytest.mark.parametrize("client", ["demo", "public"])
def test_many_mentions_in_one_template_read_and_decrypt_once(
    ansible: Ansible, wso2: Wso2, stored: dict[str, Any], client: str
) -> None:
    stored["wso2_consumer_key"] = f"{client}_key"
    if client == "public":
        del stored["wso2_consumer_secret"]
    count = _fact(f"[inventory_hostname | counting, {MENTIONS}, inventory_hostname | counted] | last")
    seen = _told(ansible, stored, _fact(f"[{MENTIONS}] | length"), count)
    assert seen["decrypted"] == 1
    # A public client has no short way, so each mention looks whether the entry is still the same.
    assert len(seen["opened"]) == {"demo": 1, "public": 5}[client]
    assert len(set(seen["opened"])) == 1
    assert len(wso2.token_requests()) == 1


@pytest.mark.usefixtures("spies")
def test_a_warm_task_loads_nothing_heavy(ansible: Ansible, wso2: Wso2, stored: dict[str, Any]) -> None:
    spied = {"spied": {}, "register": "seen", "no_log": True}
    seen = _told(ansible, stored, spied, spied)
    assert seen["origin"] == "stored"
    assert len(wso2.token_requests()) == 1
    assert _heavy(seen["modules"]) == set()
    assert not {f"{COLLECTION}module_utils._token_endpoint", f"{COLLECTION}module_utils._transport"} & set(
        seen["modules"]
    )
