# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a worker does that finds the token there: it loads little, opens one file, and decrypts once."""

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
PACKAGES = {"lookup", "module_utils", "plugin_utils"}

# What of the collection a warm lookup needs. Whoever adds to it adds to the cost of each host and task.
OURS = {
    "lookup.wso2_password_token",
    "module_utils._secrets_api",
    "module_utils._errors",
    "module_utils._argspec",
    "plugin_utils._byte_code",
    "plugin_utils._entry_file",
    "plugin_utils._options",
    "plugin_utils._encryption",
    "plugin_utils._secret_options",
    "plugin_utils._warm_answer",
}
# What of Python and of other libraries it needs that some ansible-core has not loaded for itself.
OTHERS = {"cryptography.hazmat.primitives.ciphers.aead", "gc", "hmac"}

# Test plugins beside the playbook: they look around in the worker that does the work.
COUNTING = """
import sys

sealed, unsealed, opened = [], [], []

def count():
    from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import Seal
    seal, unseal = Seal.close, Seal.open
    Seal.close = lambda self, content: sealed.append(1) or seal(self, content)
    Seal.open = lambda self, content: unsealed.append(1) or unseal(self, content)
    sys.addaudithook(lambda event, arguments: event == "open" and opened.append(arguments[0]))

def counted():
    files = [name for name in opened if isinstance(name, str) and not name.endswith((".py", ".pyc"))]
    files = [name for name in files if "ansible_collections" not in name]
    return {"sealed": len(sealed), "unsealed": len(unsealed), "opened": files}
"""
FILTERS = f"""
{COUNTING}

def uncompiled(value):
    ours = {{name: module.__loader__ for name, module in sys.modules.items() if "apiops.wso2.plugins." in name}}
    return sorted(name for name, loader in ours.items() if type(loader).__name__ != "SourceFileLoader")

class FilterModule:
    def filters(self):
        return {{
            "loaded": lambda value: sorted(sys.modules),
            "uncompiled": uncompiled,
            "counting": lambda value: count() or value,
            "counted": lambda value: counted(),
        }}
"""
ACTION = f"""
from ansible.plugins.action import ActionBase
{COUNTING}

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        surroundings = dict(
            task=self._task, connection=self._connection, play_context=self._play_context, loader=self._loader,
            templar=self._templar, shared_loader_obj=self._shared_loader_obj,
        )
        action = self._shared_loader_obj.action_loader.get("{PLUGIN}", **surroundings)
        before = set(sys.modules)
        count()
        origin = action.run(task_vars=task_vars)["origin"]
        return {{"origin": origin, "loaded": sorted(set(sys.modules) - before), **counted()}}
"""


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


SPIED: dict[str, Any] = {"spied": {}, "register": "seen", "no_log": True}


def _told(ansible: Ansible, variables: dict[str, Any], *tasks: dict[str, Any]) -> Any:
    """What the TASKS, of which the first finds nothing, have registered in the end as C(seen)."""
    seen = ansible.scratch / "seen.json"
    run = ansible.play([*tasks, written("seen", seen)], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(seen.read_text("utf-8"))


def _fact(expression: str) -> dict[str, Any]:
    return {"ansible.builtin.set_fact": {"seen": f"{{{{ {expression} }}}}"}, "no_log": True}


def _parts(modules: set[str]) -> set[str]:
    """Those of MODULES that are of the collection, without what all their names begin with."""
    return {name.removeprefix(COLLECTION) for name in modules if name.startswith(COLLECTION)} - PACKAGES


def _others(modules: set[str]) -> set[str]:
    """Those of MODULES that are neither of the collection nor of ansible-core."""
    return {name for name in modules if not name.startswith(("ansible.", "ansible_collections."))}


def _loaded_for(ansible: Ansible, variables: dict[str, Any], first: dict[str, Any]) -> set[str]:
    """The modules that a worker loads for some mentions, after another worker has done what FIRST says."""
    look_around = _fact(f"[[inventory_hostname | loaded], {MENTIONS}, [inventory_hostname | loaded]]")
    seen = _told(ansible, variables, first, look_around)
    return set(seen[-1][0]) - set(seen[0][0])


@pytest.mark.usefixtures("spies")
def test_a_warm_lookup_loads_little(ansible: Ansible, wso2: Wso2, stored: dict[str, Any]) -> None:
    loaded = _loaded_for(ansible, stored, _fact(f"[{MENTIONS}] | length"))
    assert len(wso2.token_requests()) == 1
    assert _parts(loaded) == OURS
    assert _others(loaded) <= OTHERS


@pytest.mark.usefixtures("spies")
def test_a_lookup_after_a_task_loads_itself_alone(ansible: Ansible, wso2: Wso2, stored: dict[str, Any]) -> None:
    loaded = _loaded_for(ansible, stored, {PLUGIN: {}})
    assert len(wso2.token_requests()) == 1
    assert _parts(loaded) == {"lookup.wso2_password_token"}
    assert _others(loaded) == set()


@pytest.mark.usefixtures("spies")
def test_a_warm_lookup_compiles_nothing_but_what_loads_the_rest(
    ansible: Ansible, wso2: Wso2, stored: dict[str, Any]
) -> None:
    look_around = _fact(f"[{MENTIONS}, inventory_hostname | uncompiled] | last")
    rooms = _told(ansible, stored, _fact(f"[{MENTIONS}] | length"), look_around)
    assert _parts(set(rooms)) == {"plugin_utils._byte_code"}
    assert len(wso2.token_requests()) == 1


@pytest.mark.usefixtures("spies")
@pytest.mark.parametrize("client", ["demo", "public"])
def test_many_mentions_in_one_template_read_and_unseal_once(
    ansible: Ansible, wso2: Wso2, stored: dict[str, Any], client: str
) -> None:
    stored["wso2_consumer_key"] = f"{client}_key"
    if client == "public":
        del stored["wso2_consumer_secret"]
    count = _fact(f"[inventory_hostname | counting, {MENTIONS}, inventory_hostname | counted] | last")
    seen = _told(ansible, stored, _fact(f"[{MENTIONS}] | length"), count)
    assert (seen["sealed"], seen["unsealed"]) == (0, 1)
    # A public client has no short way, so each mention looks whether the entry is still the same.
    assert len(seen["opened"]) == {"demo": 1, "public": 5}[client]
    assert len(set(seen["opened"])) == 1
    assert len(wso2.token_requests()) == 1


@pytest.mark.usefixtures("spies")
def test_a_warm_task_loads_nothing_and_unseals_once(ansible: Ansible, wso2: Wso2, stored: dict[str, Any]) -> None:
    seen = _told(ansible, stored, {PLUGIN: {}}, SPIED)
    assert seen["origin"] == "stored"
    assert len(wso2.token_requests()) == 1
    assert seen["loaded"] == []
    assert (seen["sealed"], seen["unsealed"], len(seen["opened"])) == (0, 1, 1)


@pytest.mark.usefixtures("spies")
def test_a_grant_finds_loaded_what_it_needs(ansible: Ansible, wso2: Wso2, stored: dict[str, Any]) -> None:
    seen = _told(ansible, stored, {PLUGIN: {}}, {**SPIED, "spied": {"token_store": "none"}})
    assert seen["origin"] == "granted"
    assert len(wso2.token_requests()) == 2
    # Python's own, by which it reads the answer.
    assert set(seen["loaded"]) <= {"encodings.utf_8_sig"}
