# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registration of clients: the simulator answers like the real servers whose exchanges were recorded."""

from __future__ import annotations

import pytest
import requests
from simulator_process import RunningSimulator
from transcript_replay import Replay, Transcript, load_transcripts

REGISTRATION = ("001", "048")
PORTAL = ("062", "115")


def _recorded(server: str, first: str = "000", last: str = "999") -> list[Transcript]:
    return [item for item in load_transcripts(f"registration_{server}") if first <= item.name[:3] <= last]


def _replay(simulator: RunningSimulator) -> Replay:
    return Replay(simulator.facts["base_url"], simulator.facts["http_url"], simulator.facts["ca_path"])


@pytest.fixture
def api_manager(simulator: RunningSimulator) -> Replay:
    """API Manager 4.1 as it was recorded, with its users."""
    simulator.settings(
        registration_of_known_name="returned", portal_version="v2", portal_key_deletion=False, lock_after=4
    )
    for name, password, roles in (
        ("ada", "Ada-pw-1", ["subscriber"]),
        ("Admin", "admin", ["admin", "subscriber"]),
        ("eve", "Eve-pw-1", []),
        ("kim@mail.test@carbon.super", "Kim-pw-1", ["subscriber"]),
    ):
        simulator.control("PUT", f"users/{name}", {"password": password, "roles": roles})
    return _replay(simulator)


@pytest.fixture
def portal(simulator: RunningSimulator, api_manager: Replay) -> Replay:
    """The same server with the applications that it had when the portal was recorded, and tokens of its users."""
    base = f"{simulator.url}/api/am/devportal/v2/applications"
    for name, description in (("ada_app", "x"), ("short2", None), ("short3", None)):
        content = {"name": name, "throttlingPolicy": "Unlimited", "description": description}
        created = requests.post(base, json=content, auth=("admin", "admin"), timeout=10)
        assert created.status_code == 201, created.text
    for recorded, username, password in (
        ("7a3c9ae1-b112-370e-85f7-f8eb09ff122b", "admin", "admin"),
        ("a8be1b6d-9900-3994-8182-a4526a9869e3", "admin", "admin"),
        ("1164c3d9-ce0a-3c61-8eb5-dcc111cc0188", "ada", "Ada-pw-1"),
    ):
        scope = "default" if recorded.startswith("a8") else "apim:subscribe"
        token = simulator.granted(username=username, password=password, scope=scope)["access_token"]
        api_manager.bound[recorded] = token
    return api_manager


def test_client_registration(api_manager: Replay) -> None:
    api_manager.replay(_recorded("api_manager_4_1", *REGISTRATION))
    api_manager.replay(_recorded("api_manager_4_1", "401", "404"))


def test_wrong_logins_lock_the_account_and_look_the_same_then(api_manager: Replay) -> None:
    api_manager.replay(_recorded("api_manager_4_1", "361", "366"))


def test_developer_portal(portal: Replay) -> None:
    portal.replay(_recorded("api_manager_4_1", *REGISTRATION))
    portal.replay(_recorded("api_manager_4_1", *PORTAL))
    portal.replay(_recorded("api_manager_4_1", "381", "381"))
    portal.replay(_recorded("api_manager_4_1", "405", "426"))


def test_mapped_and_left_over_keys(simulator: RunningSimulator, portal: Replay) -> None:
    """The application of 465 was created in between, and those of 472 later."""
    portal.replay(_recorded("api_manager_4_1", *REGISTRATION))
    portal.replay(_recorded("api_manager_4_1", *PORTAL))
    for recorded, name in (
        ("87621c24-b777-458b-86a3-fe55c00a34f4", "ada_map"),
        ("25dc1977-e1b8-45df-8e3f-eeb1a6c4c51c", "grants"),
    ):
        created = requests.post(
            f"{simulator.url}/api/am/devportal/v2/applications",
            json={"name": name, "throttlingPolicy": "Unlimited"},
            auth=("admin", "admin"),
            timeout=10,
        )
        portal.bound[recorded] = created.json()["applicationId"]
    portal.replay(_recorded("api_manager_4_1", "462", "464"))
    key, secret = (portal.bound[each] for each in ("Made0001Upd1EcWVu37Yhy7eTSpa", "Made0002Upj5tHqaT1UnfLdXEZDa"))
    # The token that comes with the mapped keys is one of the client, which has some seconds left.
    found = portal.differences(_recorded("api_manager_4_1", "465", "465")[0])
    assert [each for each in found if not each.startswith(("accessToken", "tokenScopes", "validityTime"))] == []
    portal.replay(_recorded("api_manager_4_1", "466", "470"))
    assert simulator.token(auth=(key, secret)).status_code == 200
    portal.replay(_recorded("api_manager_4_1", "472", "477"))


def test_registration_in_identity_servers_form(simulator: RunningSimulator) -> None:
    """DELETE, 356, is left out: its 500 comes from the assembled server. 425 of API Manager has it."""
    simulator.settings(registration_of_known_name="returned")
    simulator.control("PUT", "users/alice", {"password": "Wonder-land1"})
    replay = _replay(simulator)
    replay.replay(_recorded("identity_server_6_1", "339", "355"))
    replay.replay(_recorded("identity_server_6_1", "361", "362"))
