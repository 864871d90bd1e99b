# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The short way to an answer: taken for the same options alone, while nothing it was made of has changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils import _warm_answer as module
from ansible_collections.apiops.wso2.plugins.plugin_utils._entry_file import stamp_of
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import Seal
from ansible_collections.apiops.wso2.plugins.plugin_utils._store_option import run_store
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, GIVEN, NOW, PASSWORD, token

VALUES = {**token(asked_at=NOW).to_result(now=NOW), "origin": "stored"}


@pytest.fixture(autouse=True)
def new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_opened", {})


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    """The file in the token store that the answer was made of."""
    path = tmp_path / "entry"
    path.write_bytes(b"sealed")
    return path


def remember(entry: Path, options: dict[str, Any] | None = None, **changes: Any) -> None:
    span = {"since": NOW - 60, "until": NOW + 3540, "ends_at": NOW + 3600}
    module.remember(options or GIVEN, VALUES, **{"stamp": stamp_of(str(entry)), **span, **changes})


def recall(*, now: float = NOW + 10.7, is_new_process: bool = True, **changes: Any) -> dict[str, Any] | None:
    if is_new_process:
        module._opened.clear()
    options = {name: value for name, value in {**GIVEN, **changes}.items() if value is not None}
    return module.recall(options, now=now)


@pytest.mark.parametrize("is_new_process", [True, False], ids=["another worker", "another mention"])
def test_the_same_options_have_the_same_answer(entry: Path, is_new_process: bool) -> None:
    assert recall() is None
    remember(entry)
    assert recall(is_new_process=is_new_process) == {**VALUES, "expires_in": 3590}


@pytest.mark.parametrize("ends_at", [None, NOW + 5])
def test_the_seconds_left(entry: Path, ends_at: int | None) -> None:
    remember(entry, ends_at=ends_at)
    answer = recall()
    assert answer is not None
    assert answer["expires_in"] == (None if ends_at is None else 0)


OTHERS: list[dict[str, Any]] = [
    {"password": "wrong"},
    {"username": "bob"},
    {"consumer_key": "other"},
    {"consumer_secret": "other"},
    {"scope": ["orders_read"]},
    {"token_url": "https://other.example.com/token"},
    {"token_store": "/elsewhere"},
    {"min_validity": 3000},
    {"validate_certs": False},
    {"require_scope": True},
]


@pytest.mark.parametrize("changes", OTHERS, ids=[next(iter(changes)) for changes in OTHERS])
def test_other_options_have_another_answer(entry: Path, changes: dict[str, Any]) -> None:
    remember(entry)
    assert recall(**changes) is None


NO_SHORTCUT: list[dict[str, Any]] = [{"force": True}, {"client_cert": "/c.pem"}, {"consumer_secret": None}]


@pytest.mark.parametrize("changes", NO_SHORTCUT, ids=[next(iter(changes)) for changes in NO_SHORTCUT])
def test_options_without_a_shortcut(entry: Path, changes: dict[str, Any]) -> None:
    options = {name: value for name, value in {**GIVEN, **changes}.items() if value is not None}
    remember(entry, options)
    assert recall(**changes) is None
    assert not (entry.parent / "ansible-local").exists()


@pytest.mark.parametrize(("after", "is_there"), [(-61, False), (-60, True), (3539.9, True), (3540, False)])
def test_the_time_for_which_it_counts(entry: Path, after: float, is_there: bool) -> None:
    remember(entry)
    assert (recall(now=NOW + after) is not None) is is_there


@pytest.mark.parametrize("is_new_process", [True, False], ids=["another worker", "another mention"])
def test_a_changed_entry_ends_it(entry: Path, is_new_process: bool) -> None:
    remember(entry)
    replacement = entry.with_name("replacement")
    replacement.write_bytes(b"sealed")
    os.replace(replacement, entry)
    assert recall(is_new_process=is_new_process) is None


@pytest.mark.parametrize("is_new_process", [True, False], ids=["another worker", "another mention"])
def test_a_dropped_entry_ends_it(entry: Path, is_new_process: bool) -> None:
    remember(entry)
    entry.unlink()
    assert recall(is_new_process=is_new_process) is None


def test_without_an_entry_there_is_nothing_to_remember(entry: Path) -> None:
    remember(entry, stamp=None)
    assert recall() is None


def _answers(entry: Path) -> list[Path]:
    return list((entry.parent / "ansible-local" / "apiops.wso2").iterdir())


def test_it_is_sealed_and_private(entry: Path) -> None:
    remember(entry)
    (answer,) = _answers(entry)
    assert answer.stat().st_mode & 0o077 == 0
    for clear in (ACCESS_TOKEN, PASSWORD, GIVEN["username"], "access_token", "stamp"):
        assert clear.encode() not in answer.read_bytes()
        assert clear not in answer.name


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 200], ids=["empty", "short", "foreign"])
def test_a_damaged_answer_is_none(entry: Path, content: bytes) -> None:
    remember(entry)
    (answer,) = _answers(entry)
    answer.write_bytes(content)
    assert recall() is None


def test_trouble_with_the_directory_is_no_answer(entry: Path) -> None:
    directory = entry.parent / "ansible-local" / "apiops.wso2"
    directory.parent.mkdir()
    directory.write_text("a file where the directory should be", "utf-8")
    remember(entry)
    assert recall() is None


def test_many_mentions_unseal_once(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(entry)
    module._opened.clear()
    unsealed: list[bytes] = []
    opened = Seal.open
    monkeypatch.setattr(Seal, "open", lambda seal, sealed: unsealed.append(sealed) or opened(seal, sealed))
    for _turn in range(5):
        assert recall(is_new_process=False) is not None
    assert len(unsealed) == 1


def test_what_is_handed_out_can_be_changed_without_harm(entry: Path) -> None:
    remember(entry)
    first = recall(is_new_process=False)
    assert first is not None
    first["scope"].append("more")
    assert recall(is_new_process=False) == {**VALUES, "expires_in": 3590}


def test_the_answer_lies_in_the_run(entry: Path) -> None:
    remember(entry)
    (answer,) = _answers(entry)
    assert run_store().read(answer.name) is not None
