# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where an option's value comes from: given, variable, environment, ansible.cfg, default; the first found wins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.release import __version__ as core_version
from ansible.template import Templar

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import (
    GIVEN_ONLY_OPTIONS,
    MODULE_OPTIONS,
    SECRET_OPTIONS,
    SHARED_OPTIONS,
)
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import collect
from ansible_collections.apiops.wso2.plugins.plugin_utils._option_types import typed

try:
    from ansible.template import trust_as_template
except ImportError:  # up to ansible-core 2.18 every text is a template

    def trust_as_template(value: str) -> str:
        return value


WriteIni = Callable[[str], None]
SOURCED_OPTIONS = [name for name in SHARED_OPTIONS if name not in GIVEN_ONLY_OPTIONS]
TEXT_OPTIONS = [name for name, spec in SHARED_OPTIONS.items() if spec["type"] == "str" and not spec.get("choices")]


@pytest.fixture(autouse=True)
def ini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteIni:
    """Write an ansible.cfg; without it there is none."""
    monkeypatch.setattr(constants, "CONFIG_FILE", None)

    def write(text: str) -> None:
        path = tmp_path / "ansible.cfg"
        path.write_text(text, "utf-8")
        monkeypatch.setattr(constants, "CONFIG_FILE", str(path))

    return write


def gather(
    given: dict[str, Any] | None = None, variables: dict[str, Any] | None = None, specification: Any = None
) -> dict[str, object]:
    specification = specification or MODULE_OPTIONS
    variables = variables or {}
    templar = Templar(loader=DataLoader(), variables=variables)
    return collect(given or {}, specification=specification, variables=variables, template=templar.template)


SOURCES = ["given", "variable", "environment", "ansible.cfg"]


@pytest.mark.parametrize("option", ["username", "consumer_key", "token_url", "organization"])
@pytest.mark.parametrize("first", range(len(SOURCES)), ids=[f"{source} wins" for source in SOURCES])
def test_order_of_sources(option: str, first: int, ini: WriteIni, monkeypatch: pytest.MonkeyPatch) -> None:
    there = SOURCES[first:]
    if "ansible.cfg" in there:
        ini(f"[wso2]\n{option} = from ansible.cfg\n")
    if "environment" in there:
        monkeypatch.setenv(f"WSO2_{option.upper()}", "from environment")
    variables = {f"wso2_{option}": "from variable"} if "variable" in there else {}
    given = {option: "from given"} if "given" in there else {}
    assert gather(given, variables) == {option: f"from {there[0]}"}


@pytest.mark.parametrize("option", SOURCED_OPTIONS)
def test_every_shared_option_has_a_variable_and_an_environment_variable(
    option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"WSO2_{option.upper()}", "e")
    assert gather() == {option: "e"}
    assert gather(variables={f"wso2_{option}": "v"}) == {option: "v"}


@pytest.mark.parametrize("option", SOURCED_OPTIONS)
def test_secrets_are_not_read_from_ansible_cfg(option: str, ini: WriteIni) -> None:
    ini(f"[wso2]\n{option} = i\n")
    assert gather() == ({} if option in SECRET_OPTIONS else {option: "i"})


@pytest.mark.parametrize("option", GIVEN_ONLY_OPTIONS)
def test_what_is_said_about_one_task_or_lookup_comes_from_nowhere_else(
    option: str, ini: WriteIni, monkeypatch: pytest.MonkeyPatch
) -> None:
    ini(f"[wso2]\n{option} = i\n")
    monkeypatch.setenv(f"WSO2_{option.upper()}", "e")
    assert gather(variables={f"wso2_{option}": "v"}) == {}
    assert gather({option: "given"}) == {option: "given"}


NOTHINGS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, str]]] = [
    # id, given, variables, environment: none of them holds anything, so ansible.cfg is read
    ("nothing", {}, {}, {}),
    ("given null", {"username": None}, {}, {}),
    ("omitted", {"username": "__omit_place_holder__0123456789abcdef"}, {}, {}),
    ("omitted alias", {"username": None, "client_id": "__omit_place_holder__01"}, {}, {}),
    ("variable is null", {}, {"wso2_username": None}, {}),
    ("variable is empty", {}, {"wso2_username": ""}, {}),
    ("environment is empty", {}, {}, {"WSO2_USERNAME": ""}),
]


@pytest.mark.parametrize(
    ("given", "variables", "environment"), [row[1:] for row in NOTHINGS], ids=[row[0] for row in NOTHINGS]
)
def test_nothing_is_passed_over(
    given: dict[str, Any],
    variables: dict[str, Any],
    environment: dict[str, str],
    ini: WriteIni,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ini("[wso2]\nusername = from ansible.cfg\n")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert gather(given, variables) == {"username": "from ansible.cfg"}


@pytest.mark.parametrize("given", [{"username": ""}, {"scope": []}, {"require_scope": False}, {"retries": 0}], ids=repr)
def test_empty_and_false_are_values(given: dict[str, Any], ini: WriteIni) -> None:
    ini("[wso2]\nusername = i\nscope = i\nrequire_scope = true\nretries = 9\n")
    ((name, value),) = given.items()
    assert gather(given)[name] == value


ALIASES = [
    ("client_id", "consumer_key"),
    ("client_secret", "consumer_secret"),
    ("organization_key", "organization"),
    ("tenant", "organization"),
    ("scopes", "scope"),
]


@pytest.mark.parametrize(("alias", "option"), ALIASES)
def test_aliases(alias: str, option: str) -> None:
    assert gather({alias: "x"}) == {option: "x"}
    assert gather({alias: "x", option: "x"}) == {option: "x"}
    assert gather({alias: "x", option: None}) == {option: "x"}


@pytest.mark.parametrize(("alias", "option"), ALIASES)
def test_given_twice(alias: str, option: str) -> None:
    with pytest.raises(OptionError) as caught:
        gather({alias: "s3cret-1", option: "s3cret-2"})
    assert caught.value.option == option
    assert caught.value.cause == f"{option} is given twice, with different values, as {option} and {alias}"


@pytest.mark.parametrize("specification", [MODULE_OPTIONS, SHARED_OPTIONS], ids=["module", "lookup"])
@pytest.mark.parametrize("name", ["passwrd", "_raw_params", "Password"])
def test_unknown_names(name: str, specification: Any) -> None:
    with pytest.raises(OptionError) as caught:
        gather({name: "s3cret"}, specification=specification)
    assert caught.value.cause == f"{name} is not an option"
    assert caught.value.hint == f"Options are: {', '.join(specification)}"
    assert "s3cret" not in caught.value.message


INIS = [
    ("plain", "username = alice", "alice"),
    ("double quotes", 'username = "al ice"', "al ice"),
    ("single quotes", "username = 'alice'", "alice"),
    ("quote inside", "username = o'brien", "o'brien"),
    ("comment", "username = alice ; not this", "alice"),
    ("semicolon inside", "username = al;ice", "al;ice"),
    ("number sign", "username = al #ice", "al #ice"),
    ("percent sign", "username = al%ice%(x)s", "al%ice%(x)s"),
    ("colon", "username: alice", "alice"),
    ("capitals in the key", "USERNAME = alice", "alice"),
    ("not ASCII", "username = jöhn", "jöhn"),
    ("braces are no template", "username = {{ x }}", "{{ x }}"),
]


@pytest.mark.parametrize(("line", "value"), [row[1:] for row in INIS], ids=[row[0] for row in INIS])
def test_ansible_cfg(line: str, value: str, ini: WriteIni) -> None:
    ini(f"[defaults]\nforks = 5\n[wso2]\n{line}\n")
    assert gather() == {"username": value}


def test_ansible_cfg_without_the_section(ini: WriteIni) -> None:
    ini("[defaults]\nusername = alice\n")
    assert gather() == {}


def test_variables_are_templated() -> None:
    variables = {"wso2_username": trust_as_template("{{ who }}@{{ where }}"), "who": "john", "where": "johns.org"}
    assert gather(variables=variables) == {"username": "john@johns.org"}


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        pytest.param("s3cret {{ nowhere }}", "which refers to something undefined", id="undefined"),
        pytest.param("s3cret {{ 1 / 0 }}", "which cannot be templated", id="broken"),
    ],
)
def test_a_variable_that_cannot_be_templated(template: str, problem: str) -> None:
    with pytest.raises(OptionError) as caught:
        gather(variables={"wso2_password": trust_as_template(template)})
    assert caught.value.option == "password"
    assert caught.value.cause.startswith(f"password comes from the variable wso2_password, {problem}")
    assert "s3cret" not in caught.value.message


def test_undefined_is_named() -> None:
    with pytest.raises(OptionError) as caught:
        gather(variables={"wso2_password": trust_as_template("{{ nowhere }}")})
    assert "nowhere" in caught.value.cause


@pytest.mark.skipif(tuple(map(int, core_version.split(".")[:2])) >= (2, 19), reason="later releases decrypt before")
def test_vaulted_values_are_decrypted() -> None:
    from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode

    secret = VaultSecret(b"vault password")
    vaulted = AnsibleVaultEncryptedUnicode.from_plaintext("s3cret", VaultLib([("default", secret)]), secret)
    vaulted.vault = VaultLib([("default", secret)])
    collected = gather({"password": vaulted})
    assert collected == {"password": "s3cret"}
    assert collected["password"].__class__ is str


@pytest.mark.parametrize("option", TEXT_OPTIONS)
def test_a_whole_number_is_taken_as_its_digits(option: str) -> None:
    assert gather({option: 36}) == {option: "36"}


WRONG = [
    ("true", True),
    ("false", False),
    ("float", 47.11),
    ("list", ["s3cret"]),
    ("mapping", {"s3cret": "s3cret"}),
    ("bytes", b"s3cret"),
]


@pytest.mark.parametrize("value", [row[1] for row in WRONG], ids=[row[0] for row in WRONG])
@pytest.mark.parametrize("option", TEXT_OPTIONS)
def test_what_cannot_be_turned_back_into_a_text_is_refused(option: str, value: object) -> None:
    with pytest.raises(OptionError) as caught:
        gather({option: value})
    assert caught.value.cause == f"{option} is not a text but of type {type(value).__name__}"
    assert "quotes" in caught.value.message
    assert "s3cret" not in caught.value.message
    assert "47.11" not in caught.value.message


def test_types_and_defaults() -> None:
    options = typed({"timeout": "7", "require_scope": "yes", "scope": "a b", "ca_path": "/x"}, MODULE_OPTIONS)
    assert options == {
        **{name: spec.get("default") for name, spec in MODULE_OPTIONS.items()},
        "timeout": 7,
        "require_scope": True,
        "scope": ["a b"],
        "ca_path": "/x",
    }


MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("number", {"timeout": "s3cret"}, "timeout is not of type int"),
    ("number that is a boolean", {"timeout": True}, "timeout is not of type int"),
    ("infinite number", {"timeout": float("inf")}, "timeout is not of type int"),
    ("infinite number in a text", {"timeout": "inf"}, "timeout is not of type int"),
    ("list with an oversized number", {"min_validity": [2**63, None, None]}, "min_validity is not of type int"),
    ("fraction", {"retries": 1.5}, "retries is not of type int"),
    ("boolean", {"validate_certs": "s3cret"}, "validate_certs is not of type bool"),
    ("boolean with a longer name", {"require_scope": "s3cret"}, "require_scope is not of type bool"),
    ("boolean that names another option", {"use_proxy": "password"}, "use_proxy is not of type bool"),
    ("list", {"scope": {"s3cret": 1}}, "scope is not of type list"),
    ("choice", {"client_authentication": "s3cret"}, "client_authentication is none of basic, body"),
    (
        "choice that names another option",
        {"client_authentication": "consumer_secret"},
        "client_authentication is none of basic, body",
    ),
    ("state", {"state": "s3cret"}, "state is none of present, absent"),
]


@pytest.mark.parametrize(("options", "cause"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_mistakes_name_the_option_and_never_the_value(options: dict[str, Any], cause: str) -> None:
    with pytest.raises(OptionError) as caught:
        typed(options, MODULE_OPTIONS)
    assert caught.value.cause == cause
    assert "s3cret" not in caught.value.message
