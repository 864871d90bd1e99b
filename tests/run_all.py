# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run every nox session, two at a time, and close with what their runners counted.

With the argument C(matrix) these are the tests with each release line of ansible-core, and not the sessions that nox
runs by itself.

The output of a session goes to C(tests/output/log/SESSION.log), and to the screen when it fails. A line every 30
seconds says which sessions are running, and how far they are. The exit code is 0 only if every session passed and each
runner that counts has counted at least one test.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

CHECKOUT = Path(__file__).resolve().parent.parent
OUTPUT = CHECKOUT / "tests" / "output"
NOX = Path(sys.executable).with_name("nox")

# Sessions whose runner writes JUnit reports. The others pass or fail as a whole.
OF_EACH_CORE = ("sanity", "units", "integration", "end-to-end")
COUNTED = (*OF_EACH_CORE, "coverage", "pytest", "ecosystem", "real-wso2")

LANES = 2
PROGRESS_SECONDS = 30.0
# About how long a session of a kind takes, to start the long ones first. All others are short.
SECONDS = {"end-to-end": 600, "real-wso2": 200, "sanity": 120, "coverage": 90, "pytest": 80, "integration": 60}
SHORT_SECONDS = 40
# What pytest and ansible-test print: a percentage, the name of a sanity test or of an integration target.
PROGRESS = re.compile(r"\[ *(\d+%)\]|^Running (?:sanity test \"([\w-]+)\"|(\S+) integration test)", re.MULTILINE)


@dataclass(frozen=True)
class SessionResult:
    """The result of one session. seconds: wall time."""

    session: str
    returncode: int
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def has_passed(self) -> bool:
        """A session that should have counted tests and has none ran nothing, whatever its exit code."""
        counts = self.session.startswith(COUNTED)
        return self.returncode == 0 and self.failed == 0 and (self.passed > 0 or not counts)


def main(arguments: Sequence[str]) -> int:
    """Run all, print a line for each, and the sum."""
    is_matrix = list(arguments) == ["matrix"]
    if is_matrix:
        # The noxfile deselects no test then.
        os.environ["APIOPS_MATRIX"] = "1"
    shutil.rmtree(OUTPUT, ignore_errors=True)
    (OUTPUT / "log").mkdir(parents=True)
    started = time.monotonic()
    interpreters = _run("interpreters", *(["--", "all"] if is_matrix else []))
    _report(interpreters)
    results = [interpreters, *_run_all(_sessions(is_matrix=is_matrix))]
    failed_sessions = [result.session for result in results if not result.has_passed]
    passed = sum(result.passed for result in results)
    # A session without a test report passes or fails as a whole.
    failed = sum(max(result.failed, not result.has_passed) for result in results)
    skipped = sum(result.skipped for result in results)
    print(f"\n{len(results)} sessions in {_duration(started)}; failed: {', '.join(failed_sessions) or 'none'}")
    coverage = OUTPUT / "coverage" / "total.txt"
    if coverage.exists():
        print(f"The unit tests run {coverage.read_text('utf-8').strip()} % of the plugins")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed_sessions else 0


def _sessions(*, is_matrix: bool) -> list[str]:
    """The default sessions of nox; for the matrix, each kind of test with each release line of ansible-core."""
    listed = subprocess.run([NOX, "-l"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    marked = re.findall(r"^([*-]) (\S+)", listed.stdout, re.MULTILINE)
    if is_matrix:
        return [name for _mark, name in marked if re.fullmatch(rf"({'|'.join(OF_EACH_CORE)})-\d+\.\d+", name)]
    return [name for mark, name in marked if mark == "*"]


def _run_all(sessions: Sequence[str]) -> list[SessionResult]:
    """Run C(sessions) in two lanes, and report each result and the progress."""
    waiting, results, started = list(sessions), [], time.monotonic()
    running: dict[Future[SessionResult], str] = {}
    with ThreadPoolExecutor(LANES) as lanes:
        while waiting or running:
            while len(running) < LANES and (session := _next_session(waiting, running.values())):
                waiting.remove(session)
                running[lanes.submit(_run, session)] = session
            done, _running = wait(running, PROGRESS_SECONDS, FIRST_COMPLETED)
            if not done:
                progress = ", ".join(map(_progress, running.values()))
                print(
                    f"     {_duration(started)}, {len(results)} of {len(sessions)} done, running: {progress}",
                    flush=True,
                )
            for future in done:
                results.append(future.result())
                del running[future]
                _report(results[-1])
    return results


def _next_session(waiting: Sequence[str], running: Collection[str]) -> str | None:
    """The first session of the kind that takes longest from now on.

    Sessions of one kind never run side by side. Those of sanity share environments, and the tests of the others start
    processes for both lanes.
    """
    kinds = {_kind(session) for session in running}
    left: dict[str, int] = {}
    for session in waiting:
        kind = _kind(session)
        left[kind] = left.get(kind, 0) + SECONDS.get(kind, SHORT_SECONDS)
    return max(
        (session for session in waiting if _kind(session) not in kinds),
        key=lambda session: left[_kind(session)],
        default=None,
    )


def _kind(session: str) -> str:
    """The name of C(session) without the release of ansible-core."""
    return re.sub(r"-\d+\.\d+$", "", session)


def _progress(session: str) -> str:
    """How far C(session) is, where its output says so."""
    steps = PROGRESS.findall((OUTPUT / "log" / f"{session}.log").read_text("utf-8", "replace"))
    return f"{session} ({''.join(steps[-1])})" if steps else session


def _duration(started: float) -> str:
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    return f"{minutes} min {seconds:02} s"


def _run(session: str, *arguments: str) -> SessionResult:
    started = time.monotonic()
    with (OUTPUT / "log" / f"{session}.log").open("wb") as output:
        command = [NOX, "-s", session, *arguments]
        done = subprocess.run(command, cwd=CHECKOUT, stdout=output, stderr=subprocess.STDOUT, check=False)
    return SessionResult(session, done.returncode, time.monotonic() - started, *_counts(session))


def _counts(session: str) -> tuple[int, int, int]:
    """Passed, failed and skipped in the JUnit reports of SESSION."""
    cases = [
        case
        for report in sorted((OUTPUT / "junit" / session).glob("*.xml"))
        for case in ElementTree.parse(report).iter("testcase")  # noqa: S314 - our own runners wrote it
    ]
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def _report(result: SessionResult) -> None:
    mark = "PASS" if result.has_passed else "FAIL"
    counts = f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped" if result.passed else ""
    print(f"{mark} {result.session:<18} {result.seconds:5.0f} s  {counts}", flush=True)
    if not result.has_passed:
        log = OUTPUT / "log" / f"{result.session}.log"
        print(log.read_text("utf-8", "replace")[-20_000:])
        print(f"(the whole log: {log})", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
