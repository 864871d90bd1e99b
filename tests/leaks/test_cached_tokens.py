# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens in the cache, which a server repeats in errors in whatever encoding, are on no channel."""

from __future__ import annotations

import base64
import codecs
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from channels import IS_FOR_RELEASE, Channels, RecordedRun, record_run
from playbook import Ansible
from scripted_endpoint import ScriptedEndpoint, ScriptedResponse
from secret_search import compact
from targets import TARGETS

PLUGIN = "apiops.wso2.wso2_password_token"
# So short that no token is masked because it looks like one.
MARK = secrets.token_hex(3)
KINDS = ("access", "refresh", "id")
PASSWORD, CLIENT_SECRET = f"Cached-pass/{MARK}", f"Cached-secret/{MARK}"
EVERYTHING = Channels(
    "everything, -vvvvv",
    5,
    {"ANSIBLE_RETRY_FILES_ENABLED": "1", "ANSIBLE_RETRY_FILES_SAVE_PATH": "channel-retry"},
)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _each(template: str, text: str) -> str:
    return "".join(template % ord(character) for character in text)


# By the name of the host that gets it.
ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "capitals": str.upper,
    "url_twice": lambda text: quote(quote(text, safe=""), safe=""),
    "url_all": lambda text: _each("%%%02x", text),
    "hex": lambda text: text.encode().hex(),
    "json_numbers": lambda text: _each("\\u%04x", text),
    "html_numbers": lambda text: _each("&#%d;", text),
    "base64": _base64,
    "base64_twice": lambda text: _base64(_base64(text)),
    "base64_lines": lambda text: f"{_base64(text)[:9]}\r\n{_base64(text)[9:]}",
    "quoted_printable": lambda text: _each("=%02X", text),
    "backwards": lambda text: text[::-1],
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "base85": lambda text: base64.a85encode(text.encode()).decode(),
}
# Executing a module on a managed node takes a second, and the release of ansible-core has no part in the encodings.
REPRESENTATIVE = ("raw", "hex", "url_twice", "base64_lines")


def _tokens(host: str) -> list[str]:
    return [f"{kind}.{host}/{MARK}" for kind in KINDS]


class _RepeatingEndpoint(ScriptedEndpoint):
    """Issues each user tokens of its own, and repeats them, and the credentials, in every other response."""

    def _next(self, form: dict[str, str]) -> ScriptedResponse:
        self.requests.append(form)
        if form.get("grant_type") == "password":
            access, refresh, identity = _tokens(form["username"])
            tokens = {"access_token": access, "refresh_token": refresh, "id_token": identity}
            # Not the lifetime of a new token, so it is refreshed at once, and so short that it is not kept.
            return 200, {**tokens, "expires_in": 77}
        text = form.get("refresh_token") or form["token"]
        host = text.partition("/")[0].partition(".")[2]
        encode = ENCODINGS[host]
        said = " and ".join(map(encode, [*_tokens(host), PASSWORD, CLIENT_SECRET]))
        return 500, {"error": "server_error", "error_description": f"Query failed: {said}"}


TASK = {PLUGIN: {}, "register": "wso2", "ignore_errors": True}
LOOKUP = {"ansible.builtin.assert": {"that": f"lookup('{PLUGIN}') | length > 0", "quiet": True}}
PLAYS: dict[str, list[dict[str, Any]]] = {
    "module": [TASK, {**TASK, PLUGIN: {"force": True}}, {**TASK, PLUGIN: {"state": "absent"}, "ignore_errors": False}],
    "lookup": [LOOKUP, LOOKUP, {"ansible.builtin.fail": {"msg": "So that there is a retry file"}}],
    "managed node": [
        TASK,
        {**TASK, PLUGIN: {"force": True}},
        {**TASK, PLUGIN: {"state": "absent"}, "ignore_errors": False},
    ],
}


# One worker runs both tests of a run, because each worker would play it again.
@pytest.fixture(
    scope="module",
    params=[
        pytest.param(entry_point, marks=pytest.mark.xdist_group(f"cached tokens, {entry_point}"))
        for entry_point in PLAYS
    ],
)
def recorded(
    request: pytest.FixtureRequest, collections: Path, tmp_path_factory: pytest.TempPathFactory
) -> RecordedRun:
    ansible = Ansible(collections, tmp_path_factory.mktemp("cached"))
    entry_point: str = request.param
    target: Mapping[str, Any] = TARGETS["ssh" if entry_point == "managed node" else "control node"]
    hosts = REPRESENTATIVE if entry_point == "managed node" or IS_FOR_RELEASE else tuple(ENCODINGS)
    with _RepeatingEndpoint() as endpoint:
        variables = {
            "ansible_connection": "local",
            "wso2_token_url": endpoint.url,
            "wso2_consumer_key": "cached_key",
            "wso2_consumer_secret": CLIENT_SECRET,
            "wso2_username": "{{ inventory_hostname }}",
            "wso2_password": PASSWORD,
            "wso2_min_validity": 300,
            "wso2_retries": 0,
        }
        inputs = ansible.scratch / "inputs"
        inputs.mkdir()
        play = {"hosts": "all", "gather_facts": False, "tasks": PLAYS[entry_point], **target}
        (inputs / "playbook.yml").write_text(yaml.safe_dump([play]), "utf-8")
        inventory = {"all": {"hosts": {host: {} for host in hosts}, "vars": variables}}
        (inputs / "inventory.yml").write_text(yaml.safe_dump(inventory), "utf-8")
        arguments = [str(inputs / "playbook.yml"), "-i", str(inputs / "inventory.yml")]
        found = record_run(ansible, "ansible-playbook", arguments, EVERYTHING)
        grants = set(endpoint.grants)
    assert grants == (
        {"password", "refresh_token"} if entry_point == "lookup" else {"password", "refresh_token", "revoke"}
    )
    return found


def test_no_channel_has_a_cached_token_in_any_encoding(recorded: RecordedRun) -> None:
    hidden = [(host, text) for host in ENCODINGS for text in (*_tokens(host), PASSWORD, CLIENT_SECRET)]
    assert recorded.leaks(dict.fromkeys(text for _host, text in hidden)) == {}
    views = {name: compact(text.replace("\\n", " ")) for name, text in recorded.channels.items()}
    leaks = {
        (name, host)
        for name, view in views.items()
        for host, text in hidden
        if compact(ENCODINGS[host](text)) in view or compact(ENCODINGS[host](text)).replace("\\", "\\\\") in view
    }
    assert leaks == set()


def test_the_failures_and_a_retry_file_were_among_the_channels(recorded: RecordedRun) -> None:
    assert "Query failed" in recorded.channels["log"] or "the text contains a secret" in recorded.channels["log"]
    names = list(recorded.channels)
    assert any(name.startswith("channel-tree/") for name in names)
    assert any(name.startswith("channel-retry/") for name in names)
