# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure how much a token adds to a run, compared with other ways to get one.

Writes C(tests/output/bench.json), from which C(plots.py) draws the figures of the documentation.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cases
from ansible.release import __version__ as core_version
from cases import Case, Environment
from installed_collection import install
from measurement import Summary, measure, seconds_per_task
from playbook import Ansible
from redis_server import running_redis
from thresholds import print_thresholds
from wso2 import running_wso2

RESULT = Path(__file__).resolve().parents[1] / "output" / "bench.json"
TASKS = 20
GROWTH = {"hosts": (1, 50, 200, 500), "evaluations": (1, 3, 10), "forks": (5, 20, 50)}

Results = Mapping[str, Mapping[str, Summary]]


def main() -> int:
    """Measure the requested groups."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each case runs (default: 3)")
    parser.add_argument("--only", default="", help="measure only the groups whose names contain this text")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wso2-bench-") as name:
        directory = Path(name)
        with (
            running_redis(_make_directory(directory / "redis")) as redis,
            running_wso2(_make_directory(directory / "wso2")) as wso2,
        ):
            environment = Environment(
                Ansible(install(directory), _make_directory(directory / "scratch")), wso2, redis.url
            )
            results = {
                title: _measure(title, environment, group(environment), arguments.rounds)
                for title, group in _groups(directory).items()
                if arguments.only in title
            }
            environment.wso2.reset()
            server_seconds = environment.server_seconds()
    print(f"\nThe server's share of a token request: {server_seconds * 1000:.0f} ms")
    _write(results, arguments.rounds, server_seconds)
    print_thresholds(results, tasks=TASKS, server_seconds=server_seconds)
    return 0


def _groups(directory: Path) -> Mapping[str, Callable[[Environment], Sequence[Case]]]:
    """The groups of cases that are measured in the same rounds, by title."""
    groups: dict[str, Callable[[Environment], Sequence[Case]]] = {
        "lookups, 200 hosts": lambda environment: cases.lookups(environment, directory, hosts=200),
        "a request for each of 50 hosts": lambda _environment: cases.requests_per_host(hosts=50),
        "50 hosts, 50 ms latency": lambda environment: cases.slow_server(environment, hosts=50),
        f"{TASKS} tasks": lambda _environment: cases.tasks(count=TASKS),
        f"{TASKS} tasks over ssh": lambda _environment: cases.tasks_over_ssh(count=TASKS),
    }
    for unit, numbers in GROWTH.items():
        groups[f"growth of {unit}"] = lambda _environment, unit=unit, numbers=numbers: cases.growth(unit, numbers)  # type: ignore[misc]
    return groups


def _measure(title: str, environment: Environment, group: Sequence[Case], rounds: int) -> Mapping[str, Summary]:
    print(f"\n{title} (medians of {rounds} rounds)", flush=True)
    summaries = measure(environment, group, rounds=rounds)
    baselines = {case.name: case.baseline or group[0].name for case in group}
    columns = " ".join(f"{figure:>9} {'ratio':>6} {'lowest':>6}" for figure in ("wall", "CPU", "memory"))
    print(f"  {'':32} {'requests':>8} {columns}")
    for name, summary in summaries.items():
        baseline, figures = summaries[baselines[name]], [f"{summary.requests:>8}"]
        for figure, unit in (("wall", "s"), ("cpu", "s"), ("memory", "M")):
            own, other = getattr(summary, figure), getattr(baseline, figure)
            ratios = f"{own.median / other.median:>6.2f} {own.lowest / other.lowest:>6.2f}"
            figures.append(f"{own.median:>7.2f} {unit} {ratios}")
        print(f"  {name:32} {' '.join(figures)}", flush=True)
    if "tasks" in title:
        _print_tasks(seconds_per_task(summaries, TASKS))
    elif title.startswith("growth"):
        _print_growth(title, summaries)
    else:
        _print_comparison(summaries, set(baselines.values()))
    return summaries


def _print_tasks(each: Mapping[str, float]) -> None:
    """The duration of one task, compared with each task that does not use this collection."""
    others = [name for name in each if not name.startswith("ours")]
    for name, seconds in each.items():
        ratios = ", ".join(f"{seconds / each[other]:.2f} of {other}" for other in others)
        print(f"  {name:32} {seconds * 1000:>7.0f} ms per task: {ratios}", flush=True)


def _print_comparison(summaries: Mapping[str, Summary], baselines: set[str]) -> None:
    """The wall time of each case of this collection, divided by that of each other way to get a token."""
    ours = [name for name in summaries if name.startswith("ours")]
    for other in summaries:
        if other not in baselines and other not in ours:
            wall = summaries[other].wall.median
            ratios = [f"{name.removeprefix('ours, ')} {summaries[name].wall.median / wall:.2f}" for name in ours]
            print(f"  compared with {other}: {', '.join(ratios)}", flush=True)


def _print_growth(title: str, summaries: Mapping[str, Summary]) -> None:
    """The time that one more unit adds, from each size to the next."""
    unit = title.rpartition(" ")[2]
    numbers = GROWTH[unit]
    for name in ("env", "ours"):
        walls = [summaries[f"{name}, {number} {unit}"].wall.median for number in numbers]
        steps = [
            f"{(after - before) / (more - less) * 1000:.1f} ms from {less} to {more}"
            for less, more, before, after in zip(numbers, numbers[1:], walls, walls[1:])
        ]
        print(f"  {name} per unit of {unit}: {', '.join(steps)}", flush=True)


def _write(results: Results, rounds: int, server_seconds: float) -> None:
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "ansible_core": core_version,
        "python": platform.python_version(),
        "rounds": rounds,
        "tasks": TASKS,
        "server_seconds": server_seconds,
        "groups": {
            title: {name: summary.as_mapping() for name, summary in summaries.items()}
            for title, summaries in results.items()
        },
    }
    RESULT.write_text(json.dumps(content, indent=2), "utf-8")
    print(f"The figures are in {RESULT}")


def _make_directory(directory: Path) -> Path:
    directory.mkdir()
    return directory


if __name__ == "__main__":
    sys.exit(main())
