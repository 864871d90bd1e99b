# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An error that nobody foresaw is told without its text, which may hold anything."""

from __future__ import annotations

import re

from ansible_collections.apiops.wso2.plugins.module_utils._unexpected import unexpected


def _caught() -> Exception:
    try:
        try:
            raise KeyError("s3cret-inside")
        except KeyError as error:
            raise ValueError("s3cret-outside") from error
    except ValueError as error:
        return error


def test_class_and_place_but_no_text() -> None:
    error = unexpected(_caught())
    assert re.fullmatch(r"unexpected ValueError at test_unexpected\.py:\d+", error.cause)
    assert "s3cret" not in error.message + repr(error) + str(error.failure())
    assert "report" in (error.hint or "")


def test_without_a_traceback() -> None:
    assert unexpected(ValueError("s3cret")).cause == "unexpected ValueError"
