# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rows, theme by theme."""

from __future__ import annotations

from rows_consumers import CONSUMERS
from rows_encoding import ENCODING
from rows_error_texts import TEXTS
from rows_gateway import CODES
from rows_gateway import SHAPES as GATEWAY_SHAPES
from rows_refresh import REFRESH
from rows_refused_clients import CLIENTS
from rows_refused_requests import BODIES, REQUESTS
from rows_refused_users import TENANTS, USERS
from rows_reissued import REISSUED
from rows_retry import RETRY
from rows_revoke import REVOCATION
from rows_scopes import SCOPES
from rows_tokens import LIFETIMES, REFRESH_TOKENS, SHAPES
from rows_transport import TRANSPORT
from rows_unsent import UNSENT
from rows_wrong_address import WRONG_ADDRESS

SUCCESS = (*SHAPES, *LIFETIMES, *REFRESH_TOKENS, *REISSUED, *SCOPES, *CONSUMERS)
REFUSAL = (*CLIENTS, *USERS, *TENANTS, *REQUESTS, *BODIES)
GATEWAY = (*GATEWAY_SHAPES, *CODES, *WRONG_ADDRESS, *TEXTS)
ROWS = (*SUCCESS, *ENCODING, *REFRESH, *REVOCATION, *REFUSAL, *GATEWAY, *RETRY, *TRANSPORT, *UNSENT)
_NAMES = [row.name for row in ROWS]
assert len(set(_NAMES)) == len(_NAMES), sorted(name for name in _NAMES if _NAMES.count(name) > 1)
