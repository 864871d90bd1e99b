# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The users, clients, settings and events of the recorded servers, which the replay gives to the simulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from simulator_process import RunningSimulator

USER_INFORMATION = "User information: the simulator does not have this endpoint."
APPLICATIONS = "Developer Portal: lists applications that no recorded request creates."

Event = Callable[[RunningSimulator], None]


@dataclass(frozen=True)
class RecordedServer:
    """What the recording started with (``prepare``) and what happened before a transcript, by its number."""

    name: str
    settings: dict[str, Any]
    users: dict[str, dict[str, Any]]
    clients: dict[str, dict[str, Any]]
    events: dict[int, Event] = field(default_factory=dict)
    #: Transcripts whose ``expires_in`` must be exact, because the recording says when each request was sent.
    exact: frozenset[int] = frozenset()
    #: Transcripts whose token was issued before the recording began.
    issued_before: frozenset[int] = frozenset()
    #: Transcripts of the port without TLS, and of plain HTTP on the port with TLS.
    plain: frozenset[int] = frozenset()
    plain_on_tls_port: frozenset[int] = frozenset()
    #: Ranges of numbers in the recording.
    recorded: tuple[tuple[int, int], ...] = ()
    #: Ranges of transcripts that are not replayed, with the reason.
    left_out: dict[tuple[int, int], str] = field(default_factory=dict)

    def prepare(self, simulator: RunningSimulator) -> None:
        """Bring the simulator to the state in which the recording began."""
        simulator.control("POST", "reset")
        simulator.control("POST", "clock", {"stop": True})
        simulator.settings(**self.settings)
        for name, members in self.users.items():
            simulator.control("PUT", f"users/{quote(name, safe='')}", members)
        for key, members in self.clients.items():
            simulator.control("PUT", f"applications/{key}", members)

    def full_lifetimes(self) -> frozenset[int]:
        """Return each ``expires_in`` that a token of this server can begin with."""
        found = {3600, 9223372036854775, 9223372036854775807}
        lifetimes = {members.get("token_lifetime", 3600) for members in self.clients.values()}
        return frozenset(found) | {item for item in lifetimes if isinstance(item, int)}


def change_user(name: str, **members: Any) -> Event:
    """Return the event of an administrator who changes a user."""
    return lambda simulator: simulator.control("PUT", f"users/{quote(name, safe='')}", members)


def change_settings(**settings: Any) -> Event:
    """Return the event of a server that starts again with other settings."""
    return lambda simulator: simulator.settings(**settings)


def wait(seconds: float) -> Event:
    """Return the event of time that passes."""
    return lambda simulator: simulator.advance(seconds)


def both(first: Event, second: Event) -> Event:
    """Return two events as one."""

    def event(simulator: RunningSimulator) -> None:
        first(simulator)
        second(simulator)

    return event


def delete_client(key: str) -> Event:
    """Return the event of a client that is deleted."""
    return lambda simulator: simulator.control("DELETE", f"applications/{key}")


#: Both recordings ran the code of Identity Server 6.1, without a gateway, and with tenant-qualified URLs off.
_COMMON = {
    "component": "6.11.12",
    "gateway": False,
    "tenant_qualified_urls": False,
    "unknown_scope": "grant",
    "allow_listed_scopes": [],
    "scope_roles": {},
}
_PORTAL_CLIENT = {"saas": True, "token_format": "jwt"}
_SHORT_CLIENT = {**_PORTAL_CLIENT, "token_lifetime": 8, "refresh_token_lifetime": 25}
_ALL_GRANTS = ["password", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:saml2-bearer"]

_IDENTITY_SERVER = RecordedServer(
    name="identity_server_6_1",
    settings={**_COMMON, "wrong_path": "unauthorized", "no_scope_answer": "omitted", "realm": "localhost"},
    users={
        "alice": {"password": "Wonder-land1"},
        "bob": {"password": "Build-er1"},
        "special": {"password": 'a&b=c+d%e f äöü€"\\x'},
        "ünal": {"password": "Ümlaut-pw1"},
        "user@mail.example@carbon.super": {"password": "Mail-user1"},
        "tina@foo.example": {"password": "Ti-na1234"},
        "tadmin@foo.example": {"password": "Ten-ant1", "roles": ["admin"]},
        "carl": {"password": "Lock-me1"},
        "dora": {"password": "Dis-able1"},
    },
    clients={
        "DEkQ91NP7MQYK7EwSBuUShawpUOa": {"secret": "QseYpFEAqRhKHcmO6CKJ5naxGGSa", "grants": _ALL_GRANTS},
        "7lF1MQtRIiBKw5LwrngYvHyCsasa": {"secret": "o2JPMk245jcIHRdWzoUHBNlUfyka", "saas": True},
        "uuHesc1JTm8SS7bHS7O5HyJaHdEa": {"secret": "IeIEba1Od4kK7fo8V8HyOT55sPea", "grants": ["password"]},
        "L8efRk9TPbh5bXFYroK6b2dOAQya": {"secret": "f4ObenP3HFjVG2vboGncGn7xyXKa", "grants": ["client_credentials"]},
        "gU5kAh0PQGRNHrhVxDkfwUkkmmLa": {"secret": "uTkvkUVp83JTYXmOal3gFQrNdnma", "token_format": "jwt"},
        "gq3cC9aYN8UZ6Ym1Kh8oHkWADeBa": {
            "secret": "wrbkOTXxz9rRLJj8A9KBqgXKpvFa",
            "token_lifetime": 8,
            "refresh_token_lifetime": 20,
        },
        "my_client_id_0001": {"secret": "my:se=cr&et %41", "grants": ["password"]},
        "ToNvoyUFodc1DZWTZQiLmtibRAJa": {"secret": "AjhVyqxu7PJJ4NUrHzqu1K3bcZaa", "token_lifetime": "never"},
        "bZrv0LhZ3hl0V3iIllxPcJIN2Xia": {"secret": "tIzuw2EvauLanlXD4qvcJGZa0uNa"},
        "0pCxr3WSWkHdj93RgGhqswiyUxPa": {
            "secret": "FoJyw4Snld7u0GqVUvzRG79fNYFa",
            "token_lifetime": "never",
            "refresh_token_lifetime": "never",
        },
    },
    events={
        313: wait(3),
        314: wait(3.01),
        315: wait(0.79),
        316: wait(0.4),
        317: wait(0.4),
        318: wait(0.3),
        319: wait(0.2),
        320: wait(0.4),
        321: wait(0.5),
        323: wait(13),
        325: wait(22),
        326: change_user("carl", state="locked", lock_reason="MaxAttemptsExceeded"),
        333: change_user("dora", state="disabled"),
        336: change_user("dora", state="locked", lock_reason="AdminInitiated"),
        338: change_user("dora", state="active"),
        401: change_user("carl", state="active"),
        621: change_settings(refresh_token="keep"),
        641: change_settings(refresh_token="rotate"),
        # This server began with an empty database.
        661: both(change_settings(password_grant=False), change_user("admin", password="admin")),
        681: change_settings(password_grant=True),
    },
    exact=frozenset(range(312, 322)),
    recorded=(
        (1, 52),
        (101, 207),
        (301, 362),
        (401, 405),
        (421, 437),
        (501, 513),
        (621, 629),
        (641, 649),
        (661, 662),
        (681, 689),
    ),
    plain=frozenset({194}),
    plain_on_tls_port=frozenset({195}),
    left_out={
        (356, 356): "Client registration, DELETE: its status 500 comes from the way in which the server was assembled.",
        (357, 358): "Client registration: a client that was deleted after 356. 426 of API Manager is replayed instead.",
    },
)

_API_MANAGER = RecordedServer(
    name="api_manager_4_1",
    # The lock of this server did not reach the token endpoint (341-346).
    settings={
        **_COMMON,
        "wrong_path": "login_page",
        "no_scope_answer": "default",
        "realm": "wso2.test",
        "portal_version": "v2",
        "lock_after": 0,
        "scope_roles": {
            "apim:subscribe": ["subscriber", "admin"],
            "apim:app_manage": ["subscriber", "admin"],
            "apim:admin": ["admin"],
            "apim:api_view": ["admin"],
        },
    },
    users={
        "ada": {"password": "Ada-pw-1"},
        "bob": {"password": "Bob-pw-1"},
        "eve": {"password": "Eve-pw-1"},
        "kim@mail.test@carbon.super": {"password": "Kim-pw-1"},
        # The tenant exists, but no login of its users succeeded (441-450).
        "owner@org1.test": {"password": "made-up"},
    },
    clients={
        "Made0001Upd1EcWVu37Yhy7eTSpa": {"secret": "Made0002Upj5tHqaT1UnfLdXEZDa", "saas": True},
        "Made0013UpHs7r0B0FBg7lSOf8Va": {"secret": "Made0014UpYxWqf11S6KHN432tLa", "owner": "ada"},
        "Made0021UpGb4jB47GN1dxGEmBua": {"secret": "Made0022UpqbUppxERn96Jt0JBVa", "saas": True},
        "Made0023Up6wvDNoBlnlnnquFoaa": {
            "secret": "Made0024UpC19tAXC1UYSXJODN7a",
            "saas": True,
            "grants": ["password"],
        },
        "Made0025UpwDR81qWWBE1z1UJsda": {
            "secret": "Made0026Upl3dvlt8i7iCqY2fSBa",
            "saas": True,
            "grants": ["client_credentials"],
        },
        "Made0027UpWHyTTHdTtdIeHUHfia": {"secret": "Made0028Upgq4RmGIotDApIYcgta"},
        "Made0033UpdlzamOQIDRFFqDqRda": {"secret": "Made0035Uprfsrbli7g0BvlbEqba", **_PORTAL_CLIENT},
        "Made0036Up3HHp1hvp0ZigQSafja": {
            "secret": "Made0037Upww1Ec7XAlWrUFTXgma",
            **_PORTAL_CLIENT,
            "token_lifetime": 60,
        },
        "Made0038UpwULNj8rynokWlH721a": {"secret": "Made0039UpIbAu1OggkRFq9Z4eua", **_PORTAL_CLIENT},
        "Made0040UpF1JB40zB5ytvNNviIa": {
            "secret": "Made0041UpVdgKmhsIuEEERqumza",
            **_PORTAL_CLIENT,
            "token_lifetime": 12,
            "refresh_token_lifetime": 40,
        },
        "Made0042Upw7B6aSKwZfzLqPvcra": {"secret": "Made0043UpGqM5lpMD0y6APvXOZa", **_PORTAL_CLIENT},
        "Made0046Upbrpg9nNkDJnDuECo1a": {"secret": "Made0047Upx3fze1I7jUVtRuTVra", **_SHORT_CLIENT},
        "Made0048UpzZTynjWZ7bTb98uc6a": {"secret": "Made0049UpNvCZUZrHb0N7PLhVja", **_SHORT_CLIENT},
        "Made0052UpHU7ykj4HpnSARzYn9a": {"secret": "Made0053UpjXcoVKY8qyfSVusITa", "saas": True, "grants": []},
    },
    events={
        309: wait(13),
        325: delete_client("Made0040UpF1JB40zB5ytvNNviIa"),
        384: wait(9),
        386: wait(30),
        # The recording leaves out the request that replaced the token of the user.
        352: change_user("kim@mail.test@carbon.super", password="Kim-pw-1"),
        449: change_user("ada", password="Ada-pw-1"),
    },
    recorded=(
        (1, 48),
        (61, 115),
        (131, 192),
        (201, 275),
        (301, 327),
        (341, 352),
        (361, 373),
        (381, 387),
        (401, 427),
        (441, 452),
        (461, 477),
    ),
    issued_before=frozenset({61, 105, 110, 449}),
    plain=frozenset({253}),
    left_out={
        (93, 93): "Developer Portal, generate-token: the simulator does not have this operation.",
        (267, 267): APPLICATIONS,
        (269, 269): USER_INFORMATION,
        (271, 272): USER_INFORMATION,
        (273, 273): "The key set: the simulator signs with a key of its own, of another type.",
        (274, 275): "Discovery: the simulator does not have this endpoint.",
        (301, 303): "Developer Portal: creates the client of 304 to 325, which this replay has from the beginning.",
        (315, 315): APPLICATIONS,
        (317, 317): APPLICATIONS,
        (324, 324): "Developer Portal: deletes the application of 301. An event deletes its client instead.",
        (347, 347): "Client registration: registers a client that no other request uses.",
        (427, 427): "Revokes the token that came with the keys of 411.",
    },
)

RECORDED_SERVERS = {server.name: server for server in (_IDENTITY_SERVER, _API_MANAGER)}
