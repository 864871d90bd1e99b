# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replaces get-pip.py for ansible-test: unpacks the pip that is bundled with Python.

ansible-test requests another version of pip. Installing it would take most of the time of a sanity test, because each
has an environment of its own.
"""

from __future__ import annotations

import ensurepip
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

# Debian installs the wheel outside ensurepip.
DIRECTORIES = (Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels"))


def bundled_wheel() -> Path:
    """The first pip wheel in C(DIRECTORIES)."""
    return next(wheel for directory in DIRECTORIES for wheel in sorted(directory.glob("pip-*.whl")))


with zipfile.ZipFile(bundled_wheel()) as archive:
    archive.extractall(sysconfig.get_path("purelib"))

# The packages besides pip, which are setuptools and wheel where a release of ansible-test requests them.
PACKAGES = [argument for argument in sys.argv[1:] if not argument.startswith(("-", "pip=="))]
if PACKAGES:
    sys.exit(
        subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES])
    )
