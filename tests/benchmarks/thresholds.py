# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The highest accepted costs of a token, as ratios of medians from the same rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from measurement import Summary, seconds_per_task

Group = Mapping[str, Summary]

LOOKUPS, REQUESTS = "lookups, 200 hosts", "a request for each of 50 hosts"
BASELINE = "env (baseline)"


@dataclass(frozen=True)
class Threshold:
    """RATIO of the figures in GROUP must not be above LIMIT.

    It is printed for the medians, and for the lowest figures of all rounds, which other load changes less.
    """

    sentence: str
    group: str
    ratio: Callable[[Group, str], float]
    limit: float


def print_thresholds(results: Mapping[str, Group], *, tasks: int, server_seconds: float) -> None:
    """Print each threshold whose group was measured, and whether it is met. SERVER_SECONDS: of one token request."""
    print("\nThresholds")
    for threshold in _thresholds(tasks, server_seconds):
        if threshold.group in results:
            ratio, of_lowest = (threshold.ratio(results[threshold.group], key) for key in ("median", "lowest"))
            verdict = "met" if ratio <= threshold.limit else "MISSED"
            figures = f"{ratio:5.2f} (lowest {of_lowest:5.2f}; limit {threshold.limit:.2f})"
            print(f"  {verdict:8} {figures}  {threshold.sentence}")


def _thresholds(tasks: int, server_seconds: float) -> list[Threshold]:
    title = f"{tasks} tasks"
    cases = {
        "in the store of the run": ("ours, cached in the run", "env, after a lookup"),
        "in a directory": ("ours, cached in a directory", BASELINE),
        "after a task": ("ours, after a task", "env, after a task"),
    }
    thresholds = []
    for found, (name, baseline) in cases.items():
        thresholds += [
            Threshold(
                f"wall time of 200 hosts, the token found {found}", LOOKUPS, _between("wall", name, baseline), 1.05
            ),
            Threshold(
                f"CPU time of 200 hosts, the token found {found}", LOOKUPS, _between("cpu", name, baseline), 1.06
            ),
        ]
    return [
        *thresholds,
        Threshold(
            "CPU time of 200 hosts, the token requested by the first lookup",
            LOOKUPS,
            _between("cpu", "ours, first request", BASELINE),
            1.10,
        ),
        Threshold(
            "CPU time of 200 hosts, the token found in a Redis",
            LOOKUPS,
            _between("cpu", "ours, cached in Redis", BASELINE),
            1.10,
        ),
        Threshold("memory of the largest process", LOOKUPS, _between("memory", "ours, first request", BASELINE), 1.05),
        Threshold(
            "memory of the largest process, with a task",
            LOOKUPS,
            _between("memory", "ours, after a task", BASELINE),
            1.05,
        ),
        Threshold(
            "wall time of ten evaluations, compared with one",
            "growth of evaluations",
            _between("wall", "ours, 10 evaluations", "ours, 1 evaluations"),
            1.02,
        ),
        Threshold(
            "wall time that a token adds, compared with a uri request per host",
            REQUESTS,
            _added_compared_with_uri,
            0.10,
        ),
        Threshold(
            "a task with a cached token, compared with ping",
            title,
            _task("ours, cached token, control node", tasks),
            0.15,
        ),
        Threshold(
            "a task with a cached token, compared with ping over ssh",
            f"{title} over ssh",
            _task("ours, cached token, control node", tasks),
            0.15,
        ),
        Threshold(
            "a request from the control node, compared with ping",
            title,
            _task("ours, request, control node", tasks),
            0.25,
        ),
        Threshold(
            "a request from a managed node without the server's time, compared with ping",
            title,
            _task("ours, request, managed node", tasks, without=server_seconds),
            1.10,
        ),
    ]


def _between(figure: str, name: str, other: str) -> Callable[[Group, str], float]:
    def ratio(summaries: Group, key: str) -> float:
        ours, theirs = (getattr(getattr(summaries[each], figure), key) for each in (name, other))
        return float(ours / theirs)

    return ratio


def _added_compared_with_uri(summaries: Group, key: str) -> float:
    baseline, ours, uri = (
        getattr(summaries[name].wall, key) for name in (BASELINE, "ours, first request", "uri request per host")
    )
    return float((ours - baseline) / (uri - baseline))


def _task(name: str, count: int, *, without: float = 0.0) -> Callable[[Group, str], float]:
    def ratio(summaries: Group, key: str) -> float:
        each = seconds_per_task(summaries, count, key)
        return (each[name] - without) / each["ping"]

    return ratio
