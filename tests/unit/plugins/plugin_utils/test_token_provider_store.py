# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stores that fail the provider, or that are not there, cost a warning and no token."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import seal_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import TokenProvider, Wish
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, REFUSED, token_request
from ansible_collections.apiops.wso2.tests.unit.memory_store import OPERATIONS
from ansible_collections.apiops.wso2.tests.unit.provider_stage import PASSWORD, Server, Stage, granted, held

BROKEN_STORES: list[tuple[str, tuple[str, ...], list[str]]] = [
    # id, what is broken, causes that the warnings name
    ("reading", ("read",), []),
    ("writing", ("write",), ["no write today"]),
    ("locking", ("lock",), ["no lock today"]),
    ("everything", OPERATIONS, ["no lock today"]),
]


@pytest.mark.parametrize(
    ("broken", "causes"), [row[1:] for row in BROKEN_STORES], ids=[row[0] for row in BROKEN_STORES]
)
def test_a_broken_store_costs_a_warning_and_no_token(broken: tuple[str, ...], causes: list[str]) -> None:
    stage = Stage()
    stage.tokens.broken = set(broken)
    provision = stage.obtain()
    assert (provision.token, provision.origin) == (granted(), "granted")
    assert stage.server.asked == [PASSWORD]
    told = " / ".join(provision.warnings)
    assert [cause for cause in causes if cause not in told] == []
    assert len(provision.warnings) == len(causes)


@pytest.mark.parametrize("broken", [("write",), ("lock", "write"), OPERATIONS])
def test_where_the_store_is_broken_the_run_still_asks_once(broken: tuple[str, ...]) -> None:
    stage = Stage()
    stage.tokens.broken = set(broken)
    assert [stage.obtain().origin for _turn in range(3)] == ["granted", "stored", "stored"]
    assert stage.server.asked == [PASSWORD]
    # Mended again, the store has it, and the run nothing beside it that could outlive it there.
    stage.tokens.broken = set()
    assert stage.obtain(force=True).origin == "refreshed"
    stage.tokens.entries.clear()
    assert stage.obtain().origin == "granted"


def test_a_broken_store_of_the_run_costs_a_warning_and_no_token() -> None:
    stage = Stage()
    stage.run.broken = set(OPERATIONS)
    provision = stage.obtain()
    assert (provision.token, stage.kept()) == (granted(), granted())
    assert ["no lock today" in warning for warning in provision.warnings] == [True]


def test_a_broken_store_does_not_hide_why_there_is_no_token() -> None:
    stage = Stage(password=REFUSED)
    stage.tokens.broken = stage.run.broken = set(OPERATIONS)
    with pytest.raises(TokenError) as caught:
        stage.obtain()
    assert caught.value is REFUSED


def test_a_renewed_token_is_handed_out_though_it_cannot_be_kept() -> None:
    stage = Stage(held(3550))
    stage.tokens.broken = {"write"}
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin) == ("renewed", "refreshed")
    assert ["no write today" in warning for warning in provision.warnings] == [True]


def test_no_store_asks_each_time() -> None:
    server, request = Server(), token_request()
    for _turn in range(2):
        shelf = TokenShelf(seal_for(request), tokens=None, run=None)
        provision = TokenProvider(server, shelf, clock=lambda: NOW).obtain(request, Wish())
        assert (provision.origin, provision.warnings) == ("granted", ())
    assert server.asked == [PASSWORD] * 2
