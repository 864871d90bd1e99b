# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run an example playbook against the WSO2 simulator, and print a summary: from a fresh WSO2 to the first token.

Exits with 0 only if the playbook completed, the server registered one client, every configuration file contains a token
that the server accepts, and no secret was printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import provisioning
from installed_collection import CHECKOUT, install
from playbook import Run
from wso2 import Wso2, running_wso2

# The consumer key and secret come from the server.
SECRETS = {"WSO2_PASSWORD": provisioning.SECRETS["wso2_password"]}
EXAMPLES = CHECKOUT / "examples"


def main() -> int:
    """Run the demo in a temporary directory."""
    with tempfile.TemporaryDirectory(prefix="wso2-demo-") as name:
        directory = Path(name)
        print("Building and installing the collection ...", flush=True)
        collections = install(directory)
        print("Starting the WSO2 simulator ...", flush=True)
        with running_wso2(directory) as wso2:
            print(f"Token endpoint: {wso2.token_url}", flush=True)
            run = play(wso2, collections, directory)
            return report(wso2, run, directory)


def play(wso2: Wso2, collections: Path, directory: Path) -> Run:
    """Run the example, and print its output at once."""
    extra = directory / "variables.json"
    extra.write_text(json.dumps(provisioning.variables(wso2, directory)), "utf-8")
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "first_token.yml", "-i", "inventory.yml"]
    with subprocess.Popen(
        [*command, "-e", f"@{extra}"],
        cwd=EXAMPLES,
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
    """The caller's environment with the settings of the example, and without other settings of Ansible and WSO2."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "WSO2_"))}
    settings = {
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_HOME": str(directory / "ansible"),
        "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
        "LC_ALL": "C.UTF-8",
    }
    return {**inherited, **settings, **SECRETS}


def report(wso2: Wso2, run: Run, directory: Path) -> int:
    """Print what the server received and what the run printed; return the exit code."""
    files = provisioning.config_files(directory)
    tokens = provisioning.tokens(directory)
    active = [token for token in tokens if wso2.is_active(token)]
    private = [file for file in files if file.stat().st_mode & 0o077 == 0]
    clients = [entry["outcome"] for entry in wso2.journal() if entry["endpoint"] == "client_registration"]
    consumer_secrets = [entry["authentication"]["secret"] for entry in wso2.token_requests()]
    leaks = run.leaks(*SECRETS.values(), *consumer_secrets, *tokens)
    checks = {
        "playbook completed": run.returncode == 0,
        f"{len(active)} of {len(files)} configuration files contain a token that the server accepts": len(active) == 3,
        f"{len(private)} of {len(files)} configuration files are readable by their owner only": len(private) == 3,
        f"{clients.count('created')} client registered for 3 hosts": clients == ["created"],
        f"{len(leaks)} secrets in {len(run.output)} characters of output": not leaks,
    }
    print(f"Summary: token requests received by the server: {len(wso2.token_requests())}")
    for sentence, is_passed in checks.items():
        print(f"  {'PASS' if is_passed else 'FAIL'} {sentence}")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
