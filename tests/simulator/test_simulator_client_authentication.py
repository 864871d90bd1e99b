# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client authentication at the token endpoint."""

from __future__ import annotations

import base64
from urllib.parse import quote_plus

import pytest
import requests
from simulator_process import ALICE, RunningSimulator

SPECIAL = "s%2Bcr&t=ü +/#"


def basic(text: str) -> dict[str, str]:
    """Return the header for a raw ``id:secret``."""
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (basic("demo_key:demo_secret"), 200),
        (basic(f"special_key:{SPECIAL}"), 200),
        (basic(f"special_key:{quote_plus(SPECIAL)}"), 401),
        (basic("demo_key:demo_secret:"), 200),
        (basic("demo_key:"), 401),
        (basic("demo_key"), 401),
        (basic("colon_key:colon:secret"), 401),
        (basic("demo_key:demo_secret\n"), 401),
        ({"Authorization": basic("demo_key:demo_secret")["Authorization"].replace(" ", "  ")}, 401),
        ({"Authorization": "Basic !!!"}, 401),
        ({"Authorization": "Bearer abc"}, 401),
    ],
)
def test_basic(simulator: RunningSimulator, header: dict[str, str], status: int) -> None:
    assert simulator.token(headers=header, auth=None).status_code == status


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"client_id": "demo_key", "client_secret": "demo_secret"}, 200),
        ({"client_id": "colon_key", "client_secret": "colon:secret"}, 200),
        ({"client_id": "special_key", "client_secret": SPECIAL}, 200),
        ({"client_id": "demo_key", "client_secret": "nonsense"}, 401),
        ({"client_id": "public_key"}, 200),
        ({"client_id": "demo_key"}, 401),
        ({"client_id": "mtls_key"}, 401),
        ({"client_id": "demo_key", "client_assertion": "x", "client_secret": "y"}, 400),
    ],
)
def test_body(simulator: RunningSimulator, fields: dict[str, str], status: int) -> None:
    assert simulator.token({**ALICE, **fields}, auth=None).status_code == status


def test_the_client_id_in_the_body_is_allowed_with_basic(simulator: RunningSimulator) -> None:
    assert simulator.token({**ALICE, "client_id": "demo_key"}).status_code == 200


def test_a_required_method_rejects_the_other(simulator: RunningSimulator) -> None:
    simulator.control("PUT", "applications/demo_key", {"authentication": "body"})
    response = simulator.token()
    text = "No valid authenticators found for the application."
    assert (response.status_code, response.json()["error_description"]) == (401, text)
    in_body = {**ALICE, "client_id": "demo_key", "client_secret": "demo_secret"}
    assert simulator.token(in_body, auth=None).status_code == 200


def test_client_certificate(simulator: RunningSimulator) -> None:
    facts = simulator.facts
    form = {**ALICE, "client_id": "mtls_key"}
    pair = (facts["client_cert"], facts["client_key"])
    response = requests.post(facts["token_url"], data=form, cert=pair, verify=facts["ca_path"], timeout=10)
    assert response.status_code == 200
    response = requests.post(facts["token_url"], data=form, verify=facts["ca_path"], timeout=10)
    assert response.status_code == 401
    certificates = [entry["client_certificate"] for entry in simulator.control("GET", "journal")]
    assert certificates == ["simulator-client", None]
