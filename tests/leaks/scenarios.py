# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens to a request, each on a host of its own: what is asked, what is secret, and what must be read."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from channels import CORE
from wso2 import Wso2, running_wso2

MANY = 1_000_000
# So that no other run puts the same secrets into the list of processes.
MARK = secrets.token_hex(4)
MALFORMED = f"malformed-token-{MARK}"
REDIS_PASSWORD = f"redis-password-{MARK}"


@dataclass(frozen=True)
class Scenario:
    """host: its name in the inventory. options: as the task names them; the lookup gets those that it knows.

    secrets: what none of its tasks may show, beside the tokens that the server grants meanwhile.
    words: what is read on the screen when it fails, from the sentence and from the hint; none if it succeeds.
    words_of_lookup: the same for the lookup.
    """

    host: str
    options: Mapping[str, Any]
    secrets: tuple[str, ...]
    words: tuple[str, ...] = ()
    words_of_lookup: tuple[str, ...] | None = None

    @property
    def is_broken(self) -> bool:
        """Is it for the copy of the collection that fails?"""
        return self.host.startswith("broken")

    def expected(self, *, lookup: bool) -> tuple[str, ...]:
        """The words for one of the doors."""
        return self.words_of_lookup if lookup and self.words_of_lookup is not None else self.words


@dataclass(frozen=True)
class World:
    """The servers, and the scenarios that can be had with them."""

    wso2: Wso2
    scenarios: tuple[Scenario, ...]

    def secrets(self) -> list[str]:
        """All that must not be shown, the tokens that were granted up to now too."""
        hidden = {secret for scenario in self.scenarios for secret in scenario.secrets}
        for token in self.wso2.all_tokens():
            hidden.update(token[kind] for kind in ("access_token", "refresh_token") if token[kind])
        return sorted(hidden)


@contextmanager
def world(directory: Path) -> Iterator[World]:
    """Start a server for each way to answer."""
    with ExitStack() as stack:

        def start(name: str) -> Wso2:
            (directory / name).mkdir()
            return stack.enter_context(running_wso2(directory / name, "--wrong-name-port", "0"))

        wso2 = start("wso2")
        echoes = {kind: start(kind) for kind in ("json", "html", "text")}
        for kind, server in echoes.items():
            server.queue_fault("echo", times=MANY, path="*", format=kind)
        malformed = start("malformed")
        malformed.queue_fault("raw", times=MANY, status=200, body='{"access_token": MALFORMED, "expi')
        wso2.change(lock_after=0, refresh_token="keep", token_format="jwt")
        yield World(wso2, _scenarios(wso2, echoes, malformed))


def _scenarios(wso2: Wso2, echoes: Mapping[str, Wso2], malformed: Wso2) -> tuple[Scenario, ...]:
    echoed = ("HTTP 400",)
    return (
        Scenario("granted", *_user(wso2, "granted", token_store="none")),
        Scenario("stored", *_user(wso2, "stored")),
        _refreshed(wso2),
        _fallen_back(wso2),
        _refused_refresh(wso2),
        Scenario(
            "wrong-password",
            *_user(wso2, "wrong-password", password=f"wrong {MARK}/ü&+'9"),
            words=("invalid_grant: Authentication failed for wrong-password", "Check username and password"),
        ),
        Scenario(
            "wrong-client",
            *_user(wso2, "wrong-client", consumer_secret=f"wrong {MARK} secret/ü&+9"),
            words=("invalid_client", "Check consumer_key and consumer_secret"),
        ),
        Scenario(
            "tls-failure",
            *_user(wso2, "tls-failure", token_url=wso2.wrong_name_url + "/oauth2/token"),
            words=("the certificate of the server cannot be verified", "Use the hostname"),
        ),
        Scenario(
            "malformed",
            *_user(wso2, "malformed", more=(MALFORMED,), **_at(malformed)),
            words=("returned HTTP 200", "This is not the token endpoint"),
        ),
        *(
            Scenario(f"echo-{kind}", *_user(wso2, f"echo-{kind}", **_at(server)), words=echoed)
            for kind, server in echoes.items()
        ),
        _echoed_refresh(wso2, echoes["json"]),
        Scenario(
            "misspelt",
            *_user(wso2, "misspelt", passwrd=f"misspelt-password-{MARK}", password=None),
            words=("passwrd is not an option", "The options are"),
        ),
        Scenario(
            "not-a-text",
            *_user(wso2, "not-a-text", password=[f"in-a-list-{MARK}"], more=(f"in-a-list-{MARK}",)),
            words=("password must be a string, but it is a list", "Quote the value"),
        ),
        Scenario("lost-redis", *_user(wso2, "lost-redis", token_store=f"redis://:{REDIS_PASSWORD}@127.0.0.1:1/0")),
        _fact(wso2),
        _revoked(wso2),
        _echoed_revocation(wso2, echoes["text"]),
        Scenario(
            "broken",
            *_user(wso2, "broken"),
            words=("Unexpected RuntimeError at _token_endpoint.py", "This is a bug"),
        ),
    )


def _at(server: Wso2) -> dict[str, str]:
    return {"token_url": server.token_url, "ca_path": server.ca_path}


def _user(
    wso2: Wso2, name: str, *, more: tuple[str, ...] = (), **changes: Any
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The options of a user and an application of the scenario's own, and what of them is secret."""
    password, secret = f"{name}-password {MARK}/ü&+\"'\\9", f"{name}-secret {MARK}/ü&+9"
    wso2.put_user(name, password=password, roles=["subscriber"])
    wso2.put_application(f"{name}-key", secret=secret, name=name)
    options = {
        **_at(wso2),
        "consumer_key": f"{name}-key",
        "consumer_secret": secret,
        "username": name,
        "password": password,
        "retries": 0,
        "timeout": 20,
        **changes,
    }
    given = {option: value for option, value in options.items() if value is not None}
    names = ("consumer_secret", "password", "refresh_token", "passwrd")
    secrets = [given[option] for option in names if isinstance(given.get(option), str)]
    # As a Basic header carries it.
    pair = f"{given['consumer_key']}:{given['consumer_secret']}"
    return given, (password, *secrets, pair, *more)


def _fact(wso2: Wso2) -> Scenario:
    """The fact cache of these runs is one on a disk."""
    words = () if CORE >= (2, 21) else ("fact_name would write the token in plain text", "Use register instead")
    return Scenario("fact", *_user(wso2, "fact", fact_name="wso2_fact"), words, words_of_lookup=())


def _with_refresh_token(wso2: Wso2, name: str, **changes: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Like C(_user), and a token that the user was granted is named."""
    options, secrets = _user(wso2, name, **changes)
    form = {"grant_type": "password", "username": options["username"], "password": options["password"]}
    basic = tuple(options[key].encode() for key in ("consumer_key", "consumer_secret"))
    answer = requests.post(wso2.token_url, data=form, auth=basic, verify=wso2.ca_path, timeout=10)
    refresh_token = answer.json()["refresh_token"]
    return {**options, "refresh_token": refresh_token}, (*secrets, refresh_token)


def _refreshed(wso2: Wso2) -> Scenario:
    return Scenario("refreshed", *_with_refresh_token(wso2, "refreshed", token_store="none"))


def _revoked(wso2: Wso2) -> Scenario:
    return Scenario("revoked", *_with_refresh_token(wso2, "revoked", state="absent"))


def _echoed_revocation(wso2: Wso2, echo: Wso2) -> Scenario:
    options, secrets = _with_refresh_token(wso2, "echo-revoke", state="absent")
    return Scenario("echo-revoke", {**options, **_at(echo)}, secrets, ("HTTP 400",))


def _fallen_back(wso2: Wso2) -> Scenario:
    dead = f"dead-refresh-token-{MARK}"
    return Scenario("fallen-back", *_user(wso2, "fallen-back", token_store="none", refresh_token=dead))


def _refused_refresh(wso2: Wso2) -> Scenario:
    dead = f"refused-refresh-token-{MARK}"
    options, secrets = _user(wso2, "refused-refresh", refresh_token=dead, username=None, password=None)
    words = ("invalid_grant", "The refresh token was already used, has expired, or was revoked")
    return Scenario(
        "refused-refresh", options, secrets, words, words_of_lookup=("username is missing", "Set the option username")
    )


def _echoed_refresh(wso2: Wso2, echo: Wso2) -> Scenario:
    token = f"echoed-refresh-token-{MARK}"
    options = _user(wso2, "echo-refresh", refresh_token=token, username=None, password=None, **_at(echo))
    return Scenario("echo-refresh", *options, ("HTTP 400",), words_of_lookup=("username is missing",))
