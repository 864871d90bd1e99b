# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the examples of the plugin pages and of the README."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from installed_collection import CHECKOUT
from playbook import Ansible
from wso2 import DEMO, Wso2

PLUGIN = "apiops.wso2.wso2_password_token"
PLUGINS = (PLUGIN, "apiops.wso2.wso2_application_token")
KEYS_PLUGIN = "apiops.wso2.wso2_consumer_keys"
JOHN = "john pass & more=100%+#$"


@pytest.fixture
def inventory(wso2: Wso2, tmp_path: Path) -> dict[str, Any]:
    """The variables that the examples refer to, filled from the simulator."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "client.yml.j2").write_text("token: {{ wso2.access_token }}\n", "utf-8")
    options = {
        "token_url": wso2.token_url,
        "ca_path": wso2.ca_path,
        "consumer_key": "saas_key",
        "consumer_secret": "saas_secret",
        "username": "alice",
        "password": "alice-pass",
    }
    return {
        **options,
        **{f"wso2_{name}": value for name, value in options.items()},
        "api_url": wso2.api_url.rpartition("/")[0],
        "config_path": str(tmp_path / "client.conf"),
        "john_password": JOHN,
    }


@lru_cache
def _pages(collections: Path, kind: str) -> dict[str, Any]:
    """The pages of all plugins of this KIND, as ansible-doc reads them from the installed collection."""
    plugins = [*PLUGINS, *([KEYS_PLUGIN] if kind == "module" else [])]
    command = [str(Path(sys.executable).with_name("ansible-doc")), "-t", kind, "--json", *plugins]
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(collections), "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    pages: dict[str, Any] = json.loads(done.stdout)
    return pages


def _page(ansible: Ansible, plugin: str, kind: str) -> dict[str, Any]:
    page: dict[str, Any] = _pages(ansible.collections, kind)[plugin]
    return page


@pytest.mark.parametrize("plugin", [PLUGIN, pytest.param(PLUGINS[1], marks=pytest.mark.any_release)])
@pytest.mark.parametrize("kind", ["module", "lookup"])
def test_the_examples_of_the_pages_run(
    ansible: Ansible, wso2: Wso2, inventory: dict[str, Any], tmp_path: Path, kind: str, plugin: str
) -> None:
    tasks = yaml.safe_load(_page(ansible, plugin, kind)["examples"])
    run = ansible.play(tasks, variables=inventory, verbosity=0)
    assert run.returncode == 0, run.stdout + run.stderr
    tokens = [token["access_token"] for token in wso2.all_tokens()]
    assert tokens
    assert run.leaks("alice-pass", "saas_secret", JOHN, *tokens) == []
    if kind == "lookup":
        written = (tmp_path / "client.conf").read_text("utf-8").split(": ")[1].strip()
        assert written in tokens


@pytest.mark.any_release
@pytest.mark.parametrize("plugin", PLUGINS)
@pytest.mark.parametrize("kind", ["module", "lookup"])
def test_the_pages_are_complete(ansible: Ansible, kind: str, plugin: str) -> None:
    page = _page(ansible, plugin, kind)
    assert page["doc"]["short_description"]
    assert page["doc"]["version_added"]
    assert page["return"]
    for name, option in page["doc"]["options"].items():
        assert option["description"], name
        assert option["type"], name


@pytest.mark.any_release
def test_the_examples_of_the_page_about_consumer_keys_run(
    ansible: Ansible, wso2: Wso2, inventory: dict[str, Any]
) -> None:
    wso2.put_user("registrar", password="registrar-password-5120", roles=["admin", "subscriber"])
    variables = {
        **inventory,
        "wso2_base_url": wso2.base_url,
        "registration_user": "registrar",
        "registration_password": "registrar-password-5120",
    }
    # The keys in the inventory are not those that the examples get.
    given = {name: value for name, value in variables.items() if "consumer" not in name}
    tasks = yaml.safe_load(_page(ansible, KEYS_PLUGIN, "module")["examples"])
    run = ansible.play(tasks, variables=given, verbosity=5)
    assert run.returncode == 0, run.stdout + run.stderr
    secrets = [entry["authentication"]["secret"] for entry in wso2.token_requests()]
    tokens = [token["access_token"] for token in wso2.all_tokens()]
    assert len(secrets) == 2
    assert run.leaks("registrar-password-5120", *secrets, *tokens) == []


@pytest.mark.any_release
def test_the_page_about_consumer_keys_is_complete(ansible: Ansible) -> None:
    page = _page(ansible, KEYS_PLUGIN, "module")
    assert page["return"]
    for name, option in page["doc"]["options"].items():
        assert option["description"], name
        assert option["type"], name


def test_the_quick_start_of_the_readme_runs(ansible: Ansible, wso2: Wso2, tmp_path: Path) -> None:
    """Run the commands that write its files, and its playbook with its secrets; only the address differs."""
    readme = (CHECKOUT / "README.md").read_text("utf-8")
    quick_start = readme[readme.index("## Quick start") : readme.index("## Documentation")]
    *_install, inventory, playbook, commands = re.findall(r"```console\n(.*?)```", quick_start, re.DOTALL)
    assert "https://localhost:9443/oauth2/token" in inventory
    inventory = inventory.replace("https://localhost:9443/oauth2/token", wso2.token_url)
    assert playbook.index("wso2_consumer_keys") < playbook.index("wso2_password_token")
    shutil.copy(wso2.ca_path, tmp_path / "ca.pem")
    for writes_a_file in (inventory, playbook):
        subprocess.run(["bash", "-ec", writes_a_file], cwd=tmp_path, check=True)
    secrets, command, show = commands.strip().split("\n")
    environment = dict(value.split("=") for value in secrets.removeprefix("export ").split())
    program, *arguments = command.split()
    run = ansible.execute(program, arguments, environment=environment, verbosity=0)
    assert run.returncode == 0, run.stdout + run.stderr
    written = (tmp_path / show.split()[-1]).read_text("utf-8").split()[-1]
    assert wso2.is_active(written)
    assert len(wso2.token_requests()) == 1
    assert run.leaks(*environment.values(), written) == []


@pytest.mark.any_release
def test_the_quick_start_names_what_the_simulator_has(wso2: Wso2) -> None:
    readme = (CHECKOUT / "README.md").read_text("utf-8")
    assert f"wso2_username: {DEMO['wso2_username']}" in readme
    assert f"WSO2_PASSWORD={DEMO['wso2_password']}" in readme


EXAMPLES = CHECKOUT / "examples"
PLAYBOOKS = sorted(path.name for path in EXAMPLES.glob("*.yml") if path.name != "inventory.yml")
WRITING = ("first_token.yml", "use_application_token.yml", "write_config_file.yml")
EXAMPLE_COMMAND = "ansible-playbook -i inventory.yml "


@pytest.mark.any_release
@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_an_example_runs(ansible: Ansible, wso2: Wso2, tmp_path: Path, playbook: str) -> None:
    """Run its command with its inventory; only the address of the simulator and the directories differ."""
    secrets = {name.upper(): DEMO[name] for name in ("wso2_consumer_secret", "wso2_password")}
    variables = {
        "wso2_token_url": wso2.token_url,
        "wso2_ca_path": wso2.ca_path,
        "api_url": wso2.api_url.rpartition("/")[0],
    }
    extra = tmp_path / "extra.json"
    extra.write_text(json.dumps(variables), "utf-8")
    arguments = [*EXAMPLE_COMMAND.split()[1:], playbook, "--diff", "-e", f"@{extra}"]
    run = ansible.execute("ansible-playbook", arguments, directory=EXAMPLES, environment=secrets, verbosity=1)
    assert run.returncode == 0, run.stdout + run.stderr
    # Whatever the number of hosts and tasks is.
    assert len(wso2.token_requests()) == 1
    tokens = [token["access_token"] for token in wso2.all_tokens()]
    assert run.leaks(*secrets.values(), *tokens) == []
    written = [path.read_text("utf-8") for path in tmp_path.glob("wso2-examples/*/client.yml")]
    assert len(written) == (3 if playbook in WRITING else 0)
    assert all(tokens[0] in text for text in written)
    grant = "client_credentials" if playbook == "use_application_token.yml" else "password"
    assert [entry["grant_type"] for entry in wso2.token_requests()] == [grant]


@pytest.mark.any_release
def test_the_page_of_the_examples_names_each_playbook() -> None:
    page = (EXAMPLES / "README.md").read_text("utf-8")
    assert sorted(re.findall(rf"`{EXAMPLE_COMMAND}(\S+)`", page)) == PLAYBOOKS
    directories = [path.name for path in EXAMPLES.iterdir() if path.is_dir()]
    assert sorted(re.findall(r"^\| `(\w+)/` \|", page, re.MULTILINE)) == sorted(
        {*directories} - {"group_vars", "templates"}
    )


@pytest.mark.any_release
def test_the_variables_of_the_examples_are_those_of_the_simulator() -> None:
    variables = yaml.safe_load((EXAMPLES / "group_vars" / "all.yml").read_text("utf-8"))
    shown = {name: variables[name] for name in DEMO if name in variables}
    assert shown == {name: DEMO[name] for name in ("wso2_consumer_key", "wso2_username")}
    page = (EXAMPLES / "README.md").read_text("utf-8")
    (command,) = re.findall(r"^make simulator ARGS=\"--state-dir (\S+)\"$", page, re.MULTILINE)
    assert variables["wso2_ca_path"] == f"{{{{ inventory_dir }}}}/../{command}/ca.pem"


@pytest.mark.any_release
def test_the_guides_run_examples_that_exist() -> None:
    guide = (CHECKOUT / "docs" / "docsite" / "rst" / "guide_automation_platform.rst").read_text("utf-8")
    (playbook,) = re.findall(r"ansible-navigator run (\S+) -i inventory\.yml", guide)
    assert playbook in PLAYBOOKS
