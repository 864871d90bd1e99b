# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The whole way to the answer of a lookup, for the first worker that is asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display

from ansible_collections.apiops.wso2.plugins.module_utils._secrets_api import hide
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import SHARED_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils import _warm_answer
from ansible_collections.apiops.wso2.plugins.plugin_utils._local_endpoint import LocalEndpoint
from ansible_collections.apiops.wso2.plugins.plugin_utils._option_types import typed
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import TokenProvider, Wish
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import shelf_for


def work_out(options: Mapping[str, object], *, check_mode: bool) -> dict[str, Any]:
    """The values that OPTIONS, as collected, lead to; warns of what is doubtful. Raises C(TokenError)."""
    checked = typed(options, SHARED_OPTIONS)
    request = TokenRequest.from_options(checked)
    hide(*request.secrets())
    shelf = shelf_for(request, checked["token_store"])
    # Before the look at the entry, so that an answer is never thought newer than it is.
    stamp, trusted_until = shelf.stamp()
    wish = Wish.from_options(checked, check_mode=check_mode)
    provision = TokenProvider(LocalEndpoint(), shelf).obtain(request, wish)
    for warning in provision.warnings:
        Display().warning(f"wso2_password_token: {warning}")
    token = provision.token
    values = {**token.to_result(now=int(time.time())), "origin": provision.origin}
    if provision.origin == "stored" and not provision.warnings:
        since, until = token.fresh_span(wish.min_validity)
        _warm_answer.remember(
            options,
            values,
            stamp=stamp,
            ends_at=token.expires_at,
            since=since,
            until=min(until, trusted_until),
        )
    return values
