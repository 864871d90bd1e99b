# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""How a task keeps its arguments and its result out of every output, while C(register) holds the real values.

It leans on a few attributes of ansible-core that are not part of its public interface; the end-to-end tests hold
them against each supported version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible import constants as C
from ansible.release import __version__ as _core_version

from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK, mentions
from ansible_collections.apiops.wso2.plugins.plugin_utils._secret_options import is_hidden

# From 2.19 on, ansible-core itself shows the message of a failure whose result is censored.
_CORE_SHOWS_CENSORED_FAILURES = tuple(int(part) for part in _core_version.split(".")[:2]) >= (2, 19)


def take_arguments(task: Any) -> dict[str, Any]:
    """Return the arguments of TASK and leave masked ones in it, for they travel to every callback.

    A retry gets a new action plugin but the same task, so the real ones are kept beside them. Only fields that
    the task class knows are sent to other processes, which this attribute is not.
    """
    arguments = getattr(task, "_wso2_arguments", None)
    if arguments is None:
        arguments = task._wso2_arguments = dict(task.args)
        task.args = {name: MASK if is_hidden(name) and value else value for name, value in arguments.items()}
    return dict(arguments)


def forget_source(task: Any, secrets: list[str]) -> None:
    """Drop the YAML that TASK was read from if a secret stands in it, because errors quote it from 2.19 on."""
    if mentions(getattr(task, "_ds", None), secrets):
        task._ds = None


@contextmanager
def hushed(task: Any, *play_contexts: Any) -> Iterator[None]:
    """No module output on the screen meanwhile. The ssh connection asks its own play context, not the task."""
    holders = [holder for holder in (task, *play_contexts) if holder is not None]
    before = [holder.no_log for holder in holders]
    for holder in holders:
        holder.no_log = True
    try:
        yield
    finally:
        for holder, no_log in zip(holders, before):
            holder.no_log = no_log


def censor(task: Any, result: dict[str, Any]) -> None:
    """Hide RESULT in every output. Both marks are needed: older releases heed the first one alone."""
    task.no_log = True
    result["_ansible_no_log"] = True


def must_stay_censored(task: Any, task_vars: Mapping[str, Any], secrets: list[str]) -> bool:
    """May a failure not be shown? Not if the play hides it, nor if the loop item printed beside it holds a secret."""
    loop_variable = task_vars.get("ansible_loop_var")
    beside = [task_vars.get(loop_variable), task_vars.get("ansible_loop")] if loop_variable else []
    return bool(task.no_log) or mentions(beside, secrets)


def show_failure(display: Any, host: object, message: str) -> None:
    """Say MESSAGE where ansible-core would show nothing but that the result is hidden."""
    if not _CORE_SHOWS_CENSORED_FAILURES:
        # Not C(display.error), which says the same only once in a run.
        display.display(f"ERROR! {host}: {message}", color=C.COLOR_ERROR, stderr=True)
