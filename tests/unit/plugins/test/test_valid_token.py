# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test C(valid_token): at each boundary of the lifetime, and with values that are not tokens."""

from __future__ import annotations

import time
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.apiops.wso2.plugins.test import valid_token as plugin
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, application_token, token

NEVER = 2**63 - 1


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: float(NOW))


def result(*, left: int | None) -> dict[str, Any]:
    return token(asked_at=NOW - 100, expires_in=None if left is None else left + 100).to_result(now=NOW)


VALIDITY = [
    # id, value, arguments, whether it is valid
    ("just long enough", result(left=600), (600,), True),
    ("a second too short", result(left=599), (600,), False),
    ("last second", result(left=1), (), True),
    ("at its end", result(left=0), (), False),
    ("past its end", result(left=-50), (), False),
    ("never ends", token(asked_at=NOW - 10**8, expires_in=NEVER).to_result(now=NOW), (10**9,), True),
    ("unknown end", result(left=None), (), False),
    ("of an application", application_token(asked_at=NOW - 100, expires_in=700).to_result(now=NOW), (600,), True),
    ("of an application, too short", application_token(asked_at=NOW - 101).to_result(now=NOW), (3500,), False),
    ("failed", {"failed": True, "msg": "x"}, (), False),
    ("skipped", {"skipped": True, "changed": False}, (), False),
    ("revoked", {"changed": True, "revoked": True}, (), False),
    ("nothing", {}, (), False),
]


@pytest.mark.parametrize(
    ("value", "arguments", "valid"), [row[1:] for row in VALIDITY], ids=[row[0] for row in VALIDITY]
)
def test_validity(value: dict[str, Any], arguments: tuple[int, ...], valid: bool) -> None:
    assert plugin.TestModule().tests()["valid_token"](value, *arguments) is valid


MISTAKES = [
    # id, value, seconds, problem
    ("the token alone", "s3cret-token", 0, "needs what the module registers"),
    ("none", None, 0, "needs what the module registers"),
    ("negative", result(left=9), -1, "a whole number"),
    ("text", result(left=9), "600", "a whole number"),
    ("bool", result(left=9), True, "a whole number"),
    ("no time", {"access_token": "s3cret-token", "expires_at": "s3cret-token"}, 0, "ISO 8601"),
]


@pytest.mark.parametrize(
    ("value", "seconds", "problem"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES]
)
def test_mistakes(value: Any, seconds: Any, problem: str) -> None:
    with pytest.raises(AnsibleFilterError, match=problem) as caught:
        plugin.valid_token(value, seconds)
    assert "s3cret" not in str(caught.value)
