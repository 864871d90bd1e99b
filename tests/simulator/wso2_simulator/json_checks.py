# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of values that come from the control API: each returns the value or raises ValueError with a message."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from .component_version import parse_version

Check = Callable[[Any], Any]


def flag(value: Any) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def text(value: Any) -> str:
    """Accept a string."""
    if not isinstance(value, str):
        raise ValueError("must be a string")
    return value


def line(value: Any) -> str:
    """Accept a string that is valid in a header: no control characters."""
    if not all(letter >= " " and letter != "\x7f" for letter in text(value)):
        raise ValueError("must be a string without control characters")
    return str(value)


def text_or_null(value: Any) -> str | None:
    """Accept a string or null."""
    return None if value is None else text(value)


def or_null(check: Check) -> Check:
    """Build a check that also accepts null."""
    return lambda value: None if value is None else check(value)


def texts(value: Any) -> list[str]:
    """Accept a list of strings."""
    if not isinstance(value, list):
        raise ValueError("must be a list of strings")
    return [text(item) for item in value]


def patterns(value: Any) -> list[str]:
    """Accept a list of regular expressions."""
    for item in texts(value):
        try:
            re.compile(item)
        except re.error as error:
            raise ValueError(f"holds '{item}', which is no regular expression: {error}") from error
    return list(value)


def mapping(value: Any) -> dict[str, Any]:
    """Accept a JSON object."""
    if not isinstance(value, dict):
        raise ValueError("must be an object")
    return value


def header_mapping(value: Any) -> dict[str, str]:
    """Accept a JSON object of header lines."""
    return {line(name): line(item) for name, item in mapping(value).items()}


def pairs(value: Any) -> list[tuple[str, str]]:
    """Accept an object of strings, or a list of pairs of strings where a name may come twice."""
    items = list(value.items()) if isinstance(value, dict) else value
    if not isinstance(items, list) or not all(isinstance(item, (list, tuple)) and len(item) == 2 for item in items):
        raise ValueError("must be an object or a list of pairs")
    return [(text(name), text(item)) for name, item in items]


def texts_mapping(value: Any) -> dict[str, list[str]]:
    """Accept a JSON object whose values are lists of strings."""
    return {name: texts(item) for name, item in mapping(value).items()}


def anything(value: Any) -> Any:
    """Accept any JSON value."""
    return value


def number(minimum: float, maximum: float = float("inf")) -> Check:
    """Build a check for a finite number within both bounds."""

    def check(value: Any) -> float:
        if not _is_finite(value) or not minimum <= value <= maximum:
            upper = "" if maximum == float("inf") else f" and at most {maximum:g}"
            lower = "" if minimum == float("-inf") else f" of at least {minimum:g}"
            raise ValueError(f"must be a number{lower}{upper}")
        number_given: float = value
        return number_given

    return check


def _is_finite(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    # An integer is finite however long it is; math.isfinite would fail on a very long one.
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def whole_number(minimum: int, maximum: float = float("inf")) -> Check:
    """Build a check for an integer within both bounds."""
    bounds = number(minimum, maximum)

    def check(value: Any) -> int:
        bounds(value)
        if not isinstance(value, int):
            raise ValueError("must be a whole number")
        return value

    return check


def one_of(*choices: str) -> Check:
    """Build a check for one of the given words."""

    def check(value: Any) -> str:
        if value not in choices:
            raise ValueError("must be one of " + ", ".join(choices))
        return str(value)

    return check


def lifetime(value: Any) -> int | str:
    """Accept whole seconds or the word ``never``."""
    if value == "never":
        return "never"
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("must be a whole number of seconds or the word 'never'")
    return value


def version(value: Any) -> str:
    """Accept a component version of three numbers."""
    parse_version(text(value))
    return str(value)


def checked(given: Any, checks: dict[str, Check], subject: str) -> dict[str, Any]:
    """Check an object member by member; ValueError names the subject and the member."""
    known: dict[str, Any] = {}
    for name, value in mapping(given).items():
        if name not in checks:
            raise ValueError(f"{subject} has no '{name}'; it knows {', '.join(sorted(checks))}")
        try:
            known[name] = checks[name](value)
        except ValueError as error:
            raise ValueError(f"{subject}: '{name}' {error}") from error
    return known
