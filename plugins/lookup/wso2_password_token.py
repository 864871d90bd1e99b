# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Controller door of the lookup: terms and options in, values out."""

from __future__ import annotations

DOCUMENTATION = r"""
name: wso2_password_token
short_description: A WSO2 user access token inside a template
version_added: 0.1.0
author:
  - apiops.wso2 contributors (@apiops)
description:
  - Asks the token endpoint of WSO2 API Manager, WSO2 Identity Server or a server like them for a user's access token,
    by the OAuth 2.0 password grant, and returns what the terms choose of the answer.
  - It always runs on the control node. The module of the same name does the same for a task.
  - Ansible evaluates a lookup at each place that mentions it, for each host and task. The server is asked once
    for all of them and for the tasks of the module that want the same token, see O(token_store).
extends_documentation_fragment:
  - apiops.wso2.wso2_token
  - apiops.wso2.wso2_token.sources
options:
  _terms:
    description:
      - What to return, in this order. With no term it is the access token.
      - V(access_token), V(refresh_token), V(id_token) and V(token_type) are those of the answer.
      - V(authorization) is the value of an C(Authorization) header.
      - V(scope) is the list of the granted scopes.
      - V(expires_in) are the seconds left, V(expires_at) is the time of the end in UTC and ISO 8601; both are null
        when the token never expires or the server did not say.
      - V(token) is a mapping with all of these, and with C(expires), C(extra) and C(origin), as the module returns
        them.
    type: list
    elements: str
    choices:
      - access_token
      - refresh_token
      - expires_at
      - expires_in
      - scope
      - token_type
      - id_token
      - authorization
      - token
    default: [access_token]
notes:
  - Ask for several values by C(query), or for V(token), because C(lookup) joins several strings with commas.
  - A file templated with a token holds it in clear. Give the task C(diff=false) and the file the mode C(0600).
seealso:
  - module: apiops.wso2.wso2_password_token
"""

EXAMPLES = r"""
- name: Write a config file with a token, and with what else the inventory says
  ansible.builtin.copy:
    content: |
      token={{ lookup('apiops.wso2.wso2_password_token') }}
    dest: "{{ config_path }}"
    mode: '0600'
  diff: false

- name: Ask once, and use the parts
  ansible.builtin.template:
    src: client.yml.j2
    dest: "{{ config_path }}"
    mode: '0600'
  diff: false
  vars:
    api_user:
      username: john@johns.org
      organization: johnsorg
      password: "{{ john_password }}"
    wso2: "{{ lookup('apiops.wso2.wso2_password_token', 'token', scope='orders_read', **api_user) }}"

- name: Tell when the token ends
  ansible.builtin.debug:
    msg: "{{ lookup('apiops.wso2.wso2_password_token', 'expires_at') }}"
"""

RETURN = r"""
_raw:
  description: The values that the terms choose, one for each term.
  type: list
  elements: raw
"""

import time
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.apiops.wso2.plugins.module_utils._output_masking import hide
from ansible_collections.apiops.wso2.plugins.module_utils._token_error import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_options import SECRET_OPTIONS, SHARED_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.module_utils._unexpected import unexpected
from ansible_collections.apiops.wso2.plugins.plugin_utils._local_endpoint import LocalEndpoint
from ansible_collections.apiops.wso2.plugins.plugin_utils._option_sources import collect, typed
from ansible_collections.apiops.wso2.plugins.plugin_utils._store_option import secrets_in_option
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import Provision, TokenProvider, Wish
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_shelf import shelf_for

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
        secrets: list[str] = []
        try:
            wanted = _known(terms)
            options = collect(
                kwargs, specification=SHARED_OPTIONS, variables=variables or {}, template=self._templar.template
            )
            secrets += [str(options[name]) for name in SECRET_OPTIONS if name in options]
            secrets += secrets_in_option(options.get("token_store"))
            hide(*secrets)
            check_mode = bool((variables or {}).get("ansible_check_mode"))
            return _choose(wanted, _obtain(options, check_mode=check_mode))
        except TokenError as error:
            failed = error.redacted(secrets)
        except Exception as error:
            failed = unexpected(error)
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


def _obtain(options: dict[str, Any], *, check_mode: bool) -> Provision:
    checked = typed(options, SHARED_OPTIONS)
    request = TokenRequest.from_options(checked)
    hide(*request.secrets())
    provider = TokenProvider(LocalEndpoint(), shelf_for(request, checked["token_store"]))
    return provider.obtain(request, Wish.from_options(checked, check_mode=check_mode))


def _choose(terms: list[str], provision: Provision) -> list[Any]:
    for warning in provision.warnings:
        Display().warning(f"wso2_password_token: {warning}")
    hide(*provision.token.secrets(), provision.token.authorization)
    values = provision.token.to_result(now=int(time.time()))
    values["token"] = {**values, "origin": provision.origin}
    return [values[term] for term in terms]
