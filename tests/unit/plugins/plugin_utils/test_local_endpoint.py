# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request from this process: each is that of the endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.plugins.plugin_utils._local_endpoint import LocalEndpoint
from ansible_collections.apiops.wso2.tests.unit.examples import token, token_request


def test_each_request_is_that_of_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    granted, renewed, request = token(access_token="granted"), token(access_token="renewed"), token_request()

    def password_grant(*args: Any) -> Any:
        asked.append(args)
        return granted

    def refresh_grant(*args: Any) -> Any:
        asked.append(args)
        return renewed

    def revoke(*args: Any) -> Any:
        asked.append(args)
        return True

    monkeypatch.setattr(_token_endpoint, "password_grant", password_grant)
    monkeypatch.setattr(_token_endpoint, "refresh_grant", refresh_grant)
    monkeypatch.setattr(_token_endpoint, "revoke", revoke)
    assert LocalEndpoint().password_grant(request) is granted
    assert LocalEndpoint().refresh_grant(request, "r") is renewed
    assert LocalEndpoint().revoke(request, "t") is True
    assert asked == [(request,), (request, "r"), (request, "t")]
