# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays of tasks and lookups on the real server, and the results of all of them."""

from __future__ import annotations

import json
import re
from typing import Any

from playbook import Ansible, Run, write_json

MODULE = "apiops.wso2.wso2_password_token"


def task(variable: str, **options: Any) -> dict[str, Any]:
    """A task of the module."""
    return {"name": variable, MODULE: options, "register": variable}


def lookup(variable: str) -> dict[str, Any]:
    """A task that gets everything from the lookup, as VARIABLE."""
    # The author of a playbook has to protect what a lookup returns.
    value = f"{{{{ lookup('{MODULE}', 'token') }}}}"
    return {"name": variable, "ansible.builtin.set_fact": {variable: value}, "no_log": True}


def wait(seconds: float) -> dict[str, Any]:
    return {"name": "Wait", "ansible.builtin.wait_for": {"timeout": seconds}}


def play(
    ansible: Ansible, tasks: list[dict[str, Any]], variables: dict[str, Any], *, secret_password: bool = True
) -> dict[str, Any]:
    """Run TASKS, check that no secret is shown, and return the variables that the tasks registered."""
    path = ansible.scratch / "results.json"
    names = [item["name"] for item in tasks if item["name"] != "Wait"]
    pairs = ", ".join(f"'{name}': {name}" for name in names)
    run = ansible.play([*tasks, write_json(f"{{{pairs}}}", path)], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    results: dict[str, Any] = json.loads(path.read_text("utf-8"))
    check_secrets(run, variables if secret_password else {}, results)
    # Releases of ansible-core before 2.19 do not return warnings with the results.
    return {**results, "output": run.output}


def check_secrets(run: Run, variables: dict[str, Any], results: dict[str, Any]) -> None:
    """No password, consumer secret or token is in any output."""
    hidden = [variables[name] for name in ("wso2_password", "wso2_consumer_secret") if name in variables]
    for result in results.values():
        hidden += [result[name] for name in ("access_token", "refresh_token") if result.get(name)]
    assert not run.leaks(*hidden)


def warns(results: dict[str, Any], text: str) -> bool:
    """Is this warning of the module on the screen, where ansible-core before 2.19 breaks it into lines?"""
    screen, wanted = ("".join(each.split()) for each in (results["output"], text))
    return re.search(rf"\[WARNING\]:(wso2_password_token:)?{re.escape(wanted)}", screen) is not None
