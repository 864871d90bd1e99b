# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the end-to-end tests: the collection as users install it, and one simulator for the test session."""

from __future__ import annotations

from typing import Any

import ansible_fixtures
import pytest
from wso2 import Wso2

ansible = ansible_fixtures.ansible
collections = ansible_fixtures.collections
running_simulator = ansible_fixtures.running_simulator
wso2 = ansible_fixtures.wso2


@pytest.fixture
def variables(wso2: Wso2) -> dict[str, Any]:
    """The variables of an inventory for the demo user."""
    return wso2.demo_variables
