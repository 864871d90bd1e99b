# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A new private CA and a new server certificate for every start.

Nothing outside the state directory trusts this CA, so a client that gets a response has read ``ca_path``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import trustme

HOST_NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class ServerCertificate:
    """Paths of the PEM files: the CA for the client, the chain and its key for the server."""

    ca_path: Path
    chain_path: Path
    key_path: Path


def issue_server_certificate(directory: Path) -> ServerCertificate:
    """Make a CA and one certificate for :data:`HOST_NAMES`, and write both below ``directory``."""
    authority = trustme.CA()
    issued = authority.issue_cert(*HOST_NAMES)
    certificate = ServerCertificate(directory / "ca.pem", directory / "server.pem", directory / "server.key")
    authority.cert_pem.write_to_path(certificate.ca_path)
    certificate.chain_path.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    _write_private(certificate.key_path, issued.private_key_pem.bytes())
    return certificate


def _write_private(path: Path, content: bytes) -> None:
    # A second start in the same state directory finds the old key. O_EXCL would fail then, and O_CREAT alone would
    # keep the mode of the old file.
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
