# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The artifacts of Maven Central that a WSO2 Identity Server is assembled from, with their checksums."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

CHECKSUMS = Path(__file__).with_name("checksums.txt")
BLOCK = 1 << 20


@dataclass(frozen=True)
class Artifact:
    """One file in Maven Central, and the SHA-256 that it must have."""

    group: str
    name: str
    version: str
    kind: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name that Maven gives the file."""
        return f"{self.name}-{self.version}.{self.kind}"

    def is_intact(self, directory: Path) -> bool:
        """Whether DIRECTORY has the file, with the right content."""
        path = directory / self.file_name
        return path.is_file() and sha256_of(path) == self.sha256


def sha256_of(path: Path) -> str:
    """Return the checksum of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def read_artifacts(path: Path = CHECKSUMS) -> list[Artifact]:
    """Read the list: a checksum and C(group:artifact:version:type) on each line, comments after a C(#)."""
    artifacts = []
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            sha256, coordinates = line.split()
            group, name, version, kind = coordinates.split(":")
            artifacts.append(Artifact(group, name, version, kind, sha256))
    return artifacts
