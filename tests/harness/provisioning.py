# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The provisioning example: its variables for the simulator, and the files that it writes."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml
from installed_collection import CHECKOUT
from wso2 import DEMO, Wso2

EXAMPLE = CHECKOUT / "examples" / "provisioning"
# The secrets that the example reads from a vault or the environment.
SECRETS = {name: DEMO[name] for name in ("wso2_consumer_secret", "wso2_password")}


def variables(wso2: Wso2, directory: Path) -> dict[str, str]:
    """The variables of the example for a token from WSO2 and for files below DIRECTORY, without the secrets."""
    return {
        "wso2_token_url": wso2.token_url,
        "wso2_ca_path": wso2.ca_path,
        "api_url": wso2.api_url,
        "config_directory": f"{directory}/etc/{{{{ inventory_hostname }}}}",
        "ansible_python_interpreter": sys.executable,
    }


def config_files(directory: Path) -> list[Path]:
    """The files that a run wrote below DIRECTORY, one per host."""
    return sorted(directory.glob("etc/*/client.yml"))


def tokens(directory: Path) -> list[str]:
    """The tokens in these files."""
    files = [yaml.safe_load(file.read_text("utf-8")) for file in config_files(directory)]
    return [file["api"]["authorization"].split()[-1] for file in files]
