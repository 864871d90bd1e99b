#!/usr/bin/python
# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the module, which runs on a managed node if that sends the request."""

from __future__ import annotations

DOCUMENTATION = r"""
module: wso2_application_token
short_description: Get or revoke a WSO2 application access token
version_added: 2.0.0
author:
  - apiops.wso2 contributors (@apiops)
description:
  - Requests an access token of the application itself with the OAuth 2.0 client credentials grant from WSO2 API
    Manager, WSO2 Identity Server or a compatible server. Returns the access token and the expiry.
  - No user is involved. Variables, environment variables and keys in C(ansible.cfg) for C(username), C(password) and
    C(organization) are ignored. To get the token of a user, use M(apiops.wso2.wso2_password_token).
  - The result has the same keys as that of M(apiops.wso2.wso2_password_token). It is hidden in every output without
    C(no_log), but C(register) stores the real values. Failures stay readable and show no secret.
  - All hosts, tasks and lookups of a run that need the same token share one request, see O(token_store).
  - Every option except O(state), O(force) and O(fact_name) can also be set by the variable C(wso2_OPTION), by the
    environment variable C(WSO2_OPTION) on the control node, or, except for secrets, by C(OPTION) in the section
    C([wso2]) of C(ansible.cfg). The first source that has a value decides, in this order. Aliases work in the same way;
    the option's own name comes first. Empty values are ignored.
extends_documentation_fragment:
  - apiops.wso2._wso2_token
  - apiops.wso2._wso2_token.connection
  - apiops.wso2._wso2_token.task
  - apiops.wso2._wso2_token.actiongroup_wso2
  - ansible.builtin.action_common_attributes
options:
  consumer_secret:
    description:
      - The consumer secret of the application, which OAuth 2.0 calls client secret. Required.
      - It is sent exactly as given. If it was read from a file together with a newline, WSO2 rejects it.
attributes:
  check_mode:
    support: partial
    details:
      - A valid cached token is returned. Nothing is requested again, because that can revoke a token that others use.
      - Without a valid cached token, one is requested and cached as usual, because later tasks need it. On a server
        that issues JWTs, this can revoke the previous token of the same application and scopes.
      - RV(ignore:changed) is V(false) with O(state=present).
      - With O(state=absent) nothing is sent. RV(ignore:changed) says whether there is a token to revoke.
  diff_mode:
    support: none
  platform:
    platforms: posix
notes:
  - On WSO2 the application acts with the rights of its owner. An opaque token of the application is the same as the
    token that its owner gets with the password grant for the same scopes. Revoking one revokes the other.
  - Up to API Manager 4.2 and Identity Server 6.1, requesting a JWT again revokes the previous one. Other programs that
    request tokens for the same application and scopes then lose theirs.
  - There is usually no refresh token. The plugin requests a new token before the cached one expires.
  - In C(module_defaults) of the group C(apiops.wso2.wso2), do not set C(username), C(password), C(organization) or
    C(refresh_token), because this module does not have these options.
seealso:
  - plugin: apiops.wso2.wso2_application_token
    plugin_type: lookup
  - module: apiops.wso2.wso2_password_token
  - plugin: apiops.wso2.valid_token
    plugin_type: test
  - name: OAuth 2.0 client credentials grant
    description: Section 4.4 of RFC 6749.
    link: https://www.rfc-editor.org/rfc/rfc6749#section-4.4
"""

EXAMPLES = r"""
- name: Get a token with the wso2_* variables of the inventory
  apiops.wso2.wso2_application_token:
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
  apiops.wso2.wso2_application_token:
    token_url: "{{ token_url }}"
    consumer_key: "{{ consumer_key }}"
    consumer_secret: "{{ consumer_secret }}"
    scope:
      - orders_read
      - orders_write
  register: wso2

- name: Get a token that is valid for a long task, and keep it for the next run
  apiops.wso2.wso2_application_token:
    min_validity: 900
    token_store: ~/.ansible/wso2-tokens
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
      apiops.wso2.wso2_application_token:
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
  description: The refresh token, or null if the server issued none, as WSO2 does by default.
  returned: success and O(state=present)
  type: str
  sample: null
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
  description: The OpenID Connect ID token, or null if the server issued none, as WSO2 does.
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
      sample: unauthorized_client
    error_description:
      description: The error description of the server, or null.
      type: str
      sample: The authenticated client is not authorized to use this authorization grant type
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
      sample: Enable the client credentials grant for the application, or have the administrator enable it on the server
"""

from ansible_collections.apiops.wso2.plugins.module_utils._token_module import run_module
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import CLIENT_CREDENTIALS_GRANT


def main() -> None:
    run_module(CLIENT_CREDENTIALS_GRANT)


if __name__ == "__main__":
    main()
