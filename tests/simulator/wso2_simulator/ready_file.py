# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ready file: all URLs and paths, written once the simulator listens."""

from __future__ import annotations

import json
import os
from pathlib import Path

from .certificates import Certificates
from .control_api import CONTROL_BASE
from .listeners import Addresses
from .routes import API_BASE

Facts = dict[str, "str | int | None"]


def ready_facts(addresses: Addresses, certificates: Certificates) -> Facts:
    """Collect all URLs and paths."""
    base = addresses.https
    return {
        "pid": os.getpid(),
        "base_url": base,
        "http_url": addresses.http,
        "expired_url": addresses.expired,
        "wrong_name_url": addresses.wrong_name,
        "token_url": f"{base}/oauth2/token",
        "gateway_token_url": f"{base}/token",
        "revoke_url": f"{base}/oauth2/revoke",
        "introspect_url": f"{base}/oauth2/introspect",
        "api_url": f"{base}{API_BASE}/orders",
        "control_url": f"{base}{CONTROL_BASE}",
        "ca_path": str(certificates.authority),
        "client_cert": str(certificates.client),
        "client_key": str(certificates.client_key),
        "state_dir": str(certificates.directory),
    }


def write_ready_file(path: Path, facts: Facts) -> None:
    """Write the file in one step, so that no reader sees half of it."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    os.replace(unfinished, path)
