# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes the place of get-pip.py for ansible-test: Python's own bundled pip installs what is asked for."""

from __future__ import annotations

import ensurepip
import sys
from pathlib import Path

# Debian keeps the wheel apart from ensurepip.
PLACES = (Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels"))


def bundled_wheel() -> Path:
    """The first pip wheel in C(PLACES)."""
    return next(wheel for place in PLACES for wheel in sorted(place.glob("pip-*.whl")))


sys.path.insert(0, str(bundled_wheel()))

from pip._internal.cli.main import main  # noqa: E402

# Options of get-pip.py alone.
WANTED = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(main(["install", "--quiet", "--upgrade", "--force-reinstall", *WANTED]))
