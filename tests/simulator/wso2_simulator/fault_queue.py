# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that tests queue: the next requests for a path get them instead of the normal response."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from . import json_checks as check
from .fault_responses import MAKERS, Parameters
from .routes import CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL

PATHS = ("token", "revoke", "introspect", "jwks", "api", CLIENT_REGISTRATION, DYNAMIC_REGISTRATION, PORTAL, "*")
STATUS = check.whole_number(200, 599)
CODED: dict[str, check.Check] = {"code": check.whole_number(0), "description": check.text, "status": STATUS}
WAIT: dict[str, check.Check] = {
    "retry_after": lambda value: check.line(value) if isinstance(value, str) else check.number(float("-inf"))(value),
    "retry_after_date": check.number(float("-inf")),
}


def _base64(value: Any) -> str:
    try:
        base64.b64decode(check.text(value), validate=True)
    except binascii.Error as error:
        raise ValueError("must be base64") from error
    return str(value)


#: What may be given with each kind of fault.
PARAMETERS: dict[str, dict[str, check.Check]] = {
    "am_fault_xml": CODED,
    "am_fault_json": CODED,
    "ams_fault": CODED,
    "managed_fault": CODED,
    "cxf_xml_fault": {"status": STATUS},
    "tomcat_html": {"status": STATUS},
    "throttled": {"code": check.whole_number(0), "status": STATUS, **WAIT},
    "suspended": {"status": STATUS, **WAIT},
    "sql_error": {},
    "server_error": {},
    "oauth_error": {"status": STATUS, "error": check.text, "description": check.text},
    "load_balancer_html": {"status": STATUS, **WAIT},
    "xml_with_entities": {"status": STATUS},
    "raw": {"status": STATUS, "headers": check.pairs, "body": check.text, "body_base64": _base64},
    "echo": {"status": STATUS, "format": check.one_of("json", "html", "text")},
    "redirect": {"location": check.line, "status": STATUS},
    "oversized": {"mib": check.number(0, 64), "status": STATUS},
    "token": {"members": check.mapping, "remove": check.texts},
    "slow": {"delay": check.number(0)},
    "drip": {"pause": check.number(0), "part": check.one_of("body", "all")},
    "half_closed": {},
    "reset": {},
    "hang": {},
}
#: These start from the normal response, so the request is always carried out.
BUILT_ON_NORMAL = ("token", "slow", "drip", "half_closed")
REQUIRED = {"redirect": ("location",)}


@dataclass
class Fault:
    """One fault for a number of requests; ``processed`` carries the request out before the response is changed."""

    kind: str
    path: str = "*"
    times: int = 1
    processed: bool = False
    parameters: Parameters = field(default_factory=dict)

    @property
    def carries_out(self) -> bool:
        """Return whether the server carries out the request, whatever the response is."""
        return self.processed or self.kind in BUILT_ON_NORMAL

    @property
    def replaces_response(self) -> bool:
        """Return whether another response replaces the normal one."""
        return self.kind in MAKERS


def parse_fault(content: Any) -> Fault:
    """Read a fault from the control API; ValueError with a sentence for anything unfit."""
    given = dict(check.mapping(content))
    kind = given.pop("kind", None)
    if not isinstance(kind, str) or kind not in PARAMETERS:
        raise ValueError(f"a fault needs a 'kind', one of {', '.join(PARAMETERS)}")
    checks: dict[str, check.Check] = {
        "path": check.one_of(*PATHS),
        "times": check.whole_number(1),
        "processed": check.flag,
        **PARAMETERS[kind],
    }
    members = check.checked(given, checks, f"the fault '{kind}'")
    missing = [name for name in REQUIRED.get(kind, ()) if name not in members]
    if missing:
        raise ValueError(f"the fault '{kind}' needs '{missing[0]}'")
    parameters = {name: value for name, value in members.items() if name in PARAMETERS[kind]}
    general = {name: value for name, value in members.items() if name not in parameters}
    return Fault(kind=kind, parameters=parameters, **general)


class FaultQueue:
    """Faults in the order they were queued."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Queue a fault behind the others."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Drop all faults."""
        self._faults.clear()

    def take(self, endpoint: str) -> Fault | None:
        """Return the first fault meant for this endpoint and count it down."""
        fault = next((item for item in self._faults if item.path in {"*", endpoint}), None)
        if fault is not None:
            fault.times -= 1
            if fault.times == 0:
                self._faults.remove(fault)
        return fault

    def __len__(self) -> int:
        return sum(fault.times for fault in self._faults)
