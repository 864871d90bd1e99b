# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""WSO2 issues one token for several spellings of a username. Once revoked or replaced, none of them returns it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playbook import Ansible, write_json
from wso2 import Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
OTHER = "alice@carbon.super"
ENDINGS = {"revoked": {"state": "absent"}, "replaced": {"force": True}}


@pytest.mark.parametrize("store", ["run", "directory"])
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("entry_point", ["module", "lookup"])
def test_a_token_that_ended_is_not_returned_under_another_spelling(
    ansible: Ansible,
    wso2: Wso2,
    variables: dict[str, Any],
    tmp_path: Path,
    entry_point: str,
    ending: str,
    store: str,
) -> None:
    variables = {**variables, "wso2_token_store": str(tmp_path / "tokens") if store == "directory" else store}

    def get(name: str) -> list[dict[str, Any]]:
        """Tasks that write the token of the other spelling."""
        path = tmp_path / f"{name}.json"
        if entry_point == "lookup":
            return [write_json(f"lookup('{PLUGIN}', 'token', username='{OTHER}')", path)]
        return [{PLUGIN: {"username": OTHER}, "register": name}, write_json(name, path)]

    first = [{PLUGIN: {}, "register": "first"}, write_json("first", tmp_path / "first.json")]
    run = ansible.play([*first, *get("before"), {PLUGIN: ENDINGS[ending]}, *get("after")], variables=variables)
    assert run.returncode == 0, run.stdout + run.stderr
    tokens = {
        name: json.loads((tmp_path / f"{name}.json").read_text("utf-8"))["access_token"]
        for name in ("first", "before", "after")
    }
    assert tokens["before"] == tokens["first"], "one token for both spellings"
    assert tokens["after"] != tokens["before"]
    assert wso2.is_active(tokens["after"])
