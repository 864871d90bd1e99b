# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The server that has the consumer keys: which code talks to it, by the way that the request takes."""

from __future__ import annotations

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import ConsumerKeys
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import (
    CLIENT_REGISTRATION,
    PORTAL,
    ConsumerKeysRequest,
)


def ensure_keys(request: ConsumerKeysRequest, *, check_mode: bool = False) -> ConsumerKeys:
    """Make sure that the client exists, and return its keys. In check mode, only read. Raises C(TokenError)."""
    # Imported lazily: loading requests takes longer than everything else, and cached keys need none of it.
    from ansible_collections.apiops.wso2.plugins.module_utils import _client_registration, _developer_portal

    if request.way == PORTAL:
        return _developer_portal.generate_keys(request, check_mode=check_mode)
    if request.way == CLIENT_REGISTRATION:
        return _client_registration.register_client(request, check_mode=check_mode)
    return _client_registration.register_dynamically(request, check_mode=check_mode)


def remove_keys(request: ConsumerKeysRequest, *, check_mode: bool = False) -> ConsumerKeys:
    """Make sure that the client, or the keys of the application, do not exist. Raises C(TokenError)."""
    from ansible_collections.apiops.wso2.plugins.module_utils import _client_registration, _developer_portal

    if request.way == PORTAL:
        return _developer_portal.remove_keys(request, check_mode=check_mode)
    return _client_registration.remove_dynamically(request, check_mode=check_mode)
