# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start a WSO2 Identity Server for a person, and end it on Ctrl-C: C(make wso2)."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import tempfile
import time
from pathlib import Path

from administration import Administration, AdministrationError, Application
from bundle import CompileError
from configuration import ADMIN_NAME, ADMIN_PASSWORD
from downloads import DownloadError
from server import Server, StartError

USER = "alice"
PASSWORD = "Wonder-land1"
WELCOME = """
A WSO2 Identity Server of the 6.1 family is ready after {seconds:.0f} seconds. Ctrl-C ends it and removes its files.

The four values, and the certificate to trust, for a shell:

export WSO2_TOKEN_URL={url}/oauth2/token
export WSO2_CONSUMER_KEY={application.consumer_key}
export WSO2_CONSUMER_SECRET={application.consumer_secret}
export WSO2_USERNAME={user} WSO2_PASSWORD={password}
export WSO2_CA_PATH={ca_path}

With these, a playbook needs no options:

ansible-playbook tests/real_wso2/check_own_server.yml -e wso2_token_url=$WSO2_TOKEN_URL

Three wrong passwords lock an account for five minutes. The administrator is {admin} with the password {admin_password}.
Server log: {log_path}
"""


def main() -> int:
    """Return 0 after Ctrl-C, and 1 with a message if the server does not start."""
    parser = argparse.ArgumentParser(prog="make wso2", description="Start a WSO2 Identity Server until Ctrl-C.")
    parser.add_argument("--port", type=int, default=0, help="HTTPS port on 127.0.0.1 (default: a free one)")
    port = parser.parse_args().port
    # A terminated command ends its server, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory(prefix="apiops-wso2-") as directory, contextlib.suppress(KeyboardInterrupt):
            serve(Path(directory), port)
    except (AdministrationError, CompileError, DownloadError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def serve(directory: Path, port: int) -> None:
    """Start a server with an application and a user, and wait for a signal."""
    started = time.monotonic()
    print("Starting a WSO2 Identity Server ...", flush=True)
    with Server(directory, port) as server:
        application = furnish(server)
        print(
            WELCOME.format(
                seconds=time.monotonic() - started,
                url=server.url,
                application=application,
                user=USER,
                password=PASSWORD,
                ca_path=server.ca_path,
                admin=ADMIN_NAME,
                admin_password=ADMIN_PASSWORD,
                log_path=server.log_path,
            ),
            flush=True,
        )
        signal.pause()


def furnish(server: Server) -> Application:
    """Make the user, and the application that may use the password and the client credentials grant."""
    administration = Administration(server.url, server.ca_path, ADMIN_NAME, ADMIN_PASSWORD)
    administration.add_user(USER, PASSWORD)
    return administration.add_application("ansible", "password", "refresh_token", "client_credentials")


if __name__ == "__main__":
    sys.exit(main())
