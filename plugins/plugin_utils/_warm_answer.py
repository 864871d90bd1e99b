# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""What a lookup has worked out in this run, for the next worker that is asked the same.

A worker lives for one task of one host, and would have to load from source all that checks a request and judges a
token. The same options have the same answer, so this way there needs little of that. It is a shortcut and no store:
an answer counts only while the entry it was made of is unchanged in its store, and the token in it is fresh.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ansible_collections.apiops.wso2.plugins.plugin_utils._entry_file import (
    Stamp,
    read_entry,
    run_directory,
    stamp_of,
)
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import Seal

# What this process has unsealed already, by the name of its entry: a template may mention a token many times.
_opened: dict[str, bytes] = {}


def recall(options: Mapping[str, object], *, now: float) -> dict[str, Any] | None:
    """The values that were worked out for OPTIONS, or None where they have to be worked out (again)."""
    seal = _seal_of(options)
    content = None if seal is None else _content(seal)
    if content is None:
        return None
    answer = json.loads(content)
    if not answer["since"] <= now < answer["until"] or stamp_of(answer["stamp"][0]) != answer["stamp"]:
        return None
    values: dict[str, Any] = answer["values"]
    values["expires_in"] = None if answer["ends_at"] is None else max(0, answer["ends_at"] - int(now))
    return values


def remember(
    options: Mapping[str, object],
    values: Mapping[str, Any],
    *,
    stamp: Stamp | None,
    ends_at: int | None,
    since: float,
    until: float,
) -> None:
    """Keep VALUES as the answer to OPTIONS, from SINCE to UNTIL (epoch seconds), while STAMP holds.

    ends_at: epoch seconds at which the token ends, from which C(expires_in) is told.
    """
    seal = _seal_of(options)
    if seal is None or stamp is None:
        return
    answer = {"values": values, "stamp": stamp, "ends_at": ends_at, "since": since, "until": until}
    content = _opened[seal.name] = json.dumps(answer).encode("ascii")
    # Here, for who remembers is not who is to be quick.
    from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError

    # Who depends on that directory tells of its trouble.
    with suppress(StoreError):
        DirectoryStore(run_directory()).write(seal.name, seal.close(content), seconds=int(until - since))


def _seal_of(options: Mapping[str, object]) -> Seal | None:
    """The seal of the answer to OPTIONS, as collected; None where there is to be no shortcut.

    Without a consumer secret, the password alone would protect the answer; see C(_encryption). What a certificate file
    holds is not in the options.
    """
    if "consumer_secret" not in options or "client_cert" in options or options.get("force"):
        return None
    return Seal(b"answer to " + json.dumps(options, sort_keys=True, default=str).encode("ascii"))


def _content(seal: Seal) -> bytes | None:
    content = _opened.get(seal.name)
    if content is None:
        try:
            entry = read_entry(os.path.join(run_directory(), seal.name))
        except OSError:
            return None
        content = None if entry is None else seal.open(entry[0])
        if content is not None:
            _opened[seal.name] = content
    return content
