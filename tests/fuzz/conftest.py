# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the collection importable, and says how long hypothesis looks: C(--hypothesis-profile=full) for long."""

from __future__ import annotations

import importlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

try:
    importlib.import_module("ansible_collections.apiops.wso2")
except ImportError:
    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    # It lives as long as the module does, and is removed when the process ends.
    _ROOT = tempfile.TemporaryDirectory(prefix="apiops-wso2-fuzz-")
    _NAMESPACE = Path(_ROOT.name) / "ansible_collections" / "apiops"
    _NAMESPACE.mkdir(parents=True)
    (_NAMESPACE / "wso2").symlink_to(Path(__file__).resolve().parents[2], target_is_directory=True)
    _AnsibleCollectionFinder(paths=[_ROOT.name])._install()

from ansible_collections.apiops.wso2.tests.fuzz.raw_endpoint import RawEndpoint

# A machine may be busy, and a large example is not a mistake.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
# The same examples each time, so that nobody's change fails for what it has not touched.
settings.register_profile("quick", _PATIENT, max_examples=100, derandomize=True, database=None)
settings.register_profile("full", _PATIENT, max_examples=10_000, print_blob=True)
settings.load_profile("quick")


@pytest.fixture(scope="session", autouse=True)
def bare_environment() -> Iterator[None]:
    """Take away each variable that the collection or requests would heed."""
    heeded = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper() in heeded or name.startswith("WSO2_"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def endpoint() -> Iterator[RawEndpoint]:
    """A token endpoint that sends whatever bytes it is told."""
    with RawEndpoint() as running:
        yield running
