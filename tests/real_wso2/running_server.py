# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server as tests see it: users and applications of their own, what it logged, and which tokens it accepts."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

import requests
from administration import Administration, Application, basic
from configuration import ADMIN_NAME, ADMIN_PASSWORD, Ports

PASSWORD = "Wonder-land1"
TENANT = "foo.example"
TENANT_ADMIN = "tadmin"
GRANTS = ("password", "refresh_token")


class RunningServer:
    """home, log_path: as C(Server) has them."""

    def __init__(self, home: Path, log_path: Path, ca_path: Path, ports: Ports) -> None:
        self._home = home
        self._log_path = log_path
        self.ca_path = str(ca_path)
        self.url = f"https://localhost:{ports.https}"
        self.http_url = f"http://localhost:{ports.http}"
        self.shipped_url = f"https://localhost:{ports.shipped}"
        self.shipped_key_store = home / "repository" / "resources" / "security" / "wso2carbon.jks"
        self.administration = Administration(self.url, ca_path, ADMIN_NAME, ADMIN_PASSWORD)
        self.tenant_administration = Administration(self.url, ca_path, f"{TENANT_ADMIN}@{TENANT}", PASSWORD)

    def add_user(self, name: str = "", password: str = PASSWORD) -> str:
        """Make a user that no other test has, and return its name."""
        name = f"{name or 'user'}{secrets.token_hex(4)}"
        self.administration.add_user(name, password)
        return name

    def add_application(self, *grants: str, key: str = "", secret: str = "", **client: object) -> Application:
        """Register a client that no other test has. CLIENT: members to change, such as C(tokenType)."""
        name = f"app{secrets.token_hex(4)}"
        application = self.administration.add_application(name, *(grants or GRANTS), key=key, secret=secret)
        if client:
            self.administration.configure_client(application, **client)
        return application

    def options(self, application: Application, user: str, **more: Any) -> dict[str, Any]:
        """The options of a task or lookup."""
        return {
            "token_url": f"{self.url}/oauth2/token",
            "ca_path": self.ca_path,
            "consumer_key": application.consumer_key,
            "consumer_secret": application.consumer_secret,
            "username": user,
            "password": PASSWORD,
            **more,
        }

    def variables(self, application: Application, user: str, **more: Any) -> dict[str, Any]:
        """The options as variables of an inventory."""
        return {f"wso2_{name}": value for name, value in self.options(application, user, **more).items()}

    def is_active(self, token: str) -> bool:
        """Does the server accept TOKEN now?"""
        return bool(self.administration.introspect(token)["active"])

    def post(self, path: str, application: Application, **form: str) -> requests.Response:
        """Send a form to the server without the collection."""
        headers = {"Authorization": basic(application.consumer_key, application.consumer_secret)}
        with requests.Session() as session:
            session.trust_env = False
            return session.post(self.url + path, data=form, headers=headers, verify=self.ca_path, timeout=60)

    def requests(self, application: Application | None = None) -> list[str]:
        """The paths of all POST requests so far, or of those that have the header of APPLICATION."""
        logs = sorted((self._home / "repository" / "logs").glob("http_access_*.log"))
        header = basic(application.consumer_key, application.consumer_secret) if application else ""
        lines = [line for log in logs for line in log.read_text("utf-8").splitlines() if line.endswith(header)]
        return [found[1] for found in (re.search(r" POST (\S+) ", line) for line in lines) if found]

    def token_requests(self, application: Application | None = None) -> int:
        """The number of requests to the token endpoint so far, or of those of APPLICATION."""
        return self.requests(application).count("/oauth2/token")

    def failed_logins(self, user: str) -> int:
        """The number of failed logins of USER so far."""
        return self._log_path.read_text("utf-8", "replace").count(f"Authentication failed for {user}\n")
