# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies, CA bundles and certificate files: how the environment and the options affect a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TransportSettings
from ansible_collections.apiops.wso2.plugins.module_utils._transport import proxy_for
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import TransportError
from ansible_collections.apiops.wso2.tests.unit.form_post import post
from ansible_collections.apiops.wso2.tests.unit.token_server import Reply, TokenServer

PROXY = "http://proxy.example.com:3128"
URL = "https://api.wso2.example.com:9443/oauth2/token"
PROXIES: list[tuple[str, dict[str, str], str, bool]] = [
    # id, environment, URL, is the proxy used?
    ("none", {}, URL, False),
    ("capitals", {"HTTPS_PROXY": PROXY}, URL, True),
    ("small letters", {"https_proxy": PROXY}, URL, True),
    ("for all", {"ALL_PROXY": PROXY}, URL, True),
    ("for all, small letters", {"all_proxy": PROXY}, URL, True),
    ("for http alone", {"HTTP_PROXY": PROXY}, URL, False),
    ("excluded name", {"HTTPS_PROXY": PROXY, "NO_PROXY": "x, api.wso2.example.com"}, URL, False),
    ("excluded domain", {"HTTPS_PROXY": PROXY, "no_proxy": ".example.com"}, URL, False),
    ("excluded domain without a dot", {"HTTPS_PROXY": PROXY, "no_proxy": "EXAMPLE.com"}, URL, False),
    ("another domain", {"HTTPS_PROXY": PROXY, "no_proxy": "ample.com"}, URL, True),
    ("excluded port", {"HTTPS_PROXY": PROXY, "no_proxy": "example.com:9443"}, URL, False),
    ("another port", {"HTTPS_PROXY": PROXY, "no_proxy": "example.com:443"}, URL, True),
    ("everything excluded", {"HTTPS_PROXY": PROXY, "no_proxy": "*"}, URL, False),
    ("excluded network", {"HTTPS_PROXY": PROXY, "no_proxy": "192.0.2.0/24"}, "https://192.0.2.7/token", False),
    (
        "network by one of its hosts",
        {"HTTPS_PROXY": PROXY, "no_proxy": "192.0.2.9/24"},
        "https://192.0.2.7/token",
        False,
    ),
    ("another network", {"HTTPS_PROXY": PROXY, "no_proxy": "192.0.2.0/24"}, "https://192.0.3.7/token", True),
    ("localhost", {"HTTP_PROXY": PROXY, "ALL_PROXY": PROXY}, "http://localhost:9763/oauth2/token", False),
    ("localhost, https", {"HTTPS_PROXY": PROXY, "https_proxy": PROXY}, "https://localhost:9443/oauth2/token", False),
    ("loopback address", {"HTTP_PROXY": PROXY, "http_proxy": PROXY}, "http://127.0.0.9/token", False),
    ("loopback address, IPv6", {"HTTPS_PROXY": PROXY}, "https://[::1]:9443/token", False),
]


@pytest.mark.parametrize(("environ", "url", "used"), [row[1:] for row in PROXIES], ids=[row[0] for row in PROXIES])
def test_proxies(environ: dict[str, str], url: str, used: bool) -> None:
    assert proxy_for(url, TransportSettings(environ=environ)) == (PROXY if used else None)
    assert proxy_for(url, TransportSettings(environ=environ, use_proxy=False)) is None


def test_a_loopback_url_reaches_its_server_whatever_the_proxy(server: TokenServer) -> None:
    with TokenServer() as proxy:
        address = f"http://127.0.0.1:{proxy.port}"
        post(server.url, environ={"HTTP_PROXY": address, "http_proxy": address, "ALL_PROXY": address})
        assert (len(proxy.received), len(server.received)) == (0, 1)


@pytest.mark.parametrize("status", [403, 407])
def test_the_status_of_the_proxy_is_shown(status: int) -> None:
    with TokenServer() as proxy:
        proxy.replies = [Reply(status)]
        environ = {"HTTPS_PROXY": f"http://user:s3cret@127.0.0.1:{proxy.port}"}
        with pytest.raises(TransportError) as caught:
            post("https://wso2.invalid/token", environ=environ)
        assert [(request.method, request.target) for request in proxy.received] == [("CONNECT", "wso2.invalid:443")]
    assert f"http://127.0.0.1:{proxy.port} rejected the connection with HTTP {status}" in caught.value.message
    assert "s3cret" not in caught.value.message


BUNDLES = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"]


@pytest.mark.parametrize("variable", BUNDLES)
def test_certificate_authorities_of_the_environment(server: TokenServer, variable: str, tmp_path: Path) -> None:
    environ = {variable: str(tmp_path / "missing.pem")}
    with pytest.raises(OptionError) as caught:
        post(server.url, environ=environ)
    assert variable in caught.value.message
    assert server.received == []
    assert post(server.url, environ=environ, validate_certs=False).status == 200
    assert post(server.url, environ=environ, ca_path=str(tmp_path)).status == 200


def test_the_environment_of_the_process_does_not_matter(
    server: TokenServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert post(server.url).status == 200


FILES: list[tuple[str, dict[str, str], str, str]] = [
    ("authority is missing", {"ca_path": "missing"}, "ca_path", "cannot be read"),
    ("authority is no PEM", {"ca_path": "text"}, "ca_path", "contains no certificate in PEM format"),
    ("authority is empty", {"ca_path": "empty"}, "ca_path", "contains no certificate in PEM format"),
    ("certificate is missing", {"client_cert": "missing"}, "client_cert", "cannot be read"),
    ("certificate is no PEM", {"client_cert": "text"}, "client_cert", "contains no private key that can be used"),
    ("key is missing", {"client_cert": "text", "client_key": "missing"}, "client_key", "cannot be read"),
    ("key is no PEM", {"client_cert": "text", "client_key": "text"}, "client_key", "contains no private key"),
]


@pytest.mark.parametrize(("files", "option", "problem"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_unusable_certificate_files(
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
