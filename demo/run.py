# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job, shown: a provisioning playbook against a simulated WSO2, and what came of it.

Exits with 0 only if the playbook went through, every config file holds a token that the server honours, and nothing
secret was printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import provisioning
from installed_collection import install
from playbook import Run
from wso2 import Wso2, running_wso2

SECRETS = {name.upper(): secret for name, secret in provisioning.SECRETS.items()}


def main() -> int:
    """Run the demo in a directory that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wso2-demo-") as name:
        directory = Path(name)
        print("Building and installing the collection ...", flush=True)
        collections = install(directory)
        print("Starting the simulated WSO2 ...", flush=True)
        with running_wso2(directory) as wso2:
            print(f"It answers at {wso2.token_url}.", flush=True)
            run = play(wso2, collections, directory)
            return report(wso2, run, directory)


def play(wso2: Wso2, collections: Path, directory: Path) -> Run:
    """Run the example, and pass on what it prints while it does."""
    extra = directory / "variables.json"
    extra.write_text(json.dumps(provisioning.variables(wso2, directory)), "utf-8")
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "site.yml", "-i", "inventory.yml"]
    with subprocess.Popen(
        [*command, "-e", f"@{extra}"],
        cwd=provisioning.EXAMPLE,
        env=environment(collections, directory),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        lines = []
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return Run(process.returncode, "".join(lines), "", "")


def environment(collections: Path, directory: Path) -> dict[str, str]:
    """The caller's, with what the example needs and without what could change its course."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "WSO2_"))}
    settings = {
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_HOME": str(directory / "ansible"),
        "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
        "LC_ALL": "C.UTF-8",
    }
    return {**kept, **settings, **SECRETS}


def report(wso2: Wso2, run: Run, directory: Path) -> int:
    """Print what the server saw and what was printed, and return the exit code."""
    files = provisioning.config_files(directory)
    tokens = provisioning.tokens(directory)
    active = [token for token in tokens if wso2.is_active(token)]
    private = [file for file in files if file.stat().st_mode & 0o077 == 0]
    calls = [entry["status"] for entry in wso2.journal() if entry["path"].startswith("/orders/")]
    leaks = run.leaks(*SECRETS.values(), *tokens)
    good = {
        "the playbook went through": run.returncode == 0,
        f"{len(active)} of {len(files)} config files hold a token that the server honours": len(active) == 3,
        f"{len(private)} of {len(files)} config files are readable by their owner alone": len(private) == 3,
        f"the API took the token: {calls}": calls == [200],
        f"{len(leaks)} secrets among {len(run.shown)} characters of output": not leaks,
    }
    print(f"Summary. Token requests that the server saw: {len(wso2.token_requests())}")
    for sentence, holds in good.items():
        print(f"  {'ok ' if holds else 'BAD'} {sentence}")
    return 0 if all(good.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
