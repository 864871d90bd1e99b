# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scopes that the server drops: told by the provider, or a failure where all are required."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import ScopeError
from ansible_collections.apiops.wso2.tests.unit.examples import TOKEN_URL, token_request
from ansible_collections.apiops.wso2.tests.unit.provider_stage import Stage, granted

SCOPES: list[tuple[str, list[str], str, str | None]] = [
    ("none asked", [], "default", None),
    ("all granted", ["a", "b"], "b a", None),
    ("one dropped", ["a", "b"], "a", "the server did not grant the scope b"),
    ("all dropped", ["a", "b"], "default", "the server did not grant the scope a b"),
]


@pytest.mark.parametrize("is_stored", [False, True], ids=["granted", "stored"])
@pytest.mark.parametrize(("asked", "scope", "problem"), [row[1:] for row in SCOPES], ids=[row[0] for row in SCOPES])
class TestDroppedScopes:
    def test_they_are_told(self, asked: list[str], scope: str, problem: str | None, is_stored: bool) -> None:
        stage, request = Stage(password=granted(scope=scope)), token_request(scope=asked)
        if is_stored:
            stage.obtain(request)
        provision = stage.obtain(request)
        assert provision.warnings == ((problem,) if problem else ())
        assert len(stage.server.asked) == 1

    def test_they_fail_where_all_are_required(
        self, asked: list[str], scope: str, problem: str | None, is_stored: bool
    ) -> None:
        stage, request = Stage(password=granted(scope=scope)), token_request(scope=asked)
        if is_stored:
            stage.obtain(request)
        if problem is None:
            assert stage.obtain(request, require_scope=True).warnings == ()
        else:
            with pytest.raises(ScopeError) as caught:
                stage.obtain(request, require_scope=True)
            assert caught.value.cause == problem
            assert (caught.value.error, caught.value.url, caught.value.attempts) == (None, TOKEN_URL, 1)
            assert "require_scope: false" in (caught.value.hint or "")
        assert len(stage.server.asked) == 1


def test_a_dropped_scope_is_no_rejection() -> None:
    stage, request = Stage(password=granted(scope="a")), token_request(scope=["a", "b"])
    with pytest.raises(ScopeError):
        stage.obtain(request, require_scope=True)
    assert stage.obtain(request).token.scope == ("a",)
    assert len(stage.server.asked) == 1
