# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A play that pauses at one point while the test changes something around it, for example stops a server."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playbook import Ansible, Run

_TIMEOUT_SECONDS = 120


def play_with_pause(
    action: Callable[[], object],
    ansible: Ansible,
    *,
    before: Sequence[Mapping[str, Any]],
    after: Sequence[Mapping[str, Any]],
    **run_options: Any,
) -> Run:
    """Run the tasks BEFORE, then call ACTION while the play waits for it, then run the tasks AFTER."""
    reached, done = ansible.scratch / "reached", ansible.scratch / "done"
    notify = {"ansible.builtin.file": {"path": str(reached), "state": "touch", "mode": "0600"}, "run_once": True}
    wait = {"ansible.builtin.wait_for": {"path": str(done), "timeout": _TIMEOUT_SECONDS, "sleep": 1}, "run_once": True}
    with ThreadPoolExecutor() as pool:
        running = pool.submit(ansible.play, [*before, notify, wait, *after], **run_options)
        while not (reached.exists() or running.done()):
            time.sleep(0.05)
        if not running.done():
            try:
                action()
            finally:
                done.touch()
        return running.result()
