# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run all rows through one entry point: a playbook for each environment, and the result of each row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entry_points import Outcome, call_task, read_outcome
from other_servers import Proxy, running_servers
from playbook import Ansible, Run, write_json
from row import REFRESH_TOKEN_FILE, Row
from wso2 import running_wso2

HERE = Path(__file__).resolve().parent

# A run of this many rows, with their pauses and timeouts, ends in time also on a machine with other load.
ROWS_PER_RUN = 100

# The home directory of each run contains this .netrc for every host. Nothing of it may be sent.
NETRC = "default login netrc-login password netrc-password\n"
ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    "no proxy": {},
    "proxy": {
        "HTTPS_PROXY": "$proxy_url",
        "HTTP_PROXY": "$proxy_url",
        "NO_PROXY": "127.0.0.1",
        "REQUESTS_CA_BUNDLE": "$ca_path",
    },
    "wrong settings": {"HTTPS_PROXY": "$closed_proxy_url", "REQUESTS_CA_BUNDLE": "/nowhere/ca.pem"},
    "SOCKS": {
        "ALL_PROXY": "socks5://proxy-user:proxy-password@127.0.0.1:1080",
        "NO_PROXY": "127.0.0.1,localhost",
        "SSL_CERT_FILE": "$ca_path",
    },
}


@dataclass(frozen=True)
class RowResult:
    """The result of one row. journal: the requests that the simulator received. tokens: all tokens that it issued.

    proxy_targets: the requests to the proxy. options: the options of the call, with the facts filled in.
    """

    outcome: Outcome
    journal: Sequence[Mapping[str, Any]]
    tokens: Sequence[Mapping[str, Any]]
    proxy_targets: tuple[str, ...]
    options: Mapping[str, Any]

    @property
    def token_requests(self) -> list[Mapping[str, Any]]:
        """The requests except those to the API."""
        return [entry for entry in self.journal if entry["method"] == "POST"]


@dataclass(frozen=True)
class Results:
    """The results of all rows. screen: the output of the runs, on one line. leaks: the secrets in all outputs."""

    entry_point: str
    facts: Mapping[str, str]
    rows: Mapping[str, RowResult]
    screen: str
    leaks: Sequence[str]


def run_rows(collections: Path, directory: Path, entry_point: str, rows: Sequence[Row]) -> Results:
    """Make the call of each of ROWS through ENTRY_POINT, one after the other."""
    options = ("--client-certificate", "optional", "--expired-port", "0", "--wrong-name-port", "0")
    with running_wso2(directory, *options) as wso2, running_servers(directory, wso2.facts) as (proxy, more):
        facts = {**wso2.facts, **more}
        results: dict[str, RowResult] = {}
        screen, leaks = "", []
        for number, (environment, chosen) in enumerate(_runs(rows)):
            scratch = directory / f"run-{number}"
            scratch.mkdir()
            run, row_results = _run(Ansible(collections, scratch), entry_point, chosen, facts, environment, proxy)
            results.update((row.name, result) for row, result in zip(chosen, row_results))
            screen += " ".join((run.stdout + run.stderr).split())
            # Shorter secrets are words that the names and texts of the tests contain too.
            known = {secret for row in chosen for secret in row.secrets if len(secret) >= 8}
            leaks += run.leaks(*known, "netrc-password")
            # In plain text only, because there are hundreds. Other tests search for their encodings.
            text = run.output
            leaks += [token for token in _tokens(row_results) if token in text]
        return Results(entry_point, facts, results, screen, leaks)


def _runs(rows: Sequence[Row]) -> Iterator[tuple[str, Sequence[Row]]]:
    """ROWS by their environments, in runs of at most C(ROWS_PER_RUN)."""
    for environment in ENVIRONMENTS:
        chosen = [row for row in rows if row.environment == environment]
        for start in range(0, len(chosen), ROWS_PER_RUN):
            yield environment, chosen[start : start + ROWS_PER_RUN]


def fill_in(value: Any, facts: Mapping[str, Any]) -> Any:
    """VALUE with the facts that it contains as C($NAME)."""
    if not isinstance(value, str):
        return value
    return re.sub(r"\$([a-z]+(?:_[a-z]+)*)", lambda found: str(facts.get(found[1], found[0])), value)


def _run(
    ansible: Ansible,
    entry_point: str,
    rows: Sequence[Row],
    facts: Mapping[str, Any],
    environment: str,
    proxy: Proxy,
) -> tuple[Run, list[RowResult]]:
    options = [{name: fill_in(value, facts) for name, value in row.all_options.items()} for row in rows]
    _write_steps(ansible.scratch, rows, facts)
    tasks: list[Mapping[str, Any]] = []
    for number, row in enumerate(rows):
        task = call_task(
            entry_point,
            row.name,
            f"answer_{number}",
            options[number],
            no_log=not row.fails,
            key=f"row_{number}",
            plugin=row.plugin,
        )
        tasks += [task] * row.calls
    pairs = ", ".join(f"'{number}': answer_{number}" for number in range(len(rows)))
    answers = ansible.scratch / "answers.json"
    run = ansible.play(
        [*tasks, {"name": "Write the results", **write_json(f"{{{pairs}}}", answers)}],
        verbosity=1,
        variables={
            "calls": {f"row_{number}": each for number, each in enumerate(options)},
            "refresh_token_file": str(ansible.scratch / REFRESH_TOKEN_FILE),
        },
        environment={
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "row_steps",
            # How a module gets to the managed node makes no difference to its requests, and this way is faster.
            "ANSIBLE_PIPELINING": "1",
            "ROW_STEPS_DIRECTORY": str(ansible.scratch),
            "PYTHONPATH": str(HERE.parent / "harness"),
            **{name: fill_in(value, facts) for name, value in ENVIRONMENTS[environment].items()},
        },
    )
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-5000:]
    raw = json.loads(answers.read_text("utf-8"))
    return run, [
        _row_result(row, read_outcome(entry_point, raw[str(number)]), ansible.scratch / f"{number}.json", facts, proxy)
        for number, row in enumerate(rows)
    ]


def _write_steps(directory: Path, rows: Sequence[Row], facts: Mapping[str, Any]) -> None:
    """The files for the callback, and the C(.netrc)."""
    steps = [
        (row.name, [(kind, {k: fill_in(v, facts) for k, v in values.items()}) for kind, values in row.before])
        for row in rows
    ]
    (directory / "rows.json").write_text(json.dumps(steps), "utf-8")
    # The control API without TLS, because it is not tested here and TLS takes time.
    plain = {"control_url": facts["http_url"] + "/_simulator", "token_url": facts["http_url"] + "/oauth2/token"}
    (directory / "facts.json").write_text(json.dumps({**facts, **plain}), "utf-8")
    netrc = directory / ".netrc"
    netrc.write_text(NETRC, "utf-8")
    netrc.chmod(0o600)


def _row_result(row: Row, outcome: Outcome, path: Path, facts: Mapping[str, Any], proxy: Proxy) -> RowResult:
    saved = json.loads(path.read_text("utf-8"))
    assert not saved["error"], (row.name, saved["error"])
    return RowResult(
        outcome=outcome,
        journal=saved["journal"],
        tokens=saved["tokens"],
        proxy_targets=tuple(target for at, target in proxy.requests if saved["started"] <= at <= saved["ended"]),
        options={name: fill_in(value, facts) for name, value in row.all_options.items()},
    )


def _tokens(results: Sequence[RowResult]) -> set[str]:
    """All tokens that the simulator issued, and those that rows made it send."""
    issued = [token[name] for each in results for token in each.tokens for name in ("access_token", "refresh_token")]
    returned = [
        each.outcome.result.get(name)
        for each in results
        if not each.outcome.failed
        for name in ("access_token", "id_token")
    ]
    return {token for token in (*issued, *returned) if token}
