# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machines that a task can send its request from, and the keywords that select them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

LOCAL_SSH = Path(__file__).resolve().parent / "local_ssh.sh"

TARGETS: Mapping[str, Mapping[str, Any]] = {
    "control node": {},
    "managed node": {"vars": {"wso2_request_from": "managed_node"}},
    "ssh": {
        "vars": {
            "ansible_connection": "ssh",
            "ansible_ssh_executable": str(LOCAL_SSH),
            "ansible_ssh_transfer_method": "piped",
            "wso2_request_from": "managed_node",
        }
    },
}
