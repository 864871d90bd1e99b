# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let 100 processes acquire tokens all the time from a server whose tokens expire after some seconds.

They share a directory, or a Redis server as ten control nodes would. The server's record of each returned token must
say that it was valid while it was acquired. The exit code is 1 if a token was not valid, if the server received more
requests than necessary, or if temporary files are left.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installed_collection import install
from redis_server import running_redis
from wso2 import Wso2, running_wso2

PROCESSES = 100
NODES = 10
LIFETIME = 5
MIN_VALIDITY = 2
# After the end, for calls that are still running on a busy machine.
EXIT_TIMEOUT = 60

# A token, and the times before and after the call that returned it (epoch seconds).
Acquired = tuple[str, float, float]


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="wso2-soak-") as name:
        directory = Path(name)
        sys.path.insert(0, str(arguments.collections or install(directory)))
        with running_wso2(directory) as wso2:
            wso2.reset(token_lifetime=LIFETIME, refresh_token="rotate")
            with _store(arguments.store, directory) as token_store:
                problems = _soak(wso2, directory, token_store, arguments.seconds)
    print("\n".join(problems) or "PASS")
    return 1 if problems else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("store", choices=["directory", "redis"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--collections", help="where the collection is installed; by default it is built and installed")
    return parser.parse_args()


@contextmanager
def _store(kind: str, directory: Path) -> Iterator[str]:
    if kind == "directory":
        yield str(directory / "tokens")
    else:
        with running_redis(directory / "redis", password="redis-pw-of-the-soak") as server:
            yield server.url


def _soak(wso2: Wso2, directory: Path, token_store: str, seconds: float) -> list[str]:
    """Run all processes for SECONDS, and return one sentence for each problem."""
    # Imported before the processes are forked, because each of them would import it otherwise.
    from soak_process import Task, work

    context = multiprocessing.get_context("fork")
    (directory / "results").mkdir()
    barrier = context.Barrier(PROCESSES)
    processes = []
    for number in range(PROCESSES):
        task = Task(
            token_store=token_store,
            token_url=wso2.token_url,
            ca_path=wso2.ca_path,
            run_directory=directory / f"node-{number % NODES}",
            result=directory / "results" / f"{number}.json",
            seconds=seconds,
            min_validity=MIN_VALIDITY,
        )
        processes.append(context.Process(target=work, args=(task, barrier)))
    for process in processes:
        process.start()
    deadline = time.monotonic() + seconds + EXIT_TIMEOUT
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
    stuck = [process for process in processes if process.is_alive()]
    for process in stuck:
        process.kill()
        process.join()
    results = [json.loads(path.read_text("utf-8")) for path in sorted((directory / "results").iterdir())]
    acquired = [entry for result in results for entry in result["acquired"]]
    return [
        *([f"{len(stuck)} processes did not end"] if stuck else []),
        *([f"only {len(results)} processes wrote a result"] if len(results) != PROCESSES else []),
        *sorted({failure for result in results for failure in result["failures"]}),
        *_find_invalid(wso2, acquired),
        *_find_needless_requests(wso2, acquired),
        *(f"{path.name} was not removed" for path in directory.rglob(".new-*")),
    ]


def _find_invalid(wso2: Wso2, acquired: list[Acquired]) -> list[str]:
    """Tokens that were never valid during the call that returned them. Each token ends when its successor is issued."""
    tokens = wso2.all_tokens()
    begins = [token["issued_at"] for token in tokens]
    ends = [min(token["expires_at"], later) for token, later in zip(tokens, [*begins[1:], math.inf])]
    lifetimes = {token["access_token"]: lifetime for token, *lifetime in zip(tokens, begins, ends)}
    invalid = [
        token
        for token, before, after in acquired
        if not (lifetimes[token][0] <= after and before <= lifetimes[token][1])
    ]
    print(f"{PROCESSES} processes, {len(acquired)} calls, {len(tokens)} tokens")
    return [f"{len(invalid)} of {len(acquired)} tokens were not valid when they were returned"] if invalid else []


def _find_needless_requests(wso2: Wso2, acquired: list[Acquired]) -> list[str]:
    """The server reports lifetimes in whole seconds, so a token can be used for one second less than it is valid."""
    seconds = max(after for _token, _before, after in acquired) - min(before for _token, before, _after in acquired)
    requests = len(wso2.token_requests())
    enough = math.ceil(seconds / (LIFETIME - MIN_VALIDITY - 1)) + 2
    return [f"{requests} requests in {seconds:.0f} s, but {enough} are enough"] if requests > enough else []


if __name__ == "__main__":
    sys.exit(main())
