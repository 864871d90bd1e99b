# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the documentation: of the README, the guides and the plugins.

Run as a program with a directory, it writes the YAML examples there as files for ansible-lint.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
_RST = re.compile(r"^\.\. code-block:: (\w+)\n\n((?:   .*\n|\n)+)", re.MULTILINE)
_MARKDOWN = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# A file that a shell command in a page writes.
_WRITTEN = re.compile(r"^cat > \S+\.yml <<'EOF'\n(.*?)^EOF$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One example. page: the file with the example, relative to the checkout. line: its first line there."""

    page: str
    line: int
    language: str
    text: str

    @property
    def content(self) -> Any:
        """The parsed YAML."""
        return yaml.safe_load(self.text)

    @property
    def kind(self) -> str:
        """C(playbook), C(tasks) or C(mapping)."""
        content = self.content
        if not isinstance(content, list):
            return "mapping"
        return "playbook" if all("hosts" in play for play in content) else "tasks"


def pages() -> list[str]:
    """The pages with examples, relative to the checkout."""
    globs = ("README.md", "docs/docsite/rst/*.rst", "plugins/modules/*.py", "plugins/[lt]*/*.py", "plugins/[lt]*/*.yml")
    found = sorted(str(path.relative_to(CHECKOUT)) for pattern in globs for path in CHECKOUT.glob(pattern))
    return [page for page in found if any(blocks(page))]


def blocks(page: str, *languages: str) -> Iterator[Block]:
    """The examples of PAGE in order; only those in LANGUAGES, if any are given."""
    text = (CHECKOUT / page).read_text("utf-8")
    for line, language, example in _examples(page, text):
        if not languages or language in languages:
            yield Block(page, line, language, textwrap.dedent(example).strip("\n") + "\n")


def _examples(page: str, text: str) -> Iterator[tuple[int, str, str]]:
    if page.endswith((".rst", ".md")):
        for match in (_RST if page.endswith(".rst") else _MARKDOWN).finditer(text):
            yield text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)
        for match in _WRITTEN.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, "yaml", match.group(1)
    elif page.endswith(".yml"):
        yield 1, "yaml", yaml.safe_load(text)["EXAMPLES"]
    else:
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXAMPLES":
                yield node.lineno, "yaml", ast.literal_eval(node.value)


def write_all(directory: Path) -> None:
    """Write every playbook and task list below DIRECTORY, into the folders by which ansible-lint knows their kind."""
    for page in pages():
        for block in blocks(page, "yaml"):
            if block.kind == "mapping":
                continue
            folder = directory / ("playbooks" if block.kind == "playbook" else "tasks")
            folder.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"\W+", "_", block.page.removeprefix("docs/docsite/rst/"))
            (folder / f"{name}_{block.line}.yml").write_text(f"---\n{block.text}", "utf-8")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
