# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draw the results of bench.py as the figures of the documentation."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

RESULT = Path(__file__).resolve().parents[1] / "output" / "bench.json"
IMAGES = Path(__file__).resolve().parents[2] / "docs" / "docsite" / "rst" / "images"
OURS, OTHER, BASELINE = "#2a6f97", "#c9a227", "#8d99ae"
SPREAD = ("median", "lowest", "highest")
# The cases whose baseline is not the first case of the group. Refer to cases.py.
BASELINES = {"ours, cached in the run": "env, after a lookup", "ours, after a task": "env, after a task"}

# The same figures result in the same file, and texts stay texts instead of outlines.
mpl.rcParams.update({"svg.hashsalt": "apiops.wso2", "svg.fonttype": "none", "font.family": "sans-serif"})


def main() -> int:
    """Read the result and write one file for each figure."""
    result = json.loads(RESULT.read_text("utf-8"))
    groups, tasks = result["groups"], result["tasks"]
    _bars(
        groups["lookups, 200 hosts"],
        "cpu",
        "CPU time of a run over 200 hosts, as a multiple of the env lookup's",
        IMAGES / "bench-lookups.svg",
    )
    _tasks(groups[f"{tasks} tasks"], tasks, IMAGES / "bench-tasks.svg")
    if any(title.startswith("growth") for title in groups):
        _growth(groups, RESULT.with_name("bench-growth.svg"))
    return 0


def _color(name: str) -> str:
    return OURS if name.startswith("ours") else BASELINE if "baseline" in name or name == "debug" else OTHER


def _bars(summaries: Mapping[str, Any], figure: str, title: str, path: Path) -> None:
    first = next(iter(summaries))
    ratios = {
        name: [summary[figure][key] / summaries[BASELINES.get(name, first)][figure]["median"] for key in SPREAD]
        for name, summary in summaries.items()
        if name not in BASELINES.values()
    }
    _draw(ratios, title, "{:.2f}", path)


def _tasks(summaries: Mapping[str, Any], count: int, path: Path) -> None:
    without_task = summaries["no task"]["wall"]["median"]
    each = {
        name: [max(0.0, summary["wall"][key] - without_task) / count * 1000 for key in SPREAD]
        for name, summary in summaries.items()
        if name != "no task"
    }
    _draw(each, "Milliseconds that one task adds to a run", "{:.0f} ms", path)


def _draw(values: Mapping[str, Sequence[float]], title: str, label: str, path: Path) -> None:
    """Horizontal bars with the spread of all rounds."""
    names = list(values)[::-1]
    medians = [values[name][0] for name in names]
    spread = [
        [values[name][0] - values[name][1] for name in names],
        [values[name][2] - values[name][0] for name in names],
    ]
    figure, axes = plt.subplots(figsize=(8, 0.5 * len(names) + 1.2))
    axes.barh(names, medians, xerr=spread, color=[_color(name) for name in names], error_kw={"elinewidth": 0.8})
    for position, (name, median) in enumerate(zip(names, medians)):
        axes.text(values[name][2], position, "  " + label.format(median), va="center", fontsize=9)
    axes.set_title(title, fontsize=11, loc="left")
    axes.set_xlim(0, max(values[name][2] for name in names) * 1.15)
    axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def _growth(groups: Mapping[str, Any], path: Path) -> None:
    """How the cost grows with hosts, evaluations and forks: one line for this collection, one for the baseline."""
    figure, panels = plt.subplots(1, 3, figsize=(9, 3.2))
    for axes, unit in zip(panels, ("hosts", "evaluations", "forks")):
        summaries = groups[f"growth of {unit}"]
        for name, label, color in (("env", "env lookup", BASELINE), ("ours", "wso2_password_token", OURS)):
            # Named by cases.growth as "env, 50 hosts".
            points = {
                int(key.split()[1]): each["wall"]["median"]
                for key, each in summaries.items()
                if key.startswith(f"{name},")
            }
            axes.plot(list(points), list(points.values()), marker="o", color=color, label=label)
        axes.set_xlabel(unit)
        axes.set_ylim(bottom=0)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("seconds, wall")
    panels[0].legend(frameon=False, fontsize=9)
    _save(figure, path)


def _header() -> list[str]:
    """The copyright and license lines of this file, which also apply to the figures."""
    lines = Path(__file__).read_text("utf-8").splitlines()
    return [line.removeprefix("# ") for line in lines[:3]]


def _save(figure: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    plt.close(figure)
    declaration, *rest = (line.rstrip() for line in drawn.getvalue().splitlines())
    path.write_text("\n".join([declaration, "<!--", *_header(), "-->", *rest, ""]), "utf-8")
    print(path)


if __name__ == "__main__":
    sys.exit(main())
