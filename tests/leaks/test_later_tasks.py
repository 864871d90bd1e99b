# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Later tasks that print a token. In ansible-core 2.22 and later, it is masked in their output too.

In earlier releases, plugins cannot prevent this. The tests state what is visible there, so that a change is noticed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from channels import CORE
from forms import PLUGIN
from playbook import Ansible
from wso2 import Wso2, running_wso2


@dataclass(frozen=True)
class Consumer:
    """task: C(VALUE) is replaced by the token. fixed_in: the first release of ansible-core that does not show it."""

    task: Mapping[str, Any]
    fixed_in: tuple[int, int] = (2, 22)


def _task(module: str, **options: Any) -> dict[str, Any]:
    return {f"ansible.builtin.{module}": options}


FINE = _task("debug", msg="fine")
# Each name is also the name of a host and of its user, so each task has its own token.
CONSUMERS = {
    "debug": Consumer(_task("debug", msg="{{ VALUE }}")),
    "inside": Consumer(_task("debug", msg={"deep": ["before {{ VALUE }} after"]})),
    "base64": Consumer(_task("debug", msg="{{ VALUE | b64encode }}")),
    "url": Consumer(_task("debug", msg="{{ VALUE | urlencode }}")),
    "command": Consumer(_task("command", argv=["echo", "{{ VALUE }}"])),
    "uri": Consumer(
        _task("uri", url="{{ url }}", headers={"Authorization": "Bearer {{ VALUE }}"}, ca_path="{{ wso2_ca_path }}"),
        fixed_in=(2, 21),
    ),
    "name": Consumer({"name": "Use {{ VALUE }}", **FINE}),
    "item": Consumer({"loop": ["{{ VALUE }}"], **FINE}),
    "fact": Consumer(_task("set_fact", copied="{{ VALUE }}")),
    "diff": Consumer({**_task("copy", content="{{ VALUE }}\n", dest="{{ destination }}", mode="0600"), "diff": True}),
    "no-diff": Consumer(
        {**_task("copy", content="{{ VALUE }}\n", dest="{{ destination }}", mode="0600")}, fixed_in=(2, 16)
    ),
    "condition": Consumer({**FINE, "when": "VALUE != ''"}, fixed_in=(2, 16)),
}
# The sources of the token.
VALUES = {"task": "token.access_token", "lookup": f"lookup('{PLUGIN}')"}


@pytest.fixture(scope="module")
def wso2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wso2]:
    with running_wso2(tmp_path_factory.mktemp("wso2")) as running:
        for name in CONSUMERS:
            running.put_user(name, password=f"{name}-password-9Xq", roles=["subscriber"])
        yield running


@pytest.mark.parametrize("entry_point", VALUES)
def test_a_token_in_a_later_task(ansible: Ansible, wso2: Wso2, tmp_path: Path, entry_point: str) -> None:
    plays = [_play(name, consumer.task, entry_point) for name, consumer in CONSUMERS.items()]
    variables = {
        **wso2.demo_variables,
        "wso2_username": "{{ inventory_hostname }}",
        "wso2_password": "{{ inventory_hostname }}-password-9Xq",
        "url": wso2.api_url,
        "destination": str(tmp_path / "copied"),
    }
    run = ansible.play_all(plays, hosts=tuple(CONSUMERS), variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    tokens = {str(token["user"]).partition("@")[0]: token["access_token"] for token in wso2.all_tokens()}
    assert set(tokens) == set(CONSUMERS)
    shown = {name for name, token in tokens.items() if run.leaks(token)}
    assert shown == {name for name, consumer in CONSUMERS.items() if consumer.fixed_in > CORE}
    assert ("$REDACTED$" in run.stdout) == (CORE >= (2, 22))
    assert run.leaks("demo_secret", *(f"{name}-password-9Xq" for name in CONSUMERS)) == []


def _play(name: str, task: Mapping[str, Any], entry_point: str) -> dict[str, Any]:
    """Each task has its own play, because the name of a task is templated only for the first host."""
    value = VALUES[entry_point]
    tasks = [{PLUGIN: {}, "register": "token"}] if entry_point == "task" else []
    tasks.append(json.loads(json.dumps(task).replace("VALUE", value)))
    return {"hosts": name, "gather_facts": False, "tasks": tasks}
