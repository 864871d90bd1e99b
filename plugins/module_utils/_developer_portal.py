# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The keys of an application in the Developer Portal: found, or generated step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import (
    CREATED,
    FOUND,
    ConsumerKeys,
    grants_in,
    is_secret,
    line_or_none,
)
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import ConsumerKeysRequest
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._management_api import Call, ManagementApi
from ansible_collections.apiops.wso2.plugins.module_utils._redaction import display_text
from ansible_collections.apiops.wso2.plugins.module_utils._token import is_token_text

_PAGE = 100
_MOST_PAGES = 1000
_KEYS_EXIST = "901409"
_PENDING = ("CREATED", "ON_HOLD")
_USABLE = ("APPROVED", "COMPLETED")
_LIFETIME_PROPERTIES = {
    "user": "user_access_token_expiry_time",
    "application": "application_access_token_expiry_time",
    "refresh": "refresh_token_expiry_time",
}


def generate_keys(request: ConsumerKeysRequest, *, check_mode: bool = False) -> ConsumerKeys:
    """Make sure that the application and its keys exist. Raises C(TokenError)."""
    return _Portal(request, check_mode=check_mode).ensure_keys()


def remove_keys(request: ConsumerKeysRequest, *, check_mode: bool = False) -> ConsumerKeys:
    """Delete the keys, and their client, but not the application. Raises C(TokenError)."""
    return _Portal(request, check_mode=check_mode).remove_keys()


class _Portal:
    def __init__(self, request: ConsumerKeysRequest, *, check_mode: bool) -> None:
        self._request = request
        self._check_mode = check_mode
        self._api = ManagementApi(request)

    def ensure_keys(self) -> ConsumerKeys:
        key_manager = self._key_manager()
        application, is_created = self._application()
        if application is None:
            return ConsumerKeys(is_changed=True)
        place = _path(application)
        row = self._row(place, key_manager)
        if row is None and self._check_mode:
            return ConsumerKeys(application_id=_id(application), is_changed=True)
        if row is None:
            row, call = self._generate(place, key_manager)
            keys = self._keys(row, call, application, key_manager, origin=CREATED)
            missing = self._missing_grants(keys)
            if missing:
                cause = f"The portal generated keys without the grant {', '.join(missing)}"
                raise self._problem(cause, hint="Enable the grant in the key manager, or change grant_types", call=call)
            return replace(keys, is_changed=True)
        keys = self._keys(row, None, application, key_manager, origin=FOUND)
        changed = self._with_missing(place, row, keys)
        return replace(changed, is_changed=changed.is_changed or is_created)

    def remove_keys(self) -> ConsumerKeys:
        key_manager = self._key_manager()
        application = self._find_application()
        row = None if application is None else self._row(_path(application), key_manager)
        if application is None or row is None:
            return ConsumerKeys()
        path = self._mapping_path(_path(application), row)
        if not self._check_mode:
            call = self._api.call("DELETE", path)
            # The portal answers keys that another run deleted meanwhile with 500.
            if call.status in (404, 500) and self._row(_path(application), key_manager) is None:
                return ConsumerKeys()
            self._api.expect(call, 200, 202, 204)
        return ConsumerKeys(is_changed=True)

    # --- the key manager and the application

    def _key_manager(self) -> Mapping[str, Any]:
        """The key manager that the option names, by name or ID."""
        call = self._list_call("/key-managers")
        wanted = self._request.key_manager
        managers = _rows(call.members)
        for manager in managers:
            if wanted in (manager.get("name"), manager.get("id")):
                return manager
        known = [str(manager.get("name")) for manager in managers if manager.get("name")]
        names = display_text(", ".join(known), self._api.secrets)
        shown = display_text(wanted, self._api.secrets)
        raise self._problem(f"There is no key manager {shown}", hint=f"The key managers are: {names}", call=call)

    def _application(self) -> tuple[Mapping[str, Any] | None, bool]:
        """The application, and whether it was created now. None in check mode if there is none."""
        found = self._find_application()
        if found is not None:
            return self._approved(found), False
        if self._check_mode:
            return None, False
        content = {"name": self._request.name, "throttlingPolicy": self._request.throttling_policy}
        call = self._api.call("POST", "/applications", content)
        if call.status == 409:
            # Another run was faster.
            found = self._find_application()
            if found is not None:
                return self._approved(found), False
            cause = f"The application {self._shown_name} exists, but this user does not see it"
            raise self._problem(cause, hint="Use another name, or the user who owns the application", call=call)
        self._api.expect(call, 200, 201, 202)
        return self._approved(call.members, call), True

    def _approved(self, application: Mapping[str, Any], call: Call | None = None) -> Mapping[str, Any]:
        status = application.get("status")
        if isinstance(status, str) and status.upper() not in _USABLE:
            cause = f"The application {self._shown_name} is not approved (status {self._shown(status)})"
            hint = "Have an administrator approve it in the Admin Portal, and run the task again"
            raise self._problem(cause, hint=hint, call=call)
        if not is_token_text(application.get("applicationId")):
            raise self._problem("The portal returned an application without an ID", hint="Check portal_url", call=call)
        return application

    def _find_application(self) -> Mapping[str, Any] | None:
        """The application with the name, in whatever capitals, because the server does not distinguish them."""
        # casefold() would also take the letter ß for ss, and so another application for this one.
        name = self._request.name.lower()
        found = {key: each for key, each in self._applications().items() if str(each.get("name")).lower() == name}
        if len(found) > 1:
            cause = f"The user sees {len(found)} applications with the name {self._shown_name}"
            raise self._problem(cause, hint="Use another name, or a user who sees only one of them")
        return next(iter(found.values()), None)

    def _applications(self) -> dict[str, Mapping[str, Any]]:
        """All applications by ID. The search of the server distinguishes capitals, so it would miss some."""
        found: dict[str, Mapping[str, Any]] = {}
        offset = 0
        for _page in range(_MOST_PAGES):
            query = {"limit": str(_PAGE), "offset": str(offset)}
            call = self._list_call("/applications", query=query)
            rows = _rows(call.members)
            offset += len(rows)
            known = len(found)
            found.update((_id(row), row) for row in rows)
            pagination = call.members.get("pagination")
            total = pagination.get("total") if isinstance(pagination, dict) else None
            has_more = len(rows) >= _PAGE or (isinstance(total, int) and offset < total)
            # A page that has only known applications is a loop in the paging of the server.
            if len(found) == known or not has_more:
                return found
        cause = f"The list of applications does not end after {_MOST_PAGES} pages"
        raise self._problem(cause, hint="Use a user who sees fewer applications", call=call)

    # --- the keys

    def _row(self, place: str, key_manager: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The keys of the type and the key manager, or None. Raises C(TokenError) if they cannot be used."""
        names = [name for name in (key_manager.get("name"), key_manager.get("id")) if name]
        for row in _rows(self._list_call(f"{place}/oauth-keys").members):
            if str(row.get("keyType")).upper() == self._request.key_type and row.get("keyManager") in names:
                return row
        return None

    def _mapping_path(self, place: str, row: Mapping[str, Any]) -> str:
        mapping = row.get("keyMappingId")
        if not isinstance(mapping, str) or not mapping:
            raise self._problem("The portal returned keys without an ID", hint="Delete the keys in the portal")
        return f"{place}/oauth-keys/{quote(mapping, safe='')}"

    def _list_call(self, path: str, *, query: Mapping[str, str] | None = None) -> Call:
        call = self._api.expect(self._api.call("GET", path, query=query), 200)
        if not isinstance(call.members.get("list"), list):
            raise self._api.failure_of(call)
        return call

    def _generate(self, place: str, key_manager: Mapping[str, Any]) -> tuple[Mapping[str, Any], Call | None]:
        request = self._request
        content: dict[str, Any] = {
            "keyType": request.key_type,
            "keyManager": key_manager.get("name"),
            "grantTypesToBeSupported": list(request.grant_types),
        }
        if request.callback_url:
            content["callbackUrl"] = request.callback_url
        if request.token_lifetimes:
            content["additionalProperties"] = self._lifetime_properties()
        call = self._api.call("POST", f"{place}/generate-keys", content)
        if call.status == 409:
            # Another run was faster, or a row without a client is left over.
            row = self._row(place, key_manager)
            if row is not None:
                return row, None
            raise self._left_over(call)
        return self._api.expect(call, 200, 201).members, call

    def _lifetime_properties(self) -> dict[str, str]:
        lifetimes = self._request.token_lifetimes
        return {_LIFETIME_PROPERTIES[name]: str(seconds) for name, seconds in lifetimes.items()}

    def _keys(
        self,
        row: Mapping[str, Any],
        call: Call | None,
        application: Mapping[str, Any],
        key_manager: Mapping[str, Any],
        *,
        origin: str,
    ) -> ConsumerKeys:
        state = row.get("keyState")
        if not is_token_text(row.get("consumerKey")):
            if state in _PENDING:
                cause = f"The keys of the application {self._shown_name} wait for an approval"
                hint = "Have an administrator approve them in the Admin Portal, and run the task again"
                raise self._problem(cause, hint=hint, call=call)
            raise self._left_over(call)
        if not is_secret(row.get("consumerSecret")):
            raise self._masked(call)
        return ConsumerKeys(
            consumer_key=str(row["consumerKey"]),
            consumer_secret=str(row["consumerSecret"]),
            token_url=line_or_none(key_manager.get("tokenEndpoint")),
            revoke_url=line_or_none(key_manager.get("revokeEndpoint")),
            grant_types=grants_in(row.get("supportedGrantTypes")),
            callback_url=line_or_none(row.get("callbackUrl")),
            key_type=line_or_none(row.get("keyType")),
            key_manager=line_or_none(key_manager.get("name")),
            key_state=line_or_none(state),
            application_id=_id(application),
            key_mapping_id=line_or_none(row.get("keyMappingId")),
            origin=origin,
        )

    def _with_missing(self, place: str, row: Mapping[str, Any], keys: ConsumerKeys) -> ConsumerKeys:
        """KEYS, after what they lack was added. Nothing that they have is removed."""
        request = self._request
        missing = self._missing_grants(keys)
        given = row.get("additionalProperties")
        properties = dict(given) if isinstance(given, dict) else {}
        wanted = self._lifetime_properties()
        differs = any(str(properties.get(name)) != value for name, value in wanted.items())
        lacks_callback = request.callback_url is not None and request.callback_url != keys.callback_url
        if not missing and not differs and not lacks_callback:
            return keys
        if self._check_mode:
            return replace(keys, is_changed=True)
        content = {
            "supportedGrantTypes": [*(keys.grant_types or ()), *missing],
            "callbackUrl": request.callback_url or keys.callback_url or "",
            "keyManager": keys.key_manager,
            "keyType": keys.key_type,
            "additionalProperties": {**properties, **wanted},
        }
        call = self._api.call("PUT", self._mapping_path(place, row), content)
        changed = self._api.expect(call, 200).members
        grants = grants_in(changed.get("supportedGrantTypes")) or keys.grant_types
        still_missing = request.missing_grants(grants or ())
        if still_missing:
            cause = f"The portal did not add the grant {', '.join(still_missing)}"
            raise self._problem(cause, hint="Enable the grant in the key manager, or change grant_types", call=call)
        callback = line_or_none(changed.get("callbackUrl")) or keys.callback_url
        return replace(keys, grant_types=grants, callback_url=callback, is_changed=True)

    def _missing_grants(self, keys: ConsumerKeys) -> list[str]:
        return self._request.missing_grants(keys.grant_types) if keys.grant_types is not None else []

    # --- failures

    def _left_over(self, call: Call | None) -> TokenError:
        cause = (
            f"The application {self._shown_name} has an entry for {self._request.key_type.lower()} keys, but no keys: "
            "generating them failed before, or they were removed by a clean-up"
        )
        hint = (
            "In API Manager 4.3 and later, run the task with state: absent, and then again. In earlier versions, "
            "delete the application in the portal"
        )
        return self._problem(cause, hint=hint, call=call)

    def _masked(self, call: Call | None) -> TokenError:
        cause = f"The portal does not show the consumer secret of the application {self._shown_name}"
        hint = (
            "API Manager 4.7 and later shows a secret only once, when it is generated. Use the secret that you kept, "
            "or generate another secret in the portal. Up to 4.6, the portal shows it among the keys of the application"
        )
        return self._problem(cause, hint=hint, call=call)

    def _problem(self, cause: str, *, hint: str, call: Call | None = None) -> TokenError:
        return self._api.problem(cause, hint=hint, call=call)

    @property
    def _shown_name(self) -> str:
        return self._shown(self._request.name)

    def _shown(self, text: str) -> str:
        return display_text(text, self._api.secrets)


def _rows(members: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows = members.get("list")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _id(application: Mapping[str, Any]) -> str:
    return str(application.get("applicationId"))


def _path(application: Mapping[str, Any]) -> str:
    return f"/applications/{quote(_id(application), safe='')}"
