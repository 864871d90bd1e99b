# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Which client is to exist, at which server, and who registers it; validated as a whole before anything is sent."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._token import is_token_text
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import (
    TransportSettings,
    check_url,
    is_loopback,
    optional_text,
    origin_of,
    qualified_username,
    required_text,
)

# API Manager's own format, RFC 7591, and the application keys of the Developer Portal.
CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL = "client_registration", "dynamic_registration", "portal"

EXAMPLES = {
    CLIENT_REGISTRATION: "https://HOST:9443/client-registration/v0.17/register",
    DYNAMIC_REGISTRATION: "https://HOST:9443/api/identity/oauth2/dcr/v1.1/register",
    PORTAL: "https://HOST:9443/api/am/devportal/v3",
}

_KNOWN_GRANTS = (
    "password",
    "refresh_token",
    "client_credentials",
    "authorization_code",
    "implicit",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:saml2-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
NEEDS_CALLBACK = ("authorization_code", "implicit")
_GRANT = re.compile(r"[!-~]+")
# WSO2 answers any other name of a client with HTTP status 500.
_REGISTRATION_NAME = re.compile(r"[A-Za-z0-9 ._-]+")
_LONGEST_PORTAL_NAME = 100
_LIFETIMES = ("user", "application", "refresh")
# WSO2 stores lifetimes as Java integers.
_LONGEST_LIFETIME = 2**31 - 1


@dataclass(frozen=True)
class ConsumerKeysRequest:
    """A client, or the keys of an application, and the server that has it.

    way: C(CLIENT_REGISTRATION), C(DYNAMIC_REGISTRATION) or C(PORTAL). url: without a slash at its end.
    username: with the organization key where one applies, exactly as sent; also the owner of the client.
    bearer: a token that is sent instead of username and password, or None.
    token_lifetimes: seconds by C(user), C(application) and C(refresh).
    """

    way: str
    url: str
    name: str
    username: str | None
    password: str | None = field(repr=False)
    bearer: str | None = field(repr=False)
    grant_types: tuple[str, ...]
    callback_url: str | None
    token_lifetimes: Mapping[str, int]
    key_type: str
    key_manager: str
    throttling_policy: str
    shared_with_tenants: bool
    transport: TransportSettings

    @classmethod
    def from_options(
        cls, options: Mapping[str, object], *, environ: Mapping[str, str] | None = None
    ) -> ConsumerKeysRequest:
        """Check OPTIONS (typed, defaults filled in) against each other without any I/O; raises C(OptionError)."""
        way, url = _server(options)
        bearer = _bearer(options, way)
        needs_user = bearer is None or way == CLIENT_REGISTRATION
        username = required_text(options, "username") if needs_user else optional_text(options, "username")
        password = required_text(options, "password") if bearer is None else None
        callback_url = optional_text(options, "callback_url")
        if way == CLIENT_REGISTRATION and options["state"] == "absent":
            problem = "cannot be absent, because the client registration of API Manager does not delete clients"
            raise OptionError("state", problem, hint="Delete the service provider in the management console")
        request = cls(
            way=way,
            url=url,
            name=_name(options, way),
            username=qualified_username(username, optional_text(options, "organization")),
            password=password,
            bearer=bearer,
            grant_types=_grants(options["grant_types"], callback_url),  # type: ignore[arg-type]
            callback_url=callback_url,
            token_lifetimes=_lifetimes(options.get("token_lifetimes"), way),
            key_type=str(options["key_type"]).upper(),
            key_manager=str(options["key_manager"]),
            throttling_policy=str(options["throttling_policy"]),
            shared_with_tenants=bool(options["shared_with_tenants"]),
            transport=TransportSettings.from_options(options, os.environ if environ is None else environ),
        )
        request._check()
        return request

    def _check(self) -> None:
        if self.bearer is None and ":" in (self.username or ""):
            problem = "contains a colon, which Basic authentication cannot carry"
            raise OptionError("username", problem)
        if self.shared_with_tenants and self.way != CLIENT_REGISTRATION:
            problem = "applies only to the client registration of API Manager"
            raise OptionError("shared_with_tenants", problem, hint="Remove it")

    @property
    def url_option(self) -> str:
        """The option that names the server."""
        return "portal_url" if self.way == PORTAL else "registration_url"

    @property
    def origin(self) -> str:
        """Scheme, host and port of the server, the same for every spelling of them."""
        return origin_of(self.url)

    @property
    def is_loopback(self) -> bool:
        """Does the URL name the machine that sends the request?"""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def basic(self) -> tuple[str, str] | None:
        """Username and password, unless a token is sent instead."""
        if self.bearer is not None or self.username is None or self.password is None:
            return None
        return self.username, self.password

    def secrets(self) -> list[str]:
        """Everything in it that must not be shown, also the pair that Basic authentication encodes."""
        secrets = [self.password, self.bearer, f"{self.username}:{self.password}" if self.password else None]
        return [secret for secret in secrets if secret]

    def missing_grants(self, allowed: Sequence[str]) -> list[str]:
        """The requested grants that are not among those ALLOWED."""
        return [grant for grant in self.grant_types if grant not in allowed]


def _server(options: Mapping[str, object]) -> tuple[str, str]:
    registration_url, portal_url = optional_text(options, "registration_url"), optional_text(options, "portal_url")
    if registration_url and portal_url:
        hint = "Set one of the two. Variables such as wso2_portal_url count, too"
        raise OptionError("registration_url", "and portal_url are mutually exclusive", hint=hint)
    if portal_url:
        url = check_url("portal_url", portal_url, example=EXAMPLES[PORTAL], credentials="username and password")
        if urlsplit(url).query:
            raise OptionError("portal_url", "contains a query", hint=f"Use the form {EXAMPLES[PORTAL]}")
        return PORTAL, url.rstrip("/")
    if not registration_url:
        hint = f"Set registration_url, for example {EXAMPLES[CLIENT_REGISTRATION]}, or portal_url"
        raise OptionError("registration_url", "or portal_url is required", hint=hint)
    way = CLIENT_REGISTRATION if "/client-registration/" in urlsplit(registration_url).path else DYNAMIC_REGISTRATION
    url = check_url("registration_url", registration_url, example=EXAMPLES[way], credentials="username and password")
    return way, url.rstrip("/")


def _bearer(options: Mapping[str, object], way: str) -> str | None:
    option, other = ("access_token", "registration_token") if way == PORTAL else ("registration_token", "access_token")
    if optional_text(options, other) is not None:
        needed = "registration_url" if way == PORTAL else "portal_url"
        raise OptionError(other, f"applies only with {needed}", hint=f"Use {option}")
    value = optional_text(options, option)
    if value is not None and not is_token_text(value):
        problem = "contains characters that a token cannot contain"
        raise OptionError(option, problem, hint="Verify that it does not end with a newline")
    return value


def _name(options: Mapping[str, object], way: str) -> str:
    name = optional_text(options, "name")
    if name is None:
        raise OptionError("name", "is missing", hint="Set name to the name of the client or the application")
    if not name.isprintable():
        raise OptionError("name", "contains control characters")
    if name != name.strip():
        raise OptionError("name", "starts or ends with whitespace", hint="Remove the whitespace")
    if way == CLIENT_REGISTRATION and not _REGISTRATION_NAME.fullmatch(name):
        hint = "Use letters of the English alphabet, digits, spaces and the characters . _ -"
        raise OptionError("name", "contains characters that the client registration of API Manager rejects", hint=hint)
    if way == PORTAL and len(name) > _LONGEST_PORTAL_NAME:
        raise OptionError("name", f"is longer than {_LONGEST_PORTAL_NAME} characters")
    return name


def _grants(values: Sequence[str], callback_url: str | None) -> tuple[str, ...]:
    grants = tuple(dict.fromkeys(values))
    if not grants:
        hint = "Set the grants that the client must be allowed to use, for example password and refresh_token"
        raise OptionError("grant_types", "is empty", hint=hint)
    for grant in grants:
        if not _GRANT.fullmatch(grant):
            raise OptionError("grant_types", "contains a grant with whitespace or other characters that no grant has")
        _check_spelling(grant)
        if grant in NEEDS_CALLBACK and callback_url is None:
            raise OptionError("callback_url", f"is missing, which the grant {grant} needs", hint="Set callback_url")
    return grants


def _check_spelling(grant: str) -> None:
    """WSO2 answers a grant that it does not know with HTTP status 500. It can have grants of its own, however."""
    if grant in _KNOWN_GRANTS:
        return
    # Imported lazily: nearly all grants are known.
    from difflib import get_close_matches

    similar = get_close_matches(grant.lower(), _KNOWN_GRANTS, n=1, cutoff=0.8)
    if similar:
        raise OptionError("grant_types", f"contains the unknown grant {grant}", hint=f"Use {similar[0]}")


def _lifetimes(value: object, way: str) -> dict[str, int]:
    if not value:
        return {}
    if way != PORTAL:
        raise OptionError("token_lifetimes", "applies only with portal_url", hint="Remove it")
    lifetimes: dict[str, int] = {}
    for name, seconds in dict(value).items():  # type: ignore[call-overload]
        if name not in _LIFETIMES:
            raise OptionError("token_lifetimes", f"has no key {name}", hint=f"The keys are {', '.join(_LIFETIMES)}")
        number = str(seconds)
        is_valid = re.fullmatch(r"[0-9]{1,10}", number) is not None and 1 <= int(number) <= _LONGEST_LIFETIME
        if isinstance(seconds, bool) or not is_valid:
            raise OptionError("token_lifetimes", f"must have a number of seconds as {name}")
        lifetimes[name] = int(number)
    return lifetimes
