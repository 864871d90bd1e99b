# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rows, theme by theme."""

from __future__ import annotations

from rows_encoding import ENCODING
from rows_gateway import GATEWAY
from rows_refresh import REFRESH
from rows_refusal import REFUSAL
from rows_retry import RETRY
from rows_revoke import REVOCATION
from rows_success import SUCCESS
from rows_transport import TRANSPORT
from rows_unsent import UNSENT

ROWS = (*SUCCESS, *ENCODING, *REFRESH, *REVOCATION, *REFUSAL, *GATEWAY, *RETRY, *TRANSPORT, *UNSENT)
_NAMES = [row.name for row in ROWS]
assert len(set(_NAMES)) == len(_NAMES), sorted(name for name in _NAMES if _NAMES.count(name) > 1)
