# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One row of the tables: what the server is told beforehand, what is asked, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from entry_points import LOOKUP, TASK_ON_CONTROL_NODE, TASK_ON_MANAGED_NODE

# What every row asks with, unless it says otherwise; a value of None leaves an option out. $NAME is a fact of the
# simulator or of a peer.
DEMO: Mapping[str, Any] = {
    "token_url": "$token_url",
    "ca_path": "$ca_path",
    "consumer_key": "demo_key",
    "consumer_secret": "demo_secret",
    "username": "alice",
    "password": "alice-pass",
    # Each question is to be asked, also one that asks for the same token as another.
    "token_store": "none",
    "retries": 0,
    "timeout": 10,
}

# The form of a grant with these.
GRANT: Mapping[str, str] = {"grant_type": "password", "username": "alice", "password": "alice-pass"}

BOTH = (TASK_ON_CONTROL_NODE, LOOKUP)
EVERYWHERE = (TASK_ON_CONTROL_NODE, LOOKUP, TASK_ON_MANAGED_NODE)
# The lookup knows no option refresh_token.
TASKS = (TASK_ON_CONTROL_NODE, TASK_ON_MANAGED_NODE)
TASK = (TASK_ON_CONTROL_NODE,)

Step = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Sent:
    """One request to the token endpoint as it must arrive.

    basic: C(id:secret) of the header, None for no header. path: None for that of the option C(token_url).
    """

    form: Mapping[str, str]
    basic: str | None = "demo_key:demo_secret"
    path: str | None = None


RENEWAL = Sent({"grant_type": "refresh_token", "refresh_token": "$earlier"})


@dataclass(frozen=True)
class Row:
    """covers: the behaviours of the wire that the row is for.

    options: on top of C(DEMO). before: what the simulator is told first. asked: how often the question is put.
    sent: the requests, in order. None stands for one as the options have it.
    requests: how many of that one. lasting: or rather more, as often as the deadline lets.
    gaps: the least seconds between one request and the next.
    result: members of the result; a type stands for any value of it, a range for each number in it.
    cause: the first sentence of the failure, without its full stop, or only its beginning where it is C(cut).
    hint: a part of the second.
    failure: what the mapping holds, where it is not derived from the rest. warning: a part of one.
    repeated: is the last failure one that an earlier request met?
    through: the targets that were asked of the proxy. environment: of the whole process, see C(conftest).
    """

    name: str
    covers: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[Step, ...] = ()
    asked: int = 1
    sent: tuple[Sent, ...] | None = None
    requests: int = 1
    lasting: bool = False
    gaps: tuple[float, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)
    cause: str | None = None
    cut: bool = False
    hint: str = ""
    failure: Mapping[str, Any] = field(default_factory=dict)
    warning: str = ""
    through: tuple[str, ...] = ()
    environment: str = "plain"
    repeated: bool = False
    doors: tuple[str, ...] = BOTH

    @property
    def fails(self) -> bool:
        """Is the question to end without a token?"""
        return self.cause is not None

    @property
    def asks(self) -> dict[str, Any]:
        """The options, with nothing filled in yet."""
        return {name: value for name, value in {**DEMO, **self.options}.items() if value is not None}

    @property
    def arrives(self) -> tuple[Sent, ...]:
        """The requests that the token endpoint must have seen."""
        return (as_asked(self.asks),) * self.requests if self.sent is None else self.sent

    @property
    def secrets(self) -> list[str]:
        """What must be in no output, as far as the row knows it."""
        given = [self.asks.get(name) for name in ("password", "consumer_secret", "client_secret", "refresh_token")]
        return [secret for secret in given if isinstance(secret, str) and secret and not secret.startswith("{{")]


def as_asked(options: Mapping[str, Any]) -> Sent:
    """The password grant that OPTIONS call for, where none of them needs interpretation."""
    form = {"grant_type": "password", "username": options["username"], "password": options["password"]}
    if "scope" in options:
        scope = options["scope"]
        form["scope"] = scope if isinstance(scope, str) else " ".join(scope)
    key, secret = options["consumer_key"], options.get("consumer_secret")
    if secret is None:
        return Sent({**form, "client_id": key}, None)
    if options.get("client_authentication") == "body":
        return Sent({**form, "client_id": key, "client_secret": secret}, None)
    return Sent(form, f"{key}:{secret}")


def settings(**values: Any) -> Step:
    """The simulator gets these settings."""
    return ("settings", values)


def fault(kind: str, *, times: int = 1, **parameters: Any) -> Step:
    """The next TIMES requests get this fault."""
    return ("fault", {"kind": kind, "times": times, **parameters})


def raw(status: int, body: str = "", *headers: tuple[str, str], times: int = 1) -> Step:
    """The next TIMES requests get exactly this answer."""
    return fault("raw", times=times, status=status, body=body, headers=[list(header) for header in headers])


def token_answer(remove: tuple[str, ...] = (), **members: Any) -> Step:
    """The next answer is as usual, with MEMBERS in it and REMOVE out of it."""
    return fault("token", members=members, remove=list(remove))


def user(name: str, **members: Any) -> Step:
    """A user is added or changed."""
    return ("user", {"name": name, **members})


def application(key: str, **members: Any) -> Step:
    """An application is added or changed."""
    return ("application", {"key": key, **members})


def earlier_grant(**form: str) -> Step:
    """Somebody else has asked before; C(EARLIER_REFRESH_TOKEN) is what they got."""
    return ("grant", {**GRANT, **form})


def earlier_refresh() -> Step:
    """Somebody else has renewed that token; C(EARLIER_REFRESH_TOKEN) stays the one that they used up."""
    return ("refresh", {})


def later(seconds: float) -> Step:
    """The server's clock goes on."""
    return ("clock", {"seconds": seconds})


EARLIER_REFRESH_TOKEN = "{{ wire.refresh_token }}"
