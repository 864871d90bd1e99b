# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the value of an option comes from, and its type; the first source that has a value decides."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.release import __version__ as core_version
from ansible.template import Templar

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import (
    ARGUMENT_ONLY_OPTIONS,
    CONSUMER_KEYS_OPTIONS,
    LOOKUP_OPTIONS,
    MODULE_OPTIONS,
    secret_options,
)
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import (
    convert_options,
    is_hidden,
    names_by_option,
    read_options,
    secrets_in,
)

try:
    from ansible.template import trust_as_template
except ImportError:  # up to ansible-core 2.18 every text is a template

    def trust_as_template(value: str) -> str:
        return value


WriteIni = Callable[[str], None]
MODULE, LOOKUP = MODULE_OPTIONS["password"], LOOKUP_OPTIONS["password"]
SOURCED_OPTIONS = [name for name in MODULE if name not in ARGUMENT_ONLY_OPTIONS]
TEXT_OPTIONS = [name for name, spec in MODULE.items() if spec["type"] in ("str", "path") and not spec.get("choices")]
ALIASES = [(alias, option) for option in MODULE for alias in names_by_option(MODULE)[option][1:]]
OMITTED = "__omit_place_holder__0123456789abcdef"


@pytest.mark.parametrize(
    ("option", "names"),
    [
        ("consumer_key", ["consumer_key", "client_id"]),
        ("consumer_secret", ["consumer_secret", "client_secret"]),
        ("organization", ["organization", "organization_key", "tenant"]),
        ("scope", ["scope", "scopes"]),
        ("password", ["password"]),
        ("refresh_token", ["refresh_token"]),
    ],
)
def test_names_by_option(option: str, names: list[str]) -> None:
    assert names_by_option(MODULE)[option] == names


@pytest.fixture
def write_ini(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteIni:
    """Write an ansible.cfg; without it there is none."""

    def write(text: str) -> None:
        path = tmp_path / "ansible.cfg"
        path.write_text(text, "utf-8")
        monkeypatch.setattr(constants, "CONFIG_FILE", str(path))

    return write


def read(
    given: dict[str, Any] | None = None, variables: dict[str, Any] | None = None, options: Any = None
) -> dict[str, object]:
    variables = variables or {}
    options = MODULE if options is None else options
    templar = Templar(loader=DataLoader(), variables=variables)
    return read_options(given or {}, options=options, variables=variables, template=templar.template)


SOURCES = ["argument", "variable", "environment", "ansible.cfg"]


@pytest.mark.parametrize("option", ["username", "consumer_key", "token_url", "organization"])
@pytest.mark.parametrize("first", range(len(SOURCES)), ids=SOURCES)
def test_order_of_sources(option: str, first: int, write_ini: WriteIni, monkeypatch: pytest.MonkeyPatch) -> None:
    present = SOURCES[first:]
    write_ini(f"[wso2]\n{option} = from ansible.cfg\n")
    if "environment" in present:
        monkeypatch.setenv(f"WSO2_{option.upper()}", "from environment")
    variables = {f"wso2_{option}": "from variable"} if "variable" in present else {}
    given = {option: "from argument"} if "argument" in present else {}
    assert read(given, variables) == {option: f"from {present[0]}"}


@pytest.mark.parametrize("option", SOURCED_OPTIONS)
def test_every_source_of_an_option(option: str, write_ini: WriteIni, monkeypatch: pytest.MonkeyPatch) -> None:
    write_ini(f"[wso2]\n{option} = from ansible.cfg\n")
    assert read() == ({} if option in secret_options(MODULE) else {option: "from ansible.cfg"})
    monkeypatch.setenv(f"WSO2_{option.upper()}", "from environment")
    assert read() == {option: "from environment"}
    assert read(variables={f"wso2_{option}": "from variable"}) == {option: "from variable"}


@pytest.mark.parametrize("option", ARGUMENT_ONLY_OPTIONS)
def test_options_that_only_an_argument_sets(option: str, write_ini: WriteIni, monkeypatch: pytest.MonkeyPatch) -> None:
    options = next(each for each in (MODULE_OPTIONS["password"], CONSUMER_KEYS_OPTIONS) if option in each)
    write_ini(f"[wso2]\n{option} = from ansible.cfg\n")
    monkeypatch.setenv(f"WSO2_{option.upper()}", "from environment")
    assert read(variables={f"wso2_{option}": "from variable"}, options=options) == {}
    given = {"grant_types": ["password"]}.get(option, "given")
    assert read({option: given}, options=options) == {option: given}


@pytest.mark.parametrize(("alias", "option"), ALIASES)
def test_every_source_of_an_alias(
    alias: str, option: str, write_ini: WriteIni, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were ignored without a message in variables, the environment and ansible.cfg."""
    write_ini(f"[wso2]\n{alias} = from ansible.cfg\n")
    assert read() == ({} if option in secret_options(MODULE) else {option: "from ansible.cfg"})
    monkeypatch.setenv(f"WSO2_{alias.upper()}", "from environment")
    assert read() == {option: "from environment"}
    assert read(variables={f"wso2_{alias}": "from variable"}) == {option: "from variable"}
    assert read({alias: "given"}) == {option: "given"}


@pytest.mark.parametrize(("alias", "option"), ALIASES)
def test_the_own_name_comes_before_an_alias_of_the_same_source(
    alias: str, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"WSO2_{alias.upper()}", "alias")
    monkeypatch.setenv(f"WSO2_{option.upper()}", "own name")
    assert read() == {option: "own name"}
    assert read(variables={f"wso2_{alias}": "alias", f"wso2_{option}": "own name"}) == {option: "own name"}
    assert read(variables={f"wso2_{alias}": "variable"}) == {option: "variable"}


@pytest.mark.parametrize(("alias", "option"), ALIASES)
def test_given_twice(alias: str, option: str) -> None:
    assert read({alias: "x", option: "x"}) == read({alias: "x", option: None}) == {option: "x"}
    with pytest.raises(OptionError) as caught:
        read({alias: "s3cret-1", option: "s3cret-2"})
    assert caught.value.option == option
    assert caught.value.cause == f"{option} is given twice, with different values, as {option} and {alias}"


NO_VALUES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, str]]] = [
    # id, arguments, variables, environment: none of them has a value, so ansible.cfg is read
    ("nothing", {}, {}, {}),
    ("argument is null", {"username": None}, {}, {}),
    ("argument is empty", {"username": ""}, {}, {}),
    ("argument is omitted", {"username": OMITTED}, {}, {}),
    ("alias is omitted", {"client_id": OMITTED}, {}, {}),
    ("variable is null", {}, {"wso2_username": None}, {}),
    ("variable is empty", {}, {"wso2_username": ""}, {}),
    ("variable is omitted", {}, {"wso2_username": OMITTED}, {}),
    ("variable is templated to nothing", {}, {"wso2_username": trust_as_template("{{ '' }}")}, {}),
    ("variable of an alias is empty", {}, {"wso2_client_id": ""}, {}),
    ("environment variable is empty", {}, {}, {"WSO2_USERNAME": ""}),
]


@pytest.mark.parametrize(
    ("given", "variables", "environment"), [row[1:] for row in NO_VALUES], ids=[row[0] for row in NO_VALUES]
)
def test_an_empty_value_is_no_value(
    given: dict[str, Any],
    variables: dict[str, Any],
    environment: dict[str, str],
    write_ini: WriteIni,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same rule for every source."""
    write_ini("[wso2]\nusername = from ansible.cfg\n")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert read(given, variables) == {"username": "from ansible.cfg"}


@pytest.mark.parametrize("given", [{"scope": []}, {"require_scope": False}, {"retries": 0}], ids=repr)
def test_false_and_zero_are_values(given: dict[str, Any], write_ini: WriteIni) -> None:
    write_ini("[wso2]\nscope = i\nrequire_scope = true\nretries = 9\n")
    ((name, value),) = given.items()
    assert read(given)[name] == value


LOOKUP_UNKNOWN = ["force", "state", "refresh_token", "revoke_url", "fact_name", "request_from"]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        *((options, name) for options in (MODULE, LOOKUP) for name in ("passwrd", "_raw_params", "Password")),
        *((LOOKUP, name) for name in LOOKUP_UNKNOWN),
    ],
)
def test_unknown_names(options: Any, name: str) -> None:
    with pytest.raises(OptionError) as caught:
        read({name: "s3cret"}, options=options)
    assert caught.value.cause == f"{name} is not an option"
    assert caught.value.hint == f"The options are {', '.join(options)}"
    assert "s3cret" not in caught.value.message


@pytest.mark.parametrize("name", LOOKUP_UNKNOWN)
def test_variables_of_options_that_the_lookup_has_not_are_ignored(name: str) -> None:
    assert read(variables={f"wso2_{name}": "x"}, options=LOOKUP) == {}


INI_LINES = [
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
    ("umlaut", "username = jöhn", "jöhn"),
    ("braces are not a template", "username = {{ x }}", "{{ x }}"),
    ("digits stay text", "username = 0771234567", "0771234567"),
]


@pytest.mark.parametrize(("line", "value"), [row[1:] for row in INI_LINES], ids=[row[0] for row in INI_LINES])
def test_ansible_cfg(line: str, value: str, write_ini: WriteIni) -> None:
    write_ini(f"[defaults]\nforks = 5\n[wso2]\n{line}\n")
    assert read() == {"username": value}


def test_ansible_cfg_without_the_section(write_ini: WriteIni) -> None:
    write_ini("[defaults]\nusername = alice\n")
    assert read() == {}


def test_variables_are_templated() -> None:
    variables = {"wso2_username": trust_as_template("{{ user }}@{{ domain }}"), "user": "john", "domain": "johns.org"}
    assert read(variables=variables) == {"username": "john@johns.org"}


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        pytest.param("s3cret {{ undefined_name }}", "which refers to something undefined", id="undefined"),
        pytest.param("s3cret {{ 1 / 0 }}", "which cannot be templated", id="broken"),
    ],
)
def test_a_variable_that_cannot_be_templated(template: str, problem: str) -> None:
    with pytest.raises(OptionError) as caught:
        read(variables={"wso2_password": trust_as_template(template)})
    assert caught.value.option == "password"
    assert caught.value.cause.startswith(f"password is read from the variable wso2_password, {problem}")
    assert ("undefined_name" in caught.value.cause) is ("undefined_name" in template)
    assert "s3cret" not in caught.value.message


@pytest.mark.skipif(tuple(map(int, core_version.split(".")[:2])) >= (2, 19), reason="later releases decrypt before")
def test_vaulted_values_are_decrypted() -> None:
    from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode

    secret = VaultSecret(b"vault password")
    vaulted = AnsibleVaultEncryptedUnicode.from_plaintext("s3cret", VaultLib([("default", secret)]), secret)
    vaulted.vault = VaultLib([("default", secret)])
    values = read({"password": vaulted})
    assert values == {"password": "s3cret"}
    assert values["password"].__class__ is str


WRONG_TYPES: list[tuple[str, object, str]] = [
    # id, value, its type as the message names it
    ("octal number, as 0123 becomes", 83, "an integer"),
    ("telephone number", 132462967, "an integer"),
    ("zeros of an INI inventory", 0, "an integer"),
    ("sexagesimal number, as 1:30 becomes", 90, "an integer"),
    ("fraction, as 1.50 becomes", 1.5, "a float"),
    ("true", True, "a boolean"),
    ("false", False, "a boolean"),
    ("date", datetime.date(2026, 1, 1), "a date"),
    ("timestamp", datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc), "a date"),
    ("list", ["s3cret"], "a list"),
    ("mapping", {"s3cret": "s3cret"}, "a dictionary"),
    ("bytes", b"s3cret", "of another type"),
]


@pytest.mark.parametrize(("value", "type_name"), [row[1:] for row in WRONG_TYPES], ids=[r[0] for r in WRONG_TYPES])
@pytest.mark.parametrize("option", TEXT_OPTIONS)
def test_a_text_option_accepts_only_texts(option: str, value: object, type_name: str) -> None:
    """Neither an argument nor a variable that YAML read as a number can be restored."""
    sources: list[dict[str, Any]] = [{"given": {option: value}}]
    if option in SOURCED_OPTIONS:
        sources.append({"variables": {f"wso2_{option}": value}})
    for source in sources:
        with pytest.raises(OptionError) as caught:
            read(**source)
        assert caught.value.cause == f"{option} must be a string, but it is {type_name}"
        assert caught.value.hint == "Quote the value"


@pytest.mark.parametrize("alias", ["scope", "scopes"])
@pytest.mark.parametrize("value", [{1: "a", "b": "c"}, 5, True, ["a", 5], [["a"]], [None], [{"a": "s3cret"}]], ids=repr)
def test_scope_accepts_only_texts(alias: str, value: object) -> None:
    """A mapping with keys of two types was an unexpected TypeError."""
    with pytest.raises(OptionError) as caught:
        read({alias: value})
    assert caught.value.message == "scope must be a list of strings."


@pytest.mark.parametrize("value", ["a b", ["a", "b"], ("a", "b"), []], ids=repr)
def test_valid_scopes(value: object) -> None:
    assert read({"scope": value}) == {"scope": value}


def test_types_and_defaults() -> None:
    given = {"timeout": "7", "require_scope": "yes", "scope": "a b", "ca_path": "/x"}
    assert convert_options(given, MODULE) == {
        **{name: spec.get("default") for name, spec in MODULE.items()},
        "timeout": 7,
        "require_scope": True,
        "scope": ["a b"],
        "ca_path": "/x",
    }


MISTAKES: list[tuple[str, dict[str, Any], str]] = [
    ("number", {"timeout": "s3cret"}, "timeout is not of type int"),
    ("boolean instead of a number", {"timeout": True}, "timeout must be an integer, but it is a boolean"),
    ("infinite number", {"timeout": float("inf")}, "timeout is not of type int"),
    ("infinite number as a text", {"timeout": "inf"}, "timeout is not of type int"),
    ("list with an oversized number", {"min_validity": [2**63, None, None]}, "min_validity is not of type int"),
    ("fraction", {"retries": 1.5}, "retries is not of type int"),
    ("boolean", {"validate_certs": "s3cret"}, "validate_certs is not of type bool"),
    ("boolean with the name of another option", {"use_proxy": "password"}, "use_proxy is not of type bool"),
    ("list", {"scope": {"s3cret": 1}}, "scope is not of type list"),
    ("choice", {"client_authentication": "s3cret"}, "client_authentication must be basic or body"),
    ("choice with the name of an option", {"client_authentication": "password"}, "client_authentication must be"),
    ("state", {"state": "s3cret"}, "state must be present or absent"),
    ("request_from", {"request_from": "s3cret"}, "request_from must be control_node or managed_node"),
]


@pytest.mark.parametrize(("given", "cause"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_mistake_names_the_option_and_never_the_value(given: dict[str, Any], cause: str) -> None:
    with pytest.raises(OptionError) as caught:
        convert_options(given, MODULE)
    assert caught.value.cause.startswith(cause)
    assert [caught.value.option] == list(given)
    assert "s3cret" not in caught.value.message


HIDDEN_NAMES = ["password", "consumer_secret", "client_secret", "refresh_token", "token_store", "passwrd", "Password"]
SHOWN_NAMES = ["username", "consumer_key", "client_id", "token_url", "tenant", "scopes", "client_key", "state"]


@pytest.mark.parametrize("name", [*HIDDEN_NAMES, *SHOWN_NAMES])
def test_is_hidden(name: str) -> None:
    assert is_hidden(name, MODULE) is (name in HIDDEN_NAMES)


VALUES: list[tuple[str, dict[str, Any], list[str]]] = [
    # id, options, secrets
    ("by their names", {"password": "s1", "consumer_secret": "s2", "refresh_token": "s3"}, ["s1", "s2", "s3"]),
    ("by an alias", {"client_secret": "s1"}, ["s1"]),
    ("by an unknown name", {"passwrd": "s1"}, ["s1"]),
    ("not a text", {"password": 36}, ["36"]),
    ("empty", {"password": "", "consumer_secret": None}, []),
    ("no secrets", {"username": "alice", "client_id": "ck", "state": "present", "timeout": 30, "scopes": ["a"]}, []),
    ("store of the run", {"token_store": "run"}, []),
    ("directory", {"token_store": "/var/user:pw@host"}, []),
    ("Redis without a password", {"token_store": "redis://host:6379/0"}, []),
    ("Redis with a username only", {"token_store": "redis://user@host"}, []),
    ("Redis with a password", {"token_store": "redis://:redis-pw@host"}, ["redis-pw", "redis-pw"]),
    ("encoded password", {"token_store": "rediss://user:a%2Fb@host"}, ["a%2Fb", "a/b"]),
    ("password that is not encoded", {"token_store": "rediss://user:a/b?c#d@host"}, ["a/b?c#d", "a/b?c#d"]),
    ("password in the query", {"token_store": "redis://host/0?password=a%2Fb&client_name=x"}, ["a/b"]),
    ("passwords in both places", {"token_store": "redis://:one@host/0?password=two"}, ["one", "one", "two"]),
    ("malformed URL", {"token_store": "redis://user:pw@[host"}, ["redis://user:pw@[host"]),
    ("store is not a text", {"token_store": 5}, []),
    ("no store", {"token_store": None}, []),
]


@pytest.mark.parametrize(("values", "secrets"), [row[1:] for row in VALUES], ids=[row[0] for row in VALUES])
def test_secrets_in(values: dict[str, Any], secrets: list[str]) -> None:
    assert secrets_in(values, MODULE) == secrets
