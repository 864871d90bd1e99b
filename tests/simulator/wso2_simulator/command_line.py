# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line."""

from __future__ import annotations

import argparse
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .component_version import parse_version
from .settings import Settings

DESCRIPTION = """\
A server that behaves like the OAuth endpoints of WSO2 (API Manager and Identity Server): token, refresh, revoke and
introspection, version by version. It listens on this machine only, knows a few made-up users and
applications, keeps everything in memory and forgets it at the end (Ctrl-C)."""
EPILOG = "Everything can also be changed while it runs: see the control API in tests/simulator/README.md."
HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Options:
    """What the command line says about the process; the rest is in Settings."""

    host: str
    port: int
    http_port: int | None
    expired_port: int | None
    wrong_name_port: int | None
    state_dir: Path | None
    ready_file: Path | None
    client_certificate: str
    quiet: bool
    settings: Settings


def parse_options(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; ends the process with a usage message when it is wrong."""
    given = _parser().parse_args(arguments)
    settings = Settings(
        component=given.component,
        gateway=not given.no_gateway,
        token_format=given.token_format,
        token_lifetime=given.token_lifetime,
        refresh_token=given.refresh_token,
        lock_after=given.lock_after,
    )
    return Options(
        host=given.host,
        port=given.port,
        http_port=given.http_port,
        expired_port=given.expired_port,
        wrong_name_port=given.wrong_name_port,
        state_dir=given.state_dir,
        ready_file=given.ready_file,
        client_certificate=given.client_certificate,
        quiet=given.quiet,
        settings=settings,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m wso2_simulator",
        usage="PYTHONPATH=tests/simulator python -m wso2_simulator [option ...]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_listeners(parser.add_argument_group("where it listens"))
    _add_behavior(parser.add_argument_group("which server it is"))
    _add_files(parser.add_argument_group("files and output"))
    return parser


def _add_listeners(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--host",
        type=_loopback,
        default="127.0.0.1",
        metavar="ADDRESS",
        help="loopback address to listen on (default: 127.0.0.1); others are rejected",
    )
    group.add_argument("--port", type=_port, default=9443, help="HTTPS port (default: 9443; 0: a free one)")
    group.add_argument(
        "--http-port",
        type=_port,
        metavar="PORT",
        help="also listen without TLS on this port (default: off; 0: a free one)",
    )
    group.add_argument(
        "--expired-port",
        type=_port,
        metavar="PORT",
        help="also listen with an expired certificate (default: off; 0: a free one)",
    )
    group.add_argument(
        "--wrong-name-port",
        type=_port,
        metavar="PORT",
        help="also listen with a certificate for another name (default: off; 0: a free one)",
    )
    group.add_argument(
        "--client-certificate",
        choices=["none", "optional", "required"],
        default="none",
        help="request a certificate from TLS clients (default: none)",
    )


def _add_behavior(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--component",
        type=_component,
        default="7.0.26",
        metavar="VERSION",
        help="version of the OAuth component, which decides texts, status codes and headers: "
        "5.3.4 (API Manager 2.1), 5.6.63 (2.2), 6.0.53 (2.6), 6.2.25 (3.0), 6.4.2 (3.1, 3.2), "
        "6.4.111 (4.0), 6.4.176 (4.1), 6.13.16 (4.3), 7.0.26 (Identity Server 7.0), 7.4.99 (7.3); "
        "any other three numbers do as well (default: 7.0.26)",
    )
    group.add_argument(
        "--no-gateway",
        action="store_true",
        help="like API Manager 4 and later: /token and /revoke response 404, only /oauth2/... works",
    )
    group.add_argument(
        "--token-format",
        choices=["opaque", "jwt"],
        default="opaque",
        help="opaque: a repeated request returns the same token with its remaining seconds; "
        "jwt: a new token that revokes the one before (default: opaque)",
    )
    group.add_argument(
        "--token-lifetime",
        type=_lifetime,
        default=3600,
        metavar="SECONDS",
        help="lifetime of an access token, or 'never' for one that does not expire (default: 3600)",
    )
    group.add_argument(
        "--refresh-token",
        choices=["rotate", "keep", "none"],
        default="rotate",
        help="a new refresh token each time, the same one again, or none at all (default: rotate)",
    )
    group.add_argument(
        "--lock-after",
        type=_count,
        default=3,
        metavar="N",
        help="wrong passwords in a row that lock an account (default: 3; 0: never)",
    )


def _add_files(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--state-dir",
        type=Path,
        metavar="DIRECTORY",
        help="where to write ca.pem, server.pem, client.pem, their keys and some certificates for "
        "tests (default: a temporary directory, removed at the end)",
    )
    group.add_argument(
        "--ready-file",
        type=Path,
        metavar="FILE",
        help="JSON file with all URLs and paths, written once it listens and removed at the end",
    )
    group.add_argument("--quiet", action="store_true", help="print nothing but errors")


def _loopback(text: str) -> str:
    address = "127.0.0.1" if text == "localhost" else text
    try:
        loopback = ipaddress.ip_address(address).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise argparse.ArgumentTypeError(f"'{text}' is not a loopback address; the simulator serves this machine only")
    return address


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port; write a number from 0 to {HIGHEST_PORT}")
    return int(text)


def _component(text: str) -> str:
    try:
        parse_version(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def _lifetime(text: str) -> int | str:
    return "never" if text == "never" else _count(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of 0 or more")
    return int(text)
