# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real servers as fixtures. Each one is started once per test run, in its own process.

``real_server`` is parametrized over both servers. Its attributes are the members of the ready file, as
``ready_file.py`` lists them, and ``state_dir``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace

import ansible_fixtures
import pytest
from real_server import DJANGO, NODE
from server_process import ServerProcess

SERVE = Path(__file__).resolve().parent / "serve.py"

# The first start of the node server waits for npm, which may have to download everything.
_READY_SECONDS = 300.0

StartServer = Callable[[str, Path], AbstractContextManager[SimpleNamespace]]


ansible = ansible_fixtures.ansible
collections = ansible_fixtures.collections


@pytest.fixture(scope="session")
def npm_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that npm installs to. If the environment variable is set, it is reused by later runs."""
    directory = os.environ.get("APIOPS_INTEROP_NPM_DIR")
    return Path(directory) if directory else tmp_path_factory.getbasetemp() / "interop-npm"


@pytest.fixture(scope="session")
def start_server(npm_dir: Path) -> StartServer:
    """Return a context manager that runs a server, for tests that need their own."""

    @contextmanager
    def start(name: str, directory: Path) -> Iterator[SimpleNamespace]:
        ready_file = directory / "ready.json"
        state_dir = directory / "state"
        options = ["--state-dir", str(state_dir), "--ready-file", str(ready_file), "--npm-dir", str(npm_dir)]
        # -B: write no bytecode into the checkout.
        command = [sys.executable, "-B", str(SERVE), name, *options]
        with ServerProcess(
            command, ready_file=ready_file, log_path=directory / "serve.log", ready_seconds=_READY_SECONDS
        ) as server:
            yield SimpleNamespace(state_dir=state_dir, **server.facts)

    return start


@pytest.fixture(scope="session", params=(DJANGO, NODE))
def real_server(
    request: pytest.FixtureRequest, start_server: StartServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    """A running server."""
    with start_server(request.param, tmp_path_factory.mktemp(request.param)) as server:
        yield server
