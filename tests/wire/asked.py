# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All rows asked through one door: a playbook for each environment, and what each row brought."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import entry_points
from entry_points import Outcome
from peers import Proxy, running_peers
from playbook import Ansible
from row import Row
from wso2 import running_wso2

HERE = Path(__file__).resolve().parent

LONGEST_RUN = 100

# A .netrc lies in the home of each, with an entry for every host; whatever is sent, nothing of it may be.
NETRC = "default login netrc-login password netrc-password\n"
ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "behind a proxy": {
        "HTTPS_PROXY": "$proxy_url",
        "HTTP_PROXY": "$proxy_url",
        "NO_PROXY": "127.0.0.1",
        "REQUESTS_CA_BUNDLE": "$ca_path",
    },
    "in disorder": {"HTTPS_PROXY": "$closed_proxy_url", "REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"},
}


@dataclass(frozen=True)
class Brought:
    """What one row brought. journal: the requests that the simulator saw. tokens: all that it ever granted.

    through: what was asked of the proxy. asks: the options as they were given, with the facts filled in.
    """

    outcome: Outcome
    journal: Sequence[Mapping[str, Any]]
    tokens: Sequence[Mapping[str, Any]]
    through: tuple[str, ...]
    asks: Mapping[str, Any]

    @property
    def token_requests(self) -> list[Mapping[str, Any]]:
        """Those of the requests that were not for the API."""
        return [entry for entry in self.journal if entry["method"] == "POST"]


@dataclass(frozen=True)
class Asked:
    """shown: all that could be read of the runs, on one line. leaks: the secrets among it."""

    door: str
    facts: Mapping[str, str]
    brought: Mapping[str, Brought]
    shown: str
    leaks: Sequence[str]


def asked(collections: Path, directory: Path, door: str, rows: Sequence[Row]) -> Asked:
    """Ask each of ROWS through DOOR, one after the other."""
    options = ("--client-certificate", "optional", "--expired-port", "0", "--wrong-name-port", "0")
    with running_wso2(directory, *options) as wso2, running_peers(directory, wso2.facts) as (proxy, more):
        facts = {**wso2.facts, **more}
        brought: dict[str, Brought] = {}
        shown, leaks = "", []
        for number, (environment, chosen) in enumerate(_runs(rows)):
            scratch = directory / f"run-{number}"
            scratch.mkdir()
            run = _run(Ansible(collections, scratch), door, chosen, facts, environment)
            results = [_brought(door, row, scratch / f"{place}.json", facts, proxy) for place, row in enumerate(chosen)]
            brought.update((row.name, each) for row, each in zip(chosen, results))
            shown += " ".join((run.stdout + run.stderr).split())
            # A shorter one is a word that names and texts of ours hold as well.
            known = {secret for row in chosen for secret in row.secrets if len(secret) >= 8}
            leaks += run.leaks(*known, "netrc-password")
            # In this one form only, since there are hundreds, and all the others are held elsewhere.
            text = run.output
            leaks += [token for token in _tokens(results) if token in text]
        return Asked(door, facts, brought, shown, leaks)


def _runs(rows: Sequence[Row]) -> Iterator[tuple[str, Sequence[Row]]]:
    """ROWS by their environments, and no more in one run than it has time for."""
    for environment in ENVIRONMENTS:
        chosen = [row for row in rows if row.environment == environment]
        for start in range(0, len(chosen), LONGEST_RUN):
            yield environment, chosen[start : start + LONGEST_RUN]


def filled(value: Any, facts: Mapping[str, Any]) -> Any:
    """VALUE with the facts that it names as C($NAME)."""
    if not isinstance(value, str):
        return value
    return re.sub(r"\$([a-z]+(?:_[a-z]+)*)", lambda found: str(facts.get(found[1], found[0])), value)


def _run(ansible: Ansible, door: str, rows: Sequence[Row], facts: Mapping[str, Any], environment: str) -> Any:
    asks = {row.name: {name: filled(value, facts) for name, value in row.asks.items()} for row in rows}
    steps = [[(kind, {k: filled(v, facts) for k, v in told.items()}) for kind, told in row.before] for row in rows]
    (ansible.scratch / "rows.json").write_text(json.dumps(steps), "utf-8")
    # The control API without TLS, which is of no interest here and takes time.
    plain = {"control_url": facts["http_url"] + "/_simulator", "token_url": facts["http_url"] + "/oauth2/token"}
    (ansible.scratch / "facts.json").write_text(json.dumps({**facts, **plain}), "utf-8")
    netrc = ansible.scratch / ".netrc"
    netrc.write_text(NETRC, "utf-8")
    netrc.chmod(0o600)
    tasks: list[Mapping[str, Any]] = [_between(ansible.scratch, None, 0)]
    for number, row in enumerate(rows):
        task = entry_points.call_task(
            door, row.name, "answer", asks[row.name], no_log=not row.fails, key=f"row_{number}"
        )
        tasks += [task] * row.asked
        tasks.append(_between(ansible.scratch, number, number + 1 if number + 1 < len(rows) else None))
    run = ansible.play(
        tasks,
        verbosity=1,
        variables={"calls": {f"row_{number}": asks[row.name] for number, row in enumerate(rows)}},
        environment={
            "ANSIBLE_ACTION_PLUGINS": str(HERE / "action_plugins"),
            "PYTHONPATH": str(HERE.parent / "harness"),
            **{name: filled(value, facts) for name, value in ENVIRONMENTS[environment].items()},
        },
    )
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-5000:]
    return run


def _between(directory: Path, finished: int | None, following: int | None) -> dict[str, Any]:
    arguments: dict[str, Any] = {"directory": str(directory)}
    if finished is not None:
        arguments.update(
            finished=finished,
            answer="{{ answer }}",
            began="{{ wire.began }}",
            trouble="{{ wire.trouble | default('') }}",
        )
    if following is not None:
        arguments["next"] = following
    return {"name": "Between two rows", "wire_row": arguments, "register": "wire", "no_log": True}


def _brought(door: str, row: Row, path: Path, facts: Mapping[str, Any], proxy: Proxy) -> Brought:
    kept = json.loads(path.read_text("utf-8"))
    assert not kept["trouble"], (row.name, kept["trouble"])
    return Brought(
        outcome=entry_points.read_outcome(door, kept["answer"]),
        journal=kept["journal"],
        tokens=kept["tokens"],
        through=tuple(target for at, target in proxy.asked if kept["began"] <= at <= kept["ended"]),
        asks={name: filled(value, facts) for name, value in row.asks.items()},
    )


def _tokens(results: Sequence[Brought]) -> set[str]:
    """All tokens that were granted, and those that rows had the simulator make up."""
    granted = [token[name] for each in results for token in each.tokens for name in ("access_token", "refresh_token")]
    handed = [
        each.outcome.result.get(name)
        for each in results
        if not each.outcome.failed
        for name in ("access_token", "id_token")
    ]
    return {token for token in (*granted, *handed) if token}
