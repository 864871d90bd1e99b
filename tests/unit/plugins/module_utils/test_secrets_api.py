# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-core is told to mask, where it can be told."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _secrets_api

API = "ansible.module_utils.secrets"


@pytest.mark.parametrize(
    ("value", "forms"),
    [
        pytest.param("pw+1 ü", ["pw+1 ü", "pw%2B1+%C3%BC", "cHcrMSDDvA=="], id="as forms and headers carry it"),
        pytest.param("key:secret", ["key:secret", "key%3Asecret", "a2V5OnNlY3JldA=="], id="Basic header"),
        pytest.param("Bearer tok", ["Bearer tok", "Bearer+tok", "QmVhcmVyIHRvaw=="], id="Bearer header"),
        pytest.param(12345, ["12345", "12345", "MTIzNDU="], id="number, as YAML makes of digits"),
        pytest.param("half \udc80", ["half \udc80", "half+%5Cudc80", "aGFsZiBcdWRjODA="], id="no UTF-8"),
        pytest.param("abc", [], id="too short"),
        pytest.param("  a ", [], id="too short but for white space"),
        pytest.param("", [], id="empty"),
        pytest.param(None, [], id="nothing"),
    ],
)
def test_a_value_is_registered_in_the_forms_that_are_sent(
    told_to_mask: list[str], value: object, forms: list[str]
) -> None:
    _secrets_api.hide(value)
    assert told_to_mask == forms


def test_nothing_is_lost_without_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_secrets_api, "HAS_SECRETS_API", False)
    monkeypatch.delattr(_secrets_api, "register_secrets", raising=False)
    _secrets_api.hide("s3cret-1", None)


def test_the_api_is_used_where_ansible_core_has_it() -> None:
    assert (find_spec(API) is not None) == _secrets_api.HAS_SECRETS_API
    if _secrets_api.HAS_SECRETS_API:
        _secrets_api.hide("s3cret-of-this-test")
        assert importlib.import_module(API).mask_secrets("a s3cret-of-this-test") == "a $REDACTED$"
