# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store in a Redis server, against scripted servers that misbehave. The end-to-end tests have a real one."""

from __future__ import annotations

import builtins
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("redis", reason="the Python library redis is not installed")

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils import _redis_store
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.plugins.plugin_utils._redis_store import RedisStore

NAME = "a" * 64
KEY = f"apiops.wso2:{NAME}".encode()
ENTRY = b"an encrypted entry\r\n\x00"
SECRET = "redis-pw-made-up"
# Longer than the deadline of a step, shorter than two of them.
SECONDS = 5.0

Reply = Callable[[socket.socket, list[bytes]], None]


def bulk(value: bytes | None) -> bytes:
    return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)


class FakeRedis:
    """A server that speaks enough of Redis' protocol. REPLY, if given, is the reply to GET."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.reply = reply
        self.values: dict[bytes, bytes] = {}
        self.expiry: dict[bytes, int] = {}
        self.commands: list[list[bytes]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"redis://cache:{SECRET}@127.0.0.1:{self.port}/0"

    def __enter__(self) -> FakeRedis:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()

    def names(self) -> list[bytes]:
        return [command[0].upper() for command in self.commands]

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connected, _address = self._listener.accept()
                threading.Thread(target=self._converse, args=(connected,), daemon=True).start()

    def _converse(self, connected: socket.socket) -> None:
        with suppress(OSError, ValueError), connected, connected.makefile("rb") as lines:
            while line := lines.readline():
                command = []
                for _argument in range(int(line[1:])):
                    length = int(lines.readline()[1:])
                    command.append(lines.read(length + 2)[:-2])
                self.commands.append(command)
                self._respond(connected, command)

    def _respond(self, connected: socket.socket, command: list[bytes]) -> None:
        name = command[0].upper()
        if name == b"GET" and self.reply is not None:
            self.reply(connected, command)
        elif name == b"GET":
            connected.sendall(bulk(self.values.get(command[1])))
        elif name == b"SET":
            if b"NX" in [part.upper() for part in command] and command[1] in self.values:
                connected.sendall(b"$-1\r\n")
            else:
                self.values[command[1]] = command[2]
                connected.sendall(b"+OK\r\n")
        elif name == b"PTTL":
            connected.sendall(b":%d\r\n" % self.expiry.get(command[1], 5000))
        elif name == b"EVAL":
            if command[1].count(b"del"):
                self.values.pop(command[3], None)
            connected.sendall(b":1\r\n")
        else:
            connected.sendall(b"+OK\r\n")


@pytest.fixture
def near(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(str(tmp_path / "near"))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def test_an_entry_is_read_as_it_was_written(near: DirectoryStore, tmp_path: Path) -> None:
    with FakeRedis() as server:
        store = RedisStore(server.url, near=near)
        assert store.read(NAME) is None
        store.write(NAME, ENTRY, 60)
        assert store.read(NAME) == ENTRY
        assert server.values[KEY] == ENTRY
        other = RedisStore(server.url, near=DirectoryStore(str(tmp_path / "another run")))
        assert other.read(NAME) == ENTRY
        store.delete(NAME)
        assert store.read(NAME) is None
        assert server.values[KEY] == b"", "a tombstone"


def test_a_run_rarely_reads_from_the_server(near: DirectoryStore) -> None:
    with FakeRedis() as server:
        server.values[KEY] = ENTRY
        for _process in range(5):
            assert RedisStore(server.url, near=near).read(NAME) == ENTRY
        assert server.names().count(b"GET") == 1


def test_the_near_cache_ends_with_its_time(near: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeRedis() as server:
        store = RedisStore(server.url, near=near)
        server.values[KEY] = ENTRY
        assert store.read(NAME) == ENTRY
        path, inode, written, until = store.version(NAME)
        assert path.startswith(near.shown_name)
        assert inode > 0
        assert until == pytest.approx(written / 1e9 + 3)
        server.values[KEY] = b"another"
        monkeypatch.setattr(_redis_store, "_NEAR_CACHE_TTL_SECONDS", 0)
        assert store.read(NAME) == b"another"


def test_the_salt_is_that_of_the_server(near: DirectoryStore, tmp_path: Path) -> None:
    with FakeRedis() as server:
        salt = RedisStore(server.url, near=near).salt()
        assert len(salt) == 32
        assert RedisStore(server.url, near=DirectoryStore(str(tmp_path / "x"))).salt() == salt
        server.reply = lambda connected, _command: connected.sendall(bulk(b"short"))
        with pytest.raises(StoreError, match="no valid salt"):
            RedisStore(server.url, near=DirectoryStore(str(tmp_path / "y"))).salt()


def _trickle(connected: socket.socket, _command: list[bytes]) -> None:
    for _byte in range(10):
        connected.sendall(b"$")
        time.sleep(1)


def _huge(connected: socket.socket, _command: list[bytes]) -> None:
    connected.sendall(b"$600000000\r\n")
    for _block in range(600):
        connected.sendall(b"x" * 1_000_000)


def _silent(_connected: socket.socket, _command: list[bytes]) -> None:
    time.sleep(8)


def _dead(connected: socket.socket, _command: list[bytes]) -> None:
    connected.sendall(b"$100\r\nhalf")
    connected.close()


def _deep(connected: socket.socket, _command: list[bytes]) -> None:
    connected.sendall(b"*1\r\n" * 100_000 + b":1\r\n")


def _no_protocol(connected: socket.socket, _command: list[bytes]) -> None:
    connected.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def _error(connected: socket.socket, _command: list[bytes]) -> None:
    connected.sendall(b"-MISCONF \x1b[31ms3cret text of the server\r\n")


def _odd_error(connected: socket.socket, _command: list[bytes]) -> None:
    connected.sendall(b"-\x1b]0;s3cret\x07 text\r\n")


@pytest.mark.parametrize("reply", [_trickle, _huge, _silent, _dead, _deep, _no_protocol, _error, _odd_error])
def test_a_hostile_server_costs_one_step(near: DirectoryStore, reply: Reply) -> None:
    with FakeRedis(reply) as server, within(SECONDS):
        store = RedisStore(server.url, near=near)
        with pytest.raises(StoreError) as caught:
            store.read(NAME)
        text = str(caught.value)
        assert f"the token store redis://127.0.0.1:{server.port}/0" in text.replace("The token", "the token")
        assert text.isprintable()
        assert "s3cret" not in text
        assert SECRET not in text
        # The whole run does not use the server for some seconds.
        count = len(server.commands)
        with within(0.5), pytest.raises(StoreError):
            RedisStore(server.url, near=near).write(NAME, ENTRY, 60)
        assert len(server.commands) == count


@pytest.mark.parametrize("value", [b":5\r\n", b"*2\r\n:1\r\n:2\r\n", b"*-1\r\n", b"+OK\r\n"])
def test_a_reply_of_another_type_is_a_miss(near: DirectoryStore, value: bytes) -> None:
    with FakeRedis(lambda connected, _command: connected.sendall(value)) as server, within(SECONDS):
        try:
            found = RedisStore(server.url, near=near).read(NAME)
        except StoreError:
            found = None
        assert found in (None, b"OK")


def test_the_near_cache_serves_a_run_whose_server_is_gone(
    near: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeRedis() as server:
        RedisStore(server.url, near=near).write(NAME, ENTRY, 60)
    monkeypatch.setattr(_redis_store, "_NEAR_CACHE_TTL_SECONDS", 0)
    assert RedisStore(server.url, near=near).read(NAME) == ENTRY


def test_a_lock_is_taken_renewed_and_released(near: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_redis_store, "_LEASE_RENEWAL_SECONDS", 0.1)
    lock = KEY + b".lock"
    with FakeRedis() as server:
        store = RedisStore(server.url, near=near)
        with store.lock(NAME):
            (command,) = [command for command in server.commands if command[:2] == [b"SET", lock]]
            assert b"NX" in command
            assert b"PX" in command
            deadline = time.monotonic() + 10
            while sum(b"pexpire" in script for script in _scripts(server)) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert lock in server.values
        assert lock not in server.values
        assert b"del" in _scripts(server)[-1]


def _scripts(server: FakeRedis) -> list[bytes]:
    return [command[1] for command in server.commands if command[0].upper() == b"EVAL"]


def test_a_lock_is_waited_for_while_its_holder_extends_it(near: DirectoryStore) -> None:
    lock = KEY + b".lock"
    with FakeRedis() as server:
        server.values[lock] = b"another process"
        threading.Timer(0.6, lambda: server.values.pop(lock)).start()
        started = time.monotonic()
        with RedisStore(server.url, near=near).lock(NAME):
            assert time.monotonic() - started > 0.5


@pytest.mark.parametrize("milliseconds", [-1, 3_600_000], ids=["no expiry", "an hour"])
def test_a_lock_that_does_not_expire_is_not_waited_for(near: DirectoryStore, milliseconds: int) -> None:
    lock = KEY + b".lock"
    with FakeRedis() as server, within(2):
        server.values[lock], server.expiry[lock] = b"another process", milliseconds
        with (
            pytest.raises(StoreError, match="a lock that does not expire"),
            RedisStore(server.url, near=near).lock(NAME),
        ):
            pass


def test_waiting_for_a_lock_that_is_extended_forever_times_out(
    near: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once in a run: other hosts do not wait for it one after the other."""
    monkeypatch.setattr(_redis_store, "_LEASE_SECONDS", 0.2)
    with FakeRedis() as server, within(SECONDS):
        server.values[KEY + b".lock"], server.expiry[KEY + b".lock"] = b"another process", 100
        started = time.monotonic()
        for _host in range(2):
            store = RedisStore(server.url, near=near, request_timeout=0.5)
            with pytest.raises(StoreError, match="Timed out waiting for the lock"), store.lock(NAME):
                pass
        # Three requests of its holder, and the lease.
        assert 1.7 <= time.monotonic() - started < 3.4


URLS = ["redis://", "redis://:pw@", "redis://host:port/0", "redis://[::1/0"]


@pytest.mark.parametrize("url", URLS)
def test_no_url_of_a_server(url: str) -> None:
    with pytest.raises(OptionError) as caught:
        RedisStore(url)
    assert caught.value.option == "token_store"
    assert "redis://HOST:6379/0" in caught.value.message


@pytest.mark.parametrize("query", ["socket_timeout=x", "no_such_option=1"])
def test_a_parameter_that_redis_py_does_not_know(near: DirectoryStore, query: str) -> None:
    with pytest.raises(OptionError) as caught:
        RedisStore(f"redis://:{SECRET}@127.0.0.1:1/0?{query}", near=near).read(NAME)
    assert "redis-py does not understand" in caught.value.message
    assert SECRET not in caught.value.message


def test_the_shown_name_has_no_credentials() -> None:
    url = f"rediss://cache:{SECRET}@cache.example.com:6380/3?password={SECRET}&client_name=x"
    assert RedisStore(url).shown_name == "rediss://cache.example.com:6380/3"
    assert RedisStore("redis://[::1]/0").shown_name == "redis://[::1]:6379/0"


@pytest.mark.parametrize(
    ("url", "checked"),
    [
        ("rediss://127.0.0.1:1/0", True),
        ("rediss://127.0.0.1:1/0?ssl_cert_reqs=none", None),
        ("redis://127.0.0.1:1/0", None),
    ],
)
def test_the_certificate_must_have_the_hostname(
    near: DirectoryStore, monkeypatch: pytest.MonkeyPatch, url: str, checked: bool | None
) -> None:
    """redis-py before 6 does not check it by itself."""
    redis = pytest.importorskip("redis")
    make, pools = redis.ConnectionPool.from_url, []

    def from_url(url: str, **options: Any) -> Any:
        pools.append(make(url, **options))
        return pools[-1]

    monkeypatch.setattr(redis.ConnectionPool, "from_url", from_url)
    with pytest.raises(StoreError):
        RedisStore(url, near=near).read(NAME)
    assert pools[0].connection_kwargs.get("ssl_check_hostname") is checked


def test_the_library_is_missing(near: DirectoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name.partition(".")[0] == "redis":
            raise ImportError(name)
        return load(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(OptionError) as caught:
        RedisStore("redis://127.0.0.1:1/0", near=near).read(NAME)
    assert "pip install redis" in caught.value.message
