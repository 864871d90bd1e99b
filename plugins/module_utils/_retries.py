# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""When a request is sent again: urllib3's retries, bound by one deadline and by what an answer may hold."""

from __future__ import annotations

import random
import sys
import time
from typing import Any

try:
    from urllib3.exceptions import HTTPError, InvalidHeader, MaxRetryError
    from urllib3.util.retry import Retry
except ImportError:  # _transport says so before anything here is used
    Retry = object  # type: ignore[assignment,misc]

# No other 4xx: a rejected password that is sent again counts towards the lock of the account.
TRANSIENT_STATUSES = (408, 429, 500, 502, 503, 504)

# Seconds without which another attempt would but lose the answer that is there.
_ROOM_FOR_AN_ANSWER = 0.25
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0

# The gateway's code for an endpoint that it has suspended, and the seconds for which it does so.
_SUSPENDED = "303001"
_SUSPENSION = 30.0
# No fault is longer; urllib3 would read on to the end, which may never come.
_LONGEST_FAULT = 64 * 1024


class _Course:
    """What all attempts at one request have in common."""

    attempts = 1
    body: bytes | None = None


class BoundedRetry(Retry):
    """Retries connection errors and C(TRANSIENT_STATUSES), and gives up rather than sleep past the deadline."""

    # urllib3 would also retry a 413 that carries Retry-After.
    RETRY_AFTER_STATUS_CODES = frozenset()  # type: ignore[assignment]

    # urllib3 makes a new object for each attempt, to which these are handed on.
    _deadline = float("inf")
    _course: _Course
    _pause = 0.0

    @classmethod
    def until(cls, deadline: float, *, retries: int) -> BoundedRetry:
        """DEADLINE: on the monotonic clock. RETRIES: attempts after the first."""
        retry = cls(
            total=retries,
            connect=retries,
            status=retries,
            # An exchange that broke off may have been served, and what is wrong with TLS does not pass by itself.
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
        retry._course = _Course()
        return retry

    @property
    def attempts(self) -> int:
        """Requests sent, or tried to be sent, so far."""
        return self._course.attempts

    @property
    def body(self) -> bytes | None:
        """The beginning of the body of the last answer, if it was read to find out whether to try again."""
        return self._course.body

    def new(self, **changes: Any) -> BoundedRetry:
        retry = super().new(**changes)
        retry._deadline = self._deadline
        retry._course = self._course
        return retry

    def increment(self, *args: Any, **kwargs: Any) -> BoundedRetry:
        retry = super().increment(*args, **kwargs)
        response = kwargs.get("response")
        retry._pause = retry._own_pause() if response is None else retry._pause_after(response)
        if time.monotonic() + retry._pause + _ROOM_FOR_AN_ANSWER >= self._deadline:
            raise MaxRetryError(kwargs.get("_pool"), "", kwargs.get("error"))  # type: ignore[arg-type]
        if response is not None:
            response.close()
        self._course.body = None
        self._course.attempts += 1
        return retry

    def _pause_after(self, response: Any) -> float:
        """What the server asks for, or our own pause; and not less than a suspension takes."""
        # Here, because most requests are not sent twice.
        from ansible_collections.apiops.wso2.plugins.module_utils._response_body import read_fault

        self._course.body = _beginning(response)
        pause = self.get_retry_after(response) or self._own_pause()
        return max(pause, _SUSPENSION) if read_fault(self._course.body).error == _SUSPENDED else pause

    def get_backoff_time(self) -> float:
        return self._pause

    def _own_pause(self) -> float:
        """Doubling pauses, half of each random, so that many nodes do not come back at the same moment."""
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** max(0, len(self.history) - 1))
        return float(pause * random.uniform(0.5, 1.0))  # noqa: S311 - no secret comes of it

    def get_retry_after(self, response: Any) -> int | None:
        return self.seconds_asked(response.headers.get("Retry-After"))

    def seconds_asked(self, retry_after: str | None) -> int | None:
        """Whole seconds from a C(Retry-After) header, which holds seconds or a date; None when it says neither."""
        if retry_after is None:
            return None
        try:
            return min(round(self.parse_retry_after(retry_after)), sys.maxsize)
        except (InvalidHeader, ValueError, TypeError, OverflowError):
            return None


def _beginning(response: Any) -> bytes:
    try:
        return response.read(_LONGEST_FAULT) or b""
    except (HTTPError, OSError):
        return b""
