# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Where the value of an option comes from: given, variable, environment, ansible.cfg, default; the first found wins.

Both doors read their options here and not through the option system of ansible-core, which leaves variables
untemplated, ignores unknown names, and shows the value of a secret that has the wrong type.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from ansible import constants as C
from ansible import errors
from ansible.parsing.quoting import unquote

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import (
    GIVEN_ONLY_OPTIONS,
    SECRET_OPTIONS,
    names_of,
)

# Since ansible-core 2.19; before, what is omitted is a text, see _is_omit.
_OMITTED: Any = getattr(errors, "AnsibleValueOmittedError", ())

Specification = Mapping[str, Mapping[str, object]]


def collect(
    given: Mapping[str, object],
    *,
    specification: Specification,
    variables: Mapping[str, object],
    template: Callable[[object], object],
) -> dict[str, object]:
    """Return each option that has a value, under its own name; raises C(OptionError).

    given: what the task or the lookup names, also by alias; templated already.
    variables: those of the host; C(wso2_OPTION) is looked at. template: ansible-core's templar.
    """
    options = _canonical(given, specification)
    for name in specification:
        if options.get(name) is None and name not in GIVEN_ONLY_OPTIONS:
            options[name] = _from_elsewhere(name, variables, template)
    return {name: _exact(name, value, specification) for name, value in options.items() if value is not None}


def _canonical(given: Mapping[str, object], specification: Specification) -> dict[str, object]:
    option_of = {name: option for option in specification for name in names_of(option)}
    options: dict[str, object] = {}
    for name, value in given.items():
        if name not in option_of:
            raise OptionError(name, "is not an option", hint=f"Options are: {', '.join(specification)}")
        if value is None or _is_omit(value):
            continue
        option = option_of[name]
        if option in options and options[option] != value:
            names = " and ".join(other for other in names_of(option) if other in given)
            raise OptionError(option, f"is given twice, with different values, as {names}")
        options[option] = value
    return options


def _is_omit(value: object) -> bool:
    # Up to ansible-core 2.18 a lookup, or a variable that is templated here, yields the placeholder itself.
    return isinstance(value, str) and value.startswith("__omit_place_holder__")


def _from_elsewhere(option: str, variables: Mapping[str, object], template: Callable[[object], object]) -> object:
    """The first value there is; an empty one is none, as surveys and templates leave it where nothing is meant."""
    variable = f"wso2_{option}"
    if variable in variables:
        value = _templated(option, variable, variables[variable], template)
        if value not in (None, "") and not _is_omit(value):
            return value
    from_environment = os.environ.get(variable.upper())
    if from_environment:
        return from_environment
    return None if option in SECRET_OPTIONS else _ini_section(C.CONFIG_FILE).get(option)


def _templated(option: str, variable: str, value: object, template: Callable[[object], object]) -> object:
    if isinstance(value, str) and "{" not in value:
        return value  # which ansible-core would find out, too, but not as fast
    try:
        return template(value)
    except _OMITTED:
        return None
    except errors.AnsibleUndefinedVariable as error:
        # The text names what is undefined; the template around it, which may hold a secret, is not in it.
        problem = f"comes from the variable {variable}, which refers to something undefined ({error.message})"
    except Exception as error:
        problem = f"comes from the variable {variable}, which cannot be templated ({type(error).__name__})"
    raise OptionError(option, problem)


@lru_cache(maxsize=1)
def _ini_section(path: str | None) -> Mapping[str, str]:
    text = ""
    if path:
        with suppress(OSError), open(path, encoding="utf-8") as file:
            text = file.read()
    # Most have no such section, and parsing all the others takes long.
    if "[wso2]" not in text:
        return {}
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",), interpolation=None)
    parser.read_string(text)
    section = parser["wso2"] if parser.has_section("wso2") else {}
    return {name: unquote(value) for name, value in section.items()}


def _exact(name: str, value: object, specification: Specification) -> object:
    """VALUE as it will be sent. What YAML or a template has made of a text cannot always be turned back."""
    if getattr(value, "__ENCRYPTED__", False):
        return str(value)  # an inline !vault value, up to ansible-core 2.18
    spec = specification[name]
    if spec["type"] not in ("str", "path") or spec.get("choices") or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise OptionError(name, f"is not a text but of type {type(value).__name__}", hint="Put the value in quotes")
