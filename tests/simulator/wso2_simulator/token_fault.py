# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault that changes members of an otherwise normal success answer."""

from __future__ import annotations

import json
from dataclasses import replace

from .fault_queue import Fault
from .messages import Answer


def spoilt_members(normal: Answer, fault: Fault) -> Answer:
    """Merge the given members into the answer and drop others; anything but a JSON object stays as it is."""
    try:
        content = json.loads(normal.body)
    except ValueError:
        return normal
    if not isinstance(content, dict):
        return normal
    content.update(fault.parameters.get("members", {}))
    for name in fault.parameters.get("remove", []):
        content.pop(name, None)
    return replace(normal, body=json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))
