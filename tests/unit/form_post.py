# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One form, posted as the collection posts it."""

from __future__ import annotations

from typing import Any

from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TransportSettings
from ansible_collections.apiops.wso2.plugins.module_utils._transport import Response, send_request

FORM = {"grant_type": "password", "username": "jöhn@johns.org", "password": "s3cret a&b=c+d%~*"}


def post(url: str, *, basic: tuple[str, str] | None = None, **settings: Any) -> Response:
    transport = TransportSettings(**{"timeout": 5, "retries": 0, **settings})
    return send_request("POST", url, data=FORM, basic=basic, settings=transport)
