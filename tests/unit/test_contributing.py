# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The map for contributors names every room, every kind of test and every command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
MAP = (CHECKOUT / "CONTRIBUTING.md").read_text("utf-8")
ROOMS = sorted(path.name for path in CHECKOUT.glob("plugins/*_utils/_*.py") if path.name != "__init__.py")
TESTS = sorted({path.parent.name for path in CHECKOUT.glob("tests/*/test_*.py")})
TARGETS = re.findall(r"^([a-z-]+):.*## ", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("room", ROOMS)
def test_room(room: str) -> None:
    assert re.search(rf"[`/]{room}`", MAP)


@pytest.mark.parametrize("kind", TESTS)
def test_kind_of_test(kind: str) -> None:
    assert f"| `tests/{kind}/` |" in MAP


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "help"])
def test_command(target: str) -> None:
    assert re.search(rf"^\| `make {target}[` ]", MAP, re.MULTILINE)
