# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON file with the URLs of the server and the credentials for the tests."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from seed import Seed
from servers import OAuthServer


def ready_content(name: str, server: OAuthServer, version: str, port: int, ca_path: Path, seed: Seed) -> dict[str, Any]:
    """Return the members of the ready file; ``pid`` is the process that stops on SIGTERM."""
    base_url = f"https://localhost:{port}"
    return {
        "pid": os.getpid(),
        "name": name,
        "version": version,
        "base_url": base_url,
        "token_url": base_url + server.token_path,
        "revoke_url": base_url + server.revoke_path if server.revoke_path else None,
        "introspect_url": base_url + server.introspect_path if server.introspect_path else None,
        "introspect_credentials": _introspect_credentials(server, seed),
        "api_url": base_url + server.api_path,
        "ca_path": str(ca_path),
        "consumer_key": seed.consumer_key,
        "consumer_secret": seed.consumer_secret,
        "public_consumer_key": seed.public_consumer_key,
        "application_consumer_key": seed.application_consumer_key,
        "application_consumer_secret": seed.application_consumer_secret,
        "username": seed.username,
        "password": seed.password,
        "scopes": list(seed.scopes),
        "form_decodes_basic": server.form_decodes_basic,
    }


def write_atomically(path: Path, content: dict[str, Any]) -> None:
    """Write the file with mode 0600. It is replaced atomically, so a reader never sees a part of it."""
    # mkstemp makes the file with mode 0600.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=2)
        stream.write("\n")
    os.replace(temporary, path)


def _introspect_credentials(server: OAuthServer, seed: Seed) -> dict[str, str] | None:
    if server.introspect_path is None:
        return None
    return {"client_id": seed.consumer_key, "client_secret": seed.consumer_secret}
