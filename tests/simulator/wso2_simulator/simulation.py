# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one simulated server, and its reset."""

from __future__ import annotations

from dataclasses import dataclass, field

from .clock import Clock
from .directory import Directory
from .fault_queue import FaultQueue
from .journal import Journal
from .portal_state import PortalState
from .registered_clients import RegisteredClients
from .seeds import seeded_directory
from .settings import Settings
from .token_values import TokenValues
from .tokens import Tokens


@dataclass
class Simulation:
    """State shared by all listeners; ``initial`` are the settings of the command line."""

    initial: Settings = field(default_factory=Settings)
    clock: Clock = field(default_factory=Clock)
    values: TokenValues = field(default_factory=TokenValues)
    journal: Journal = field(default_factory=Journal)
    faults: FaultQueue = field(default_factory=FaultQueue)
    settings: Settings = field(init=False)
    directory: Directory = field(init=False)
    tokens: Tokens = field(init=False)
    registered_clients: RegisteredClients = field(default_factory=RegisteredClients)
    portal: PortalState = field(default_factory=PortalState)
    #: What was PUT to the protected API, by hostname.
    hosts: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.clock, self.values)
        self.reset()

    def reset(self) -> None:
        """Go back to the seeds and to the settings of the command line; clear everything else."""
        self.settings = self.initial
        self.directory = seeded_directory()
        self.clock.reset()
        self.tokens.clear()
        self.journal.clear()
        self.faults.clear()
        self.registered_clients.clear()
        self.portal.clear()
        self.hosts.clear()
