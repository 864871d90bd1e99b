# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Controller door of the lookup: terms and options in, values out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.apiops.wso2.plugins.plugin_utils._byte_code import ByteCode

with ByteCode():
    from ansible_collections.apiops.wso2.plugins.module_utils._secrets_api import hide
    from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError
    from ansible_collections.apiops.wso2.plugins.module_utils._argspec import SHARED_OPTIONS
    from ansible_collections.apiops.wso2.plugins.plugin_utils._options import collect
    from ansible_collections.apiops.wso2.plugins.plugin_utils._secret_options import secrets_in
    from ansible_collections.apiops.wso2.plugins.plugin_utils._warm_answer import recall

TERMS = (
    "access_token",
    "refresh_token",
    "expires_at",
    "expires_in",
    "scope",
    "token_type",
    "id_token",
    "authorization",
    "token",
)


class LookupModule(LookupBase):
    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        variables = variables or {}
        secrets: list[str] = []
        try:
            wanted = _known(terms)
            options = collect(
                kwargs, specification=SHARED_OPTIONS, variables=variables, template=self._templar.template
            )
            secrets += secrets_in(options)
            hide(*secrets)
            values = recall(options, now=time.time())
            if values is None:
                values = _worked_out(options, check_mode=bool(variables.get("ansible_check_mode")))
            hide(*(values[name] for name in ("access_token", "refresh_token", "id_token", "authorization")))
            values["token"] = dict(values)
            return [values[term] for term in wanted]
        except TokenError as error:
            failed = error.redacted(secrets)
        except Exception as error:
            failed = _unexpected(error)
        # Raised here, outside the handlers: a cause or a context would be printed with whatever its text holds.
        raise AnsibleLookupError(f"wso2_password_token: {failed.message}")


def _known(terms: list[Any]) -> list[str]:
    for position, term in enumerate(terms, start=1):
        if term not in TERMS:
            # Not quoted: it may be a password that was meant to be an option.
            raise OptionError(
                "_terms", f"holds an unknown term at position {position}", hint=f"Known terms are {', '.join(TERMS)}"
            )
    return terms or ["access_token"]


# What is imported below is for the first worker alone, or for none: ansible-core loads plugins from source.


def _worked_out(options: Mapping[str, object], *, check_mode: bool) -> dict[str, Any]:
    with ByteCode():
        from ansible_collections.apiops.wso2.plugins.plugin_utils._cold_answer import work_out

    return work_out(options, check_mode=check_mode)


def _unexpected(error: Exception) -> TokenError:
    from ansible_collections.apiops.wso2.plugins.module_utils._unexpected import unexpected

    return unexpected(error)
