# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A short C(make soak): 100 processes share one store, and the tokens expire after some seconds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_release

SOAK = Path(__file__).resolve().parents[1] / "benchmarks" / "soak.py"
TESTS = SOAK.parents[1]


@pytest.mark.parametrize("store", ["directory", "redis"])
def test_a_hundred_processes_share_each_token(collections: Path, store: str) -> None:
    paths = [str(TESTS / "harness"), str(TESTS / "simulator")]
    done = subprocess.run(
        [sys.executable, "-B", str(SOAK), store, "--seconds", "8", "--collections", str(collections)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = re.match(r"100 processes, (\d+) calls, (\d+) tokens", done.stdout)
    assert counts is not None, done.stdout
    # With fewer calls or tokens, the test would check nothing.
    assert int(counts[1]) > 200
    assert int(counts[2]) >= 2
