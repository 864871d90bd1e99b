# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run said about tokens that it could not keep."""

from __future__ import annotations

import re

from playbook import Run
from traces import compact


def store_warnings(run: Run) -> list[str]:
    """Each such warning on the screen, up to its first bracket and without white space, since lines are wrapped."""
    return re.findall(r"wso2_password_token:(Thetokenwasnotcached.*?)(?=\[WARNING|\[ERROR|$)", compact(run.stderr))
