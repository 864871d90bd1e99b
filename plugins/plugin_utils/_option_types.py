# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""What type the value of an option has to have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import ArgumentValueError

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import Specification


def typed(options: Mapping[str, object], specification: Specification) -> dict[str, Any]:
    """Return OPTIONS converted to their types, with the defaults filled in; raises C(OptionError)."""
    parameters: dict[str, Any] = {}
    for name, spec in specification.items():
        # One by one, because an error of the validator does not tell its option but in a text.
        given = {name: options[name]} if name in options else {}
        if spec["type"] == "int" and isinstance(options.get(name), bool):
            raise OptionError(name, "is not of type int")  # which Python would take it for
        try:
            # Not told what is secret: ansible-core 2.22 would mask even "a" in every word; see _secrets_api.
            validation = ArgumentSpecValidator({name: {**spec, "aliases": [], "no_log": False}}).validate(given)
        except (ValueError, OverflowError):  # it lets infinite and oversized numbers through to Python
            raise OptionError(name, f"is not of type {spec['type']}") from None
        for error in validation.errors.errors:
            raise OptionError(name, _mistake(error, spec))
        parameters.update(validation.validated_parameters)
    return parameters


def _mistake(error: Exception, spec: Mapping[str, object]) -> str:
    # The texts of ansible-core quote the value, which may be one that belongs to another option.
    choices = spec.get("choices")
    if isinstance(error, ArgumentValueError) and isinstance(choices, list):
        return f"is none of {', '.join(choices)}"
    return f"is not of type {spec['type']}"
