# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever lies where a encrypted entry should be: a miss, never an error, and no hindrance to the next entry."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible import constants
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import EntryCipher
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache
from ansible_collections.apiops.wso2.tests.fuzz.answers import JSON_VALUES
from ansible_collections.apiops.wso2.tests.unit.examples import token_request

CIPHER = EntryCipher(b"the material of one request")
FOREIGN = EntryCipher(b"the material of another request")
TOKEN = Token.from_response({"access_token": "t", "expires_in": 3600}, asked_at=1_700_000_000)
ENTRY = json.dumps(TOKEN.to_entry()).encode()
FAILURE = json.dumps({"at": 0, "error": TokenError("m", http_status=400).to_entry()}).encode()

CONTENTS = st.sampled_from([b"", b"{}", ENTRY, FAILURE]) | st.binary(max_size=64)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A encrypted entry, of which a stretch is gone, other, or more than it was."""
    encrypted = CIPHER.encrypt(draw(CONTENTS))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(encrypted))] * 2)))
    put = draw(st.binary(max_size=20))
    return (encrypted[:start] + put + encrypted[end:]) if put != encrypted[start:end] else encrypted + b"\0"


UNREADABLE = st.one_of(st.binary(max_size=200), damaged(), CONTENTS.map(FOREIGN.encrypt))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store")
    path.chmod(0o700)
    return path


def put(path: Path, encrypted: bytes, *, expires_at: float = 2**40) -> None:
    """As a store leaves its files: readable by the owner alone, the expiry in front."""
    path.write_bytes(struct.pack(">d", expires_at) + encrypted)
    path.chmod(0o600)


def cache(directory: Path, monkeypatch: pytest.MonkeyPatch) -> TokenCache:
    """One whose run has DIRECTORY as its own."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(directory))
    return TokenCache(token_request(), "run")


def entry_files(directory: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, EntryCipher]:
    """The file of the token, and its cipher."""
    store, cipher = cache(directory, monkeypatch)._entries[0]
    return Path(store.shown_name) / cipher.name, cipher


@given(content=st.binary(max_size=200))
def test_what_was_encrypted_opens_again(content: bytes) -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(content)) == content


@given(encrypted=UNREADABLE)
def test_what_is_not_its_own_does_not_open(encrypted: bytes) -> None:
    assert CIPHER.decrypt(encrypted) is None


@given(encrypted=UNREADABLE | st.binary(max_size=20), with_header=st.booleans())
def test_bytes_of_any_kind_are_a_miss_and_no_obstacle(directory: Path, encrypted: bytes, with_header: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        path, _cipher = entry_files(directory, patch)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        put(path, encrypted)
        if not with_header:
            path.write_bytes(encrypted)
        held = cache(directory, patch)
        assert held.read() is None
        held.write(TOKEN, previous=None)
        assert held.read() == TOKEN
        assert held.error is None


@given(content=st.binary(max_size=64) | JSON_VALUES.map(json.dumps).map(str.encode))
def test_an_entry_with_something_else_in_it_is_a_miss(directory: Path, content: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        path, cipher = entry_files(directory, patch)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        put(path, cipher.encrypt(content))
        held = cache(directory, patch)
        assert held.read() is None
        for subject in ("user", "client", "endpoint", "request"):
            failure = held._failure_cipher(subject, "password")
            put(path.parent / failure.name, failure.encrypt(content))
        known = held.failures.known("password")
        # Rejected credentials count even if the details are lost.
        assert known is None or "The details could not be recorded" in known.message


OBSTACLES: list[tuple[str, Callable[[Path, EntryCipher], None]]] = [
    ("directory", lambda path, cipher: path.mkdir()),
    ("pipe", lambda path, cipher: os.mkfifo(path)),
    ("link to itself", lambda path, cipher: path.symlink_to(path)),
    ("link to nothing", lambda path, cipher: path.symlink_to("nothing")),
    ("file that others may read", lambda path, cipher: (put(path, cipher.encrypt(ENTRY)), path.chmod(0o604))[1]),
    ("entry under another name", lambda path, cipher: put(path, FOREIGN.encrypt(ENTRY))),
    ("expired entry", lambda path, cipher: put(path, cipher.encrypt(ENTRY), expires_at=1.0)),
]


@pytest.mark.parametrize("make", [row[1] for row in OBSTACLES], ids=[row[0] for row in OBSTACLES])
def test_what_is_no_file_of_ours_is_a_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path, EntryCipher], None]
) -> None:
    path, cipher = entry_files(tmp_path, monkeypatch)
    path.parent.mkdir(mode=0o700)
    make(path, cipher)
    assert cache(tmp_path, monkeypatch).read() is None
