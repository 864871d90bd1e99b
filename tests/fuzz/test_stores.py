# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever lies where a sealed entry should be: a miss, never an error, and no hindrance to the next entry."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import Seal
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore
from ansible_collections.apiops.wso2.tests.fuzz.answers import JSON_VALUES

SEAL = Seal(b"the material of one request")
FOREIGN = Seal(b"the material of another request")
TOKEN = Token.from_answer({"access_token": "t", "expires_in": 3600}, asked_at=1_700_000_000)
ENTRY = json.dumps(TOKEN.to_entry()).encode()
FAILURE = json.dumps({"message": "m.", "failure": TokenError("m", http_status=400).failure(), "at": 0}).encode()

CONTENTS = st.sampled_from([b"", b"{}", ENTRY, FAILURE]) | st.binary(max_size=64)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sealed entry, of which a stretch is gone, other, or more than it was."""
    sealed = SEAL.close(draw(CONTENTS))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(sealed))] * 2)))
    put = draw(st.binary(max_size=20))
    return (sealed[:start] + put + sealed[end:]) if put != sealed[start:end] else sealed + b"\0"


UNREADABLE = st.one_of(st.binary(max_size=200), damaged(), CONTENTS.map(FOREIGN.close))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store")
    path.chmod(0o700)
    return path


def put(path: Path, sealed: bytes) -> None:
    """As a store leaves its files: readable by the owner alone."""
    path.write_bytes(sealed)
    path.chmod(0o600)


def is_no_failure(content: bytes) -> bool:
    return b'"failure"' not in content


def shelf(directory: Path) -> TokenShelf:
    store = DirectoryStore(str(directory))
    return TokenShelf(SEAL, tokens=store, run=store)


@given(content=st.binary(max_size=200))
def test_what_was_sealed_opens_again(content: bytes) -> None:
    assert SEAL.open(SEAL.close(content)) == content


@given(sealed=UNREADABLE)
def test_what_is_not_its_own_does_not_open(sealed: bytes) -> None:
    assert SEAL.open(sealed) is None


@given(sealed=UNREADABLE)
def test_bytes_of_any_kind_are_a_miss_and_no_hindrance(directory: Path, sealed: bytes) -> None:
    put(directory / SEAL.name, sealed)
    put(directory / f"{SEAL.name}.failure", sealed)
    held = shelf(directory)
    assert held.token() is None
    assert held.failure(since=0) is None
    held.put_token(TOKEN)
    assert held.token() == TOKEN
    assert not (directory / f"{SEAL.name}.failure").exists()


@given(content=st.binary(max_size=64) | JSON_VALUES.map(json.dumps).map(str.encode).filter(is_no_failure))
def test_a_sealed_entry_that_holds_something_else_is_a_miss(directory: Path, content: bytes) -> None:
    put(directory / SEAL.name, SEAL.close(content))
    put(directory / f"{SEAL.name}.failure", SEAL.close(content))
    held = shelf(directory)
    assert held.token() is None
    assert held.failure(since=0) is None


OBSTACLES: list[tuple[str, Callable[[Path], None]]] = [
    ("directory", lambda path: path.mkdir()),
    ("pipe", os.mkfifo),
    ("link to itself", lambda path: path.symlink_to(path)),
    ("link to nothing", lambda path: path.symlink_to("nothing")),
    ("file that others may read", lambda path: (put(path, SEAL.close(ENTRY)), path.chmod(0o604))[1]),
    ("file of a sealed entry under another name", lambda path: put(path, FOREIGN.close(ENTRY))),
]


@pytest.mark.parametrize("make", [row[1] for row in OBSTACLES], ids=[row[0] for row in OBSTACLES])
def test_what_is_no_file_of_ours_is_a_miss(tmp_path: Path, make: Callable[[Path], None]) -> None:
    directory = tmp_path / "store"
    directory.mkdir(mode=0o700)
    make(directory / SEAL.name)
    assert shelf(directory).token() is None
    shutil.rmtree(directory)
