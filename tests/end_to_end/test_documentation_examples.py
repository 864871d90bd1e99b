# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the examples of the guides, one page after the other."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import Any

import pytest
import yaml
from code_blocks import CHECKOUT, Block, blocks, pages
from playbook import Ansible
from wso2 import Wso2

JOHN = "john pass & more=100%+#$"
SECRETS = ("alice-pass", "saas_secret", JOHN)
GUIDES = [page for page in pages() if page.endswith((".rst", "valid_token.yml"))]
RUN = [page for page in GUIDES if any(block.kind != "mapping" for block in blocks(page, "yaml"))]
# The one with the most templates, whose results depend on the release of ansible-core.
ON_EACH_RELEASE = ("guide_templates",)
# The first task for the examples of a page: a token in the variable that all of them use.
FIRST = {"name": "Before the page begins", "apiops.wso2.wso2_password_token": None, "register": "wso2"}
TEMPLATE = """\
{% set token = wso2 | default(lookup('apiops.wso2.wso2_password_token', 'token')) %}
token: {{ token.access_token }}
"""


@pytest.fixture
def variables(variables: dict[str, Any], wso2: Wso2, tmp_path: Path) -> dict[str, Any]:
    """The variables of an inventory for the examples."""
    wso2.put_application("saas_key", secret="saas_secret", name="saas", saas=True)
    return {
        **variables,
        "wso2_consumer_key": "saas_key",
        "wso2_consumer_secret": "saas_secret",
        "api_url": wso2.api_url.rpartition("/")[0],
        "config_path": str(tmp_path / "client.conf"),
        "store_directory": str(tmp_path / "store"),
        "secret_file": str(tmp_path / "secret.yml"),
        "vault_password": "vault-password-made-up",
        "john_password": JOHN,
    }


def _tasks(page: str, block: Block, number: int) -> list[dict[str, Any]]:
    if block.language == "yaml":
        return list(block.content)
    render = {"src": f"block_{number}.j2", "dest": f"{{{{ config_path }}}}.{number}", "mode": "0600"}
    return [{"name": f"{page}, line {block.line}", "ansible.builtin.template": render, "diff": False}]


def _playbook(page: str) -> list[dict[str, Any]]:
    plays: list[dict[str, Any]] = [{"hosts": "app[0]", "gather_facts": False, "tasks": [FIRST]}]
    for number, block in enumerate(blocks(page, "yaml", "jinja")):
        if block.language == "yaml" and block.kind == "playbook":
            plays += block.content
        elif block.language == "jinja" or block.kind == "tasks":
            plays.append({"hosts": "app[0]", "gather_facts": False, "tasks": _tasks(page, block, number)})
    return plays


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=name, marks=[] if name in ON_EACH_RELEASE else pytest.mark.any_release)
        for page, name in ((page, Path(page).stem) for page in RUN)
    ],
)
def test_the_examples_of_a_page_run(
    ansible: Ansible, wso2: Wso2, variables: dict[str, Any], tmp_path: Path, page: str
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "client.yml.j2").write_text(TEMPLATE, "utf-8")
    for number, block in enumerate(blocks(page, "yaml", "jinja")):
        if block.language == "jinja":
            (tmp_path / "templates" / f"block_{number}.j2").write_text(block.text, "utf-8")
    playbook = tmp_path / "page.yml"
    playbook.write_text(yaml.safe_dump(_playbook(page), sort_keys=False, allow_unicode=True), "utf-8")
    run = ansible.run(playbook, variables=variables, hosts=["[app]", "app1", "app2", "app3"], verbosity=1)
    assert run.returncode == 0, run.stdout + run.stderr
    tokens = [token["access_token"] for token in wso2.all_tokens()]
    assert run.leaks(*SECRETS, *tokens) == []
    written = [path.read_text("utf-8") for path in tmp_path.glob("client.conf*")]
    assert all(any(token in text for token in tokens) for text in written)


@pytest.mark.any_release
@pytest.mark.parametrize("page", GUIDES, ids=lambda page: Path(page).stem)
def test_variables_and_settings_are_options(page: str) -> None:
    """Variables and settings in the examples for the inventory or ansible.cfg are names that the plugins read."""
    fragment = (CHECKOUT / "plugins" / "doc_fragments" / "_wso2_token.py").read_text("utf-8")
    for block in blocks(page, "yaml"):
        if block.kind == "mapping":
            for name in [name for name in block.content if name.startswith("wso2_")]:
                assert f"{{name: {name}}}" in fragment
    for block in blocks(page, "ini"):
        parser = configparser.ConfigParser()
        parser.read_string(block.text)
        for name in parser["wso2"]:
            assert f"{{section: wso2, key: {name}}}" in fragment


@pytest.mark.any_release
def test_the_guide_shows_the_credential_type_of_the_examples() -> None:
    shown = [block.content for block in blocks("docs/docsite/rst/guide_automation_platform.rst", "yaml")]
    whole = yaml.safe_load((CHECKOUT / "examples" / "awx" / "credential_type.yml").read_text("utf-8"))
    assert whole["inputs"] in shown
    assert whole["injectors"] in shown
