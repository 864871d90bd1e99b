# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one token costs over many hosts: requests, wall time, and time per lookup beside the C(env) lookup's.

Both lookups are measured in turns within one run, because times of different runs say little about each other.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from installed_collection import install
from playbook import Ansible
from wso2 import Wso2, running_wso2

HOSTS = (1, 50, 200)
FORKS = 50
MENTIONS = 5
TURNS = 3

OURS = "lookup('apiops.wso2.wso2_password_token')"
FLOOR = "lookup('ansible.builtin.env', 'HOME')"


def main() -> int:
    """Print a line for each number of hosts; the exit code is 1 if any run needed more than one request."""
    good = True
    print(f"{MENTIONS} mentions a host, {FORKS} forks, medians of {TURNS} turns")
    print(f"{'hosts':>6} {'requests':>9} {'env':>9} {'ours':>9} {'ratio':>6} {'per lookup':>11}")
    with tempfile.TemporaryDirectory(prefix="wso2-bench-") as name:
        directory = Path(name)
        ansible = Ansible(install(directory), directory)
        with running_wso2(directory) as wso2:
            for hosts in HOSTS:
                good = _measure(ansible, wso2, hosts) and good
    return 0 if good else 1


def _measure(ansible: Ansible, wso2: Wso2, hosts: int) -> bool:
    floor: list[float] = []
    ours: list[float] = []
    requests: list[int] = []
    for _turn in range(TURNS):
        floor.append(_seconds(ansible, wso2, FLOOR, hosts))
        wso2.reset()
        ours.append(_seconds(ansible, wso2, OURS, hosts))
        requests.append(len(wso2.token_requests()))
    least, mine = statistics.median(floor), statistics.median(ours)
    each = (mine - least) / (hosts * MENTIONS)
    print(
        f"{hosts:>6} {max(requests):>9} {least:>7.2f} s {mine:>7.2f} s {mine / least:>6.2f} {each * 1000:>8.2f} ms",
        flush=True,
    )
    return max(requests) == 1


def _seconds(ansible: Ansible, wso2: Wso2, lookup: str, hosts: int) -> float:
    """Wall time of a play in which each host mentions LOOKUP, in a task that does nothing else."""
    variables: dict[str, Any] = {
        "wso2_token_url": wso2.token_url,
        "wso2_ca_path": wso2.ca_path,
        "wso2_consumer_key": "demo_key",
        "wso2_consumer_secret": "demo_secret",
        "wso2_username": "alice",
        "wso2_password": "alice-pass",
    }
    task = {"ansible.builtin.assert": {"that": [f"{lookup} | length > 0"] * MENTIONS, "quiet": True}}
    names = [f"host{number}" for number in range(hosts)]
    started = time.monotonic()
    run = ansible.play([task], variables=variables, hosts=names, verbosity=0, arguments=["--forks", str(FORKS)])
    assert run.returncode == 0, run.stdout + run.stderr
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
