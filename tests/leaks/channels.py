# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The output channels of a run. Each run is started so that all of them are open, and all are searched."""

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
# With a second release of ansible-core, C(make test) takes fewer scenarios, because C(make leaks) plays all with each.
IS_FOR_RELEASE = os.environ.get("APIOPS_LEAKS") == "release"
CALLBACKS = Path(__file__).resolve().parent / "callback_plugins"

# The inputs and the rendered files contain secrets on purpose. The log is searched as a channel of its own.
_NOT_SEARCHED = ("inputs", "rendered", "ansible.log")


@dataclass(frozen=True)
class Channels:
    """How a run is started.

    targets: the machines that send the requests of tasks; lookups run on the control node only. is_complete: whether
    the run contains all cells of the matrix. arguments: of the command.
    """

    name: str
    verbosity: int
    environment: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = ("control node",)
    is_complete: bool = False
    arguments: tuple[str, ...] = ()

    @property
    def separates_plays(self) -> bool:
        """Does the log show to which play a text belongs?"""
        return not {"ANSIBLE_STDOUT_CALLBACK", "ANSIBLE_DEBUG"}.intersection(self.environment)


@dataclass(frozen=True)
class RecordedRun:
    """A run, and the text of each channel by its name."""

    run: Run
    channels: Mapping[str, str]

    def leaks(self, secrets: Iterable[str]) -> dict[str, list[str]]:
        """The secrets that each channel contains, by the name of the channel."""
        searched = list(secrets)
        found = {name: find_secrets(text, searched) for name, text in self.channels.items()}
        return {name: leaks for name, leaks in found.items() if leaks}

    def log_of_play(self, title: str) -> str:
        """The log of the play TITLE, without whitespace."""
        parts = re.split(r"PLAY \[(.*?)\] \*+", self.run.log)
        return "".join(compact(text) for name, text in zip(parts[1::2], parts[2::2]) if name == title)


def record_run(ansible: Ansible, program: str, arguments: list[str], channels: Channels) -> RecordedRun:
    """Run PROGRAM with CHANNELS open, and collect all outputs and files."""
    # Not in the scratch directory: ansible-core 2.22 creates a socket in it, and the path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="leaks-") as temporary, record_arguments() as process_arguments:
        environment = {**_environment(ansible.scratch, temporary), **channels.environment}
        run = ansible.execute(program, arguments, environment=environment, verbosity=channels.verbosity, seconds=900)
        files = {**_texts(Path(temporary), "temporary files/"), **_texts(ansible.scratch)}
    outputs = {
        "stdout": run.stdout,
        "stderr": run.stderr,
        "log": run.log,
        "process arguments": "\n".join(process_arguments),
    }
    return RecordedRun(run, {**outputs, **files})


def _environment(scratch: Path, temporary: str) -> dict[str, str]:
    """The settings that open every channel that can be open at the same time."""
    return {
        "TMPDIR": temporary,
        # The default is below the home directory in the user database, which ignores HOME.
        "ANSIBLE_REMOTE_TEMP": str(scratch / "remote"),
        "ANSIBLE_FORKS": "4",
        "ANSIBLE_DIFF_ALWAYS": "1",
        "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1",
        "ANSIBLE_HOST_KEY_CHECKING": "0",
        "ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS),
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit,ansible.builtin.tree,recorder",
        "JUNIT_OUTPUT_DIR": str(scratch / "channel-junit"),
        "ANSIBLE_CALLBACK_TREE_DIR": str(scratch / "channel-tree"),
        "RECORDER_PATH": str(scratch / "channel-recorder"),
        "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(scratch / "channel-facts"),
        "ANSIBLE_INVENTORY_UNPARSED_FAILED": "1",
    }


def _texts(directory: Path, prefix: str = "") -> dict[str, str]:
    """The files of DIRECTORY by their relative paths, except those that contain secrets on purpose."""
    paths = {path.relative_to(directory): path for path in sorted(directory.rglob("*")) if path.is_file()}
    return {
        f"{prefix}{name}": path.read_bytes().decode("utf-8", "replace")
        for name, path in paths.items()
        if name.parts[0] not in _NOT_SEARCHED
    }
