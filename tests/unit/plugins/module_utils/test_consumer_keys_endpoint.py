# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which code talks to the server is chosen by the request."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _client_registration, _developer_portal
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import ConsumerKeys
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_endpoint import ensure_keys, remove_keys
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    API_MANAGER,
    IDENTITY_SERVER,
    PORTAL,
    keys_request,
)


@pytest.mark.parametrize(
    ("url", "state", "module", "function"),
    [
        (API_MANAGER, "present", _client_registration, "register_client"),
        (IDENTITY_SERVER, "present", _client_registration, "register_dynamically"),
        (IDENTITY_SERVER, "absent", _client_registration, "remove_dynamically"),
        (PORTAL, "present", _developer_portal, "generate_keys"),
        (PORTAL, "absent", _developer_portal, "remove_keys"),
    ],
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_the_way(
    url: str, state: str, module: object, function: str, check_mode: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[bool] = []

    def record(_request: object, *, check_mode: bool) -> ConsumerKeys:
        called.append(check_mode)
        return ConsumerKeys(application_id=function)

    monkeypatch.setattr(module, function, record)
    operation = ensure_keys if state == "present" else remove_keys
    assert operation(keys_request(url, state=state), check_mode=check_mode).application_id == function
    assert called == [check_mode]
