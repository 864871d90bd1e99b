# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an OAuth refusal is put on the wire: two JSON members, and WSO2's unquoted realm."""

from __future__ import annotations

from .messages import JSON, Answer, Header, Refusal, json_answer
from .settings import Settings

TOMCAT_STYLE = (
    "body {font-family:Tahoma,Arial,sans-serif;} h1, h2, h3, b {color:white;background-color:#525D76;} "
    "h1 {font-size:22px;} h2 {font-size:16px;} h3 {font-size:14px;} p {font-size:12px;} a {color:black;} "
    ".line {height:1px;background-color:#525D76;border:none;}"
)
#: Headers of a successful response; an error response has none of them.
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
    headers: tuple[Header, ...] = ()
    if challenge:
        headers = (("WWW-Authenticate", f"Basic realm={settings.realm}"),)
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


def service_unavailable(settings: Settings) -> Refusal:
    """Fail the way WSO2 fails if its database reports an error."""
    text = "Service Unavailable Error."
    return Refusal(oauth_error(settings, 502, "server_error", text, outcome="server_error", challenge=True))


def valve_refusal(status: int, username: str) -> Answer:
    """Refuse a request before it reaches a web application: an empty body, and a realm that names the user."""
    headers = (("WWW-Authenticate", f'realm user="{username}"'),)
    return Answer(status, b"", headers, outcome="unauthorized", chunked=True, layer="valve")


def tomcat_page(status: int, title: str) -> Answer:
    """Build the HTML page of the servlet container."""
    heading = f"HTTP Status {status} \u2013 {title}"
    page = (
        f'<!doctype html><html lang="en"><head><title>{heading}</title><style type="text/css">{TOMCAT_STYLE}</style>'
        f"</head><body><h1>{heading}</h1></body></html>"
    )
    headers = (("Content-Type", "text/html;charset=utf-8"), ("Content-Language", "en"))
    return Answer(status, page.encode(), headers, outcome="tomcat_page")
