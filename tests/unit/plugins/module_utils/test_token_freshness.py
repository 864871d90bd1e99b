# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long a token is good, and when it is renewed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.tests.unit.examples import CENTURY, NOW, token

NEVER = 9223372036854775807
STANDING: list[tuple[str, int | None, int, int | None, bool, bool]] = [
    # id, expires_in, seconds later, min_validity, is usable, is fresh; as a password grant brought it
    ("at once", 3600, 0, None, True, True),
    ("the default just left", 3600, 3540, None, True, True),
    ("a second less than the default", 3600, 3541, None, True, False),
    ("min_validity just left", 3600, 2700, 900, True, True),
    ("a second less than min_validity", 3600, 2701, 900, True, False),
    ("the whole life wanted, at once", 3600, 0, 3600, True, True),
    ("the whole life wanted, a second later", 3600, 1, 3600, True, False),
    ("more than the whole life wanted", 3600, 0, 3601, True, False),
    ("last second", 3600, 3599, None, True, False),
    ("last second, none wanted", 3600, 3599, 0, True, True),
    ("its end", 3600, 3600, None, False, False),
    ("its end, none wanted", 3600, 3600, 0, False, False),
    ("after its end", 3600, 9999, 0, False, False),
    ("little left at once", 59, 0, None, True, False),
    ("the default left at once", 60, 0, None, True, True),
    ("used up at once", 0, 0, 0, False, False),
    ("never ends", NEVER, 10**9, None, True, True),
    ("never ends, much wanted", NEVER, 10**9, 10**9, True, True),
    ("never ends, clock set back a little", NEVER, -60, None, True, True),
    ("never ends, clock set back far", NEVER, -61, None, False, False),
    ("unknown end, at once", None, 0, None, True, True),
    ("unknown end, a second before it is doubted", None, 299, None, True, True),
    ("unknown end, doubted", None, 300, None, True, False),
    ("unknown end, doubted, none wanted", None, 300, 0, True, False),
    ("unknown end, clock set back far", None, -61, None, False, False),
    ("clock set back a little", 3600, -60, None, True, True),
    ("clock set back far", 3600, -61, None, False, False),
    ("clock set back far, none wanted", 3600, -61, 0, False, False),
    ("clock set forward", 3600, 10**8, 0, False, False),
]


@pytest.mark.parametrize(
    ("expires_in", "later", "min_validity", "usable", "fresh"),
    [row[1:] for row in STANDING],
    ids=[row[0] for row in STANDING],
)
def test_freshness(expires_in: int | None, later: int, min_validity: int | None, usable: bool, fresh: bool) -> None:
    held = token(asked_at=NOW, expires_in=expires_in)
    assert held.is_usable(NOW + later) is usable
    assert held.is_fresh(NOW + later, min_validity) is fresh


RENEWED: list[tuple[str, int | None, int | None, int]] = [
    # id, expires_in, min_validity, seconds that must be left
    ("an hour", 3600, None, 60),
    ("ten minutes", 600, None, 60),
    ("a little less", 599, None, 59),
    ("half a minute", 30, None, 3),
    ("a moment", 9, None, 1),
    ("none wanted", 3600, 0, 1),
    ("some wanted", 3600, 900, 900),
    ("nine tenths wanted", 3600, 3240, 3240),
    ("the whole life wanted", 3600, 3600, 3240),
    ("more than the whole life wanted", 3600, 7200, 3240),
    ("much more than a short life wanted", 30, 10**6, 27),
]


@pytest.mark.parametrize(
    ("expires_in", "min_validity", "needed"), [row[1:] for row in RENEWED], ids=[row[0] for row in RENEWED]
)
def test_freshness_of_a_token_with_its_full_life(expires_in: int, min_validity: int | None, needed: int) -> None:
    held = replace(token(asked_at=NOW, expires_in=expires_in), has_full_life=True)
    assert held.is_fresh(NOW, min_validity)
    assert held.is_fresh(NOW + expires_in - needed, min_validity)
    assert not held.is_fresh(NOW + expires_in - needed + 1, min_validity)


PAUSES: list[tuple[str, int, int | None, int, bool]] = [
    # id, renew_after, min_validity, now; each in seconds after the grant
    ("during the pause", 3580, None, 3579, True),
    ("the pause is over", 3580, None, 3580, False),
    ("much wanted, during the pause", 1000, 3000, 999, True),
    ("much wanted, the pause is over", 1000, 3000, 1000, False),
    ("last second", 9999, None, 3599, True),
    ("the token ends during the pause", 9999, None, 3600, False),
    ("clock set back far", 9999, None, -61, False),
    ("past pause of a token with time left", 10, None, 3540, True),
]


@pytest.mark.parametrize(
    ("renew_after", "min_validity", "later", "fresh"), [row[1:] for row in PAUSES], ids=[row[0] for row in PAUSES]
)
def test_a_token_that_could_not_be_renewed_is_left_alone_for_a_while(
    renew_after: int, min_validity: int | None, later: int, fresh: bool
) -> None:
    held = replace(token(asked_at=NOW), renew_after=NOW + renew_after)
    assert held.is_fresh(NOW + later, min_validity) is fresh


SPANS = [
    # id, token, min_validity, until when it is surely fresh
    ("default", token(asked_at=NOW), None, NOW + 3540),
    ("wanted", token(asked_at=NOW), 900, NOW + 2700),
    ("nothing wanted", token(asked_at=NOW), 0, NOW + 3600),
    ("more than there is", token(asked_at=NOW), 4000, NOW - 400),
    ("unknown end", token(asked_at=NOW, expires_in=None), 900, NOW + 300),
    ("never ends", token(asked_at=NOW, expires_in=2**63 - 1), 900, NOW + CENTURY),
]


@pytest.mark.parametrize(("held", "wanted", "end"), [row[1:] for row in SPANS], ids=[row[0] for row in SPANS])
def test_within_its_fresh_span_it_is_fresh(held: Token, wanted: int | None, end: int) -> None:
    since, until = held.fresh_span(wanted)
    assert (since, until) == (NOW - 60, end)
    inside = [now for now in (since, NOW, until - 1) if since <= now < until]
    assert all(held.is_fresh(now, wanted) for now in inside)
    assert not held.is_fresh(since - 1, wanted)
