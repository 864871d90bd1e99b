# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each place in the plugins that shows a text is known and was reviewed, and no text of an exception is shown raw."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
SHOWING = {"warning", "error", "display", "v", "vv", "vvv", "vvvv", "deprecated", "warn", "fail_json", "exit_json"}
SHOWING |= {"print", "write_stderr", "AnsibleLookupError", "AnsibleError", "AnsibleConnectionFailure"}

# Before a place is added here: does each text that the collection did not write pass display_text or redact?
REVIEWED = Counter(
    {
        ("action/wso2_password_token.py", "AnsibleConnectionFailure"): 1,
        ("action/wso2_password_token.py", "warning"): 1,
        ("lookup/wso2_password_token.py", "AnsibleLookupError"): 1,
        ("lookup/wso2_password_token.py", "warning"): 1,
        ("module_utils/_token_module.py", "exit_json"): 1,
        ("module_utils/_token_module.py", "fail_json"): 1,
        ("plugin_utils/_task_protection.py", "display"): 1,
    }
)
# Texts of an exception: of the import of a library; of errors that the store wrote itself; of an Ansible error that
# was found displayable; of a Redis error, of which only a code is used; of an error of the store at a revocation.
EXCEPTION_TEXTS = Counter(
    {
        "action/wso2_password_token.py": 2,
        "module_utils/_transport.py": 1,
        "plugin_utils/_redis_store.py": 1,
        "plugin_utils/_token_provider.py": 1,
    }
)


def _files() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PLUGINS.rglob("*.py")):
        yield path.relative_to(PLUGINS).as_posix(), ast.parse(path.read_text("utf-8"))


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_each_place_that_shows_a_text_was_reviewed() -> None:
    found = Counter(
        (name, _called(node))
        for name, tree in _files()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) in SHOWING
    )
    assert found == REVIEWED


def test_the_text_of_an_exception_is_used_only_where_it_was_reviewed() -> None:
    found: Counter[str] = Counter()
    for name, tree in _files():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in ("str", "repr", "format_exc"):
                found[name] += any(
                    "error" in getattr(argument, "id", getattr(argument, "attr", "")) for argument in node.args
                )
            elif isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
                found[name] += node.value.id == "error"
    assert +found == EXCEPTION_TEXTS
