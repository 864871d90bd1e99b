# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The documentation of the options that plugins of the collection share."""

    DOCUMENTATION = r"""
options:
  token_url:
    description:
      - The token endpoint.
      - In API Manager 4.0.0 and later, and in Identity Server, it is C(https://HOST:9443/oauth2/token). With
        tenant-qualified URLs it is C(https://HOST:9443/t/TENANT/oauth2/token).
      - In API Manager up to 3.2.0 it can also be the endpoint of the gateway, C(https://GATEWAY:8243/token).
      - The default is the endpoint in the documentation of WSO2 API Cloud, which was retired at the end of 2023.
      - A C(http://) URL is rejected, unless its host is a loopback address such as C(localhost). A loopback URL
        means the machine that sends the request.
    type: str
    default: https://gateway.api.cloud.wso2.com/token
  consumer_key:
    description:
      - The consumer key of the application, which OAuth 2.0 calls client ID. Required.
    type: str
    aliases: [client_id]
  consumer_secret:
    description:
      - The consumer secret of the application, which OAuth 2.0 calls client secret.
      - If it is not set, the application is a public client, and only O(consumer_key) is sent.
      - It is sent exactly as given. If it was read from a file together with a newline, WSO2 rejects it.
    type: str
    aliases: [client_secret]
  client_authentication:
    description:
      - How O(consumer_key) and O(consumer_secret) are sent.
      - V(basic) sends them in the C(Authorization) header, as raw UTF-8. WSO2 does not percent-decode them, so a
        value that contains a colon requires V(body).
      - V(body) sends them in the form, as C(client_id) and C(client_secret).
    type: str
    choices: [basic, body]
    default: basic
  scope:
    description:
      - The scopes to request, as a list or as one string separated by spaces.
      - WSO2 can drop a scope that the application or the user is not allowed to use, and reports success all the
        same. See O(require_scope).
    type: list
    elements: str
    default: []
    aliases: [scopes]
  require_scope:
    description:
      - Whether to fail if the server does not grant every scope in O(scope). Otherwise a warning names the scopes
        that are missing.
      - WSO2 up to Identity Server 6.1 and API Manager 4.2 grants scopes that nobody defined. There, a misspelled
        scope is not found.
    type: bool
    default: false
  min_validity:
    description:
      - Minimum time in seconds for which the returned token must be valid.
      - A cached token that is valid for a shorter time is refreshed, or requested again if it has no refresh
        token. If the server does not issue a token that is valid for so long, a warning says so.
      - The default is 60, or a tenth of the token's lifetime if that is less.
    type: int
  token_store:
    description:
      - The token cache. Cached tokens are encrypted with a key derived from the credentials.
      - V(run) keeps the token until this run of Ansible ends, in the temporary directory that Ansible creates for
        each run.
      - V(none) does not cache the token. Every task, host and lookup requests one. Use it for debugging only.
      - The absolute path of a directory keeps the token across runs, for the same user on the same control node.
      - A C(redis://HOST:6379/0) or C(rediss://HOST:6380/0) URL keeps it in a Redis server that several control
        nodes share. This requires the Python library C(redis). URL parameters such as C(?ssl_ca_certs=/path) are
        passed to that library. Each run caches entries of the Redis server for three seconds.
      - If the token store is unavailable, the plugin requests a token anyway, shows a warning, and caches the
        token for this run.
      - Rejected credentials are remembered until the run ends, whatever O(token_store) is, so that a wrong
        password is sent only once.
    type: str
    default: run
requirements:
  - requests (Python library, on the machine that sends the request)
  - redis (Python library, on the control node, if O(token_store) is a Redis URL)
"""

    USER = r"""
options:
  username:
    description:
      - The user whose token is requested. Required, unless a refresh token is used.
      - It is sent exactly as given, followed by O(organization) if that is set.
    type: str
  password:
    description:
      - The password of O(username). Required, unless a refresh token is used.
      - Quote a password that looks like a number, a date or a boolean.
    type: str
  organization:
    description:
      - The organization key or the tenant domain of O(username).
      - It is appended to O(username) after an C(@), unless the username already ends with it and has another C(@)
        before it.
      - For example, O(username=john@johns.org) with O(organization=johnsorg) is sent as
        C(john@johns.org@johnsorg).
    type: str
    aliases: [organization_key, tenant]
"""

    CONNECTION = r"""
options:
  validate_certs:
    description:
      - Whether to verify the certificate of the server.
      - For a self-signed certificate or a private certificate authority, set O(ca_path) instead of disabling this
        option.
    type: bool
    default: true
  ca_path:
    description:
      - A file with certificates in PEM format, or a directory prepared with C(openssl rehash). The plugin trusts
        these certificate authorities instead of those in the Python library C(certifi).
      - It is read on the machine that sends the request.
      - If it is not set, the environment variables E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE), E(SSL_CERT_FILE) and
        E(SSL_CERT_DIR) are used, in this order.
    type: path
  client_cert:
    description:
      - A file with the client certificate in PEM format, for servers that require one. It can contain the private
        key, too.
      - It is read on the machine that sends the request.
    type: path
  client_key:
    description:
      - A file with the unencrypted private key of O(client_cert) in PEM format. Requires O(client_cert).
    type: path
  timeout:
    description:
      - Maximum time for the whole request in seconds, including O(retries). From 1 to 86400.
    type: int
    default: 30
  retries:
    description:
      - Number of further attempts if the connection fails, or the server responds with HTTP status 408, 429, 500,
        502, 503 or 504.
      - The plugin waits as long as the C(Retry-After) header says, within O(timeout).
      - Rejected credentials are never sent again, whatever the HTTP status is.
    type: int
    default: 3
  use_proxy:
    description:
      - Whether to use the environment variables E(HTTPS_PROXY), E(HTTP_PROXY), E(ALL_PROXY) and E(NO_PROXY).
      - A loopback URL never uses a proxy.
    type: bool
    default: true
"""

    # What modules have in addition to lookups.
    TASK = r"""
options:
  state:
    description:
      - V(present) returns a valid token.
      - V(absent) revokes the cached token of the same options and removes it from O(token_store).
      - A revoked token is invalid for everybody who has it. WSO2 can issue one token to everybody who requests it
        with the same user, application and scopes.
      - An API gateway can accept a revoked token until its own cache expires.
    type: str
    choices: [present, absent]
    default: present
  force:
    description:
      - Whether to replace a cached token even if it is valid. All hosts of the task share the new token.
      - It also ignores credentials that the server rejected before this task began.
      - On WSO2, replacing a token revokes it for everybody who has it.
      - In check mode a valid cached token is returned all the same.
      - It cannot be set by a variable, an environment variable or C(ansible.cfg).
    type: bool
    default: false
  request_from:
    description:
      - Which machine sends the request.
      - V(control_node) sends it from the control node. The credentials never reach the managed node, no
        connection to it is opened, and C(become) has no effect. The C(environment) of the task can set the
        environment variables for proxies and certificate authorities.
      - V(managed_node) sends it from the managed node, or from the host in C(delegate_to). Use it if only that
        host can reach WSO2. The Python library C(requests) must be installed there. The token is cached for this
        run only, and is not shared with tasks and lookups whose requests come from the control node.
    type: str
    choices: [control_node, managed_node]
    default: control_node
  revoke_url:
    description:
      - The revocation endpoint, for O(state=absent).
      - The default is O(token_url) with C(revoke) instead of C(token) at the end of its path.
    type: str
  fact_name:
    description:
      - The name of a variable of the host that gets everything that is returned, like a variable set by
        M(ansible.builtin.set_fact).
      - It is never written to a fact cache.
      - With ansible-core up to 2.20, this requires the fact cache V(memory), which is the default, and the
        variable must not be defined anywhere else. Otherwise the task fails before it sends a request.
    type: str
"""

    # Where plugins other than modules read these options from, which only they document by keys of their own.
    # Secrets are never read from ansible.cfg.
    SOURCES = r"""
options:
  token_url:
    vars: [{name: wso2_token_url}]
    env: [{name: WSO2_TOKEN_URL}]
    ini: [{section: wso2, key: token_url}]
  consumer_key:
    vars: [{name: wso2_consumer_key}, {name: wso2_client_id}]
    env: [{name: WSO2_CONSUMER_KEY}, {name: WSO2_CLIENT_ID}]
    ini: [{section: wso2, key: consumer_key}, {section: wso2, key: client_id}]
  consumer_secret:
    vars: [{name: wso2_consumer_secret}, {name: wso2_client_secret}]
    env: [{name: WSO2_CONSUMER_SECRET}, {name: WSO2_CLIENT_SECRET}]
  client_authentication:
    vars: [{name: wso2_client_authentication}]
    env: [{name: WSO2_CLIENT_AUTHENTICATION}]
    ini: [{section: wso2, key: client_authentication}]
  scope:
    vars: [{name: wso2_scope}, {name: wso2_scopes}]
    env: [{name: WSO2_SCOPE}, {name: WSO2_SCOPES}]
    ini: [{section: wso2, key: scope}, {section: wso2, key: scopes}]
  require_scope:
    vars: [{name: wso2_require_scope}]
    env: [{name: WSO2_REQUIRE_SCOPE}]
    ini: [{section: wso2, key: require_scope}]
  min_validity:
    vars: [{name: wso2_min_validity}]
    env: [{name: WSO2_MIN_VALIDITY}]
    ini: [{section: wso2, key: min_validity}]
  token_store:
    vars: [{name: wso2_token_store}]
    env: [{name: WSO2_TOKEN_STORE}]
    ini: [{section: wso2, key: token_store}]
"""

    USER_SOURCES = r"""
options:
  username:
    vars: [{name: wso2_username}]
    env: [{name: WSO2_USERNAME}]
    ini: [{section: wso2, key: username}]
  password:
    vars: [{name: wso2_password}]
    env: [{name: WSO2_PASSWORD}]
  organization:
    vars: [{name: wso2_organization}, {name: wso2_organization_key}, {name: wso2_tenant}]
    env: [{name: WSO2_ORGANIZATION}, {name: WSO2_ORGANIZATION_KEY}, {name: WSO2_TENANT}]
    ini: [{section: wso2, key: organization}, {section: wso2, key: organization_key}, {section: wso2, key: tenant}]
"""

    CONNECTION_SOURCES = r"""
options:
  validate_certs:
    vars: [{name: wso2_validate_certs}]
    env: [{name: WSO2_VALIDATE_CERTS}]
    ini: [{section: wso2, key: validate_certs}]
  ca_path:
    vars: [{name: wso2_ca_path}]
    env: [{name: WSO2_CA_PATH}]
    ini: [{section: wso2, key: ca_path}]
  client_cert:
    vars: [{name: wso2_client_cert}]
    env: [{name: WSO2_CLIENT_CERT}]
    ini: [{section: wso2, key: client_cert}]
  client_key:
    vars: [{name: wso2_client_key}]
    env: [{name: WSO2_CLIENT_KEY}]
    ini: [{section: wso2, key: client_key}]
  timeout:
    vars: [{name: wso2_timeout}]
    env: [{name: WSO2_TIMEOUT}]
    ini: [{section: wso2, key: timeout}]
  retries:
    vars: [{name: wso2_retries}]
    env: [{name: WSO2_RETRIES}]
    ini: [{section: wso2, key: retries}]
  use_proxy:
    vars: [{name: wso2_use_proxy}]
    env: [{name: WSO2_USE_PROXY}]
    ini: [{section: wso2, key: use_proxy}]
"""

    ACTIONGROUP_WSO2 = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/apiops.wso2.wso2) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - apiops.wso2.wso2
"""
