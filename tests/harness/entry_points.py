# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entry points of the collection, called alike: many calls in one run, an outcome for each."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from playbook import Ansible, Run, write_json

TASK_ON_CONTROL_NODE = "task on the control node"
TASK_ON_MANAGED_NODE = "task on a managed node"
LOOKUP = "lookup"
ENTRY_POINTS = (TASK_ON_CONTROL_NODE, TASK_ON_MANAGED_NODE, LOOKUP)

USER_PLUGIN = "apiops.wso2.wso2_password_token"
APPLICATION_PLUGIN = "apiops.wso2.wso2_application_token"


@dataclass(frozen=True)
class Outcome:
    """What one call returned. result: the registered result, or the C(token) mapping of the lookup."""

    failed: bool
    message: str
    result: Mapping[str, Any]


def run_calls(
    ansible: Ansible,
    entry_point: str,
    calls: Mapping[str, Mapping[str, Any]],
    *,
    failing: Collection[str] = (),
    variables: Mapping[str, Any] | None = None,
    plugin: str = USER_PLUGIN,
    **run_options: Any,
) -> tuple[Run, dict[str, Outcome]]:
    """Make the CALLS (name to options) through ENTRY_POINT, one after the other, in one run.

    FAILING: the names of those that must fail. The others set C(no_log), because the author of a playbook has to
    protect the result of a lookup. Up to ansible-core 2.18, C(no_log) would also hide the failures.
    """
    answers = ansible.scratch / "answers.json"
    numbered = {name: f"answer_{number}" for number, name in enumerate(calls)}
    tasks = [
        call_task(entry_point, name, variable, calls[name], no_log=name not in failing, plugin=plugin)
        for name, variable in numbered.items()
    ]
    pairs = ", ".join(f"'{variable}': {variable}" for variable in numbered.values())
    tasks.append(write_json(f"{{{pairs}}}", answers))
    run = ansible.play(tasks, variables={"calls": calls, **(variables or {})}, **run_options)
    assert run.returncode == 0, run.stdout + run.stderr
    raw = json.loads(answers.read_text("utf-8"))
    return run, {name: read_outcome(entry_point, raw[variable]) for name, variable in numbered.items()}


def call_each_entry_point(
    ansible: Ansible,
    options: Mapping[str, Any],
    *,
    must_fail: bool = False,
    variables: Mapping[str, Any] | None = None,
    **run_options: Any,
) -> tuple[Run, dict[str, Outcome]]:
    """Make the same call once through each of C(ENTRY_POINTS), in one run.

    Without a token store, so that each call sends its own request.
    """
    results = ansible.scratch / "results.json"
    tasks = [
        call_task(entry_point, entry_point, f"result_{number}", options, no_log=not must_fail, key="call")
        for number, entry_point in enumerate(ENTRY_POINTS)
    ]
    names = ", ".join(f"result_{number}" for number in range(len(ENTRY_POINTS)))
    everything = {"calls": {"call": options}, "wso2_token_store": "none", **(variables or {})}
    run = ansible.play([*tasks, write_json(f"[{names}]", results)], variables=everything, **run_options)
    assert run.returncode == 0, run.stdout + run.stderr
    raw = json.loads(results.read_text("utf-8"))
    return run, {name: read_outcome(name, result) for name, result in zip(ENTRY_POINTS, raw)}


def call_task(
    entry_point: str,
    name: str,
    variable: str,
    options: Mapping[str, Any],
    *,
    no_log: bool,
    key: str | None = None,
    plugin: str = USER_PLUGIN,
) -> dict[str, Any]:
    """The task that makes the call NAME and registers VARIABLE. KEY: its name in the variable C(calls)."""
    key = name if key is None else key
    common = {"name": name, "register": variable, "ignore_errors": True}
    if entry_point == LOOKUP:
        value = f"{{{{ lookup('{plugin}', 'token', **calls['{key}']) }}}}"
        return {**common, "ansible.builtin.set_fact": {f"{variable}_token": value}, "no_log": no_log}
    arguments = {option: f"{{{{ calls['{key}']['{option}'] }}}}" for option in options}
    task = {**common, plugin: arguments}
    if entry_point == TASK_ON_MANAGED_NODE:
        task[plugin] = {**arguments, "request_from": "managed_node"}
    return task


def read_outcome(entry_point: str, raw: Mapping[str, Any]) -> Outcome:
    """The outcome in RAW, the variable that the call registered, in the same form for every entry point."""
    failed = bool(raw.get("failed"))
    result = raw
    if entry_point == LOOKUP and not failed:
        (result,) = raw["ansible_facts"].values()
    return Outcome(failed, str(raw.get("msg", "")), result)
