# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the prose of the repository: wording by the patterns below, American spelling by codespell.

Checked are text files, comments, docstrings, test names, and all strings of the plugins. C(prose_allowed.txt) lists
the exceptions, each with its reason. Exits with 1 if there is another hit, or an exception that matches nothing.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parents[1]
ALLOWED = Path(__file__).with_name("prose_allowed.txt")
MOST_EXCEPTIONS = 10
# Texts of other authors, and files without prose.
SKIPPED = re.compile(
    r"^(COPYING|LICENSES/|tests/bundled_pip\.py|tests/real_wso2/server_files/|tests/prose_allowed\.txt)"
    r"|\.(json|svg|pem|license)$"
)
# Each pattern with the reason for it. A blank matches any whitespace, so that a line break hides nothing.
RULES = {
    "image instead of a term": (
        r"\b(doors?|rooms?|shelf|shelves|unseal\w*|sealed|seals?|near cop(y|ies)|far stores?|(warm|cold) answers?"
        r"|contestants?|cures?|doomed|hushed)\b"
    ),
    "clause without a noun": (
        r"\b(for|to|of|by|from|than) who(ever)?\b"
        r"|(^|[.;:,] )who(ever)? (is|are|may|does|knows|reads|asks|needs|holds|gives|sets|uses)\b"
    ),
    "ask instead of request": (
        r"\b(ask(s|ed|ing)?) (for|the server|once|again|with|anew|WSO2|Redis)\b|\b(is|are) asked\b"
    ),
    "tell instead of report": r"\b(tells?|told|telling)\b",
    "for instead of because": r", for (it|this|that|they|nobody|most)\b",
    "archaic word": (
        r"\b(mend(s|ed)?|lest|heed(s|ed)?|in vain|of no use|at hand|beside|anew|astray|came of|comes? of|dear(er)?"
        r"|reckon\w*|without a word|as good as|in the place of|need not)\b"
    ),
    "figure of speech": r"\b(travels?|stands? (best|in|at|for|beside)|lies? (beside|in)|live through|left alone)\b",
    "spelling": r"\b(user names?|host names?|art[e]fact|licen[c]e|hono[u]r(s|ed)?|white[ ]space|line ends?)\b",
    "name X by Y": r"\bname (it|that|your|a|the|them|those)\b[^.]{0,40}\bby\b",
}
PATTERNS = {name: re.compile(rule.replace(" ", r"\s+"), re.IGNORECASE) for name, rule in RULES.items()}
# Where a paragraph of a text file begins: after an empty line, or with the mark of a list, a table or a comment.
_MARK = re.compile(r"^\s*(?:(?:[-*] |#\. |\d+\. |\| |\w+: )\s*)+")
_COMMENT_SIGN = re.compile(r"^(\s*)(?:#+!?|\.\.|//|/\*|\*)(?=\s|$)")


class Passage(NamedTuple):
    """A piece of prose, and the line at which it begins."""

    line: int
    text: str


class Hit(NamedTuple):
    """A phrase that a rule rejects."""

    path: str
    line: int
    phrase: str
    rule: str


def passages(path: str, text: str) -> Iterator[Passage]:
    """The prose in the file PATH."""
    if not path.endswith(".py"):
        yield from paragraphs(text)
        return
    yield from comments(text)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield Passage(node.lineno, node.name.replace("_", " "))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from paragraphs(node.value.value, node.lineno)
        elif path.startswith("plugins/") and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from paragraphs(node.value, node.lineno)


def paragraphs(text: str, first_line: int = 1) -> Iterator[Passage]:
    """The paragraphs, list items, table cells and comments of TEXT."""
    begin, lines = first_line, list[str]()
    for number, raw in enumerate(text.split("\n"), first_line):
        line = _COMMENT_SIGN.sub(r"\1", raw)
        if lines and (not line.strip() or _MARK.match(line) or (line != raw) != (lines[-1][:1] == "\0")):
            yield Passage(begin, "\n".join(lines).replace("\0", ""))
            lines = []
        if not lines:
            begin = number
            line = _MARK.sub("", line)
        lines.append(("\0" if line != raw and _COMMENT_SIGN.match(raw) else "") + line.strip())
    if lines:
        yield Passage(begin, "\n".join(lines).replace("\0", ""))


def comments(text: str) -> Iterator[Passage]:
    """The comments of a Python file; those on successive lines belong together."""
    begin, lines = 0, list[str]()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            if lines and token.start[0] != begin + len(lines):
                yield Passage(begin, "\n".join(lines))
                lines = []
            begin = begin if lines else token.start[0]
            lines.append(token.string.lstrip("# "))
    if lines:
        yield Passage(begin, "\n".join(lines))


def wording(path: str, text: str) -> Iterator[Hit]:
    """What the patterns find in the file PATH."""
    found = set()
    for passage in passages(path, text):
        for rule, pattern in PATTERNS.items():
            for match in pattern.finditer(passage.text):
                line = passage.line + passage.text.count("\n", 0, match.start())
                found.add(Hit(path, line, " ".join(match.group().split()).lstrip(".;:, "), rule))
    yield from sorted(found)


def spelling(paths: list[str]) -> Iterator[Hit]:
    """What codespell finds in PATHS."""
    command = [sys.executable, "-m", "codespell_lib", "--builtin", "clear,en-GB_to_en-US", *paths]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode and not done.stdout:
        raise SystemExit(done.stderr)
    for line in done.stdout.splitlines():
        path, number, finding = line.split(":", 2)
        word, _arrow, correction = finding.strip().partition(" ==> ")
        yield Hit(path.removeprefix("./"), int(number), word, f"spelling, write {correction}")


def exceptions() -> dict[tuple[str, str], str]:
    """The reasons of the exceptions, by path and phrase. A line is C(PATH: PHRASE # REASON)."""
    found = {}
    for line in ALLOWED.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            entry, _sign, reason = line.partition(" # ")
            path, _sign, phrase = entry.strip().partition(": ")
            found[path, phrase] = reason.strip()
    return found


def files() -> list[str]:
    """The files with prose that are, or could be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [path for path in listed if not SKIPPED.search(path) and (CHECKOUT / path).is_file()]


def main() -> int:
    """Print each hit; return the exit code."""
    paths = files()
    hits = [hit for path in paths for hit in wording(path, (CHECKOUT / path).read_text("utf-8"))]
    hits += spelling(paths)
    allowed = exceptions()
    used = {(hit.path, hit.phrase) for hit in hits}
    rejected = [hit for hit in hits if (hit.path, hit.phrase) not in allowed]
    problems = [f"{hit.path}:{hit.line}: {hit.phrase} ({hit.rule})" for hit in rejected]
    name = ALLOWED.relative_to(CHECKOUT)
    problems += [f"{name}: no hit for {path}: {phrase}" for path, phrase in allowed if (path, phrase) not in used]
    problems += [f"{name}: no reason for {path}: {phrase}" for (path, phrase), reason in allowed.items() if not reason]
    if len(allowed) > MOST_EXCEPTIONS:
        problems.append(f"{name}: more than {MOST_EXCEPTIONS} exceptions")
    print(*problems, f"Prose: {len(problems)} problems in {len(paths)} files", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
