# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin for the token of an application: that of a user's token, with another grant."""

from __future__ import annotations

from ansible_collections.apiops.wso2.plugins.action.wso2_password_token import ActionModule as _TokenAction
from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import CLIENT_CREDENTIALS_GRANT


class ActionModule(_TokenAction):
    """The same states and results, with the client credentials grant."""

    GRANT = CLIENT_CREDENTIALS_GRANT
    OPTIONS = MODULE_OPTIONS[GRANT]
