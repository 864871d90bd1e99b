# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the collection importable, and sets the number of examples: C(--hypothesis-profile=full) for many."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

try:
    importlib.import_module("ansible_collections.apiops.wso2")
except ImportError:
    importlib.import_module("importable_checkout")

from ansible_collections.apiops.wso2.tests.fuzz.raw_endpoint import RawEndpoint
from ansible_collections.apiops.wso2.tests.unit.clean_environment import remove_variables

# The machine can be busy, and large examples are intended.
_COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
# The same examples each time, so that a change fails only because of its own faults.
settings.register_profile("quick", _COMMON, max_examples=100, derandomize=True, database=None)
settings.register_profile("full", _COMMON, max_examples=10_000, print_blob=True)
settings.load_profile("quick")


@pytest.fixture(scope="session", autouse=True)
def bare_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        remove_variables(patch)
        yield


@pytest.fixture(scope="session")
def endpoint() -> Iterator[RawEndpoint]:
    """A token endpoint that sends any bytes."""
    with RawEndpoint() as running:
        yield running
