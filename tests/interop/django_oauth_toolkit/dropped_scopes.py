# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scope policy that silently drops some scopes, as RFC 6749 section 3.3 allows and as WSO2 does."""

from __future__ import annotations

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

DROPPED = "dropped_"


class DroppingValidator(OAuth2Validator):
    """Grants known scopes, rejects unknown ones, and drops each scope whose name starts with C(DROPPED)."""

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        request.scopes = [scope for scope in scopes if not scope.startswith(DROPPED)]
        return bool(super().validate_scopes(client_id, request.scopes, client, request, *args, **kwargs))
