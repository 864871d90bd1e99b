# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways in which a playbook asks for a token: each is a play, in which each host is a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sabotage
from targets import TARGETS

PLUGIN = "apiops.wso2.wso2_password_token"

OPTIONS = (
    "token_url",
    "ca_path",
    "consumer_key",
    "consumer_secret",
    "username",
    "password",
    "passwrd",
    "refresh_token",
    "retries",
    "timeout",
    "token_store",
    "fact_name",
    "state",
)

Task = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """tasks: made for the name of the plugin and the keywords of the place.

    refuses_all: whether Ansible itself turns every task down. is_silent: whether the author wants it so.
    keywords: of the play.
    """

    name: str
    tasks: Callable[[str, Mapping[str, Any]], list[Task]]
    is_lookup: bool = False
    refuses_all: bool = False
    is_silent: bool = False
    keywords: Mapping[str, Any] = field(default_factory=dict)


def play(form: Form, place: str, hosts: Sequence[str], *, is_broken: bool) -> dict[str, Any]:
    """The play of FORM for HOSTS; is_broken: by the collection that fails."""
    plugin = sabotage.BROKEN_PLUGIN if is_broken else PLUGIN
    return {
        "name": title(form, place),
        "hosts": list(hosts),
        "gather_facts": False,
        "tasks": form.tasks(plugin, TARGETS[place]),
        **form.keywords,
    }


def title(form: Form, place: str) -> str:
    """What a play is called."""
    return f"{form.name} / {place}"


def arguments(source: str = "asked") -> dict[str, str]:
    """The options of the host, or of the loop item, those left out that it does not name."""
    return {name: f"{{{{ {source}.{name} | default(omit) }}}}" for name in OPTIONS}


def _asks(plugin: str, place: Mapping[str, Any], *, source: str = "asked", **keywords: Any) -> Task:
    return {"name": "Ask", plugin: arguments(source), "register": "token", **place, **keywords}


def _one(**keywords: Any) -> Callable[[str, Mapping[str, Any]], list[Task]]:
    return lambda plugin, place: [_asks(plugin, place, **keywords)]


def _rescued(plugin: str, place: Mapping[str, Any]) -> list[Task]:
    shown = [{"ansible.builtin.debug": {"var": name}} for name in ("ansible_failed_result", "ansible_failed_task")]
    return [{"block": [_asks(plugin, place)], "rescue": shown}]


IGNORED = {"ignore_errors": True}

TASKS = (
    Form("ignored", _one(**IGNORED)),
    Form("looped", _one(loop=[1, 2], **IGNORED)),
    Form(
        "looped over secrets",
        _one(source="item", loop="{{ [asked, asked] }}", loop_control={"extended": True}, **IGNORED),
    ),
    Form("retried", _one(until="token is failed", retries=2, delay=0, **IGNORED)),
    Form("retried in vain", _one(until="token.expires_in | default(0) == 1", retries=1, delay=0, **IGNORED)),
    Form("rescued", _rescued),
    Form("failed_when", _one(failed_when="token is success or token is failed", **IGNORED)),
    Form("async", _one(**{"async": 10}, poll=1, **IGNORED), refuses_all=True),
    Form("no_log", _one(no_log=True, **IGNORED), is_silent=True),
    Form("delegated", _one(delegate_to="localhost", delegate_facts=True, **IGNORED)),
    Form("run_once", _one(run_once=True, **IGNORED), keywords={"serial": 1}),
    Form("check mode", _one(check_mode=True, diff=True, **IGNORED)),
    Form("fatal", _one()),
)

_LOOKUP = "lookup(plugin_name, **asked_by_lookup)"


def _looks_up(task: Mapping[str, Any], *, called: str | None = None, **keywords: Any) -> Form:
    (module,) = task
    name = f"lookup in {called or module}"

    def tasks(plugin: str, _place: Mapping[str, Any]) -> list[Task]:
        variables = {"plugin_name": plugin, **keywords.get("vars", {})}
        return [{"name": "Look up", **task, "ignore_errors": True, **keywords, "vars": variables}]

    return Form(name, tasks, is_lookup=True)


def lookups(kept: Path) -> Sequence[Form]:
    """The forms of the lookup; what is meant to hold a token goes into the directory KEPT."""
    fine = {"ansible.builtin.debug": {"msg": "fine"}}
    template = kept / "template.j2"
    template.write_text(f"{{{{ {_LOOKUP} }}}}", "utf-8")
    destination = f"{kept}/{{{{ inventory_hostname }}}}"
    return (
        _looks_up(
            {"ansible.builtin.assert": {"that": ["found | length > 0"], "quiet": False}},
            called="vars",
            vars={"found": f"{{{{ {_LOOKUP} }}}}"},
        ),
        _looks_up({"ansible.builtin.template": {"src": str(template), "dest": destination}}, diff=False),
        _looks_up(
            {"ansible.builtin.copy": {"content": f"{{{{ {_LOOKUP} }}}} {{{{ 3 }}}}", "dest": destination}}, diff=False
        ),
        _looks_up(fine, called="when", when=f"{_LOOKUP} | length > 0"),
        _looks_up(fine, called="until", until=f"{_LOOKUP} | length > 0", retries=1, delay=0),
        _looks_up({"ansible.builtin.debug": {"msg": f"{{{{ {_LOOKUP} | length }}}} letters"}}),
        _looks_up(
            {"ansible.builtin.debug": {"msg": "{{ lookup(plugin_name, 'token', **asked_by_lookup).origin }}"}},
            called="a mapping",
        ),
        _looks_up(
            {"ansible.builtin.debug": {"msg": "{{ item }}"}},
            called="loop",
            loop=[f"{{{{ {_LOOKUP} | length }}}}"],
        ),
    )
