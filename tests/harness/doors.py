# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways by which a playbook comes to a token, driven alike: many questions in one run, an outcome for each."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from playbook import Ansible, Run, written

TASK_HERE = "task on the control node"
TASK_SHIPPED = "task on a managed node"
LOOKUP = "lookup"
DOORS = (TASK_HERE, TASK_SHIPPED, LOOKUP)

_PLUGIN = "apiops.wso2.wso2_password_token"


@dataclass(frozen=True)
class Outcome:
    """What one question brought. result: the registered result, or the C(token) mapping of the lookup."""

    failed: bool
    message: str
    result: Mapping[str, Any]


def ask(
    ansible: Ansible,
    door: str,
    questions: Mapping[str, Mapping[str, Any]],
    *,
    failing: Collection[str] = (),
    variables: Mapping[str, Any] | None = None,
    **run_options: Any,
) -> tuple[Run, dict[str, Outcome]]:
    """Ask the QUESTIONS (name to options) through DOOR, one after the other, in one run.

    FAILING: the names of those that are to fail. The rest goes with the author's C(no_log) where the author has to
    protect the result of a lookup; up to ansible-core 2.18 this would hide the failures too.
    """
    answers = ansible.scratch / "answers.json"
    numbered = {name: f"answer_{number}" for number, name in enumerate(questions)}
    tasks = [
        question(door, name, variable, questions[name], no_log=name not in failing)
        for name, variable in numbered.items()
    ]
    pairs = ", ".join(f"'{variable}': {variable}" for variable in numbered.values())
    tasks.append(written(f"{{{pairs}}}", answers))
    run = ansible.play(tasks, variables={"questions": questions, **(variables or {})}, **run_options)
    assert run.returncode == 0, run.stdout + run.stderr
    raw = json.loads(answers.read_text("utf-8"))
    return run, {name: outcome(door, raw[variable]) for name, variable in numbered.items()}


def question(
    door: str, name: str, variable: str, options: Mapping[str, Any], *, no_log: bool, key: str | None = None
) -> dict[str, Any]:
    """The task that asks the question NAME and registers VARIABLE. KEY: its name in the variable C(questions)."""
    key = name if key is None else key
    common = {"name": name, "register": variable, "ignore_errors": True}
    if door == LOOKUP:
        value = f"{{{{ lookup('{_PLUGIN}', 'token', **questions['{key}']) }}}}"
        return {**common, "ansible.builtin.set_fact": {f"{variable}_token": value}, "no_log": no_log}
    arguments = {option: f"{{{{ questions['{key}']['{option}'] }}}}" for option in options}
    task = {**common, _PLUGIN: arguments}
    if door == TASK_SHIPPED:
        task[_PLUGIN] = {**arguments, "request_from": "managed_node"}
    return task


def outcome(door: str, raw: Mapping[str, Any]) -> Outcome:
    """What RAW, the variable that the question registered, says in the same words for every door."""
    failed = bool(raw.get("failed"))
    result = raw
    if door == LOOKUP and not failed:
        (result,) = raw["ansible_facts"].values()
    return Outcome(failed, str(raw.get("msg", "")), result)
