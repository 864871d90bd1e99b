#!/usr/bin/python
# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the module, which runs on a managed node if that sends the requests."""

from __future__ import annotations

DOCUMENTATION = r"""
module: wso2_consumer_keys
short_description: Get the consumer key and secret of a WSO2 client
version_added: 2.0.0
author:
  - apiops.wso2 contributors (@apiops)
description:
  - Makes sure that an OAuth client exists in WSO2 API Manager, WSO2 Identity Server or a compatible server, and returns
    its consumer key and consumer secret. Every token request needs them.
  - With O(registration_url), the module registers a client of its own. With O(portal_url), the client belongs to an
    application of the Developer Portal, which can subscribe to APIs.
  - A second run, other hosts and parallel runs get the same keys. All hosts and tasks of a run that need the same
    client share one registration.
  - The result is hidden in every output without C(no_log), but C(register) stores the real values. Failures stay
    readable and show no secret.
  - The module does not keep the keys after the run. Store the secret in a vault, because some servers never show it
    again.
  - The options O(username), O(password), O(organization), O(registration_url), O(portal_url), O(registration_token),
    O(request_from) and those of the connection can also be set by the variable C(wso2_OPTION), by the environment
    variable C(WSO2_OPTION) on the control node, or, except for secrets, by C(OPTION) in the section C([wso2]) of
    C(ansible.cfg). The first source that has a value decides, in this order. Empty values are ignored.
extends_documentation_fragment:
  - apiops.wso2._wso2_token.connection
  - apiops.wso2._wso2_token.actiongroup_wso2
  - ansible.builtin.action_common_attributes
options:
  name:
    description:
      - The name of the client, or with O(portal_url) of the application. It identifies the client.
      - The client registration of API Manager accepts letters of the English alphabet, digits, spaces, and the
        characters C(.), C(_) and C(-).
      - Up to API Manager 4.2, a registration with the name of another user's client returns the keys of that user.
        Choose a name that no other user has.
    type: str
    required: true
  registration_url:
    description:
      - The complete URL of a client registration endpoint. Required, unless O(portal_url) is set.
      - In API Manager 3.2.0 and later, it is C(https://HOST:9443/client-registration/v0.17/register). A URL with
        C(/client-registration/) in its path gets the request format of API Manager.
      - In Identity Server 5.7.0 and later, it is C(https://HOST:9443/api/identity/oauth2/dcr/v1.1/register). Every URL
        except that of API Manager gets the format of RFC 7591.
      - Servers other than Identity Server and Asgardeo can create another client in each run, because RFC 7591 does not
        define how to find a client by its name.
    type: str
  portal_url:
    description:
      - The complete base URL of the REST API of the Developer Portal. Mutually exclusive with O(registration_url).
      - It is C(https://HOST:9443/api/am/devportal/v3) in API Manager 4.2 and later. In 4.0 and 4.1 it ends with C(/v2).
    type: str
  username:
    description:
      - The user who registers the client, and owns it. Required, unless a token is set.
      - It is sent exactly as given, followed by O(organization) if that is set.
    type: str
  password:
    description:
      - The password of O(username). Required, unless a token is set.
      - A rejected password is sent once in a run, also if the token plugins of this collection sent it.
    type: str
  organization:
    description:
      - The organization key or the tenant domain of O(username).
      - It is appended to O(username) after an C(@), unless the username already ends with it and has another C(@)
        before it.
    type: str
    aliases: [organization_key, tenant]
  registration_token:
    description:
      - A bearer token that is sent to O(registration_url) instead of username and password, for example to Asgardeo, or
        the initial access token of another server.
      - With the URL of API Manager, O(username) is still required, because it is the owner of the client.
    type: str
  access_token:
    description:
      - A bearer token that is sent to O(portal_url) instead of username and password, for servers that do not accept
        Basic authentication there.
      - The portal accepts opaque tokens of its own key manager. It rejects JWTs, unless their issuer is configured.
    type: str
  grant_types:
    description:
      - The grants that the client must be allowed to use.
      - Missing grants are added to a client that exists, except by the client registration of API Manager, which does
        not change a client. Then the module fails and names the missing grants. Other grants are never removed.
    type: list
    elements: str
    default: [password, refresh_token]
  callback_url:
    description:
      - The callback URL of the client. Required if O(grant_types) contains V(authorization_code) or V(implicit).
    type: str
  token_lifetimes:
    description:
      - The lifetimes of tokens in seconds, with the keys C(user), C(application) and C(refresh).
      - Only with O(portal_url).
      - A missing key keeps the lifetime of the server.
    type: dict
  key_type:
    description: The type of the keys. Only with O(portal_url).
    type: str
    choices: [production, sandbox]
    default: production
  key_manager:
    description: The name or ID of the key manager. Only with O(portal_url).
    type: str
    default: Resident Key Manager
  throttling_policy:
    description:
      - The throttling policy of the application. Only with O(portal_url), and only if the application is created.
    type: str
    default: Unlimited
  shared_with_tenants:
    description:
      - Whether users of other tenants can get tokens with the client, which WSO2 calls a SaaS application.
      - Only with the client registration of API Manager.
    type: bool
    default: false
  state:
    description:
      - V(present) returns the keys.
      - V(absent) deletes the client that was registered by RFC 7591, or with O(portal_url) the keys of the application,
        but not the application. Every token of the client becomes invalid.
      - The client registration of API Manager cannot delete a client, so V(absent) fails. API Manager up to 4.2 cannot
        delete keys of an application either.
    type: str
    choices: [present, absent]
    default: present
  request_from:
    description:
      - Which machine sends the requests.
      - V(control_node) sends them from the control node. The credentials never reach the managed node, no connection to
        it is opened, and C(become) has no effect. The C(environment) of the task can set the environment variables for
        proxies and certificate authorities.
      - V(managed_node) sends them from the managed node, or from the host in C(delegate_to). Use it if only that host
        can reach WSO2. The Python library C(requests) must be installed there.
    type: str
    choices: [control_node, managed_node]
    default: control_node
requirements:
  - requests (Python library, on the machine that sends the requests)
attributes:
  check_mode:
    support: partial
    details:
      - The module only reads. RV(ignore:changed) says whether something would be created, changed or deleted, and the
        keys are null if the client does not exist.
      - With the client registration of API Manager, nothing is sent, because it cannot be read without creating a
        client. A warning says so, and the keys are null.
  diff_mode:
    support: none
  platform:
    platforms: posix
notes:
  - A client that was registered with API Manager gets tokens for the management APIs, but not for published APIs. For
    these, use O(portal_url) and subscribe the application to them.
  - RV(ignore:changed) is always V(false) with the client registration of API Manager, because the server does not say
    whether it created the client.
  - An existing client is found by its name. A token that the portal sends together with new keys is discarded.
  - O(timeout) applies to each request that the module sends.
  - Options of the token modules in the C(module_defaults) of the group C(apiops.wso2.wso2), such as C(token_url), are
    ignored.
seealso:
  - module: apiops.wso2.wso2_password_token
  - module: apiops.wso2.wso2_application_token
  - name: OAuth 2.0 dynamic client registration protocol
    description: RFC 7591.
    link: https://www.rfc-editor.org/rfc/rfc7591
"""

EXAMPLES = r"""
- name: Register a client with API Manager
  apiops.wso2.wso2_consumer_keys:
    name: ansible_orders
    registration_url: "{{ wso2_base_url }}/client-registration/v0.17/register"
    username: "{{ registration_user }}"
    password: "{{ registration_password }}"
  register: keys
  run_once: true

- name: Get a token with the keys
  apiops.wso2.wso2_password_token:
    token_url: "{{ wso2_base_url }}/oauth2/token"
    consumer_key: "{{ keys.consumer_key }}"
    consumer_secret: "{{ keys.consumer_secret }}"
  register: wso2

- name: Register a client with Identity Server
  apiops.wso2.wso2_consumer_keys:
    name: ansible_inventory
    registration_url: "{{ wso2_base_url }}/api/identity/oauth2/dcr/v1.1/register"
    username: "{{ registration_user }}"
    password: "{{ registration_password }}"
    grant_types: [client_credentials]
  register: inventory_keys

- name: Generate keys of an application that subscribes to published APIs
  apiops.wso2.wso2_consumer_keys:
    name: Orders
    portal_url: "{{ wso2_base_url }}/api/am/devportal/v3"
    username: "{{ registration_user }}"
    password: "{{ registration_password }}"
    key_type: sandbox
    token_lifetimes:
      user: 900
  register: portal_keys

- name: Get a token from the key manager of these keys
  apiops.wso2.wso2_password_token:
    token_url: "{{ portal_keys.token_url }}"
    consumer_key: "{{ portal_keys.consumer_key }}"
    consumer_secret: "{{ portal_keys.consumer_secret }}"
  register: wso2

- name: Delete the client
  apiops.wso2.wso2_consumer_keys:
    name: ansible_inventory
    registration_url: "{{ wso2_base_url }}/api/identity/oauth2/dcr/v1.1/register"
    username: "{{ registration_user }}"
    password: "{{ registration_password }}"
    state: absent
"""

RETURN = r"""
consumer_key:
  description: The consumer key, which OAuth 2.0 calls client ID. Null with O(state=absent).
  returned: success
  type: str
  sample: Made0001Upd1EcWVu37Yhy7eTSpa
consumer_secret:
  description: The consumer secret, which OAuth 2.0 calls client secret. Null with O(state=absent).
  returned: success
  type: str
  sample: Made0002Upj5tHqaT1UnfLdXEZDa
token_url:
  description: The token endpoint of the key manager, or null without O(portal_url).
  returned: success
  type: str
  sample: https://wso2.example.com:9443/oauth2/token
revoke_url:
  description: The revocation endpoint of the key manager, or null without O(portal_url).
  returned: success
  type: str
  sample: https://wso2.example.com:9443/oauth2/revoke
grant_types:
  description: The grants that the client can use, or null if the server does not report them.
  returned: success
  type: list
  elements: str
  sample: [password, refresh_token]
callback_url:
  description: The callback URL of the client, or null.
  returned: success
  type: str
  sample: null
key_type:
  description: V(PRODUCTION) or V(SANDBOX), or null without O(portal_url).
  returned: success
  type: str
  sample: PRODUCTION
key_manager:
  description: The name of the key manager, or null without O(portal_url).
  returned: success
  type: str
  sample: Resident Key Manager
key_state:
  description: The state of the keys as the portal reports it, or null without O(portal_url).
  returned: success
  type: str
  sample: COMPLETED
application_id:
  description: The ID of the application, or null without O(portal_url).
  returned: success
  type: str
  sample: 09814065-6dda-4bad-859f-00ebcb7fae7e
key_mapping_id:
  description: The ID of the keys of the application, or null without O(portal_url).
  returned: success
  type: str
  sample: e7542fc4-7911-47ef-843d-d683a2562b79
secret_expires_at:
  description: The time at which the secret expires, in UTC and ISO 8601, or null if it does not expire.
  returned: success
  type: str
  sample: null
origin:
  description:
    - V(created) if the module created the client, and V(found) if it existed.
    - V(registered) with the client registration of API Manager, which does not say which of them is true.
    - Null if there are no keys.
  returned: success
  type: str
  sample: created
failure:
  description: Details of a failure, in addition to the message. It contains no secret, no header and no body.
  returned: failure
  type: dict
  contains:
    error:
      description: The error code of the server, or null.
      type: str
      sample: invalid_client_metadata
    error_description:
      description: The error description of the server, or null.
      type: str
      sample: Unauthenticated request
    http_status:
      description: The HTTP status of the last response, or null if there was none.
      type: int
      sample: 401
    url:
      description: The URL that the last request was sent to, or null if none was sent.
      type: str
      sample: https://wso2.example.com:9443/client-registration/v0.17/register
    attempts:
      description:
        - The number of times that the last request was sent. V(0) if an earlier task of this run met the same failure.
      type: int
      sample: 1
    retry_after:
      description: The time in seconds for which the server asks the client to wait, or null.
      type: int
      sample: null
    hint:
      description: How to fix it, or null.
      type: str
      sample: Check username and password
"""

import os
from typing import Any

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import CONSUMER_KEYS_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_endpoint import ensure_keys, remove_keys
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import ConsumerKeysRequest
from ansible_collections.apiops.wso2.plugins.module_utils._secrets_api import register_secrets
from ansible_collections.apiops.wso2.plugins.module_utils._token_module import execute


def send_requests(options: dict[str, Any], check_mode: bool) -> dict[str, Any]:
    """Send the requests that OPTIONS call for, and return what the action plugin needs of the responses."""
    request = ConsumerKeysRequest.from_options(options, environ=os.environ)
    register_secrets(*request.secrets())
    operation = remove_keys if options["state"] == "absent" else ensure_keys
    keys = operation(request, check_mode=check_mode)
    register_secrets(keys.consumer_secret)
    return {"keys": keys.to_entry()}


def main() -> None:
    execute(CONSUMER_KEYS_OPTIONS, send_requests)


if __name__ == "__main__":
    main()
