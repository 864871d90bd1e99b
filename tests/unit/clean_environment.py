# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An environment that has no effect on a test."""

from __future__ import annotations

import os

import pytest

_VARIABLES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "NETRC"),
)


def remove_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove each environment variable that the collection, requests or OpenSSL reads."""
    for name in list(os.environ):
        if name.upper() in _VARIABLES or name.upper().startswith("WSO2_"):
            monkeypatch.delenv(name)
