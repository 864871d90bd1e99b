# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many plays of tasks and lookups on the real server in one run, and the results of all hosts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from administration import basic
from playbook import Ansible, Run, write_json

MODULE = "apiops.wso2.wso2_password_token"
SECRET_VARIABLES = ("wso2_password", "wso2_consumer_secret")
SECRET_RESULTS = ("access_token", "refresh_token", "consumer_secret")


@dataclass(frozen=True)
class Play:
    """TASKS on hosts of their own, each of which has its own variables."""

    name: str
    tasks: Sequence[Mapping[str, Any]]
    hosts: Mapping[str, Mapping[str, Any]]
    keywords: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """What the tasks of a host registered, by their names. log: what the run logged during the play of the host."""

    registered: Mapping[str, Any]
    log: str

    def __getitem__(self, name: str) -> Any:
        return self.registered[name]

    def warns(self, text: str) -> bool:
        """Is this warning of the module in the log, where ansible-core before 2.19 breaks it into lines?"""
        log, wanted = ("".join(each.split()) for each in (self.log, text))
        return re.search(rf"\[WARNING\]:(wso2_password_token:)?{re.escape(wanted)}", log) is not None


def task(variable: str, **options: Any) -> dict[str, Any]:
    """A task of the module."""
    return {"name": variable, MODULE: options, "register": variable}


def lookup(variable: str) -> dict[str, Any]:
    """A task that gets everything from the lookup, as VARIABLE."""
    # The author of a playbook has to protect what a lookup returns.
    value = f"{{{{ lookup('{MODULE}', 'token') }}}}"
    return {"name": variable, "ansible.builtin.set_fact": {variable: value}, "no_log": True}


def wait(seconds: int) -> dict[str, Any]:
    """A task that waits once for all hosts of the play."""
    return {"name": "Wait", "ansible.builtin.pause": {"seconds": seconds}}


def run_plays(ansible: Ansible, plays: Sequence[Play], *, verbosity: int = 3) -> dict[str, Results]:
    """Run PLAYS, check that no secret is shown, and return the results of each host.

    A task that fails does not end the play. Its result says so.
    """
    path = ansible.scratch / "results.json"
    _write_variables(ansible, plays)
    content = [
        {
            "name": play.name,
            "hosts": list(play.hosts),
            "gather_facts": False,
            "ignore_errors": True,
            "tasks": [*play.tasks],
            **play.keywords,
        }
        for play in plays
    ]
    names = {host: _names(play) for play in plays for host in play.hosts}
    members = [
        f"'{host} {name}': hostvars['{host}']['{name}'] | default(none)" for host in names for name in names[host]
    ]
    collect = {"name": "Collect", "hosts": next(iter(names)), "gather_facts": False}
    content.append({**collect, "tasks": [write_json(f"{{{', '.join(members)}}}", path)]})
    run = ansible.play_all(content, hosts=list(names), arguments=["--forks", "6"], verbosity=verbosity)
    assert run.returncode == 0, run.stdout + run.stderr
    found = json.loads(path.read_text("utf-8"))
    _check_secrets(run, plays, found)
    return {
        host: Results({name: found[f"{host} {name}"] for name in names[host]}, _log_of(run, play.name))
        for play in plays
        for host in play.hosts
    }


def _names(play: Play) -> list[str]:
    return [str(item["name"]) for item in play.tasks if item["name"] != "Wait"]


def _write_variables(ansible: Ansible, plays: Sequence[Play]) -> None:
    directory = ansible.scratch / "host_vars"
    directory.mkdir(exist_ok=True)
    for play in plays:
        for host, variables in play.hosts.items():
            (directory / f"{host}.json").write_text(json.dumps(variables), "utf-8")


def _check_secrets(run: Run, plays: Sequence[Play], found: Mapping[str, Any]) -> None:
    """No password, consumer secret or token is in any output."""
    sources = [variables for play in plays for variables in play.hosts.values()]
    hidden = {source[name] for source in sources for name in SECRET_VARIABLES if name in source}
    hidden |= {
        basic(source["wso2_consumer_key"], source["wso2_consumer_secret"]).removeprefix("Basic ")
        for source in sources
        if "wso2_consumer_secret" in source
    }
    results = [result for result in found.values() if isinstance(result, dict)]
    hidden |= {result[name] for result in results for name in SECRET_RESULTS if result.get(name)}
    # The administrator's password is also the name of the user, which is shown.
    assert run.leaks(*(hidden - {"admin"})) == []


def _log_of(run: Run, name: str) -> str:
    """The lines of the log between the header of the play and that of the next play."""
    return run.log.partition(f"PLAY [{name}] ")[2].partition("PLAY [")[0]
