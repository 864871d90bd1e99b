# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store in a Redis: what Redis is told, and what is told of a Redis in trouble. The end-to-end tests have one."""

from __future__ import annotations

import builtins
import errno
import os
import ssl
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from redis import exceptions

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._redis_store import RedisStore
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import StoreError

NAME = "a" * 64
KEY = f"apiops.wso2:{NAME}"
SECRET = "redis-pw-made-up"
URL = f"redis://cache:{SECRET}@cache.example.com:6380/3?password={SECRET}&client_name=x"
SHOWN = "redis://cache.example.com:6380/3"


class Client:
    """Stands where the client of redis-py does. trouble: what each command raises."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.trouble = trouble
        self.entries: dict[str, bytes] = {}
        self.said: list[tuple[Any, ...]] = []
        self.is_locked = False
        self.connection_pool = SimpleNamespace(connection_kwargs={})

    def get(self, key: str) -> bytes | None:
        self._say("get", key)
        return self.entries.get(key)

    def set(self, key: str, value: bytes, *, ex: int) -> None:
        self._say("set", key, ex)
        self.entries[key] = value

    def lock(self, key: str, *, timeout: float, sleep: float) -> Client:
        self.said.append(("lock", key, timeout, sleep < timeout))
        return self

    def acquire(self, *, blocking_timeout: float) -> bool:
        self._say("acquire", blocking_timeout)
        if self.is_locked:
            return False
        self.is_locked = True
        return True

    def release(self) -> None:
        self._say("release")
        self.is_locked = False

    def _say(self, *words: Any) -> None:
        self.said.append(words)
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    made = Client()
    monkeypatch.setattr(redis.Redis, "from_url", lambda url, **options: made)
    return made


@pytest.fixture
def store(client: Client) -> RedisStore:
    return RedisStore(URL)


def test_entries(store: RedisStore, client: Client) -> None:
    assert store.read(NAME) is None
    store.write(NAME, b"\xff\x00", seconds=77)
    assert store.read(NAME, since=5.0) == b"\xff\x00"
    assert client.said == [("get", KEY), ("set", KEY, 77), ("get", KEY)]


def test_the_lock_ends_by_itself_and_is_waited_for_as_long(store: RedisStore, client: Client) -> None:
    (lock,) = store.locks(NAME, seconds=65)
    assert client.said == []
    with lock:
        assert client.is_locked
    assert not client.is_locked
    assert client.said == [("lock", f"{KEY}.lock", 65, True), ("acquire", 65), ("release",)]


def test_a_lock_that_stays_taken(store: RedisStore, client: Client) -> None:
    client.is_locked = True
    (lock,) = store.locks(NAME, seconds=65)
    with pytest.raises(StoreError, match=f"{SHOWN} was locked by another process for too long"), lock:
        pytest.fail("two hold the lock")
    assert ("release",) not in client.said


@pytest.mark.parametrize(
    "trouble",
    [exceptions.LockNotOwnedError("x"), exceptions.LockError("x"), exceptions.ConnectionError("x"), OSError()],
    ids=repr,
)
def test_a_lock_that_was_lost_hinders_nobody(store: RedisStore, client: Client, trouble: Exception) -> None:
    (lock,) = store.locks(NAME, seconds=65)
    with lock:
        client.trouble = trouble


def test_what_goes_wrong_inside_a_lock_is_not_touched(store: RedisStore, client: Client) -> None:
    (lock,) = store.locks(NAME, seconds=65)
    with pytest.raises(ValueError, match="mine"), lock:
        raise ValueError("mine")
    assert not client.is_locked


def _connecting(cause: OSError) -> exceptions.ConnectionError:
    """As redis-py tells of CAUSE."""
    error = exceptions.ConnectionError(f"Error {cause.errno} connecting to {URL}")
    error.__context__ = cause
    return error


TROUBLES: list[tuple[str, Exception, str]] = [
    ("wrong password", exceptions.AuthenticationError(f"no {SECRET}"), "turns down the user or the password"),
    ("not allowed", exceptions.NoPermissionError(SECRET), "turns down the user or the password in its URL"),
    ("not allowed, old", exceptions.AuthorizationError(SECRET), "turns down the user or the password in its URL"),
    ("slow", exceptions.TimeoutError(SECRET), "did not answer in time"),
    ("slow, as the system says it", TimeoutError(SECRET), "did not answer in time"),
    (
        "refused",
        _connecting(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")),
        r"cannot be reached \(Connection refused\)",
    ),
    ("reset", ConnectionResetError(errno.ECONNRESET, "Connection reset"), r"cannot be reached \(Connection reset\)"),
    (
        "certificate",
        _connecting(ssl.SSLCertVerificationError(1, "certificate verify failed")),
        r"cannot be reached \(certificate verify failed\)",
    ),
    ("closed", exceptions.ConnectionError(f"closed {SECRET}"), r"cannot be reached \(ConnectionError\)"),
    ("starting", exceptions.BusyLoadingError(SECRET), r"cannot be reached \(BusyLoadingError\)"),
    ("not writable", exceptions.ResponseError(f"MISCONF {SECRET}"), r"refused a command \(MISCONF\)"),
    ("a replica", exceptions.ReadOnlyError(SECRET), r"refused a command \(ReadOnlyError\)"),
    ("unknown", exceptions.RedisError(SECRET), r"refused a command \(RedisError\)"),
]


@pytest.mark.parametrize("operation", ["read", "write", "lock"])
@pytest.mark.parametrize(("trouble", "told"), [row[1:] for row in TROUBLES], ids=[row[0] for row in TROUBLES])
def test_trouble_is_told_without_the_words_of_others(
    store: RedisStore, client: Client, operation: str, trouble: Exception, told: str
) -> None:
    client.trouble = trouble
    with pytest.raises(StoreError, match=f"the token store {SHOWN} {told}") as caught:
        _do(store, operation)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def _do(store: RedisStore, operation: str) -> None:
    if operation == "lock":
        (lock,) = store.locks(NAME, seconds=1)
        lock.__enter__()
    elif operation == "write":
        store.write(NAME, b"x", seconds=1)
    else:
        store.read(NAME)


UNUSABLE_URLS = [
    ("unknown option", "redis://h/0?nonsense=1"),
    ("TLS option without TLS", "redis://h/0?ssl_ca_certs=/ca.pem"),
    ("wrong value", "redis://h/0?socket_timeout=abc"),
    ("host too long", f"redis://{'h' * 70}.example/0"),
]


@pytest.mark.parametrize("url", [row[1] for row in UNUSABLE_URLS], ids=[row[0] for row in UNUSABLE_URLS])
def test_a_url_that_redis_py_does_not_understand(url: str) -> None:
    with pytest.raises(OptionError, match="token_store is a Redis URL with a host, a database or a query") as caught:
        RedisStore(url).read(NAME)
    assert caught.value.__suppress_context__


def test_nothing_waits_for_long_and_nothing_is_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def from_url(url: str, **options: Any) -> Client:
        given.update(options, url=url)
        return Client()

    monkeypatch.setattr(redis.Redis, "from_url", from_url)
    store = RedisStore(URL)
    assert given == {}
    store.read(NAME)
    assert given["url"] == URL
    assert given["socket_timeout"] == given["socket_connect_timeout"] == 3
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise exceptions.ConnectionError

    with pytest.raises(exceptions.ConnectionError):
        given["retry"].call_with_retry(fail, lambda _error: None)
    assert calls == [1]


def test_sealed_entries_are_never_read_as_text() -> None:
    store = RedisStore("redis://localhost/0?decode_responses=true")
    connection = store._redis()
    assert connection.connection_pool.connection_kwargs["decode_responses"] is False


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, SHOWN),
        ("redis://h", "redis://h:6379"),
        ("rediss://:p@[::1]:7/1?ssl_cert_reqs=none", "rediss://[::1]:7/1"),
        ("redis://H.example/", "redis://h.example:6379/"),
    ],
)
def test_the_url_is_shown_without_user_and_query(url: str, shown: str) -> None:
    assert RedisStore(url).shown_url == shown


@pytest.mark.parametrize("operation", ["read", "write", "lock"])
def test_a_missing_library_is_a_wrong_option(monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    real: Callable[..., Any] = builtins.__import__

    def without_redis(name: str, *arguments: Any) -> Any:
        if name.partition(".")[0] == "redis":
            raise ModuleNotFoundError(f"No module named {name!r}")
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without_redis)
    with pytest.raises(OptionError) as caught:
        _do(RedisStore(URL), operation)
    assert caught.value.message == (
        f"token_store names a Redis, and the Python library redis is missing from {sys.executable}. "
        "Install it on the control node: pip install redis."
    )
    assert os.path.isabs(sys.executable)
