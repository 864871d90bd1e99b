# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sockets of the simulator: HTTPS, plain HTTP, and two with invalid certificates."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from aiohttp import web

from .certificates import Certificates
from .command_line import Options
from .request_handler import RequestHandler, without_additions
from .tls_port import TlsPort

BACKLOG = 2048
#: Enough for a JWT with very many claims in the Authorization header.
LONGEST_HEADER = 2 * 1024 * 1024
LARGEST_BODY = 16 * 1024 * 1024
#: Requests without a response must not delay the end.
SHUTDOWN_SECONDS = 0.2


@dataclass(frozen=True)
class Addresses:
    """The URLs that the listeners ended up with; None for those that are off."""

    https: str
    http: str | None
    expired: str | None
    wrong_name: str | None


async def start_listeners(
    handler: RequestHandler, options: Options, certificates: Certificates
) -> tuple[web.AppRunner, Addresses]:
    """Open all sockets; returns the runner (to clean up in the end) and the addresses."""
    application = web.Application(client_max_size=LARGEST_BODY)
    # A dot would leave out paths with a line feed, which must be journaled like all others.
    application.router.add_route("*", r"/{path:[\s\S]*}", handler.handle)
    application.on_response_prepare.append(without_additions)
    tls_ports: list[TlsPort] = []

    async def close_tls_ports(_application: web.Application) -> None:
        for port in tls_ports:
            await port.close()

    application.on_shutdown.append(close_tls_ports)
    runner = web.AppRunner(
        application,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=SHUTDOWN_SECONDS,
        max_line_size=LONGEST_HEADER,
        max_field_size=LONGEST_HEADER,
    )
    await runner.setup()
    assert runner.server is not None
    tls_ports.append(TlsPort(runner.server, certificates.server_context("server", options.client_certificate)))
    try:
        addresses = Addresses(
            https=f"https://{_url_host(options.host)}:{tls_ports[0].listen(options.host, options.port, BACKLOG)}",
            http=await _listen(runner, options.host, options.http_port, None),
            expired=await _listen(runner, options.host, options.expired_port, certificates.server_context("expired")),
            wrong_name=await _listen(
                runner, options.host, options.wrong_name_port, certificates.server_context("wrong-name")
            ),
        )
    except BaseException:
        await runner.cleanup()
        raise
    return runner, addresses


async def _listen(runner: web.AppRunner, host: str, port: int | None, tls: ssl.SSLContext | None) -> str | None:
    if port is None:
        return None
    known = len(runner.addresses)
    await web.TCPSite(runner, host, port, ssl_context=tls, backlog=BACKLOG).start()
    bound = runner.addresses[known][1]
    return f"{'https' if tls else 'http'}://{_url_host(host)}:{bound}"


def _url_host(host: str) -> str:
    if host == "127.0.0.1":
        return "localhost"
    return f"[{host}]" if ":" in host else host
