# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an OAuth refusal is put on the wire: two JSON members, and WSO2's unquoted realm."""

from __future__ import annotations

from .messages import JSON, Answer, Header, Refusal, json_answer
from .settings import Settings

NO_STORE: tuple[Header, ...] = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))


def oauth_error(
    settings: Settings,
    status: int,
    error: str,
    description: str,
    *,
    outcome: str,
    challenge: bool = False,
    media: str = JSON,
) -> Answer:
    """Build the answer; ``challenge`` adds ``WWW-Authenticate``, whose realm WSO2 leaves unquoted."""
    headers = NO_STORE
    if challenge:
        headers += (("WWW-Authenticate", f"Basic realm={settings.realm}"),)
    content = {"error_description": description, "error": error}
    return json_answer(status, content, headers, outcome=outcome, media=media)


def invalid_request(settings: Settings, description: str) -> Refusal:
    """Refuse a request that is wrong in form."""
    return Refusal(oauth_error(settings, 400, "invalid_request", description, outcome="bad_request"))


def invalid_grant(settings: Settings, description: str, *, outcome: str) -> Refusal:
    """Refuse a user, a password or a refresh token."""
    return Refusal(oauth_error(settings, 400, "invalid_grant", description, outcome=outcome))


def invalid_scope(settings: Settings) -> Refusal:
    """Refuse the scope."""
    return Refusal(oauth_error(settings, 400, "invalid_scope", "Invalid Scope!", outcome="scope_refused"))


def server_error(settings: Settings, description: str = "Internal Server Error.") -> Refusal:
    """Fail the way WSO2 fails: JSON, status 500 and, oddly, with a challenge."""
    answer = oauth_error(settings, 500, "server_error", description, outcome="server_error", challenge=True)
    return Refusal(answer)


def tomcat_page(status: int, title: str) -> Answer:
    """Build the HTML page of the servlet container."""
    heading = f"HTTP Status {status} \u2013 {title}"
    page = (
        f'<!doctype html><html lang="en"><head><title>{heading}</title></head>'
        f'<body><h1>{heading}</h1><hr class="line" /><h3>Apache Tomcat</h3></body></html>'
    )
    return Answer(status, page.encode(), (("Content-Type", "text/html;charset=utf-8"),), outcome="tomcat_page")
