# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The last resort of both doors: an error that nobody foresaw, told without its text, which may hold anything."""

from __future__ import annotations

import os
import traceback

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError


def unexpected(error: BaseException) -> TokenError:
    """Name the class of ERROR and the place where it came up."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return TokenError(f"unexpected {type(error).__name__}{place}", hint="Please report this as a bug of apiops.wso2")
