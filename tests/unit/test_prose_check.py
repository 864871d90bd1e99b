# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The prose check finds a wrong phrase wherever prose can be, and accepts plain sentences."""

from __future__ import annotations

import pytest

from ansible_collections.apiops.wso2.tests import prose_check


def _found(path: str, text: str) -> list[tuple[int, str]]:
    return [(hit.line, hit.phrase) for hit in prose_check.wording(path, text)]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("README.md", "One\n\nThe server is\nas good as gone.\n", 4),
        ("README.md", "A line break inside: it is as\ngood as gone.\n", 1),
        ("README.md", "- Anew.\n", 1),
        ("guide.rst", "   * - Hint\n     - It is as good as gone.\n", 2),
        ("Makefile", "x:\n# As good\n# as gone\n", 2),
        ("Makefile", "x: y ## Wait in vain\n", 1),
        ("site.css", "/* In vain. */\n", 1),
        ("tasks.yml", "- name: Wait in vain\n", 1),
        ("plugins/a.py", "x = 1\n# It is as good\n# as gone.\n", 2),
        ("plugins/a.py", 'x = "It was in vain"\n', 1),
        ("plugins/a.py", 'x = f"{y} was in vain"\n', 1),
        ("plugins/a.py", 'def f():\n    """In vain."""\n', 2),
        ("tests/a.py", 'def f():\n    """One.\n\n    In vain.\n    """\n', 4),
        ("tests/a.py", "def test_wait_in_vain():\n    pass\n", 1),
    ],
)
def test_a_phrase_is_found(path: str, text: str, line: int) -> None:
    assert [found for found, _phrase in _found(path, text)] == [line]


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("Each door has a test.", "image instead of a term"),
        ("Who reads it learns a secret.", "clause without a noun"),
        ("The server is asked twice.", "ask instead of request"),
        ("The warning tells why.", "tell instead of report"),
        ("It cannot be refreshed, for it came without one.", "for instead of because"),
        ("Each host begins anew.", "archaic word"),
        ("This option stands in the inventory.", "figure of speech"),
        ("Set the user name.", "spelling"),
        ("Name the CA by ca_path.", "name X by Y"),
    ],
)
def test_each_rule(sentence: str, rule: str) -> None:
    assert [hit.rule for hit in prose_check.wording("README.md", sentence)] == [rule]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "The plugin requests one token, because all hosts share it.\n"),
        ("README.md", "It ends as good.\n\nAs gone.\n"),
        # The strings of tests are data, for example the texts of servers.
        ("tests/a.py", 'x = "in vain"\n'),
        ("plugins/a.py", "in_vain = 1\n"),
    ],
)
def test_plain_text_is_accepted(path: str, text: str) -> None:
    assert _found(path, text) == []
