# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(make test) passes only if every session passed and ran tests, and shows what is running."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.apiops.wso2.tests import run_all

# Lists the sessions in the file C(listed). A session runs the lines of the file with its name as a shell script.
FAKE_NOX = """#!/bin/sh
if [ "$1" = -l ]; then cat "$FAKE_NOX/listed"; exit; fi
echo "$APIOPS_MATRIX $*" >> "$FAKE_NOX/calls"
echo "start $2" >> "$FAKE_NOX/order"
report() { mkdir -p "$FAKE_NOX/output/junit/$1" && echo "$2" > "$FAKE_NOX/output/junit/$1/report.xml"; }
if [ -e "$FAKE_NOX/$2" ]; then . "$FAKE_NOX/$2"; fi
echo "end $2" >> "$FAKE_NOX/order"
"""
ONE_PASSED = "<testsuites><testsuite><testcase/></testsuite></testsuites>"
ONE_FAILED = "<testsuites><testsuite><testcase/><testcase><failure/></testcase></testsuite></testsuites>"


class FakeNox:
    """A directory with a program that replaces nox."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.program = directory / "nox"
        self.program.write_text(FAKE_NOX, "utf-8")
        self.program.chmod(0o700)
        (directory / "calls").touch()
        (directory / "order").touch()

    def list(self, *sessions: str) -> None:
        """Add SESSIONS to the listing, with the mark in front of each."""
        text = "".join(f"{session} -> Description.\n" for session in sessions)
        (self.directory / "listed").write_text(f"Sessions defined in noxfile.py:\n\n{text}", "utf-8")

    def script(self, session: str, text: str) -> None:
        """Let SESSION run TEXT."""
        (self.directory / session).write_text(text, "utf-8")

    def calls(self) -> list[str]:
        return (self.directory / "calls").read_text("utf-8").splitlines()

    def order(self) -> list[str]:
        return (self.directory / "order").read_text("utf-8").splitlines()


@pytest.fixture
def nox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeNox:
    fake = FakeNox(tmp_path)
    monkeypatch.setenv("FAKE_NOX", str(tmp_path))
    # main() sets it, so that it must be removed at the end.
    monkeypatch.setenv("APIOPS_MATRIX", "")
    monkeypatch.setattr(run_all, "NOX", fake.program)
    monkeypatch.setattr(run_all, "OUTPUT", tmp_path / "output")
    return fake


def test_passes_if_every_session_passed(nox: FakeNox, capsys: pytest.CaptureFixture[str]) -> None:
    nox.list("* lint", "* coverage", "- plots")
    nox.script("coverage", f"report coverage '{ONE_PASSED}'")
    assert run_all.main([]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^PASS lint +\d+ s", shown, re.MULTILINE)
    assert re.search(r"^PASS coverage +\d+ s  1 passed, 0 failed, 0 skipped$", shown, re.MULTILINE)
    assert shown.endswith("failed: none\n1 passed, 0 failed, 0 skipped\n")
    assert nox.calls()[0] == " -s interpreters"
    assert sorted(nox.calls()[1:]) == [" -s coverage", " -s lint"]


@pytest.mark.parametrize(
    ("session", "script"),
    [
        pytest.param("lint", "exit 1", id="session fails"),
        pytest.param("coverage", f"report coverage '{ONE_FAILED}'", id="report has a failure"),
        pytest.param("coverage", "", id="no report"),
        pytest.param("pytest-2.16", "report pytest-2.16 '<testsuites/>'", id="no test"),
        pytest.param("sanity-2.16", "report sanity-2.16 '<testsuites/>'", id="no sanity test"),
        pytest.param("interpreters", "exit 1", id="no Python"),
    ],
)
def test_fails_if_a_session_fails_or_runs_no_test(
    nox: FakeNox, capsys: pytest.CaptureFixture[str], session: str, script: str
) -> None:
    nox.list("* docs", *([] if session == "interpreters" else [f"* {session}"]))
    nox.script(session, f"echo the reason\n{script}")
    assert run_all.main([]) == 1
    shown = capsys.readouterr().out
    assert f"failed: {session}\n" in shown
    assert "the reason" in shown
    assert "PASS docs" in shown


def test_a_session_that_does_not_count_needs_no_report(nox: FakeNox) -> None:
    nox.list("* extra-checks")
    assert run_all.main([]) == 0


def test_the_matrix_runs_each_kind_of_test_with_each_release(nox: FakeNox) -> None:
    tests = [f"{kind}-2.{minor}" for kind in ("sanity", "units", "integration", "end-to-end") for minor in (16, 17)]
    nox.list("* lint", "- leaks-2.16", *(f"- {test}" for test in tests))
    for test in tests:
        nox.script(test, f"report {test} '{ONE_PASSED}'")
    assert run_all.main(["matrix"]) == 0
    assert nox.calls()[0] == "1 -s interpreters -- all"
    assert sorted(nox.calls()[1:]) == sorted(f"1 -s {test}" for test in tests)


def test_sessions_of_one_kind_do_not_overlap(nox: FakeNox) -> None:
    sessions = ["sanity-2.16", "sanity-2.21", "lint", "docs"]
    nox.list(*(f"* {session}" for session in sessions))
    for session in sessions:
        nox.script(session, f"sleep 0.2\nreport {session} '{ONE_PASSED}'")
    assert run_all.main([]) == 0
    running: set[str] = set()
    most = 0
    for event, session in (line.split() for line in nox.order()):
        running.symmetric_difference_update({session})
        most = max(most, len(running))
        assert event == "end" or not {"sanity-2.16", "sanity-2.21"} <= running
    assert most == 2


@pytest.mark.parametrize(
    ("waiting", "running", "expected"),
    [
        (["lint", "sanity-2.16", "end-to-end-2.16"], [], "end-to-end-2.16"),
        (["lint", "sanity-2.16", "end-to-end-2.16"], ["end-to-end-2.21"], "sanity-2.16"),
        (["lint", "sanity-2.16"], ["sanity-2.21"], "lint"),
        (["sanity-2.16"], ["sanity-2.21"], None),
        ([], ["sanity-2.21"], None),
        # Three of one kind take longer than one of a longer kind, and no two of them can overlap.
        (["real-wso2-2.16", "sanity-2.16", "sanity-2.17", "sanity-2.18"], [], "sanity-2.16"),
    ],
)
def test_the_next_session_is_of_the_kind_that_takes_longest(
    waiting: list[str], running: list[str], expected: str | None
) -> None:
    assert run_all._next_session(waiting, running) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("......  [ 12%]\n.....  [100%]\n", "x (100%)"),
        ("........ [ 12%]\n....", "x (12%)"),
        ('Running sanity test "ansible-doc"\nRunning sanity test "compile" on Python 3.9\n', "x (compile)"),
        ("Running lookup_wso2_password_token integration test role\n", "x (lookup_wso2_password_token)"),
        ("nox > Running session x\n", "x"),
        ("", "x"),
    ],
)
def test_the_progress_is_read_from_the_output(nox: FakeNox, output: str, expected: str) -> None:
    (nox.directory / "output" / "log").mkdir(parents=True)
    (nox.directory / "output" / "log" / "x.log").write_text(output, "utf-8")
    assert run_all._progress("x") == expected


def test_the_progress_is_shown_while_sessions_run(
    nox: FakeNox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_all, "PROGRESS_SECONDS", 0.1)
    nox.list("* coverage", "* lint")
    nox.script("coverage", f"echo '....  [ 40%]'\nsleep 0.5\nreport coverage '{ONE_PASSED}'")
    assert run_all.main([]) == 0
    assert "of 2 done, running: coverage (40%)\n" in capsys.readouterr().out
