# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of options, and which of them hold secrets."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import (
    GIVEN_ONLY_OPTIONS,
    MODULE_OPTIONS,
    SECRET_OPTIONS,
    SHARED_OPTIONS,
    names_of,
)


@pytest.mark.parametrize(
    ("option", "names"),
    [
        ("consumer_key", ["consumer_key", "client_id"]),
        ("consumer_secret", ["consumer_secret", "client_secret"]),
        ("organization", ["organization", "organization_key", "tenant"]),
        ("scope", ["scope", "scopes"]),
        ("password", ["password"]),
        ("refresh_token", ["refresh_token"]),
    ],
)
def test_names_of(option: str, names: list[str]) -> None:
    assert names_of(option) == names


def test_no_name_means_two_options() -> None:
    names = [name for option in MODULE_OPTIONS for name in names_of(option)]
    assert len(names) == len(set(names))


def test_secret_options() -> None:
    assert set(SECRET_OPTIONS) == {"consumer_secret", "password", "refresh_token"}


def test_lookup_and_module_share_all_but_what_a_task_says_about_itself() -> None:
    assert set(MODULE_OPTIONS) - set(SHARED_OPTIONS) == {"state", "refresh_token", "revoke_url", "fact_name"}


def test_what_is_said_about_one_task_or_lookup() -> None:
    assert set(GIVEN_ONLY_OPTIONS) == {"fact_name", "force", "refresh_token", "state"}
