# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""WSO2 API Cloud, whose documented address is the default of C(token_url), and which is no more."""

from __future__ import annotations

from urllib.parse import urlsplit

_HOST = "gateway.api.cloud.wso2.com"


def retired_hint(url: str) -> str | None:
    """What to do when URL is of no use because it leads to API Cloud; None when it leads elsewhere."""
    if urlsplit(url).hostname != _HOST:
        return None
    return "WSO2 API Cloud was retired at the end of 2023: set token_url, such as https://HOST:9443/oauth2/token"
