# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a token may cost at the most, as ratios of medians that were measured in turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from measuring import Summary, seconds_of_a_task

Slice = Mapping[str, Summary]

LOOKUPS, GRANTS = "lookups, 200 hosts", "a grant for each of 50 hosts"
FLOOR = "env (floor)"


@dataclass(frozen=True)
class Goal:
    """RATIO of what was measured in SLICE is not to be above LIMIT.

    It is told of the medians, and of the least of all turns, which other work on the machine changes less.
    """

    sentence: str
    slice: str
    ratio: Callable[[Slice, str], float]
    limit: float


def print_goals(results: Mapping[str, Slice], *, tasks: int, server_seconds: float) -> None:
    """Print each goal whose slice was measured, and whether it is reached. SERVER_SECONDS: of one grant."""
    print("\nGoals")
    for goal in _goals(tasks, server_seconds):
        if goal.slice in results:
            ratio, of_least = (goal.ratio(results[goal.slice], key) for key in ("median", "least"))
            verdict = "reached" if ratio <= goal.limit else "MISSED"
            print(f"  {verdict:8} {ratio:5.2f} (least {of_least:5.2f}; at most {goal.limit:.2f})  {goal.sentence}")


def _goals(tasks: int, server_seconds: float) -> list[Goal]:
    title = f"{tasks} tasks"
    ways = {
        "in the store of the run": ("ours, warm run", "env, after a lookup"),
        "in a directory": ("ours, warm directory", FLOOR),
        "after a task": ("ours, after a task", "env, after a task"),
    }
    goals = []
    for way, (name, floor) in ways.items():
        goals += [
            Goal(f"wall time of 200 hosts, the token found {way}", LOOKUPS, _between("wall", name, floor), 1.05),
            Goal(f"CPU time of 200 hosts, the token found {way}", LOOKUPS, _between("cpu", name, floor), 1.06),
        ]
    return [
        *goals,
        Goal(
            "CPU time of 200 hosts, the token found in a Redis",
            LOOKUPS,
            _between("cpu", "ours, warm Redis", FLOOR),
            1.10,
        ),
        Goal("memory of the largest process", LOOKUPS, _between("memory", "ours, cold", FLOOR), 1.05),
        Goal(
            "memory of the largest process, with a task", LOOKUPS, _between("memory", "ours, after a task", FLOOR), 1.05
        ),
        Goal(
            "wall time of ten mentions, beside one",
            "growth of mentions",
            _between("wall", "ours, 10 mentions", "ours, 1 mentions"),
            1.02,
        ),
        Goal("wall time that a token adds, beside a uri grant per host", GRANTS, _added_beside_uri, 0.10),
        Goal("a warm task, beside ping", title, _task("ours, warm, here", tasks), 0.10),
        Goal("a grant on the control node, beside ping", title, _task("ours, cold, here", tasks), 0.25),
        Goal(
            "a grant on a managed node less the server's part, beside ping",
            title,
            _task("ours, cold, shipped", tasks, without=server_seconds),
            1.10,
        ),
    ]


def _between(figure: str, name: str, peer: str) -> Callable[[Slice, str], float]:
    def ratio(summaries: Slice, key: str) -> float:
        ours, theirs = (getattr(getattr(summaries[each], figure), key) for each in (name, peer))
        return float(ours / theirs)

    return ratio


def _added_beside_uri(summaries: Slice, key: str) -> float:
    floor, ours, uri = (getattr(summaries[name].wall, key) for name in (FLOOR, "ours, cold", "uri grant per host"))
    return float((ours - floor) / (uri - floor))


def _task(name: str, count: int, *, without: float = 0.0) -> Callable[[Slice, str], float]:
    def ratio(summaries: Slice, key: str) -> float:
        each = seconds_of_a_task(summaries, count, key)
        return (each[name] - without) / each["ping"]

    return ratio
