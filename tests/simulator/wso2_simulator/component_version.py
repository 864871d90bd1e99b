# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of WSO2's OAuth component, on which every difference between servers depends.

Patched servers carry back-ports, so these boundaries are where WSO2 changed its source, not a promise about a product.
"""

from __future__ import annotations

import re

Version = tuple[int, int, int]

#: The only one that responses an expired refresh token with an internal error.
V5_1_0: Version = (5, 1, 0)
#: The last component of the API Manager 2.1 generation.
V5_3_4: Version = (5, 3, 4)
#: API Manager 2.2, Identity Server 5.5.
V5_6: Version = (5, 6, 0)
#: API Manager 2.5.
V6_0: Version = (6, 0, 0)
#: API Manager 3.0.
V6_2: Version = (6, 2, 0)
#: API Manager 3.1 and 3.2, Identity Server 5.10.
V6_4_2: Version = (6, 4, 2)
#: API Manager 4.0, Identity Server 5.11.
V6_4_111: Version = (6, 4, 111)
#: API Manager 4.1.
V6_4_176: Version = (6, 4, 176)
#: The first one of the family of Identity Server 6.1, whose responses were recorded (see ../transcripts).
V6_9: Version = (6, 9, 0)
#: The first one with WWW-Authenticate for an unknown client (spring of 2023).
V6_11: Version = (6, 11, 0)
#: API Manager 4.3.
V6_13: Version = (6, 13, 0)
#: Identity Server 7.0.
V7_0: Version = (7, 0, 0)
#: Identity Server 7.1.
V7_0_259: Version = (7, 0, 259)


def is_recorded(version: Version) -> bool:
    """Return whether the version belongs to the family whose responses were recorded."""
    return V6_9 <= version < V7_0


def parse_version(text: str) -> Version:
    """Turn ``6.4.111`` into ``(6, 4, 111)``; ValueError for anything that is not three numbers."""
    if not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", text):
        raise ValueError(f"'{text}' is not a component version; write three numbers like 7.0.26")
    major, minor, patch = text.split(".")
    return int(major), int(minor), int(patch)
