# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rejection is remembered by the provider, for the credentials that it was for, until somebody forces."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, REFUSED, TOKEN_URL, token_request
from ansible_collections.apiops.wso2.tests.unit.provider_stage import PASSWORD, Stage, granted, held


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_rejection_is_remembered(status: int) -> None:
    refused = TokenError("turned down", hint="Check it", error="e", http_status=status, url=TOKEN_URL, attempts=1)
    stage = Stage(password=refused)
    for later in (0, 1, 9999):
        stage.now = NOW + later
        with pytest.raises(TokenError) as caught:
            stage.obtain()
        assert (caught.value.message, caught.value.failure()) == (refused.message, refused.failure())
    assert stage.server.asked == [PASSWORD]


def test_a_rejection_concerns_the_same_credentials_alone() -> None:
    stage = Stage(password=REFUSED)
    with pytest.raises(TokenError):
        stage.obtain()
    stage.server.password = granted()
    assert stage.obtain(token_request(password="changed")).token == granted()
    with pytest.raises(TokenError):
        stage.obtain()
    assert len(stage.server.asked) == 2


def test_force_forgets_a_rejection() -> None:
    stage = Stage(password=REFUSED)
    for _turn in range(2):
        with pytest.raises(TokenError):
            stage.obtain(force=True)
    assert len(stage.server.asked) == 2
    stage.server.password = granted()
    assert stage.obtain(force=True).token == granted()
    assert stage.obtain().token == granted()
    assert len(stage.server.asked) == 3


def test_force_forgets_a_rejection_in_check_mode_too() -> None:
    """There it has no effect only while there is a stored token."""
    stage = Stage(password=REFUSED)
    with pytest.raises(TokenError):
        stage.obtain()
    stage.server.password = granted()
    assert stage.obtain(force=True, may_renew=False).token == granted()


def test_a_rejected_password_is_not_sent_again_by_who_gives_a_refresh_token() -> None:
    stage = Stage(password=REFUSED, refresh=REFUSED)
    request = token_request(refresh_token="r-given")
    for _turn in range(3):
        with pytest.raises(TokenError):
            stage.obtain(request, refresh_token="r-given")
    assert stage.server.asked.count(PASSWORD) == 1


def test_a_fresh_token_is_handed_out_in_spite_of_a_rejection() -> None:
    stage = Stage(held(0))
    stage.shelf(token_request()).put_failure(REFUSED, at=NOW)
    assert stage.obtain().token == held(0)
