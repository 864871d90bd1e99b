# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the plugins says what the code does: options, sources, terms, results."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import yaml

from ansible_collections.apiops.wso2.plugins.doc_fragments._wso2_token import ModuleDocFragment
from ansible_collections.apiops.wso2.plugins.lookup import wso2_application_token as application_lookup
from ansible_collections.apiops.wso2.plugins.lookup import wso2_password_token as user_lookup
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import (
    ARGUMENT_ONLY_OPTIONS,
    LOOKUP_OPTIONS,
    MODULE_OPTIONS,
    secret_options,
)
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.modules import wso2_application_token, wso2_password_token
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import names_by_option
from ansible_collections.apiops.wso2.tests.unit.examples import token


class Page(NamedTuple):
    """The documentation of a module and its lookup. grant: how they request a token. parts: of the shared fragment."""

    grant: str
    module: ModuleType
    lookup: ModuleType
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.module.__name__.rpartition(".")[2]

    @property
    def coded(self) -> dict[str, dict[str, Any]]:
        return MODULE_OPTIONS[self.grant]

    @property
    def module_page(self) -> dict[str, Any]:
        return dict(yaml.safe_load(self.module.DOCUMENTATION))

    @property
    def lookup_page(self) -> dict[str, Any]:
        path = Path(str(self.lookup.__file__)).with_suffix(".yml")
        return dict(yaml.safe_load(path.read_text("utf-8")))

    @property
    def lookup_options(self) -> dict[str, Any]:
        return _merged(*self.parts, own=self.lookup_page["DOCUMENTATION"]["options"])

    @property
    def module_options(self) -> dict[str, Any]:
        return _merged(*self.parts, "TASK", own=self.module_page["options"])

    @property
    def sources(self) -> dict[str, Any]:
        return _merged(*("SOURCES" if part == "DOCUMENTATION" else f"{part}_SOURCES" for part in self.parts), own={})


def _merged(*names: str, own: dict[str, Any]) -> dict[str, Any]:
    """The options of several parts of the fragment, with a plugin's OWN on top, as ansible-core merges them."""
    parts = [yaml.safe_load(getattr(ModuleDocFragment, name))["options"] for name in names]
    options = {name: option for part in parts for name, option in part.items()}
    return {**options, **{name: {**options.get(name, {}), **option} for name, option in own.items()}}


PAGES = (
    Page("password", wso2_password_token, user_lookup, ("DOCUMENTATION", "USER", "CONNECTION")),
    Page("client_credentials", wso2_application_token, application_lookup, ("DOCUMENTATION", "CONNECTION")),
)
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
OPTIONS = [(page, option) for page in PAGES for option in page.coded]
EACH_OPTION = pytest.mark.parametrize(
    ("page", "option"), OPTIONS, ids=[f"{page.name}-{option}" for page, option in OPTIONS]
)
CHECKED = ("type", "elements", "default", "choices", "aliases", "required")


@EACH_PAGE
def test_the_lookup_has_all_its_options(page: Page) -> None:
    assert set(page.lookup_options) == {*LOOKUP_OPTIONS[page.grant], "_terms"}
    assert set(page.sources) == set(LOOKUP_OPTIONS[page.grant])


@EACH_PAGE
def test_the_module_has_all_its_options(page: Page) -> None:
    assert set(page.module_options) == set(page.coded)


@EACH_OPTION
def test_option(page: Page, option: str) -> None:
    coded = {key: page.coded[option].get(key) for key in CHECKED}
    for documented in (page.module_options, page.lookup_options):
        if option in documented:
            assert {key: documented[option].get(key) for key in CHECKED} == coded
            assert documented[option]["description"]


@EACH_OPTION
def test_sources(page: Page, option: str) -> None:
    names = names_by_option(page.coded)[option]
    expected: dict[str, Any] = {
        "vars": [{"name": f"wso2_{name}"} for name in names],
        "env": [{"name": f"WSO2_{name.upper()}"} for name in names],
    }
    if option not in secret_options(page.coded):
        expected["ini"] = [{"section": "wso2", "key": name} for name in names]
    if option in LOOKUP_OPTIONS[page.grant]:
        assert page.sources[option] == expected
    assert not {"vars", "env", "ini"} & set(page.module_options[option])


@pytest.mark.parametrize("option", ARGUMENT_ONLY_OPTIONS)
def test_options_of_one_task_have_no_source(option: str) -> None:
    assert not any(option in page.sources for page in PAGES)


def test_an_application_requires_its_secret() -> None:
    page = PAGES[1]
    for options in (page.module_options, page.lookup_options):
        assert options["consumer_secret"]["description"][0].endswith("Required.")
        assert "public client" not in str(options["consumer_secret"])


@EACH_PAGE
def test_fragments_that_are_extended(page: Page) -> None:
    name = "apiops.wso2._wso2_token"
    parts = {name if part == "DOCUMENTATION" else f"{name}.{part.lower()}" for part in page.parts}
    assert {part for part in page.module_page["extends_documentation_fragment"] if part.startswith(name)} == {
        *parts,
        f"{name}.task",
        f"{name}.actiongroup_wso2",
    }
    assert set(page.lookup_page["DOCUMENTATION"]["extends_documentation_fragment"]) == {
        *parts,
        *(f"{part}.sources" if part == name else f"{part}_sources" for part in parts),
    }


@EACH_PAGE
def test_names_of_the_plugins(page: Page) -> None:
    lookup = page.lookup_page["DOCUMENTATION"]
    assert page.module_page["module"] == lookup["name"] == page.lookup.LookupModule.NAME == page.name
    assert page.module_page["version_added"] == lookup["version_added"]
    assert page.grant == page.lookup.LookupModule.GRANT


def test_the_action_group_has_every_module() -> None:
    runtime = yaml.safe_load(
        (Path(wso2_password_token.__file__).parents[2] / "meta" / "runtime.yml").read_text("utf-8")
    )
    assert set(runtime["action_groups"]["wso2"]) == {"wso2_consumer_keys", *(page.name for page in PAGES)}


@EACH_PAGE
def test_terms(page: Page) -> None:
    terms = page.lookup_options["_terms"]
    assert terms["choices"] == list(user_lookup.TERMS)
    assert terms["default"] == ["access_token"]
    assert set(user_lookup.TERMS) - {"token"} < set(token().to_result(now=0))


@EACH_PAGE
def test_results(page: Page) -> None:
    results = yaml.safe_load(page.module.RETURN)
    presence = dict.fromkeys([*token().to_result(now=0), "origin"], "success and O(state=present)")
    others = {"revoked": "success and O(state=absent)", "failure": "failure"}
    assert {name: results[name]["returned"] for name in results} == {**presence, **others}
    assert set(results["failure"]["contains"]) == set(TokenError("x").failure())


TYPES = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}


@EACH_PAGE
@pytest.mark.parametrize("name", token().to_result(now=0))
def test_types_of_results(name: str, page: Page) -> None:
    full = token(id_token="i.d.t").to_result(now=0)
    documented = yaml.safe_load(page.module.RETURN)[name]
    assert full[name].__class__ is TYPES[documented["type"]]
    assert documented["sample"] is None or documented["sample"].__class__ is TYPES[documented["type"]]


@EACH_PAGE
def test_examples_are_tasks_with_options_that_exist(page: Page) -> None:
    options = page.module_options
    known = {*options, *(alias for option in options.values() for alias in option.get("aliases", []))}
    for examples in (page.module.EXAMPLES, page.lookup_page["EXAMPLES"]):
        tasks = yaml.safe_load(examples)
        assert page.name in str(tasks)
        for task in tasks:
            assert task["name"]
            assert set(task.get(f"apiops.wso2.{page.name}") or {}) <= known
            assert not {"apiops.wso2." + other.name for other in PAGES if other is not page} & set(task)
