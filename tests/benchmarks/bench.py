# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure what a token costs a run, beside what playbooks do without this collection.

Writes C(tests/output/bench.json), from which C(plots.py) draws the pictures of the documentation.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import contestants as known
from ansible.release import __version__ as core_version
from contestants import Contestant, Stage
from goals import print_goals
from installed_collection import install
from measuring import Summary, measure, seconds_of_a_task
from playbook import Ansible
from redis_server import running_redis
from wso2 import running_wso2

RESULT = Path(__file__).resolve().parents[1] / "output" / "bench.json"
TASKS = 20
GROWTH = {"hosts": (1, 50, 200, 500), "mentions": (1, 3, 10), "forks": (5, 20, 50)}

Results = Mapping[str, Mapping[str, Summary]]


def main() -> int:
    """Measure the slices that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="how often each contestant runs (default: 3)")
    parser.add_argument("--only", default="", help="measure only the slices whose names hold this text")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wso2-bench-") as name:
        directory = Path(name)
        with running_redis(_made(directory / "redis")) as redis, running_wso2(_made(directory / "wso2")) as wso2:
            stage = Stage(Ansible(install(directory), _made(directory / "scratch")), wso2, redis.url)
            results = {
                title: _measured(title, stage, slice_of(stage), arguments.turns)
                for title, slice_of in _slices(directory).items()
                if arguments.only in title
            }
            stage.wso2.reset()
            server_seconds = stage.server_seconds()
    print(f"\nThe server's own part of a grant: {server_seconds * 1000:.0f} ms")
    _write(results, arguments.turns, server_seconds)
    print_goals(results, tasks=TASKS, server_seconds=server_seconds)
    return 0


def _slices(directory: Path) -> Mapping[str, Callable[[Stage], Sequence[Contestant]]]:
    """What is measured in turns, by its title."""
    slices: dict[str, Callable[[Stage], Sequence[Contestant]]] = {
        "lookups, 200 hosts": lambda stage: known.lookups(stage, directory, hosts=200),
        "a grant for each of 50 hosts": lambda _stage: known.grants_of_each_host(hosts=50),
        "50 hosts, 50 ms away": lambda stage: known.slow_server(stage, hosts=50),
        f"{TASKS} tasks": lambda _stage: known.tasks(count=TASKS),
    }
    for unit, numbers in GROWTH.items():
        slices[f"growth of {unit}"] = lambda _stage, unit=unit, numbers=numbers: known.growth(unit, numbers)  # type: ignore[misc]
    return slices


def _measured(title: str, stage: Stage, contestants: Sequence[Contestant], turns: int) -> Mapping[str, Summary]:
    print(f"\n{title} (medians of {turns} turns)", flush=True)
    summaries = measure(stage, contestants, turns=turns)
    floors = {each.name: each.floor or contestants[0].name for each in contestants}
    columns = " ".join(f"{figure:>9} {'ratio':>6} {'least':>6}" for figure in ("wall", "CPU", "memory"))
    print(f"  {'':26} {'requests':>8} {columns}")
    for name, summary in summaries.items():
        floor, figures = summaries[floors[name]], [f"{summary.requests:>8}"]
        for figure, unit in (("wall", "s"), ("cpu", "s"), ("memory", "M")):
            own, other = getattr(summary, figure), getattr(floor, figure)
            ratios = f"{own.median / other.median:>6.2f} {own.least / other.least:>6.2f}"
            figures.append(f"{own.median:>7.2f} {unit} {ratios}")
        print(f"  {name:26} {' '.join(figures)}", flush=True)
    if title.endswith("tasks"):
        _print_tasks(seconds_of_a_task(summaries, TASKS))
    elif title.startswith("growth"):
        _print_growth(title, summaries)
    else:
        _print_peers(summaries, set(floors.values()))
    return summaries


def _print_tasks(each: Mapping[str, float]) -> None:
    """What one task takes, beside each that is not ours."""
    peers = [name for name in each if not name.startswith("ours")]
    for name, seconds in each.items():
        ratios = ", ".join(f"{seconds / each[peer]:.2f} of {peer}" for peer in peers)
        print(f"  {name:26} {seconds * 1000:>7.0f} ms a task: {ratios}", flush=True)


def _print_peers(summaries: Mapping[str, Summary], floors: set[str]) -> None:
    """The wall time of each of ours, as a part of that of each other way to a token."""
    ours = [name for name in summaries if name.startswith("ours")]
    for peer in summaries:
        if peer not in floors and peer not in ours:
            wall = summaries[peer].wall.median
            ratios = [f"{name.removeprefix('ours, ')} {summaries[name].wall.median / wall:.2f}" for name in ours]
            print(f"  beside {peer}: {', '.join(ratios)}", flush=True)


def _print_growth(title: str, summaries: Mapping[str, Summary]) -> None:
    """What one more adds, from each size to the next."""
    unit = title.rpartition(" ")[2]
    numbers = GROWTH[unit]
    for name in ("env", "ours"):
        walls = [summaries[f"{name}, {number} {unit}"].wall.median for number in numbers]
        steps = [
            f"{(after - before) / (more - less) * 1000:.1f} ms from {less} to {more}"
            for less, more, before, after in zip(numbers, numbers[1:], walls, walls[1:])
        ]
        print(f"  {name}, for each of the {unit}: {', '.join(steps)}", flush=True)


def _write(results: Results, turns: int, server_seconds: float) -> None:
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "ansible_core": core_version,
        "python": platform.python_version(),
        "turns": turns,
        "tasks": TASKS,
        "server_seconds": server_seconds,
        "slices": {
            title: {name: summary.as_mapping() for name, summary in summaries.items()}
            for title, summaries in results.items()
        },
    }
    RESULT.write_text(json.dumps(content, indent=2), "utf-8")
    print(f"The figures are in {RESULT}")


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory


if __name__ == "__main__":
    sys.exit(main())
