# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The warnings of a run about tokens that it did not cache."""

from __future__ import annotations

import re

from playbook import Run
from secret_search import compact


def store_warnings(run: Run) -> list[str]:
    """Each such warning on the screen, up to its first bracket and without whitespace, because lines are wrapped."""
    return re.findall(r"wso2_password_token:(Thetokenwasnotcached.*?)(?=\[WARNING|\[ERROR|$)", compact(run.stderr))
