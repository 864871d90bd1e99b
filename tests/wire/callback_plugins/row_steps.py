# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback that prepares the simulator before each row and saves the requests that it received.

It runs in the process of ansible-playbook, so a row costs no further task. It also imports C(requests) and the modules
of the collection there. Otherwise the worker of each task would compile and import them again.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import shutil
import time
from pathlib import Path
from typing import Any

import requests
from ansible import constants
from ansible.plugins.callback import CallbackBase
from wso2 import Wso2

DOCUMENTATION = """
name: row_steps
type: notification
short_description: Prepares the simulator for each row
description: Reads and writes files in the directory that the environment variable ROW_STEPS_DIRECTORY contains.
"""


class CallbackModule(CallbackBase):
    """The tasks of a row have its name. C(rows.json) lists the names with their steps, in order.

    The callback writes C(NUMBER.json) for each row, and the file C(refresh_token) before the row starts.
    """

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "row_steps"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._directory = Path(os.environ["ROW_STEPS_DIRECTORY"])
        self._wso2 = Wso2(json.loads((self._directory / "facts.json").read_text("utf-8")))
        self._rows: list[tuple[str, list[Any]]] = json.loads((self._directory / "rows.json").read_text("utf-8"))
        self._current = -1
        self._started = 0.0
        self._error = ""

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Import what the workers need."""
        for name in ("plugin_utils", "module_utils"):
            package = importlib.import_module(f"ansible_collections.apiops.wso2.plugins.{name}")
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{package.__name__}.{module.name}")

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Save the row that ended and prepare the next one, unless this task repeats the call of a row."""
        if self._current >= 0 and task.name == self._rows[self._current][0]:
            return
        if self._current >= 0:
            self._save()
        self._current += 1
        if self._current < len(self._rows):
            self._prepare()

    def _save(self) -> None:
        saved = {
            "started": self._started,
            "ended": time.time(),
            "error": self._error,
            "journal": self._wso2.journal(),
            "tokens": self._wso2.all_tokens(),
        }
        (self._directory / f"{self._current}.json").write_text(json.dumps(saved), "utf-8")

    def _prepare(self) -> None:
        self._error = ""
        try:
            refresh_token = prepare(self._wso2, self._rows[self._current][1])
        except Exception as error:  # reported for this row, because the others can still run
            self._error, refresh_token = repr(error), ""
        (self._directory / "refresh_token").write_text(refresh_token, "utf-8")
        self._started = time.time()


def prepare(wso2: Wso2, steps: list[tuple[str, dict[str, Any]]]) -> str:
    """Reset everything that an earlier row left, take STEPS, and return the refresh token that they requested."""
    wso2.reset()
    # The caches of the run, so that each row starts without tokens and without cached failures.
    shutil.rmtree(Path(constants.DEFAULT_LOCAL_TMP) / "apiops.wso2", ignore_errors=True)
    refresh_token = ""
    for kind, values in steps:
        if kind == "grant":
            refresh_token = _request_token(wso2, values).get("refresh_token", "")
        elif kind == "refresh":
            _request_token(wso2, {"grant_type": "refresh_token", "refresh_token": refresh_token})
        else:
            _STEPS[kind](wso2, **values)
    wso2.forget_journal()
    return refresh_token


def _request_token(wso2: Wso2, form: dict[str, str]) -> dict[str, Any]:
    response = requests.post(
        wso2.token_url, data=form, auth=("demo_key", "demo_secret"), verify=wso2.ca_path, timeout=10
    )
    assert response.ok, response.text
    members: dict[str, Any] = response.json()
    return members


_STEPS = {
    "settings": Wso2.change,
    "fault": Wso2.queue_fault,
    "user": Wso2.put_user,
    "application": Wso2.put_application,
    "clock": Wso2.advance,
}
