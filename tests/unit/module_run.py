# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One execution of a module as ansible-core starts it on a managed node."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ansible.module_utils import basic

from ansible_collections.apiops.wso2.tests.unit.examples import CONSUMER_SECRET


def execute(
    main: Callable[[], None],
    arguments: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> dict[str, Any]:
    """The whole result of MAIN; an argument that is None is not given."""
    given = {name: value for name, value in arguments.items() if value is not None}
    # ansible.module_utils.testing came with ansible-core 2.19, and so did the profile.
    monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
    monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
    with pytest.raises(SystemExit):
        main()
    result = json.loads(capsys.readouterr().out)
    # ansible-core 2.22 reports here what to mask, and removes it before anything is shown.
    result.pop("_ansible_new_secrets", None)
    assert result.pop("invocation", {"module_args": {}}) == {"module_args": {}}
    assert CONSUMER_SECRET not in json.dumps(result)
    return dict(result)


def reply_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """What the module reports to the action plugin."""
    reply = json.loads(result["reply"])
    assert isinstance(reply, dict)
    return reply
