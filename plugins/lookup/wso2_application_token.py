# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup for the token of an application: that of a user's token, with another grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible.plugins.loader import lookup_loader

if TYPE_CHECKING:
    from ansible_collections.apiops.wso2.plugins.lookup.wso2_password_token import LookupModule as _TokenLookup
else:
    # ansible-core keeps the byte code of a plugin that it loads itself. Imported from the collection, the file would be
    # compiled again in each worker.
    _TokenLookup = lookup_loader.get("apiops.wso2.wso2_password_token", class_only=True)


class LookupModule(_TokenLookup):
    """The same terms and values, requested with the client credentials grant."""

    NAME = "wso2_application_token"
    GRANT = "client_credentials"

    failed_at = 0.0
