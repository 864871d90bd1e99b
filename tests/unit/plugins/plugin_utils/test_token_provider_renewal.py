# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renewal by the provider: when the password comes in, and that nobody renews again and again."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, REFUSED, token_request
from ansible_collections.apiops.wso2.tests.unit.provider_stage import LOST, PASSWORD, Stage, granted, held, renewed

FALLBACKS: list[tuple[str, TokenError, bool, list[str]]] = [
    # id, what the renewal fails with, is a password there, what the server is asked
    ("refused", REFUSED, True, ["r", PASSWORD]),
    ("refused as 401", TokenError("x", http_status=401), True, ["r", PASSWORD]),
    ("refused, no password", REFUSED, False, ["r"]),
    ("transport", LOST, True, ["r"]),
    ("server's trouble", TokenError("x", http_status=500), True, ["r"]),
    ("gateway's trouble", TokenError("x", http_status=503), True, ["r"]),
    ("patience", TokenError("x", http_status=429), True, ["r"]),
    ("200 without a token", TokenError("x", http_status=200), True, ["r"]),
]


@pytest.mark.parametrize(
    ("error", "has_password", "asked"), [row[1:] for row in FALLBACKS], ids=[row[0] for row in FALLBACKS]
)
def test_the_password_is_used_only_where_a_renewal_is_refused(
    error: TokenError, has_password: bool, asked: list[str]
) -> None:
    stage = Stage(refresh=error)
    user = {} if has_password else {"username": None, "password": None}
    request = token_request(refresh_token="r", **user)
    if asked[-1] == PASSWORD:
        provision = stage.obtain(request, refresh_token="r")
        assert (provision.token.access_token, provision.origin) == ("granted", "granted")
    else:
        with pytest.raises(TokenError) as caught:
            stage.obtain(request, refresh_token="r")
        assert caught.value is error
    assert stage.server.asked == asked


def test_a_stored_token_that_is_refused_renewal_is_replaced_by_the_password() -> None:
    stage = Stage(held(3550), refresh=REFUSED)
    provision = stage.obtain()
    assert (provision.token, provision.origin, provision.warnings) == (granted(), "granted", ())
    assert stage.server.asked == ["r-held", PASSWORD]
    assert stage.obtain().token == granted()
    assert len(stage.server.asked) == 2


TROUBLES = [row[1] for row in FALLBACKS if len(row[3]) == 1 and row[2]]


@pytest.mark.parametrize("error", TROUBLES, ids=[str(each.http_status or "no answer") for each in TROUBLES])
def test_a_token_stays_good_though_renewing_it_failed(error: TokenError) -> None:
    stage = Stage(held(3550), refresh=error)
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin) == ("held", "stored")
    assert len(provision.warnings) == 1
    assert f"renewing it failed: {error.cause}" in provision.warnings[0]
    assert stage.server.asked == ["r-held"]


def test_a_renewal_that_failed_is_not_tried_again_at_once() -> None:
    stage = Stage(held(3550), refresh=LOST)
    for later in (0, 1, 29):
        stage.now = NOW + later
        assert stage.obtain().token.access_token == "held"
    assert stage.server.asked == ["r-held"]
    stage.now = NOW + 30
    stage.server.refresh = renewed()
    assert stage.obtain().token.access_token == "renewed"
    assert stage.server.asked == ["r-held"] * 2


def test_a_token_that_ends_in_the_pause_is_asked_for_anew() -> None:
    stage = Stage(held(3590), refresh=LOST)
    stage.obtain()
    stage.now = NOW + 10
    assert stage.obtain().token.access_token == "granted"
    assert stage.server.asked == ["r-held", PASSWORD]


def test_who_gets_a_token_in_the_pause_is_warned_as_well() -> None:
    """What is handed out is good for min_validity, or comes with a warning that says why it is not."""
    stage = Stage(held(3550), refresh=LOST)
    assert len(stage.obtain().warnings) == 1
    stage.now = NOW + 1
    assert len(stage.obtain().warnings) == 1


def test_a_held_token_is_kept_where_the_password_has_no_answer_either() -> None:
    stage = Stage(held(3550), refresh=REFUSED, password=LOST)
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin, len(provision.warnings)) == ("held", "stored", 1)


NEARLY_USED_UP = granted(expires_in=59)


def test_a_nearly_used_up_token_is_renewed_once() -> None:
    stage = Stage(password=NEARLY_USED_UP)
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin, provision.warnings) == ("renewed", "refreshed", ())
    assert stage.server.asked == [PASSWORD, "r-granted"]


def test_a_nearly_used_up_token_without_a_refresh_token() -> None:
    stage = Stage(password=granted(expires_in=59, refresh_token=None))
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin) == ("granted", "granted")
    assert ["cannot be renewed" in warning for warning in provision.warnings] == [True]
    assert stage.server.asked == [PASSWORD]


def test_a_nearly_used_up_token_is_not_renewed_in_check_mode() -> None:
    stage = Stage(password=NEARLY_USED_UP)
    provision = stage.obtain(may_renew=False)
    assert (provision.token.access_token, provision.origin, len(provision.warnings)) == ("granted", "granted", 1)
    assert stage.server.asked == [PASSWORD]


NEARLY_USED_UP_FAILURES = [("refused", REFUSED), ("no answer", LOST)]


@pytest.mark.parametrize(
    "error", [row[1] for row in NEARLY_USED_UP_FAILURES], ids=[row[0] for row in NEARLY_USED_UP_FAILURES]
)
class TestANearlyUsedUpTokenThatCannotBeRenewed:
    def test_it_is_handed_out_with_a_warning(self, error: TokenError) -> None:
        stage = Stage(password=NEARLY_USED_UP, refresh=error)
        provision = stage.obtain()
        assert provision.token.access_token == "granted"
        assert stage.server.asked == [PASSWORD, "r-granted"]
        assert len(provision.warnings) == 1

    def test_it_was_granted_and_not_stored(self, error: TokenError) -> None:
        assert Stage(password=NEARLY_USED_UP, refresh=error).obtain().origin == "granted"

    def test_the_next_host_does_not_ask_again(self, error: TokenError) -> None:
        stage = Stage(password=NEARLY_USED_UP, refresh=error)
        for _turn in range(3):
            assert stage.obtain().token.access_token == "granted"
        assert stage.server.asked == [PASSWORD, "r-granted"]


def test_a_renewal_refused_and_a_nearly_used_up_token_from_the_password_end_there() -> None:
    stage = Stage(held(3550), refresh=REFUSED, password=NEARLY_USED_UP)
    provision = stage.obtain()
    assert (provision.token.access_token, provision.origin, len(provision.warnings)) == ("granted", "granted", 1)
    assert stage.server.asked == ["r-held", PASSWORD]


@pytest.mark.parametrize("sent", [None, "", "r-held"])
def test_a_server_that_does_not_rotate_refresh_tokens(sent: str | None) -> None:
    stage = Stage(held(3550), refresh=renewed(refresh_token=sent))
    assert stage.obtain().token.refresh_token == "r-held"
    stage.now = NOW + 3550
    stage.obtain()
    assert stage.server.asked == ["r-held", "r-held"]


def test_a_server_that_rotates_refresh_tokens() -> None:
    stage = Stage(held(3550))
    stage.obtain()
    stage.now = NOW + 3550
    stage.obtain()
    assert stage.server.asked == ["r-held", "r-renewed"]


@pytest.mark.parametrize("seconds", [3601, 7200, 10**9])
@pytest.mark.parametrize("kept", [None, held(0), held(3550)], ids=["nothing is held", "fresh", "not fresh"])
def test_more_than_the_server_ever_gives_is_no_loop(kept: Token | None, seconds: int) -> None:
    stage = Stage(kept)
    for _turn in range(5):
        assert stage.obtain(min_validity=seconds).token.access_token == "renewed"
    assert stage.server.asked[-1].startswith("r-")
    assert len(stage.server.asked) == (2 if kept is None else 1)


def test_more_than_the_server_ever_gives_is_warned_of() -> None:
    """What is handed out is good for min_validity, or comes with a warning that says why it is not."""
    stage = Stage()
    assert [len(stage.obtain(min_validity=7200).warnings) for turn in range(2)] == [1, 1]


def test_short_lived_tokens_are_no_loop() -> None:
    stage = Stage(password=granted(expires_in=30), refresh=renewed(expires_in=30))
    for _turn in range(5):
        stage.obtain()
    assert stage.server.asked == [PASSWORD, "r-granted"]


def test_a_token_of_unknown_end_that_could_not_be_renewed_is_left_alone_for_a_while() -> None:
    stage = Stage(held(300, expires_in=None), refresh=LOST)
    for _turn in range(3):
        assert stage.obtain().token.access_token == "held"
    assert stage.server.asked == ["r-held"]


def test_a_renewal_that_names_no_scope_leaves_it_as_it_was() -> None:
    stage = Stage(held(3590, scope="orders_read"), refresh=renewed(scope=None))
    provision = stage.obtain()
    assert (provision.origin, provision.token.scope) == ("refreshed", ("orders_read",))
