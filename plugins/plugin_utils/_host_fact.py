# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""A token as a variable of the host, which no fact cache on a disk ever sees."""

from __future__ import annotations

from typing import Any

from ansible import constants as C
from ansible.plugins import action
from ansible.utils.vars import isidentifier

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError

# Since ansible-core 2.21; before, each fact of a task goes to the fact cache.
_VARIABLE_LAYER: Any = getattr(action, "VariableLayer", None)


def check_fact_name(name: str | None) -> None:
    """Raise C(OptionError) if a token cannot become the variable NAME, before any is asked for."""
    if name is None:
        return
    if not isidentifier(name):
        raise OptionError("fact_name", "is not a valid name for a variable", hint="Use letters, digits and underscores")
    if _VARIABLE_LAYER is None and _cache_plugin() != "memory":
        raise OptionError(
            "fact_name",
            "would write the token to the fact cache in clear, which ansible-core before 2.21 cannot be kept from",
            hint="Use register instead, or the fact cache memory",
        )


def set_host_fact(plugin: action.ActionBase, result: dict[str, Any], name: str | None, value: object) -> None:
    """Have the host of the task that PLUGIN runs get the variable NAME; RESULT is that of the task."""
    if name is None:
        return
    if _VARIABLE_LAYER is None:
        result["ansible_facts"] = {name: value}
    else:
        plugin.register_host_variables({name: value}, _VARIABLE_LAYER.EPHEMERAL_FACT)


def _cache_plugin() -> str:
    return str(C.config.get_config_value("CACHE_PLUGIN")).rpartition(".")[2]
