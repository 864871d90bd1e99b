# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""The consumer keys of one client: registered once in a run, whatever the number of hosts, tasks and forks.

The result is kept in the directory of the run, encrypted like a token, and never longer: a token cache may be emptied
at any time without harm, a secret may not.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import CREATED, FOUND, ConsumerKeys
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import (
    CLIENT_REGISTRATION,
    ConsumerKeysRequest,
)
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import PASSWORD_GRANT, TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import (
    DirectoryStore,
    StoreError,
    run_directory,
)
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import EntryCipher
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import FORCE_HINT, FailureMemory

_RUN_SECONDS = 24 * 60 * 60
_OTHER_CREDENTIALS_HINT = "Correct the credentials and run the playbook again"


class Endpoint(Protocol):
    """Sends the requests: from the control node, or from the managed node. Each method raises C(TokenError)."""

    def ensure_keys(self, request: ConsumerKeysRequest, *, check_mode: bool) -> ConsumerKeys:
        """Make sure that the client exists."""

    def remove_keys(self, request: ConsumerKeysRequest, *, check_mode: bool) -> ConsumerKeys:
        """Make sure that the client does not exist."""


class ConsumerKeysProvider:
    """Returns or removes the keys of one request, while no other process of the run does.

    place: as for C(TokenCache): what comes through a managed node is kept apart.
    failure_seen: epoch seconds up to which the task has reported failures already.
    """

    def __init__(
        self, endpoint: Endpoint, request: ConsumerKeysRequest, *, place: str = "", failure_seen: float = 0.0
    ) -> None:
        self._endpoint = endpoint
        self._request = request
        self._failure_seen = failure_seen
        self._run = DirectoryStore(run_directory())
        self._cipher = EntryCipher(_packed({"consumer keys": _client(request), "place": place}))
        self._removal = EntryCipher(_packed({"removal": _client(request), "place": place}))
        self._wanted = EntryCipher(_packed(_wanted(request))).name
        self._problem: StoreError | None = None
        self._place = place

    def acquire(self, *, check_mode: bool = False) -> ConsumerKeys:
        """The keys, registered now or earlier in this run. Raises C(TokenError)."""
        with self._lock():
            kept = self._read()
            if kept is not None:
                return kept
            keys = self._send("present", self._endpoint.ensure_keys, check_mode=check_mode)
            if keys.consumer_key is not None and not check_mode:
                self._write(keys)
            return self._with_warning(keys)

    def remove(self, *, check_mode: bool = False) -> ConsumerKeys:
        """Delete the client, or the keys of the application. Raises C(TokenError)."""
        with self._lock():
            removed = self._send("absent", self._endpoint.remove_keys, check_mode=check_mode)
            if not check_mode:
                with suppress(StoreError):
                    self._run.delete(self._cipher.name)
                    now = _packed(time.time())
                    self._run.write(self._removal.name, self._removal.encrypt(now), _RUN_SECONDS)
            return self._with_warning(removed)

    def _send(self, state: str, operation: Any, *, check_mode: bool) -> ConsumerKeys:
        """Call OPERATION unless the server is known to reject it, and remember its failure."""
        if check_mode and self._request.way == CLIENT_REGISTRATION:
            # Sends nothing, so there is nothing to learn.
            unread: ConsumerKeys = operation(self._request, check_mode=True)
            return unread
        send = partial(operation, self._request, check_mode=check_mode)
        try:
            keys: ConsumerKeys = self._failures(state).guard(send, PASSWORD_GRANT, seen=self._failure_seen)
        except TokenError as error:
            raise _without_force(error) from None
        return keys

    def _failures(self, state: str) -> FailureMemory:
        """What this run knows about the user, the server, and this request with STATE."""
        request = self._request
        identity = {
            **_client(request),
            **_wanted(request),
            "state": state,
            "place": self._place,
            # Removing what is left over clears the way for another attempt.
            "removed_at": self._decrypted(self._removal),
        }
        return FailureMemory(
            _login_request(request),
            self._run,
            identity=_packed(identity),
            connection=request.transport.identity(),
            place=self._place,
            note=self._note,
        )

    # --- what this run has registered

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Held from reading the entry to writing it, if the run's directory can be used."""
        with ExitStack() as held:
            try:
                held.enter_context(self._run.lock(self._cipher.name))
            except StoreError as error:
                self._note(error)
            yield

    def _note(self, error: StoreError) -> None:
        self._problem = self._problem or error

    def _read(self) -> ConsumerKeys | None:
        content = self._decrypted(self._cipher)
        try:
            if content["wanted"] != self._wanted:
                return None
            keys = ConsumerKeys.from_entry(content["keys"])
        except (KeyError, TypeError, ValueError):
            return None
        # Another host or task of this run created the client and reported the change.
        return replace(keys, is_changed=False, origin=FOUND if keys.origin == CREATED else keys.origin)

    def _decrypted(self, cipher: EntryCipher) -> Any:
        """The content of the entry of CIPHER, or None."""
        try:
            encrypted = self._run.read(cipher.name)
        except StoreError:
            return None
        content = cipher.decrypt(encrypted) if encrypted is not None else None
        return None if content is None else json.loads(content)

    def _write(self, keys: ConsumerKeys) -> None:
        content = {"wanted": self._wanted, "keys": keys.to_entry()}
        try:
            self._run.write(self._cipher.name, self._cipher.encrypt(_packed(content)), _RUN_SECONDS)
        except StoreError as error:
            self._note(error)

    def _with_warning(self, keys: ConsumerKeys) -> ConsumerKeys:
        if self._problem is None:
            return keys
        warning = f"Other hosts and tasks send requests of their own, because the result was not kept: {self._problem}"
        return replace(keys, warnings=(*keys.warnings, warning))


def _client(request: ConsumerKeysRequest) -> dict[str, object]:
    """Which client it is, and who registers it."""
    return {
        "way": request.way,
        "url": request.url,
        "name": request.name,
        "key_type": request.key_type,
        "key_manager": request.key_manager,
        "username": request.username,
        "password": request.password,
        "bearer": request.bearer,
        "connection": request.transport.identity(),
    }


def _wanted(request: ConsumerKeysRequest) -> dict[str, object]:
    """What the client is to be."""
    return {
        "grant_types": sorted(request.grant_types),
        "callback_url": request.callback_url,
        "token_lifetimes": dict(request.token_lifetimes),
        "shared_with_tenants": request.shared_with_tenants,
        "throttling_policy": request.throttling_policy,
    }


def _login_request(request: ConsumerKeysRequest) -> TokenRequest:
    """REQUEST as the memory of failures knows it: a wrong password locks the same account as at the token endpoint."""
    return TokenRequest(
        token_url=request.url,
        consumer_key="",
        consumer_secret=None,
        client_authentication="basic",
        username=request.username,
        # A token is not a password: its rejection says nothing about the account.
        password=request.password if request.bearer is None else None,
        scope=(),
        transport=request.transport,
    )


def _without_force(error: TokenError) -> TokenError:
    """ERROR, which can name an option that this module does not have."""
    if error.hint is None or FORCE_HINT not in error.hint:
        return error
    hint = error.hint.replace(FORCE_HINT, _OTHER_CREDENTIALS_HINT)
    return TokenError.from_entry({**error.to_entry(), "hint": hint})


def _packed(content: object) -> bytes:
    return json.dumps(content, sort_keys=True).encode("utf-8")
