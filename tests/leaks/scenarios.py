# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The scenarios, one host each: the options, the secrets, and the words that a failure must show."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from channels import CORE
from forms import APPLICATION_PLUGIN, PLUGIN
from mutants import BROKEN_APPLICATION_PLUGIN, BROKEN_PLUGIN
from wso2 import Wso2, running_wso2

MANY = 1_000_000
# Random, so that no other run puts the same secrets into the process list.
MARK = secrets.token_hex(4)
MALFORMED = f"malformed-token-{MARK}"
REDIS_PASSWORD = f"redis-password-{MARK}"


@dataclass(frozen=True)
class Scenario:
    """host: its name in the inventory. options: of the task; the lookup gets those that it has.

    secrets: the values that no task may show, apart from the tokens that the server issues during the run.
    words: parts of the message and of the hint that a failure must show; empty if the scenario succeeds.
    words_of_lookup: the same for the lookup.
    """

    host: str
    options: Mapping[str, Any]
    secrets: tuple[str, ...]
    words: tuple[str, ...] = ()
    words_of_lookup: tuple[str, ...] | None = None

    @property
    def is_broken(self) -> bool:
        """Is it for the mutant that fails?"""
        return self.host.startswith("broken")

    @property
    def plugin(self) -> str:
        """The plugin that the scenario uses."""
        if "application" in self.host:
            return BROKEN_APPLICATION_PLUGIN if self.is_broken else APPLICATION_PLUGIN
        return BROKEN_PLUGIN if self.is_broken else PLUGIN

    def expected(self, *, lookup: bool) -> tuple[str, ...]:
        """The words for the lookup or for the module."""
        return self.words_of_lookup if lookup and self.words_of_lookup is not None else self.words


@dataclass(frozen=True)
class ScenarioServers:
    """The servers, and the scenarios that use them."""

    wso2: Wso2
    scenarios: tuple[Scenario, ...]

    def secrets(self) -> list[str]:
        """All values that must not be shown, including the tokens that were issued up to now."""
        hidden = {secret for scenario in self.scenarios for secret in scenario.secrets}
        for token in self.wso2.all_tokens():
            hidden.update(token[kind] for kind in ("access_token", "refresh_token") if token[kind])
        return sorted(hidden)


@contextmanager
def start_servers(directory: Path) -> Iterator[ScenarioServers]:
    """Start one server for each kind of response."""
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
        yield ScenarioServers(wso2, _scenarios(wso2, echoes, malformed))


def _scenarios(wso2: Wso2, echoes: Mapping[str, Wso2], malformed: Wso2) -> tuple[Scenario, ...]:
    echoed = ("HTTP 400",)
    return (
        Scenario("granted", *_user(wso2, "granted", token_store="none")),
        Scenario("stored", *_user(wso2, "stored")),
        _refresh(wso2),
        _fallback_to_password(wso2),
        _rejected_refresh(wso2),
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
            words=("the certificate of the server cannot be verified", "subject alternative names of the certificate"),
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
        _refresh_with_echo(wso2, echoes["json"]),
        Scenario(
            "misspelled",
            *_user(wso2, "misspelled", passwrd=f"misspelled-password-{MARK}", password=None),
            words=("passwrd is not an option", "The options are"),
        ),
        Scenario(
            "not-a-string",
            *_user(wso2, "not-a-string", password=[f"in-a-list-{MARK}"], more=(f"in-a-list-{MARK}",)),
            words=("password must be a string, but it is a list", "Quote the value"),
        ),
        Scenario("lost-redis", *_user(wso2, "lost-redis", token_store=f"redis://:{REDIS_PASSWORD}@127.0.0.1:1/0")),
        _fact(wso2),
        _revocation(wso2),
        _revocation_with_echo(wso2, echoes["text"]),
        *_applications(wso2, echoes["json"]),
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
    """The options for the scenario's own user and application, and those of them that are secret."""
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
    used = {option: value for option, value in options.items() if value is not None}
    names = ("consumer_secret", "password", "refresh_token", "passwrd")
    secrets = [used[option] for option in names if isinstance(used.get(option), str)]
    # As in a Basic header.
    pair = f"{used['consumer_key']}:{used['consumer_secret']}"
    return used, (password, *secrets, pair, *more)


def _applications(wso2: Wso2, echo: Wso2) -> Iterator[Scenario]:
    """Scenarios for the token of the application itself, which need no user."""

    def scenario(name: str, *words: str, **changes: Any) -> Scenario:
        host = f"application-{name}" if name != "broken" else "broken-application"
        return Scenario(host, *_user(wso2, host, **{"username": None, "password": None, **changes}), words)

    yield scenario("granted", token_store="none")
    yield scenario("stored")
    yield scenario("echo", "HTTP 400", **_at(echo))
    yield scenario(
        "wrong-client",
        *("invalid_client", "Check consumer_key and consumer_secret"),
        consumer_secret=f"wrong {MARK} secret/ü&+9",
    )
    yield scenario("user", "password is not an option", "The options are", password=f"not-an-option-{MARK}")
    unauthorized = scenario("unauthorized", "unauthorized_client", "Enable the client credentials grant")
    wso2.put_application(f"{unauthorized.host}-key", grants=["password"])
    yield unauthorized
    yield scenario("broken", "Unexpected RuntimeError at _token_endpoint.py", "This is a bug")


def _fact(wso2: Wso2) -> Scenario:
    """The runs use a fact cache on disk."""
    words = () if CORE >= (2, 21) else ("fact_name would write the token in plain text", "Use register instead")
    return Scenario("fact", *_user(wso2, "fact", fact_name="wso2_fact"), words, words_of_lookup=())


def _with_refresh_token(wso2: Wso2, name: str, **changes: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Like C(_user), with the refresh token of a token that the server issued to the user."""
    options, secrets = _user(wso2, name, **changes)
    form = {"grant_type": "password", "username": options["username"], "password": options["password"]}
    basic = tuple(options[key].encode() for key in ("consumer_key", "consumer_secret"))
    response = requests.post(wso2.token_url, data=form, auth=basic, verify=wso2.ca_path, timeout=10)
    refresh_token = response.json()["refresh_token"]
    return {**options, "refresh_token": refresh_token}, (*secrets, refresh_token)


def _refresh(wso2: Wso2) -> Scenario:
    return Scenario("refreshed", *_with_refresh_token(wso2, "refreshed", token_store="none"))


def _revocation(wso2: Wso2) -> Scenario:
    return Scenario("revoked", *_with_refresh_token(wso2, "revoked", state="absent"))


def _revocation_with_echo(wso2: Wso2, echo: Wso2) -> Scenario:
    options, secrets = _with_refresh_token(wso2, "echo-revoke", state="absent")
    return Scenario("echo-revoke", {**options, **_at(echo)}, secrets, ("HTTP 400",))


def _fallback_to_password(wso2: Wso2) -> Scenario:
    unknown = f"unknown-refresh-token-{MARK}"
    return Scenario(
        "fallback-to-password", *_user(wso2, "fallback-to-password", token_store="none", refresh_token=unknown)
    )


def _rejected_refresh(wso2: Wso2) -> Scenario:
    unknown = f"rejected-refresh-token-{MARK}"
    options, secrets = _user(wso2, "rejected-refresh", refresh_token=unknown, username=None, password=None)
    words = ("invalid_grant", "The refresh token was already used, has expired, or was revoked")
    return Scenario(
        "rejected-refresh", options, secrets, words, words_of_lookup=("username is missing", "Set the option username")
    )


def _refresh_with_echo(wso2: Wso2, echo: Wso2) -> Scenario:
    token = f"echoed-refresh-token-{MARK}"
    options = _user(wso2, "echo-refresh", refresh_token=token, username=None, password=None, **_at(echo))
    return Scenario("echo-refresh", *options, ("HTTP 400",), words_of_lookup=("username is missing",))
