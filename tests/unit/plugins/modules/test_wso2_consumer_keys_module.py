# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module on a managed node: arguments in, one JSON text out; and its documentation."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.apiops.wso2.plugins.doc_fragments._wso2_token import ModuleDocFragment
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import (
    ARGUMENT_ONLY_OPTIONS,
    CONNECTION_OPTIONS,
    CONSUMER_KEYS_OPTIONS,
)
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import ConsumerKeys
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.modules import wso2_consumer_keys as module
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    ADMIN_PASSWORD,
    API_MANAGER,
    GIVEN,
    IDENTITY_SERVER,
    KEY,
    SECRET,
    UNAUTHENTICATED,
    Sent,
    dynamic_client,
    registered,
    scripted,
)
from ansible_collections.apiops.wso2.tests.unit.module_run import execute, reply_of

DOCUMENTED = yaml.safe_load(module.DOCUMENTATION)
OPTIONS = {**yaml.safe_load(ModuleDocFragment.CONNECTION)["options"], **DOCUMENTED["options"]}
RESULTS = yaml.safe_load(module.RETURN)


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str = API_MANAGER, **changes: Any
) -> dict[str, Any]:
    return execute(module.main, {**GIVEN, "registration_url": url, **changes}, monkeypatch, capsys)


def test_the_reply_has_the_keys(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    scripted(monkeypatch, (200, registered()))
    result = run(monkeypatch, capsys)
    keys = ConsumerKeys.from_entry(reply_of(result)["keys"])
    assert (keys.consumer_key, keys.consumer_secret) == (KEY, SECRET)
    assert set(result) == {"changed", "reply"}


def test_absent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    server = scripted(monkeypatch, (200, dynamic_client()), (204, b""))
    reply = reply_of(run(monkeypatch, capsys, IDENTITY_SERVER, state="absent"))
    assert reply["keys"]["is_changed"] is True
    assert server.sent[1].method == "DELETE"


def test_check_mode_sends_nothing_that_changes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = scripted(monkeypatch, (401, b""))
    reply = reply_of(run(monkeypatch, capsys, IDENTITY_SERVER, _ansible_check_mode=True))
    assert reply["keys"]["is_changed"] is True
    assert server.sent == [Sent("GET", "/api/identity/oauth2/dcr/v1.1/register?client_name=ada_automation")]


def test_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    scripted(monkeypatch, (401, UNAUTHENTICATED))
    result = run(monkeypatch, capsys)
    assert result["failed"] is True
    assert "HTTP 401" in result["msg"]
    assert reply_of(result)["error"]["subject"] == "user"
    assert ADMIN_PASSWORD not in str(result)


class TestDocumentation:
    @pytest.mark.parametrize("option", CONSUMER_KEYS_OPTIONS)
    def test_option(self, option: str) -> None:
        documented, coded = OPTIONS[option], CONSUMER_KEYS_OPTIONS[option]
        for key in ("type", "elements", "default", "choices", "aliases", "required"):
            assert documented.get(key) == coded.get(key)
        assert documented["description"]

    def test_no_other_option(self) -> None:
        assert set(OPTIONS) == set(CONSUMER_KEYS_OPTIONS)

    def test_options_with_variables_are_named(self) -> None:
        sentence = " ".join(DOCUMENTED["description"])
        named = {name for name in CONSUMER_KEYS_OPTIONS if f"O({name})" in sentence.partition("The options")[2]}
        expected = set(CONSUMER_KEYS_OPTIONS) - set(ARGUMENT_ONLY_OPTIONS) - set(CONNECTION_OPTIONS)
        assert named == expected

    def test_results(self) -> None:
        assert set(RESULTS) - {"failure"} == set(ConsumerKeys().to_result()) - {"changed"}
        assert set(RESULTS["failure"]["contains"]) == set(TokenError("x").failure())

    def test_examples_have_options_that_exist(self) -> None:
        for task in yaml.safe_load(module.EXAMPLES):
            given = task.get("apiops.wso2.wso2_consumer_keys", {})
            assert set(given) <= set(CONSUMER_KEYS_OPTIONS)
            assert task["name"]
