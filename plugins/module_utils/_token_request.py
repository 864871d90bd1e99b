# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""What is requested and how: application, user, scopes and connection; validated as a whole before anything is sent."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit, urlunsplit

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError

PASSWORD_GRANT = "password"  # noqa: S105 - the name of a grant
CLIENT_CREDENTIALS_GRANT = "client_credentials"
REFRESH_GRANT = "refresh_token"
# Where a grant is expected: a token is revoked, and none requested.
REVOCATION = "revocation"

# A day. Longer timeouts overflow the clocks of some operating systems.
_LONGEST_TIMEOUT = 24 * 60 * 60

_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_NETWORK_VARIABLES = (*_CA_VARIABLES, *_PROXY_VARIABLES, *map(str.lower, _PROXY_VARIABLES))


@dataclass(frozen=True)
class TransportSettings:
    """How a server is reached.

    timeout: seconds for the whole request, retries included. retries: further attempts after the first.
    environ: the environment variables about proxies and certificate authorities that are in effect.
    """

    validate_certs: bool = True
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    timeout: int = 30
    retries: int = 3
    use_proxy: bool = True
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_options(cls, options: Mapping[str, object], environ: Mapping[str, str]) -> TransportSettings:
        """Check the options that concern the connection; raises C(OptionError).

        environ: the environment of the process, with the C(environment) of the task on top where there is one.
        """
        names = [name for name in cls.__dataclass_fields__ if name != "environ"]
        network = {name: environ[name] for name in _NETWORK_VARIABLES if environ.get(name)}
        settings = cls(**{name: options[name] for name in names if name in options}, environ=network)  # type: ignore[arg-type]
        if settings.ca_path and not settings.validate_certs:
            problem = "contradicts validate_certs: false, which disables certificate verification"
            raise OptionError("ca_path", problem, hint="Remove one of the two options")
        if settings.client_key and not settings.client_cert:
            raise OptionError("client_key", "requires client_cert", hint="Set client_cert, too")
        if not 1 <= settings.timeout <= _LONGEST_TIMEOUT:
            raise OptionError("timeout", f"must be between 1 and {_LONGEST_TIMEOUT} seconds")
        if settings.retries < 0:
            raise OptionError("retries", "must not be negative")
        return settings

    @cached_property
    def ca_source(self) -> tuple[str, str] | None:
        """The option or environment variable that names the certificate authorities, and the path; None for certifi."""
        if self.ca_path:
            return "ca_path", self.ca_path
        return next(((name, self.environ[name]) for name in _CA_VARIABLES if name in self.environ), None)

    def identity(self) -> list[object]:
        """What distinguishes connections whose tokens must not be mixed: trusted authorities and client certificate."""
        trust: object = False
        if self.validate_certs:
            trust = _file_identity(self.ca_source[1]) if self.ca_source else True
        return [trust, _file_identity(self.client_cert)]


@dataclass(frozen=True)
class TokenRequest:
    """Everything that decides which token an endpoint issues, and how to reach that endpoint.

    grant: C(password) or C(client_credentials).
    consumer_secret: None for a public client.
    username: with the organization key where one applies, exactly as sent.
    username, password: None for client credentials, or if only a refresh token is given.
    scope: the requested scopes, each once, in the order given.
    given_revoke_url: None where it is derived from the token URL.
    organization: as given, for hints. It is part of C(username) already.
    """

    token_url: str
    consumer_key: str
    consumer_secret: str | None = field(repr=False)
    client_authentication: str
    username: str | None
    password: str | None = field(repr=False)
    scope: tuple[str, ...]
    transport: TransportSettings
    given_revoke_url: str | None = None
    grant: str = PASSWORD_GRANT
    organization: str | None = None

    @classmethod
    def from_options(
        cls,
        options: Mapping[str, object],
        *,
        grant: str = PASSWORD_GRANT,
        environ: Mapping[str, str] | None = None,
    ) -> TokenRequest:
        """Check OPTIONS (typed, defaults filled in) against each other without any I/O; raises C(OptionError)."""
        is_application = grant == CLIENT_CREDENTIALS_GRANT
        key = required_text(options, "consumer_key")
        secret = (
            required_text(options, "consumer_secret") if is_application else optional_text(options, "consumer_secret")
        )
        authentication = str(options["client_authentication"])
        if authentication == "basic":
            _check_basic(key, secret)
        # A user is needed unless there is a refresh token, and never sent for an application's own token.
        read = (
            _no_text if is_application else optional_text if optional_text(options, "refresh_token") else required_text
        )
        organization = optional_text(options, "organization")
        revoke_url = optional_text(options, "revoke_url")
        return cls(
            token_url=check_url("token_url", required_text(options, "token_url")),
            consumer_key=key,
            consumer_secret=secret,
            client_authentication=authentication,
            username=qualified_username(read(options, "username"), organization),
            password=read(options, "password"),
            scope=_scopes(options.get("scope") or ()),  # type: ignore[arg-type]
            transport=TransportSettings.from_options(options, os.environ if environ is None else environ),
            given_revoke_url=check_url("revoke_url", revoke_url) if revoke_url else None,
            grant=grant,
            organization=None if is_application else organization,
        )

    @property
    def revoke_url(self) -> str:
        """The revocation endpoint: next to the token endpoint, unless given. Raises C(OptionError)."""
        if self.given_revoke_url is not None:
            return self.given_revoke_url
        parts = urlsplit(self.token_url)
        parent, slash, last = parts.path.rstrip("/").rpartition("/")
        if last != "token":
            problem = "is missing and cannot be derived, because the path of token_url does not end in /token"
            raise OptionError("revoke_url", problem, hint="Set revoke_url, for example https://HOST:9443/oauth2/revoke")
        return urlunsplit((parts.scheme, parts.netloc, f"{parent}{slash}revoke", "", ""))

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port of the token URL, the same for every spelling of them."""
        return origin_of(self.token_url)

    @cached_property
    def is_loopback(self) -> bool:
        """Does the token URL name the machine that sends the request?"""
        return is_loopback(urlsplit(self.token_url).hostname or "")

    def secrets(self) -> list[str]:
        """Everything in it that must not be shown, also the pair that Basic authentication encodes."""
        secrets = [self.password] if self.password else []
        if self.consumer_secret:
            secrets += [self.consumer_secret, f"{self.consumer_key}:{self.consumer_secret}"]
        return secrets

    def whitespace_warnings(self) -> list[str]:
        """Sentences about surrounding whitespace. It is sent as it is, because it can be intended."""
        credentials = {
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "username": self.username,
            "password": self.password,
        }
        return [
            f"{name} starts or ends with whitespace"
            for name, value in credentials.items()
            if value is not None and value != value.strip()
        ]

    def missing_scope(self, granted: tuple[str, ...]) -> list[str]:
        """The requested scopes that are not among those GRANTED. WSO2 sorts scopes, so the order means nothing."""
        return [scope for scope in self.scope if scope not in granted]


def is_loopback(host: str) -> bool:
    """Is HOST a name or an address of the machine that resolves it?"""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> str:
    """Scheme, host and port of URL in one spelling."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    with suppress(ValueError):
        # The codec is imported when it is needed.
        host = host.encode("idna").decode("ascii") if not host.isascii() else str(ipaddress.ip_address(host))
    return f"{parts.scheme.lower()}://{host}:{parts.port or {'http': 80, 'https': 443}[parts.scheme.lower()]}"


def shown_url(url: str) -> str:
    """URL without user information and query, for messages."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def qualified_username(username: str | None, organization: str | None) -> str | None:
    """USERNAME followed by C(@ORGANIZATION), unless it has that already. Raises C(OptionError).

    WSO2 treats everything after the last C(@) as the tenant domain. C(admin@tenant1.com) of the tenant C(tenant1.com)
    is C(admin@tenant1.com@tenant1.com), so the name of an organization counts only after another C(@).
    """
    if username is None or organization is None:
        return username
    if "@" in organization:
        raise OptionError("organization", "must not contain @", hint="Set the organization key alone, such as johnsorg")
    name, at, last = username.rpartition("@")
    is_qualified = at and last == organization and "@" in name
    return username if is_qualified else f"{username}@{organization}"


def check_url(
    option: str, url: str, *, example: str | None = None, credentials: str = "consumer_key and consumer_secret"
) -> str:
    """URL, if secrets may be sent to it; raises C(OptionError).

    example: a URL that OPTION can have. credentials: the options to use instead of user information in the URL.
    """
    if any(character.isspace() or not character.isprintable() for character in url):
        raise OptionError(option, "contains whitespace or control characters")
    if "\\" in url:
        # Parsers disagree about the host of such a URL.
        raise OptionError(option, "contains a backslash")
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        hint = f"Use the form {example or 'https://HOST:9443/oauth2/' + option.removesuffix('_url')}"
        raise OptionError(option, "is not an http or https URL", hint=hint)
    if "@" in parts.netloc:
        raise OptionError(option, "contains user information", hint=f"Use {credentials}")
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.%\w]+\]|[^\[\]:]+)(:\d*)?", parts.netloc):
        raise OptionError(option, "has a malformed host", hint="Brackets are allowed only around an IPv6 address")
    if parts.fragment or url.endswith("#"):
        raise OptionError(option, "contains a fragment (#)")
    if parts.scheme == "http" and not is_loopback(host):
        raise OptionError(option, "would send secrets unencrypted over http://", hint="Use https://")
    return url


def _file_identity(path: str | None) -> list[str] | None:
    """What distinguishes certificate files; only the path if the file cannot be read on this machine."""
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            return [path, hashlib.sha256(file.read()).hexdigest()]
    except OSError:
        return [path]


def _no_text(_options: Mapping[str, object], _name: str) -> None:
    return None


def required_text(options: Mapping[str, object], name: str) -> str:
    """The text of the option NAME; raises C(OptionError) if it has none."""
    value = optional_text(options, name)
    if value is None:
        sources = f"the variable wso2_{name}, or the environment variable WSO2_{name.upper()}"
        raise OptionError(name, "is missing", hint=f"Set the option {name}, {sources}")
    return value


def optional_text(options: Mapping[str, object], name: str) -> str | None:
    """The text of the option NAME, or None; raises C(OptionError) if it cannot be sent as UTF-8."""
    value = options.get(name)
    if value is None or value == "":
        return None
    text = str(value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise OptionError(name, "is not valid UTF-8") from None
    return text


def _check_basic(key: str, secret: str | None) -> None:
    # WSO2 splits the decoded header at every colon, requires exactly two parts, and does not percent-decode them.
    for option, value in (("consumer_key", key), ("consumer_secret", secret)):
        if value is not None and secret is not None and ":" in value:
            problem = "contains a colon, which Basic authentication cannot carry"
            raise OptionError(option, problem, hint="Set client_authentication: body")


def _scopes(values: list[str]) -> tuple[str, ...]:
    # Not at every whitespace that Unicode has: a character that no scope may contain is an error, not a separator.
    scopes = [scope for value in values for scope in re.split(r"[ \t\r\n]+", value) if scope]
    for scope in scopes:
        if not scope.isascii() or not scope.isprintable() or '"' in scope or "\\" in scope:
            raise OptionError("scope", "contains a character that RFC 6749 does not allow in a scope")
    return tuple(dict.fromkeys(scopes))
