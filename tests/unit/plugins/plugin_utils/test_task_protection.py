# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No output contains the arguments or the result of a task."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus

import pytest
from ansible.errors import AnsibleActionFail

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import MASK
from ansible_collections.apiops.wso2.plugins.plugin_utils._task_protection import TaskProtection

OPTIONS = MODULE_OPTIONS["password"]
ARGUMENTS = {
    "username": "alice",
    "password": "s3cret-1+&",
    "client_secret": "s3cret-2",
    "refresh_token": "s3cret-3",
    "passwrd": "s3cret-4",
    "token_store": "redis://:s3cret-5@host",
    "client_id": "ck",
    "scopes": ["a"],
    "consumer_secret": None,
}
MASKED = {
    "username": "alice",
    "password": MASK,
    "client_secret": MASK,
    "refresh_token": MASK,
    "passwrd": MASK,
    "token_store": MASK,
    "client_id": "ck",
    "scopes": ["a"],
    "consumer_secret": None,
}
SECRETS = ["s3cret-1+&", "s3cret-2", "s3cret-3", "s3cret-4"]


def new_task(**attributes: Any) -> Any:
    return SimpleNamespace(**{"args": dict(ARGUMENTS), "no_log": False, "_ds": None, **attributes})


def protect(task: Any) -> TaskProtection:
    return TaskProtection.of(task, OPTIONS)


def test_arguments_are_taken_and_masked_ones_are_left() -> None:
    task = new_task()
    assert protect(task).arguments == ARGUMENTS
    assert task.args == MASKED


def test_the_task_is_censored_at_once() -> None:
    """Whatever fails later, such as the timeout keyword or the connection, prints no loop item."""
    task = new_task()
    protect(task)
    assert task.no_log is True


def test_a_retry_gets_the_real_arguments_and_what_was_reported() -> None:
    """It has a new action plugin but the same task."""
    task = new_task()
    protect(task).failure_seen = 5.0
    again = protect(task)
    assert (again.arguments, again.failure_seen) == (ARGUMENTS, 5.0)
    assert task.args == MASKED
    again.show({}, {}, SECRETS)
    assert task.no_log is False
    protect(task)
    assert task.no_log is True


@pytest.mark.parametrize("name", ["password", "client_secret", "refresh_token", "passwrd", "token_store"])
def test_a_redo_of_the_debugger_fails(name: str) -> None:
    """It gets the arguments that the callbacks got, and would send the mask as the password."""
    task = new_task(args={"username": "alice", name: MASK})
    with pytest.raises(AnsibleActionFail, match="not kept for a redo"):
        protect(task)


def test_a_mask_in_another_option_is_no_redo() -> None:
    assert protect(new_task(args={"username": MASK})).arguments == {"username": MASK}


@pytest.mark.parametrize("name", ["args", "no_log"])
def test_a_missing_internal_of_ansible_core_fails_the_task(name: str) -> None:
    task = new_task()
    delattr(task, name)
    with pytest.raises(AnsibleActionFail, match=f"tasks have no {name}"):
        protect(task)


@pytest.mark.parametrize(
    ("source", "is_kept"),
    [
        pytest.param({"wso2_password_token": {"password": "s3cret-2"}}, False, id="literal secret"),
        pytest.param({"wso2_password_token": {"password": "{{ pw }}"}}, True, id="variable"),
        pytest.param({"vars": [{"x": "a s3cret-2 inside"}]}, False, id="secret in another key"),
        pytest.param(None, True, id="no source"),
    ],
)
def test_a_source_with_a_secret_is_dropped(source: object, is_kept: bool) -> None:
    """From ansible-core 2.19 on, errors quote it."""
    task = new_task(_ds=source)
    protect(task).forget_source(SECRETS)
    assert task._ds == (source if is_kept else None)


def test_a_censored_result_has_both_marks() -> None:
    task = new_task()
    protection = protect(task)
    task.no_log = False
    result = {"access_token": "t"}
    protection.censor(result)
    assert task.no_log is True
    assert result == {"access_token": "t", "_ansible_no_log": True}


def loop(item: object, **more: object) -> dict[str, object]:
    return {"ansible_loop_var": "item", "item": item, **more}


SHOWN: list[tuple[str, bool, dict[str, Any], bool]] = [
    # id, no_log of the user, variables, is the failure shown
    ("no loop", False, {"item": "s3cret-1+&"}, True),
    ("hidden by the user", True, {}, False),
    ("hidden by the user in a loop", True, loop("alice"), False),
    ("item without a secret", False, loop("alice"), True),
    ("item is the secret", False, loop("s3cret-1+&"), False),
    ("secret in the item", False, loop({"user": "a", "pw": "s3cret-1+&"}), False),
    ("secret as a key", False, loop({"s3cret-1+&": 1}), False),
    ("secret in base64", False, loop({"basic": base64.b64encode(b"alice:s3cret-1+&").decode()}), False),
    ("secret URL-encoded", False, loop(f"password={quote_plus('s3cret-1+&')}"), False),
    ("another loop variable", False, {"ansible_loop_var": "user", "user": {"pw": "s3cret-1+&"}, "item": 1}, False),
    ("other items of the loop", False, loop("alice", ansible_loop={"allitems": ["alice", "s3cret-1+&"]}), False),
    ("other items without a secret", False, loop("alice", ansible_loop={"allitems": ["alice", "bob"]}), True),
]


@pytest.mark.parametrize(("no_log", "variables", "is_shown"), [row[1:] for row in SHOWN], ids=[row[0] for row in SHOWN])
def test_a_failure_is_shown_unless_a_secret_is_printed_with_it(
    no_log: bool, variables: dict[str, Any], is_shown: bool
) -> None:
    """The item is searched for all forms of the secrets that redaction masks."""
    task = new_task(no_log=no_log)
    protection = protect(task)
    result: dict[str, Any] = {"msg": "It failed."}
    assert protection.show(result, variables, SECRETS) is is_shown
    assert task.no_log is (not is_shown)
    assert result.get("_ansible_no_log", False) is (not is_shown)


@pytest.mark.parametrize(("no_log", "printed"), [(False, ["ERROR! web1: It failed."] * 2), (True, [])])
def test_a_censored_failure_is_readable(no_log: bool, printed: list[str]) -> None:
    """Each time: ansible-core shows equal messages once."""
    shown: list[str] = []
    display = SimpleNamespace(display=lambda text, **_given: shown.append(text))
    protection = protect(new_task(no_log=no_log))
    for _retry in range(2):
        protection.report_censored(display, "web1", "It failed.")
    assert shown == printed


def test_suppressed_output_is_restored_after_an_error() -> None:
    protection = protect(new_task())
    contexts = [SimpleNamespace(no_log=value) for value in (False, None, True)]

    def work() -> None:
        with protection.suppressed_output(contexts[0], None, *contexts[1:]):
            assert [context.no_log for context in contexts] == [True, True, True]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        work()
    assert [context.no_log for context in contexts] == [False, None, True]


def test_suppressed_output_of_one_context_given_twice() -> None:
    context = SimpleNamespace(no_log=False)
    with protect(new_task()).suppressed_output(context, context):
        assert context.no_log is True
    assert context.no_log is False
