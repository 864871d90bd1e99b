# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which store the option names."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ansible import constants

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._near_copy import NearCopy
from ansible_collections.apiops.wso2.plugins.plugin_utils._store_option import open_store, run_store

NAME = "0123abcd"


def test_the_store_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "ansible-local-1"))
    run_store().write(NAME, b"x", seconds=9)
    assert [path.name for path in (tmp_path / "ansible-local-1").iterdir()] == ["apiops.wso2"]
    assert stat.S_IMODE((tmp_path / "ansible-local-1" / "apiops.wso2").stat().st_mode) == 0o700
    assert run_store().read(NAME) == b"x"
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "ansible-local-2"))
    assert run_store().read(NAME) is None


def test_each_copy_has_a_place_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    for number, copied in enumerate(("", "redis://one:6379", "redis://two:6379")):
        run_store(copied).write(NAME, bytes([number]), seconds=9)
    assert [run_store(copied).read(NAME) for copied in ("", "redis://one:6379", "redis://two:6379")] == [
        b"\0",
        b"\1",
        b"\2",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o700}


STORES = [
    # id, option, where the entries lie below the place that is home and that holds the run's directory
    ("run", "run", "ansible-local/apiops.wso2"),
    ("absolute", "{place}/kept", "kept"),
    ("absolute with a slash behind", "{place}/kept/", "kept"),
    ("of home", "~/.ansible/wso2-tokens", ".ansible/wso2-tokens"),
    ("home itself, which is private here", "~", "."),
    ("with a space", "{place}/kept tokens", "kept tokens"),
]


@pytest.mark.parametrize(("named", "where"), [row[1:] for row in STORES], ids=[row[0] for row in STORES])
def test_open_store(named: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    opened = open_store(named.format(place=tmp_path))
    assert opened is not None
    opened.write(NAME, b"x", seconds=9)
    assert (tmp_path / where / NAME).read_bytes() == b"x"


def test_no_store() -> None:
    assert open_store("none") is None


NO_STORES = [
    ("empty", ""),
    ("relative", "tokens"),
    ("relative, with a directory", "./tokens"),
    ("capitals", "None"),
    ("white space", " run"),
    ("Redis by its socket", "unix:///run/redis.sock"),
    ("unknown user's home", "~nobody-has-this-name/tokens"),
    ("variable", "$HOME/tokens"),
]


@pytest.mark.parametrize("named", [row[1] for row in NO_STORES], ids=[row[0] for row in NO_STORES])
def test_names_of_no_store(named: str) -> None:
    with pytest.raises(OptionError, match="token_store is none of run, none, the absolute path") as caught:
        open_store(named)
    assert not named or named not in caught.value.message.replace("none of run", "")


@pytest.mark.parametrize("named", ["redis://", "redis://:pw-made-up@", "redis://[h", "redis://h:port/0"])
def test_urls_of_no_redis(named: str) -> None:
    with pytest.raises(OptionError, match="token_store is not the URL of a Redis") as caught:
        open_store(named)
    assert "pw-made-up" not in caught.value.message


def test_opening_a_store_touches_nothing(tmp_path: Path) -> None:
    open_store(str(tmp_path / "kept"))
    open_store("run")
    open_store("redis://localhost:1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "named", ["redis://localhost:6379/0", "rediss://user:pw@[::1]", "redis://h?ssl_cert_reqs=none"]
)
def test_a_redis_has_a_copy_before_it(named: str) -> None:
    assert isinstance(open_store(named), NearCopy)
