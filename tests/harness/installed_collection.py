# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection as users have it: built, and installed from the artifact."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def build(directory: Path) -> Path:
    """Build the artifact into DIRECTORY and return its path."""
    _galaxy("build", "--output-path", str(directory), str(CHECKOUT))
    (artifact,) = directory.glob("apiops-wso2-*.tar.gz")
    return artifact


def install(directory: Path) -> Path:
    """Build and install into DIRECTORY, and return the value for ANSIBLE_COLLECTIONS_PATH."""
    collections = directory / "installed"
    _galaxy("install", "--offline", "--force", "--collections-path", str(collections), str(build(directory)))
    return collections


def _galaxy(*arguments: str) -> None:
    command = [str(Path(sys.executable).with_name("ansible-galaxy")), "collection", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
