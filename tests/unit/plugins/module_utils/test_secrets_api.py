# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which texts are registered with ansible-core, if it has the Secrets API."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils import _secrets_api

API = "ansible.module_utils.secrets"


@pytest.mark.parametrize(
    ("value", "forms"),
    [
        pytest.param("pw+1 ü", ["pw+1 ü", "pw%2B1+%C3%BC", "cHcrMSDDvA=="], id="form field and header"),
        pytest.param("key:secret", ["key:secret", "key%3Asecret", "a2V5OnNlY3JldA=="], id="Basic header"),
        pytest.param("Bearer tok", ["Bearer tok", "Bearer+tok", "QmVhcmVyIHRvaw=="], id="Bearer header"),
        pytest.param(12345, ["12345", "12345", "MTIzNDU="], id="number"),
        pytest.param("half \udc80", ["half \udc80", "half+%5Cudc80", "aGFsZiBcdWRjODA="], id="not UTF-8"),
        pytest.param("abc", [], id="too short"),
        pytest.param("  a ", [], id="too short without its whitespace"),
        pytest.param("", [], id="empty"),
        pytest.param(None, [], id="nothing"),
    ],
)
def test_a_value_is_registered_in_the_forms_that_are_sent(
    registered_secrets: list[str], value: object, forms: list[str]
) -> None:
    _secrets_api.register_secrets(value)
    assert registered_secrets == forms


def test_nothing_happens_without_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_secrets_api, "HAS_SECRETS_API", False)
    monkeypatch.delattr(_secrets_api, "_register", raising=False)
    _secrets_api.register_secrets("s3cret-1", None)


def test_the_api_is_used_if_ansible_core_has_it() -> None:
    assert (find_spec(API) is not None) == _secrets_api.HAS_SECRETS_API
    if _secrets_api.HAS_SECRETS_API:
        _secrets_api.register_secrets("s3cret-of-this-test")
        assert importlib.import_module(API).mask_secrets("a s3cret-of-this-test") == "a $REDACTED$"
