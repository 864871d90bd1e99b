# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is asked again, how often, and how long is waited in between (B10, B11)."""

from __future__ import annotations

from failing_row import KEY_MANAGER, PATIENCE, answered, faulty
from row import BOTH, EVERYWHERE, Row, Step, fault, raw

# The shortest of our own pauses: half of half a second at first, then twice that.
PAUSES = (0.25, 0.5)


def passing(name: str, *faults: Step, gaps: tuple[float, ...] = PAUSES[:1], doors: tuple[str, ...] = EVERYWHERE) -> Row:
    """The question is asked once more after each of FAULTS."""
    retries = {"retries": 3, "timeout": 20}
    return Row(name, "B11", retries, before=faults, requests=len(faults) + 1, gaps=gaps, doors=doors)


PASSING = (
    *(
        passing(f"HTTP {status} passes", raw(status, "busy", ("Content-Type", "text/plain")))
        for status in (408, 429, 500, 502, 503, 504)
    ),
    passing(
        "two faults pass, with a longer pause each time",
        fault("am_fault_xml"),
        fault("load_balancer_html"),
        gaps=PAUSES,
    ),
    Row(
        "a fault passes while renewing is not what fails",
        covers="B11",
        options={"retries": 1, "timeout": 20, "client_authentication": "body"},
        before=(fault("server_error"),),
        requests=2,
        gaps=PAUSES[:1],
    ),
    passing("Retry-After in seconds", fault("throttled", retry_after=1), gaps=(1.0,)),
    # A date has no fractions, and some of the time is gone when it arrives.
    passing("Retry-After as a date", fault("throttled", retry_after_date=3), gaps=(1.0,)),
    *(
        passing(f"Retry-After of no use: {name}", fault("throttled", **wait), doors=BOTH)
        for name, wait in (
            ("zero", {"retry_after": 0}),
            ("negative", {"retry_after": -60}),
            ("a word", {"retry_after": "soon"}),
            ("a past date", {"retry_after_date": -3600}),
        )
    ),
    Row(
        "an answer without an end is not read to it",
        covers="B11, B23",
        options={"retries": 1, "timeout": 20, "token_url": "$endless_url/oauth2/token", "ca_path": None},
        sent=(),
        result={"access_token": "after the endless one"},
        doors=EVERYWHERE,
    ),
)

LASTING = (
    *(
        faulty(
            f"retries: {retries}",
            500,
            "101503",
            "Error connecting to the back end",
            KEY_MANAGER,
            fault("am_fault_xml", times=9),
            covers="B11",
            options={"retries": retries, "timeout": 30},
            requests=retries + 1,
            doors=EVERYWHERE,
        )
        for retries in (0, 1, 2)
    ),
    faulty(
        "the deadline ends before the retries do",
        500,
        "101503",
        "Error connecting to the back end",
        KEY_MANAGER,
        fault("am_fault_xml", times=99),
        covers="B11",
        options={"retries": 50, "timeout": 2},
        # How many fit depends on the pauses, which are random: from half to all of 0.5, 1, 2 ...
        requests=2,
        lasting=True,
        doors=EVERYWHERE,
    ),
    *(
        faulty(
            f"Retry-After behind the deadline, {name}",
            429,
            "900800",
            "You have exceeded your quota",
            PATIENCE,
            fault("throttled", times=9, **wait),
            covers="B11",
            options={"retries": 3, "timeout": 10},
            failure={"retry_after": seconds},
            doors=EVERYWHERE,
        )
        for name, wait, seconds in (
            ("in seconds", {"retry_after": 3600}, 3600),
            ("as a date", {"retry_after_date": 3600}, range(3590, 3601)),
            ("for ever", {"retry_after": "9" * 30}, int),
        )
    ),
    faulty(
        "a suspended endpoint is left alone",
        500,
        "303001",
        "Currently , Address endpoint : [ Name : key_manager ] [ State : SUSPENDED ]",
        "The gateway has suspended the endpoint for about 30 seconds. Try again later, or set timeout to more than 60",
        fault("suspended", times=9),
        covers="B11",
        options={"retries": 3, "timeout": 20},
        doors=EVERYWHERE,
    ),
)

BROKE_OFF = "the connection was closed before the response was complete"

# Sent once, however often they may be: most of all a password.
ONCE = (
    *(
        answered(
            f"HTTP {status} is final",
            status,
            " with an empty body",
            "",
            raw(status, times=9),
            covers="B10",
            options={"retries": 3},
            doors=EVERYWHERE if status in (400, 401) else Row.doors,
        )
        for status in (400, 401, 403, 404, 405, 409, 413, 415, 422, 425, 501, 505)
    ),
    answered(
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
            doors=EVERYWHERE if kind == "half_closed" else Row.doors,
        )
        for name, kind, timeout, cause, hint in (
            # The token may have been granted by then.
            ("an answer that breaks off", "half_closed", 10, BROKE_OFF, "WSO2 server log"),
            ("a connection that is reset", "reset", 10, BROKE_OFF, "WSO2 server log"),
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
            sent=(),
            cause="the connection was refused",
            hint="Check the port in token_url, and that WSO2 runs",
            failure={"attempts": retries + 1},
            doors=EVERYWHERE,
        )
        for retries in (0, 1)
    ),
)

RETRY = (*PASSING, *LASTING, *ONCE, *CONNECTIONS)
