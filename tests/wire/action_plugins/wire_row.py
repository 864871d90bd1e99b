# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Between two questions of the suite: keeps what the last one brought, and gets the simulator ready for the next."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import requests
from ansible import constants
from ansible.plugins.action import ActionBase
from wso2 import Wso2


class ActionModule(ActionBase):
    """directory: holds C(facts.json) and C(rows.json), and gets a file for each question.

    finished: the number of the question before, if there was one, with its C(answer), C(began) and C(trouble).
    next: the number of the one that follows, if there is one. Returns C(began) and C(refresh_token).
    """

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = self._task.args
        directory = Path(str(arguments["directory"]))
        wso2 = Wso2(json.loads((directory / "facts.json").read_text("utf-8")))
        if "finished" in arguments:
            kept = {
                "answer": arguments["answer"],
                "began": float(arguments["began"]),
                "trouble": arguments["trouble"],
                "ended": time.time(),
                "journal": wso2.journal(),
                "tokens": wso2.all_tokens(),
            }
            (directory / f"{arguments['finished']}.json").write_text(json.dumps(kept), "utf-8")
        if "next" in arguments:
            rows = json.loads((directory / "rows.json").read_text("utf-8"))
            try:
                result["refresh_token"] = _prepare(wso2, rows[int(arguments["next"])])
            except Exception as error:  # told by the row, of which there are others
                result["trouble"] = repr(error)
        result["began"] = time.time()
        return result


def _prepare(wso2: Wso2, steps: list[tuple[str, dict[str, Any]]]) -> str:
    wso2.reset()
    # Each row has a run of its own, as far as the collection can tell: nothing is cached, and no failure remembered.
    shutil.rmtree(Path(constants.DEFAULT_LOCAL_TMP) / "apiops.wso2", ignore_errors=True)
    refresh_token = ""
    for kind, values in steps:
        if kind == "grant":
            refresh_token = _earlier(wso2, values).get("refresh_token", "")
        elif kind == "refresh":
            _earlier(wso2, {"grant_type": "refresh_token", "refresh_token": refresh_token})
        else:
            _TOLD[kind](wso2, **values)
    wso2.forget_journal()
    return refresh_token


def _earlier(wso2: Wso2, form: dict[str, str]) -> dict[str, Any]:
    answer = requests.post(wso2.token_url, data=form, auth=("demo_key", "demo_secret"), verify=wso2.ca_path, timeout=10)
    assert answer.ok, answer.text
    members: dict[str, Any] = answer.json()
    return members


_TOLD = {
    "settings": Wso2.change,
    "fault": Wso2.queue_fault,
    "user": Wso2.put_user,
    "application": Wso2.put_application,
    "clock": Wso2.advance,
}
