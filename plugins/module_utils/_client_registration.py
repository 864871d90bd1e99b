# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Registration of a client: in the format of API Manager, and by RFC 7591 as Identity Server answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import (
    CREATED,
    FOUND,
    REGISTERED,
    ConsumerKeys,
    expiry_of,
    grants_in,
    is_secret,
    line_or_none,
)
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import (
    NEEDS_CALLBACK,
    ConsumerKeysRequest,
)
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._management_api import Call, ManagementApi
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import display_text
from ansible_collections.apiops.wso2.plugins.module_utils._response_body import json_object
from ansible_collections.apiops.wso2.plugins.module_utils._token import is_token_text

_EXISTS = "already exist"
_NOT_REGISTERED = (
    "In check mode no client is registered, because the client registration of API Manager cannot be read. The keys "
    "are null"
)


# --- API Manager


def register_client(request: ConsumerKeysRequest, *, check_mode: bool = False) -> ConsumerKeys:
    """Register a client with API Manager, which returns the one that exists already. Raises C(TokenError)."""
    if check_mode:
        return ConsumerKeys(warnings=(_NOT_REGISTERED,))
    api = ManagementApi(request)
    content = {
        "clientName": request.name,
        "owner": request.username,
        "grantType": " ".join(request.grant_types),
        "saasApp": request.shared_with_tenants,
        **({"callbackUrl": request.callback_url} if request.callback_url else {}),
    }
    call = api.expect(api.call("POST", content=content), 200, 201)
    members = call.members
    key, secret = _key_and_secret(api, call, members.get("clientId"), members.get("clientSecret"))
    grants = _registered_grants(members)
    _check_registration(request, api, call, grants)
    return ConsumerKeys(
        consumer_key=key,
        consumer_secret=secret,
        grant_types=grants,
        callback_url=line_or_none(members.get("callBackURL")),
        origin=REGISTERED,
    )


def _registered_grants(members: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The grants of the client; None if the server does not say. Old versions send text that is no JSON."""
    described = members.get("jsonString")
    facts = json_object(described.encode("utf-8", "replace")) if isinstance(described, str) else None
    return grants_in(facts.get("grant_types")) if facts is not None else None


def _check_registration(
    request: ConsumerKeysRequest, api: ManagementApi, call: Call, grants: tuple[str, ...] | None
) -> None:
    """Raise C(TokenError) if a client that existed before is not as requested: the server changes nothing of it."""
    hint = "Use another name, or change the service provider in the management console"
    missing = request.missing_grants(grants) if grants is not None else []
    if missing:
        cause = f"The client {_shown(request.name, api)} was registered before without the grant {', '.join(missing)}"
        raise api.problem(cause, hint=f"{hint}, because a registration does not add grants", call=call)
    is_shared = call.members.get("isSaasApplication")
    if isinstance(is_shared, bool) and is_shared != request.shared_with_tenants:
        state = "shared with tenants" if is_shared else "not shared with tenants"
        cause = f"The client {_shown(request.name, api)} was registered before and is {state}"
        fix = f"Set shared_with_tenants: {str(is_shared).lower()}, or use another name"
        raise api.problem(cause, hint=fix, call=call)
    if request.callback_url and call.members.get("callBackURL") not in (None, request.callback_url):
        cause = f"The client {_shown(request.name, api)} was registered before with another callback URL"
        raise api.problem(cause, hint=f"{hint}, because a registration does not change it", call=call)


# --- RFC 7591


def register_dynamically(request: ConsumerKeysRequest, *, check_mode: bool = False) -> ConsumerKeys:
    """Create the client, or find it by its name and add grants that it lacks. Raises C(TokenError).

    The client is created first: the response to that differs from that to a rejected login. That to a search cannot
    on every server.
    """
    api = ManagementApi(request)
    if check_mode:
        return _found_in_check_mode(request, api)
    content: dict[str, Any] = {"client_name": request.name, "grant_types": list(request.grant_types)}
    if request.callback_url:
        content["redirect_uris"] = [request.callback_url]
    if not {*NEEDS_CALLBACK} & {*request.grant_types}:
        # The default is the response type code, with which many servers require a callback URL.
        content["response_types"] = []
    call = api.call("POST", content=content)
    if call.status in (200, 201):
        keys = _dynamic_keys(api, call, origin=CREATED)
        missing = request.missing_grants(keys.grant_types) if keys.grant_types is not None else []
        if missing:
            raise _not_allowed(request, api, call, missing)
        return replace(keys, is_changed=True).with_expiry_warning()
    if not _says_exists(call):
        raise api.failure_of(call)
    return _with_missing(request, api, _found_by_name(request, api, call), check_mode=False)


def remove_dynamically(request: ConsumerKeysRequest, *, check_mode: bool = False) -> ConsumerKeys:
    """Delete the client with the name of REQUEST, if there is one. Raises C(TokenError)."""
    api = ManagementApi(request)
    call = _search(request, api)
    if _is_absent(call):
        return ConsumerKeys()
    api.expect(call, 200)
    client_id = _client_id(api, call)
    if not check_mode:
        deleted = api.call("DELETE", _client_path(client_id))
        if _is_absent(deleted):
            return ConsumerKeys()
        api.expect(deleted, 200, 202, 204)
    return ConsumerKeys(is_changed=True)


def _says_exists(call: Call) -> bool:
    return call.status in (400, 409) and _EXISTS in str(call.members.get("error_description"))


def _search(request: ConsumerKeysRequest, api: ManagementApi) -> Call:
    return api.call("GET", query={"client_name": request.name})


def _is_absent(call: Call) -> bool:
    """Is there no such client? Identity Server says so with 401, but without the challenge of a rejected login."""
    return call.status == 401 and not call.has_challenge


def _found_by_name(request: ConsumerKeysRequest, api: ManagementApi, created: Call) -> Call:
    call = _search(request, api)
    if call.status == 200:
        return call
    if call.status == 403 or _is_absent(call):
        cause = f"The client {_shown(request.name, api)} exists, but this user must not read it"
        raise api.problem(cause, hint="Use another name, or the user who registered the client", call=call)
    if call.status in (404, 405):
        # The server does not search by name, so its first response says best what is wrong.
        raise api.failure_of(created)
    raise api.failure_of(call)


def _found_in_check_mode(request: ConsumerKeysRequest, api: ManagementApi) -> ConsumerKeys:
    call = _search(request, api)
    if _is_absent(call):
        return ConsumerKeys(is_changed=True)
    if call.status in (404, 405):
        warning = "In check mode the server does not say whether the client exists. The keys are null"
        return ConsumerKeys(is_changed=True, warnings=(warning,))
    return _with_missing(request, api, api.expect(call, 200), check_mode=True)


def _with_missing(request: ConsumerKeysRequest, api: ManagementApi, call: Call, *, check_mode: bool) -> ConsumerKeys:
    """The client that was found, after what it lacks was added. Nothing that it has is removed."""
    keys = _dynamic_keys(api, call, origin=FOUND)
    missing = request.missing_grants(keys.grant_types) if keys.grant_types is not None else []
    callbacks = [uri for uri in call.members.get("redirect_uris") or [] if isinstance(uri, str) and uri]
    lacks_callback = request.callback_url is not None and request.callback_url not in callbacks
    if not missing and not lacks_callback:
        return keys.with_expiry_warning()
    if check_mode:
        return replace(keys, is_changed=True).with_expiry_warning()
    content = {
        "client_name": request.name,
        "grant_types": [*(keys.grant_types or ()), *missing],
        "redirect_uris": [*callbacks, request.callback_url] if lacks_callback else callbacks,
    }
    changed = api.expect(api.call("PUT", _client_path(str(keys.consumer_key)), content), 200)
    grants = grants_in(changed.members.get("grant_types"))
    still_missing = request.missing_grants(grants) if grants is not None else []
    if still_missing:
        raise _not_allowed(request, api, changed, still_missing)
    return replace(
        keys,
        grant_types=keys.grant_types if grants is None else grants,
        callback_url=_first_callback(changed.members) or keys.callback_url,
        is_changed=True,
    ).with_expiry_warning()


def _not_allowed(request: ConsumerKeysRequest, api: ManagementApi, call: Call, missing: list[str]) -> TokenError:
    cause = f"The server did not allow the grant {', '.join(missing)} for the client {_shown(request.name, api)}"
    return api.problem(cause, hint="Enable the grant on the server, or remove it from grant_types", call=call)


def _dynamic_keys(api: ManagementApi, call: Call, *, origin: str) -> ConsumerKeys:
    members = call.members
    key, secret = _key_and_secret(api, call, members.get("client_id"), members.get("client_secret"))
    return ConsumerKeys(
        consumer_key=key,
        consumer_secret=secret,
        grant_types=grants_in(members.get("grant_types")),
        callback_url=_first_callback(members),
        secret_expires_at=expiry_of(members.get("client_secret_expires_at")),
        origin=origin,
    )


def _first_callback(members: Mapping[str, Any]) -> str | None:
    uris = members.get("redirect_uris")
    return line_or_none(uris[0]) if isinstance(uris, list) and uris else None


def _client_id(api: ManagementApi, call: Call) -> str:
    client_id = call.members.get("client_id")
    if not is_token_text(client_id):
        raise api.failure_of(call)
    return str(client_id)


def _client_path(client_id: str) -> str:
    return f"/{quote(client_id, safe='')}"


# --- both


def _key_and_secret(api: ManagementApi, call: Call, key: object, secret: object) -> tuple[str, str]:
    if not is_token_text(key):
        raise api.failure_of(call)
    if not is_secret(secret):
        cause = f"The server returned the client {display_text(str(key), api.secrets)} without its consumer secret"
        hint = (
            "The server stores secrets hashed or shows them only once. Use the secret that was returned when the "
            "client was registered, or delete the client and register it again"
        )
        raise api.problem(cause, hint=hint, call=call)
    return str(key), str(secret)


def _shown(name: str, api: ManagementApi) -> str:
    return display_text(name, api.secrets)
