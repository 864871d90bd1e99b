# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bundle of our own: Java classes that are compiled against the assembled server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

SOURCES = Path(__file__).with_name("server_classes")
MANIFEST = """\
Manifest-Version: 1.0
Bundle-ManifestVersion: 2
Bundle-SymbolicName: apiops.wso2.server
Bundle-Version: 1.0.0
Bundle-Activator: apiops.wso2.server.Activator
Axis2Deployer: WarDeployer
DynamicImport-Package: *

"""
COMPONENT = """\
<component xmlns="http://products.wso2.org/carbon">
    <deployers>
        <deployer>
            <directory>webapps</directory>
            <extension>war</extension>
            <class>apiops.wso2.server.WarDeployer</class>
        </deployer>
    </deployers>
</component>
"""


class CompileError(Exception):
    """The classes could not be compiled, and this is what the compiler wrote."""


def build_bundle(home: Path) -> None:
    """Compile the classes, and put them into the server at HOME as one bundle."""
    components = home / "repository" / "components"
    classpath = os.pathsep.join(
        str(jar) for place in (components / "plugins", components / "dropins") for jar in sorted(place.glob("*.jar"))
    )
    with tempfile.TemporaryDirectory() as scratch:
        command = [shutil.which("javac") or "javac", "-nowarn", "-proc:none", "-d", scratch, "-cp", classpath]
        done = subprocess.run(
            [*command, *map(str, sorted(SOURCES.glob("*.java")))], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CompileError(done.stderr)
        with zipfile.ZipFile(components / "dropins" / "apiops.wso2.server-1.0.0.jar", "w") as bundle:
            bundle.writestr("META-INF/MANIFEST.MF", MANIFEST)
            bundle.writestr("META-INF/component.xml", COMPONENT)
            for path in sorted(Path(scratch).rglob("*.class")):
                bundle.write(path, path.relative_to(scratch))
