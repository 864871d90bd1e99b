# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which requests are retried, how often, and after which pauses (B10, B11)."""

from __future__ import annotations

from failure_rows import KEY_MANAGER, RATE_LIMIT, error_failure, http_failure
from row import ALL_ENTRY_POINTS, TASK_AND_LOOKUP, Row, Step, fault, raw

# The minimum of the random pauses: half of 0.5 seconds first, then half of 1 second.
MINIMUM_PAUSES = (0.25, 0.5)


def transient(
    name: str,
    *faults: Step,
    pauses: tuple[float, ...] = MINIMUM_PAUSES[:1],
    entry_points: tuple[str, ...] = ALL_ENTRY_POINTS,
) -> Row:
    """The plugin sends the request again after each of FAULTS."""
    retries = {"retries": 3, "timeout": 20}
    return Row(
        name, "B11", retries, before=faults, request_count=len(faults) + 1, pauses=pauses, entry_points=entry_points
    )


TRANSIENT = (
    *(
        transient(f"HTTP {status} passes", raw(status, "busy", ("Content-Type", "text/plain")))
        for status in (408, 429, 500, 502, 503, 504)
    ),
    transient(
        "two faults pass, with a longer pause each time",
        fault("am_fault_xml"),
        fault("load_balancer_html"),
        pauses=MINIMUM_PAUSES,
    ),
    Row(
        "a server error passes with credentials in the body",
        covers="B11",
        options={"retries": 1, "timeout": 20, "client_authentication": "body"},
        before=(fault("server_error"),),
        request_count=2,
        pauses=MINIMUM_PAUSES[:1],
    ),
    transient("Retry-After in seconds", fault("throttled", retry_after=1), pauses=(1.0,)),
    # A date has no fractions of seconds, and some of the time has passed when it arrives.
    transient("Retry-After as a date", fault("throttled", retry_after_date=3), pauses=(1.0,)),
    *(
        transient(f"invalid Retry-After: {name}", fault("throttled", **wait), entry_points=TASK_AND_LOOKUP)
        for name, wait in (
            ("zero", {"retry_after": 0}),
            ("negative", {"retry_after": -60}),
            ("a word", {"retry_after": "soon"}),
            ("a past date", {"retry_after_date": -3600}),
        )
    ),
    Row(
        "a response without an end is not read to the end",
        covers="B11, B23",
        options={"retries": 1, "timeout": 20, "token_url": "$endless_url/oauth2/token", "ca_path": None},
        requests=(),
        result={"access_token": "after the endless response"},
        entry_points=ALL_ENTRY_POINTS,
    ),
)

RETRIES_EXHAUSTED = (
    *(
        error_failure(
            f"retries: {retries}",
            500,
            "101503",
            "Error connecting to the back end",
            KEY_MANAGER,
            fault("am_fault_xml", times=9),
            covers="B11",
            options={"retries": retries, "timeout": 30},
            request_count=retries + 1,
            entry_points=ALL_ENTRY_POINTS,
        )
        for retries in (0, 1, 2)
    ),
    error_failure(
        "the deadline ends before the retries do",
        500,
        "101503",
        "Error connecting to the back end",
        KEY_MANAGER,
        fault("am_fault_xml", times=99),
        covers="B11",
        options={"retries": 50, "timeout": 2},
        # The number depends on the random pauses, each from half to all of 0.5, 1, 2 ... seconds.
        request_count=2,
        is_minimum=True,
        entry_points=ALL_ENTRY_POINTS,
    ),
    *(
        error_failure(
            f"Retry-After after the deadline, {name}",
            429,
            "900800",
            "You have exceeded your quota",
            RATE_LIMIT,
            fault("throttled", times=9, **wait),
            covers="B11",
            options={"retries": 3, "timeout": 10},
            failure={"retry_after": seconds},
            entry_points=ALL_ENTRY_POINTS,
        )
        for name, wait, seconds in (
            ("in seconds", {"retry_after": 3600}, 3600),
            ("as a date", {"retry_after_date": 3600}, range(3590, 3601)),
            ("for ever", {"retry_after": "9" * 30}, int),
        )
    ),
    error_failure(
        "a suspended endpoint is not retried",
        500,
        "303001",
        "Currently , Address endpoint : [ Name : key_manager ] [ State : SUSPENDED ]",
        "The gateway has suspended the endpoint for about 30 seconds. Try again later, or set timeout to more than 60",
        fault("suspended", times=9),
        covers="B11",
        options={"retries": 3, "timeout": 20},
        entry_points=ALL_ENTRY_POINTS,
    ),
)

CLOSED_EARLY = "the connection was closed before the response was complete"

# Sent once in spite of C(retries), because each attempt can count as a failed login.
NOT_RETRIED = (
    *(
        http_failure(
            f"HTTP {status} is final",
            status,
            " with an empty body",
            "",
            raw(status, times=9),
            covers="B10",
            options={"retries": 3},
            entry_points=ALL_ENTRY_POINTS if status in (400, 401) else Row.entry_points,
        )
        for status in (400, 401, 403, 404, 405, 409, 413, 415, 422, 425, 501, 505)
    ),
    http_failure(
        "HTTP 413 is final, whatever Retry-After says",
        413,
        " with an empty body",
        "",
        raw(413, "", ("Retry-After", "1"), times=9),
        covers="B10",
        options={"retries": 3},
        failure={"retry_after": 1},
    ),
    *(
        Row(
            f"{name} is final",
            covers="B10, B11",
            options={"retries": 3, "timeout": timeout},
            before=(fault(kind, times=9),),
            cause=cause,
            hint=hint,
            failure={"attempts": 1},
            entry_points=ALL_ENTRY_POINTS if kind == "half_closed" else Row.entry_points,
        )
        for name, kind, timeout, cause, hint in (
            # The server can have issued the token by then.
            ("a response that ends early", "half_closed", 10, CLOSED_EARLY, "WSO2 server log"),
            ("a connection that is reset", "reset", 10, CLOSED_EARLY, "WSO2 server log"),
            ("silence", "hang", 1, "no complete response within 1 seconds", "increase timeout"),
        )
    ),
)

CONNECTIONS = (
    *(
        Row(
            f"refused connections, retries: {retries}",
            covers="B11",
            options={"retries": retries, "token_url": "$closed_url/oauth2/token"},
            requests=(),
            cause="the connection was refused",
            hint="Check the port in token_url, and that WSO2 runs",
            failure={"attempts": retries + 1},
            entry_points=ALL_ENTRY_POINTS,
        )
        for retries in (0, 1)
    ),
)

RETRY = (*TRANSIENT, *RETRIES_EXHAUSTED, *NOT_RETRIED, *CONNECTIONS)
