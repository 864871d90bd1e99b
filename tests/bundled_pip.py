# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replaces get-pip.py for ansible-test: the pip that is bundled with Python installs the requested packages."""

from __future__ import annotations

import ensurepip
import sys
from pathlib import Path

# Debian installs the wheel outside ensurepip.
DIRECTORIES = (Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels"))


def bundled_wheel() -> Path:
    """The first pip wheel in C(DIRECTORIES)."""
    return next(wheel for directory in DIRECTORIES for wheel in sorted(directory.glob("pip-*.whl")))


sys.path.insert(0, str(bundled_wheel()))

from pip._internal.cli.main import main  # noqa: E402

# Without the options that only get-pip.py has.
ARGUMENTS = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(main(["install", "--quiet", "--upgrade", "--force-reinstall", *ARGUMENTS]))
