# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the plugins says what the code does: options, sources, terms, results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.apiops.wso2.plugins.doc_fragments._wso2_token import ModuleDocFragment
from ansible_collections.apiops.wso2.plugins.lookup import wso2_password_token as lookup
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import (
    ARGUMENT_ONLY_OPTIONS,
    LOOKUP_OPTIONS,
    MODULE_OPTIONS,
    names_of,
    secret_options,
)
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.modules import wso2_password_token as module
from ansible_collections.apiops.wso2.tests.unit.examples import token


def _fragment(*names: str) -> dict[str, Any]:
    """The options of several parts of the fragment together."""
    parts = [yaml.safe_load(getattr(ModuleDocFragment, name))["options"] for name in names]
    return {name: option for part in parts for name, option in part.items()}


SHARED = _fragment("DOCUMENTATION", "USER", "CONNECTION")
SOURCES = _fragment("SOURCES", "USER_SOURCES", "CONNECTION_SOURCES")
MODULE = yaml.safe_load(module.DOCUMENTATION)
LOOKUP_PAGE = yaml.safe_load(Path(str(lookup.__file__)).with_suffix(".yml").read_text("utf-8"))
LOOKUP = LOOKUP_PAGE["DOCUMENTATION"]
RESULT = yaml.safe_load(module.RETURN)
DOCUMENTED = {**SHARED, **_fragment("TASK"), **MODULE["options"]}
CODED = MODULE_OPTIONS["password"]
CHECKED = ("type", "elements", "default", "choices", "aliases", "required")


def test_the_fragment_has_the_options_of_the_lookup() -> None:
    assert set(SHARED) == set(SOURCES) == set(LOOKUP_OPTIONS["password"])


def test_the_module_has_all_its_options() -> None:
    assert set(DOCUMENTED) == set(CODED)


@pytest.mark.parametrize("option", CODED)
def test_option(option: str) -> None:
    documented, coded = DOCUMENTED[option], CODED[option]
    assert {key: documented.get(key) for key in CHECKED} == {key: coded.get(key) for key in CHECKED}
    assert documented["description"]


@pytest.mark.parametrize("option", LOOKUP_OPTIONS["password"])
def test_sources(option: str) -> None:
    names = names_of(CODED, option)
    expected: dict[str, Any] = {
        "vars": [{"name": f"wso2_{name}"} for name in names],
        "env": [{"name": f"WSO2_{name.upper()}"} for name in names],
    }
    if option not in secret_options(CODED):
        expected["ini"] = [{"section": "wso2", "key": name} for name in names]
    assert SOURCES[option] == expected


@pytest.mark.parametrize("option", ARGUMENT_ONLY_OPTIONS)
def test_options_of_one_task_have_no_source(option: str) -> None:
    assert option not in SOURCES
    assert not {"vars", "env", "ini"} & set(DOCUMENTED[option])


def test_fragments_that_are_extended() -> None:
    name = "apiops.wso2._wso2_token"
    parts = {name, f"{name}.user", f"{name}.connection"}
    assert set(MODULE["extends_documentation_fragment"]) >= {*parts, f"{name}.task"}
    assert set(LOOKUP["extends_documentation_fragment"]) == {
        *parts,
        *(f"{part}.sources" if part == name else f"{part}_sources" for part in parts),
    }


def test_names_of_the_plugins() -> None:
    assert MODULE["module"] == LOOKUP["name"] == lookup.LookupModule.NAME == "wso2_password_token"
    assert MODULE["version_added"] == LOOKUP["version_added"]


def test_terms() -> None:
    terms = LOOKUP["options"]["_terms"]
    assert terms["choices"] == list(lookup.TERMS)
    assert terms["default"] == ["access_token"]
    assert set(lookup.TERMS) - {"token"} < set(token().to_result(now=0))


def test_results() -> None:
    presence = dict.fromkeys([*token().to_result(now=0), "origin"], "success and O(state=present)")
    others = {"revoked": "success and O(state=absent)", "failure": "failure"}
    assert {name: RESULT[name]["returned"] for name in RESULT} == {**presence, **others}
    assert set(RESULT["failure"]["contains"]) == set(TokenError("x").failure())


TYPES = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}


@pytest.mark.parametrize("name", token().to_result(now=0))
def test_types_of_results(name: str) -> None:
    full = token(id_token="i.d.t").to_result(now=0)
    documented = RESULT[name]
    assert full[name].__class__ is TYPES[documented["type"]]
    assert documented["sample"] is None or documented["sample"].__class__ is TYPES[documented["type"]]


@pytest.mark.parametrize("examples", [module.EXAMPLES, LOOKUP_PAGE["EXAMPLES"]], ids=["module", "lookup"])
def test_examples_are_tasks_with_options_that_exist(examples: str) -> None:
    known = {*DOCUMENTED, *(alias for option in DOCUMENTED.values() for alias in option.get("aliases", []))}
    for task in yaml.safe_load(examples):
        assert task["name"]
        assert set(task.get("apiops.wso2.wso2_password_token") or {}) <= known
