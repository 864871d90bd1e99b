# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Register secrets with ansible-core, which from 2.22 on masks them in everything that it shows, later tasks too."""

from __future__ import annotations

import base64
from urllib.parse import quote_plus

try:
    from ansible.module_utils.secrets import register_secrets as _register

    HAS_SECRETS_API = True
except ImportError:
    HAS_SECRETS_API = False

# Masking "a" in every word would show which secret it is, and leave no sentence readable.
_SHORTEST = 4


def register_secrets(*values: object) -> None:
    """Have VALUES masked in every output from now on, also as forms and Basic headers carry them."""
    if HAS_SECRETS_API:
        _register([form for value in values for form in _forms(value)])


def _forms(value: object) -> list[str]:
    text = "" if value is None else str(value)
    if len(text.strip()) < _SHORTEST:
        return []
    # An environment variable may not be valid UTF-8; such a value is rejected later.
    raw = text.encode("utf-8", "backslashreplace")
    return [text, quote_plus(raw), base64.b64encode(raw).decode("ascii")]
