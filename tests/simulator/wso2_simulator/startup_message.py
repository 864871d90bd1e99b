# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message that the simulator prints at its start."""

from __future__ import annotations

from .ready_file import Facts
from .seeds import DEMO_KEY, DEMO_PASSWORD, DEMO_SECRET, DEMO_USER
from .settings import Settings


def startup_message(facts: Facts, settings: Settings) -> str:
    """Say where everything is and how to get a first token; the credentials are public seeds."""
    gateway = facts["gateway_token_url"] if settings.gateway else "(no gateway: responses 404)"
    optional = {
        "plain HTTP": facts["http_url"],
        "expired": facts["expired_url"],
        "wrong name": facts["wrong_name_url"],
    }
    rows = {
        "token": facts["token_url"],
        "gateway": gateway,
        "revoke": facts["revoke_url"],
        "introspect": f"{facts['introspect_url']}  (Basic admin:admin)",
        "API": facts["api_url"],
        "control": facts["control_url"],
        **{name: url for name, url in optional.items() if url},
        "CA": facts["ca_path"],
        "application": f"{DEMO_KEY} / {DEMO_SECRET}",
        "user": f"{DEMO_USER} / {DEMO_PASSWORD}",
    }
    table = "\n".join(f"  {name:<12}{value}" for name, value in rows.items())
    return (
        f"WSO2 simulator, OAuth component {settings.component}, {settings.token_format} tokens\n{table}\n\n"
        f"  curl --cacert {facts['ca_path']} -u {DEMO_KEY}:{DEMO_SECRET} -d grant_type=password "
        f"-d username={DEMO_USER} -d password={DEMO_PASSWORD} {facts['token_url']}\n\n"
        "Ctrl-C ends it.\n"
    )
