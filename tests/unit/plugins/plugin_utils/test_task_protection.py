# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a task keeps its arguments and its result out of every output."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.plugins.plugin_utils import _task_protection as protection

ARGUMENTS = {
    "username": "alice",
    "password": "s3cret-1",
    "client_secret": "s3cret-2",
    "refresh_token": "s3cret-3",
    "passwrd": "s3cret-4",
    "client_id": "ck",
    "scopes": ["a"],
    "consumer_secret": None,
}
SECRETS = ["s3cret-1", "s3cret-2", "s3cret-3", "s3cret-4"]


def task(**attributes: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"args": dict(ARGUMENTS), "no_log": False, "_ds": None, **attributes})


def test_arguments_are_taken_and_masked_ones_left() -> None:
    one = task()
    assert protection.take_arguments(one) == ARGUMENTS
    assert one.args == {
        "username": "alice",
        "password": MASK,
        "client_secret": MASK,
        "refresh_token": MASK,
        "passwrd": MASK,
        "client_id": "ck",
        "scopes": ["a"],
        "consumer_secret": None,
    }


def test_a_retry_gets_the_real_arguments_again() -> None:
    one = task()
    first = protection.take_arguments(one)
    first["password"] = "changed by the one who took it"
    assert protection.take_arguments(one) == ARGUMENTS
    assert one.args["password"] == MASK


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        pytest.param({"wso2_password_token": {"password": "s3cret-1"}}, False, id="literal secret"),
        pytest.param({"wso2_password_token": {"password": "{{ pw }}"}}, True, id="variable"),
        pytest.param({"vars": [{"x": "a s3cret-1 inside"}]}, False, id="secret in another key"),
        pytest.param(None, True, id="no source"),
    ],
)
def test_source_with_a_secret_is_dropped(source: object, kept: bool) -> None:
    one = task(_ds=source)
    protection.forget_source(one, SECRETS)
    assert one._ds == (source if kept else None)


def test_hushed_restores_what_was_even_on_error() -> None:
    holders = [task(no_log=False), SimpleNamespace(no_log=None), SimpleNamespace(no_log=True)]

    def work() -> None:
        with protection.hushed(holders[0], holders[1], None, holders[2]):
            assert [holder.no_log for holder in holders] == [True, True, True]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    assert [holder.no_log for holder in holders] == [False, None, True]


def test_hushed_when_two_holders_are_one() -> None:
    both = SimpleNamespace(no_log=False)
    with protection.hushed(task(), both, both):
        assert both.no_log is True
    assert both.no_log is False


def test_censor_sets_both_marks() -> None:
    one: Any = task()
    result = {"access_token": "t"}
    protection.censor(one, result)
    assert one.no_log is True
    assert result == {"access_token": "t", "_ansible_no_log": True}


CENSORED: list[tuple[str, bool, dict[str, Any], bool]] = [
    ("no loop", False, {"item": "s3cret-1"}, False),
    ("play hides it", True, {}, True),
    ("item is the secret", False, {"ansible_loop_var": "item", "item": "s3cret-1"}, True),
    ("secret in the item", False, {"ansible_loop_var": "item", "item": {"user": "a", "pw": "s3cret-1"}}, True),
    ("named loop variable", False, {"ansible_loop_var": "user", "user": {"pw": "s3cret-1"}, "item": 1}, True),
    ("item without a secret", False, {"ansible_loop_var": "item", "item": "alice"}, False),
    (
        "neighbours of the item",
        False,
        {"ansible_loop_var": "item", "item": "alice", "ansible_loop": {"allitems": ["alice", "s3cret-1"]}},
        True,
    ),
]


@pytest.mark.parametrize(
    ("no_log", "variables", "censored"), [row[1:] for row in CENSORED], ids=[row[0] for row in CENSORED]
)
def test_must_stay_censored(no_log: bool, variables: dict[str, Any], censored: bool) -> None:
    assert protection.must_stay_censored(task(no_log=no_log), variables, SECRETS) is censored


@pytest.mark.parametrize(
    ("core_shows", "said"), [(True, []), (False, ["ERROR! web1: it broke."])], ids=["2.19 and newer", "older"]
)
def test_show_failure(core_shows: bool, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection, "_CORE_SHOWS_CENSORED_FAILURES", core_shows)
    heard: list[str] = []
    display = SimpleNamespace(display=lambda text, **_given: heard.append(text))
    protection.show_failure(display, "web1", "it broke.")
    assert heard == said
