# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-builder finds the dependencies of the collection, and accepts the definition in the guide."""

from __future__ import annotations

from pathlib import Path

from code_blocks import blocks
from example import Example

GUIDE = "docs/docsite/rst/guide_automation_platform.rst"


def test_the_dependencies_of_the_collection(example: Example, tmp_path: Path) -> None:
    pip, system = tmp_path / "pip.txt", tmp_path / "bindep.txt"
    example.execute(
        "ansible-builder",
        *("introspect", str(example.collections), "--write-pip", str(pip), "--write-bindep", str(system)),
    )
    needed = {line.partition("#")[0].replace(" ", "") for line in pip.read_text("utf-8").splitlines()} - {""}
    assert needed == {"requests>=2.27", "redis>=5"}
    assert not system.exists() or not system.read_text("utf-8").strip()


def test_the_definition_of_the_guide(example: Example, tmp_path: Path) -> None:
    (definition,) = (block for block in blocks(GUIDE, "yaml") if "images:" in block.text)
    file = tmp_path / "execution-environment.yml"
    file.write_text(definition.text, "utf-8")
    context = tmp_path / "context"
    example.execute("ansible-builder", "create", "--file", str(file), "--context", str(context))
    assert "apiops.wso2" in (context / "_build" / "requirements.yml").read_text("utf-8")
