# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(TransportSettings) of _token_request: how a server is reached, and which connections share a token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import CONNECTION_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TransportSettings

VALID: list[tuple[str, dict[str, Any]]] = [
    ("certificate authority", {"ca_path": "/ca.pem"}),
    ("no verification", {"validate_certs": False}),
    ("certificate with its key in one file", {"client_cert": "/c.pem"}),
    ("certificate and key", {"client_cert": "/c.pem", "client_key": "/k.pem"}),
    ("shortest timeout, no retries", {"timeout": 1, "retries": 0}),
    ("longest timeout", {"timeout": 86400}),
    ("no proxy", {"use_proxy": False}),
]


@pytest.mark.parametrize("options", [row[1] for row in VALID], ids=[row[0] for row in VALID])
def test_options_are_taken_over(options: dict[str, Any]) -> None:
    settings = TransportSettings.from_options({**options, "password": "not one of them"}, {})
    assert {name: getattr(settings, name) for name in options} == options


def test_the_defaults_are_those_of_the_options() -> None:
    defaults = {name: spec.get("default") for name, spec in CONNECTION_OPTIONS.items()}
    assert vars(TransportSettings()) == {**defaults, "environ": {}}


def test_only_variables_about_the_network_are_kept() -> None:
    network = {"https_proxy": "http://p", "NO_PROXY": "h", "REQUESTS_CA_BUNDLE": "/ca.pem", "SSL_CERT_DIR": "/certs"}
    environ = {**network, "HTTP_PROXY": "", "SSLKEYLOGFILE": "/keys", "NETRC": "/netrc", "PATH": "/bin"}
    assert TransportSettings.from_options({}, environ).environ == network


CA_SOURCES: list[tuple[str, dict[str, str], str | None, tuple[str, str] | None]] = [
    # id, environment, ca_path, source of the certificate authorities
    ("certifi", {}, None, None),
    ("option", {}, "/ca.pem", ("ca_path", "/ca.pem")),
    ("option before variables", {"REQUESTS_CA_BUNDLE": "/r"}, "/ca.pem", ("ca_path", "/ca.pem")),
    ("variable of requests", {"CURL_CA_BUNDLE": "/c", "REQUESTS_CA_BUNDLE": "/r"}, None, ("REQUESTS_CA_BUNDLE", "/r")),
    ("variable of curl", {"CURL_CA_BUNDLE": "/c", "SSL_CERT_FILE": "/f"}, None, ("CURL_CA_BUNDLE", "/c")),
    ("file of OpenSSL", {"SSL_CERT_DIR": "/d", "SSL_CERT_FILE": "/f"}, None, ("SSL_CERT_FILE", "/f")),
    ("directory of OpenSSL", {"SSL_CERT_DIR": "/d"}, None, ("SSL_CERT_DIR", "/d")),
    ("empty variable", {"REQUESTS_CA_BUNDLE": "", "SSL_CERT_DIR": "/d"}, None, ("SSL_CERT_DIR", "/d")),
]


@pytest.mark.parametrize(
    ("environ", "ca_path", "source"), [row[1:] for row in CA_SOURCES], ids=[row[0] for row in CA_SOURCES]
)
def test_ca_source(environ: dict[str, str], ca_path: str | None, source: tuple[str, str] | None) -> None:
    assert TransportSettings.from_options({"ca_path": ca_path}, environ).ca_source == source


IDENTITIES: list[tuple[str, dict[str, Any], dict[str, str], bool]] = [
    # id, options, environment, is it the identity of a connection with the defaults
    ("defaults", {}, {}, True),
    ("how long and how often", {"timeout": 5, "retries": 0}, {}, True),
    ("proxies", {"use_proxy": False}, {"HTTPS_PROXY": "http://p"}, True),
    ("no verification", {"validate_certs": False}, {}, False),
    ("authorities by an option", {"ca_path": "{ca}"}, {}, False),
    ("authorities by a variable", {}, {"REQUESTS_CA_BUNDLE": "{ca}"}, False),
    ("certificate", {"client_cert": "{ca}"}, {}, False),
]


@pytest.mark.parametrize(
    ("options", "environ", "is_same"), [row[1:] for row in IDENTITIES], ids=[row[0] for row in IDENTITIES]
)
def test_whom_a_connection_trusts_is_part_of_its_identity(
    options: dict[str, Any], environ: dict[str, str], is_same: bool, tmp_path: Path
) -> None:
    """A token from a server with one trusted authority is not returned to a task that trusts another one."""
    (tmp_path / "ca.pem").write_text("one", "utf-8")
    ca = str(tmp_path / "ca.pem")
    given = {name: ca if value == "{ca}" else value for name, value in options.items()}
    variables = {name: ca if value == "{ca}" else value for name, value in environ.items()}
    identity = TransportSettings.from_options(given, variables).identity()
    assert (identity == TransportSettings().identity()) is is_same


@pytest.mark.parametrize("option", ["ca_path", "client_cert"])
def test_the_content_of_a_file_counts(option: str, tmp_path: Path) -> None:
    path = tmp_path / "file.pem"
    settings = TransportSettings.from_options({option: str(path)}, {})
    identities = [settings.identity()]
    for content in ("one", "two"):
        path.write_text(content, "utf-8")
        identities.append(settings.identity())
    assert [identity for identity in identities if identities.count(identity) > 1] == []


def test_without_verification_no_authority_counts() -> None:
    settings = TransportSettings.from_options({"validate_certs": False}, {"REQUESTS_CA_BUNDLE": "/ca.pem"})
    assert settings.identity() == TransportSettings(validate_certs=False).identity()
