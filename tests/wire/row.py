# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One row of the tables: how the simulator is prepared, the options of the call, and the expected result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from entry_points import APPLICATION_PLUGIN, LOOKUP, TASK_ON_CONTROL_NODE, TASK_ON_MANAGED_NODE, USER_PLUGIN

# The options of every row, which a row can change. None removes an option. $NAME is a fact of the simulator or of
# another server.
DEFAULTS: Mapping[str, Any] = {
    "token_url": "$token_url",
    "ca_path": "$ca_path",
    "consumer_key": "demo_key",
    "consumer_secret": "demo_secret",
    "username": "alice",
    "password": "alice-pass",
    # Each call must send a request, also if an earlier one requested the same token.
    "token_store": "none",
    "retries": 0,
    "timeout": 10,
}

# The options that the plugins for the application itself do not have.
USER_OPTIONS = ("username", "password")

# The form of a token request with these options.
GRANT_FORM: Mapping[str, str] = {"grant_type": "password", "username": "alice", "password": "alice-pass"}

TASK_AND_LOOKUP = (TASK_ON_CONTROL_NODE, LOOKUP)
ALL_ENTRY_POINTS = (TASK_ON_CONTROL_NODE, LOOKUP, TASK_ON_MANAGED_NODE)
# The lookup has no option refresh_token.
TASKS = (TASK_ON_CONTROL_NODE, TASK_ON_MANAGED_NODE)
CONTROL_NODE_TASK = (TASK_ON_CONTROL_NODE,)

REFRESH_TOKEN_FILE = "refresh_token"
EARLIER_REFRESH_TOKEN = "{{ lookup('ansible.builtin.file', refresh_token_file) }}"

Step = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Request:
    """One request as it must arrive at the token endpoint.

    basic: C(id:secret) of the header, None for no header. path: None for that of the option C(token_url).
    """

    form: Mapping[str, str]
    basic: str | None = "demo_key:demo_secret"
    path: str | None = None


REFRESH_REQUEST = Request({"grant_type": "refresh_token", "refresh_token": "$earlier"})


@dataclass(frozen=True)
class Row:
    """covers: the behaviors of the wire that the row tests.

    options: changes to C(DEFAULTS). before: the steps that prepare the simulator. calls: the number of equal calls.
    requests: the expected requests, in order. None: one token request with the options, C(request_count) times.
    is_minimum: more requests are possible, depending on the random pauses.
    pauses: the minimum seconds between one request and the next.
    result: members of the result. A type matches any value of it, a range any number in it.
    cause: the first sentence of the failure without its full stop, or its beginning with C(is_prefix).
    hint: a part of the second sentence.
    failure: members of C(failure) that the other fields do not determine. warning: a part of a warning.
    is_cached_failure: the last call returns the failure of an earlier request.
    plugin: for the token of a user, or of the application itself.
    proxy_targets: the requests to the proxy. environment: that of the whole run, see C(run_rows.ENVIRONMENTS).
    """

    name: str
    covers: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[Step, ...] = ()
    calls: int = 1
    requests: tuple[Request, ...] | None = None
    request_count: int = 1
    is_minimum: bool = False
    pauses: tuple[float, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)
    cause: str | None = None
    is_prefix: bool = False
    hint: str = ""
    failure: Mapping[str, Any] = field(default_factory=dict)
    warning: str = ""
    proxy_targets: tuple[str, ...] = ()
    environment: str = "no proxy"
    is_cached_failure: bool = False
    entry_points: tuple[str, ...] = TASK_AND_LOOKUP
    plugin: str = USER_PLUGIN

    @property
    def fails(self) -> bool:
        """Must the call fail?"""
        return self.cause is not None

    @property
    def all_options(self) -> dict[str, Any]:
        """The options of the call, before the facts are filled in."""
        defaults = {
            name: value for name, value in DEFAULTS.items() if name not in USER_OPTIONS or not self.is_application
        }
        return {name: value for name, value in {**defaults, **self.options}.items() if value is not None}

    @property
    def is_application(self) -> bool:
        """Is the token that of the application itself?"""
        return self.plugin == APPLICATION_PLUGIN

    @property
    def expected_requests(self) -> tuple[Request, ...]:
        """The requests that the token endpoint must receive."""
        if self.requests is not None:
            return self.requests
        return (token_request(self.all_options, is_application=self.is_application),) * self.request_count

    @property
    def secrets(self) -> list[str]:
        """The secrets among the options, which no output may contain."""
        names = ("password", "consumer_secret", "client_secret", "refresh_token")
        values = [self.all_options.get(name) for name in names]
        return [value for value in values if isinstance(value, str) and value and not value.startswith("{{")]


def token_request(options: Mapping[str, Any], *, is_application: bool = False) -> Request:
    """The request for OPTIONS that are sent unchanged."""
    form = {"grant_type": "client_credentials" if is_application else "password"}
    if not is_application:
        form.update({name: options[name] for name in USER_OPTIONS})
    if "scope" in options:
        scope = options["scope"]
        form["scope"] = scope if isinstance(scope, str) else " ".join(scope)
    key, secret = options["consumer_key"], options.get("consumer_secret")
    if secret is None:
        return Request({**form, "client_id": key}, None)
    if options.get("client_authentication") == "body":
        return Request({**form, "client_id": key, "client_secret": secret}, None)
    return Request(form, f"{key}:{secret}")


def settings(**values: Any) -> Step:
    """Change these settings of the simulator."""
    return ("settings", values)


def fault(kind: str, *, times: int = 1, **parameters: Any) -> Step:
    """Answer the next TIMES requests with this fault."""
    return ("fault", {"kind": kind, "times": times, **parameters})


def raw(status: int, body: str = "", *headers: tuple[str, str], times: int = 1) -> Step:
    """Send exactly this response to the next TIMES requests."""
    return fault("raw", times=times, status=status, body=body, headers=[list(header) for header in headers])


def token_response(remove: tuple[str, ...] = (), **members: Any) -> Step:
    """Add MEMBERS to the next response and take REMOVE out of it."""
    return fault("token", members=members, remove=list(remove))


def user(name: str, **members: Any) -> Step:
    """Add or change a user."""
    return ("user", {"name": name, **members})


def application(key: str, **members: Any) -> Step:
    """Add or change an application."""
    return ("application", {"key": key, **members})


def earlier_grant(**form: str) -> Step:
    """Another client requested a token before. C(EARLIER_REFRESH_TOKEN) is its refresh token."""
    return ("grant", {**GRANT_FORM, **form})


def earlier_refresh() -> Step:
    """Another client refreshed that token. C(EARLIER_REFRESH_TOKEN) stays the one that it used."""
    return ("refresh", {})


def advance_clock(seconds: float) -> Step:
    """Set the clock of the server forward."""
    return ("clock", {"seconds": seconds})
