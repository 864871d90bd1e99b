# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simple lookup as in many playbook repositories: it sends a token request with each evaluation."""

from __future__ import annotations

from typing import Any

import requests
from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        response = requests.post(
            kwargs["url"],
            data={"grant_type": "password", "username": kwargs["username"], "password": kwargs["password"]},
            auth=(kwargs["key"], kwargs["secret"]),
            verify=kwargs["ca_path"],
            timeout=30,
        )
        response.raise_for_status()
        return [response.json()["access_token"]]
