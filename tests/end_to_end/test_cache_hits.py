# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The work of a process with a cache hit: it loads few modules, opens one file, and decrypts once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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


SPIED: dict[str, Any] = {"spied": {}, "no_log": True}
Tasks = Sequence[Mapping[str, Any]]


def _read_seen(ansible: Ansible, variables: Mapping[str, Any], cases: Sequence[Tasks]) -> list[Any]:
    """What the last task of each of CASES saw with each kind of store: in the process of the run, or a directory.

    One run executes them one after the other. The scope gives each case a token of its own. Each task runs in a
    process of its own, a copy of the main process. The main process loads the action plugins of the tasks before it
    starts them, so the cases that begin with a task come last.
    """
    tasks, seen = [], []
    for number, (case, store) in enumerate((case, store) for case in cases for store in ("run", "tokens")):
        own = {
            "wso2_scope": f"device_{number}",
            "wso2_token_store": store if store == "run" else str(ansible.scratch / store),
        }
        tasks += [{**task, "vars": {**own, **task.get("vars", {})}} for task in case]
        tasks[-1]["register"] = f"seen_{number}"
        seen.append(f"seen_{number}.ansible_facts.seen | default(seen_{number})")
    path = ansible.scratch / "seen.json"
    run = ansible.play([*tasks, write_json(f"[{', '.join(seen)}]", path)], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    return list(json.loads(path.read_text("utf-8")))


def _fact(expression: str, **variables: Any) -> dict[str, Any]:
    return {"ansible.builtin.set_fact": {"seen": f"{{{{ {expression} }}}}"}, "no_log": True, "vars": variables}


def _parts(modules: set[str]) -> set[str]:
    """The MODULES of the collection, without the common prefix of their names."""
    return {name.removeprefix(COLLECTION) for name in modules if name.startswith(COLLECTION)} - PACKAGES


def _others(modules: set[str]) -> set[str]:
    """The MODULES that belong neither to the collection nor to ansible-core."""
    return {name for name in modules if not name.startswith(("ansible.", "ansible_collections."))}


@pytest.mark.usefixtures("spies")
def test_a_cached_lookup_loads_nothing_of_the_collection_but_itself(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any]
) -> None:
    cases, expected = [], []
    for first in ("lookup", "task"):
        for plugin, parts in LOOKUPS.items():
            evaluations = ", ".join([f"lookup('{plugin}')"] * 5)
            tasks = [{plugin: {}}] if first == "task" else []
            look_around = f"[[inventory_hostname | loaded], {evaluations}, [inventory_hostname | loaded]]"
            cases.append([*tasks, _fact(f"[{evaluations}] | length"), _fact(look_around)])
            expected += [parts, parts]
    results = _read_seen(ansible, variables, cases)
    assert len(wso2.token_requests()) == len(results) == 8
    for seen, parts in zip(results, expected):
        loaded = set(seen[-1][0]) - set(seen[0][0])
        assert _parts(loaded) == parts
        assert _others(loaded) <= OTHERS


@pytest.mark.usefixtures("spies")
def test_many_lookups_in_one_template_read_the_cache_once(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any]
) -> None:
    secret = {"wso2_consumer_secret": variables.pop("wso2_consumer_secret")}
    del variables["wso2_consumer_key"]
    clients = ({"wso2_consumer_key": "demo_key", **secret}, {"wso2_consumer_key": "public_key"})
    count = f"[inventory_hostname | counting, {FIVE_LOOKUPS}, inventory_hostname | counted] | last"
    cases = [[_fact(f"[{FIVE_LOOKUPS}] | length", **client), _fact(count, **client)] for client in clients]
    results = _read_seen(ansible, variables, cases)
    assert [seen["encrypted"] for seen in results] == [0] * 4
    for seen in results[:2]:
        assert (seen["decrypted"], len(seen["opened"])) == (0, 1)
        assert seen["opened"][0].endswith(".answer")
    # Without a consumer secret, the lookup keeps a decrypted entry while its file is unchanged.
    assert all(seen["decrypted"] <= 3 for seen in results[2:])
    assert len(wso2.token_requests()) == 4


@pytest.mark.usefixtures("spies")
def test_a_cached_task_loads_and_writes_nothing(ansible: Ansible, wso2: Wso2, variables: dict[str, Any]) -> None:
    after_lookup = [_fact(f"[{FIVE_LOOKUPS}] | length"), SPIED]
    results = _read_seen(ansible, variables, [after_lookup, [{PLUGIN: {}}, SPIED]])
    assert [seen["origin"] for seen in results] == ["stored"] * 4
    assert len(wso2.token_requests()) == 4
    for seen in results:
        assert not [name for name in seen["loaded"] if name.partition(".")[0] in ("requests", "urllib3", "redis")]
        assert (seen["encrypted"], seen["decrypted"] <= 3) == (0, True)
    for seen in results[2:]:
        assert [name for name in seen["loaded"] if "ansible_collections" in name] == []
