# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup for an application's own token: no user, another grant, and everything else as for a user's token."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils import display as display_module

from ansible_collections.apiops.wso2.plugins.lookup import wso2_password_token
from ansible_collections.apiops.wso2.plugins.lookup.wso2_application_token import LookupModule
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    APPLICATION,
    GIVEN,
    USER_VARIABLES,
    application_token,
)
from ansible_collections.apiops.wso2.tests.unit.shared_run import PASSWORD as TOKEN_REQUEST
from ansible_collections.apiops.wso2.tests.unit.shared_run import WRONG_CLIENT, Endpoint, granted

UserLookup = wso2_password_token.LookupModule


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wso2_password_token, "_opened", {})
    for plugin in (LookupModule, UserLookup):
        monkeypatch.setattr(plugin, "failed_at", 0.0)


@pytest.fixture(autouse=True)
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    recording = task_run.record_requests(monkeypatch)
    recording.password = [application_token()]
    return recording


@pytest.fixture
def misses(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    recorded: list[object] = []
    resolve = wso2_password_token._resolve
    monkeypatch.setattr(wso2_password_token, "_resolve", lambda *args: recorded.append(args) or resolve(*args))
    return recorded


def template(value: Any) -> Any:
    assert "password" not in str(value)
    return value


def look_up(
    *terms: str, plugin: type[LookupBase] = LookupModule, variables: dict[str, Any] | None = None, **options: Any
) -> list[Any]:
    wso2_password_token._opened.clear()
    lookup: Any = plugin(templar=SimpleNamespace(template=template))
    return list(lookup.run(list(terms), variables, **options))


def test_it_shares_the_code_of_the_lookup_for_users() -> None:
    assert issubclass(LookupModule, UserLookup)
    # Loaded once, not a second copy with a state of its own.
    assert sys.modules[LookupModule.__mro__[1].__module__] is wso2_password_token


def test_the_token_is_requested_without_a_user(endpoint: Endpoint) -> None:
    assert look_up(**APPLICATION) == [ACCESS_TOKEN]
    assert (endpoint.last.grant, endpoint.last.username, endpoint.last.password) == ("client_credentials", None, None)


def test_all_values(endpoint: Endpoint) -> None:
    (application,) = look_up("token", **APPLICATION)
    assert (application["refresh_token"], application["id_token"], application["origin"]) == (None, None, "granted")
    endpoint.password = [granted()]
    (user,) = look_up("token", plugin=UserLookup, **GIVEN)
    assert application.keys() == user.keys()


def test_a_hit_needs_nothing_else(misses: list[object], endpoint: Endpoint) -> None:
    assert [look_up("token", **APPLICATION)[0]["origin"] for _process in range(3)] == [*("granted", "stored", "stored")]
    assert (len(misses), endpoint.requests) == (1, [TOKEN_REQUEST])


def test_variables_of_a_user_are_not_read(misses: list[object], endpoint: Endpoint) -> None:
    """Hosts with other users share the token, and a password that cannot be templated does no harm."""
    variables = {f"wso2_{name}": value for name, value in APPLICATION.items()}
    for host in ("web1", "web2"):
        users = {**USER_VARIABLES, "wso2_username": host, "wso2_password": "{{ lookup('password', host) }}"}
        assert look_up(variables={**variables, **users}) == [ACCESS_TOKEN]
    assert (len(misses), endpoint.requests) == (1, [TOKEN_REQUEST])


@pytest.mark.parametrize("name", ["username", "password", "organization", "refresh_token", "force", "state"])
def test_a_user_is_no_option(name: str, endpoint: Endpoint) -> None:
    with pytest.raises(AnsibleLookupError, match=f"^wso2_application_token: {name} is not an option") as caught:
        look_up(**APPLICATION, **{name: "s3cret-value"})
    assert "s3cret-value" not in str(caught.value)
    assert endpoint.requests == []


def test_without_a_secret_nothing_is_sent(endpoint: Endpoint) -> None:
    with pytest.raises(AnsibleLookupError, match=r"^wso2_application_token: consumer_secret is missing"):
        look_up(**{**APPLICATION, "consumer_secret": None})
    assert endpoint.requests == []


def test_a_users_token_of_the_same_application_is_another_one(endpoint: Endpoint, misses: list[object]) -> None:
    assert look_up(**APPLICATION) == [ACCESS_TOKEN]
    endpoint.password = [granted()]
    assert look_up(plugin=UserLookup, **GIVEN) == ["granted"]
    assert look_up(**APPLICATION) == [ACCESS_TOKEN]
    assert look_up(plugin=UserLookup, **GIVEN) == ["granted"]
    assert len(misses) == len(endpoint.requests) == 2


@pytest.mark.parametrize(
    "order",
    [((LookupModule, APPLICATION), (UserLookup, GIVEN)), ((UserLookup, GIVEN), (LookupModule, APPLICATION))],
    ids=["first", "second"],
)
def test_a_rejected_client_is_sent_once(
    order: tuple[tuple[type[LookupBase], dict[str, Any]], ...], endpoint: Endpoint
) -> None:
    endpoint.password = [WRONG_CLIENT]
    messages = []
    for plugin, options in order:
        with pytest.raises(AnsibleLookupError) as caught:
            look_up(plugin=plugin, **options)
        messages.append(str(caught.value))
    assert endpoint.requests == [TOKEN_REQUEST]
    assert "The server rejected this client earlier in this run" in messages[1]
    assert "with force: true" in messages[1]


def test_warnings_name_the_plugin(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(display_module.Display, "warning", lambda _self, text, **_given: warnings.append(text))
    endpoint.password = [application_token(scope="default")]
    look_up(**APPLICATION, scope="orders_read")
    assert warnings == ["wso2_application_token: The server did not grant the scope orders_read"]
