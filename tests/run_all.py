# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run every nox session, two at a time, and close with what their runners counted.

With the argument C(matrix) these are the tests with each release line of ansible-core, and not the sessions that nox
runs by itself.

The output of a session goes to C(tests/output/log/SESSION.log), and to the screen when it fails. The exit code is 0
only if every session passed and each runner that counts has counted at least one test.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

CHECKOUT = Path(__file__).resolve().parent.parent
OUTPUT = CHECKOUT / "tests" / "output"
COVERAGE = OUTPUT / "coverage" / "total.txt"
NOX = Path(sys.executable).with_name("nox")

# Sessions whose runner writes JUnit reports. The others pass or fail as a whole.
OF_EACH_CORE = ("sanity", "units", "integration", "end-to-end")
COUNTED = (*OF_EACH_CORE, "coverage", "ecosystem", "real-wso2")


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


def main() -> int:
    """Run all, print a line for each, and the sum."""
    is_matrix = sys.argv[1:] == ["matrix"]
    if is_matrix:
        # The noxfile deselects no test then.
        os.environ["APIOPS_MATRIX"] = "1"
    shutil.rmtree(OUTPUT, ignore_errors=True)
    (OUTPUT / "log").mkdir(parents=True)
    started = time.monotonic()
    _run("interpreters", *(["--", "all"] if is_matrix else []))
    with ThreadPoolExecutor() as lanes:
        results = [result for lane in lanes.map(_run_lane, _lanes(_sessions(is_matrix=is_matrix))) for result in lane]
    failed_sessions = [result.session for result in results if not result.has_passed]
    passed = sum(result.passed for result in results)
    # A session without a test report passes or fails as a whole.
    failed = sum(max(result.failed, not result.has_passed) for result in results)
    skipped = sum(result.skipped for result in results)
    seconds = time.monotonic() - started
    print(f"\n{len(results)} sessions in {seconds:.0f} s; failed: {', '.join(failed_sessions) or 'none'}")
    if COVERAGE.exists():
        print(f"The unit tests run {COVERAGE.read_text('utf-8').strip()} % of the plugins")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed_sessions else 0


def _sessions(*, is_matrix: bool) -> list[str]:
    """The default sessions of nox; for the matrix, each kind of test with each release line of ansible-core."""
    listed = subprocess.run([NOX, "-l"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    marked = re.findall(r"^([*-]) (\S+)", listed.stdout, re.MULTILINE)
    if is_matrix:
        return [name for _mark, name in marked if re.fullmatch(rf"({'|'.join(OF_EACH_CORE)})-\d+\.\d+", name)]
    return [name for mark, name in marked if mark == "*"]


def _lanes(sessions: Sequence[str]) -> list[list[str]]:
    """The sessions in two lanes. Those of sanity stay in one, because they share environments."""
    sanity = [name for name in sessions if name.startswith("sanity")]
    playbooks = [name for name in sessions if name.startswith(("end-to-end", "integration"))]
    rest = [name for name in sessions if name not in sanity + playbooks]
    return [sanity + rest, playbooks]


def _run_lane(sessions: Sequence[str]) -> list[SessionResult]:
    return [_run(session) for session in sessions]


def _run(session: str, *arguments: str) -> SessionResult:
    log = OUTPUT / "log" / f"{session}.log"
    started = time.monotonic()
    with log.open("wb") as output:
        command = [NOX, "-s", session, *arguments]
        done = subprocess.run(command, cwd=CHECKOUT, stdout=output, stderr=subprocess.STDOUT, check=False)
    result = SessionResult(session, done.returncode, time.monotonic() - started, *_counts(session))
    _report(result, log)
    return result


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


def _report(result: SessionResult, log: Path) -> None:
    mark = "PASS" if result.has_passed else "FAIL"
    counts = f"{result.passed} passed, {result.failed} failed, {result.skipped} skipped" if result.passed else ""
    lines = [f"{mark} {result.session:<18} {result.seconds:5.0f} s  {counts}"]
    if not result.has_passed:
        lines += [log.read_text("utf-8", "replace")[-20_000:], f"(the whole log: {log.relative_to(CHECKOUT)})"]
    # One call, so that the lanes do not write into each other's lines.
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    sys.exit(main())
