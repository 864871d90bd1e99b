# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""When a request is sent again: urllib3's retries, limited by one deadline and by what the response says."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from typing import Any

try:
    from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError
    from urllib3.util.retry import Retry
except ImportError:  # _transport says so before anything here is used
    Retry = object  # type: ignore[assignment,misc]

# No other 4xx: a rejected password that is sent again counts towards the lock of the account.
TRANSIENT_STATUSES = (408, 429, 500, 502, 503, 504)

# With less time left than these seconds, another attempt would only lose the response that is there.
_SECONDS_FOR_RESPONSE = 0.25
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0

# The gateway's code for an endpoint that it has suspended, and the seconds for which it does so.
_SUSPENDED = "303001"
_SUSPENSION = 30.0
# No error body is longer. urllib3 would read to the end, which may never come.
_LONGEST_ERROR = 64 * 1024


class _RetryState:
    """What all attempts of one request share.

    attempts: requests sent, or tried to be sent, so far.
    body: the beginning of the body of the last response, if it was read to decide about another attempt.
    """

    attempts = 1
    body: bytes | None = None


class BoundedRetry(Retry):
    """Retries connection errors and C(TRANSIENT_STATUSES), and gives up rather than sleep past the deadline."""

    # urllib3 would also retry a 413 that carries Retry-After.
    RETRY_AFTER_STATUS_CODES = frozenset()  # type: ignore[assignment]

    # urllib3 creates a new object for each attempt, which gets these.
    _deadline = float("inf")
    _is_final: Callable[[int, bytes], bool]
    state: _RetryState
    _pause = 0.0

    @classmethod
    def until(cls, deadline: float, *, retries: int, is_final: Callable[[int, bytes], bool]) -> BoundedRetry:
        """DEADLINE: on the monotonic clock. RETRIES: attempts after the first. For C(is_final) see C(send_request)."""
        retry = cls(
            total=retries,
            connect=retries,
            status=retries,
            # A request whose response broke off may have been served, and a TLS failure does not pass by itself.
            read=0,
            other=0,
            redirect=0,
            allowed_methods=None,
            status_forcelist=TRANSIENT_STATUSES,
            raise_on_status=False,
            respect_retry_after_header=True,
        )
        # The deadline is the limit, not the six hours that newer releases of urllib3 cut off at.
        retry.retry_after_max = sys.maxsize
        retry._deadline = deadline
        retry._is_final = is_final
        retry.state = _RetryState()
        return retry

    def new(self, **changes: Any) -> BoundedRetry:
        retry = super().new(**changes)
        retry._deadline = self._deadline
        retry._is_final = self._is_final
        retry.state = self.state
        return retry

    def increment(self, *args: Any, **kwargs: Any) -> BoundedRetry:
        retry = super().increment(*args, **kwargs)
        response = kwargs.get("response")
        if response is not None:
            self.state.body = _beginning(response)
            if self._is_final(response.status, self.state.body):
                raise MaxRetryError(kwargs.get("_pool"), "", kwargs.get("error"))  # type: ignore[arg-type]
        retry._pause = retry._own_pause() if response is None else retry._pause_after(response)
        if time.monotonic() + retry._pause + _SECONDS_FOR_RESPONSE >= self._deadline:
            raise MaxRetryError(kwargs.get("_pool"), "", kwargs.get("error"))  # type: ignore[arg-type]
        if response is not None:
            response.close()
        self.state.body = None
        self.state.attempts += 1
        return retry

    def _pause_after(self, response: Any) -> float:
        """The pause in seconds: that of the server or our own, and at least as long as a suspension lasts."""
        # Imported lazily: most requests are not sent twice.
        from ansible_collections.apiops.wso2.plugins.module_utils._response_body import parse_body

        pause = self.get_retry_after(response) or self._own_pause()
        return max(pause, _SUSPENSION) if parse_body(self.state.body or b"").error == _SUSPENDED else pause

    def get_backoff_time(self) -> float:
        return self._pause

    def _own_pause(self) -> float:
        """Doubling pauses, half of each random, so that many machines do not send requests at the same moment."""
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** max(0, len(self.history) - 1))
        return float(pause * random.uniform(0.5, 1.0))  # noqa: S311 - not for a secret

    def parse_retry_after(self, retry_after: str) -> int | None:  # type: ignore[override]
        """Whole seconds from a C(Retry-After) header, which holds seconds or a date; None when it says neither."""
        try:
            return min(round(super().parse_retry_after(retry_after)), sys.maxsize)
        except (InvalidHeader, ValueError, TypeError, OverflowError):
            return None


def _beginning(response: Any) -> bytes:
    try:
        return response.read(_LONGEST_ERROR) or b""
    except (HTTPError, OSError):
        return b""
