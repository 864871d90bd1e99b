# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cost of one run: wall time, CPU time and memory of ansible-playbook and all its workers, and token requests."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from cases import Case, Environment
from playbook import Run


@dataclass(frozen=True)
class Cost:
    """wall, cpu: seconds. memory: MiB of the largest process. requests: how many the token endpoint received."""

    wall: float
    cpu: float
    memory: float
    requests: int


@dataclass(frozen=True)
class Spread:
    """The spread of one figure over all rounds."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Summary:
    """The costs of one case over all rounds."""

    wall: Spread
    cpu: Spread
    memory: Spread
    requests: int

    @classmethod
    def of(cls, costs: Sequence[Cost]) -> Summary:
        spreads = [Spread.of([getattr(cost, figure) for cost in costs]) for figure in ("wall", "cpu", "memory")]
        return cls(*spreads, requests=max(cost.requests for cost in costs))

    def as_mapping(self) -> dict[str, object]:
        return asdict(self)


def measure(environment: Environment, cases: Sequence[Case], *, rounds: int) -> Mapping[str, Summary]:
    """Run the CASES in rounds, because times from different moments on a busy machine are not comparable.

    Each round starts with another case, so that no case always runs after the same one.
    """
    costs: dict[str, list[Cost]] = {case.name: [] for case in cases}
    for number in range(rounds):
        first = number % len(cases)
        for case in [*cases[first:], *cases[:first]]:
            environment.prepare(case)
            wall, cpu, memory = _run_in_subprocess(lambda case=case: environment.play(case))  # type: ignore[misc]
            costs[case.name].append(Cost(wall, cpu, memory, environment.requests()))
    for case in cases:
        if case.sends_one_request and max(cost.requests for cost in costs[case.name]) > 1:
            raise RuntimeError(f"{case.name}: more than one token request")
    return {name: Summary.of(values) for name, values in costs.items()}


def seconds_per_task(summaries: Mapping[str, Summary], count: int, key: str = "median") -> Mapping[str, float]:
    """The time that one of COUNT tasks adds to a run without tasks, by the name of the case. KEY: of C(Spread)."""
    walls = {name: getattr(each.wall, key) for name, each in summaries.items()}
    without_task = walls.pop("no task")
    return {name: (wall - without_task) / count for name, wall in walls.items()}


def _run_in_subprocess(work: Callable[[], Run]) -> tuple[float, float, float]:
    """Wall time, CPU time and memory of the processes that WORK starts.

    It runs in a process of its own, because the counters include all earlier child processes.
    """
    receiver, sender = multiprocessing.get_context("fork").Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_report, args=(work, sender))
    process.start()
    figures = receiver.recv() if receiver.poll(1800) else "the run did not end within 30 minutes"
    process.join()
    if isinstance(figures, str):
        raise RuntimeError(figures)
    wall, cpu, memory = figures
    return wall, cpu, memory


def _report(work: Callable[[], Run], sender: object) -> None:
    started = time.monotonic()
    run = work()
    wall = time.monotonic() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = (wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    sender.send(figures if run.returncode == 0 else run.stdout + run.stderr)  # type: ignore[attr-defined]
