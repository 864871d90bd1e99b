#!/usr/bin/python
# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the module, and its remote arm: one request, sent from the managed node."""

from __future__ import annotations

DOCUMENTATION = r"""
module: wso2_password_token
short_description: Get or revoke a WSO2 user access token
version_added: 1.0.0
author:
  - apiops.wso2 contributors (@apiops)
description:
  - Asks the token endpoint of WSO2 API Manager, WSO2 Identity Server or a server like them for a user's access token,
    by the OAuth 2.0 password grant, and returns the access token, the refresh token and the expiry.
  - The result is hidden in every output, without C(no_log), while C(register) holds the real values.
    Failures stay readable, and show no secret.
  - The server is asked once for all hosts, tasks and lookups of a run that want the same token, see O(token_store).
  - Each option but O(state), O(force), O(refresh_token) and O(fact_name) may also be given as the variable
    C(wso2_OPTION), the environment variable C(WSO2_OPTION) on the control node, or, except for secrets, as C(OPTION)
    in the section C([wso2]) of C(ansible.cfg); the first found wins. So a task with nothing below its name works when
    the inventory holds the rest.
  - If the task runs on the control node itself, with a local connection and neither C(become) nor C(environment), the
    request is sent from there and no module is shipped. Otherwise the request is sent from the managed node.
extends_documentation_fragment:
  - apiops.wso2._wso2_token
  - apiops.wso2._attributes.actiongroup_wso2
  - ansible.builtin.action_common_attributes
options:
  state:
    description:
      - V(present) gets a token.
      - V(absent) revokes the token that the same options have brought, and drops it from O(token_store). It is the
        stored one, which is found by the same credentials, or the one that O(refresh_token) belongs to.
        Without either, nothing is asked and nothing changes.
      - The token is revoked for all who hold it. Where WSO2 hands out the same token to all who ask for it, those are
        more than this play.
      - A gateway may take a revoked token for a while, until its cache forgets it.
    type: str
    choices: [present, absent]
    default: present
  refresh_token:
    description:
      - A refresh token to renew, or with O(state=absent) to revoke. When the server refuses to renew it, and
        O(username) and O(password) are there, they are used instead.
      - On WSO2, renewing a token revokes the access token that it replaces.
    type: str
  revoke_url:
    description:
      - The revocation endpoint, for O(state=absent).
      - By default it lies beside the token endpoint, as C(revoke) in the place of C(token) at the end of O(token_url).
    type: str
  fact_name:
    description:
      - The name of a variable that the host gets as well, with everything that is returned, as by
        M(ansible.builtin.set_fact).
      - It is never written to a fact cache. Up to ansible-core 2.20 that takes the fact cache C(memory), which is the
        default; with another the task fails before it asks.
    type: str
attributes:
  check_mode:
    support: full
    details:
      - A stored token is handed out, and without one a token is asked for as usual, since later tasks need it.
        C(changed) is V(false).
      - Nothing is renewed, because that would revoke a token that others hold.
      - With O(state=absent) nothing is asked, and C(changed) tells whether there is something to revoke.
  diff_mode:
    support: none
  platform:
    platforms: posix
seealso:
  - plugin: apiops.wso2.wso2_password_token
    plugin_type: lookup
  - plugin: apiops.wso2.valid_token
    plugin_type: test
  - name: OAuth 2.0 password grant
    description: The grant, as RFC 6749 describes it.
    link: https://www.rfc-editor.org/rfc/rfc6749#section-4.3
  - name: Best current practice for OAuth 2.0 security
    description: Why the password grant is to be avoided where another is possible.
    link: https://www.rfc-editor.org/rfc/rfc9700#section-2.4
"""

EXAMPLES = r"""
- name: Get a token with what the inventory says
  apiops.wso2.wso2_password_token:
  register: wso2

- name: Call an API with it
  ansible.builtin.uri:
    url: "{{ api_url }}/orders"
    headers:
      Authorization: "{{ wso2.authorization }}"
    ca_path: "{{ wso2_ca_path | default(omit) }}"
    return_content: true
  # The request holds the token, which releases of ansible-core before 2.22 show from -v on.
  no_log: true

- name: Get a token once for all hosts, from the control node
  apiops.wso2.wso2_password_token:
    token_url: "{{ token_url }}"
    consumer_key: "{{ consumer_key }}"
    consumer_secret: "{{ consumer_secret }}"
    username: john@johns.org
    organization: johnsorg
    password: "{{ john_password }}"
    scope:
      - orders_read
      - orders_write
  register: wso2
  run_once: true
  delegate_to: localhost

- name: Insist on every scope, with a private certificate authority and some patience
  apiops.wso2.wso2_password_token:
    ca_path: "{{ ca_path }}"
    scope: orders_read
    require_scope: true
    timeout: 60
    retries: 5
  register: wso2

- name: Get a token that outlives a long task, and keep it for the next run
  apiops.wso2.wso2_password_token:
    min_validity: 900
    token_store: ~/.ansible/wso2-tokens
  register: wso2

- name: Renew a token, or ask with the password where it cannot be renewed any more
  apiops.wso2.wso2_password_token:
    refresh_token: "{{ wso2.refresh_token }}"
  register: wso2

- name: Use a token, and revoke it at the end however that goes
  block:
    - name: Use it
      ansible.builtin.template:
        src: client.yml.j2
        dest: "{{ config_path }}"
        mode: '0600'
      diff: false
  always:
    - name: Revoke it
      apiops.wso2.wso2_password_token:
        state: absent
      run_once: true
"""

RETURN = r"""
access_token:
  description: The access token.
  returned: success and O(state=present)
  type: str
  sample: 0b9e6c1a-1111-3222-8333-9f0a0b0c0d0e
refresh_token:
  description: The refresh token, or null when the server gave none.
  returned: success and O(state=present)
  type: str
  sample: 7c1d2e3f-4444-3555-8666-1a2b3c4d5e6f
token_type:
  description: The type of the token, as the server wrote it.
  returned: success and O(state=present)
  type: str
  sample: Bearer
authorization:
  description: The value of an C(Authorization) header that carries the token.
  returned: success and O(state=present)
  type: str
  sample: Bearer 0b9e6c1a-1111-3222-8333-9f0a0b0c0d0e
scope:
  description: The scopes granted, in the server's order; empty when the server named none.
  returned: success and O(state=present)
  type: list
  elements: str
  sample: [orders_read]
expires_in:
  description: The seconds for which the token is still good, or null when it never expires or the server did not say.
  returned: success and O(state=present)
  type: int
  sample: 3600
expires_at:
  description: The time at which the token ends, in UTC and ISO 8601, or null like RV(expires_in).
  returned: success and O(state=present)
  type: str
  sample: '2026-11-22T12:00:00Z'
expires:
  description: Whether the token ends at some time, be it known or not. V(false) only if the server says it never does.
  returned: success and O(state=present)
  type: bool
  sample: true
id_token:
  description: The OpenID Connect ID token, or null. WSO2 gives one if the scope C(openid) is granted.
  returned: success and O(state=present)
  type: str
  sample: null
extra:
  description: Whatever else the server answered.
  returned: success and O(state=present)
  type: dict
  sample: {}
origin:
  description:
    - Where the token comes from. V(granted) is a password grant, V(refreshed) a renewal, and V(stored) a token that
      was there before, see O(token_store).
  returned: success and O(state=present)
  type: str
  sample: granted
revoked:
  description:
    - V(true) when the server says that it revoked a token.
    - Null when nothing was there to revoke, or the server answered as it does to tokens that it does not know,
      which not every server tells apart.
  returned: success and O(state=absent)
  type: bool
  sample: true
failure:
  description: What went wrong, beside the sentence in C(msg). It holds no secret, no header and no body.
  returned: failure
  type: dict
  contains:
    error:
      description: The error code of the server, or null.
      type: str
      sample: invalid_grant
    error_description:
      description: What the server says about it, or null.
      type: str
      sample: Authentication failed for john@johns.org@johnsorg
    http_status:
      description: The status of the last answer, or null when there was none.
      type: int
      sample: 400
    url:
      description: The endpoint that was asked, or null when none was.
      type: str
      sample: https://wso2.example.com:9443/oauth2/token
    attempts:
      description: The number of requests that were sent.
      type: int
      sample: 1
    retry_after:
      description: The seconds that the server asked to wait, or null.
      type: int
      sample: null
    hint:
      description: What to do about it, or null.
      type: str
      sample: Check username and password; each further wrong attempt may lock the account
"""

import gc
import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule

if __name__ == "__main__":
    # This process lives for one request. Looking for garbage among what it loads would only take time.
    gc.disable()

from ansible_collections.apiops.wso2.plugins.module_utils._secrets_api import hide
from ansible_collections.apiops.wso2.plugins.module_utils._token_endpoint import password_grant, refresh_grant, revoke
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS, SECRET_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest


def perform(options: dict[str, Any]) -> dict[str, Any]:
    """Send the one request that OPTIONS call for, and return what becomes of the result."""
    request = TokenRequest.from_options(options)
    hide(*request.secrets())
    refresh_token = options["refresh_token"]
    if options["state"] == "absent":
        if not refresh_token:
            raise OptionError("refresh_token", "is missing, and the managed node keeps no token that could be revoked")
        return {"revoked": revoke(request, refresh_token)}
    token = refresh_grant(request, refresh_token) if refresh_token else password_grant(request)
    hide(*token.secrets())
    return {"origin": "refreshed" if refresh_token else "granted", **token.to_result(now=int(time.time()))}


def main() -> None:
    module = AnsibleModule(argument_spec=MODULE_OPTIONS, supports_check_mode=True)
    secrets = [module.params[name] for name in SECRET_OPTIONS]
    hide(*secrets)
    failed = None
    try:
        result = perform(module.params)
    except TokenError as error:
        failed = error.redacted(secrets)
    except Exception as error:
        from ansible_collections.apiops.wso2.plugins.module_utils._unexpected import unexpected

        failed = unexpected(error)

    # With a password such as "a" or "36", AnsibleModule would cut these letters out of all that is returned.
    # The action plugin hides the result as a whole, and no text of a failure holds a secret.
    module.no_log_values = set()
    nothing: dict[str, Any] = {"module_args": {}}
    if failed is not None:
        module.fail_json(msg=failed.message, failure=failed.failure(), invocation=nothing)
    module.exit_json(changed=not module.check_mode, invocation=nothing, **result)


if __name__ == "__main__":
    main()
