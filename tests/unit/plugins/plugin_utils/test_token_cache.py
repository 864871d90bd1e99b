# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is cached for one request: its token, which tokens are replaced or revoked, and why there is no token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible import constants

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.plugin_utils import _token_cache
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import EntryCipher
from ansible_collections.apiops.wso2.plugins.plugin_utils._redis_store import RedisStore
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache, open_store, task_start
from ansible_collections.apiops.wso2.tests.unit import shared_run
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CONSUMER_SECRET,
    NOW,
    PASSWORD,
    REFRESH_TOKEN,
    token,
    token_request,
)
from ansible_collections.apiops.wso2.tests.unit.shared_run import (
    WRONG_PASSWORD,
    SharedRun,
    cached,
    granted,
    known_failure,
    record_failure,
    refreshed,
)

run = shared_run.run

PASSWORD_GRANT = "password"
DAY = 24 * 60 * 60


@pytest.fixture
def run_directory(tmp_path: Path) -> Path:
    return tmp_path / "ansible-local" / "apiops.wso2"


@pytest.fixture
def cache() -> TokenCache:
    return TokenCache(token_request(), "run")


@pytest.fixture(params=["run", "directory"])
def token_store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "tokens") if request.param == "directory" else "run"


def entries(directory: Path) -> Iterator[Path]:
    """The files of entries, whose names are hexadecimal."""
    yield from (path for path in directory.iterdir() if len(path.name) == 64)


# --- which requests share a token


def test_an_empty_cache(cache: TokenCache) -> None:
    assert cache.read() is None
    assert known_failure(cache, PASSWORD_GRANT) is None
    assert cache.error is None


def test_a_token_is_found_by_another_process(token_store: str) -> None:
    stored = token(id_token="i.d.t", jwt_token={"a": [1]})
    TokenCache(token_request(), token_store).write(stored, previous=None)
    _token_cache._decrypted.clear()
    assert TokenCache(token_request(), token_store).read() == stored


SHARING: list[tuple[str, dict[str, Any], bool]] = [
    # id, changes, is it the same token
    ("order of scopes", {"scope": ["b", "a"]}, True),
    ("timeout and retries", {"timeout": 5, "retries": 0}, True),
    ("proxies", {"use_proxy": False, "environ": {"HTTPS_PROXY": "http://p"}}, True),
    ("min_validity", {"min_validity": 900}, True),
    ("revoke_url", {"revoke_url": "https://h/revoke"}, True),
    ("organization written out", {"username": "alice@org"}, False),
    ("scopes", {"scope": ["a"]}, False),
    ("username", {"username": "bob"}, False),
    ("password", {"password": "other"}, False),
    ("consumer key", {"consumer_key": "other"}, False),
    ("consumer secret", {"consumer_secret": "other"}, False),
    ("public client", {"consumer_secret": None}, False),
    ("URL", {"token_url": "https://other.example.com/oauth2/token"}, False),
    ("no verification", {"validate_certs": False}, False),
    # Trust anchors.
    ("authority", {"ca_path": "/ca.pem"}, False),
    ("authority by a variable", {"environ": {"REQUESTS_CA_BUNDLE": "/ca.pem"}}, False),
    ("client certificate", {"client_cert": "/cert.pem"}, False),
]


@pytest.mark.parametrize(("changes", "is_shared"), [row[1:] for row in SHARING], ids=[row[0] for row in SHARING])
def test_which_requests_share_a_token(changes: dict[str, Any], is_shared: bool) -> None:
    TokenCache(token_request(scope=["a", "b"]), "run").write(token(), previous=None)
    found = TokenCache(token_request(**{"scope": ["a", "b"], **changes}), "run").read()
    assert (found is not None) is is_shared


def test_a_refresh_token_identifies_the_user_where_no_password_does() -> None:
    alone = token_request(refresh_token="r", username=None, password=None)
    TokenCache(alone, "run", refresh_token="r-bob").write(token(), previous=None)
    assert TokenCache(alone, "run", refresh_token="r-bob").read() == token()
    assert TokenCache(alone, "run", refresh_token="r-eve").read() is None


TTLS = [
    # id, token, for how many seconds it can be used
    ("with a refresh token", token(expires_in=3600), 3600 + DAY),
    ("without a refresh token", token(expires_in=3600, refresh_token=None), 3601),
    ("expired at once", token(expires_in=0, refresh_token=None), 1),
    ("unknown expiry", token(expires_in=None, refresh_token=None), DAY),
    ("never expires", token(expires_in=2**63 - 1, refresh_token=None), 30 * DAY),
]


@pytest.mark.parametrize(("stored", "ttl"), [row[1:] for row in TTLS], ids=[row[0] for row in TTLS])
def test_how_long_an_entry_is_kept(stored: Token, ttl: int, cache: TokenCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh token can be used after its access token has expired."""
    ttls: list[int] = []
    monkeypatch.setattr(DirectoryStore, "write", lambda _store, _name, _entry, seconds: ttls.append(seconds))
    cache.write(stored, previous=None)
    assert set(ttls) == {ttl}


# --- what the stores contain


def test_a_store_contains_nothing_in_plain_text(token_store: str, tmp_path: Path) -> None:
    cache = TokenCache(token_request(), token_store)
    cache.write(cached(), previous=None)
    cache.write(token(), previous=cached())
    record_failure(cache, WRONG_PASSWORD, PASSWORD_GRANT)
    plain = (ACCESS_TOKEN, REFRESH_TOKEN, PASSWORD, CONSUMER_SECRET, "alice", "r-cached", "access_token", "cause")
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(found) >= 4
    for path in found:
        assert path.stat().st_mode & 0o077 == 0
        assert [text for text in plain if text.encode() in path.read_bytes() or text in path.name] == []


def test_failures_stay_in_the_run(tmp_path: Path, run_directory: Path) -> None:
    cache = TokenCache(token_request(), str(tmp_path / "tokens"))
    before = set(entries(run_directory))
    record_failure(cache, WRONG_PASSWORD, PASSWORD_GRANT)
    assert not list(entries(tmp_path / "tokens"))
    assert len(set(entries(run_directory)) - before) == 1


CONTENTS: list[tuple[str, bytes]] = [
    ("not JSON", b"{"),
    ("not text", b"\xff\xfe\x00\x80"),
    ("nothing", b""),
    *[(text, text.encode()) for text in ("null", "5", '"access_token"', "[1]", "{}")],
    ("member of another version", json.dumps({**token().to_entry(), "color": "red"}).encode()),
    ("a failure", json.dumps({"at": NOW, "error": WRONG_PASSWORD.to_entry()}).encode()),
]


@pytest.mark.parametrize("content", [row[1] for row in CONTENTS], ids=[row[0] for row in CONTENTS])
def test_content_that_is_not_a_token_is_a_miss(
    content: bytes, cache: TokenCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write(token(refresh_token=None), previous=None)
    monkeypatch.setattr(EntryCipher, "decrypt", lambda _self, _entry: content)
    assert cache.read() is None


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 200], ids=["empty", "short", "foreign"])
def test_a_damaged_entry_is_a_miss(content: bytes, cache: TokenCache, run_directory: Path) -> None:
    cache.write(token(), previous=None)
    for path in entries(run_directory):
        path.write_bytes(content)
    assert cache.read() is None
    cache.write(token(), previous=None)
    assert cache.read() == token()


def test_an_entry_copied_to_other_credentials_is_a_miss(run_directory: Path) -> None:
    """Also in a process that has decrypted it for the right credentials."""
    caches = [TokenCache(token_request(password=password), "run") for password in ("right", "wrong")]
    for cache in caches:
        cache.write(token(refresh_token=None), previous=None)
    assert [cache.read() for cache in caches] == [token(refresh_token=None)] * 2
    first, second = entries(run_directory)
    second.write_bytes(first.read_bytes())
    assert [cache.read() for cache in caches].count(None) == 1


def test_an_entry_is_decrypted_once_in_a_process(cache: TokenCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write(token(), previous=None)
    decrypted: list[bytes] = []
    decrypt = EntryCipher.decrypt
    monkeypatch.setattr(EntryCipher, "decrypt", lambda self, entry: decrypted.append(entry) or decrypt(self, entry))
    for _evaluation in range(5):
        assert cache.read() == token()
    assert len(decrypted) == len(set(decrypted)) > 0
    cache.write(token(expires_in=1), previous=None)
    assert cache.read() == token(expires_in=1)


def test_a_returned_token_can_be_changed_without_harm(cache: TokenCache) -> None:
    cache.write(token(more={"a": 1}), previous=None)
    for _evaluation in range(2):
        found = cache.read()
        assert found is not None
        result = found.to_result(now=NOW)
        assert result["extra"] == {"more": {"a": 1}}
        result["extra"].clear()
        result["scope"].clear()


# --- tokens that are replaced or revoked

OTHER_SPELLINGS = [{"username": "ada@carbon.super"}, {"username": "ADA"}, {"scope": ["admin"]}]


@pytest.mark.parametrize("changes", OTHER_SPELLINGS, ids=repr)
class TestOneTokenUnderTwoSpellings:
    """WSO2 issues one token for several spellings of a user, and for scopes that the user may not have."""

    def caches(self, changes: dict[str, Any], token_store: str) -> tuple[TokenCache, TokenCache]:
        first, second = token_request(username="ada"), token_request(**{"username": "ada", **changes})
        caches = TokenCache(first, token_store), TokenCache(second, token_store)
        for cache in caches:
            cache.write(cached(), previous=None)
            assert cache.read() == cached()
        return caches

    def test_replaced(self, changes: dict[str, Any], token_store: str) -> None:
        first, second = self.caches(changes, token_store)
        first.write(refreshed(), previous=cached())
        assert (first.read(), second.read()) == (refreshed(), None)

    def test_replaced_with_the_same_refresh_token(self, changes: dict[str, Any], token_store: str) -> None:
        first, second = self.caches(changes, token_store)
        first.write(refreshed(refresh_token="r-cached"), previous=cached())
        assert (first.read(), second.read()) == (refreshed(refresh_token="r-cached"), None)

    def test_revoked(self, changes: dict[str, Any], token_store: str) -> None:
        first, second = self.caches(changes, token_store)
        first.revoke(cached())
        assert (first.read(), second.read()) == (None, None)

    @pytest.mark.parametrize("text", ["cached", "r-cached"])
    def test_one_of_its_texts_is_revoked(self, text: str, changes: dict[str, Any], token_store: str) -> None:
        first, second = self.caches(changes, token_store)
        first.revoke(None, text)
        assert second.read() is None

    def test_another_token_is_not_concerned(self, changes: dict[str, Any], token_store: str) -> None:
        first, second = self.caches(changes, token_store)
        second.write(granted(), previous=None)
        first.revoke(cached())
        assert second.read() == granted()


def test_the_same_token_again_is_not_replaced(cache: TokenCache) -> None:
    cache.write(cached(), previous=None)
    cache.write(cached(expires_in=1207), previous=cached())
    assert cache.read() == cached(expires_in=1207)


def test_a_token_that_the_server_issued_again_is_shared(cache: TokenCache) -> None:
    """The server did not revoke it. The hosts must not request it one after the other."""
    cache.write(cached(), previous=None)
    cache.revoke(cached())
    cache.write(cached(), previous=None)
    assert cache.read() == cached()


def test_a_refresh_token_leads_to_its_latest_successor(cache: TokenCache) -> None:
    assert cache.latest_refresh_token("r-1") == "r-1"
    for number in (1, 2, 3):
        previous = token(access_token=f"a-{number}", refresh_token=f"r-{number}")
        cache.write(token(access_token=f"a-{number + 1}", refresh_token=f"r-{number + 1}"), previous=previous)
    assert [cache.latest_refresh_token(f"r-{number}") for number in (1, 2, 3, 4)] == ["r-4"] * 4
    assert [cache.is_revoked(f"r-{number}") for number in (1, 2, 3, 4)] == [True, True, True, False]


def test_refresh_tokens_that_replace_each_other_are_no_loop(cache: TokenCache) -> None:
    first, second = token(access_token="a", refresh_token="r-1"), token(access_token="b", refresh_token="r-2")
    cache.write(second, previous=first)
    cache.write(first, previous=second)
    assert cache.latest_refresh_token("r-1") in ("r-1", "r-2")


def test_nothing_of_it_is_known_without_a_store() -> None:
    cache = TokenCache(token_request(), "none")
    cache.write(refreshed(), previous=cached())
    assert (cache.read(), cache.is_revoked("cached"), cache.versions(refreshed())) == (None, False, None)


def test_versions_change_with_the_token(token_store: str) -> None:
    first = TokenCache(token_request(username="ada"), token_store)
    second = TokenCache(token_request(username="ADA"), token_store)
    for cache in (first, second):
        cache.write(cached(), previous=None)
    before = second.versions(cached())
    assert before is not None
    assert second.versions(cached()) == before
    first.write(refreshed(), previous=cached())
    assert second.versions(cached()) != before


# --- managed nodes


@pytest.mark.parametrize("places", [("managed node", ""), ("managed node web1", "managed node web2")])
def test_a_token_of_a_managed_node_stays_there(places: tuple[str, str], token_store: str, tmp_path: Path) -> None:
    """It is never in a directory or Redis either."""
    first = TokenCache(token_request(), token_store, place=places[0])
    first.write(token(), previous=None)
    assert first.read() == token()
    assert not (tmp_path / "tokens").exists()
    assert TokenCache(token_request(), token_store, place=places[1]).read() is None


def test_a_token_of_a_managed_node_is_gone_with_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    TokenCache(token_request(), str(tmp_path / "tokens"), place="managed node").write(token(), previous=None)
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / "next"))
    assert TokenCache(token_request(), str(tmp_path / "tokens"), place="managed node").read() is None


# --- stores


def test_a_store_that_cannot_be_used_is_replaced_by_that_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o755)
    cache = TokenCache(token_request(), str(tmp_path / "open"))
    with cache.lock():
        cache.write(token(), previous=None)
    assert "has mode 0755" in str(cache.error)
    again = TokenCache(token_request(), str(tmp_path / "open"))
    assert (again.read(), again.error) == (token(), None)
    assert not list((tmp_path / "open").iterdir())


def test_a_store_that_works_again_leaves_nothing_in_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = str(tmp_path / "tokens")
    cache = TokenCache(token_request(), directory)
    write = DirectoryStore.write

    def fail(store: DirectoryStore, *args: Any) -> None:
        if store.shown_name == directory:
            raise StoreError("No space left on device")
        write(store, *args)

    with monkeypatch.context() as broken:
        broken.setattr(DirectoryStore, "write", fail)
        cache.write(cached(), previous=None)
    assert TokenCache(token_request(), directory).read() == cached()
    TokenCache(token_request(), directory).write(granted(), previous=None)
    for path in entries(tmp_path / "tokens"):
        path.unlink()
    assert TokenCache(token_request(), directory).read() is None


@pytest.mark.parametrize("refresh_token", [None, "r-cached"])
@pytest.mark.parametrize("wanted", [{}, {"force_since": NOW}], ids=repr)
def test_hosts_share_the_token_that_a_store_cannot_take(
    refresh_token: str | None, wanted: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: SharedRun
) -> None:
    """A directory on a read-only file system, or a Redis without memory, still has the old token."""
    directory = str(tmp_path / "tokens")
    run.cache(token_store=directory).write(cached(3600, refresh_token=refresh_token), previous=None)
    for name in ("write", "delete", "lock"):
        monkeypatch.setattr(DirectoryStore, name, _read_only(getattr(DirectoryStore, name), directory))
    for _host in range(3):
        assert run.acquire(token_store=directory, **wanted).token.access_token != "cached"
        run.clock.now += 1
    assert len(run.requests) == 1


def _read_only(method: Any, directory: str) -> Any:
    def call(store: DirectoryStore, *arguments: Any) -> Any:
        if store.shown_name == directory:
            raise StoreError("Read-only file system")
        return method(store, *arguments)

    return call


@pytest.mark.parametrize("first", ["run", "directory"])
@pytest.mark.parametrize("force_since", [None, NOW + 1])
def test_a_token_that_one_store_has_replaced_is_not_returned_from_another(
    first: str, force_since: float | None, tmp_path: Path, run: SharedRun
) -> None:
    """Two tasks of one run name different stores, and the server returned one token for two spellings."""
    stores = ["run", str(tmp_path / "tokens")]
    ours, others = stores if first == "run" else reversed(stores)
    ada = token_request(username="ada"), token_request(username="ADA")
    run.acquire(ada[0], token_store=ours)
    run.acquire(ada[1], token_store=others)
    versions = run.cache(ada[1], others).versions(granted())
    run.clock.now += 1
    if force_since is None:
        run.revoke(None, ada[0], token_store=ours)
    else:
        run.acquire(ada[0], token_store=ours, force_since=force_since)
    # What lookups have kept is not used any more either.
    assert run.cache(ada[1], others).versions(granted()) != versions
    run.endpoint.password = [refreshed()]
    assert run.acquire(ada[1], token_store=others).token.access_token == "refreshed"


STORES = [
    # id, option, where the entries are
    ("run", "run", "ansible-local/apiops.wso2"),
    ("absolute path", "{place}/tokens", "tokens"),
    ("trailing slash", "{place}/tokens/", "tokens"),
    ("home", "~/.ansible/wso2-tokens", ".ansible/wso2-tokens"),
    ("with a space", "{place}/my tokens", "my tokens"),
]


@pytest.mark.parametrize(("named", "where"), [row[1:] for row in STORES], ids=[row[0] for row in STORES])
def test_open_store(named: str, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    opened = open_store(named.format(place=tmp_path))
    assert opened is not None
    assert not (tmp_path / where).exists()
    opened.write("0123abcd", b"x", 9)
    assert (tmp_path / where / "0123abcd").is_file()


def test_no_store() -> None:
    assert open_store("none") is None


@pytest.mark.parametrize("url", ["redis://localhost:6379/0", "rediss://user:pw@[::1]"])
def test_a_redis(url: str) -> None:
    assert isinstance(open_store(url), RedisStore)


NOT_STORES = ["", "tokens", "./tokens", "None", " run", "unix:///run/redis.sock", "~missing-user/x", "$HOME/x"]


@pytest.mark.parametrize("named", [*NOT_STORES, "/a\0b"])
def test_names_that_are_not_a_store(named: str) -> None:
    with pytest.raises(OptionError) as caught:
        TokenCache(token_request(), named)
    assert caught.value.message == ("token_store must be run, none, an absolute directory path, or a redis:// URL.")


# --- force


def test_a_task_begins_with_its_first_host() -> None:
    first = task_start("task 1")
    assert task_start("task 1") == first
    assert task_start("task 2") >= first
