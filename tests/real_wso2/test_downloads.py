# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of artifacts, and the checks of files that were downloaded."""

from __future__ import annotations

import hashlib
from pathlib import Path

import downloads
import pytest
from artifacts import Artifact, read_artifacts

ARTIFACT = Artifact("org.example", "part", "1.0", "jar", hashlib.sha256(b"right").hexdigest())


def test_the_list_names_each_file_once() -> None:
    artifacts = read_artifacts()
    assert len(artifacts) == 93
    assert len({artifact.file_name for artifact in artifacts}) == 93
    assert all(len(bytes.fromhex(artifact.sha256)) == 32 for artifact in artifacts)


def test_an_intact_file_is_not_downloaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ARTIFACT.file_name).write_bytes(b"right")
    monkeypatch.setenv("PATH", "")
    downloads.download(tmp_path, [ARTIFACT])


def test_a_missing_maven_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(downloads.DownloadError, match="Maven is missing"):
        downloads.download(tmp_path, [ARTIFACT])


def test_a_file_with_another_content_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "mvn"
    program.parent.mkdir()
    cache = tmp_path / "cache"
    program.write_text(f"#!/bin/sh\nprintf wrong > '{cache / ARTIFACT.file_name}'\n", "utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(downloads.DownloadError, match=r"checksum.*part-1\.0\.jar"):
        downloads.download(cache, [ARTIFACT])
    assert not list(cache.iterdir())
