# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of options, and which of them are secret."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import (
    ARGUMENT_ONLY_OPTIONS,
    CONNECTION_OPTIONS,
    CONSUMER_KEYS_OPTIONS,
    LOOKUP_OPTIONS,
    MODULE_OPTIONS,
    USER_OPTIONS,
    secret_options,
)

GRANTS = list(MODULE_OPTIONS)


@pytest.mark.parametrize("grant", GRANTS)
def test_no_two_options_share_a_name(grant: str) -> None:
    names = [name for option, spec in MODULE_OPTIONS[grant].items() for name in (option, *spec.get("aliases", ()))]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("grant", "secrets"),
    [("password", {"consumer_secret", "password", "refresh_token"}), ("client_credentials", {"consumer_secret"})],
)
def test_secret_options(grant: str, secrets: set[str]) -> None:
    assert set(secret_options(MODULE_OPTIONS[grant])) == secrets


def test_what_the_module_has_and_the_lookup_has_not() -> None:
    """A template must not have side effects, so the lookup has no C(force) either."""
    task = {"state", "force", "request_from", "revoke_url", "fact_name"}
    assert set(MODULE_OPTIONS["password"]) - set(LOOKUP_OPTIONS["password"]) == {*task, "refresh_token"}
    assert set(MODULE_OPTIONS["client_credentials"]) - set(LOOKUP_OPTIONS["client_credentials"]) == task


@pytest.mark.parametrize("options", [LOOKUP_OPTIONS, MODULE_OPTIONS], ids=["lookup", "module"])
def test_an_application_has_the_options_of_a_user_without_the_user(options: dict[str, dict[str, object]]) -> None:
    assert set(options["password"]) - set(options["client_credentials"]) - {"refresh_token"} == set(USER_OPTIONS)


def test_options_that_only_an_argument_can_set() -> None:
    of_tokens = {"fact_name", "force", "refresh_token", "state"}
    of_keys = {
        "access_token",
        "callback_url",
        "grant_types",
        "key_manager",
        "key_type",
        "name",
        "shared_with_tenants",
        "state",
        "throttling_policy",
        "token_lifetimes",
    }
    assert set(ARGUMENT_ONLY_OPTIONS) == of_tokens | of_keys
    assert set(ARGUMENT_ONLY_OPTIONS) & set(MODULE_OPTIONS["password"]) == of_tokens
    assert set(ARGUMENT_ONLY_OPTIONS) & set(CONSUMER_KEYS_OPTIONS) == of_keys


def test_options_of_consumer_keys() -> None:
    assert secret_options(CONSUMER_KEYS_OPTIONS) == ("password", "registration_token", "access_token")
    shared = {*USER_OPTIONS, *CONNECTION_OPTIONS, "state", "request_from"}
    assert {name: CONSUMER_KEYS_OPTIONS[name] for name in shared} == {
        name: MODULE_OPTIONS["password"][name] for name in shared
    }


def test_the_control_node_sends_requests_by_default() -> None:
    assert MODULE_OPTIONS["password"]["request_from"]["default"] == "control_node"
