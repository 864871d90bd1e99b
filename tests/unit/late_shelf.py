# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A shelf for who comes second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import Seal
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenShelf
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import TokenStore


class LateShelf(TokenShelf):
    """meanwhile: what happens while the locks are waited for. waited: how long they may be, each time."""

    def __init__(
        self,
        seal: Seal,
        *,
        tokens: TokenStore | None = None,
        run: TokenStore | None = None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(seal, tokens=tokens, run=run)
        self._meanwhile = meanwhile
        self.waited: list[float] = []

    def locks(self, *, seconds: float) -> Sequence[AbstractContextManager[None]]:
        self.waited.append(seconds)
        self._meanwhile()
        return super().locks(seconds=seconds)
