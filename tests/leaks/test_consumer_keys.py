# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consumer keys in every form of a task: no output channel contains a secret, and each failure is explained."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from channels import Channels, RecordedRun, record_run
from playbook import Ansible, write_json
from secret_search import compact
from targets import TARGETS
from wso2 import Wso2, running_wso2

PLUGIN = "apiops.wso2.wso2_consumer_keys"
MARK = secrets.token_hex(4)
PASSWORD = f"registrar-password {MARK}/ü&+\"'\\9"
WRONG = f"wrong-password {MARK}/ü&+9"
TOKEN = f"rejected-token-{MARK}-zq8wY3"
GRANTS = ["password", "refresh_token", "client_credentials"]
RUNS = (
    Channels("keys, -vvvvv, control node", 5),
    Channels("keys, -vvvvv, managed node", 5, targets=("ssh",)),
    Channels("keys, ANSIBLE_DEBUG", 5, {"ANSIBLE_DEBUG": "1"}),
)
# The beginning of the hint, or of the message, of each failure.
FAILURES = {
    "wrong-password": "Check username and password",
    "rejected-token": "Check registration_token",
    "masked": "does not show the consumer secret",
    "echo": "HTTP 400",
    "misspelled": "passwrd is not an option",
    "not-a-string": "password must be a string, but it is a list",
}


@dataclass(frozen=True)
class Servers:
    """masking: shows no secret. echo: repeats each request in an error."""

    wso2: Wso2
    masking: Wso2
    echo: Wso2


@pytest.fixture(scope="module")
def registration_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with ExitStack() as stack:
        running = [stack.enter_context(running_wso2(tmp_path_factory.mktemp("server"))) for _number in range(3)]
        for server in running:
            server.put_user("registrar", password=PASSWORD, roles=["admin", "subscriber"])
            server.change(lock_after=0)
        running[1].change(portal_secrets="masked")
        running[2].queue_fault("echo", times=1_000_000, path="*", format="json")
        yield Servers(*running)


def _options(server: Wso2, way: str, **changes: Any) -> dict[str, Any]:
    paths = {
        "am": {"registration_url": f"{server.base_url}/client-registration/v0.17/register"},
        "is": {"registration_url": f"{server.base_url}/api/identity/oauth2/dcr/v1.1/register"},
        "portal": {"portal_url": f"{server.base_url}/api/am/devportal/v3"},
    }
    common = {"username": "registrar", "password": PASSWORD, "ca_path": server.ca_path, "grant_types": GRANTS}
    return {"name": f"client {way}", **common, **paths[way], "retries": 0, **changes}


def _scenarios(servers: Servers) -> dict[str, dict[str, Any]]:
    """The options of each scenario. Those that are not in FAILURES succeed."""
    wso2 = servers.wso2
    return {
        "registered": _options(wso2, "am"),
        "created": _options(wso2, "is"),
        "generated": _options(wso2, "portal"),
        "removed": _options(wso2, "is", name="nothing", state="absent"),
        "wrong-password": _options(wso2, "is", password=WRONG),
        "rejected-token": _options(wso2, "is", registration_token=TOKEN, password=None),
        "masked": _options(servers.masking, "portal"),
        "echo": _options(servers.echo, "am"),
        "misspelled": _options(wso2, "am", passwrd=WRONG),
        "not-a-string": _options(wso2, "am", password=[WRONG]),
    }


def _tasks(scenarios: Mapping[str, Mapping[str, Any]], keywords: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each scenario once, then all of them in a loop over their secrets, with retries, and rescued."""
    tasks: list[dict[str, Any]] = []
    for number, (name, options) in enumerate(scenarios.items()):
        arguments = {option: f"{{{{ scenarios['{name}']['{option}'] }}}}" for option in _given(options)}
        task = {"name": f"Get keys, {name}", PLUGIN: arguments, "ignore_errors": True, **keywords}
        tasks.append({**task, "register": f"keys_{number}"})
        tasks.append({**task, "loop": [f"{{{{ scenarios['{name}'] }}}}"], "register": "looped"})
        tasks.append({**task, "register": "retried", "until": "retried is succeeded", "retries": 1, "delay": 0})
        rescue = [{"ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg | default('censored') }}"}}]
        tasks.append(
            {"block": [{key: value for key, value in task.items() if key != "ignore_errors"}], "rescue": rescue}
        )
    return tasks


def _given(options: Mapping[str, Any]) -> list[str]:
    return [option for option, value in options.items() if value is not None]


def _param(run: Channels) -> Any:
    # One worker runs both tests of a run, because each worker would play it again. test_matrix.py has the other
    # connection and the debug output on each release.
    marks = [pytest.mark.xdist_group(run.name), *([] if run is RUNS[0] else [pytest.mark.any_release])]
    return pytest.param(run, marks=marks, id=run.name)


@pytest.fixture(scope="module", params=map(_param, RUNS))
def recorded(
    request: pytest.FixtureRequest,
    collections: Path,
    registration_servers: Servers,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[RecordedRun, list[str]]:
    """The run, and the secrets that no channel may show."""
    channels: Channels = request.param
    ansible = Ansible(collections, tmp_path_factory.mktemp("keys"))
    inputs, rendered = ansible.scratch / "inputs", ansible.scratch / "rendered"
    inputs.mkdir()
    rendered.mkdir()
    scenarios = _scenarios(registration_servers)
    tasks = _tasks(scenarios, TARGETS[channels.targets[0]])
    names = ", ".join(f"keys_{number}" for number in range(len(scenarios)))
    tasks.append(write_json(f"[{names}]", rendered / "keys.json"))
    play = {"name": "keys", "hosts": "all", "gather_facts": False, "vars": {"scenarios": scenarios}, "tasks": tasks}
    (inputs / "playbook.yml").write_text(
        yaml.safe_dump([play], sort_keys=False, width=1000, allow_unicode=True), "utf-8"
    )
    (inputs / "inventory").write_text("host1 ansible_connection=local\n", "utf-8")
    arguments = [str(inputs / "playbook.yml"), "-i", str(inputs / "inventory")]
    run = record_run(ansible, "ansible-playbook", arguments, channels)
    assert run.run.returncode == 0, run.run.stdout[-2000:]
    keys = [each.get("consumer_secret") for each in json.loads((rendered / "keys.json").read_text("utf-8"))]
    found = [secret for secret in keys if secret]
    # The first three scenarios return keys. Otherwise the search would look for nothing.
    assert len(found) == 3
    tokens = [token["access_token"] for token in registration_servers.wso2.all_tokens()]
    # The portal sent a token along.
    assert tokens
    return run, [PASSWORD, WRONG, TOKEN, f"registrar:{PASSWORD}", *found, *tokens]


def test_no_channel_contains_a_secret(recorded: tuple[RecordedRun, list[str]]) -> None:
    run, hidden = recorded
    assert run.leaks(hidden) == {}


def test_each_failure_is_explained(recorded: tuple[RecordedRun, list[str]]) -> None:
    log = compact(recorded[0].run.log)
    assert [name for name, words in FAILURES.items() if compact(words) not in log] == []
