# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The action group that all modules of the collection belong to."""

    ACTIONGROUP_WSO2 = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/apiops.wso2.wso2) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - apiops.wso2.wso2
"""
