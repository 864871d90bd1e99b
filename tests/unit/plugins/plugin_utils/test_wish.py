# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wished of the provider, read from the options."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import Wish
from ansible_collections.apiops.wso2.tests.unit.examples import options

WISHES: list[tuple[str, dict[str, Any], bool, Wish]] = [
    ("nothing", {}, False, Wish()),
    ("check mode", {}, True, Wish(may_renew=False)),
    ("force", {"force": True}, False, Wish(force=True)),
    ("require_scope", {"require_scope": True}, False, Wish(require_scope=True)),
    ("refresh token", {"refresh_token": "r"}, False, Wish(refresh_token="r")),
    ("no min_validity", {"min_validity": 0}, False, Wish(min_validity=0)),
    ("min_validity", {"min_validity": 900}, False, Wish(min_validity=900)),
]


@pytest.mark.parametrize(("changes", "check_mode", "wish"), [row[1:] for row in WISHES], ids=[row[0] for row in WISHES])
def test_wishes(changes: dict[str, Any], check_mode: bool, wish: Wish) -> None:
    assert Wish.from_options(options(**changes), check_mode=check_mode) == wish


def test_the_lookup_knows_no_refresh_token() -> None:
    of_the_lookup = {name: value for name, value in options().items() if name != "refresh_token"}
    assert Wish.from_options(of_the_lookup, check_mode=False) == Wish()


def test_a_negative_min_validity() -> None:
    with pytest.raises(OptionError, match="min_validity must not be negative"):
        Wish.from_options(options(min_validity=-1), check_mode=False)
