# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Clean up also where the run is interrupted.

From ansible-core 2.19 on, the handler of a worker's signals ends the process at once, so that no C(finally) is reached.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def cleaned_up_by(clean_up: Callable[[], object]) -> Iterator[None]:
    """Call CLEAN_UP at the end of the block, however it ends. A signal then takes effect as it would have before."""
    received: list[int] = []
    is_cleaning_up = False

    def interrupt(number: int, _frame: object) -> None:
        received.append(number)
        # The second signal of an impatient user, or of ansible-core, must not stop what cleans up.
        if len(received) == 1 and not is_cleaning_up:
            raise KeyboardInterrupt

    previous: dict[int, Any] = {}
    # Elsewhere Python does not let signals be handled.
    if threading.current_thread() is threading.main_thread():
        previous = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        yield
    finally:
        is_cleaning_up = True
        try:
            clean_up()
        finally:
            for number, handler in previous.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)
            if received:
                os.kill(os.getpid(), received[0])
