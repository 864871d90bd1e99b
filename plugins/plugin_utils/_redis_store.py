# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The token store in a Redis server, which control nodes share, behind a near cache on this machine.

The server is not trusted: each step has one deadline and a limit of bytes, and no text of it is shown.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit, urlunsplit

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import (
    DirectoryStore,
    EntryVersion,
    StoreError,
    run_directory,
)

T = TypeVar("T")

_PREFIX = "apiops.wso2:"
_SALT_BYTES = 32

# For each step: connecting, reading, writing, locking.
_STEP_SECONDS = 3.0
_LARGEST_REPLY = 5 * 1024 * 1024

# A token that another control node refreshed or revoked can be returned for so long.
_NEAR_CACHE_TTL_SECONDS = 3
# A server that failed gets no request for so long: each attempt takes seconds, and other processes wait.
_CIRCUIT_BREAKER_SECONDS = 10
_LAST_ERROR = "last-error"
# Replaces a deleted entry for as long as a run can last that has it in its near cache.
_TOMBSTONE = b""
_TOMBSTONE_SECONDS = 24 * 60 * 60

_LEASE_SECONDS = 10.0
_LEASE_RENEWAL_SECONDS = 3.0
_LOCK_POLL_SECONDS = 0.1
# A holder sends at most so many requests, each of which has a deadline.
_REQUESTS_OF_HOLDER = 3
_UNLOCK_SCRIPT = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end"
_RENEW_SCRIPT = (
    "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('pexpire',KEYS[1],ARGV[2]) else return 0 end"
)


class RedisStore:
    """A key for each entry and for each lock; both expire.

    url: C(redis://) or C(rediss://), as redis-py reads it. Raises C(OptionError) if it names no host.
    request_timeout: seconds that the holder of a lock can take for each of its requests.
    """

    def __init__(self, url: str, *, near: DirectoryStore | None = None, request_timeout: float = 30.0) -> None:
        self._url = url
        # A holder that was killed keeps the lock until its lease ends.
        self._lock_timeout = _LEASE_SECONDS + _REQUESTS_OF_HOLDER * request_timeout
        self.shown_name = _shown_url(url)
        suffix = hashlib.sha256(self.shown_name.encode("utf-8")).hexdigest()
        self._near = near or DirectoryStore(f"{run_directory()}-{suffix}")
        self._error: StoreError | None = None
        self._client: Any = None
        self._step = _Step()

    def read(self, name: str) -> bytes | None:
        entry = self._near_entry(name)
        if entry is None:
            # One process of this run sends a request, and the others get what it found.
            with self._near.lock(name):
                entry = self._near_entry(name)
                if entry is None:
                    entry = self._read_from_server(name)
        return entry or None

    def write(self, name: str, entry: bytes, ttl: int) -> None:
        self._write_near(name, entry)
        self._run(lambda client: client.set(_PREFIX + name, entry, ex=max(1, ttl)))

    def delete(self, name: str) -> None:
        self.write(name, _TOMBSTONE, _TOMBSTONE_SECONDS)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        with ExitStack() as held:
            # So that one process of this run at a time waits at the server.
            held.enter_context(self._near.lock(f"{name}.server"))
            held.enter_context(self._server_lock(f"{_PREFIX}{name}.lock"))
            # Another control node may have written the entry in the meantime.
            with suppress(StoreError):
                self._near.backdate(name)
            yield

    def version(self, name: str) -> EntryVersion:
        path, inode, written, _until = self._near.version(name)
        return path, inode, written, written / 1e9 + _NEAR_CACHE_TTL_SECONDS

    def salt(self) -> bytes:
        known = self._near.read("salt")
        if known is not None and len(known) == _SALT_BYTES:
            return known
        self._run(lambda client: client.set(f"{_PREFIX}salt", os.urandom(_SALT_BYTES), nx=True))
        salt = self._run(lambda client: client.get(f"{_PREFIX}salt"))
        if not isinstance(salt, bytes) or len(salt) != _SALT_BYTES:
            raise StoreError(f"The token store {self.shown_name} returned no valid salt")
        with suppress(StoreError):
            self._near.write("salt", salt, _TOMBSTONE_SECONDS)
        return salt

    # --- near cache

    def _near_entry(self, name: str) -> bytes | None:
        """The entry as this run knows it, a tombstone for none; None if that is too old."""
        with suppress(StoreError):
            written = self._near.written_at(name)
            if written is not None and time.time() < written + _NEAR_CACHE_TTL_SECONDS:
                return self._near.read(name) or _TOMBSTONE
        return None

    def _write_near(self, name: str, entry: bytes) -> None:
        # Without it, the next read takes longer.
        with suppress(StoreError):
            self._near.write(name, entry, _TOMBSTONE_SECONDS)

    def _read_from_server(self, name: str) -> bytes:
        known = self._near.read(name)
        try:
            found = self._run(lambda client: client.get(_PREFIX + name))
        except StoreError:
            # The near cache serves this run as long as the server cannot.
            if known is None:
                raise
            found = known
        # A server that lost its data has no entry. If a token was revoked, it has a tombstone.
        entry = found if isinstance(found, bytes) else known or _TOMBSTONE
        self._write_near(name, entry)
        return entry

    # --- server

    @contextmanager
    def _server_lock(self, key: str) -> Iterator[None]:
        value = os.urandom(16).hex()
        deadline = time.monotonic() + self._lock_timeout
        while not self._run(lambda client: client.set(key, value, nx=True, px=int(_LEASE_SECONDS * 1000))):
            # A holder that lives renews its lease, so waiting for it ends with it.
            remaining = self._run(lambda client: client.pttl(key))
            if not isinstance(remaining, int) or remaining == -1 or remaining > _LEASE_SECONDS * 1000:
                raise StoreError(f"The token store {self.shown_name} holds a lock that does not expire")
            if time.monotonic() > deadline:
                # Other hosts of this run do not wait as long one after the other.
                self._give_up(f"Timed out waiting for the lock on the token store {self.shown_name}")
            time.sleep(_LOCK_POLL_SECONDS)
        released = threading.Event()
        renewal = threading.Thread(target=self._renew_lease, args=(key, value, released), daemon=True)
        renewal.start()
        try:
            yield
        finally:
            released.set()
            renewal.join(_STEP_SECONDS)
            # A lock that cannot be released expires.
            with suppress(StoreError):
                self._run(lambda client: client.eval(_UNLOCK_SCRIPT, 1, key, value))

    def _renew_lease(self, key: str, value: str, released: threading.Event) -> None:
        other = RedisStore(self._url, near=self._near)
        while not released.wait(_LEASE_RENEWAL_SECONDS):
            with suppress(StoreError):
                other._run(lambda client: client.eval(_RENEW_SCRIPT, 1, key, value, int(_LEASE_SECONDS * 1000)))

    def _run(self, command: Callable[[Any], T]) -> T:
        """Run COMMAND on the server, unless that failed a moment ago. Raises C(StoreError)."""
        self._error = self._error or self._recent_error()
        if self._error is not None:
            raise self._error
        library = _library()
        try:
            self._step.begin()
            return command(self._connected(library))
        except (TypeError, ValueError) as error:
            if self._client is not None and self._step.has_connected:
                problem = f"The token store {self.shown_name} sent a reply that Redis does not send"
            else:
                # Some parts of the URL are read when the first connection is made.
                problem = "is a Redis URL with a host, a database or a parameter that redis-py does not understand"
                raise OptionError("token_store", problem, hint="Use the form redis://HOST:6379/0") from error
        except Exception as error:
            problem = f"{_problem(error, library.exceptions)} the token store {self.shown_name}{_why(error)}"
        return self._give_up(problem)

    def _give_up(self, problem: str) -> NoReturn:
        """Do without the server for a while, in all processes of this run. Raises C(StoreError)."""
        self._error = StoreError(problem)
        with suppress(StoreError):
            self._near.write(_LAST_ERROR, problem.encode("utf-8"), _CIRCUIT_BREAKER_SECONDS)
        raise self._error from None

    def _recent_error(self) -> StoreError | None:
        with suppress(StoreError):
            text = self._near.read(_LAST_ERROR)
            return None if text is None else StoreError(text.decode("utf-8", "replace"))
        return None

    def _connected(self, library: Any) -> Any:
        if self._client is None:
            pool = library.ConnectionPool.from_url(
                self._url,
                socket_timeout=_STEP_SECONDS,
                socket_connect_timeout=_STEP_SECONDS,
                # A token can be requested without Redis, and other processes wait.
                retry=library.retry.Retry(library.backoff.NoBackoff(), 0),
                # The older protocol begins without a negotiation, and has everything that is needed.
                protocol=2,
            )
            # What the URL says takes precedence over arguments, and an encrypted entry is no text.
            pool.connection_kwargs["decode_responses"] = False
            if self._url.startswith("rediss:") and pool.connection_kwargs.get("ssl_cert_reqs") != "none":
                # Before redis-py 6, a certificate of any other host would be good enough.
                pool.connection_kwargs.setdefault("ssl_check_hostname", True)
            pool.connection_class = _limited(pool.connection_class, self._step)
            self._client = library.Redis(connection_pool=pool)
        return self._client


class _Step:
    """The deadline and the number of bytes that one step may still receive."""

    def __init__(self) -> None:
        self.has_connected = False
        self.begin()

    def begin(self) -> None:
        self._deadline = time.monotonic() + _STEP_SECONDS
        self._bytes = _LARGEST_REPLY

    def seconds(self) -> float:
        """Seconds that are left; raises C(TimeoutError) if there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("The step took too long")
        return left

    def count(self, received: int) -> None:
        """Count RECEIVED bytes; raises C(ConnectionError) if they are too many."""
        self._bytes -= received
        if self._bytes < 0:
            raise ConnectionError("The reply is too large")


class _LimitedSocket:
    """A socket whose timeouts and sizes are those of the step, however slowly or much the server sends."""

    def __init__(self, wrapped: socket.socket, step: _Step) -> None:
        self._wrapped = wrapped
        self._step = step
        self._timeout = wrapped.gettimeout()

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds
        self._wrapped.settimeout(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapped, name)

    def recv(self, *args: Any) -> bytes:
        self._limit_timeout()
        received = self._wrapped.recv(*args)
        self._step.count(len(received))
        return received

    def recv_into(self, *args: Any) -> int:
        self._limit_timeout()
        received = self._wrapped.recv_into(*args)
        self._step.count(received)
        return received

    def sendall(self, *args: Any) -> None:
        self._limit_timeout()
        self._wrapped.sendall(*args)

    def _limit_timeout(self) -> None:
        left = self._step.seconds()
        # redis-py looks with a timeout of zero whether there is something to read.
        self._wrapped.settimeout(left if self._timeout is None else min(self._timeout, left))


def _limited(connection_class: Any, step: _Step) -> Any:
    """CONNECTION_CLASS of redis-py, with sockets that obey STEP."""

    class LimitedConnection(connection_class):  # type: ignore[misc]
        def _connect(self) -> Any:
            step.seconds()
            wrapped = _LimitedSocket(super()._connect(), step)
            step.has_connected = True
            return wrapped

    return LimitedConnection


def _library() -> Any:
    """redis-py, which is imported when it is needed: it is heavy, and most runs do without."""
    try:
        import redis
        import redis.backoff
        import redis.exceptions
        import redis.retry
    except ImportError:
        problem = f"is a Redis URL, and the Python library redis is missing from {sys.executable}"
        raise OptionError("token_store", problem, hint="Install it on the control node: pip install redis") from None
    return redis


def _shown_url(url: str) -> str:
    """URL without credentials and parameters. Raises C(OptionError)."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 6379
    except ValueError:
        host, port = None, 0
    if not host:
        raise OptionError("token_store", "is not the URL of a Redis server", hint="Use the form redis://HOST:6379/0")
    shown_host = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, f"{shown_host}:{port}", parts.path, "", ""))


def _problem(error: Exception, known: Any) -> str:
    """What failed. The text of the server is left out, because it can contain anything."""
    if isinstance(error, (known.AuthenticationError, known.AuthorizationError, known.NoPermissionError)):
        return "The username or password was rejected by"
    if isinstance(error, (known.TimeoutError, TimeoutError)):
        return "Timed out waiting for"
    if isinstance(error, (known.ConnectionError, OSError)):
        return "Cannot connect to"
    code = re.match(r"[A-Z]{2,20}(?=\s|$)", str(error))
    return f"A command was rejected ({code.group() if code else type(error).__name__}) by"


def _why(error: Exception) -> str:
    """The reason in the words of the operating system."""
    if not isinstance(error, OSError) and not isinstance(error.__context__, OSError):
        return ""
    reasons = [each.strerror for each in (error, error.__context__) if isinstance(each, OSError) and each.strerror]
    return f": {reasons[0]}" if reasons else ""
