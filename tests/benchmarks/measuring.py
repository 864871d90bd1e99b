# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one run costs: wall time, CPU time and memory of ansible-playbook and all its workers, and token requests."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from contestants import Contestant, Stage
from playbook import Run


@dataclass(frozen=True)
class Cost:
    """wall, cpu: seconds. memory: MiB of the largest process. requests: what the token endpoint counted."""

    wall: float
    cpu: float
    memory: float
    requests: int


@dataclass(frozen=True)
class Spread:
    """Of one figure over the turns."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Summary:
    """The costs of one contestant over all turns."""

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


def measure(stage: Stage, contestants: Sequence[Contestant], *, turns: int) -> Mapping[str, Summary]:
    """Run the CONTESTANTS in turns, for times of different moments on a busy machine say little about each other.

    Each turn begins with another one, lest the same one always run after the one that leaves the machine warmest.
    """
    costs: dict[str, list[Cost]] = {contestant.name: [] for contestant in contestants}
    for turn in range(turns):
        first = turn % len(contestants)
        for contestant in [*contestants[first:], *contestants[:first]]:
            stage.prepare(contestant)
            wall, cpu, memory = _apart(lambda contestant=contestant: stage.play(contestant))  # type: ignore[misc]
            costs[contestant.name].append(Cost(wall, cpu, memory, stage.requests()))
    for contestant in contestants:
        if contestant.asks_once and max(cost.requests for cost in costs[contestant.name]) > 1:
            raise RuntimeError(f"{contestant.name}: more than one token request")
    return {name: Summary.of(seen) for name, seen in costs.items()}


def seconds_of_a_task(summaries: Mapping[str, Summary], count: int, key: str = "median") -> Mapping[str, float]:
    """What one of COUNT tasks adds to the run without any, by the name of the contestant. KEY: of C(Spread)."""
    walls = {name: getattr(each.wall, key) for name, each in summaries.items()}
    least = walls.pop("no task")
    return {name: (wall - least) / count for name, wall in walls.items()}


def _apart(work: Callable[[], Run]) -> tuple[float, float, float]:
    """Wall, CPU and memory of the processes that WORK starts; in a process of its own, or it would count all before."""
    receiver, sender = multiprocessing.get_context("fork").Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_report, args=(work, sender))
    process.start()
    figures = receiver.recv() if receiver.poll(1800) else "no end after half an hour"
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
