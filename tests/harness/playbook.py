# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(ansible-playbook) as a user runs it, with every channel it writes to kept for reading."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import yaml


@dataclass(frozen=True)
class Run:
    """One finished run. log: what went to ANSIBLE_LOG_PATH."""

    returncode: int
    stdout: str
    stderr: str
    log: str

    @property
    def shown(self) -> str:
        """Everything that somebody could read of the run, on one line so that wrapping hides nothing."""
        return "".join((self.stdout + self.stderr + self.log).split("\n"))

    def leaks(self, *secrets: str) -> list[str]:
        """Those of SECRETS that were shown, raw or encoded as URLs, JSON and Basic headers do."""
        return [secret for secret in secrets if any(form in self.shown for form in _forms(secret))]


@dataclass(frozen=True)
class Ansible:
    """Runs playbooks against the installed collection. scratch: a directory of the test's own."""

    collections: Path
    scratch: Path

    def play(
        self,
        tasks: Sequence[Mapping[str, Any]],
        *,
        variables: Mapping[str, Any] | None = None,
        hosts: Sequence[str] = ("localhost",),
        keywords: Mapping[str, Any] | None = None,
        **run_options: Any,
    ) -> Run:
        """Run one play of TASKS on HOSTS. VARIABLES are kept out of the playbook, as a vars file would be."""
        play = {"hosts": "all", "gather_facts": False, "tasks": list(tasks), **(keywords or {})}
        playbook = self.scratch / "playbook.yml"
        playbook.write_text(yaml.safe_dump([play], sort_keys=False, allow_unicode=True, width=1000), "utf-8")
        return self.run(playbook, variables=variables, hosts=hosts, **run_options)

    def run(
        self,
        playbook: Path,
        *,
        variables: Mapping[str, Any] | None = None,
        hosts: Sequence[str] = ("localhost",),
        environment: Mapping[str, str] | None = None,
        verbosity: int = 3,
        arguments: Sequence[str] = (),
    ) -> Run:
        """Run PLAYBOOK with a local connection, unless VARIABLES say otherwise."""
        given = self.scratch / "variables.json"
        given.write_text(json.dumps(variables or {}), "utf-8")
        inventory = self.scratch / "inventory"
        inventory.write_text("\n".join([*hosts, "[all:vars]", "ansible_connection=local"]), "utf-8")
        log = self.scratch / "ansible.log"
        log.unlink(missing_ok=True)
        command = [str(Path(sys.executable).with_name("ansible-playbook")), str(playbook), "-i", str(inventory)]
        command += ["-e", f"@{given}", *(["-" + "v" * verbosity] if verbosity else []), *arguments]
        done = subprocess.run(
            command,
            cwd=playbook.parent,
            env={**self._environment(log), **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr, log.read_text("utf-8") if log.exists() else "")

    def _environment(self, log: Path) -> dict[str, str]:
        """Nothing of the caller's but what programs need to be found, so that every run is alike."""
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.scratch),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_HOME": str(self.scratch / "ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_LOG_PATH": str(log),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def written(expression: str, path: Path) -> dict[str, Any]:
    """A task that writes the value of EXPRESSION to PATH as JSON, unseen, for the test to read."""
    content = f"{{{{ {expression} | to_json }}}}"
    return {"ansible.builtin.copy": {"content": content, "dest": str(path), "mode": "0600"}, "no_log": True}


def _forms(secret: str) -> set[str]:
    return {
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        base64.b64encode(secret.encode()).decode().rstrip("="),
    }
