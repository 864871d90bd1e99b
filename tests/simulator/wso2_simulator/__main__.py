# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the simulator, wait for Ctrl-C or SIGTERM, clean up."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import sys
import tempfile
from pathlib import Path

from .certificates import write_certificates
from .command_line import Options, parse_options
from .listeners import start_listeners
from .ready_file import ready_facts, write_ready_file
from .request_handler import RequestHandler
from .request_log import RequestLog
from .simulation import Simulation
from .startup_message import startup_message


async def serve(options: Options, directory: Path, stop: asyncio.Event) -> None:
    """Run until ``stop`` is set."""
    log = RequestLog(quiet=options.quiet)
    simulation = Simulation(initial=options.settings)
    certificates = write_certificates(directory, options.host)
    runner, addresses = await start_listeners(RequestHandler(simulation, log), options, certificates)
    try:
        facts = ready_facts(addresses, certificates)
        log.write(startup_message(facts, options.settings))
        if options.ready_file:
            write_ready_file(options.ready_file, facts)
        await stop.wait()
    finally:
        if options.ready_file:
            options.ready_file.unlink(missing_ok=True)
        await runner.cleanup()


async def run(options: Options) -> None:
    """Serve with a directory for the certificates, until a signal arrives."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with contextlib.ExitStack() as cleanup:
        directory = options.state_dir
        if directory is None:
            directory = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="wso2-simulator-")))
        await serve(options, directory.resolve(), stop)


def _allow_many_connections() -> None:
    """Raise the soft limit of open files: hundreds of clients at once are a test case."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> int:
    """Return 0 after a clean end, 1 when a port or a directory cannot be used."""
    options = parse_options()
    _allow_many_connections()
    try:
        asyncio.run(run(options))
    except OSError as error:
        print(f"The simulator cannot start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
