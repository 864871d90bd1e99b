# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run may be read on, and how it is set up for that; each run is searched in all of them."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ansible.release import __version__
from playbook import Ansible, Run
from process_list import record_arguments
from secret_search import compact, find_secrets

CORE = tuple(int(part) for part in __version__.split(".")[:2])
IS_WHOLE = os.environ.get("APIOPS_LEAKS") == "whole"
CALLBACKS = Path(__file__).resolve().parent / "callback_plugins"

# Not searched: where the secrets come from, and where they are meant to go; the log is searched as such.
_LEFT_OUT = ("inputs", "kept", "ansible.log")


@dataclass(frozen=True)
class Channels:
    """How a run is started.

    places: where its tasks run; lookups run C(here) only. is_complete: whether all cells of the matrix are played.
    arguments: of the command.
    """

    name: str
    verbosity: int
    environment: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = ("control node",)
    is_complete: bool = False
    arguments: tuple[str, ...] = ()

    @property
    def tells_plays(self) -> bool:
        """Does the log tell which play a text belongs to?"""
        return not {"ANSIBLE_STDOUT_CALLBACK", "ANSIBLE_DEBUG"}.intersection(self.environment)


@dataclass(frozen=True)
class Examined:
    """A run, and every channel of it by its name."""

    run: Run
    channels: Mapping[str, str]

    def leaks(self, secrets: Iterable[str]) -> dict[str, list[str]]:
        """The secrets that were found, by the channels that they were found in."""
        wanted = list(secrets)
        found = {name: find_secrets(text, wanted) for name, text in self.channels.items()}
        return {name: leaks for name, leaks in found.items() if leaks}

    def said_in(self, title: str) -> str:
        """What was logged of the play TITLE, without white space."""
        parts = re.split(r"PLAY \[(.*?)\] \*+", self.run.log)
        return "".join(compact(text) for name, text in zip(parts[1::2], parts[2::2]) if name == title)


def examine(ansible: Ansible, program: str, arguments: list[str], channels: Channels) -> Examined:
    """Run PROGRAM with CHANNELS open, and gather what can be read afterwards."""
    # Not in the scratch directory: ansible-core 2.22 makes a socket in it, whose path must be short.
    with tempfile.TemporaryDirectory(prefix="leaks-") as temporary, record_arguments() as seen:
        given = {**_environment(ansible.scratch, temporary), **channels.environment}
        run = ansible.execute(program, arguments, environment=given, verbosity=channels.verbosity, seconds=900)
        files = {**_texts(Path(temporary), "temporary files/"), **_texts(ansible.scratch)}
    shown = {"stdout": run.stdout, "stderr": run.stderr, "log": run.log, "process arguments": "\n".join(seen)}
    return Examined(run, {**shown, **files})


def _environment(scratch: Path, temporary: str) -> dict[str, str]:
    """Every channel that can be open at once."""
    return {
        "TMPDIR": temporary,
        # By default below the home of the user that the machine knows, whatever HOME says.
        "ANSIBLE_REMOTE_TEMP": str(scratch / "remote"),
        "ANSIBLE_FORKS": "4",
        "ANSIBLE_DIFF_ALWAYS": "1",
        "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1",
        "ANSIBLE_HOST_KEY_CHECKING": "0",
        "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit,ansible.builtin.tree,spy",
        "JUNIT_OUTPUT_DIR": str(scratch / "channel-junit"),
        "ANSIBLE_CALLBACK_TREE_DIR": str(scratch / "channel-tree"),
        "SPY_PATH": str(scratch / "channel-spy"),
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(scratch / "channel-facts"),
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "1",
    }


def _texts(directory: Path, prefix: str = "") -> dict[str, str]:
    """The files of DIRECTORY by their paths in it, those left out that hold secrets by intent."""
    paths = {path.relative_to(directory): path for path in sorted(directory.rglob("*")) if path.is_file()}
    return {
        f"{prefix}{name}": path.read_bytes().decode("utf-8", "replace")
        for name, path in paths.items()
        if name.parts[0] not in _LEFT_OUT
    }
