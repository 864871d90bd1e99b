# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A refresh token that is given to the provider: renewed once, and for nobody but who gives it."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.tests.unit.examples import REFUSED, token_request
from ansible_collections.apiops.wso2.tests.unit.provider_stage import LOST, Stage, held, renewed


def of_a_refresh_token(name: str) -> TokenRequest:
    return token_request(refresh_token=name, username=None, password=None)


def test_a_refresh_token_alone_gets_nothing_new_in_check_mode() -> None:
    stage, request = Stage(), of_a_refresh_token("r")
    with pytest.raises(OptionError, match="password is missing, and a refresh token is not renewed in check mode"):
        stage.obtain(request, refresh_token="r", may_renew=False)
    assert stage.server.asked == []


@pytest.mark.parametrize("has_password", [True, False], ids=["with a password", "alone"])
def test_of_many_hosts_that_give_the_same_refresh_token_one_renews(has_password: bool) -> None:
    stage = Stage(held(0))
    request = token_request(refresh_token="r-given") if has_password else of_a_refresh_token("r-given")
    provisions = [stage.obtain(request, refresh_token="r-given") for turn in range(3)]
    assert [provision.origin for provision in provisions] == ["refreshed", "stored", "stored"]
    assert {provision.token.access_token for provision in provisions} == {"renewed"}
    assert stage.server.asked == ["r-given"]


@pytest.mark.parametrize("has_password", [True, False], ids=["with a password", "alone"])
def test_who_waited_while_a_renewal_got_no_answer_is_told_so(has_password: bool) -> None:
    stage = Stage(refresh=LOST)
    request = token_request(refresh_token="r-given") if has_password else of_a_refresh_token("r-given")

    def another_asks_in_vain() -> None:
        with pytest.raises(TokenError):
            stage.obtain(request, refresh_token="r-given")

    with pytest.raises(TokenError) as caught:
        stage.obtain(request, refresh_token="r-given", meanwhile=another_asks_in_vain)
    assert caught.value.message == LOST.message
    assert stage.server.asked == ["r-given"]


def test_a_refused_refresh_token_alone_is_sent_once() -> None:
    stage = Stage(refresh=REFUSED)
    for _turn in range(3):
        with pytest.raises(TokenError) as caught:
            stage.obtain(of_a_refresh_token("r-given"), refresh_token="r-given")
        assert caught.value.message == REFUSED.message
    assert stage.server.asked == ["r-given"]


def test_another_refresh_token_is_renewed_on_its_own() -> None:
    stage = Stage()
    for name in ("r-bob", "r-eve"):
        for request in (of_a_refresh_token(name), token_request(refresh_token=name)):
            assert stage.obtain(request, refresh_token=name).origin == "refreshed"
    assert stage.server.asked == ["r-bob", "r-bob", "r-eve", "r-eve"]


ALONE: list[tuple[str, TokenError | None, bool]] = [
    ("refused", REFUSED, True),
    ("no answer", LOST, True),
    ("check mode", None, False),
]


@pytest.mark.parametrize(("error", "may_renew"), [row[1:] for row in ALONE], ids=[row[0] for row in ALONE])
def test_who_gives_a_refresh_token_alone_never_gets_the_token_of_another(
    error: TokenError | None, may_renew: bool
) -> None:
    stage = Stage(refresh=renewed(access_token="of bob"))
    stage.obtain(of_a_refresh_token("r-bob"), refresh_token="r-bob")
    if error is not None:
        stage.server.refresh = error
    with pytest.raises(TokenError):
        stage.obtain(of_a_refresh_token("r-eve"), refresh_token="r-eve", may_renew=may_renew)
