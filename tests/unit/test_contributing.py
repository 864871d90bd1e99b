# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page for contributors names every internal module, every kind of test and every command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "CONTRIBUTING.md").read_text("utf-8")
MODULES = sorted(path.name for path in CHECKOUT.glob("plugins/*_utils/_*.py") if path.name != "__init__.py")
TESTS = sorted({path.parent.name for path in CHECKOUT.glob("tests/*/test_*.py")})
TARGETS = re.findall(r"^([a-z-]+):.*## ", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("module", MODULES)
def test_module(module: str) -> None:
    assert re.search(rf"[`/]{module}`", PAGE)


@pytest.mark.parametrize("kind", TESTS)
def test_kind_of_test(kind: str) -> None:
    assert f"| `tests/{kind}/` |" in PAGE


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "help"])
def test_command(target: str) -> None:
    assert re.search(rf"^\| `make {target}[` ]", PAGE, re.MULTILINE)
