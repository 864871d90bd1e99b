# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guides are complete, and refer to options and results by cross references, which the docs build checks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS
from ansible_collections.apiops.wso2.plugins.modules import wso2_password_token as module

CHECKOUT = Path(__file__).resolve().parents[2]
DOCSITE = CHECKOUT / "docs" / "docsite"
GUIDES = {path.stem: path.read_text("utf-8") for path in sorted((DOCSITE / "rst").glob("*.rst"))}
NAMES = {*MODULE_OPTIONS["password"], *yaml.safe_load(module.RETURN)}
# The options of ansible.builtin.uri, and the parts of a task that have the same names.
OTHER_THINGS = {"guide_migrate": {"retries", "username", "validate_certs"}}
_CODE_BLOCK = re.compile(r"^\.\. code-block::.*\n(?:\n|   .*\n)+", re.MULTILINE)


@pytest.mark.parametrize("guide", sorted(GUIDES))
def test_options_and_results_are_cross_references(guide: str) -> None:
    prose = _CODE_BLOCK.sub("", GUIDES[guide])
    literals = set(re.findall(r"``(\w+)(?:: [^`]*)?``", prose))
    assert literals & NAMES <= OTHER_THINGS.get(guide, set())


def test_the_guides_have_many_cross_references() -> None:
    text = "".join(GUIDES.values())
    assert len(re.findall(r":(?:ansopt|ansretval|ansplugin|ref):`", text)) >= 100


def test_the_landing_page_lists_each_guide() -> None:
    sections = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text("utf-8"))["sections"]
    assert sorted(guide for section in sections for guide in section["toctree"]) == sorted(GUIDES)


def test_the_landing_page_has_each_plugin() -> None:
    page = (CHECKOUT / "docs" / "site" / "landing.rst").read_text("utf-8")
    found = set(re.findall(r"<apiops\.wso2\.(\w+#\w+)>", page))
    kinds = {"modules": "module", "lookup": "lookup", "test": "test"}
    plugins = {f"{path.stem}#{kind}" for folder, kind in kinds.items() for path in _plugins(folder)}
    assert found == plugins


def test_the_readme_is_short_and_has_each_plugin() -> None:
    readme = (CHECKOUT / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 150
    for folder in ("modules", "lookup", "test"):
        for plugin in _plugins(folder):
            assert f"`apiops.wso2.{plugin.stem}`" in readme


def _plugins(folder: str) -> list[Path]:
    return [path for path in (CHECKOUT / "plugins" / folder).glob("*.py") if path.name != "__init__.py"]
