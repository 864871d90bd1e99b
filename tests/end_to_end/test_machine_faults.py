# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of the control node: killed processes, damaged entries, and directories that cannot store tokens."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, write_json
from secret_search import compact
from store_warnings import store_warnings
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
GET: dict[str, Any] = {PLUGIN: {}, "register": "wso2"}
HOSTS = [f"host{number}" for number in range(4)]
FORKS = ["--forks", "4"]
PATIENCE_SECONDS = 60

needs_proc = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are found by /proc")


def _wait_until(happens: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happens():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def _kill(ansible: Ansible) -> None:
    """Send SIGKILL to all processes of the run, to the first one first."""
    playbook = str(ansible.scratch / "playbook.yml").encode()
    while processes := sorted(
        int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if _runs(path, playbook)
    ):
        for process in processes:
            # It can have ended with its parent.
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.05)


def _runs(path: Path, playbook: bytes) -> bool:
    try:
        return playbook in path.read_bytes().split(b"\0")
    except OSError:
        return False


@pytest.fixture
def other(collections: Path, tmp_path: Path) -> Ansible:
    """Another run at the same time."""
    (tmp_path / "other").mkdir()
    return Ansible(collections, tmp_path / "other")


@needs_proc
@pytest.mark.parametrize("store", ["run", pytest.param("a directory", marks=pytest.mark.any_release)])
def test_a_process_killed_during_its_request_does_not_block_others(
    ansible: Ansible, other: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, store: str
) -> None:
    variables["wso2_token_store"] = store if store == "run" else str(tmp_path / "tokens")
    wso2.queue_fault("hang", path="token")
    with ThreadPoolExecutor() as pool:
        doomed = pool.submit(ansible.play, [GET], variables=variables, hosts=HOSTS, arguments=FORKS)
        _wait_until(lambda: wso2.token_requests() or doomed.done())
        waiting = pool.submit(other.play, [GET, write_json("wso2", tmp_path / "got.json")], variables=variables)
        if store != "run":
            # Wait until the other run waits for the lock, whose file it opens first.
            _wait_until(lambda: _openers(tmp_path / "tokens") > len(HOSTS))
            assert not waiting.done()
        _kill(ansible)
        assert doomed.result().returncode == -signal.SIGKILL
        run = waiting.result()
    assert run.returncode == 0, run.stdout + run.stderr
    got = json.loads((tmp_path / "got.json").read_text("utf-8"))
    assert (got["origin"], wso2.is_active(got["access_token"])) == ("granted", True)
    # It also got the lock. After a timeout it would have shown a warning.
    assert store_warnings(run) == []
    assert len(wso2.token_requests()) == 2
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or "apiops.wso2" not in str(path) or b"alice" not in path.read_bytes()


def _openers(directory: Path) -> int:
    """How many processes have a file below DIRECTORY open."""
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        # The process can end at any moment.
        with suppress(OSError):
            for descriptor in list((process / "fd").iterdir()):
                with suppress(OSError):
                    count += descriptor.readlink().is_relative_to(directory)
    return count


DIE_IN_THE_MIDST = """
import os, signal, sys
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore
os.replace = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)
with DirectoryStore(sys.argv[1]).lock(sys.argv[2]):
    DirectoryStore(sys.argv[1]).write(sys.argv[2], b"new", 9)
"""


@pytest.mark.any_release
def test_a_process_killed_during_a_write_leaves_the_old_entry(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    variables["wso2_token_store"] = str(tmp_path / "tokens")
    assert ansible.play([GET], variables=variables).returncode == 0
    before = len(_entries(tmp_path / "tokens"))
    entry = _entries(tmp_path / "tokens")[0]
    killed = subprocess.run(
        [sys.executable, "-c", DIE_IN_THE_MIDST, str(tmp_path / "tokens"), entry.name],
        env={**os.environ, "PYTHONPATH": str(ansible.collections), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(_entries(tmp_path / "tokens")) == before + 1
    tasks = [GET, write_json("wso2.origin", tmp_path / "first.json"), {PLUGIN: {"force": True}, "register": "wso2"}]
    run = ansible.play([*tasks, write_json("wso2.origin", tmp_path / "second.json")], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads((tmp_path / "first.json").read_text("utf-8")) == "stored"
    assert json.loads((tmp_path / "second.json").read_text("utf-8")) == "refreshed"
    assert store_warnings(run) == []


def _entries(directory: Path) -> list[Path]:
    """The files of the store except its locks, the largest first. It contains the token."""
    files = [path for path in directory.iterdir() if path.suffix != ".lock"]
    return sorted(files, key=lambda path: path.stat().st_size, reverse=True)


def _cut_off(entry: Path, others: bytes) -> None:
    entry.write_bytes(entry.read_bytes()[:-1])


def _emptied(entry: Path, others: bytes) -> None:
    entry.write_bytes(b"")


def _foreign(entry: Path, others: bytes) -> None:
    entry.write_bytes(b"#!/bin/sh\necho a file that has nothing to do with tokens\n")


def _of_another_key(entry: Path, others: bytes) -> None:
    entry.write_bytes(others)


def _open_to_others(entry: Path, others: bytes) -> None:
    entry.chmod(0o644)


def _linked(entry: Path, others: bytes) -> None:
    entry.rename(entry.with_name("elsewhere"))
    entry.symlink_to("elsewhere")


DAMAGES = (_cut_off, _emptied, _foreign, _of_another_key, _open_to_others, _linked)


@pytest.mark.any_release
def test_an_invalid_entry_is_replaced_after_a_request(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    stores = {damage.__name__: tmp_path / "stores" / damage.__name__ for damage in DAMAGES}
    (tmp_path / "stores").mkdir()
    each = {"loop": list(map(str, stores.values())), "register": "wso2"}
    get = {PLUGIN: {"token_store": "{{ item }}"}, **each}
    others = {PLUGIN: {"token_store": str(tmp_path / "others"), "username": "admin", "password": "admin"}}
    assert ansible.play([get, others], variables=variables).returncode == 0
    others_entry = _entries(tmp_path / "others")[0]
    entries = {name: _entries(directory)[0] for name, directory in stores.items()}
    for damage in DAMAGES:
        damage(entries[damage.__name__], others_entry.read_bytes())
    before = len(wso2.token_requests())
    origins = "wso2.results | map(attribute='origin') | list"
    tasks = [get, write_json(origins, tmp_path / "first.json"), get, write_json(origins, tmp_path / "second.json")]
    run = ansible.play(tasks, variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    assert json.loads((tmp_path / "first.json").read_text("utf-8")) == ["granted"] * len(DAMAGES)
    assert json.loads((tmp_path / "second.json").read_text("utf-8")) == ["stored"] * len(DAMAGES)
    assert len(wso2.token_requests()) == before + len(DAMAGES)
    assert {stat.S_IMODE(entry.lstat().st_mode) for entry in entries.values()} == {0o600}
    assert not any(entry.is_symlink() for entry in entries.values())
    assert store_warnings(run) == []


# Code that Python runs at its start to simulate such a machine.
NO_LOCKS = """
import errno, fcntl, os
def flock(*arguments):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
fcntl.flock = flock
"""
FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
"""
# Root without the capabilities to ignore file modes (CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH).
HEEDING_MODES = """
import ctypes, os
if os.geteuid() == 0:
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    sets[0] &= ~0b110
    assert libc.capset(header, sets) == 0
"""


def _read_only(directory: Path) -> None:
    directory.chmod(0o500)


def _owned_by_another_user(directory: Path) -> None:
    os.chown(directory, 54321, 54321)


def _as_it_is(directory: Path) -> None:
    pass


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the capabilities of Linux")
UNUSABLE_DIRECTORIES = [
    # How the directory is prepared, the code that Python runs at its start, the cause in the warning.
    pytest.param(_read_only, HEEDING_MODES, "Permission denied", id="read-only", marks=needs_linux),
    pytest.param(_as_it_is, FULL, "File too large", id="full"),
    pytest.param(_as_it_is, NO_LOCKS, "No locks available", id="no locks"),
    pytest.param(_owned_by_another_user, "", "belongs to another user", id="owned by another user", marks=needs_root),
]


@pytest.mark.any_release
@pytest.mark.parametrize(("prepare", "sitecustomize", "cause"), UNUSABLE_DIRECTORIES)
def test_an_unusable_directory_causes_one_warning(
    ansible: Ansible,
    wso2: Wso2,
    variables: dict[str, Any],
    tmp_path: Path,
    prepare: Callable[[Path], None],
    sitecustomize: str,
    cause: str,
) -> None:
    # As much as the file system has space for.
    wso2.reset(token_format="jwt", jwt_extra_bytes=200_000)
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "sitecustomize.py").write_text(sitecustomize, "utf-8")
    (tmp_path / "tokens").mkdir(mode=0o700)
    prepare(tmp_path / "tokens")
    lookup = f"lookup('{PLUGIN}') | length > 200000"
    tasks = [GET, {"ansible.builtin.assert": {"that": ["wso2.access_token | length > 200000", lookup], "quiet": True}}]
    run = ansible.play(
        tasks,
        variables={**variables, "wso2_token_store": str(tmp_path / "tokens")},
        hosts=HOSTS,
        arguments=FORKS,
        environment={"PYTHONPATH": str(tmp_path / "python")},
    )
    (tmp_path / "tokens").chmod(0o700)
    assert run.returncode == 0, run.stdout + run.stderr
    (warning,) = store_warnings(run)
    assert compact(str(tmp_path / "tokens")) in warning
    assert compact(cause) in warning
    assert not list((tmp_path / "tokens").glob(".new-*"))
    assert run.leaks("alice-pass", "demo_secret") == []
