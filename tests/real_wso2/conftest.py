# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of this directory use: the collection as users install it, the simulator, and a real server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import ansible_fixtures
import pytest
from configuration import Ports
from running_server import PASSWORD, TENANT, TENANT_ADMIN, RunningServer
from server import Server, missing_requirement

ansible = ansible_fixtures.ansible
collections = ansible_fixtures.collections
running_simulator = ansible_fixtures.running_simulator
wso2 = ansible_fixtures.wso2


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A WSO2 Identity Server with a tenant. APIOPS_REAL_WSO2 names the facts of one that runs already."""
    if missing := missing_requirement():
        # Continuous integration must not pass without these tests.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    if facts := os.environ.get("APIOPS_REAL_WSO2"):
        yield _running(**json.loads(Path(facts).read_text("utf-8")))
        return
    with Server(tmp_path_factory.mktemp("server")) as started:
        running = RunningServer(started.home, started.log_path, started.ca_path, started.ports)
        running.administration.add_tenant(TENANT, TENANT_ADMIN, PASSWORD)
        yield running


def _running(home: str, log: str, ca: str, ports: list[int]) -> RunningServer:
    return RunningServer(Path(home), Path(log), Path(ca), Ports(*ports))
