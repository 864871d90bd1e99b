# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registration through a managed node: whatever it returns is checked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import ConsumerKeys
from ansible_collections.apiops.wso2.plugins.module_utils._errors import USER, TokenError
from ansible_collections.apiops.wso2.plugins.plugin_utils._managed_node_registration import ManagedNodeRegistration
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    ADMIN_PASSWORD,
    GIVEN,
    IDENTITY_SERVER,
    KEY,
    SECRET,
    keys_request,
)

KEYS = ConsumerKeys(consumer_key=KEY, consumer_secret=SECRET, origin="created", is_changed=True)
OPTIONS = {**GIVEN, "registration_url": IDENTITY_SERVER, "ca_path": "~/ca.pem", "token_store": "redis://:pw@h/0"}


class Node:
    """Returns REPLY as the module does."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply
        self.arguments: list[dict[str, Any]] = []

    def run_module(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self.arguments.append(arguments)
        return {"reply": json.dumps(self.reply)}

    @property
    def registration(self) -> ManagedNodeRegistration:
        return ManagedNodeRegistration(self.run_module, OPTIONS)


def test_the_module_gets_the_options_of_the_module() -> None:
    node = Node({"keys": KEYS.to_entry()})
    request = keys_request(IDENTITY_SERVER)
    assert node.registration.ensure_keys(request, check_mode=False) == KEYS
    expected = {**OPTIONS, "state": "present"}
    expected.pop("token_store")
    assert node.arguments == [expected]


def test_removal() -> None:
    node = Node({"keys": ConsumerKeys(is_changed=True).to_entry()})
    removed = node.registration.remove_keys(keys_request(IDENTITY_SERVER, state="absent"), check_mode=False)
    assert removed.is_changed
    assert node.arguments[0]["state"] == "absent"


@pytest.mark.parametrize(
    "keys",
    [
        None,
        "text",
        [],
        {"consumer_key": "a\nb", "consumer_secret": SECRET},
        {"consumer_key": KEY, "consumer_secret": "***"},
        {"consumer_key": KEY, "consumer_secret": SECRET, "ansible_facts": {}},
        ConsumerKeys().to_entry(),
    ],
)
def test_a_reply_that_is_wrong(keys: Any) -> None:
    with pytest.raises(TokenError, match="no valid consumer keys"):
        Node({"keys": keys}).registration.ensure_keys(keys_request(IDENTITY_SERVER), check_mode=False)


def test_check_mode_can_have_no_keys() -> None:
    node = Node({"keys": ConsumerKeys(is_changed=True).to_entry()})
    assert node.registration.ensure_keys(keys_request(IDENTITY_SERVER), check_mode=True).is_changed


def test_warnings_are_made_fit_to_be_shown() -> None:
    warnings = [f"odd {SECRET} {ADMIN_PASSWORD}", "x" * 1000]
    node = Node({"keys": {**KEYS.to_entry(), "warnings": warnings}})
    shown = node.registration.ensure_keys(keys_request(IDENTITY_SERVER), check_mode=False).warnings
    assert SECRET not in shown[0]
    assert ADMIN_PASSWORD not in shown[0]
    assert len(shown[1]) <= 500


def test_a_failure_of_the_module() -> None:
    entry = TokenError("HTTP 401", hint="Check it", subject=USER, attempts=1).to_entry()
    with pytest.raises(TokenError, match="HTTP 401") as failed:
        Node({"error": entry}).registration.ensure_keys(keys_request(IDENTITY_SERVER), check_mode=False)
    assert failed.value.subject == USER
