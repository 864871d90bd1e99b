# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credential type for AWX, rendered as AWX renders it, sets all options that a playbook needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from example import Example
from installed_collection import CHECKOUT
from jinja2.sandbox import ImmutableSandboxedEnvironment
from playbook import Ansible, write_json

CREDENTIAL_TYPE = yaml.safe_load((CHECKOUT / "examples" / "awx" / "credential_type.yml").read_text("utf-8"))
FIELDS = {field["id"]: field for field in CREDENTIAL_TYPE["inputs"]["fields"]}
INJECTORS = CREDENTIAL_TYPE["injectors"]
# The kinds of injectors that AWX supports.
KINDS = {"env", "extra_vars", "file"}


def render_injectors(given: Mapping[str, str], directory: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The environment and the extra variables that AWX renders for the fields in GIVEN.

    Empty fields are undefined. AWX writes the files first, and C(tower.filename) contains their paths.
    """
    sandbox = ImmutableSandboxedEnvironment()
    tower = SimpleNamespace(filename=SimpleNamespace())
    namespace = {**{name: value for name, value in given.items() if value}, "tower": tower}
    for label, template in INJECTORS.get("file", {}).items():
        path = directory / label.replace(".", "-")
        path.write_text(sandbox.from_string(template).render(**namespace), "utf-8")
        setattr(tower.filename, label.split(".")[1], str(path))
    rendered = {
        kind: {name: sandbox.from_string(text).render(**namespace) for name, text in INJECTORS.get(kind, {}).items()}
        for kind in ("env", "extra_vars")
    }
    return rendered["env"], rendered["extra_vars"]


@pytest.mark.parametrize(
    ("given", "username"),
    [
        pytest.param(
            {"username": "alice", "password": "alice-pass", "consumer_key": "demo_key"}, "alice", id="required fields"
        ),
        pytest.param(
            {
                "username": "john@johns.org",
                "organization": "johnsorg",
                "password": "john pass & more=100%+#$",
                "consumer_key": "saas_key",
                "token_store": "none",
            },
            "john@johns.org@johnsorg",
            id="all fields",
        ),
    ],
)
def test_a_job_gets_a_token(
    ansible: Ansible, example: Example, tmp_path: Path, given: dict[str, str], username: str
) -> None:
    wso2 = example.wso2
    secret = given["consumer_key"].replace("key", "secret")
    authority = Path(wso2.ca_path).read_text("utf-8")
    filled = {"token_url": wso2.token_url, "consumer_secret": secret, "ca_certificate": authority, **given}
    environment, variables = render_injectors(filled, tmp_path)
    result = tmp_path / "result.json"
    tasks = [{"apiops.wso2.wso2_password_token": None, "register": "wso2"}, write_json("wso2", result)]
    run = ansible.play(tasks, variables=variables, environment=environment)
    assert run.returncode == 0, run.stdout + run.stderr
    token = json.loads(result.read_text("utf-8"))["access_token"]
    assert wso2.is_active(token, tenant=given.get("organization", "carbon.super"))
    (request,) = wso2.token_requests()
    assert dict(request["form"])["username"] == username
    assert run.leaks(given["password"], secret, token) == []


def test_a_public_certificate_needs_no_file(tmp_path: Path) -> None:
    environment, _variables = render_injectors({"token_url": "https://wso2.example.com/oauth2/token"}, tmp_path)
    assert environment["WSO2_CA_PATH"] == ""


def test_secrets_are_marked_and_set_in_the_environment() -> None:
    secret = {name for name, field in FIELDS.items() if field.get("secret")}
    assert secret == {"consumer_secret", "password", "token_store"}
    assert INJECTORS.keys() <= KINDS
    others = json.dumps({kind: content for kind, content in INJECTORS.items() if kind != "env"})
    assert not [name for name in secret if name in others]


def test_every_field_is_used(tmp_path: Path) -> None:
    values: dict[str, Any] = {name: f"value of {name}" for name in FIELDS}
    environment, variables = render_injectors(values, tmp_path)
    files = [path.read_text("utf-8") for path in tmp_path.iterdir()]
    assert {*environment.values(), *variables.values(), *files} >= set(values.values())
    assert set(CREDENTIAL_TYPE["inputs"]["required"]) <= FIELDS.keys()
