# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator answers each recorded request as the real server did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from recorded_servers import RECORDED_SERVERS, RecordedServer
from simulator_process import RunningSimulator
from transcript_replay import Replay, load_transcripts

NAMES = [(server, item.name) for server in RECORDED_SERVERS for item in load_transcripts(server)]


@pytest.fixture(scope="module")
def differences(simulator_process: RunningSimulator) -> dict[tuple[str, str], list[str]]:
    """Replay every recording in its order, because later requests depend on earlier ones."""
    return {
        (server.name, name): found
        for server in RECORDED_SERVERS.values()
        for name, found in _replayed(simulator_process, server)
    }


def _replayed(simulator: RunningSimulator, server: RecordedServer) -> Iterator[tuple[str, list[str]]]:
    server.prepare(simulator)
    replay = Replay(simulator.facts["base_url"], simulator.facts["http_url"], simulator.facts["ca_path"])
    for transcript in load_transcripts(server.name):
        number = transcript.number
        if number not in server.exact:
            simulator.advance(1)
        if number in server.events:
            server.events[number](simulator)
        if number in server.issued_before:
            replay.exchange(transcript.request)
        yield (
            transcript.name,
            replay.differences(
                transcript,
                full_lifetimes=server.full_lifetimes(),
                exact=number in server.exact,
                url=replay.http_url if number in server.plain else replay.https_url,
                tls=number not in server.plain | server.plain_on_tls_port,
            ),
        )


@pytest.mark.parametrize(("server", "name"), NAMES)
def test_the_response_is_the_recorded_one(
    differences: dict[tuple[str, str], list[str]], server: str, name: str
) -> None:
    assert not differences[server, name], "\n".join(differences[server, name])


@pytest.mark.parametrize("server", RECORDED_SERVERS)
def test_each_recorded_number_is_replayed_or_left_out_with_a_reason(server: str) -> None:
    replayed = {item.number for item in load_transcripts(server)}
    # test_transcripts_registration.py replays these.
    registration = {item.number for item in load_transcripts(f"registration_{server}")}
    left_out = _numbers(RECORDED_SERVERS[server].left_out)
    assert not (replayed | registration) & left_out
    assert replayed | registration | left_out == _numbers(RECORDED_SERVERS[server].recorded)


def _numbers(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}
