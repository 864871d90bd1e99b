# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Where the value of an option comes from, and its type.

The first source that has a value decides: argument, variable, environment variable, C(ansible.cfg), default. Within a
source, the option's own name comes before its aliases. An empty value counts as no value.

The plugins do not use the option system of ansible-core, which leaves variables untemplated, ignores unknown names, and
shows the value of a secret that has the wrong type.
"""

from __future__ import annotations

import configparser
import datetime
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ansible import constants as C
from ansible import errors
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import ArgumentValueError
from ansible.parsing.quoting import unquote as unquote_ini

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import (
    ARGUMENT_ONLY_OPTIONS,
    Options,
)
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError

REDIS_SCHEMES = ("redis://", "rediss://")

# Since ansible-core 2.19. Before, an omitted value is a text, see _is_omitted.
_OMITTED: Any = getattr(errors, "AnsibleValueOmittedError", ())

_TYPE_NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "a boolean"),
    (int, "an integer"),
    (float, "a float"),
    ((datetime.date, datetime.time), "a date"),
    (Mapping, "a dictionary"),
    ((list, tuple, set), "a list"),
)


def read_options(
    given: Mapping[str, object],
    *,
    options: Options,
    variables: Mapping[str, object],
    template: Callable[[object], object],
) -> dict[str, object]:
    """Return each of OPTIONS that has a value, under its own name; raises C(OptionError).

    given: the arguments of the task or the lookup, also by alias; templated already.
    variables: those of the host. template: ansible-core's templar.
    """
    names_of = names_by_option(options)
    values = _given_values(given, names_of)
    for name, spec in options.items():
        if name not in values and name not in ARGUMENT_ONLY_OPTIONS:
            value = _first_value(names_of[name], variables, template, is_secret=bool(spec.get("no_log")))
            if value is not None:
                values[name] = value
    return {name: _check_text(name, value, options[name]) for name, value in values.items()}


def convert_options(values: Mapping[str, object], options: Options) -> dict[str, Any]:
    """Return VALUES converted to their types, with the defaults filled in; raises C(OptionError)."""
    converted: dict[str, Any] = {}
    for name, spec in options.items():
        # One by one, because an error of the validator names its option only in a text.
        given = {name: values[name]} if name in values else {}
        if spec["type"] == "int" and isinstance(values.get(name), bool):
            raise OptionError(name, "must be an integer, but it is a boolean")
        try:
            # The validator does not learn what is secret: 2.22 would mask even "a" in every word; see _secrets_api.
            validation = ArgumentSpecValidator({name: {**spec, "aliases": [], "no_log": False}}).validate(given)
        except (ValueError, OverflowError):  # infinite and oversized numbers
            raise OptionError(name, f"is not of type {spec['type']}") from None
        for error in validation.errors.errors:
            raise OptionError(name, _type_problem(error, spec))
        converted.update(validation.validated_parameters)
    return converted


def is_hidden(name: str, options: Options) -> bool:
    """Must the value of the argument NAME not be shown? A misspelled C(password) must not, so unknown names count."""
    return _is_hidden(_option_by_name(names_by_option(options)).get(name), options)


def secrets_in(values: Mapping[str, object], options: Options) -> list[str]:
    """The texts in VALUES that must not be shown."""
    option_of = _option_by_name(names_by_option(options))
    secrets = [
        str(value)
        for name, value in values.items()
        if value and name != "token_store" and _is_hidden(option_of.get(name), options)
    ]
    return secrets + _redis_passwords(values.get("token_store"))


def names_by_option(options: Options) -> dict[str, list[str]]:
    """For each of OPTIONS its own name, followed by its aliases in the order in which they are looked at."""
    return {name: [name, *spec.get("aliases", ())] for name, spec in options.items()}


def _is_hidden(option: str | None, options: Options) -> bool:
    # The URL of a Redis server can contain a password.
    return option is None or option == "token_store" or bool(options[option].get("no_log"))


def _option_by_name(names_of: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: option for option, names in names_of.items() for name in names}


def _given_values(given: Mapping[str, object], names_of: Mapping[str, list[str]]) -> dict[str, object]:
    option_of = _option_by_name(names_of)
    values: dict[str, object] = {}
    for name, value in given.items():
        if name not in option_of:
            raise OptionError(name, "is not an option", hint=f"The options are {', '.join(names_of)}")
        if not _has_value(value):
            continue
        option = option_of[name]
        if option in values and values[option] != value:
            names = " and ".join(other for other in names_of[option] if other in given)
            raise OptionError(option, f"is given twice, with different values, as {names}")
        values[option] = value
    return values


def _has_value(value: object) -> bool:
    if value is None or (isinstance(value, str) and value == ""):
        return False
    # Up to ansible-core 2.18 a lookup, or a variable that is templated here, returns the placeholder itself.
    return not (isinstance(value, str) and value.startswith("__omit_place_holder__"))


def _first_value(
    names: list[str], variables: Mapping[str, object], template: Callable[[object], object], *, is_secret: bool
) -> object:
    """The value of the option with these NAMES, its own one first, from the sources that are no arguments."""
    prefixed = [f"wso2_{name}" for name in names]
    for name in prefixed:
        if name in variables:
            value = _templated(names[0], name, variables[name], template)
            if _has_value(value):
                return value
    for name in prefixed:
        if os.environ.get(name.upper()):
            return os.environ[name.upper()]
    if is_secret:
        return None
    section = _ini_section(C.CONFIG_FILE)
    return next((section[name] for name in names if section.get(name)), None)


def _templated(option: str, variable: str, value: object, template: Callable[[object], object]) -> object:
    if isinstance(value, str) and "{" not in value:
        return value  # ansible-core finds that out, too, but not as fast
    try:
        return template(value)
    except _OMITTED:
        return None
    except errors.AnsibleUndefinedVariable as error:
        # The text names what is undefined. The template around it, which can contain a secret, is not in it.
        problem = f"is read from the variable {variable}, which refers to something undefined ({error.message})"
    except Exception as error:
        problem = f"is read from the variable {variable}, which cannot be templated ({type(error).__name__})"
    raise OptionError(option, problem)


@lru_cache(maxsize=1)
def _ini_section(path: str | None) -> Mapping[str, str]:
    text = ""
    if path:
        with suppress(OSError), open(path, encoding="utf-8") as file:
            text = file.read()
    # Parsing takes long, and most files have no such section.
    if "[wso2]" not in text:
        return {}
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",), interpolation=None)
    parser.read_string(text)
    section = parser["wso2"] if parser.has_section("wso2") else {}
    return {name: unquote_ini(value) for name, value in section.items()}


def _check_text(name: str, value: object, spec: Mapping[str, Any]) -> object:
    """VALUE as it will be sent. Text that YAML read as a number cannot be restored, such as 0123, which became 83."""
    if getattr(value, "__ENCRYPTED__", False):
        return str(value)  # an inline !vault value, up to ansible-core 2.18
    if spec["type"] == "list":
        values = value if isinstance(value, (list, tuple)) else [value]
        if not all(isinstance(element, str) for element in values):
            raise OptionError(name, "must be a list of strings")
    elif spec["type"] in ("str", "path") and not isinstance(value, str):
        raise OptionError(name, f"must be a string, but it is {_type_name(value)}", hint="Quote the value")
    return value


def _type_name(value: object) -> str:
    return next((name for types, name in _TYPE_NAMES if isinstance(value, types)), "of another type")


def _type_problem(error: Exception, spec: Mapping[str, Any]) -> str:
    # The texts of ansible-core quote the value, which can be one that belongs to another option.
    if isinstance(error, ArgumentValueError) and spec.get("choices"):
        return f"must be {' or '.join(spec['choices'])}"
    return f"is not of type {spec['type']}"


def _redis_passwords(token_store: object) -> list[str]:
    """The password of a Redis server, percent-encoded and decoded."""
    if not isinstance(token_store, str) or not token_store.startswith(REDIS_SCHEMES):
        return []
    try:
        parts = urlsplit(token_store)
    except ValueError:
        return [token_store]
    # Also where a character that is not encoded makes another URL of it.
    password = parts.password or token_store.partition("//")[2].rpartition("@")[0].partition(":")[2]
    # redis-py reads it from either place.
    in_query = [value for name, value in parse_qsl(parts.query) if name == "password"]
    return [*([password, unquote(password)] if password else []), *in_query]
