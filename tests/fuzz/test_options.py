# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of any type from any source are converted to the right type, or rejected without showing the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible.errors import AnsibleUndefinedVariable
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.apiops.wso2.plugins.module_utils import _argspec
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import convert_options, names_by_option, read_options
from ansible_collections.apiops.wso2.tests.fuzz.strategies import share_of

MODULE_OPTIONS = _argspec.MODULE_OPTIONS["password"]
SECRET_OPTIONS = _argspec.secret_options(MODULE_OPTIONS)
TYPES: dict[object, type] = {"str": str, "path": str, "int": int, "bool": bool, "list": list}

# A mark, so that a value is recognized in a message.
MARK = "s3cret"
TEXTS = st.text(max_size=10).map(lambda text: f"{MARK}{text}")
NUMBERS = st.integers() | st.floats() | st.booleans() | st.sampled_from([10**400, float("inf"), float("nan"), 1.5])
WORDS = st.sampled_from(
    ["", "yes", "no", "5", "1.0", "inf", "-inf", "nan", "1e3", "run", "basic", "present", "~", "a,b"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | NUMBERS | WORDS | TEXTS | TEXTS.map(str.encode) | st.dates() | st.just(object()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.sets(TEXTS, max_size=2)
        | st.dictionaries(TEXTS | st.integers(), inner, max_size=2)
    ),
    max_leaves=5,
)
NAMES = st.sampled_from([name for names in names_by_option(MODULE_OPTIONS).values() for name in names])
GIVEN = st.dictionaries(st.one_of(NAMES, NAMES, NAMES, st.text(max_size=8)), VALUES, max_size=6)
VARIABLES = st.dictionaries(st.sampled_from([f"wso2_{option}" for option in MODULE_OPTIONS]), VALUES, max_size=6)


def _undefined(_value: object) -> object:
    raise AnsibleUndefinedVariable("'john_password' is undefined")


def _broken(value: object) -> object:
    raise RuntimeError(f"cannot template {value!r}")


TEMPLATES: list[Callable[[object], object]] = [lambda value: value, str, _undefined, _broken]


def check_rejection(error: OptionError, given: dict[str, Any]) -> None:
    assert MARK not in error.message.replace(error.option, "")
    assert MARK not in str(error.failure()).replace(error.option, "")
    assert error.option in (*MODULE_OPTIONS, *given)
    assert error.__cause__ is None


def read(
    given: dict[str, Any],
    variables: dict[str, Any],
    template: Callable[[object], object],
    specification: _argspec.Options | None = None,
) -> dict[str, Any]:
    options = MODULE_OPTIONS if specification is None else specification
    return read_options(given, options=options, variables=variables, template=template)


@pytest.mark.parametrize("grant", _argspec.MODULE_OPTIONS)
@given(given=GIVEN, variables=VARIABLES, template=st.sampled_from(TEMPLATES))
def test_any_values_are_converted_or_rejected(
    grant: str, given: dict[str, Any], variables: dict[str, Any], template: Callable[[object], object]
) -> None:
    """Arguments and variables of a user are among them, which the application's token has no use for."""
    specification = _argspec.MODULE_OPTIONS[grant]
    try:
        options = convert_options(read(given, variables, template, specification), specification)
    except OptionError as error:
        check_rejection(error, given)
        return
    assert options.keys() == specification.keys()
    for name, value in options.items():
        spec = specification[name]
        assert value is None or isinstance(value, TYPES[spec["type"]])
        assert spec["type"] != "int" or not isinstance(value, bool)
        assert "choices" not in spec or value in spec["choices"]  # type: ignore[operator]
        assert spec["type"] != "list" or all(isinstance(element, str) for element in value)


@pytest.mark.parametrize("option", MODULE_OPTIONS)
@share_of(MODULE_OPTIONS)
@given(value=VALUES)
@example(value=float("inf"))
def test_each_option_accepts_only_its_type(option: str, value: Any) -> None:
    try:
        options = convert_options(read({option: value}, {}, str), MODULE_OPTIONS)
    except OptionError as error:
        check_rejection(error, {option: value})
        assert error.option == option
    else:
        assert options[option] is None or isinstance(options[option], TYPES[MODULE_OPTIONS[option]["type"]])


TEXT_OPTIONS = [name for name, spec in MODULE_OPTIONS.items() if spec["type"] == "str" and "choices" not in spec]


@pytest.mark.parametrize("option", TEXT_OPTIONS)
@share_of(TEXT_OPTIONS)
@given(text=st.text(st.characters(), min_size=1))
def test_a_text_is_unaltered(option: str, text: str) -> None:
    assert convert_options(read({option: text}, {}, str), MODULE_OPTIONS)[option] == text
    if option not in _argspec.ARGUMENT_ONLY_OPTIONS:
        from_variable = read({}, {f"wso2_{option}": text}, lambda value: value)
        assert convert_options(from_variable, MODULE_OPTIONS)[option] == text


@pytest.mark.parametrize("option", SECRET_OPTIONS)
@share_of(SECRET_OPTIONS)
@given(value=VALUES.filter(lambda value: value is not None and not isinstance(value, str)))
def test_a_secret_that_is_not_a_string_is_rejected_without_showing_it(option: str, value: Any) -> None:
    with pytest.raises(OptionError) as raised:
        read({option: value}, {}, str)
    check_rejection(raised.value, {})
