# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Damaged, foreign and other files that replace an entry are a cache miss, not an error, and can be overwritten."""

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

from ansible_collections.apiops.wso2.plugins.module_utils._errors import CLIENT, ENDPOINT, REQUEST, USER, TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import EntryCipher
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache
from ansible_collections.apiops.wso2.tests.fuzz.responses import JSON_VALUES
from ansible_collections.apiops.wso2.tests.unit.examples import token_request
from ansible_collections.apiops.wso2.tests.unit.shared_run import known_failure, record_failure

CIPHER = EntryCipher(b"the material of one request")
FOREIGN = EntryCipher(b"the material of another request")
HEADER = struct.Struct(">d")
TOKEN = Token.from_response({"access_token": "t", "expires_in": 3600}, asked_at=1_700_000_000)
ENTRY = json.dumps(TOKEN.to_entry()).encode()
FAILURE = json.dumps({"at": 0, "error": TokenError("m", http_status=400).to_entry()}).encode()

CONTENTS = st.sampled_from([b"", b"{}", ENTRY, FAILURE]) | st.binary(max_size=64)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An encrypted entry with a part that is removed, changed or inserted."""
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
    """Write a file as a store does: the expiry first, and readable only by the owner."""
    path.write_bytes(HEADER.pack(expires_at) + encrypted)
    path.chmod(0o600)


def open_cache(directory: Path, patch: pytest.MonkeyPatch) -> TokenCache:
    """The cache of a run whose temporary directory is DIRECTORY."""
    patch.setattr(constants, "DEFAULT_LOCAL_TMP", str(directory))
    return TokenCache(token_request(), "run")


def encrypt_instead(content: bytes, patch: pytest.MonkeyPatch) -> None:
    """From now on, encrypt CONTENT, whatever the cache writes."""
    encrypt = EntryCipher.encrypt
    patch.setattr(EntryCipher, "encrypt", lambda cipher, _content: encrypt(cipher, content))


def write_entry(directory: Path, content: bytes = ENTRY) -> Path:
    """Cache CONTENT as the token's entry, and return its file."""
    for path in directory.rglob("*"):
        if not path.is_dir():
            path.unlink()
    with pytest.MonkeyPatch.context() as patch:
        encrypt_instead(content, patch)
        open_cache(directory, patch).write(TOKEN, previous=None)
    files = (path for path in directory.rglob("*") if path.is_file() and path.suffix != ".lock")
    (path,) = (path for path in files if not path.name.startswith("."))
    return path


@given(content=st.binary(max_size=200))
def test_encrypted_content_can_be_decrypted(content: bytes) -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(content)) == content


@given(encrypted=UNREADABLE)
def test_other_bytes_are_not_decrypted(encrypted: bytes) -> None:
    assert CIPHER.decrypt(encrypted) is None


def test_an_entry_of_this_helper_is_read(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without it, the misses below could come from the helper."""
    write_entry(directory)
    assert open_cache(directory, monkeypatch).read() == TOKEN


@given(encrypted=UNREADABLE | st.binary(max_size=20), with_header=st.booleans())
def test_bytes_of_any_kind_are_a_miss_and_can_be_replaced(directory: Path, encrypted: bytes, with_header: bool) -> None:
    path = write_entry(directory)
    put(path, encrypted)
    if not with_header:
        path.write_bytes(encrypted)
    with pytest.MonkeyPatch.context() as patch:
        cache = open_cache(directory, patch)
        assert cache.read() is None
        cache.write(TOKEN, previous=None)
        assert cache.read() == TOKEN
        assert cache.error is None


@given(content=st.binary(max_size=64) | JSON_VALUES.map(json.dumps).map(str.encode))
def test_an_entry_with_other_content_is_a_miss(directory: Path, content: bytes) -> None:
    write_entry(directory, content)
    with pytest.MonkeyPatch.context() as patch:
        cache = open_cache(directory, patch)
        assert cache.read() is None
        encrypt_instead(content, patch)
        for subject in (USER, CLIENT, ENDPOINT, REQUEST):
            record_failure(cache, TokenError("HTTP 400", http_status=400, subject=subject), "password")
        failure = known_failure(cache, "password")
        # Rejected credentials count even if the details are lost.
        assert failure is None or "The details could not be recorded" in failure.message


def replace_by(make: Callable[[Path], object]) -> Callable[[Path], None]:
    """Remove the file and create something else with its name."""

    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


OBSTACLES: list[tuple[str, Callable[[Path], None]]] = [
    ("directory", replace_by(Path.mkdir)),
    ("pipe", replace_by(os.mkfifo)),
    ("link to itself", replace_by(lambda path: path.symlink_to(path))),
    ("link to a missing file", replace_by(lambda path: path.symlink_to("missing"))),
    ("file that others can read", lambda path: path.chmod(0o604)),
    ("entry of another cipher", lambda path: put(path, FOREIGN.encrypt(ENTRY))),
    ("expired entry", lambda path: put(path, path.read_bytes()[HEADER.size :], expires_at=1.0)),
]


@pytest.mark.parametrize("make", [row[1] for row in OBSTACLES], ids=[row[0] for row in OBSTACLES])
def test_other_files_with_the_name_of_an_entry_are_a_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    make(write_entry(tmp_path))
    assert open_cache(tmp_path, monkeypatch).read() is None
