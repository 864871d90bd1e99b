# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's own certificate authority and the certificates that tests use."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme

from .seeds import CLIENT_CERTIFICATE_NAME

VERIFY_MODES = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}
PRIVATE = 0o600


@dataclass(frozen=True)
class Certificates:
    """Where the files are; each server certificate ``x.pem`` has its key in ``x.key``."""

    directory: Path

    @property
    def authority(self) -> Path:
        """The certificate of the authority, which clients verify with."""
        return self.directory / "ca.pem"

    @property
    def client(self) -> Path:
        """A client certificate; its common name is that of the seeded mutual-TLS application."""
        return self.directory / "client.pem"

    @property
    def client_key(self) -> Path:
        """The key of the client certificate."""
        return self.directory / "client.key"

    def server_context(self, name: str, client_certificate: str = "none") -> ssl.SSLContext:
        """Build the TLS context of a listener; ``name`` is server, expired or wrong-name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.directory / f"{name}.pem", self.directory / f"{name}.key")
        context.verify_mode = VERIFY_MODES[client_certificate]
        if client_certificate != "none":
            context.load_verify_locations(self.authority)
        return context


def write_certificates(directory: Path, host: str) -> Certificates:
    """Make a new authority and write all files into the directory."""
    authority = trustme.CA(organization_name="WSO2 simulator")
    now = datetime.now(timezone.utc)
    names = sorted({"localhost", "127.0.0.1", "::1", host})
    leaves = {
        "server": authority.issue_cert(*names),
        "expired": authority.issue_cert(*names, not_before=now - timedelta(days=30), not_after=now - timedelta(days=1)),
        "wrong-name": authority.issue_cert("wrong-name.example.test"),
        "client": authority.issue_cert("client@example.test", common_name=CLIENT_CERTIFICATE_NAME),
    }
    directory.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(directory / "ca.pem")
    trustme.CA(organization_name="Somebody else").cert_pem.write_to_path(directory / "other-ca.pem")
    for name, leaf in leaves.items():
        _write_leaf(directory, name, leaf)
    return Certificates(directory)


def _write_leaf(directory: Path, name: str, leaf: trustme.LeafCert) -> None:
    chain = b"".join(blob.bytes() for blob in leaf.cert_chain_pems)
    (directory / f"{name}.pem").write_bytes(chain)
    key = directory / f"{name}.key"
    key.touch(mode=PRIVATE)
    leaf.private_key_pem.write_to_path(key)
