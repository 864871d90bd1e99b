# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WSO2 issues one token for several spellings of a username. Once revoked or replaced, none of them returns it."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, write_json
from wso2 import Wso2

pytestmark = pytest.mark.any_release

PLUGIN = "apiops.wso2.wso2_password_token"
ENDINGS = {"revoked": {"state": "absent"}, "replaced": {"force": True}}
CASES = list(product(("module", "lookup"), ENDINGS, ("run", "directory")))


def _play(directory: Path, number: int) -> dict[str, Any]:
    """The play of one case, which writes the tokens before and after the end. It has a user of its own."""
    entry_point, ending, store = CASES[number]
    other = f"user{number}@carbon.super"

    def get(name: str) -> dict[str, Any]:
        """Get the token of the other spelling."""
        if entry_point == "lookup":
            value = f"{{{{ lookup('{PLUGIN}', 'token', username='{other}') }}}}"
            return {"ansible.builtin.set_fact": {name: value}, "no_log": True}
        return {PLUGIN: {"username": other}, "register": name}

    first, end = {PLUGIN: {}, "register": "first"}, {PLUGIN: ENDINGS[ending]}
    result = write_json("[first, before, after] | map(attribute='access_token') | list", directory / f"{number}.json")
    variables = {
        "wso2_username": f"user{number}",
        "wso2_token_store": str(directory / "tokens") if store == "directory" else store,
    }
    tasks = [first, get("before"), end, get("after"), result]
    return {"hosts": "all", "gather_facts": False, "vars": variables, "tasks": tasks}


def test_a_token_that_ended_is_not_returned_under_another_spelling(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path
) -> None:
    for number in range(len(CASES)):
        wso2.put_user(f"user{number}", password=variables["wso2_password"])
    del variables["wso2_username"]
    run = ansible.play_all([_play(tmp_path, number) for number in range(len(CASES))], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    for number, case in enumerate(CASES):
        first, before, after = json.loads((tmp_path / f"{number}.json").read_text("utf-8"))
        assert before == first, f"one token for both spellings: {case}"
        assert after != before, case
        assert wso2.is_active(after), case
