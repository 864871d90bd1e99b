# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hundred processes that want a token all the time, from a server whose tokens live for seconds.

They share a directory, or a Redis as ten control nodes would. Each token that was handed out is held against what the
server says of it: it has to have been alive while it was asked for. The exit code is 1 if one was not, if the server
was asked more often than its tokens make it necessary, or if anything was left behind.
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
# Beyond the end, for what is under way then on a busy machine.
PATIENCE = 60

# A token, and when it was asked for and handed out (epoch seconds).
HandOut = tuple[str, float, float]


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="wso2-soak-") as name:
        directory = Path(name)
        sys.path.insert(0, str(arguments.collections or install(directory)))
        with running_wso2(directory) as wso2:
            wso2.reset(token_lifetime=LIFETIME, refresh_token="rotate")
            with _store(arguments.store, directory) as token_store:
                faults = _soak(wso2, directory, token_store, arguments.seconds)
    print("\n".join(faults) or "good")
    return 1 if faults else 0


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
    """Let all processes go to work for SECONDS, and return a sentence for each thing that was wrong."""
    # Before the processes are forked, lest each of them load all that it needs.
    from soak_process import Task, work

    context = multiprocessing.get_context("fork")
    (directory / "results").mkdir()
    together = context.Barrier(PROCESSES)
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
        processes.append(context.Process(target=work, args=(task, together)))
    for process in processes:
        process.start()
    deadline = time.monotonic() + seconds + PATIENCE
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
    stuck = [process for process in processes if process.is_alive()]
    for process in stuck:
        process.kill()
        process.join()
    results = [json.loads(path.read_text("utf-8")) for path in sorted((directory / "results").iterdir())]
    hand_outs = [hand_out for result in results for hand_out in result["hand_outs"]]
    return [
        *([f"{len(stuck)} processes never ended"] if stuck else []),
        *([f"only {len(results)} processes told what they got"] if len(results) != PROCESSES else []),
        *sorted({failure for result in results for failure in result["failures"]}),
        *_dead(wso2, hand_outs),
        *_too_many(wso2, hand_outs),
        *(f"{path.name} was left behind" for path in directory.rglob(".new-*")),
    ]


def _dead(wso2: Wso2, hand_outs: list[HandOut]) -> list[str]:
    """Those that were at no moment alive between question and answer: each token ends where its successor begins."""
    tokens = wso2.all_tokens()
    begins = [token["issued_at"] for token in tokens]
    ends = [min(token["expires_at"], later) for token, later in zip(tokens, [*begins[1:], math.inf])]
    lives = {token["access_token"]: life for token, *life in zip(tokens, begins, ends)}
    dead = [late for token, asked, late in hand_outs if not (lives[token][0] <= late and asked <= lives[token][1])]
    print(f"{PROCESSES} processes, {len(hand_outs)} hand-outs, {len(tokens)} tokens")
    return [f"{len(dead)} of {len(hand_outs)} tokens were dead when they were handed out"] if dead else []


def _too_many(wso2: Wso2, hand_outs: list[HandOut]) -> list[str]:
    """The server tells lifetimes in whole seconds, so a token may serve for a second less than it could."""
    seconds = max(late for _token, _asked, late in hand_outs) - min(asked for _token, asked, _late in hand_outs)
    requests = len(wso2.token_requests())
    enough = math.ceil(seconds / (LIFETIME - MIN_VALIDITY - 1)) + 2
    return [f"{requests} requests in {seconds:.0f} s, where {enough} are enough"] if requests > enough else []


if __name__ == "__main__":
    sys.exit(main())
