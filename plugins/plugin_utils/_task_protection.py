# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""How a task keeps its arguments and its result out of every output and file, while C(register) holds the real values.

The result is censored before anything else happens. One thing is shown again: a failure that the plugin reports, if no
secret is printed with it. Some attributes of ansible-core used here are not part of its public interface. The
end-to-end tests check them with each supported release, and a missing one fails the task.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import Options
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK, mentions
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import is_hidden

_STATE = "_wso2_state"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class TaskProtection:
    """Protects one task for one host, or one item of a loop. A retry gets the same object from the task.

    arguments: the real ones. failure_seen: epoch seconds at which the task last reported a failure, 0 if never.
    """

    def __init__(self, task: Any, options: Options) -> None:
        self._task = task
        self._is_censored_by_user = bool(task.no_log)
        self.arguments: dict[str, Any] = dict(task.args)
        self.failure_seen = 0.0
        # The redo of a debugger gets the arguments that the callbacks got.
        if any(is_hidden(name, options) and value == MASK for name, value in self.arguments.items()):
            message = "The secrets of this task are not kept for a redo. Run the playbook again"
            raise AnsibleActionFail(f"{message}.")
        task.args = {
            name: MASK if is_hidden(name, options) and value else value for name, value in self.arguments.items()
        }

    @classmethod
    def of(cls, task: Any, options: Options) -> TaskProtection:
        """The protection of TASK, which censors it from now on."""
        for name in ("args", "no_log"):
            if not hasattr(task, name):
                raise AnsibleActionFail(f"This release of ansible-core cannot hide secrets: tasks have no {name}.")
        # A retry gets a new action plugin but the same task. This attribute is not sent to other processes, because
        # only fields that the class of the task defines are.
        protection: TaskProtection = getattr(task, _STATE, None) or cls(task, options)
        setattr(task, _STATE, protection)
        task.no_log = True
        return protection

    def forget_source(self, secrets: list[str]) -> None:
        """Drop the YAML that the task was read from if it contains a secret, because errors quote it from 2.19 on."""
        if mentions(getattr(self._task, "_ds", None), secrets):
            self._task._ds = None

    def censor(self, result: dict[str, Any]) -> None:
        """Hide RESULT in every output. Both marks are needed: older releases honor the first one alone."""
        self._task.no_log = True
        result["_ansible_no_log"] = True

    def show(self, result: dict[str, Any], task_vars: Mapping[str, Any], secrets: list[str]) -> bool:
        """Let RESULT, a failure without a secret, be shown, unless the user or a loop item forbids it.

        The item is printed with a failure. Returns whether it is shown.
        """
        loop_variable = task_vars.get("ansible_loop_var")
        printed_too = [task_vars.get(loop_variable), task_vars.get("ansible_loop")] if loop_variable else []
        if self._is_censored_by_user or mentions(printed_too, secrets):
            self.censor(result)
            return False
        self._task.no_log = False
        return True

    def report_censored(self, display: Any, host: object, message: str) -> None:
        """Show MESSAGE where ansible-core shows only that the result is hidden, or shows equal messages once."""
        if not self._is_censored_by_user:
            # Not display.error, which shows the same message only once in a run.
            display.display(f"ERROR! {host}: {message}", color=C.COLOR_ERROR, stderr=True)

    @contextmanager
    def suppressed_output(self, *play_contexts: Any) -> Iterator[None]:
        """No module output on the screen meanwhile: the ssh connection obeys its own play context, not the task."""
        holders = [holder for holder in play_contexts if holder is not None]
        before = [holder.no_log for holder in holders]
        for holder in holders:
            holder.no_log = True
        try:
            yield
        finally:
            for holder, no_log in zip(holders, before):
                holder.no_log = no_log


@contextmanager
def cleaned_up_by(clean_up: Callable[[], object]) -> Iterator[None]:
    """Call CLEAN_UP at the end of the block, however it ends. A signal then takes effect as it would have before.

    From ansible-core 2.19 on, the handler of a worker's signals ends the process at once, so that no C(finally) is
    reached.
    """
    received: list[int] = []
    is_cleaning_up = False

    def interrupt(number: int, _frame: object) -> None:
        received.append(number)
        # The second signal of an impatient user, or of ansible-core, must not stop what cleans up.
        if len(received) == 1 and not is_cleaning_up:
            raise KeyboardInterrupt

    previous: dict[int, Any] = {}
    # Elsewhere Python does not let signals be handled.
    if threading.current_thread() is threading.main_thread():
        previous = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        is_cleaning_up = True
        try:
            clean_up()
        finally:
            for number, handler in previous.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)
            if received:
                os.kill(os.getpid(), received[0])
