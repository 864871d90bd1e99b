# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encryption of entries, and the memory-hard derivation of the key of a store that others can read."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils import _encryption
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import EntryCipher, store_secret

CREDENTIALS = b"username and password"
CONTENT = b"a token"
FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    """Clear the keys that this process derived for other tests."""
    _encryption._store_secrets.clear()


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(str(tmp_path / "store"))


@pytest.fixture
def run(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(str(tmp_path / "run"))


@pytest.fixture
def derivations(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The salts of the memory-hard derivations of this process."""
    salts: list[bytes] = []
    scrypt = hashlib.scrypt

    def count(*args: Any, **options: Any) -> bytes:
        salts.append(options["salt"])
        assert options["n"] * options["r"] * 128 >= 2**24, "16 MiB"
        return scrypt(*args, **options)

    monkeypatch.setattr(hashlib, "scrypt", count)
    return salts


def test_only_the_same_material_finds_and_decrypts_an_entry() -> None:
    cipher = EntryCipher(b"material")
    entry = cipher.encrypt(CONTENT)
    assert cipher.decrypt(entry) == CONTENT
    assert EntryCipher(b"material").decrypt(entry) == CONTENT
    other = EntryCipher(b"other material")
    assert other.name != cipher.name
    assert other.decrypt(entry) is None


def test_an_entry_reveals_nothing() -> None:
    cipher = EntryCipher(b"material")
    entries = {cipher.encrypt(CONTENT) for _time in range(20)}
    assert len(entries) == 20
    assert not any(CONTENT in entry or b"material" in entry for entry in entries)
    assert b"material".hex() not in cipher.name
    assert len(bytes.fromhex(cipher.name)) == 32


@pytest.mark.parametrize("position", [0, 5, 11, 12, 15, -1])
def test_a_changed_entry_is_a_miss(position: int) -> None:
    cipher = EntryCipher(b"material")
    entry = bytearray(cipher.encrypt(CONTENT))
    entry[position] ^= 1
    assert cipher.decrypt(bytes(entry)) is None


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13, 27])
def test_an_incomplete_entry_is_a_miss(length: int) -> None:
    cipher = EntryCipher(b"material")
    assert cipher.decrypt(cipher.encrypt(CONTENT)[:length]) is None


def test_an_entry_under_another_name_is_a_miss() -> None:
    """If a server swaps entries, no plugin uses the wrong one."""
    one, other = EntryCipher(b"material"), EntryCipher(b"other material")
    other._key = one._key
    assert other.decrypt(one.encrypt(CONTENT)) is None


def test_the_secret_of_a_store_belongs_to_its_credentials_and_its_salt(
    store: DirectoryStore, run: DirectoryStore, tmp_path: Path, derivations: list[bytes]
) -> None:
    secret = store_secret(CREDENTIALS, store, run)
    assert len(secret) == 32
    assert store_secret(b"another password", store, run) != secret
    assert store_secret(CREDENTIALS, DirectoryStore(str(tmp_path / "another")), run) != secret
    assert store.salt() in derivations[0]
    assert len(derivations) == 3


def test_it_is_derived_once_in_a_run(store: DirectoryStore, run: DirectoryStore, derivations: list[bytes]) -> None:
    secret = store_secret(CREDENTIALS, store, run)
    for _process in range(3):
        _encryption._store_secrets.clear()
        assert store_secret(CREDENTIALS, store, run) == secret
    assert len(derivations) == 1
    files = [path.read_bytes() for path in Path(run.shown_name).iterdir()]
    assert not any(secret in content or CREDENTIALS in content for content in files)


def _derive(directory: str, run_directory: str, results: Any) -> None:
    count = 0
    scrypt = hashlib.scrypt

    def counted(*args: Any, **options: Any) -> bytes:
        nonlocal count
        count += 1
        return scrypt(*args, **options)

    hashlib.scrypt = counted  # type: ignore[assignment]
    secret = store_secret(CREDENTIALS, DirectoryStore(directory), DirectoryStore(run_directory))
    results.put((secret, count))


def test_of_many_processes_one_derives_it(store: DirectoryStore, run: DirectoryStore) -> None:
    results = FORK.Queue()
    arguments = (store.shown_name, run.shown_name, results)
    processes = [FORK.Process(target=_derive, args=arguments) for _number in range(10)]
    for process in processes:
        process.start()
    outcomes = [results.get(timeout=60) for _process in processes]
    for process in processes:
        process.join()
    assert len({secret for secret, _count in outcomes}) == 1
    assert sum(count for _secret, count in outcomes) == 1


def test_a_run_directory_that_cannot_be_used_costs_only_time(
    store: DirectoryStore, tmp_path: Path, derivations: list[bytes]
) -> None:
    (tmp_path / "file").write_text("in the way")
    unusable = DirectoryStore(str(tmp_path / "file" / "run"))
    secret = store_secret(CREDENTIALS, store, unusable)
    _encryption._store_secrets.clear()
    assert store_secret(CREDENTIALS, store, unusable) == secret
    assert len(derivations) == 2


def _in_fips_mode(*_args: Any, **_options: Any) -> bytes:
    raise ValueError("[digital envelope routines] unsupported")


def test_without_the_derivation_nothing_is_put_into_the_store(
    store: DirectoryStore, run: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashlib, "scrypt", _in_fips_mode)
    with pytest.raises(StoreError, match=r"scrypt is not available .* cached for this run only"):
        store_secret(CREDENTIALS, store, run)
    monkeypatch.delattr(hashlib, "scrypt")
    with pytest.raises(StoreError, match=r"scrypt is not available"):
        store_secret(CREDENTIALS, store, run)
    assert os.listdir(store.shown_name) in (["salt", "salt.lock"], ["salt.lock", "salt"])
