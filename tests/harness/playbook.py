# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run C(ansible-playbook) as a user runs it, and record all its outputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from secret_search import find_secrets


@dataclass(frozen=True)
class TaggedText:
    """A text of a playbook with a YAML tag, such as C(!unsafe) or C(!vault)."""

    tag: str
    text: str


yaml.SafeDumper.add_representer(
    TaggedText, lambda dumper, value: dumper.represent_scalar(value.tag, value.text, style='"')
)


@dataclass(frozen=True)
class Run:
    """One finished run. log: the content of ANSIBLE_LOG_PATH."""

    returncode: int
    stdout: str
    stderr: str
    log: str

    @property
    def output(self) -> str:
        """The screen and the log, on one line."""
        return "".join((self.stdout + self.stderr + self.log).split("\n"))

    def leaks(self, *secrets: str) -> list[str]:
        """Those of SECRETS that the outputs contain, in plain text or encoded."""
        return find_secrets(self.stdout + self.stderr + self.log, secrets)


@dataclass(frozen=True)
class Ansible:
    """Runs playbooks with the installed collection. scratch: the test's own directory."""

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
        """Run one play of TASKS on HOSTS. VARIABLES are passed in a file, not in the playbook."""
        play = {"hosts": "all", "gather_facts": False, "tasks": list(tasks), **(keywords or {})}
        return self.play_all([play], variables=variables, hosts=hosts, **run_options)

    def play_all(self, plays: Sequence[Mapping[str, Any]], **run_options: Any) -> Run:
        """Run a playbook of PLAYS."""
        playbook = self.scratch / "playbook.yml"
        playbook.write_text(yaml.safe_dump(list(plays), sort_keys=False, allow_unicode=True, width=1000), "utf-8")
        return self.run(playbook, **run_options)

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
        """Run PLAYBOOK with a local connection, unless VARIABLES set another one."""
        variables_file = self.scratch / "variables.json"
        variables_file.write_text(json.dumps(variables or {}), "utf-8")
        inventory = self.scratch / "inventory"
        inventory.write_text("\n".join([*hosts, "[all:vars]", "ansible_connection=local"]), "utf-8")
        command = [str(playbook), "-i", str(inventory), "-e", f"@{variables_file}", *arguments]
        return self.execute(
            "ansible-playbook", command, directory=playbook.parent, environment=environment, verbosity=verbosity
        )

    def execute(
        self,
        program: str,
        arguments: Sequence[str],
        *,
        directory: Path | None = None,
        environment: Mapping[str, str] | None = None,
        verbosity: int = 3,
        seconds: float = 300,
    ) -> Run:
        """Run one of ansible-core's programs with ARGUMENTS in DIRECTORY, or in the scratch directory."""
        log = self.scratch / "ansible.log"
        log.unlink(missing_ok=True)
        command = [str(Path(sys.executable).with_name(program)), *arguments]
        done = subprocess.run(
            [*command, *(["-" + "v" * verbosity] if verbosity else [])],
            cwd=directory or self.scratch,
            env={**self._environment(log), **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr, log.read_text("utf-8") if log.exists() else "")

    def _environment(self, log: Path) -> dict[str, str]:
        """Only C(PATH) comes from the caller's environment, so that the environment of every run is the same."""
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


def write_json(expression: str, path: Path) -> dict[str, Any]:
    """A task that writes the value of EXPRESSION to PATH as JSON for the test to read, with C(no_log)."""
    content = f"{{{{ {expression} | to_json }}}}"
    return {"ansible.builtin.copy": {"content": content, "dest": str(path), "mode": "0600"}, "no_log": True}
