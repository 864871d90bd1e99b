# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# /// script
# dependencies = ["nox>=2026.8", "antsibull-nox>=1.10", "ansible-core", "uv"]
# ///

"""The checks and tests, each a session: C(make test) runs them all, C(nox -l) lists them."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from pathlib import Path

import antsibull_nox
import nox

# The oldest and the newest release line of ansible-core that is supported, each with a Python that it runs on.
CORES = {"2.16": "3.10", "2.21": "3.13"}
NEWEST = max(CORES, key=lambda core: tuple(map(int, core.split("."))))

CHECKOUT = Path(__file__).resolve().parent
JUNIT = CHECKOUT / "tests" / "output" / "junit"


def find_interpreters() -> None:
    """Let every Python be found: nox' own, those on the PATH, uv's and pyenv's, whose shims run only what is chosen."""
    entries = [Path(entry) for entry in os.environ["PATH"].split(os.pathsep)]
    shims = [entry for entry in entries if entry.name == "shims" and (entry.parent / "versions").is_dir()]
    homes = [entry.parent / "versions" for entry in shims]
    homes.append(Path(os.environ.get("XDG_DATA_HOME", "~/.local/share")).expanduser() / "uv" / "python")
    path = [entry for entry in entries if entry not in shims]
    path += [found for home in homes for found in sorted(home.glob("*/bin"))]
    os.environ["PATH"] = os.pathsep.join(map(str, [Path(sys.executable).parent, *path]))


def provide_get_pip() -> None:
    """Give ansible-test a pip to begin with, since it would fetch one from a host that not everybody reaches.

    The names are those that the releases look for (ansible/ansible#77304 tells of the work-around).
    """
    cache = Path("~/.ansible/test/cache").expanduser()
    cache.mkdir(parents=True, exist_ok=True)
    for version in ("23_1_2", "24_2", "25_2"):
        script = cache / f"get_pip_{version}.py"
        if not script.exists():
            shutil.copyfile(CHECKOUT / "tests" / "bundled_pip.py", script)


def keep_reports(name: str) -> None:
    """Copy the JUnit reports from the tree that ansible-test ran in, where each release line has the same names."""
    shutil.copytree("tests/output/junit", JUNIT / name, dirs_exist_ok=True)
    # antsibull-nox, which copies the rest, stumbles over this one.
    shutil.rmtree("tests/output/.tmp", ignore_errors=True)


find_interpreters()
nox.options.default_venv_backend = "uv"
nox.options.reuse_existing_virtualenvs = True
nox.options.stop_on_first_error = False
antsibull_nox.load_antsibull_nox_toml()


@nox.session(python=False, default=False)
def interpreters(session: nox.Session) -> None:
    """Fetch the Pythons that are not on this machine."""
    missing = [python for python in CORES.values() if shutil.which(f"python{python}") is None]
    if missing:
        session.run("uv", "python", "install", *missing, external=True)


@nox.session(python=CORES[NEWEST])
def lint(session: nox.Session) -> None:
    """Check style and types."""
    session.install("ruff>=0.14", "mypy>=1.18", "types-requests", "types-PyYAML", "ansible-core", "requests")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    tree = Path(session.create_tmp()) / "ansible_collections" / "apiops"
    tree.mkdir(parents=True, exist_ok=True)
    (tree / "wso2").unlink(missing_ok=True)
    (tree / "wso2").symlink_to(CHECKOUT)
    with session.chdir(tree.parents[1]):
        config = str(CHECKOUT / ".mypy.ini")
        session.run("mypy", "--config-file", config, "ansible_collections/apiops/wso2/plugins")


def add_end_to_end_session(core: str, python: str) -> None:
    """Register the session that runs playbooks on one release line of ansible-core."""
    suites = ["tests/end_to_end", "tests/interop"]
    if core == NEWEST:
        # The simulator's own tests know nothing of ansible-core.
        suites.append("tests/simulator")

    @nox.session(name=f"end-to-end-{core}", python=python)
    def end_to_end(session: nox.Session) -> None:
        """Run playbooks against the simulator and against real OAuth servers."""
        session.install(
            f"ansible-core=={core}.*",
            "-rrequirements.txt",
            "-rtests/requirements.txt",
            "-rtests/simulator/requirements.txt",
            "-rtests/interop/requirements.txt",
        )
        session.run(
            "pytest",
            "--numprocesses=2",
            f"--junit-xml={JUNIT / f'end-to-end-{core}' / 'report.xml'}",
            *(session.posargs or suites),
            env={"APIOPS_INTEROP_NPM_DIR": str(CHECKOUT / ".cache" / "npm"), "PYTHONDONTWRITEBYTECODE": "1"},
        )


for core, python in CORES.items():
    for command, extra in (
        ("sanity", ["--junit"]),
        ("units", ["--python", python]),
        ("integration", ["--python", python]),
    ):
        antsibull_nox.add_ansible_test_session(
            name=f"{command}-{core}",
            description=f"ansible-test {command} with ansible-core {core}",
            ansible_test_params=[command, "--venv", "--truncate", "0", *extra],
            ansible_core_version=core,
            ansible_core_source="pypi",
            default=True,
            callback_before=provide_get_pip,
            callback_after=partial(keep_reports, f"{command}-{core}"),
        )
    add_end_to_end_session(core, python)


if __name__ == "__main__":
    nox.main()
