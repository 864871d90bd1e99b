#!/usr/bin/python
# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the module, which runs on a managed node if that sends the request."""

from __future__ import annotations

DOCUMENTATION = r"""
module: wso2_password_token
short_description: Get or revoke a WSO2 user access token
version_added: 1.0.0
author:
  - apiops.wso2 contributors (@apiops)
description:
  - Requests an access token of a user with the OAuth 2.0 password grant from WSO2 API Manager, WSO2 Identity Server or
    a compatible server. Returns the access token, the refresh token and the expiry.
  - The result is hidden in every output without C(no_log), but C(register) stores the real values.
    Failures stay readable and show no secret.
  - All hosts, tasks and lookups of a run that need the same token share one request, see O(token_store).
  - Every option except O(state), O(force), O(refresh_token) and O(fact_name) can also be set by the variable
    C(wso2_OPTION), by the environment variable C(WSO2_OPTION) on the control node, or, except for secrets, by C(OPTION)
    in the section C([wso2]) of C(ansible.cfg). The first source that has a value decides, in this order. Aliases work
    in the same way; the option's own name comes first. Empty values are ignored.
extends_documentation_fragment:
  - apiops.wso2._wso2_token
  - apiops.wso2._wso2_token.user
  - apiops.wso2._wso2_token.connection
  - apiops.wso2._wso2_token.task
  - apiops.wso2._wso2_token.actiongroup_wso2
  - ansible.builtin.action_common_attributes
options:
  refresh_token:
    description:
      - A refresh token to use instead of the cached one, or with O(state=absent) the token to revoke.
      - If the server rejects it and O(username) and O(password) are set, the plugin requests a token with the password,
        which all hosts share.
      - If the server replaced it in an earlier task, the plugin uses its successor from O(token_store).
      - On WSO2, refreshing a token revokes the access token that it replaces.
    type: str
attributes:
  check_mode:
    support: partial
    details:
      - A valid cached token is returned. Nothing is refreshed, because that would revoke a token that others use.
      - Without a valid cached token, one is requested and cached as usual, because later tasks need it. On a server
        that issues JWTs, this revokes the previous token of the same user, application and scopes.
      - RV(ignore:changed) is V(false) with O(state=present).
      - With O(state=absent) nothing is sent. RV(ignore:changed) says whether there is a token to revoke.
  diff_mode:
    support: none
  platform:
    platforms: posix
notes:
  - The password grant is a legacy grant. RFC 9700 forbids it and OAuth 2.1 omits it. Use it if a token must carry the
    rights of a user and nobody can sign in with a browser. Otherwise use M(apiops.wso2.wso2_application_token).
seealso:
  - plugin: apiops.wso2.wso2_password_token
    plugin_type: lookup
  - module: apiops.wso2.wso2_application_token
  - plugin: apiops.wso2.valid_token
    plugin_type: test
  - name: OAuth 2.0 password grant
    description: Section 4.3 of RFC 6749.
    link: https://www.rfc-editor.org/rfc/rfc6749#section-4.3
  - name: Best current practice for OAuth 2.0 security
    description: Why to avoid the password grant.
    link: https://www.rfc-editor.org/rfc/rfc9700#section-2.4
"""

EXAMPLES = r"""
- name: Get a token with the wso2_* variables of the inventory
  apiops.wso2.wso2_password_token:
  register: wso2

- name: Call an API with it
  ansible.builtin.uri:
    url: "{{ api_url }}/orders"
    headers:
      Authorization: "{{ wso2.authorization }}"
    ca_path: "{{ wso2_ca_path | default(omit) }}"
    return_content: true
  # The arguments contain the token, and ansible-core before 2.22 shows them from -v on.
  no_log: true

- name: Get a token with explicit options
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

- name: Require every scope, trust a private certificate authority, and wait longer for the server
  apiops.wso2.wso2_password_token:
    ca_path: "{{ ca_path }}"
    scope: orders_read
    require_scope: true
    timeout: 60
    retries: 5
  register: wso2

- name: Get a token that is valid for a long task, and keep it for the next run
  apiops.wso2.wso2_password_token:
    min_validity: 900
    token_store: ~/.ansible/wso2-tokens
  register: wso2

- name: Use a refresh token, or the password if the server rejects it
  apiops.wso2.wso2_password_token:
    refresh_token: "{{ wso2.refresh_token }}"
  register: wso2

- name: Use a token, and revoke it at the end even if a task fails
  block:
    - name: Write a configuration file
      ansible.builtin.template:
        src: client.yml.j2
        dest: "{{ config_path }}"
        mode: '0600'
      diff: false
  always:
    - name: Revoke the token
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
  description: The refresh token, or null if the server issued none.
  returned: success and O(state=present)
  type: str
  sample: 7c1d2e3f-4444-3555-8666-1a2b3c4d5e6f
token_type:
  description: The token type, as the server wrote it.
  returned: success and O(state=present)
  type: str
  sample: Bearer
authorization:
  description: The value of an C(Authorization) header with the access token.
  returned: success and O(state=present)
  type: str
  sample: Bearer 0b9e6c1a-1111-3222-8333-9f0a0b0c0d0e
scope:
  description: The granted scopes in the server's order, or null if the server did not report them.
  returned: success and O(state=present)
  type: list
  elements: str
  sample: [orders_read]
expires_in:
  description:
    - The time in seconds until the token expires, or null if it never expires or the server did not report it.
  returned: success and O(state=present)
  type: int
  sample: 3600
expires_at:
  description: The time at which the token expires, in UTC and ISO 8601, or null like RV(expires_in).
  returned: success and O(state=present)
  type: str
  sample: '2026-11-22T12:00:00Z'
expires:
  description: Whether the token expires. V(false) only if the server says that it never does.
  returned: success and O(state=present)
  type: bool
  sample: true
id_token:
  description: The OpenID Connect ID token, or null. WSO2 issues one if it grants the scope C(openid).
  returned: success and O(state=present)
  type: str
  sample: null
extra:
  description: Further members of the response.
  returned: success and O(state=present)
  type: dict
  sample: {}
origin:
  description:
    - How the plugin got the token. V(granted) means that it sent the credentials, V(refreshed) that it sent a refresh
      token, and V(stored) that the token was in O(token_store).
  returned: success and O(state=present)
  type: str
  sample: granted
revoked:
  description:
    - V(true) if the server confirms that it revoked a token.
    - Null if there was no token to revoke, or if the server does not confirm it. Not every server distinguishes between
      a token that it revoked and a token that it does not know.
  returned: success and O(state=absent)
  type: bool
  sample: true
failure:
  description: Details of a failure, in addition to the message. It contains no secret, no header and no body.
  returned: failure
  type: dict
  contains:
    error:
      description: The error code of the server, or null.
      type: str
      sample: invalid_grant
    error_description:
      description: The error description of the server, or null.
      type: str
      sample: Authentication failed for john@johns.org@johnsorg
    http_status:
      description: The HTTP status of the last response, or null if there was none.
      type: int
      sample: 400
    url:
      description: The URL that the request was sent to, or null if none was sent.
      type: str
      sample: https://wso2.example.com:9443/oauth2/token
    attempts:
      description: The number of requests that were sent. V(0) if an earlier task of this run met the same failure.
      type: int
      sample: 1
    retry_after:
      description: The time in seconds for which the server asks the client to wait, or null.
      type: int
      sample: null
    hint:
      description: How to fix it, or null.
      type: str
      sample: Check username and password. Further failed attempts can lock the account
"""

from ansible_collections.apiops.wso2.plugins.module_utils._token_module import run_module
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import PASSWORD_GRANT


def main() -> None:
    run_module(PASSWORD_GRANT)


if __name__ == "__main__":
    main()
