# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start one real OAuth 2.0 server over TLS on a loopback port, until SIGTERM or Ctrl-C.

``python tests/interop/serve.py NAME --state-dir DIR --ready-file FILE`` writes the ready file when the server
is ready, and removes it at the end. ``DIR/access.log`` has one line per request: time, method, path, status.
``DIR/server.log`` has the output of the server.
"""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from certificates import issue_server_certificate
from node_packages import NodePackagesError
from ready_file import ready_content, write_atomically
from seed import new_seed
from server_child import ChildError, listen_on_loopback, start_child
from servers import SERVERS


class _Stop(Exception):
    """The process received a signal to stop."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal to stop (exit code 0) or until the server ends by itself (exit code 1)."""
    options = _parse(arguments)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _raise_stop)
    try:
        _serve(options)
    except _Stop:
        return 0
    except (ChildError, NodePackagesError, OSError) as problem:
        print(f"{options.name}: {problem}", file=sys.stderr)
    return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run a real OAuth 2.0 server for interoperability tests.")
    parser.add_argument("name", choices=sorted(SERVERS))
    parser.add_argument("--state-dir", type=Path, required=True, help="keys, logs and the database; created if missing")
    parser.add_argument("--ready-file", type=Path, required=True, help="written when the server is ready")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--npm-dir", type=Path, help="directory that npm installs to; default: STATE_DIR/npm")
    options = parser.parse_args(arguments)
    options.state_dir = options.state_dir.resolve()
    options.npm_dir = (options.npm_dir or options.state_dir / "npm").resolve()
    return options


def _serve(options: argparse.Namespace) -> NoReturn:
    server = SERVERS[options.name]
    state_dir: Path = options.state_dir
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    launch = server.prepare(options.npm_dir)
    certificate = issue_server_certificate(state_dir)
    seed = new_seed(form_decodes_basic=server.form_decodes_basic)
    listener = listen_on_loopback(options.port)
    port = listener.getsockname()[1]
    start_data = {
        "state_dir": str(state_dir),
        "chain_path": str(certificate.chain_path),
        "key_path": str(certificate.key_path),
        "seed": dataclasses.asdict(seed),
    }
    try:
        with start_child(
            launch.command,
            listener=listener,
            start_data=start_data,
            environment=launch.environment,
            log_path=state_dir / "server.log",
        ) as child:
            child.wait_until_ready(port, server.api_path, certificate.ca_path)
            content = ready_content(options.name, server, launch.version, port, certificate.ca_path, seed)
            write_atomically(options.ready_file, content)
            child.wait()
    finally:
        options.ready_file.unlink(missing_ok=True)
    raise AssertionError("a server that ends is an error")


def _raise_stop(_number: int, _frame: FrameType | None) -> NoReturn:
    # The exception handler ends the child. A second Ctrl-C must not interrupt that.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise _Stop


if __name__ == "__main__":
    sys.exit(main())
