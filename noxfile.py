# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# /// script
# dependencies = ["nox>=2026.8", "antsibull-nox>=1.10", "ansible-core", "uv"]
# ///

"""The checks and tests as nox sessions. C(make test) runs the default ones, C(nox -l) lists all of them."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

import antsibull_nox
import nox

# The oldest and the newest supported release line of ansible-core, each with a Python version that it supports.
CORES = {"2.16": "3.10", "2.21": "3.13"}
# The release lines between them and the next one. C(make test-matrix) runs these, too.
MORE_CORES = {"2.17": "3.10", "2.18": "3.11", "2.19": "3.12", "2.20": "3.12", "2.22": "3.13"}
PRE_RELEASE = "2.22"
PRE_RELEASE_CORE = f"ansible-core>={PRE_RELEASE}.0rc1,=={PRE_RELEASE}.*"
OLDEST, NEWEST = sorted(CORES, key=lambda core: tuple(map(int, core.split("."))))

NEWEST_CORE = f"ansible-core=={NEWEST}.*"

# The releases for the leak tests: each line, the first releases of 2.16 and 2.17, which protect less, and the next one.
LEAK_CORES = {
    "2.16.0": ("==2.16.0", "3.10"),
    "2.16": ("==2.16.*", "3.10"),
    "2.17.0": ("==2.17.0", "3.10"),
    "2.17": ("==2.17.*", "3.10"),
    "2.18": ("==2.18.*", "3.11"),
    "2.19": ("==2.19.*", "3.12"),
    "2.20": ("==2.20.*", "3.12"),
    "2.21": ("==2.21.*", "3.13"),
    "2.22": (">=2.22.0rc1,<2.23", "3.13"),
}

CHECKOUT = Path(__file__).resolve().parent
JUNIT = CHECKOUT / "tests" / "output" / "junit"
UNIT_REQUIREMENTS = ("-rtests/requirements.txt", "-rtests/unit/requirements.txt")
NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}

# In C(make test-matrix) and in continuous integration, every release line runs every test, and every row of tests/wire.
IS_MATRIX = bool(os.environ.get("APIOPS_MATRIX"))
# The results of these sanity tests do not depend on the release of ansible-core. pylint takes half the time of all.
ANY_RELEASE_SANITY = ("changelog", "pep8", "pylint", "yamllint")
# ansible-test runs each of the unit tests in a process of its own. The sessions coverage and pytest run all of them, so
# a test of a module, of module_utils and of the control node show that they work with ansible-test.
UNITS_SAMPLE = ("modules/", "module_utils/test_token.py", "test/")


def find_interpreters() -> None:
    """Add the Pythons of nox, uv and pyenv to the PATH, without the shims of pyenv, which run only one version."""
    entries = [Path(entry) for entry in os.environ["PATH"].split(os.pathsep)]
    shims = [entry for entry in entries if entry.name == "shims" and (entry.parent / "versions").is_dir()]
    homes = [entry.parent / "versions" for entry in shims]
    homes.append(Path(os.environ.get("XDG_DATA_HOME", "~/.local/share")).expanduser() / "uv" / "python")
    path = [entry for entry in entries if entry not in shims]
    path += [found for home in homes for found in sorted(home.glob("*/bin"))]
    os.environ["PATH"] = os.pathsep.join(map(str, [Path(sys.executable).parent, *path]))


def provide_get_pip() -> None:
    """Provide the pip script of ansible-test, which it would otherwise download from a host that can be unreachable.

    Each release of ansible-test has its own file name for it. ansible/ansible#77304 describes the workaround.
    """
    cache = Path("~/.ansible/test/cache").expanduser()
    cache.mkdir(parents=True, exist_ok=True)
    for version in ("23_1_2", "24_2", "25_2"):
        script = cache / f"get_pip_{version}.py"
        if not script.exists():
            # In one step, because another session can be reading it.
            copy = script.with_suffix(f".{os.getpid()}")
            shutil.copyfile(CHECKOUT / "tests" / "bundled_pip.py", copy)
            copy.replace(script)


def keep_reports(name: str) -> None:
    """Copy the JUnit reports out of the tree of ansible-test, which uses the same file names for each release line."""
    shutil.copytree("tests/output/junit", JUNIT / name, dirs_exist_ok=True)
    # antsibull-nox copies the other files, and fails on this directory.
    shutil.rmtree("tests/output/.tmp", ignore_errors=True)


def collections_with_checkout(session: nox.Session) -> Path:
    """Return a directory in which ansible-core finds the checkout as an installed collection."""
    collections = Path(session.create_tmp()).resolve()
    namespace = collections / "ansible_collections" / "apiops"
    namespace.mkdir(parents=True, exist_ok=True)
    (namespace / "wso2").unlink(missing_ok=True)
    (namespace / "wso2").symlink_to(CHECKOUT)
    return collections


find_interpreters()
nox.options.default_venv_backend = "uv"
nox.options.reuse_existing_virtualenvs = True
nox.options.stop_on_first_error = False
antsibull_nox.load_antsibull_nox_toml()


@nox.session(python=False, default=False)
def interpreters(session: nox.Session) -> None:
    """Install the missing Python versions; with C(-- all) those of every release line."""
    wanted = {*CORES.values(), *(MORE_CORES.values() if "all" in session.posargs else ())}
    missing = [python for python in sorted(wanted) if shutil.which(f"python{python}") is None]
    if missing:
        session.run("uv", "python", "install", *missing, external=True)


@nox.session(python=CORES[NEWEST])
def lint(session: nox.Session) -> None:
    """Check style, types and prose."""
    session.install(
        "ruff>=0.14", "mypy>=1.18", "types-requests", "types-PyYAML", "ansible-core", "requests", "codespell>=2.4"
    )
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("python", "tests/prose_check.py", env=NO_BYTECODE)
    with session.chdir(collections_with_checkout(session)):
        config = str(CHECKOUT / ".mypy.ini")
        session.run("mypy", "--config-file", config, "ansible_collections/apiops/wso2/plugins")


@nox.session(python=CORES[NEWEST])
def docs(session: nox.Session) -> None:
    """Build the documentation as HTML pages, offline and without a warning."""
    session.install(NEWEST_CORE, "antsibull-docs>=2.28,<3", "sphinx", "sphinx-ansible-theme>=0.10", "ansible-pygments")
    site = CHECKOUT / ".cache" / "docs"
    rst, html, settings = site / "rst", site / "html", CHECKOUT / "docs" / "site"
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    rst.mkdir(mode=0o700)  # antsibull-docs requires this mode
    command = ["antsibull-docs", "--config-file", str(settings / "antsibull-docs.cfg"), "collection", "--fail-on-error"]
    options = ["--use-current", "--squash-hierarchy", "--dest-dir", str(rst), "apiops.wso2"]
    session.run(*command, *options, env={"ANSIBLE_COLLECTIONS_PATH": str(collections_with_checkout(session))})
    # antsibull-docs copies only the guides.
    shutil.copytree("docs/docsite/rst/images", rst / "docsite" / "images")
    index, landing = rst / "index.rst", (settings / "landing.rst").read_text("utf-8")
    before, heading, after = index.read_text("utf-8").partition("\nDescription\n")
    index.write_text(f"{before}\n{landing}\n{heading}{after}", "utf-8")
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-c", str(settings), str(rst), str(html))
    session.log(f"The pages begin at {html / 'index.html'}")


@nox.session(name="ansible-lint", python=CORES[NEWEST])
def ansible_lint(session: nox.Session) -> None:
    """Check the examples, also those in the documentation, with the strictest profile of ansible-lint."""
    session.install(NEWEST_CORE, "ansible-lint>=26", "-rrequirements.txt")
    collections = collections_with_checkout(session)
    examples = collections / "examples"
    shutil.rmtree(examples, ignore_errors=True)
    shutil.copytree("examples", examples)
    session.run("python", "tests/harness/code_blocks.py", str(examples))
    with session.chdir(examples):
        session.run(
            *("ansible-lint", "--offline", "--strict", "--profile", "production", "."),
            env={"ANSIBLE_COLLECTIONS_PATH": str(collections)},
        )


@nox.session(python=CORES[NEWEST])
def ecosystem(session: nox.Session) -> None:
    """Test the collection with ansible-builder, ansible-runner, ansible-navigator and the behavior of AWX."""
    session.install(
        NEWEST_CORE,
        "ansible-builder>=3.1",
        "ansible-runner>=2.4",
        "ansible-navigator>=25",
        "-rrequirements.txt",
        "-rtests/requirements.txt",
        "-rtests/simulator/requirements.txt",
    )
    report = JUNIT / "ecosystem" / "report.xml"
    session.run("pytest", f"--junit-xml={report}", *(session.posargs or ["tests/ecosystem"]), env=NO_BYTECODE)


@nox.session(python=CORES[NEWEST], default=False)
def plots(session: nox.Session) -> None:
    """Draw the figures of C(make bench) for the documentation."""
    session.install("matplotlib>=3.9")
    session.run("python", "tests/benchmarks/plots.py", env=NO_BYTECODE)


@nox.session(python=CORES[NEWEST])
def coverage(session: nox.Session) -> None:
    """Run the unit tests with the newest release line, and measure how much of the plugins they cover."""
    session.install(NEWEST_CORE, "pytest-cov>=6", *UNIT_REQUIREMENTS)
    total = CHECKOUT / "tests" / "output" / "coverage" / "total.txt"
    total.parent.mkdir(parents=True, exist_ok=True)
    data = {"COVERAGE_FILE": str(total.with_name("data")), **NO_BYTECODE}
    report = JUNIT / "coverage" / "report.xml"
    options = ["--quiet", "--numprocesses=2", "--cov=plugins", "--cov-branch", f"--junit-xml={report}"]
    session.run("pytest", *options, "tests/unit", env=data)
    total.write_text(session.run("coverage", "report", "--format=total", env=data, silent=True) or "", "utf-8")


@nox.session(name=f"pytest-{OLDEST}", python=CORES[OLDEST])
def unit_tests(session: nox.Session) -> None:
    """Run the unit tests with the oldest release line, much faster than ansible-test does."""
    session.install(f"ansible-core=={OLDEST}.*", *UNIT_REQUIREMENTS)
    report = JUNIT / f"pytest-{OLDEST}" / "report.xml"
    session.run("pytest", "--quiet", "--numprocesses=2", f"--junit-xml={report}", "tests/unit", env=NO_BYTECODE)


def ansible_test_arguments(command: str, core: str, python: str) -> list[str]:
    """What ansible-test gets besides its command, with which C(make test) takes a part of its tests."""
    is_reduced = core == OLDEST and not IS_MATRIX
    if command == "sanity":
        return ["--junit", *(f"--skip-test={name}" for name in ANY_RELEASE_SANITY if is_reduced)]
    sample = [f"tests/unit/plugins/{target}" for target in UNITS_SAMPLE] if command == "units" and is_reduced else []
    return ["--python", python, *sample]


def add_end_to_end_session(core: str, python: str) -> None:
    """Register the session that runs playbooks on one release line of ansible-core."""
    suites = ["tests/end_to_end"]
    if core in CORES:
        # The releases between behave the same here, and C(make leaks) searches each of them.
        suites += ["tests/wire", "tests/leaks"]
    if core == NEWEST:
        # The result of these tests does not depend on the release of ansible-core.
        suites += ["tests/interop", "tests/fuzz", "tests/simulator"]
    is_reduced = core in CORES and core != NEWEST and not IS_MATRIX
    selection = ["-m", "not any_release"] if is_reduced else []
    rows = "all" if IS_MATRIX else "each once" if core == NEWEST else "release"

    @nox.session(name=f"end-to-end-{core}", python=python, default=core in CORES)
    def end_to_end(session: nox.Session) -> None:
        """Run playbooks against the simulator and against real OAuth servers."""
        session.install(
            PRE_RELEASE_CORE if core == PRE_RELEASE else f"ansible-core=={core}.*",
            "-rrequirements.txt",
            "-rtests/requirements.txt",
            "-rtests/simulator/requirements.txt",
            "-rtests/interop/requirements.txt",
            # The tests start ansible-core some hundred times. Without byte code, each start compiles it.
            env={"UV_COMPILE_BYTECODE": "1"},
        )
        session.run(
            "pytest",
            "--numprocesses=2",
            # The tests in tests/wire run all rows of an entry point in one playbook, so one worker must run them all.
            "--dist=loadgroup",
            f"--junit-xml={JUNIT / f'end-to-end-{core}' / 'report.xml'}",
            *(session.posargs or [*selection, *suites]),
            env={
                "APIOPS_INTEROP_NPM_DIR": str(CHECKOUT / ".cache" / "npm"),
                "APIOPS_WIRE": rows,
                "APIOPS_LEAKS": "release" if is_reduced else "slice",
                **NO_BYTECODE,
            },
        )


def add_real_wso2_session(core: str, python: str) -> None:
    """Register the session that runs playbooks against a real WSO2 Identity Server."""

    @nox.session(name=f"real-wso2-{core}", python=python)
    def real_wso2(session: nox.Session) -> None:
        """Run playbooks against a WSO2 Identity Server, where there is a JDK of Java 17, and Maven."""
        session.install(
            f"ansible-core=={core}.*",
            "-rrequirements.txt",
            "-rtests/requirements.txt",
            "-rtests/simulator/requirements.txt",
            # Without byte code, each start of ansible-core compiles it.
            env={"UV_COMPILE_BYTECODE": "1"},
        )
        report = JUNIT / f"real-wso2-{core}" / "report.xml"
        # In one process, because each would start a server of its own.
        session.run("pytest", f"--junit-xml={report}", *(session.posargs or ["tests/real_wso2"]), env=NO_BYTECODE)


def add_pre_release_session(command: str, *arguments: str) -> None:
    """Register the session that runs ansible-test with the next release line.

    The sessions of antsibull-nox install final releases only.
    """

    @nox.session(name=f"{command}-{PRE_RELEASE}", python=MORE_CORES[PRE_RELEASE], default=False)
    def ansible_test(session: nox.Session) -> None:
        """Run ansible-test with the next release line."""
        session.install(PRE_RELEASE_CORE)
        provide_get_pip()
        listing = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        listed = session.run(*listing, external=True, silent=True, log=False)
        # Not below the checkout, because ansible-test would skip everything that git ignores there.
        with tempfile.TemporaryDirectory(prefix="apiops-wso2-") as name:
            tree = Path(name) / "ansible_collections" / "apiops" / "wso2"
            for file in filter(os.path.isfile, str(listed).split("\0")):
                (tree / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, tree / file)
            with session.chdir(tree):
                session.run("ansible-test", command, "--venv", "--truncate", "0", *arguments, *session.posargs)
                keep_reports(f"{command}-{PRE_RELEASE}")


for core, python in {**CORES, **MORE_CORES}.items():
    add_end_to_end_session(core, python)
    if core in CORES:
        add_real_wso2_session(core, python)
    if core == PRE_RELEASE:
        # What ansible-test pins for its pylint may not be on PyPI yet.
        add_pre_release_session("sanity", "--junit", "--skip-test", "pylint")
        add_pre_release_session("units", "--python", python)
        add_pre_release_session("integration", "--python", python)
        continue
    for command in ("sanity", "units", "integration"):
        antsibull_nox.add_ansible_test_session(
            name=f"{command}-{core}",
            description=f"ansible-test {command} with ansible-core {core}",
            ansible_test_params=[
                *(command, "--venv", "--truncate", "0"),
                *ansible_test_arguments(command, core, python),
            ],
            ansible_core_version=core,
            ansible_core_source="pypi",
            # The session coverage runs the unit tests with the newest release line.
            default=core in CORES and (command, core) != ("units", NEWEST),
            callback_before=provide_get_pip,
            callback_after=partial(keep_reports, f"{command}-{core}"),
        )


def add_leaks_session(core: str, requirement: str, python: str) -> None:
    """Register the session that searches every output of one release of ansible-core for secrets."""

    @nox.session(name=f"leaks-{core}", python=python, default=False, tags=["leaks"])
    def leaks(session: nox.Session) -> None:
        """Play the whole matrix of scenarios, forms and channels."""
        session.install(
            requirement, "-rrequirements.txt", "-rtests/requirements.txt", "-rtests/simulator/requirements.txt"
        )
        environment = {"APIOPS_LEAKS": "whole", "PYTHONDONTWRITEBYTECODE": "1"}
        arguments = ["--numprocesses=2", "--dist=loadgroup", *(session.posargs or ["tests/leaks"])]
        session.run("pytest", *arguments, env=environment)


for core, (requirement, python) in LEAK_CORES.items():
    add_leaks_session(core, f"ansible-core{requirement}", python)


if __name__ == "__main__":
    nox.main()
