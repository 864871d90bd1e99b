# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures name the cause that the response shows: for the module and the lookup, from either node."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playbook import Ansible, Run, write_json
from scripted_endpoint import ScriptedEndpoint

pytestmark = pytest.mark.any_release

PLUGIN = "apiops.wso2.wso2_password_token"
ENTRY_POINTS = ("module", "lookup", "managed node")
MODULE = ("module",)
# Executing a module takes a second, so the rows go there that differ in what is sent or in the kind of the body.
EVERYWHERE = ENTRY_POINTS
# The second host shows that a message is complete for hosts that share the failure.
HOSTS = {"module": ("host1", "host2"), "lookup": ("host1",), "managed node": ("host1",)}

SECRET, PASSWORD, REFRESH_TOKEN = "rows-secret-5Kd", "rows-password-5Kd", "rows-refresh-token-5Kd"
COMMON = {
    "consumer_key": "rows_key",
    "consumer_secret": SECRET,
    "username": "alice",
    "password": PASSWORD,
    "retries": 0,
    "timeout": 10,
}
REFRESH = {"refresh_token": REFRESH_TOKEN, "username": None, "password": None}
REVOKE = {**REFRESH, "state": "absent"}

CLIENT = "Check consumer_key and consumer_secret"
USER = "Check username and password"
NOT_THE_ENDPOINT = "This is not the token endpoint. Check token_url"
NOT_THE_REVOCATION = "This is not the token endpoint. Check revoke_url"
SAYS_NOT_WHY = "The server does not say why. Check"
LOG = "See the server's log"
LONG_SCOPE = "device_" + "x" * 60
TENANT_PAGE = b"<!-- A notice. -->\n<html><head><title>Redirecting</title></head><body></body></html>"
TOMCAT_PAGE = "<!doctype html><html><head><title>HTTP Status 404 \u2013 Not Found</title></head></html>".encode()
FRAMES = b"<frameset><noframes><body>The balancer has no backend</body></noframes></frameset>"
NO_STORE = "17004 Account is disabled for user: dora in user store: PRIMARY in tenant: carbon.super. Cannot login"
DIFFERENT = "The authenticated client is not authorized to use this authorization grant type"


class Row(NamedTuple):
    """status, body: the response to every request. shown: parts of the message. absent: what it must not contain.

    options: on top of C(COMMON), None leaves one out. path: that of C(token_url).
    """

    name: str
    status: int
    body: Any
    shown: tuple[str, ...]
    absent: tuple[str, ...] = ()
    options: Mapping[str, Any] = {}
    path: str = "/oauth2/token"
    entry_points: tuple[str, ...] = ("module", "lookup")


def oauth(error: str, description: str | None = None) -> dict[str, str]:
    return {"error": error, **({"error_description": description} if description is not None else {})}


ROWS = (
    Row(
        "F1: URL without user information and query",
        500,
        b"",
        ("/oauth2/token returned HTTP 500",),
        ("tenant=1",),
        path="/oauth2/token?tenant=1",
        entry_points=EVERYWHERE,
    ),
    Row("F2: 401 with a number as the error", 401, {"result": 0, "error": 9}, (NOT_THE_ENDPOINT,), (CLIENT, "9.")),
    Row(
        "F2: empty 401", 401, b"", (NOT_THE_ENDPOINT, "HTTP 401 with an empty body"), (CLIENT,), entry_points=EVERYWHERE
    ),
    Row(
        "F2: 401 of a gateway",
        401,
        {"code": "900902", "message": "Missing Credentials"},
        ("as an API call", "token_url"),
        (CLIENT,),
    ),
    Row(
        "F2: 401 of a gateway, fault",
        401,
        {"fault": {"code": 900901, "message": "Invalid Credentials"}},
        ("as an API call",),
        (CLIENT,),
    ),
    Row("F2: 401 page", 401, b"<html><title>Login</title></html>", (NOT_THE_ENDPOINT,), (CLIENT,)),
    Row("F2: empty 401, refresh", 401, b"", (NOT_THE_ENDPOINT,), (CLIENT,), REFRESH, entry_points=MODULE),
    Row(
        "F2: empty 401, revocation",
        401,
        b"",
        (NOT_THE_REVOCATION, "/oauth2/revoke returned"),
        (CLIENT, "token_url"),
        REVOKE,
        entry_points=("module", "managed node"),
    ),
    Row(
        "F2: 401 of a gateway, revocation",
        401,
        {"code": "900902"},
        ("revoke_url is the OAuth revoke endpoint",),
        (CLIENT, "token_url"),
        REVOKE,
        entry_points=MODULE,
    ),
    Row(
        "F3: refresh token rejected",
        400,
        oauth("invalid_grant", "Persisted access token data not found"),
        ("The refresh token was already used",),
        (USER, "password is missing"),
        REFRESH,
        entry_points=("module", "managed node"),
    ),
    Row(
        "F3: refresh token rejected, 401",
        401,
        oauth("invalid_grant"),
        ("The refresh token was already used",),
        (USER,),
        REFRESH,
        entry_points=MODULE,
    ),
    Row(
        "F3: password grant with that text",
        400,
        oauth("invalid_grant", "Persisted access token data not found"),
        (USER,),
        ("The refresh token",),
    ),
    Row(
        "F4: organization is set",
        400,
        oauth("invalid_grant", "Authentication failed for alice@johnsorg"),
        (USER, "sent as alice@johnsorg", "SaaS application"),
        ("set organization", "Set organization"),
        {"organization": "johnsorg"},
        entry_points=EVERYWHERE,
    ),
    Row(
        "F5: old API Manager",
        400,
        oauth("invalid_grant", "Provided Authorization Grant is invalid"),
        (USER, "tenant", "set organization"),
        (),
    ),
    Row(
        "F7: newline at the end of the password",
        400,
        oauth("invalid_grant", "Authentication failed for alice"),
        (USER, "password starts or ends with whitespace"),
        (),
        {"password": f"{PASSWORD}\n"},
        entry_points=EVERYWHERE,
    ),
    Row(
        "F7: newline at the end of the secret",
        401,
        oauth("invalid_client"),
        (CLIENT, "consumer_secret starts or ends with whitespace"),
        (),
        {"consumer_secret": f"{SECRET}\n"},
    ),
    *(
        Row(
            f"F12: empty {status}",
            status,
            b"",
            (f"{SAYS_NOT_WHY} token_url, consumer_key, consumer_secret, username and password",),
            (LOG,),
        )
        for status in (400, 403)
    ),
    *(
        Row(
            f"F12: empty {status}, refresh",
            status,
            b"",
            (f"{SAYS_NOT_WHY} token_url, consumer_key, consumer_secret and refresh_token",),
            (LOG, "username"),
            REFRESH,
            entry_points=MODULE,
        )
        for status in (400, 403)
    ),
    *(
        Row(
            f"F12: empty {status}, revocation",
            status,
            b"",
            (f"{SAYS_NOT_WHY} revoke_url, consumer_key and consumer_secret",),
            (LOG, "username"),
            REVOKE,
            entry_points=MODULE,
        )
        for status in (400, 403)
    ),
    Row(
        "F13: invalid_request that names the password",
        400,
        oauth("invalid_request", "Missing parameters: password"),
        (USER,),
    ),
    Row("F13: invalid_request that names the user", 400, oauth("invalid_request", "Invalid username"), (USER,)),
    Row(
        "F13: invalid_scope without a scope",
        400,
        oauth("invalid_scope", "Invalid Scope!"),
        ("The server requires a scope. Set scope",),
        ("allowed to use",),
    ),
    Row(
        "F13: invalid_scope with a scope",
        400,
        oauth("invalid_scope", "Invalid Scope!"),
        ("Request only scopes",),
        ("requires a scope",),
        {"scope": ["orders"]},
        entry_points=EVERYWHERE,
    ),
    Row("F13: invalid_client", 401, oauth("invalid_client"), (CLIENT, "try the other value of client_authentication")),
    Row(
        "F14: page of Tomcat",
        404,
        TOMCAT_PAGE,
        ("returned HTTP 404 with an HTML page: Not Found. ",),
        ("404, 404", "HTTP Status"),
        entry_points=EVERYWHERE,
    ),
    Row(
        "F14: code of a gateway that is the status",
        404,
        {"code": "404", "description": "No matching resource"},
        ("returned HTTP 404 No matching resource. ",),
        ("404: ", "404, "),
    ),
    Row(
        "F19: problem+json",
        403,
        {"title": "Tenant suspended", "detail": "Contact billing"},
        ("Tenant suspended", "Contact billing"),
        ("not known", "unknown form"),
        entry_points=EVERYWHERE,
    ),
    Row(
        "F19: another member",
        403,
        {"note": {"text": "Ask the operator for a quota"}},
        ("Ask the operator for a quota",),
        ("unknown form",),
    ),
    Row(
        "F19: a list of errors",
        400,
        {"errors": [{"why": "Grant window is closed"}]},
        ("Grant window is closed",),
        ("unknown form",),
    ),
    Row("F19: frames", 502, FRAMES, ("The balancer has no backend",), ("unknown form",)),
    Row("F19: long text", 400, {"message": "why " * 200}, ("why why", "\u2026"), ("why " * 60,)),
    Row(
        "F19: text with a secret",
        403,
        {"title": f"user alice has {PASSWORD}"},
        ("user alice has ********",),
        (PASSWORD,),
        entry_points=EVERYWHERE,
    ),
    Row(
        "F20: 401 unauthorized_client",
        401,
        oauth("unauthorized_client", "Invalid client credentials"),
        (CLIENT,),
        ("grant for the application",),
        entry_points=EVERYWHERE,
    ),
    Row(
        "F20: 400 unauthorized_client",
        400,
        oauth("unauthorized_client", DIFFERENT),
        ("Enable the password grant",),
        (CLIENT,),
    ),
    Row(
        "F20: 400 unauthorized_client, refresh",
        400,
        oauth("unauthorized_client", DIFFERENT),
        ("Enable the refresh token grant",),
        (CLIENT, "password grant"),
        REFRESH,
        entry_points=MODULE,
    ),
    Row(
        "H1: disabled account",
        400,
        oauth("invalid_grant", NO_STORE),
        ("The account is disabled. Ask",),
        ("cannot reach its user store",),
    ),
    Row(
        "H2: unknown tenant, SaaS application",
        500,
        oauth("server_error", "Internal Server Error."),
        ("Check organization",),
        ("Try again later",),
        {"username": "user@mail.example", "retries": 3},
        entry_points=EVERYWHERE,
    ),
    Row(
        "H2: unknown organization",
        500,
        oauth("server_error", "Internal Server Error."),
        ("Check organization",),
        ("Try again later",),
        {"organization": "nosuch.example", "retries": 3},
    ),
    Row(
        "H4: user of another tenant",
        400,
        oauth("invalid_grant", "Authentication failed for tina@foo.example"),
        ("or be a SaaS application",),
        ("set organization",),
        {"username": "tina", "organization": "foo.example"},
    ),
    Row(
        "H5: organization in capitals",
        400,
        oauth("invalid_grant", "Authentication failed for alice@CARBON.SUPER"),
        ("Tenant domains are lower case",),
        (),
        {"organization": "CARBON.SUPER"},
    ),
    Row(
        "H6: long scope",
        502,
        oauth("server_error", "Service Unavailable Error."),
        ("60 characters",),
        ("Try again later",),
        {"scope": [LONG_SCOPE], "retries": 3},
        entry_points=EVERYWHERE,
    ),
    Row(
        "H6: long scope, as a text",
        502,
        oauth("server_error", "Service Unavailable Error."),
        ("60 characters",),
        ("Try again later",),
        {"scope": LONG_SCOPE, "retries": 3},
    ),
    Row(
        "H7: tenant in the URL",
        404,
        TENANT_PAGE,
        ("The tenant in token_url does not exist",),
        ("unknown form",),
        path="/t/nosuch.example/oauth2/token",
    ),
    Row(
        "H8: blank behind the username",
        400,
        oauth("invalid_grant", "Authentication failed for alice "),
        (USER, "username starts or ends with whitespace"),
        (),
        {"username": "alice "},
        entry_points=EVERYWHERE,
    ),
    Row(
        "H13: another client's token",
        401,
        oauth("unauthorized_client", "Client Authentication failed."),
        (CLIENT, "another application"),
        ("grant for the application",),
        REVOKE,
        entry_points=("module", "managed node"),
    ),
    Row(
        "H17: no secret",
        401,
        oauth("invalid_client", "Unsupported Client Authentication Method!"),
        ("Authentication Method! This application requires a consumer_secret",),
        ("!.", CLIENT),
        {"consumer_secret": None},
        entry_points=EVERYWHERE,
    ),
    Row(
        "H17: no secret, refresh",
        401,
        oauth("invalid_client", "Unsupported Client Authentication Method!"),
        ("This application requires a consumer_secret",),
        ("!.", CLIENT),
        {**REFRESH, "consumer_secret": None},
        entry_points=MODULE,
    ),
)


class Played(NamedTuple):
    """messages, requests: by the name of the row, the messages of all hosts."""

    entry_point: str
    run: Run
    messages: dict[str, list[str]]
    requests: dict[str, int]
    urls: dict[str, str]


def _task(entry_point: str, number: int, options: Mapping[str, Any]) -> dict[str, Any]:
    task: dict[str, Any] = {"register": f"row_{number}", "ignore_errors": True}
    if entry_point == "lookup":
        value = f"{{{{ lookup('{PLUGIN}', **rows[{number}]) }}}}"
        return {**task, "ansible.builtin.set_fact": {f"fact_{number}": value}}
    arguments = {name: f"{{{{ rows[{number}]['{name}'] }}}}" for name in options}
    if entry_point == "managed node":
        arguments["request_from"] = "managed_node"
    return {**task, PLUGIN: arguments}


def _play(ansible: Ansible, entry_point: str) -> Played:
    rows = [row for row in ROWS if entry_point in row.entry_points]
    with ExitStack() as stack:
        endpoints = []
        for row in rows:
            responses = [(row.status, row.body)]
            endpoint = ScriptedEndpoint(password=responses, refresh_token=responses, revoke=responses)
            endpoints.append(stack.enter_context(endpoint))
        urls = [endpoint.url.replace("/oauth2/token", row.path) for endpoint, row in zip(endpoints, rows)]
        options = [
            {name: value for name, value in {**COMMON, "token_url": url, **row.options}.items() if value is not None}
            for row, url in zip(rows, urls)
        ]
        tasks = [_task(entry_point, number, given) for number, given in enumerate(options)]
        messages = ", ".join(f"row_{number}.msg" for number in range(len(rows)))
        tasks.append(write_json(f"[{messages}]", ansible.scratch / "{{ inventory_hostname }}.json"))
        run = ansible.play(tasks, variables={"rows": options}, hosts=HOSTS[entry_point], verbosity=3)
        assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-3000:]
        requests = [len(endpoint.requests) for endpoint in endpoints]
    hosts = [json.loads((ansible.scratch / f"{host}.json").read_text("utf-8")) for host in HOSTS[entry_point]]
    names = [row.name for row in rows]
    return Played(
        entry_point,
        run,
        {name: [host[number] for host in hosts] for number, name in enumerate(names)},
        dict(zip(names, requests)),
        {name: url.partition("?")[0] for name, url in zip(names, urls)},
    )


@pytest.fixture(scope="module")
def all_played() -> dict[str, Played]:
    return {}


@pytest.fixture
def played(
    request: pytest.FixtureRequest,
    all_played: dict[str, Played],
    collections: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Played:
    entry_point = request.param
    if entry_point not in all_played:
        all_played[entry_point] = _play(Ansible(collections, tmp_path_factory.mktemp("rows")), entry_point)
    return all_played[entry_point]


def _marked(entry_point: str, *values: Any, name: str = "") -> Any:
    # One process plays all rows of an entry point.
    mark = pytest.mark.xdist_group(f"fault messages, {entry_point}")
    return pytest.param(entry_point, *values, marks=mark, id=f"{entry_point}, {name}" if name else entry_point)


each_row = pytest.mark.parametrize(
    ("played", "row"),
    [_marked(entry, row, name=row.name) for entry in ENTRY_POINTS for row in ROWS if entry in row.entry_points],
    indirect=["played"],
)


@each_row
def test_the_message_names_the_cause(played: Played, row: Row) -> None:
    for message in played.messages[row.name]:
        assert [part for part in row.shown if part not in message] == [], message
        assert [part for part in row.absent if part in message] == [], message
        assert message.isprintable()


@each_row
def test_the_message_says_which_server_failed(played: Played, row: Row) -> None:
    url = played.urls[row.name]
    if row.options.get("state") == "absent":
        url = f"{url.removesuffix('token')}revoke"
    assert all(url in message for message in played.messages[row.name])


@each_row
def test_hosts_share_one_request(played: Played, row: Row) -> None:
    assert played.requests[row.name] == 1


@pytest.mark.parametrize("played", [_marked(entry) for entry in ENTRY_POINTS], indirect=True)
def test_no_secret_is_shown(played: Played) -> None:
    assert played.run.leaks(SECRET, PASSWORD, REFRESH_TOKEN) == []
