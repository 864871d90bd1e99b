# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API, which is not part of WSO2: settings, faults, users, applications, journal, and clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from . import json_checks as check
from .directory import User, as_json
from .fault_queue import parse_fault
from .http_messages import Request, Response, json_response
from .registered_clients import remove_client
from .simulation import Simulation

CONTROL_BASE = "/_simulator"
Action = Callable[[Simulation, Any, str], Any]


def control_response(simulation: Simulation, request: Request) -> Response:
    """Answer a control request: 200 with JSON, or 400, 404, 405 with one sentence in ``error``."""
    resource, _slash, name = request.path.removeprefix(CONTROL_BASE).strip("/").partition("/")
    actions = {method: action for (method, path), action in ACTIONS.items() if path == resource}
    if not actions or bool(name) != (resource in NAMED):
        known = ", ".join(sorted({f"/{path}/<name>" if path in NAMED else f"/{path}" for _m, path in ACTIONS}))
        return json_response(404, {"error": f"There is no such control address; there are {known}."})
    if request.method not in actions:
        return json_response(405, {"error": f"Use {' or '.join(actions)} here."})
    try:
        content = json.loads(request.body) if request.body.strip() else {}
        return json_response(200, actions[request.method](simulation, content, unquote(name)))
    except ValueError as error:
        return json_response(400, {"error": f"{str(error)[:1].upper()}{str(error)[1:]}."})


def _journal(simulation: Simulation, _content: Any, _name: str) -> Any:
    return simulation.journal.as_json()


def _clear_journal(simulation: Simulation, _content: Any, _name: str) -> Any:
    simulation.journal.clear()
    return {}


def _counts(simulation: Simulation, _content: Any, _name: str) -> Any:
    return simulation.journal.counts()


def _settings(simulation: Simulation, _content: Any, _name: str) -> Any:
    return simulation.settings.as_json()


def _change_settings(simulation: Simulation, content: Any, _name: str) -> Any:
    simulation.settings = simulation.settings.changed(content)
    return simulation.settings.as_json()


def _queue_fault(simulation: Simulation, content: Any, _name: str) -> Any:
    simulation.faults.add(parse_fault(content))
    return {"queued": len(simulation.faults)}


def _drop_faults(simulation: Simulation, _content: Any, _name: str) -> Any:
    simulation.faults.clear()
    return {"queued": 0}


def _put_user(simulation: Simulation, content: Any, name: str) -> Any:
    user = simulation.directory.put_user(name, content)
    if _revokes_tokens(user, content):
        simulation.tokens.revoke_user(user.qualified_name)
    return as_json(user)


def _revokes_tokens(user: User, content: dict[str, Any]) -> bool:
    """A locked or disabled account and a new password revoke the tokens of the user."""
    return user.state in {"locked", "disabled"} or "password" in content


def _put_application(simulation: Simulation, content: Any, name: str) -> Any:
    return as_json(simulation.directory.put_application(name, content))


def _delete_application(simulation: Simulation, _content: Any, name: str) -> Any:
    if simulation.directory.application(name) is None:
        raise ValueError("there is no application of this key")
    remove_client(simulation, name)
    return {}


def _tokens(simulation: Simulation, _content: Any, _name: str) -> Any:
    return simulation.tokens.as_json()


def _reset(simulation: Simulation, _content: Any, _name: str) -> Any:
    simulation.reset()
    return simulation.settings.as_json()


def _move_clock(simulation: Simulation, content: Any, _name: str) -> Any:
    given = check.checked(content, {"advance": check.number(float("-inf")), "stop": check.flag}, "the clock")
    if "advance" not in given and not given.get("stop"):
        raise ValueError("the clock needs 'advance', a number of seconds, or 'stop': true")
    if given.get("stop"):
        simulation.clock.stop()
    simulation.clock.advance(given.get("advance", 0))
    return {"now": simulation.clock.now()}


def _clock(simulation: Simulation, _content: Any, _name: str) -> Any:
    return {"now": simulation.clock.now()}


NAMED = ("users", "applications")
ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", "journal"): _journal,
    ("DELETE", "journal"): _clear_journal,
    ("GET", "counts"): _counts,
    ("GET", "settings"): _settings,
    ("PATCH", "settings"): _change_settings,
    ("POST", "faults"): _queue_fault,
    ("DELETE", "faults"): _drop_faults,
    ("PUT", "users"): _put_user,
    ("PUT", "applications"): _put_application,
    ("DELETE", "applications"): _delete_application,
    ("GET", "tokens"): _tokens,
    ("POST", "reset"): _reset,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _move_clock,
}
