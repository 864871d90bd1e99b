# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other programs that run playbooks can run the example, and write no secret into their artifacts."""

from __future__ import annotations

import pytest
from example import Example

ARGUMENTS = ("--inventory", "inventory.yml", "--extra-vars", "@../variables.json")
# Each program has its own options for the artifacts.
PROGRAMS = {
    "ansible-runner": ("run", "..", "--project-dir", ".", "--playbook", "site.yml", "--inventory", "inventory.yml"),
    "ansible-navigator": (
        *("run", "site.yml", "--execution-environment", "false", "--mode", "stdout", *ARGUMENTS),
        *("--playbook-artifact-enable", "true", "--playbook-artifact-save-as", "../artifact.json"),
        *("--log-file", "../navigator.log"),
    ),
}
ARTIFACTS = {"ansible-runner": "artifacts/*/job_events/*.json", "ansible-navigator": "artifact.json"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_example_runs(example: Example, program: str) -> None:
    arguments = PROGRAMS[program]
    if program == "ansible-runner":
        arguments += ("--cmdline", f"--extra-vars @{example.variables}")
    output = example.execute(program, *arguments)
    assert len(example.tokens()) == 3
    assert all(example.wso2.is_active(token) for token in example.tokens())
    # The module and the lookups share one request.
    assert len(example.wso2.token_requests()) == 1
    assert list(example.directory.glob(ARTIFACTS[program]))
    assert example.leaks(output) == []
