# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The endpoint as asked by this process, on the control node."""

from __future__ import annotations

from types import ModuleType

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._byte_code import ByteCode


class LocalEndpoint:
    """Imports what it needs at the first request: requests is heavy, and a worker lives for one task."""

    def password_grant(self, request: TokenRequest) -> Token:
        token: Token = _endpoint().password_grant(request)
        return token

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        token: Token = _endpoint().refresh_grant(request, refresh_token)
        return token

    def revoke(self, request: TokenRequest, token: str) -> bool | None:
        is_proven: bool | None = _endpoint().revoke(request, token)
        return is_proven


def _endpoint() -> ModuleType:
    with ByteCode():
        from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
    return _token_endpoint
