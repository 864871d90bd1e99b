# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the ecosystem tests: the installed collection and a simulator."""

from __future__ import annotations

from pathlib import Path

import ansible_fixtures
import pytest
from example import Example
from wso2 import Wso2

ansible = ansible_fixtures.ansible
collections = ansible_fixtures.collections
running_simulator = ansible_fixtures.running_simulator
wso2 = ansible_fixtures.wso2


@pytest.fixture
def example(collections: Path, wso2: Wso2, tmp_path: Path) -> Example:
    """The example for provisioning in the test's own directory, configured for the simulator."""
    return Example.prepare(collections, wso2, tmp_path)
