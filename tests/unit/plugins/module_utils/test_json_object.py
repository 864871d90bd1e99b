# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON object that the body of an answer is."""

from __future__ import annotations

import functools

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._json_object import json_object

BOM = b"\xef\xbb\xbf"

JSON_OBJECTS = [
    ("mapping", b'{"a": 1}', {"a": 1}),
    ("empty mapping", b"{}", {}),
    ("byte order mark", BOM + b"{}", {}),
    ("list", b"[]", None),
    ("null", b"null", None),
    ("empty", b"", None),
    ("broken", b'{"a":', None),
    ("no UTF-8", b'{"a":"\xe4"}', None),
    ("nested", b'{"a":' * 64 + b"1" + b"}" * 64, functools.reduce(lambda inner, _level: {"a": inner}, range(64), 1)),
    ("nested too deep", b'{"a":' * 65 + b"{}" + b"}" * 65, None),
    ("lists nested too deep", b'{"a":' + b"[" * 400 + b"]" * 400 + b"}", None),
]


@pytest.mark.parametrize(("body", "members"), [row[1:] for row in JSON_OBJECTS], ids=[row[0] for row in JSON_OBJECTS])
def test_json_object(body: bytes, members: dict[str, object] | None) -> None:
    assert json_object(body) == members
