# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One process of the soak test: it acquires tokens in a loop, as the workers of ansible-playbook do."""

from __future__ import annotations

import importlib
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible import constants

from ansible_collections.apiops.wso2.plugins.module_utils import _token_endpoint
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_provider import AcquireOptions, TokenProvider

LONGEST_PAUSE = 0.4

# Imported before the processes are forked, because each of them would import it otherwise.
for heavy in ("redis", "ansible_collections.apiops.wso2.plugins.module_utils._transport"):
    importlib.import_module(heavy)


@dataclass(frozen=True)
class Task:
    """run_directory: the temporary directory of a run. result: the file for the results. seconds: the duration."""

    token_store: str
    token_url: str
    ca_path: str
    run_directory: Path
    result: Path
    seconds: float
    min_validity: int


def work(task: Task, barrier: Any) -> None:
    """Start with all other processes, and record each token with the times before and after the call."""
    constants.DEFAULT_LOCAL_TMP = str(task.run_directory)
    calls: list[tuple[str, float, float]] = []
    failures: list[str] = []
    request = _request(task)
    barrier.wait()
    until = time.monotonic() + task.seconds
    while time.monotonic() < until:
        before = time.time()
        try:
            cache = TokenCache(request, task.token_store)
            options = AcquireOptions(min_validity=task.min_validity)
            acquired = TokenProvider(_token_endpoint, cache, request, options).acquire()
            calls.append((acquired.token.access_token, before, time.time()))
            failures += acquired.warnings
        except TokenError as error:
            failures.append(error.message)
        time.sleep(random.uniform(0, LONGEST_PAUSE))
    task.result.write_text(json.dumps({"acquired": calls, "failures": failures}), "utf-8")


def _request(task: Task) -> TokenRequest:
    options: dict[str, Any] = {name: spec.get("default") for name, spec in MODULE_OPTIONS["password"].items()}
    options.update(token_url=task.token_url, ca_path=task.ca_path)
    options.update(consumer_key="demo_key", consumer_secret="demo_secret", username="alice", password="alice-pass")
    return TokenRequest.from_options(options)
