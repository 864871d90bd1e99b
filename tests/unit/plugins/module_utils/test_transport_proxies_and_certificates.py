# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies, bundles of authorities and certificate files: what the machine adds to a POST, and what it must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.tests.unit.form_post import post
from ansible_collections.apiops.wso2.tests.unit.token_server import TokenServer

PROXIES: list[tuple[str, dict[str, str], dict[str, Any], bool]] = [
    # id, environment (PROXY is the address of one), settings, goes through the proxy
    ("none", {}, {}, False),
    ("small letters", {"http_proxy": "PROXY"}, {}, True),
    ("for all", {"all_proxy": "PROXY"}, {}, True),
    ("for https alone", {"https_proxy": "PROXY"}, {}, False),
    ("excepted", {"http_proxy": "PROXY", "no_proxy": "127.0.0.1"}, {}, False),
    ("switched off", {"http_proxy": "PROXY", "HTTP_PROXY": "PROXY", "all_proxy": "PROXY"}, {"use_proxy": False}, False),
]


@pytest.mark.parametrize(
    ("environment", "settings", "used"), [row[1:] for row in PROXIES], ids=[row[0] for row in PROXIES]
)
def test_proxies(
    server: TokenServer,
    environment: dict[str, str],
    settings: dict[str, Any],
    used: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with TokenServer() as proxy:
        for name, value in environment.items():
            monkeypatch.setenv(name, value.replace("PROXY", f"http://127.0.0.1:{proxy.port}"))
        post(server.url, **settings)
        assert [request.target for request in proxy.received] == ([server.url] if used else [])
        assert len(server.received) == (0 if used else 1)


BUNDLES: list[tuple[str, str, dict[str, Any], bool]] = [
    ("requests' own", "REQUESTS_CA_BUNDLE", {}, True),
    ("curl's", "CURL_CA_BUNDLE", {}, True),
    ("nothing is verified", "REQUESTS_CA_BUNDLE", {"validate_certs": False}, False),
]


@pytest.mark.parametrize(
    ("variable", "settings", "refused"), [row[1:] for row in BUNDLES], ids=[row[0] for row in BUNDLES]
)
def test_a_missing_bundle_of_the_environment(
    server: TokenServer,
    variable: str,
    settings: dict[str, Any],
    refused: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "missing.pem"))
    if refused:
        with pytest.raises(OptionError) as caught:
            post(server.url, **settings)
        assert caught.value.option == "ca_path"
        assert variable in caught.value.message
        assert server.received == []
    else:
        assert post(server.url, **settings).status == 200


def test_ca_path_beats_the_environment(server: TokenServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    assert post(server.url, ca_path=str(tmp_path)).status == 200


FILES: list[tuple[str, dict[str, str], str, str]] = [
    ("authority is missing", {"ca_path": "missing"}, "ca_path", "cannot be read"),
    ("authority is no PEM", {"ca_path": "text"}, "ca_path", "holds no certificate in PEM form"),
    ("authority is empty", {"ca_path": "empty"}, "ca_path", "holds no certificate in PEM form"),
    ("certificate is missing", {"client_cert": "missing"}, "client_cert", "cannot be read"),
    ("certificate is no PEM", {"client_cert": "text"}, "client_cert", "holds no private key that can be used"),
    ("key is missing", {"client_cert": "text", "client_key": "missing"}, "client_key", "cannot be read"),
    ("key is no PEM", {"client_cert": "text", "client_key": "text"}, "client_key", "holds no private key"),
]


@pytest.mark.parametrize(("files", "option", "problem"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_certificate_files_of_no_use(
    server: TokenServer, files: dict[str, str], option: str, problem: str, tmp_path: Path
) -> None:
    (tmp_path / "text").write_text("s3cret text")
    (tmp_path / "empty").write_text("")
    given: dict[str, Any] = {name: str(tmp_path / file) for name, file in files.items()}
    with pytest.raises(OptionError) as caught:
        post(server.url, **given)
    assert caught.value.option == option
    assert problem in caught.value.cause
    assert "s3cret" not in caught.value.message
    assert server.received == []
