# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's own clock, which tests can move forward instead of waiting."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Epoch seconds from a source, plus whatever the control API advanced it by."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0.0
        self._stopped_at: float | None = None

    def now(self) -> float:
        """Return the simulated time in epoch seconds."""
        source = self._source() if self._stopped_at is None else self._stopped_at
        return source + self._offset

    def advance(self, seconds: float) -> None:
        """Move the simulated time by the given number of seconds (negative: back)."""
        self._offset += seconds

    def stop(self) -> None:
        """Let time pass by ``advance`` only."""
        self._stopped_at = self._source()

    def reset(self) -> None:
        """Show the source's own time again."""
        self._offset = 0.0
        self._stopped_at = None
