# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of a process with a cache hit: it loads few modules, opens one file, and decrypts once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, write_json
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
COLLECTION = "ansible_collections.apiops.wso2.plugins."
FIVE_LOOKUPS = ", ".join([f"lookup('{PLUGIN}')"] * 5)
# The modules of the collection that a cache hit of each lookup loads. The second one is a subclass of the first.
LOOKUPS = {
    PLUGIN: {"lookup.wso2_password_token"},
    "apiops.wso2.wso2_application_token": {"lookup.wso2_application_token", "lookup.wso2_password_token"},
}
PACKAGES = {"lookup", "module_utils", "plugin_utils"}

# The modules of Python and of libraries that a cache hit needs and that some ansible-core has not loaded.
OTHERS = {"cryptography.hazmat.primitives.ciphers.aead", "hmac"}

# Test plugins next to the playbook, which inspect the worker process.
COUNTING = """
import sys

encrypted, decrypted, opened = [], [], []

def count():
    from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import EntryCipher
    encrypt, decrypt = EntryCipher.encrypt, EntryCipher.decrypt
    EntryCipher.encrypt = lambda self, content: encrypted.append(1) or encrypt(self, content)
    EntryCipher.decrypt = lambda self, content: decrypted.append(1) or decrypt(self, content)
    sys.addaudithook(lambda event, arguments: event == "open" and opened.append(arguments[0]))

def counted():
    files = [name for name in opened if isinstance(name, str) and not name.endswith((".py", ".pyc"))]
    files = [name for name in files if "ansible_collections" not in name]
    files = [name for name in files if "apiops.wso2" in name or "/tokens/" in name]
    return {"encrypted": len(encrypted), "decrypted": len(decrypted), "opened": files}
"""
FILTERS = f"""
{COUNTING}

class FilterModule:
    def filters(self):
        return {{
            "loaded": lambda value: sorted(sys.modules),
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
    """Install the test plugins for playbooks in the scratch directory."""
    for kind, name, text in (("filter", "looking_around", FILTERS), ("action", "spied", ACTION)):
        (tmp_path / f"{kind}_plugins").mkdir()
        (tmp_path / f"{kind}_plugins" / f"{name}.py").write_text(text, "utf-8")


@pytest.fixture(params=["run", "a directory"])
def stored(request: pytest.FixtureRequest, variables: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    """The variables, with a store that lasts for the run or longer."""
    return {**variables, "wso2_token_store": "run" if request.param == "run" else str(tmp_path / "tokens")}


SPIED: dict[str, Any] = {"spied": {}, "register": "seen", "no_log": True}


def _read_seen(ansible: Ansible, variables: dict[str, Any], *tasks: dict[str, Any]) -> Any:
    """The value of C(seen) after TASKS, of which the first one has a cache miss."""
    seen = ansible.scratch / "seen.json"
    run = ansible.play([*tasks, write_json("seen", seen)], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(seen.read_text("utf-8"))


def _fact(expression: str) -> dict[str, Any]:
    return {"ansible.builtin.set_fact": {"seen": f"{{{{ {expression} }}}}"}, "no_log": True}


def _parts(modules: set[str]) -> set[str]:
    """The MODULES of the collection, without the common prefix of their names."""
    return {name.removeprefix(COLLECTION) for name in modules if name.startswith(COLLECTION)} - PACKAGES


def _others(modules: set[str]) -> set[str]:
    """The MODULES that belong neither to the collection nor to ansible-core."""
    return {name for name in modules if not name.startswith(("ansible.", "ansible_collections."))}


@pytest.mark.usefixtures("spies")
@pytest.mark.parametrize("first", ["lookup", "task"])
@pytest.mark.parametrize("plugin", LOOKUPS)
def test_a_cached_lookup_loads_nothing_of_the_collection_but_itself(
    ansible: Ansible, wso2: Wso2, stored: dict[str, Any], first: str, plugin: str
) -> None:
    evaluations = ", ".join([f"lookup('{plugin}')"] * 5)
    tasks = [*([{plugin: {}}] if first == "task" else []), _fact(f"[{evaluations}] | length")]
    look_around = _fact(f"[[inventory_hostname | loaded], {evaluations}, [inventory_hostname | loaded]]")
    seen = _read_seen(ansible, stored, *tasks, look_around)
    loaded = set(seen[-1][0]) - set(seen[0][0])
    assert len(wso2.token_requests()) == 1
    assert _parts(loaded) == LOOKUPS[plugin]
    assert _others(loaded) <= OTHERS


@pytest.mark.usefixtures("spies")
@pytest.mark.parametrize("client", ["demo", "public"])
def test_many_lookups_in_one_template_read_the_cache_once(
    ansible: Ansible, wso2: Wso2, stored: dict[str, Any], client: str
) -> None:
    stored["wso2_consumer_key"] = f"{client}_key"
    if client == "public":
        del stored["wso2_consumer_secret"]
    count = _fact(f"[inventory_hostname | counting, {FIVE_LOOKUPS}, inventory_hostname | counted] | last")
    seen = _read_seen(ansible, stored, _fact(f"[{FIVE_LOOKUPS}] | length"), count)
    assert seen["encrypted"] == 0
    if client == "demo":
        assert (seen["decrypted"], len(seen["opened"])) == (0, 1)
        assert seen["opened"][0].endswith(".answer")
    else:
        # Without a consumer secret, the lookup keeps a decrypted entry while its file is unchanged.
        assert seen["decrypted"] <= 3
    assert len(wso2.token_requests()) == 1


@pytest.mark.usefixtures("spies")
def test_a_cached_task_loads_nothing_and_writes_nothing(ansible: Ansible, wso2: Wso2, stored: dict[str, Any]) -> None:
    seen = _read_seen(ansible, stored, {PLUGIN: {}}, SPIED)
    assert seen["origin"] == "stored"
    assert len(wso2.token_requests()) == 1
    assert [name for name in seen["loaded"] if "ansible_collections" in name] == []
    assert (seen["encrypted"], seen["decrypted"] <= 3) == (0, True)


@pytest.mark.usefixtures("spies")
@pytest.mark.parametrize("first", [{PLUGIN: {}}, _fact(f"[{FIVE_LOOKUPS}] | length")], ids=["task", "lookup"])
def test_a_cached_task_does_not_load_requests(
    ansible: Ansible, wso2: Wso2, stored: dict[str, Any], first: dict[str, Any]
) -> None:
    seen = _read_seen(ansible, stored, first, SPIED)
    assert len(wso2.token_requests()) == 1
    assert not [name for name in seen["loaded"] if name.partition(".")[0] in ("requests", "urllib3", "redis")]
