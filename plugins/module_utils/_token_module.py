# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The module on a managed node: it sends one request with the grant of its plugin."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.apiops.wso2.plugins.module_utils._argspec import MODULE_OPTIONS, Options, secret_options
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError, TokenError, unexpected
from ansible_collections.apiops.wso2.plugins.module_utils._secrets_api import register_secrets
from ansible_collections.apiops.wso2.plugins.module_utils._token_endpoint import (
    refresh_token,
    request_token,
    revoke_token,
)
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TokenRequest


def send_request(options: dict[str, Any], *, grant: str) -> dict[str, Any]:
    """Send the one request that OPTIONS call for, and return what the action plugin needs of the response."""
    request = TokenRequest.from_options(options, grant=grant, environ=os.environ)
    register_secrets(*request.secrets())
    given = options.get("refresh_token")
    if options["state"] == "absent":
        if not given:
            raise OptionError("refresh_token", "is missing. The managed node has no token that it could revoke")
        return {"revoked": revoke_token(request, given)}
    token = refresh_token(request, given) if given else request_token(request)
    register_secrets(*token.secrets())
    return {"token": token.to_members(), "dropped": token.dropped}


def run_module(grant: str) -> None:
    """Read the arguments, send the request, and return everything as one JSON text.

    One text, because ansible-core acts on some keys of a result, and the server chooses the keys of its response.
    """
    execute(MODULE_OPTIONS[grant], lambda options, _check_mode: send_request(options, grant=grant))


def execute(specification: Options, send: Callable[[dict[str, Any], bool], dict[str, Any]]) -> None:
    """Run a module with SPECIFICATION. SEND gets its options and whether this is check mode, and returns the reply."""
    module = AnsibleModule(argument_spec=dict(specification), supports_check_mode=True)
    secrets = [module.params[name] for name in secret_options(specification)]
    register_secrets(*secrets)
    failed: TokenError | None = None
    reply: dict[str, Any] = {}
    try:
        reply = send(module.params, module.check_mode)
    except TokenError as error:
        failed = error.redacted(secrets)
    except Exception as error:
        failed = unexpected(error)

    # With a password such as "a" or "36", AnsibleModule would cut these letters out of all that is returned.
    # The action plugin hides the result as a whole, and no text of a failure contains a secret.
    module.no_log_values = set()
    nothing: dict[str, Any] = {"module_args": {}}
    if failed is not None:
        module.fail_json(msg=failed.message, reply=json.dumps({"error": failed.to_entry()}), invocation=nothing)
    module.exit_json(changed=False, reply=json.dumps(reply), invocation=nothing)
