# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the project with uvicorn on the socket that serve.py opened.

The first line of standard input is JSON with the start data of the server. The server stops at the end of the input.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import django
import uvicorn
from django.core.management import call_command


def main() -> None:
    """Read the start data, create the database, and serve."""
    start: dict[str, Any] = json.loads(sys.stdin.readline())
    state_dir = Path(start["state_dir"])
    os.environ["INTEROP_STATE_DIR"] = str(state_dir)
    (state_dir / "db.sqlite3").unlink(missing_ok=True)
    django.setup()
    _fill_database(start["seed"])
    threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    _serve(start)


def _fill_database(seed: dict[str, Any]) -> None:
    # Importable only after django.setup(): the models need the settings.
    from django_oauth_toolkit.seeding import insert_seed

    call_command("migrate", verbosity=0)
    insert_seed(seed)


def _serve(start: dict[str, Any]) -> None:
    config = uvicorn.Config(
        "django_oauth_toolkit.asgi:application",
        ssl_certfile=start["chain_path"],
        ssl_keyfile=start["key_path"],
        lifespan="off",
        # uvicorn's own access log contains the query string. The log of the middleware does not.
        access_log=False,
        log_level="warning",
        # A client with an idle connection must not delay the end.
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=start["listener_fd"])])


def _stop_at_end_of_input() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
