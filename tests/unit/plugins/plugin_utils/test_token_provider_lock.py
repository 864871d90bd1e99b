# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many ask the provider at a time: one asks the server, and the others wait for the lock and take what there is."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import seal_for
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import TokenProvider, Wish
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore
from ansible_collections.apiops.wso2.tests.unit.examples import REFUSED, token, token_request
from ansible_collections.apiops.wso2.tests.unit.late_shelf import LateShelf
from ansible_collections.apiops.wso2.tests.unit.provider_stage import LOST, PASSWORD, Server, Stage, granted

PATIENCE = 10.0  # seconds after which a test that hangs is a failure


def test_who_waited_while_the_server_gave_no_answer_is_told_so() -> None:
    stage = Stage(password=LOST)

    def another_asks_in_vain() -> None:
        stage.now += 5
        with pytest.raises(TokenError):
            stage.obtain()

    with pytest.raises(TokenError) as caught:
        stage.obtain(meanwhile=another_asks_in_vain)
    assert caught.value.message == LOST.message
    assert stage.server.asked == [PASSWORD]
    stage.now += 0.1
    with pytest.raises(TokenError):
        stage.obtain()
    assert stage.server.asked == [PASSWORD] * 2


def test_who_waited_takes_what_the_other_got() -> None:
    stage = Stage()
    provision = stage.obtain(meanwhile=stage.obtain)
    assert (provision.token, provision.origin) == (granted(), "stored")
    assert stage.server.asked == [PASSWORD]


def test_the_lock_is_held_while_the_server_is_asked_and_only_then() -> None:
    stage = Stage()
    seen: list[list[str]] = []
    stage.server.while_asked = lambda: seen.append(list(stage.tokens.held))
    stage.obtain()
    stage.obtain()
    name = seal_for(token_request()).name
    assert (seen, stage.tokens.locked_names) == ([[name]], [name])


def test_the_lock_is_released_by_who_fails() -> None:
    stage = Stage(password=REFUSED)
    with pytest.raises(TokenError):
        stage.obtain()
    assert stage.tokens.held == []
    assert len(stage.tokens.locked_names) == 1


@pytest.mark.parametrize("timeout", [1, 30, 300])
def test_the_lock_is_waited_for_as_long_as_its_holder_may_take(timeout: int) -> None:
    request = token_request(timeout=timeout)
    shelf = LateShelf(seal_for(request))
    TokenProvider(Server(), shelf).obtain(request, Wish())
    assert len(shelf.waited) == 1
    assert shelf.waited[0] > 2 * timeout


class SlowServer:
    """Writes down in a file that it was asked, so that every process can see it."""

    def __init__(self, log: Path, outcome: TokenError | None = None) -> None:
        self._log = log
        self._outcome = outcome

    def password_grant(self, request: TokenRequest) -> Token:
        with open(self._log, "a", encoding="utf-8") as log:
            log.write("asked\n")
        time.sleep(0.2)
        if self._outcome is not None:
            raise self._outcome
        return token(asked_at=int(time.time()), access_token=f"of {os.getpid()} at {time.monotonic_ns()}")

    def refresh_grant(self, request: TokenRequest, refresh_token: str) -> Token:
        raise AssertionError("nothing is to be renewed")


def _obtain(directory: Path, outcome: TokenError | None, together: Any, put: Callable[[str], Any]) -> None:
    request = token_request()
    shelf = TokenShelf(
        seal_for(request), tokens=DirectoryStore(str(directory / "kept")), run=DirectoryStore(str(directory / "run"))
    )
    together.wait(PATIENCE)
    try:
        put(TokenProvider(SlowServer(directory / "log", outcome), shelf).obtain(request, Wish()).token.access_token)
    except TokenError as error:
        put(error.message)


def _run_together(workers: Sequence[Any]) -> None:
    """WORKERS: threads or processes."""
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)


OUTCOMES = [("a token", None), ("a rejection", REFUSED), ("no answer", LOST)]


@pytest.mark.parametrize("outcome", [row[1] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES])
def test_of_many_threads_one_asks(tmp_path: Path, outcome: TokenError | None) -> None:
    results: list[str] = []
    arguments = (tmp_path, outcome, threading.Barrier(4), results.append)
    _run_together([threading.Thread(target=_obtain, args=arguments) for turn in range(4)])
    assert (len(results), len(set(results))) == (4, 1)
    assert (tmp_path / "log").read_text("utf-8") == "asked\n"


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("outcome", [row[1] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES])
def test_of_many_processes_one_asks(tmp_path: Path, outcome: TokenError | None) -> None:
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    arguments = (tmp_path, outcome, context.Barrier(4), results.put)
    processes = [context.Process(target=_obtain, args=arguments) for turn in range(4)]
    _run_together(processes)
    assert [process.exitcode for process in processes] == [0] * 4
    assert len({results.get() for process in processes}) == 1
    assert (tmp_path / "log").read_text("utf-8") == "asked\n"


def test_force_takes_what_another_got_while_it_waited() -> None:
    """Many hosts that want a new token at a time must not revoke each other's."""
    stage = Stage(kept=granted(access_token="old"))

    def another_renews() -> None:
        stage.shelf(token_request()).put_token(granted(access_token="new"))

    provision = stage.obtain(force=True, meanwhile=another_renews)
    assert (provision.token.access_token, provision.origin) == ("new", "stored")
    assert stage.server.asked == []
