# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms of a task that acquires a token. Each form is a play, in which each host is a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from targets import TARGETS

PLUGIN = "apiops.wso2.wso2_password_token"
APPLICATION_PLUGIN = "apiops.wso2.wso2_application_token"

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
    """tasks: returns the tasks for the name of the plugin and the keywords of the target.

    is_rejected: whether the action plugin rejects every task in this form. is_censored: whether the author sets no_log.
    keywords: of the play.
    """

    name: str
    tasks: Callable[[str, Mapping[str, Any]], list[Task]]
    is_lookup: bool = False
    is_rejected: bool = False
    is_censored: bool = False
    keywords: Mapping[str, Any] = field(default_factory=dict)


def play(form: Form, target: str, hosts: Sequence[str], plugin: str) -> dict[str, Any]:
    """The play of FORM for HOSTS."""
    return {
        "name": title(form, target),
        "hosts": list(hosts),
        "gather_facts": False,
        "tasks": form.tasks(plugin, TARGETS[target]),
        **form.keywords,
    }


def title(form: Form, target: str) -> str:
    """The name of a play."""
    return f"{form.name} / {target}"


def arguments(source: str = "task_options") -> dict[str, str]:
    """The options in SOURCE: a variable of the host, or the loop item. Options that it does not set are omitted."""
    return {name: f"{{{{ {source}.{name} | default(omit) }}}}" for name in OPTIONS}


def _token_task(plugin: str, target: Mapping[str, Any], *, source: str = "task_options", **keywords: Any) -> Task:
    return {"name": "Get a token", plugin: arguments(source), "register": "token", **target, **keywords}


def _single_task(**keywords: Any) -> Callable[[str, Mapping[str, Any]], list[Task]]:
    return lambda plugin, target: [_token_task(plugin, target, **keywords)]


def _block_with_rescue(plugin: str, target: Mapping[str, Any]) -> list[Task]:
    rescue = [{"ansible.builtin.debug": {"var": name}} for name in ("ansible_failed_result", "ansible_failed_task")]
    return [{"block": [_token_task(plugin, target)], "rescue": rescue}]


IGNORED = {"ignore_errors": True}

TASKS = (
    Form("ignored", _single_task(**IGNORED)),
    Form("looped", _single_task(loop=[1, 2], **IGNORED)),
    Form(
        "looped over secrets",
        _single_task(
            source="item", loop="{{ [task_options, task_options] }}", loop_control={"extended": True}, **IGNORED
        ),
    ),
    Form("retried", _single_task(until="token is failed", retries=2, delay=0, **IGNORED)),
    Form(
        "retried until the last attempt",
        _single_task(until="token.expires_in | default(0) == 1", retries=1, delay=0, **IGNORED),
    ),
    Form("rescued", _block_with_rescue),
    Form("failed_when", _single_task(failed_when="token is success or token is failed", **IGNORED)),
    Form("async", _single_task(**{"async": 10}, poll=1, **IGNORED), is_rejected=True),
    Form("no_log", _single_task(no_log=True, **IGNORED), is_censored=True),
    Form("delegated", _single_task(delegate_to="localhost", delegate_facts=True, **IGNORED)),
    Form("run_once", _single_task(run_once=True, **IGNORED), keywords={"serial": 1}),
    Form("check mode", _single_task(check_mode=True, diff=True, **IGNORED)),
    Form("fatal", _single_task()),
)

_LOOKUP = "lookup(plugin_name, **lookup_options)"


def _lookup_form(task: Mapping[str, Any], *, inside: str | None = None, **keywords: Any) -> Form:
    (module,) = task
    name = f"lookup in {inside or module}"

    def tasks(plugin: str, _target: Mapping[str, Any]) -> list[Task]:
        variables = {"plugin_name": plugin, **keywords.get("vars", {})}
        return [{"name": "Look up", **task, "ignore_errors": True, **keywords, "vars": variables}]

    return Form(name, tasks, is_lookup=True)


def lookups(rendered: Path) -> Sequence[Form]:
    """The forms of the lookup. The directory RENDERED is for the files that contain a token on purpose."""
    fine = {"ansible.builtin.debug": {"msg": "fine"}}
    template = rendered / "template.j2"
    template.write_text(f"{{{{ {_LOOKUP} }}}}", "utf-8")
    destination = f"{rendered}/{{{{ inventory_hostname }}}}"
    return (
        _lookup_form(
            {"ansible.builtin.assert": {"that": ["found | length > 0"], "quiet": False}},
            inside="vars",
            vars={"found": f"{{{{ {_LOOKUP} }}}}"},
        ),
        _lookup_form({"ansible.builtin.template": {"src": str(template), "dest": destination}}, diff=False),
        _lookup_form(
            {"ansible.builtin.copy": {"content": f"{{{{ {_LOOKUP} }}}} {{{{ 3 }}}}", "dest": destination}}, diff=False
        ),
        _lookup_form(fine, inside="when", when=f"{_LOOKUP} | length > 0"),
        _lookup_form(fine, inside="until", until=f"{_LOOKUP} | length > 0", retries=1, delay=0),
        _lookup_form({"ansible.builtin.debug": {"msg": f"{{{{ {_LOOKUP} | length }}}} characters"}}),
        _lookup_form(
            {"ansible.builtin.debug": {"msg": "{{ lookup(plugin_name, 'token', **lookup_options).origin }}"}},
            inside="a mapping",
        ),
        _lookup_form(
            {"ansible.builtin.debug": {"msg": "{{ item }}"}},
            inside="loop",
            loop=[f"{{{{ {_LOOKUP} | length }}}}"],
        ),
    )
