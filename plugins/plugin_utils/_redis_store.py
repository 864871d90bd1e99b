# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The store in a Redis, by which the control nodes that know its URL see the same tokens."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import StoreError

_PREFIX = "apiops.wso2:"
# For each step: a Redis is near, and whoever waits for it holds up a play.
_PATIENCE_SECONDS = 3.0
_LOCK_POLL_SECONDS = 0.1


class RedisStore:
    """A key for each entry and for each lock; both vanish by themselves when they are of no use any more.

    url: C(redis://) or C(rediss://), as redis-py reads it. Raises C(OptionError) if it names no host.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or 6379
        except ValueError:
            host, port = None, 0
        if not host:
            raise OptionError("token_store", "is not the URL of a Redis", hint="Write it as redis://HOST:6379/0")
        shown_host = f"[{host}]" if ":" in host else host
        self.shown_url = urlunsplit((parts.scheme, f"{shown_host}:{port}", parts.path, "", ""))

    def read(self, name: str, *, since: float | None = None) -> bytes | None:
        with self._told():
            sealed: bytes | None = self._redis().get(_PREFIX + name)
            return sealed

    def write(self, name: str, sealed: bytes, *, seconds: int) -> None:
        with self._told():
            self._redis().set(_PREFIX + name, sealed, ex=seconds)

    def locks(self, name: str, *, seconds: float) -> Sequence[AbstractContextManager[None]]:
        return [self._locked(name, seconds)]

    @contextmanager
    def _locked(self, name: str, seconds: float) -> Iterator[None]:
        with self._told():
            # Ends by itself where its holder died, before those give up who began to wait later.
            lock = self._redis().lock(f"{_PREFIX}{name}.lock", timeout=seconds, sleep=_LOCK_POLL_SECONDS)
            if not lock.acquire(blocking_timeout=seconds):
                raise StoreError(f"the token store {self.shown_url} was locked by another process for too long")
        try:
            yield
        finally:
            # A lock that is lost, or whose Redis is, hinders nobody.
            with suppress(*self._errors()):
                lock.release()

    def _redis(self) -> Any:
        if self._connection is None:
            redis = _library()
            self._connection = redis.Redis.from_url(
                self._url,
                socket_timeout=_PATIENCE_SECONDS,
                socket_connect_timeout=_PATIENCE_SECONDS,
                # Once is enough: a token can be had without it, and others wait.
                retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0),
            )
            # What the URL says goes before what is given beside it, and no sealed entry is a text.
            self._connection.connection_pool.connection_kwargs["decode_responses"] = False
        return self._connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell of any trouble by its kind. The texts of redis-py may hold what the URL does."""
        try:
            yield
        except self._errors() as error:
            raise StoreError(f"the token store {self.shown_url} {_problem(error)}") from None
        except (TypeError, ValueError):
            # Some of the URL is looked at when the first connection is made.
            problem = "is a Redis URL with a host, a database or a query that redis-py does not understand"
            raise OptionError("token_store", problem, hint="Write it as redis://HOST:6379/0") from None

    def _errors(self) -> tuple[type[Exception], ...]:
        return (_library().exceptions.RedisError, OSError)


def _library() -> Any:
    """redis-py, which is imported when it is needed: it is heavy, and most runs do without."""
    try:
        import redis
        import redis.backoff
        import redis.exceptions
        import redis.retry
    except ImportError:
        problem = f"names a Redis, and the Python library redis is missing from {sys.executable}"
        raise OptionError("token_store", problem, hint="Install it on the control node: pip install redis") from None
    return redis


def _problem(error: Exception) -> str:
    known = _library().exceptions
    if isinstance(error, (known.AuthenticationError, known.AuthorizationError, known.NoPermissionError)):
        return "turns down the user or the password in its URL"
    if isinstance(error, (known.TimeoutError, TimeoutError)):
        return "did not answer in time"
    if isinstance(error, (known.ConnectionError, OSError)):
        # The system's own words, which hold nothing of the URL.
        reason = next((each.strerror for each in (error, error.__context__) if isinstance(each, OSError)), None)
        return f"cannot be reached ({reason or type(error).__name__})"
    # The first word is Redis' own code, such as MISCONF, unless redis-py has made a class of it.
    code = str(error).partition(" ")[0]
    return f"refused a command ({code if code.isupper() else type(error).__name__})"
