# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An environment that changes no test."""

from __future__ import annotations

import os

import pytest

HEEDED = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")


def take_away_what_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away each variable that the collection or requests would heed."""
    for name in list(os.environ):
        if name.upper() in HEEDED or name.startswith("WSO2_"):
            monkeypatch.delenv(name)
