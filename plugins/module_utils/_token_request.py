# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""What is asked for: whose token, for which application, with which scopes; checked before anything is sent."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._transport_settings import TransportSettings


@dataclass(frozen=True)
class TokenRequest:
    """Everything that decides which token an endpoint hands out, and how to reach that endpoint.

    consumer_secret: None for a public client.
    username: with the organization key where one applies, exactly as sent.
    username, password: None only where a refresh token is to be renewed without them.
    scope: the scopes asked for, each once, in the order given.
    given_revoke_url: None where it is to be derived from the token URL.
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

    @classmethod
    def from_options(cls, options: Mapping[str, object]) -> TokenRequest:
        """Check OPTIONS (typed, defaults filled in) against each other; raises C(OptionError) without any I/O."""
        secret = _optional_text(options, "consumer_secret")
        key = _required_text(options, "consumer_key")
        authentication = str(options["client_authentication"])
        if authentication == "basic":
            _check_fits_basic(key, secret)
        renewal = _optional_text(options, "refresh_token") is not None
        need = _optional_text if renewal else _required_text
        revoke_url = _optional_text(options, "revoke_url")
        return cls(
            token_url=_checked_url("token_url", _required_text(options, "token_url")),
            consumer_key=key,
            consumer_secret=secret,
            client_authentication=authentication,
            username=_with_organization(need(options, "username"), _optional_text(options, "organization")),
            password=need(options, "password"),
            scope=_scopes(options.get("scope") or ()),  # type: ignore[arg-type]
            transport=TransportSettings.from_options(options),
            given_revoke_url=_checked_url("revoke_url", revoke_url) if revoke_url else None,
        )

    @property
    def revoke_url(self) -> str:
        """Where tokens are revoked: beside the token endpoint, unless given. Raises C(OptionError)."""
        if self.given_revoke_url is not None:
            return self.given_revoke_url
        parts = urlsplit(self.token_url)
        parent, slash, last = parts.path.rstrip("/").rpartition("/")
        if last != "token":
            problem = "is missing, and cannot be derived from a token_url whose path does not end in /token"
            raise OptionError("revoke_url", problem, hint="Give revoke_url, such as https://HOST:9443/oauth2/revoke")
        return urlunsplit((parts.scheme, parts.netloc, f"{parent}{slash}revoke", "", ""))

    @property
    def shown_url(self) -> str:
        """The token URL without its query, for messages."""
        return _without_query(self.token_url)

    @property
    def shown_revoke_url(self) -> str:
        """The revocation URL without its query, for messages."""
        return _without_query(self.revoke_url)

    @property
    def is_loopback(self) -> bool:
        """Does the token URL mean the machine that sends the request?"""
        return is_loopback(urlsplit(self.token_url).hostname or "")

    def secrets(self) -> list[str]:
        """Everything in it that must not be shown, also the joined form in which Basic carries it."""
        secrets = [self.password] if self.password else []
        if self.consumer_secret:
            secrets += [self.consumer_secret, f"{self.consumer_key}:{self.consumer_secret}"]
        return secrets

    def suspicions(self) -> list[str]:
        """Sentences about what is allowed but seldom meant; nothing is stripped, for it may be meant."""
        credentials = {
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "username": self.username,
            "password": self.password,
        }
        return [
            f"{name} begins or ends with white space, and is sent so"
            for name, value in credentials.items()
            if value is not None and value != value.strip()
        ]

    def missing_scope(self, granted: tuple[str, ...]) -> list[str]:
        """The scopes asked for that are not among those GRANTED; order and repetition say nothing on WSO2."""
        return [scope for scope in self.scope if scope not in granted]


def is_loopback(host: str) -> bool:
    """Does HOST name the machine itself, wherever the name is used?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _required_text(options: Mapping[str, object], name: str) -> str:
    value = _optional_text(options, name)
    if value is None:
        sources = f"set the variable wso2_{name} or the environment variable WSO2_{name.upper()}"
        raise OptionError(name, "is missing", hint=f"Give {name}, or {sources}")
    return value


def _optional_text(options: Mapping[str, object], name: str) -> str | None:
    value = options.get(name)
    if value is None:
        return None
    if value == "":
        raise OptionError(name, "is empty", hint=f"Leave {name} out, or give it a value")
    text = str(value)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise OptionError(name, "is not valid UTF-8, in which it would have to be sent") from None
    return text


def _with_organization(username: str | None, organization: str | None) -> str | None:
    if username is None or organization is None or username.endswith(f"@{organization}"):
        return username
    if "@" in organization:
        raise OptionError("organization", "contains an @", hint="Give the organization key alone, as in johnsorg")
    return f"{username}@{organization}"


def _check_fits_basic(key: str, secret: str | None) -> None:
    # WSO2 splits the decoded header at every colon and wants exactly two parts; it does not percent-decode them.
    for option, value in (("consumer_key", key), ("consumer_secret", secret)):
        if value is not None and secret is not None and ":" in value:
            problem = "contains a colon, which cannot travel by Basic authentication"
            raise OptionError(option, problem, hint="Set client_authentication: body")


def _checked_url(option: str, url: str) -> str:
    if any(character.isspace() or not character.isprintable() for character in url):
        raise OptionError(option, "contains white space or control characters")
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        hint = f"Write it as https://HOST:9443/oauth2/{option.removesuffix('_url')}"
        raise OptionError(option, "is not an http or https URL", hint=hint)
    if parts.username is not None or parts.password is not None:
        raise OptionError(option, "contains user information", hint="Use consumer_key and consumer_secret")
    if parts.fragment:
        raise OptionError(option, "contains a fragment (#)")
    if parts.scheme == "http" and not is_loopback(host):
        raise OptionError(option, "would send secrets unencrypted over http://", hint="Use https://")
    return url


def _scopes(values: list[str]) -> tuple[str, ...]:
    # Not at every white space that Unicode knows: what is no scope is refused and not passed over.
    scopes = [scope for value in values for scope in re.split(r"[ \t\r\n]+", value) if scope]
    for scope in scopes:
        if not scope.isascii() or not scope.isprintable() or '"' in scope or "\\" in scope:
            raise OptionError("scope", "contains a character that RFC 6749 does not allow in a scope")
    return tuple(dict.fromkeys(scopes))
