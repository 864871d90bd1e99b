# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback that records the results of all tasks and the arguments of this collection's tasks.

It does not record what plugins cannot protect: C(task_fields), and the arguments of other tasks, which ansible-core
templates.
"""

from __future__ import annotations

import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: recorder
type: notification
short_description: Records results and arguments
description: Writes them to the file in the environment variable RECORDER_PATH.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "recorder"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, result, **_options):
        with open(os.environ["RECORDER_PATH"], "a", encoding="utf-8") as file:
            file.write(f"{result._result!r}\n")
            if result._task.action.endswith(("wso2_password_token", "wso2_application_token")):
                file.write(f"{result._task.args!r}\n")

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_unreachable = v2_runner_on_skipped = _record
    v2_runner_item_on_ok = v2_runner_item_on_failed = v2_runner_item_on_skipped = v2_runner_retry = _record
    v2_on_file_diff = _record
