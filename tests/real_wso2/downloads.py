# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Downloads the artifacts with Maven into a cache outside the tree: C(python tests/real_wso2/downloads.py)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from artifacts import Artifact, read_artifacts

# Parent poms of many WSO2 modules are not in Maven Central. Later versions of the plugin read them and fail.
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:2.8"
POM = """\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>apiops</groupId>
  <artifactId>real-wso2</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId>
    <artifactId>maven-dependency-plugin</artifactId>
    <version>2.8</version>
    <configuration>
      <outputDirectory>{directory}</outputDirectory>
      <artifactItems>{items}</artifactItems>
    </configuration>
  </plugin></plugins></build>
</project>
"""


class DownloadError(Exception):
    """The artifacts are not there, and this is why."""


def cache_directory() -> Path:
    """Where the artifacts are kept for the next time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "apiops-wso2" / "artifacts"


def download(directory: Path, artifacts: Sequence[Artifact]) -> None:
    """Complete DIRECTORY, and raise DownloadError unless each file has its checksum afterwards."""
    missing = [artifact for artifact in artifacts if not artifact.is_intact(directory)]
    if not missing:
        return
    directory.mkdir(parents=True, exist_ok=True)
    for artifact in missing:
        # Maven keeps a file that exists, even one with the wrong content.
        (directory / artifact.file_name).unlink(missing_ok=True)
    print(f"Downloading {len(missing)} of {len(artifacts)} artifacts to {directory} ...", flush=True)
    _copy(missing, directory)
    wrong = [artifact.file_name for artifact in missing if not artifact.is_intact(directory)]
    for name in wrong:
        (directory / name).unlink(missing_ok=True)
    if wrong:
        raise DownloadError(f"These files do not have the checksum in checksums.txt: {', '.join(wrong)}")


def _copy(artifacts: Sequence[Artifact], directory: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise DownloadError("Maven is missing. Debian and Ubuntu have it in the package maven, Fedora too.")
    with tempfile.TemporaryDirectory() as scratch:
        pom = Path(scratch) / "pom.xml"
        items = "".join(map(_item, artifacts))
        pom.write_text(POM.format(directory=escape(str(directory)), items=items), "utf-8")
        command = [maven, "--batch-mode", "--strict-checksums", "--file", str(pom), f"{PLUGIN}:copy"]
        if subprocess.run(command, check=False).returncode:
            raise DownloadError("Maven failed, see above. A mirror of Maven Central is set in ~/.m2/settings.xml.")


def _item(artifact: Artifact) -> str:
    return (
        f"<artifactItem><groupId>{artifact.group}</groupId><artifactId>{artifact.name}</artifactId>"
        f"<version>{artifact.version}</version><type>{artifact.kind}</type></artifactItem>"
    )


def main() -> int:
    """Download what is missing, and say where it is."""
    directory = cache_directory()
    try:
        download(directory, read_artifacts())
    except DownloadError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"All artifacts are in {directory}, with the right checksums.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
