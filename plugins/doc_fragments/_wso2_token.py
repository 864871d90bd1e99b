# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that the module and the lookup share, written once."""

    DOCUMENTATION = r"""
options:
  token_url:
    description:
      - The token endpoint.
      - For API Manager 4.0.0 and newer, and for Identity Server, this is C(https://HOST:9443/oauth2/token),
        or C(https://HOST:9443/t/TENANT/oauth2/token) where URLs are tenant-qualified.
        For API Manager up to 3.2.0 it may also be the gateway's C(https://GATEWAY:8243/token).
      - The default is the address in the documentation of WSO2 API Cloud, which was retired at the end of 2023.
      - C(http://) is refused, except to the machine itself.
    type: str
    default: https://gateway.api.cloud.wso2.com/token
  consumer_key:
    description:
      - The consumer key of the application, its OAuth 2.0 client ID. Required.
    type: str
    aliases: [client_id]
  consumer_secret:
    description:
      - The consumer secret of the application, its OAuth 2.0 client secret.
      - Without it the application is taken for a public client, and only O(consumer_key) is sent.
      - It is sent exactly as given. A line end that was read from a file along with it is sent too, and refused.
    type: str
    aliases: [client_secret]
  client_authentication:
    description:
      - How O(consumer_key) and O(consumer_secret) travel.
      - V(basic) sends them in the C(Authorization) header, as raw UTF-8. WSO2 does not percent-decode them,
        so one that holds a colon cannot travel in this way.
      - V(body) sends them in the form, as C(client_id) and C(client_secret).
    type: str
    choices: [basic, body]
    default: basic
  username:
    description:
      - The user whose token is asked for. Required, unless a refresh token is renewed.
      - It is sent exactly as given. With a tenant or an organization it reads C(USER@TENANT);
        give that here, or set O(organization).
    type: str
  password:
    description:
      - The password of O(username). Required, unless a refresh token is renewed.
      - Put a password that looks like a number or a boolean in quotes.
    type: str
  organization:
    description:
      - The organization key or the tenant domain. It is appended to O(username) behind an C(@),
        unless the name ends with it already.
      - For example, O(username=john@johns.org) with O(organization=johnsorg) is sent as
        C(john@johns.org@johnsorg).
    type: str
    aliases: [organization_key, tenant]
  scope:
    description:
      - The scopes to ask for, as a list or as one string with spaces between them.
      - WSO2 drops a scope that it does not grant without saying so; see O(require_scope).
    type: list
    elements: str
    default: []
    aliases: [scopes]
  require_scope:
    description:
      - Whether to fail if the server grants less than O(scope). Otherwise a warning names what is missing.
    type: bool
    default: false
  min_validity:
    description:
      - The seconds for which the token must be good at least. One that is stored and good for less is renewed,
        if it came with a refresh token; otherwise it is handed out with a warning.
      - The default is 60, or a tenth of the lifetime of the token where that is less.
    type: int
  force:
    description:
      - Whether to get a new token now, although a stored one is good, and to forget that the server turned
        the credentials down earlier in the run.
      - The stored token is renewed if it came with a refresh token. On WSO2 that revokes it, for all who hold it.
      - In check mode it has no effect while there is a stored token.
      - It is taken neither from variables, nor from the environment, nor from C(ansible.cfg).
    type: bool
    default: false
  token_store:
    description:
      - Where the token is kept for the other hosts, tasks and lookups that ask for the same one.
      - V(run) keeps it until this run of Ansible ends, inside the directory that Ansible makes for each run.
      - V(none) keeps nothing, so each task, host and mention of a lookup asks the server.
      - The absolute path of a directory keeps it there across runs, for this user of the control node.
      - C(redis://HOST:6379/0), or C(rediss://) for TLS, keeps it in a Redis that several control nodes share, for as
        long as it is of use. That takes the Python library C(redis). What follows a C(?) goes to that library, such as
        C(ssl_ca_certs=/path). Each run keeps a copy for three seconds and asks the Redis then.
      - Tokens are kept encrypted, by a key that the credentials give. Who does not know them finds nothing.
      - A store that cannot be used costs no token, but a warning.
      - That the server turned the credentials down is remembered until the end of the run, except with V(none),
        so that a wrong password is sent once and not by every host.
    type: str
    default: run
  validate_certs:
    description:
      - Whether to verify the certificate of the server.
      - Rather than switching this off for a self-signed certificate, name that certificate by O(ca_path).
    type: bool
    default: true
  ca_path:
    description:
      - A file with certificates in PEM form, or a directory prepared by C(openssl rehash),
        that are trusted instead of those that the Python library C(requests) brings.
      - It is read on the machine that sends the request.
      - Without it, the environment variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) are heeded.
    type: path
  client_cert:
    description:
      - A file with the client certificate in PEM form, for servers that ask for one. It may hold the key as well.
      - It is read on the machine that sends the request.
    type: path
  client_key:
    description:
      - A file with the unencrypted private key of O(client_cert) in PEM form, where that is a file of its own.
    type: path
  timeout:
    description:
      - The seconds that asking may take altogether, with all O(retries). From 1 to 86400.
    type: int
    default: 30
  retries:
    description:
      - How often to try again when the connection fails, or the server answers 408, 429, 500, 502, 503 or 504.
        C(Retry-After) is heeded, and a gateway that has suspended its endpoint (code 303001) gets half a minute, all
        of it within O(timeout).
      - Nothing else is tried again. A wrong password, above all, is sent only once.
    type: int
    default: 3
  use_proxy:
    description:
      - Whether to heed the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
    type: bool
    default: true
requirements:
  - requests (Python library, on the machine that sends the request)
  - redis (Python library, on the control node, if O(token_store) names a Redis)
notes:
  - The password grant is a legacy grant. RFC 9700 advises against it and OAuth 2.1 leaves it out. Use it where
    a token has to carry a user's own rights and no browser is at hand; for a job that acts on its own behalf,
    the client credentials grant is the better choice.
"""

    # What plugins, unlike modules, document by keys of their own. Secrets are never read from ansible.cfg.
    SOURCES = r"""
options:
  token_url:
    vars: [name: wso2_token_url]
    env: [name: WSO2_TOKEN_URL]
    ini: [{section: wso2, key: token_url}]
  consumer_key:
    vars: [name: wso2_consumer_key]
    env: [name: WSO2_CONSUMER_KEY]
    ini: [{section: wso2, key: consumer_key}]
  consumer_secret:
    vars: [name: wso2_consumer_secret]
    env: [name: WSO2_CONSUMER_SECRET]
  client_authentication:
    vars: [name: wso2_client_authentication]
    env: [name: WSO2_CLIENT_AUTHENTICATION]
    ini: [{section: wso2, key: client_authentication}]
  username:
    vars: [name: wso2_username]
    env: [name: WSO2_USERNAME]
    ini: [{section: wso2, key: username}]
  password:
    vars: [name: wso2_password]
    env: [name: WSO2_PASSWORD]
  organization:
    vars: [name: wso2_organization]
    env: [name: WSO2_ORGANIZATION]
    ini: [{section: wso2, key: organization}]
  scope:
    vars: [name: wso2_scope]
    env: [name: WSO2_SCOPE]
    ini: [{section: wso2, key: scope}]
  require_scope:
    vars: [name: wso2_require_scope]
    env: [name: WSO2_REQUIRE_SCOPE]
    ini: [{section: wso2, key: require_scope}]
  min_validity:
    vars: [name: wso2_min_validity]
    env: [name: WSO2_MIN_VALIDITY]
    ini: [{section: wso2, key: min_validity}]
  token_store:
    vars: [name: wso2_token_store]
    env: [name: WSO2_TOKEN_STORE]
    ini: [{section: wso2, key: token_store}]
  validate_certs:
    vars: [name: wso2_validate_certs]
    env: [name: WSO2_VALIDATE_CERTS]
    ini: [{section: wso2, key: validate_certs}]
  ca_path:
    vars: [name: wso2_ca_path]
    env: [name: WSO2_CA_PATH]
    ini: [{section: wso2, key: ca_path}]
  client_cert:
    vars: [name: wso2_client_cert]
    env: [name: WSO2_CLIENT_CERT]
    ini: [{section: wso2, key: client_cert}]
  client_key:
    vars: [name: wso2_client_key]
    env: [name: WSO2_CLIENT_KEY]
    ini: [{section: wso2, key: client_key}]
  timeout:
    vars: [name: wso2_timeout]
    env: [name: WSO2_TIMEOUT]
    ini: [{section: wso2, key: timeout}]
  retries:
    vars: [name: wso2_retries]
    env: [name: WSO2_RETRIES]
    ini: [{section: wso2, key: retries}]
  use_proxy:
    vars: [name: wso2_use_proxy]
    env: [name: WSO2_USE_PROXY]
    ini: [{section: wso2, key: use_proxy}]
"""
