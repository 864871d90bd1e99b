# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Client registration as the managed node reaches it: the module runs there and sends the requests."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import CONSUMER_KEYS_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import ConsumerKeys
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import ConsumerKeysRequest
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import display_text
from ansible_collections.apiops.wso2.plugins.plugin_utils._managed_node_endpoint import ManagedNode

_LONGEST_WARNING = 500


class ManagedNodeRegistration(ManagedNode):
    """The endpoint for the keys of one client."""

    def ensure_keys(self, request: ConsumerKeysRequest, *, check_mode: bool) -> ConsumerKeys:
        return self._keys(request, "present", check_mode=check_mode)

    def remove_keys(self, request: ConsumerKeysRequest, *, check_mode: bool) -> ConsumerKeys:
        return self._keys(request, "absent", check_mode=check_mode)

    def _keys(self, request: ConsumerKeysRequest, state: str, *, check_mode: bool) -> ConsumerKeys:
        """The keys that the module returns. ansible-core passes check mode on."""
        arguments = {name: value for name, value in self._options.items() if name in CONSUMER_KEYS_OPTIONS}
        secrets = request.secrets()
        reply = self._reply({**arguments, "state": state}, "keys", secrets)
        try:
            keys = ConsumerKeys.from_entry(reply["keys"])
        except (TypeError, ValueError, AttributeError):
            raise TokenError("The managed node returned no valid consumer keys") from None
        if state == "present" and not check_mode and keys.consumer_key is None:
            raise TokenError("The managed node returned no valid consumer keys")
        known = [*secrets, *([keys.consumer_secret] if keys.consumer_secret else [])]
        warnings = (display_text(warning, known, limit=_LONGEST_WARNING) for warning in keys.warnings)
        return replace(keys, warnings=tuple(warnings))
