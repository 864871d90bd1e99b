# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup: terms and options in, values out.

ansible-core forks a worker for each task and host, and compiles whatever a plugin imports from a collection again in
each of them. So a cache hit, which is what nearly every worker gets, needs nothing but this file. Everything else is
imported on a cache miss.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:  # ansible-core requires it, but the import test of ansible-test does not install it
    pass

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # before ansible-core 2.22
    register_secrets = None

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
# The variables that options are read from, by grant.
_APPLICATION_VARIABLES = tuple(
    f"wso2_{name}"
    for name in (
        *("token_url", "consumer_key", "client_id", "consumer_secret", "client_secret", "client_authentication"),
        *("scope", "scopes", "require_scope", "min_validity", "token_store", "validate_certs", "ca_path"),
        *("client_cert", "client_key", "timeout", "retries", "use_proxy"),
    )
)
_USER_VARIABLES = ("wso2_username", "wso2_password", "wso2_organization", "wso2_organization_key", "wso2_tenant")
VARIABLES = {
    "password": (*_APPLICATION_VARIABLES, *_USER_VARIABLES),
    "client_credentials": _APPLICATION_VARIABLES,
}
_SECRET_NAMES = ("consumer_secret", "client_secret")
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
# What this process has decrypted already: a template can contain many lookups of one token.
_opened: dict[str, bytes] = {}

# Secrets shorter than this are not registered: masking "a" everywhere would show it, and leave nothing readable.
_SHORTEST_REGISTERED = 4


class LookupModule(LookupBase):
    """NAME: as messages show it. GRANT: how a token is requested. failed_at: epoch seconds of the last failure."""

    NAME = "wso2_password_token"
    GRANT = "password"

    # In this process, which works on one task for one host.
    failed_at = 0.0

    def run(self, terms: list[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        kwargs.pop("wantlist", None)  # from C(with_), up to ansible-core 2.16
        variables = variables or {}
        cache = AnswerCache(self.GRANT, kwargs, variables, self._templar.template)
        values = cache.read() if all(term in TERMS for term in terms) else None
        if values is None:
            values = _resolve(self, terms, kwargs, variables, cache)
        _register(values[name] for name in ("access_token", "refresh_token", "id_token", "authorization"))
        values["token"] = dict(values)
        return [values[term] for term in terms or ["access_token"]]


def _register(secrets: Iterable[str | None]) -> None:
    """Let ansible-core mask SECRETS in all output."""
    if register_secrets is not None:
        register_secrets([text for text in secrets if text and len(text) >= _SHORTEST_REGISTERED])


class AnswerCache:
    """What lookups with the same inputs returned in this run, encrypted, in the run's own directory.

    An answer is valid while the token is fresh and the files of the token store behind it are unchanged.
    """

    def __init__(
        self, grant: str, kwargs: Mapping[str, Any], variables: Mapping[str, Any], template: Callable[[Any], Any]
    ) -> None:
        self._key = b""
        inputs = _inputs(grant, kwargs, variables, template)
        if inputs is None:
            return
        # Not HMAC: the first one in a worker takes half a millisecond.
        self._key = hashlib.sha256(b"apiops.wso2 lookup results 3, key\0" + inputs).digest()
        self.name = hashlib.sha256(b"apiops.wso2 lookup results 3, name\0" + inputs).hexdigest()
        self._path = os.path.join(C.DEFAULT_LOCAL_TMP, "apiops.wso2", f"{self.name}.answer")

    def read(self) -> dict[str, Any] | None:
        """The values, or None on a cache miss."""
        content = _opened.get(self._path) or self._decrypted() if self._key else None
        if content is None:
            return None
        answer = json.loads(content)
        now = time.time()
        if not answer["since"] <= now < answer["until"]:
            return None
        for path, inode, written, until in answer["versions"]:
            if now >= until or _version(path) != (inode, written):
                return None
        _opened[self._path] = content
        values: dict[str, Any] = answer["values"]
        values["expires_in"] = None if answer["expires_at"] is None else max(0, answer["expires_at"] - int(now))
        return values

    def write(self, answer: Mapping[str, Any]) -> None:
        """Keep ANSWER. Without it, a lookup takes longer but returns the same, so failures are ignored."""
        if not self._key:
            return
        nonce = os.urandom(12)
        encrypted = nonce + AESGCM(self._key).encrypt(nonce, json.dumps(answer).encode("ascii"), None)
        temporary = f"{self._path}.{os.getpid()}"
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with open(descriptor, "wb") as file:
                file.write(encrypted)
            os.replace(temporary, self._path)
        except OSError:
            return

    def _decrypted(self) -> bytes | None:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:
                status = os.fstat(descriptor)
                if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
                    return None
                encrypted = file.read()
            return AESGCM(self._key).decrypt(encrypted[:12], encrypted[12:], None)
        except (OSError, InvalidTag, ValueError):
            return None


def _inputs(
    grant: str, kwargs: Mapping[str, Any], variables: Mapping[str, Any], template: Callable[[Any], Any]
) -> bytes | None:
    """Everything that decides the values; None where there must be no shortcut.

    Without a consumer secret, only the password would protect an answer. The content of a client certificate is not
    among the inputs. A template that fails is reported by the code that reads the options.
    """
    names = VARIABLES[grant]
    environment = {name: os.environ.get(name.upper()) for name in names}
    environment.update((name, os.environ.get(name)) for name in _CA_VARIABLES)
    try:
        values = {name: variables[name] for name in names if name in variables}
        # ansible-core finds out, too, that a text without a brace is no template, but not as fast.
        for name, value in values.items():
            if not isinstance(value, str) or "{" in value:
                values[name] = template(value)
        given: Mapping[str, Any] = {f"wso2_{name}": value for name, value in kwargs.items()}
        sources = (environment, values, given)
        if not any(source.get(f"wso2_{name}") for source in sources for name in _SECRET_NAMES):
            return None
        if any(source.get("wso2_client_cert") for source in sources):
            return None
        paths = [
            C.CONFIG_FILE,
            *(source.get("wso2_ca_path") for source in sources),
            *map(environment.get, _CA_VARIABLES),
        ]
        versions = [_version(os.path.expanduser(path)) for path in paths if path]
        return json.dumps([grant, sources, C.CONFIG_FILE, versions], sort_keys=True).encode("ascii")
    except Exception:
        return None


def _version(path: str) -> tuple[int, int]:
    """What changes with the file at PATH; zeros if there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0
    return status.st_ino, status.st_mtime_ns


# --- The rest is for a cache miss.

# Evaluations of one template follow each other within less; a retry of the task comes later.
_SAME_EVALUATION_SECONDS = 1.0


def _resolve(
    plugin: LookupModule, terms: list[Any], kwargs: Mapping[str, Any], variables: Mapping[str, Any], cache: AnswerCache
) -> dict[str, Any]:
    """The values from the token provider, which shares its token store with the module. Fills CACHE."""
    from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError, unexpected

    secrets: list[str] = []
    try:
        return _acquire(plugin, terms, kwargs, variables, cache, secrets)
    except TokenError as error:
        failed = error.redacted(secrets)
    except Exception as error:
        failed = unexpected(error)
    type(plugin).failed_at = time.time()
    # Raised here, outside the handlers: a cause or a context would be printed with whatever its text contains.
    raise AnsibleLookupError(f"{plugin.NAME}: {failed.message}")


def _acquire(
    plugin: LookupModule,
    terms: list[Any],
    kwargs: Mapping[str, Any],
    variables: Mapping[str, Any],
    cache: AnswerCache,
    secrets: list[str],
) -> dict[str, Any]:
    from ansible.utils.display import Display

    from ansible_collections.apiops.wso2.plugins.module_utils import _argspec, _secrets_api, _token_endpoint
    from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
    from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
    from ansible_collections.apiops.wso2.plugins.plugin_utils import _options
    from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache
    from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import AcquireOptions, TokenProvider

    for position, term in enumerate(terms, start=1):
        if term not in TERMS:
            # Not quoted: it can be a password that was meant to be an option.
            hint = f"The terms are {', '.join(TERMS)}"
            raise OptionError("_terms", f"has an unknown term at position {position}", hint=hint)
    specification = _argspec.LOOKUP_OPTIONS[plugin.GRANT]
    template = plugin._templar.template
    values = _options.read_options(kwargs, options=specification, variables=variables, template=template)
    secrets += _options.secrets_in(values, specification)
    options = _options.convert_options(values, specification)
    request = TokenRequest.from_options(options, grant=plugin.GRANT)
    secrets += request.secrets()
    _secrets_api.register_secrets(*secrets)
    tokens = TokenCache(request, options["token_store"])
    is_retry = time.time() - plugin.failed_at >= _SAME_EVALUATION_SECONDS
    acquire_options = AcquireOptions.from_options(
        options,
        check_mode=bool(variables.get("ansible_check_mode")),
        failure_seen=plugin.failed_at if is_retry else 0.0,
    )
    acquired = TokenProvider(_token_endpoint, tokens, request, acquire_options).acquire()
    for warning in acquired.warnings:
        from ansible_collections.apiops.wso2.plugins.module_utils._redaction import own_text

        Display().warning(own_text(f"{plugin.NAME}: {warning}", ()))
    now = time.time()
    returned = {**acquired.token.to_result(now=now), "origin": acquired.origin}
    expires_at = acquired.token.expires_at
    since, until = acquired.token.fresh_span(acquire_options.min_validity)
    versions = tokens.versions(acquired.token)
    if versions is not None and not acquired.warnings and since <= now < until:
        cache.write(
            {
                "values": {**returned, "origin": "stored"},
                "expires_at": expires_at,
                "since": since,
                "until": until,
                "versions": versions,
            }
        )
    return returned
