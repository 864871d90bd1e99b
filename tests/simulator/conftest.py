# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator process for all tests of a run, reset before each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from simulator_process import RunningSimulator


@pytest.fixture(scope="session")
def simulator_process() -> Iterator[RunningSimulator]:
    """Start the shared process."""
    with RunningSimulator("--client-certificate", "optional") as running:
        yield running


@pytest.fixture
def simulator(simulator_process: RunningSimulator) -> RunningSimulator:
    """Return the shared simulator as it was at its start."""
    simulator_process.control("POST", "reset")
    return simulator_process
