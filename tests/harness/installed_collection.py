# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as users have it: built, and installed from the artifact."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def build(directory: Path) -> Path:
    """Build the artifact into DIRECTORY and return its path."""
    _galaxy(directory, "build", "--output-path", str(directory), str(CHECKOUT))
    (artifact,) = directory.glob("apiops-wso2-*.tar.gz")
    return artifact


def install(directory: Path) -> Path:
    """Build and install into DIRECTORY, and return the value for ANSIBLE_COLLECTIONS_PATH."""
    collections = directory / "installed"
    artifact = str(build(directory))
    _galaxy(directory, "install", "--offline", "--force", "--collections-path", str(collections), artifact)
    return collections


def _galaxy(directory: Path, *arguments: str) -> None:
    """Run ansible-galaxy with its caches in DIRECTORY instead of the home directory."""
    command = [str(Path(sys.executable).with_name("ansible-galaxy")), "collection", *arguments]
    environment = {**os.environ, "ANSIBLE_HOME": str(directory / "ansible")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
