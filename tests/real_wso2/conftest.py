# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of this directory use: the collection as users install it, and the simulator."""

from __future__ import annotations

import ansible_fixtures

ansible = ansible_fixtures.ansible
collections = ansible_fixtures.collections
running_simulator = ansible_fixtures.running_simulator
wso2 = ansible_fixtures.wso2
