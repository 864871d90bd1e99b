# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two servers: their commands and the paths of their endpoints.

They share no code: one is Python (django-oauth-toolkit on oauthlib), the other is
JavaScript (``@node-oauth/oauth2-server`` on express).
"""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from node_packages import install_packages, installed_version, node_command

_HERE = Path(__file__).resolve().parent
_NODE_PACKAGE = "@node-oauth/oauth2-server"


@dataclass(frozen=True)
class Launch:
    """How to run an installed server."""

    version: str
    command: list[str]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class OAuthServer:
    """Paths of a server's endpoints. None: the server has no such endpoint."""

    prepare: Callable[[Path], Launch]
    form_decodes_basic: bool
    token_path: str
    revoke_path: str | None
    introspect_path: str | None
    api_path: str = "/api/whoami"


def _prepare_django(_npm_dir: Path) -> Launch:
    return Launch(
        version=importlib.metadata.version("django-oauth-toolkit"),
        # -B: write no bytecode into the checkout.
        command=[sys.executable, "-B", "-m", "django_oauth_toolkit.server"],
        environment={"PYTHONPATH": str(_HERE), "DJANGO_SETTINGS_MODULE": "django_oauth_toolkit.settings"},
    )


def _prepare_node(npm_dir: Path) -> Launch:
    source = _HERE / "node_oauth2_server"
    modules = install_packages(source, npm_dir)
    return Launch(
        version=installed_version(modules, _NODE_PACKAGE),
        command=[*node_command(), str(source / "server.js")],
        # require() searches the directory of server.js, which has no node_modules, and then this one.
        environment={"NODE_PATH": str(modules)},
    )


SERVERS: Mapping[str, OAuthServer] = {
    "django_oauth_toolkit": OAuthServer(
        prepare=_prepare_django,
        form_decodes_basic=True,
        # The library's own paths, /o/token/ and /o/revoke_token/, work too. These two are the paths of WSO2, where the
        # URL of the revoke endpoint differs from the token endpoint only in the last path segment.
        token_path="/oauth2/token",
        revoke_path="/oauth2/revoke",
        introspect_path="/oauth2/introspect",
    ),
    "node_oauth2_server": OAuthServer(
        prepare=_prepare_node,
        form_decodes_basic=False,
        token_path="/oauth2/token",
        revoke_path=None,
        introspect_path=None,
    ),
}
