# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a machine needs for the server, and what the command says where it is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import server

COMMAND = Path(server.__file__).parent


def _program(directory: Path, name: str, output: str) -> None:
    program = directory / name
    program.write_text(f"#!/bin/sh\necho '{output}'\n", "utf-8")
    program.chmod(0o700)


@pytest.mark.parametrize("version", ["11.0.2", "21.0.1"])
def test_another_java_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    _program(tmp_path, "javac", f"javac {version}")
    _program(tmp_path, "mvn", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = server.missing_requirement()
    assert missing is not None
    assert f"Found javac {version.split('.', maxsplit=1)[0]}. " in missing
    assert "openjdk-17-jdk-headless" in missing


def test_java_17_and_maven_are_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tmp_path, "javac", "javac 17.0.15")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Maven is missing" in (server.missing_requirement() or "")
    _program(tmp_path, "mvn", "")
    assert server.missing_requirement() is None


def test_the_command_says_what_to_install(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(COMMAND)], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "A JDK of Java 17 is missing" in done.stderr
    assert "Traceback" not in done.stderr
