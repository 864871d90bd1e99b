# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Failures in the cache: which are remembered, for which account, and where they are stored."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import EntryCipher
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache
from ansible_collections.apiops.wso2.tests.unit import shared_run
from ansible_collections.apiops.wso2.tests.unit.examples import NOW, token, token_request
from ansible_collections.apiops.wso2.tests.unit.shared_run import (
    DEAD_REFRESH_TOKEN,
    NOT_FOUND,
    SERVER_ERROR,
    UNREACHABLE,
    WRONG_CLIENT,
    WRONG_PASSWORD,
    known_failure,
    record_failure,
)

run = shared_run.run
pytestmark = pytest.mark.usefixtures("run")

PASSWORD_GRANT, REFRESH_GRANT, REVOCATION = "password", "refresh_token", "revocation"


@pytest.fixture
def run_directory(tmp_path: Path) -> Path:
    return tmp_path / "ansible-local" / "apiops.wso2"


@pytest.fixture
def cache() -> TokenCache:
    return TokenCache(token_request(), "run")


def _raise(error: TokenError) -> NoReturn:
    raise error


REJECTIONS = [WRONG_PASSWORD, WRONG_CLIENT, DEAD_REFRESH_TOKEN]
ALL_OF_THEM = [*REJECTIONS, UNREACHABLE, NOT_FOUND, SERVER_ERROR]


BY_ERROR = pytest.mark.parametrize("error", ALL_OF_THEM, ids=lambda error: f"{error.subject}, {error.cause}")
LOOPBACK = {"token_url": "http://localhost:9763/oauth2/token"}


@BY_ERROR
class TestManagedNodes:
    """A failure from a managed node is not used for other nodes."""

    def known(self, place: str, **changes: Any) -> TokenError | None:
        cache = TokenCache(token_request(**changes), "run", place=place)
        return known_failure(cache, REFRESH_GRANT, refresh_token="r") or known_failure(cache, PASSWORD_GRANT)

    def remember(self, error: TokenError, place: str, **changes: Any) -> None:
        grant = REFRESH_GRANT if error is DEAD_REFRESH_TOKEN else PASSWORD_GRANT
        cache = TokenCache(token_request(**changes), "run", place=place)
        record_failure(cache, error, grant, refresh_token="r")

    def test_its_failures_stay_among_managed_nodes(self, error: TokenError) -> None:
        self.remember(error, "managed node")
        assert self.known("") is None
        assert self.known("managed node") is not None

    def test_it_learns_which_credentials_the_server_rejected(self, error: TokenError) -> None:
        """The server is the same, but the network is not: the control node may be unable to reach it."""
        self.remember(error, "")
        assert (self.known("managed node") is not None) is (error in REJECTIONS)

    @pytest.mark.parametrize("place", ["", "managed node web1"])
    def test_a_loopback_url_means_another_server_on_each_host(self, place: str, error: TokenError) -> None:
        self.remember(error, place, **LOOPBACK)
        assert self.known("managed node web2", **LOOPBACK) is None
        assert self.known(place, **LOOPBACK) is not None


def test_a_failed_revocation_concerns_its_own_url() -> None:
    """The hint of the failure says: set revoke_url."""
    record_failure(TokenCache(token_request(), "run"), NOT_FOUND, REVOCATION)
    assert known_failure(TokenCache(token_request(), "run"), REVOCATION) is not None
    corrected = token_request(revoke_url="https://wso2.example.com:9443/oauth2/revoke2")
    assert known_failure(TokenCache(corrected, "run"), REVOCATION) is None


@pytest.mark.parametrize("error", [WRONG_PASSWORD, WRONG_CLIENT])
def test_a_success_forgets_earlier_failures(error: TokenError) -> None:
    cache = TokenCache(token_request(), "run")
    record_failure(cache, error, PASSWORD_GRANT)
    succeeded = TokenCache(token_request(), "run").failures.guard(lambda: True, PASSWORD_GRANT, since=time.time() + 1)
    assert succeeded
    assert known_failure(cache, PASSWORD_GRANT) is None


@pytest.mark.parametrize("error", [WRONG_PASSWORD, WRONG_CLIENT])
def test_a_full_disk_does_not_hide_a_rejection(error: TokenError, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk space for the result is reserved before the password is sent."""

    def fail(*_args: Any) -> None:
        raise StoreError("No space left on device")

    monkeypatch.setattr(DirectoryStore, "write", fail)
    cache = TokenCache(token_request(), "run")
    with pytest.raises(TokenError):
        cache.failures.guard(lambda: _raise(error), PASSWORD_GRANT)
    assert str(cache.error) == "No space left on device"
    known = known_failure(TokenCache(token_request(scope=["x"]), "run"), PASSWORD_GRANT)
    assert known is not None
    assert (known.subject, known.attempts) == (error.subject, 0)
    assert "earlier in this run" in known.message


@pytest.mark.parametrize("grant", [PASSWORD_GRANT, REFRESH_GRANT, REVOCATION])
def test_what_was_reserved_is_released(grant: str, cache: TokenCache, run_directory: Path) -> None:
    def reserved() -> list[Path]:
        return [path for path in run_directory.iterdir() if path.name.endswith(".reserved")]

    assert cache.failures.guard(reserved, grant)
    assert not reserved()
    assert known_failure(cache, grant) is None


CONTENTS: list[tuple[str, bytes]] = [
    ("not JSON", b"{"),
    ("not text", b"\xff\xfe\x00\x80"),
    ("nothing", b""),
    *[(text, text.encode()) for text in ("null", "5", '"cause"', "[1]", "{}")],
    ("a token", json.dumps(token().to_entry()).encode()),
    ("time is a text", json.dumps({"at": "noon", "error": UNREACHABLE.to_entry()}).encode()),
    ("error is a text", json.dumps({"at": NOW, "error": "HTTP 400"}).encode()),
]


@pytest.mark.parametrize("content", [row[1] for row in CONTENTS], ids=[row[0] for row in CONTENTS])
def test_content_that_is_not_a_failure_is_a_miss(
    content: bytes, cache: TokenCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EntryCipher, "decrypt", lambda _self, _entry: content)
    record_failure(cache, UNREACHABLE, PASSWORD_GRANT)
    assert known_failure(cache, PASSWORD_GRANT) is None
