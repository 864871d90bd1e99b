# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The example for provisioning, for programs other than ansible-playbook."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import provisioning
from secret_search import find_secrets
from wso2 import Wso2


@dataclass(frozen=True)
class Example:
    """directory: contains a copy of the example, and all files that a run writes."""

    collections: Path
    wso2: Wso2
    directory: Path

    @classmethod
    def prepare(cls, collections: Path, wso2: Wso2, directory: Path) -> Example:
        """Copy the example into DIRECTORY, and set its variables for the simulator, with the secrets of the vault."""
        example = cls(collections, wso2, directory)
        shutil.copytree(provisioning.EXAMPLE, example.project)
        variables = {**provisioning.variables(wso2, directory), **provisioning.SECRETS}
        example.variables.write_text(json.dumps(variables), "utf-8")
        return example

    @property
    def project(self) -> Path:
        return self.directory / "project"

    @property
    def variables(self) -> Path:
        """The file of extra variables."""
        return self.directory / "variables.json"

    def execute(self, program: str, *arguments: str) -> str:
        """Run one of the ecosystem's programs in the project and return its output. It must succeed."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name(program)), *arguments],
            cwd=self.project,
            env={
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(self.directory),
                "LC_ALL": "C.UTF-8",
                "ANSIBLE_HOME": str(self.directory / "ansible"),
                "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def tokens(self) -> list[str]:
        """The tokens in the configuration files that a run wrote, one per host."""
        return provisioning.tokens(self.directory)

    def leaks(self, output: str) -> list[str]:
        """The secrets in OUTPUT, or in files that a run wrote, except the configuration files."""
        files = [path for path in self.directory.rglob("*") if path.is_file() and path != self.variables]
        others = [path for path in files if "etc" not in path.parts]
        texts = [output, *(path.read_bytes().decode("utf-8", "replace") for path in others)]
        return find_secrets("\n".join(texts), [*provisioning.SECRETS.values(), *self.tokens()])
