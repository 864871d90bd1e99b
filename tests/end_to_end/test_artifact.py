# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The artifact that users install contains the collection and nothing else."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from installed_collection import build, install

# The allowed names at the top, and names that no path may contain.
TOP = {
    "CHANGELOG.md",
    "CHANGELOG.md.license",
    "CONTRIBUTING.md",
    "COPYING",
    "FILES.json",
    "LICENSES",
    "MANIFEST.json",
    "README.md",
    "SECURITY.md",
    "changelogs",
    "docs",
    "examples",
    "meta",
    "plugins",
    "requirements.txt",
    "tests",
}
REQUIRED = {
    "README.md",
    "meta/runtime.yml",
    "meta/ee-requirements.txt",
    "meta/execution-environment.yml",
    "plugins/action/wso2_password_token.py",
    "plugins/lookup/wso2_password_token.py",
    "plugins/modules/wso2_password_token.py",
    "requirements.txt",
    "tests/config.yml",
}


def test_the_artifact_contains_the_collection_and_nothing_else(tmp_path: Path) -> None:
    with tarfile.open(build(tmp_path)) as artifact:
        names = {member.name for member in artifact.getmembers() if member.isfile()}
    assert names >= REQUIRED
    assert {name.partition("/")[0] for name in names} <= TOP
    assert {name for name in names if name.startswith("tests/")} == {"tests/config.yml"}
    assert not [name for name in names if "__pycache__" in name or "/." in name or name.startswith(".")]


def test_building_and_installing_leaves_the_home_directory_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C(make demo) does both."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("ANSIBLE_HOME", raising=False)
    (tmp_path / "work").mkdir()
    install(tmp_path / "work")
    assert list(home.rglob("*")) == []
