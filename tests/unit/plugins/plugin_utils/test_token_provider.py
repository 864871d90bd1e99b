# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The use case of both doors: the least that must be asked of the server, and what is said about it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import seal_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import TokenProvider, Wish
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, token_request
from ansible_collections.apiops.wso2.tests.unit.provider_stage import PASSWORD, Server, Stage, granted, held

CHECK_MODE = {"may_renew": False}

COURSES: list[tuple[str, Token | None, dict[str, Any], list[str], str, str, list[str]]] = [
    # id, token held, wish, what the server is asked, token handed out, origin, what each warning says
    ("nothing is held", None, {}, [PASSWORD], "granted", "granted", []),
    ("fresh", held(0), {}, [], "held", "stored", []),
    ("just fresh", held(3540), {}, [], "held", "stored", []),
    ("not fresh any more", held(3541), {}, ["r-held"], "renewed", "refreshed", []),
    ("just min_validity", held(2700), {"min_validity": 900}, [], "held", "stored", []),
    ("less than min_validity", held(2701), {"min_validity": 900}, ["r-held"], "renewed", "refreshed", []),
    ("last second, none wanted", held(3599), {"min_validity": 0}, [], "held", "stored", []),
    ("expired", held(3600), {}, [PASSWORD], "granted", "granted", []),
    ("never ends", held(10**8, expires_in=2**63 - 1), {}, [], "held", "stored", []),
    ("unknown end", held(299, expires_in=None), {}, [], "held", "stored", []),
    ("unknown end, doubted", held(300, expires_in=None), {}, ["r-held"], "renewed", "refreshed", []),
    (
        "unknown end, doubted, no refresh token",
        held(300, expires_in=None, refresh_token=None),
        {},
        [PASSWORD],
        "granted",
        "granted",
        [],
    ),
    ("clock set back a little", held(-60), {}, [], "held", "stored", []),
    ("clock set back far", held(-61), {}, [PASSWORD], "granted", "granted", []),
    ("no refresh token", held(3550, refresh_token=None), {}, [], "held", "stored", ["without a refresh token"]),
    ("expired, no refresh token", held(3600, refresh_token=None), {}, [PASSWORD], "granted", "granted", []),
    ("force, nothing is held", None, {"force": True}, [PASSWORD], "granted", "granted", []),
    ("force, fresh", held(0), {"force": True}, ["r-held"], "renewed", "refreshed", []),
    ("force, expired", held(3600), {"force": True}, [PASSWORD], "granted", "granted", []),
    (
        "force, fresh without a refresh token",
        held(0, refresh_token=None),
        {"force": True},
        [PASSWORD],
        "granted",
        "granted",
        [],
    ),
    ("refresh token given", None, {"refresh_token": "r-given"}, ["r-given"], "renewed", "refreshed", []),
    (
        "refresh token given, another one held",
        held(0),
        {"refresh_token": "r-given"},
        ["r-given"],
        "renewed",
        "refreshed",
        [],
    ),
    ("check mode, nothing is held", None, CHECK_MODE, [PASSWORD], "granted", "granted", []),
    ("check mode, fresh", held(0), CHECK_MODE, [], "held", "stored", []),
    ("check mode, not fresh", held(3550), CHECK_MODE, [], "held", "stored", ["not renewed in check mode"]),
    ("check mode, expired", held(3600), CHECK_MODE, [PASSWORD], "granted", "granted", []),
    ("check mode, force, fresh", held(0), {**CHECK_MODE, "force": True}, [], "held", "stored", []),
    ("check mode, force, nothing is held", None, {**CHECK_MODE, "force": True}, [PASSWORD], "granted", "granted", []),
    (
        "check mode, refresh token given, fresh",
        held(0),
        {**CHECK_MODE, "refresh_token": "r-given"},
        [],
        "held",
        "stored",
        [],
    ),
    (
        "check mode, refresh token given, nothing is held",
        None,
        {**CHECK_MODE, "refresh_token": "r-given"},
        [PASSWORD],
        "granted",
        "granted",
        [],
    ),
]


@pytest.mark.parametrize(
    ("kept", "wish", "asked", "handed_out", "origin", "warnings"),
    [row[1:] for row in COURSES],
    ids=[row[0] for row in COURSES],
)
def test_course(
    kept: Token | None, wish: dict[str, Any], asked: list[str], handed_out: str, origin: str, warnings: list[str]
) -> None:
    stage = Stage(kept)
    provision = stage.obtain(**wish)
    assert stage.server.asked == asked
    assert (provision.token.access_token, provision.origin) == (handed_out, origin)
    assert len(provision.warnings) == len(warnings)
    assert [each for each, said in zip(provision.warnings, warnings) if said not in each or "None" in each] == []
    assert stage.kept() == provision.token


@pytest.mark.parametrize("kept", [row[1] for row in COURSES], ids=[row[0] for row in COURSES])
def test_nobody_asks_again_after_whoever_asked(kept: Token | None) -> None:
    stage = Stage(kept)
    first = stage.obtain()
    asked = list(stage.server.asked)
    for _turn in range(3):
        assert stage.obtain() == replace(first, origin="stored")
    assert stage.server.asked == asked


def test_a_warning_tells_until_when_the_token_is_good() -> None:
    (warning,) = Stage(held(3550, refresh_token=None)).obtain().warnings
    assert warning.startswith("the token is good until 2023-11-14T22:14:10Z only, and ")


def test_a_second_that_begins_meanwhile_is_no_reason_to_warn() -> None:
    stage = Stage(held(3540))
    ticks = itertools.count(NOW + 0.3, 0.4)
    provider = TokenProvider(stage.server, stage.shelf(token_request()), clock=lambda: next(ticks))
    assert provider.obtain(token_request(), Wish()).warnings == ()


@pytest.mark.parametrize("kept", [None, granted()], ids=["granted", "stored"])
def test_suspicious_credentials_are_told_without_their_value(kept: Token | None) -> None:
    stage, request = Stage(), token_request(consumer_secret="s3cret\n", scope=["x"])
    if kept is not None:
        stage.shelf(request).put_token(kept)
    assert stage.obtain(request).warnings == (
        "consumer_secret begins or ends with white space, and is sent so",
        "the server did not grant the scope x",
    )


def test_a_provider_forgets_its_warnings() -> None:
    request = token_request(scope=["x"])
    provider = TokenProvider(Server(), TokenShelf(seal_for(request), tokens=None, run=None), clock=lambda: NOW)
    assert provider.obtain(request, Wish()).warnings == provider.obtain(request, Wish()).warnings
