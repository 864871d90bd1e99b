# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an endpoint is reached: the options that contradict each other are told apart before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import SHARED_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._transport_settings import TransportSettings

ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("authority that is not looked at", {"ca_path": "/ca.pem", "validate_certs": False}, "ca_path"),
    ("key without certificate", {"client_key": "/key.pem"}, "client_key"),
    ("no time", {"timeout": 0}, "timeout"),
    ("negative time", {"timeout": -1}, "timeout"),
    ("more than a day", {"timeout": 86401}, "timeout"),
    ("more than clocks can count", {"timeout": 10**400}, "timeout"),
    ("negative retries", {"retries": -1}, "retries"),
]


@pytest.mark.parametrize(("options", "option"), [row[1:] for row in ERRORS], ids=[r[0] for r in ERRORS])
def test_contradictions(options: dict[str, Any], option: str) -> None:
    with pytest.raises(OptionError) as caught:
        TransportSettings.from_options(options)
    assert caught.value.option == option
    assert caught.value.cause.startswith(f"{option} ")


GOOD: list[tuple[str, dict[str, Any]]] = [
    ("authority", {"ca_path": "/ca.pem"}),
    ("no verification", {"validate_certs": False}),
    ("certificate that holds its key", {"client_cert": "/c.pem"}),
    ("certificate and key", {"client_cert": "/c.pem", "client_key": "/k.pem"}),
    ("least time, no retries", {"timeout": 1, "retries": 0}),
    ("most time", {"timeout": 86400}),
    ("no proxy", {"use_proxy": False}),
]


@pytest.mark.parametrize("options", [row[1] for row in GOOD], ids=[r[0] for r in GOOD])
def test_options_are_taken_over(options: dict[str, Any]) -> None:
    settings = TransportSettings.from_options({**options, "password": "not one of them"})
    assert {name: getattr(settings, name) for name in options} == options


def test_defaults_are_those_of_the_options() -> None:
    settings = TransportSettings()
    defaults = {name: SHARED_OPTIONS[name].get("default") for name in TransportSettings.__dataclass_fields__}
    assert vars(settings) == defaults
