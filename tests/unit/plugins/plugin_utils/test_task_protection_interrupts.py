# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What cleans up is called once, however the block ends, and signals keep their effect."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils._task_protection import cleaned_up_by

SIGNALS = [signal.SIGINT, signal.SIGTERM]


class _Run:
    """events: what happened, in order."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def handle(self, number: int, _frame: object) -> None:
        """As the handler of ansible-core, which does not return to the block."""
        self.events.append(f"handled {number}")
        raise SystemExit

    def clean_up(self) -> None:
        self.events.append("cleaned up")


@pytest.fixture
def run() -> Iterator[_Run]:
    each_run = _Run()
    before = {number: signal.signal(number, each_run.handle) for number in SIGNALS}
    yield each_run
    for number, handler in before.items():
        signal.signal(number, handler)


def _send(number: int) -> None:
    os.kill(os.getpid(), number)


def test_a_block_that_ends(run: _Run) -> None:
    with cleaned_up_by(run.clean_up):
        run.events.append("block")
    assert run.events == ["block", "cleaned up"]
    assert [signal.getsignal(number) for number in SIGNALS] == [run.handle] * 2


def test_a_block_that_fails(run: _Run) -> None:
    with pytest.raises(ValueError, match="failed"), cleaned_up_by(run.clean_up):
        raise ValueError("failed")
    assert run.events == ["cleaned up"]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_takes_effect_after_the_cleaning(run: _Run, number: int) -> None:
    with pytest.raises(SystemExit), cleaned_up_by(run.clean_up):
        _send(number)
        run.events.append("the block went on")
    assert run.events == ["cleaned up", f"handled {number}"]


@pytest.mark.parametrize("second", SIGNALS)
def test_a_second_signal_does_not_stop_the_cleaning(run: _Run, second: int) -> None:
    def clean_up() -> None:
        _send(second)
        run.clean_up()

    with pytest.raises(SystemExit), cleaned_up_by(clean_up):
        _send(signal.SIGINT)
    assert run.events == ["cleaned up", f"handled {signal.SIGINT}"]


def test_a_signal_during_the_cleaning_takes_effect_after_it(run: _Run) -> None:
    def clean_up() -> None:
        _send(signal.SIGTERM)
        run.clean_up()

    with pytest.raises(SystemExit), cleaned_up_by(clean_up):
        run.events.append("block")
    assert run.events == ["block", "cleaned up", f"handled {signal.SIGTERM}"]


def test_a_signal_takes_effect_although_the_cleaning_fails(run: _Run) -> None:
    def clean_up() -> None:
        raise OSError

    with pytest.raises(SystemExit), cleaned_up_by(clean_up):
        _send(signal.SIGINT)
    assert run.events == [f"handled {signal.SIGINT}"]


def test_another_thread_cleans_up_too(run: _Run) -> None:
    def work() -> None:
        with cleaned_up_by(run.clean_up):
            run.events.append("block")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert run.events == ["block", "cleaned up"]
