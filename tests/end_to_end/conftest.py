# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the end-to-end tests stand on: the collection as users install it, and a simulator for the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ansible_fixtures
import pytest
from wso2 import Wso2, running_wso2

ansible = ansible_fixtures.ansible
collections = ansible_fixtures.collections


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wso2]:
    with running_wso2(tmp_path_factory.mktemp("wso2")) as wso2:
        yield wso2


@pytest.fixture
def wso2(running_simulator: Wso2) -> Wso2:
    """A simulator as it is at its start."""
    running_simulator.reset()
    return running_simulator


@pytest.fixture
def variables(wso2: Wso2) -> dict[str, Any]:
    """What an inventory would hold for the demo user."""
    return {
        "wso2_token_url": wso2.token_url,
        "wso2_ca_path": wso2.ca_path,
        "wso2_consumer_key": "demo_key",
        "wso2_consumer_secret": "demo_secret",
        "wso2_username": "alice",
        "wso2_password": "alice-pass",
    }
