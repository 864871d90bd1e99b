# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many processes need one token at the same time: one of them sends the request, and the others wait."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import AcquireOptions, TokenProvider
from ansible_collections.apiops.wso2.tests.unit.examples import token, token_request
from ansible_collections.apiops.wso2.tests.unit.shared_run import SERVER_ERROR, UNREACHABLE, WRONG_PASSWORD

_TIMEOUT_SECONDS = 30.0
_PROCESSES = 4

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


class SlowEndpoint:
    """Records each request in a file, which every process can read."""

    def __init__(self, log: Path, outcome: TokenError | None) -> None:
        self._log = log
        self._outcome = outcome

    def request_token(self, request: TokenRequest, *, secrets: list[str]) -> Token:
        with open(self._log, "a", encoding="utf-8") as log:
            log.write(f"{request.username} {' '.join(request.scope)}\n")
        time.sleep(0.2)
        if self._outcome is not None:
            raise self._outcome
        return token(asked_at=int(time.time()), access_token=f"of {os.getpid()} at {time.monotonic_ns()}")

    def refresh_token(self, request: TokenRequest, refresh_token: str, *, secrets: list[str]) -> Token:
        raise AssertionError("nothing can be refreshed")

    def revoke_token(self, request: TokenRequest, token: str, *, secrets: list[str]) -> bool | None:
        raise AssertionError("nothing is revoked")


def _acquire(
    log: Path,
    token_store: str,
    outcome: TokenError | None,
    changes: dict[str, Any],
    barrier: Any,
    put: Callable[[str], Any],
) -> None:
    request = token_request(**changes)
    barrier.wait(_TIMEOUT_SECONDS)
    try:
        cache = TokenCache(request, token_store)
        provider = TokenProvider(SlowEndpoint(log, outcome), cache, request, AcquireOptions())
        put(provider.acquire().token.access_token)
    except TokenError as error:
        put(f"{error.subject} {error.http_status}")


def run_together(log: Path, token_store: str, outcome: TokenError | None, changes: list[dict[str, Any]]) -> set[str]:
    """The results of the processes, each of which changes the request."""
    context = multiprocessing.get_context("fork")
    results, barrier = context.SimpleQueue(), context.Barrier(len(changes))
    processes = [
        context.Process(target=_acquire, args=(log, token_store, outcome, each, barrier, results.put))
        for each in changes
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(_TIMEOUT_SECONDS)
    assert [process.exitcode for process in processes] == [0] * len(changes)
    return {results.get() for _process in processes}


OUTCOMES = [
    ("a token", None),
    ("rejected password", WRONG_PASSWORD),
    ("connection refused", UNREACHABLE),
    ("server error", SERVER_ERROR),
]


@pytest.mark.parametrize("token_store", ["run", "directory"])
@pytest.mark.parametrize("outcome", [row[1] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES])
def test_one_process_sends_the_request(tmp_path: Path, token_store: str, outcome: TokenError | None) -> None:
    store_option = "run" if token_store == "run" else str(tmp_path / "tokens")
    results = run_together(tmp_path / "log", store_option, outcome, [{}] * _PROCESSES)
    assert len(results) == 1
    assert (tmp_path / "log").read_text("utf-8") == "alice \n"


def test_one_process_sends_a_wrong_password_whatever_the_scope(tmp_path: Path) -> None:
    """Also while none of them can know yet that it is wrong."""
    changes = [{"scope": [f"device_{number}"], "retries": number} for number in range(_PROCESSES)]
    results = run_together(tmp_path / "log", "run", WRONG_PASSWORD, changes)
    assert results == {"user 400"}
    assert len((tmp_path / "log").read_text("utf-8").splitlines()) == 1
