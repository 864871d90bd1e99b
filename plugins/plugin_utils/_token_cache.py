# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""What is cached for one request: its token in the store, and in this run why there is none.

Which failure is remembered, by whom, and for how long:

===============  ==========================================================================  ====================
the failure is   it is remembered for every request with the same                            for
about the
===============  ==========================================================================  ====================
user             server origin, username as sent, password                                   the run
client           server origin, consumer key, consumer secret, client_authentication         the run
refresh token    the same as for the client, and the refresh token                           the run
endpoint         grant, URL, connection options                                              max(Retry-After, 10 s)
request          grant, and everything that decides which token is issued                    max(Retry-After, 10 s)
===============  ==========================================================================  ====================

C(force) ignores what was remembered before its task began. A retry of the same task (C(until)) ignores the failures
of the last two kinds that it has reported already, so that it sends a request.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NamedTuple

from ansible_collections.apiops.wso2.plugins.module_utils._errors import (
    CLIENT,
    ENDPOINT,
    REFRESH_TOKEN,
    REQUEST,
    USER,
    OptionError,
    TokenError,
)
from ansible_collections.apiops.wso2.plugins.module_utils._token import Token
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import PASSWORD_GRANT, TokenRequest
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import (
    DirectoryStore,
    EntryVersion,
    StoreError,
    TokenStore,
    run_directory,
)
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import EntryCipher, store_secret
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import REDIS_SCHEMES

REFRESH_GRANT = "refresh_token"
REVOCATION = "revocation"

# The lifetime of a refresh token in WSO2's default configuration; the server does not report it.
_REFRESH_TOKEN_SECONDS = 24 * 60 * 60
_RUN_SECONDS = 24 * 60 * 60
_NEVER_EXPIRES_SECONDS = 30 * 24 * 60 * 60
_SHARED_FAILURE_SECONDS = 10
# A chain of rotated refresh tokens is followed for so many steps; more would be a loop.
_LONGEST_CHAIN = 1000

_REPEATED = "The server rejected {what} earlier in this run, so no request was sent"
_REJECTED = {USER: "this username and password", CLIENT: "this client", REFRESH_TOKEN: "this refresh token"}
_FORCE_HINT = "To send a request with the same credentials, use the module with force: true"

# What this process has decrypted already: a template can contain many lookups of one token.
_decrypted: dict[tuple[str, bytes], Any] = {}


class _Entry(NamedTuple):
    """A place for the token: a store, and the name and the key of the entry in it."""

    store: TokenStore
    cipher: EntryCipher


class TokenCache:
    """The token of one request, and what this run knows about requests with the same credentials.

    place: C("") for requests from the control node. Requests from managed nodes have another one, because what a
    managed node returns must not reach anybody else.
    error: why the store that the option names could not be used, or None. The run's own store replaces it then.
    """

    def __init__(
        self, request: TokenRequest, token_store: str, *, refresh_token: str | None = None, place: str = ""
    ) -> None:
        self.error: StoreError | None = None
        self._unavailable: StoreError | None = None
        self._request = request
        self._run = DirectoryStore(run_directory())
        self._place = place
        self._credentials = _packed(
            {
                "origin": request.origin,
                "consumer_key": request.consumer_key,
                "consumer_secret": request.consumer_secret,
                "username": request.username,
                "password": request.password,
                # It identifies the user where no password does.
                "refresh_token": refresh_token if request.password is None else None,
            }
        )
        self._identity = self._credentials + _packed(
            {
                "token_url": request.token_url,
                "grant": request.grant,
                # WSO2 issues the same token for the same scopes in any order.
                "scope": sorted(request.scope),
                "connection": request.transport.identity(),
                "place": place,
            }
        )
        self._entries = self._choose_entries(open_store(token_store))

    def _choose_entries(self, store: TokenStore | None) -> list[_Entry]:
        """The entry in STORE, and the one in the run's own store that replaces it where STORE cannot be used."""
        if store is None:
            return []
        own = _Entry(self._run, EntryCipher(self._identity))
        # What came through a managed node stays in this run.
        if self._place or store.shown_name == self._run.shown_name:
            return [own]
        try:
            secret = store_secret(self._credentials, store, self._run)
        except StoreError as error:
            self._unavailable = error
            return [own]
        return [_Entry(store, EntryCipher(secret + self._identity)), own]

    # --- the token

    def read(self) -> Token | None:
        """The cached token, valid or not; None if there is none, or it was revoked or replaced."""
        for entry in self._entries:
            token = _to_token(self._read(entry.store, entry.cipher))
            if token is not None:
                return None if self._is_replaced(token) else token
        return None

    def write(self, token: Token, *, previous: Token | None) -> None:
        """Cache TOKEN. PREVIOUS, which the same entry held, is never returned again, under whichever entry."""
        if not self._entries:
            return
        if previous is not None and previous.access_token != token.access_token:
            self._mark_replaced(previous, successor=token.refresh_token)
        for text in _texts(token):
            # An access token needs a state only if it has one: a server can issue a token again that it was to revoke.
            if text == token.refresh_token or self._read_state(text) is not None:
                current = {"access_token": _digest(token.access_token), "successor": None}
                self._write_state(text, current, ttl=_lifetime(token))
        self._write_entry(token.to_entry(), ttl=_lifetime(token))

    def revoke(self, token: Token | None, *texts: str) -> None:
        """Forget TOKEN, which this cache holds, and TEXTS; none of them is returned again. Raises C(StoreError)."""
        for text in texts:
            self._write_state(text, {"access_token": None, "successor": None}, ttl=_REFRESH_TOKEN_SECONDS)
        if token is None:
            return
        self._mark_replaced(token, successor=None)
        for entry in reversed(self._entries):
            entry.store.delete(entry.cipher.name)

    def replace_refresh_token(self, refresh_token: str, token: Token) -> None:
        """The server replaced REFRESH_TOKEN, which was sent, by the one in TOKEN."""
        if token.refresh_token is not None and token.refresh_token != refresh_token:
            state = {"access_token": None, "successor": token.refresh_token}
            self._write_state(refresh_token, state, ttl=_lifetime(token))

    def latest_refresh_token(self, refresh_token: str) -> str:
        """REFRESH_TOKEN, or the one by which the server replaced it, as far as this cache knows."""
        for _step in range(_LONGEST_CHAIN):
            state = self._read_state(refresh_token)
            successor = state.get("successor") if state else None
            if not isinstance(successor, str):
                break
            refresh_token = successor
        return refresh_token

    def is_revoked(self, text: str) -> bool:
        """Did this collection revoke or replace the token TEXT?"""
        state = self._read_state(text)
        return state is not None and state.get("access_token") is None

    def versions(self, token: Token) -> list[EntryVersion] | None:
        """What changes when TOKEN is replaced or revoked; None if that is unknown."""
        if not self._entries or self.error is not None:
            return None
        entry = self._entries[0]
        names = [entry.cipher.name, *(_state_cipher(text).name for text in _texts(token))]
        try:
            return [entry.store.version(name) for name in names]
        except StoreError:
            return None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held from reading the cache to writing it, so that one process at a time can request this token."""
        if self._unavailable is not None:
            self._note(self._unavailable)
        with ExitStack() as held:
            for entry in self._entries:
                self._enter(held, entry.store, entry.cipher.name)
            yield

    def _enter(self, held: ExitStack, store: TokenStore, name: str) -> None:
        try:
            held.enter_context(store.lock(name))
        except StoreError as error:
            self._note(error)

    def _note(self, error: StoreError) -> None:
        """Remember the first problem: it is the one of the store that the option names."""
        self.error = self.error or error

    def _read(self, store: TokenStore, cipher: EntryCipher) -> Any:
        try:
            encrypted = store.read(cipher.name)
        except StoreError:
            # A cache miss. Locking and writing meet the same problem, and report it once.
            return None
        if encrypted is None:
            return None
        key = (cipher.name, encrypted)
        if key not in _decrypted:
            _decrypted[key] = _unpacked(cipher.decrypt(encrypted))
        return _decrypted[key]

    def _write_entry(self, content: object, *, ttl: int) -> None:
        """Write to the store that the option names; only where that fails, to the run's own."""
        written = False
        for entry in self._entries:
            try:
                if written:
                    entry.store.delete(entry.cipher.name)
                else:
                    entry.store.write(entry.cipher.name, entry.cipher.encrypt(_packed(content)), ttl)
                    written = True
            except StoreError as error:
                self._note(error)

    # --- which tokens are replaced or revoked

    def _is_replaced(self, token: Token) -> bool:
        """WSO2 issues one token for several spellings of a user and for scopes that it drops.

        So another entry can hold a token that was revoked or replaced under this one, which only the token reveals.
        """
        states = map(self._read_state, _texts(token))
        return any(state is not None and state.get("access_token") != _digest(token.access_token) for state in states)

    def _mark_replaced(self, token: Token, *, successor: str | None) -> None:
        self._write_state(token.access_token, {"access_token": None, "successor": None}, ttl=_lifetime(token))
        if token.refresh_token is not None and token.refresh_token != successor:
            state = {"access_token": None, "successor": successor}
            self._write_state(token.refresh_token, state, ttl=_lifetime(token))

    def _read_state(self, text: str) -> dict[str, Any] | None:
        for entry in self._entries:
            state = self._read(entry.store, _state_cipher(text))
            if isinstance(state, dict):
                return state
        return None

    def _write_state(self, text: str, state: object, *, ttl: int) -> None:
        cipher = _state_cipher(text)
        for entry in self._entries:
            try:
                entry.store.write(cipher.name, cipher.encrypt(_packed(state)), ttl)
                return
            except StoreError as error:
                self._note(error)

    # --- failures of this run

    @contextmanager
    def credentials_lock(self, grant: str) -> Iterator[None]:
        """Held while credentials are sent, so that no other process sends rejected ones before it can know."""
        with ExitStack() as held:
            for cipher in (self._failure_cipher(subject, grant) for subject in _rejectable(grant)):
                self._enter(held, self._run, cipher.name)
                # Needs no space, so that a rejection can be recorded even if the disk is full.
                try:
                    self._run.create(_reserved(cipher))
                    held.callback(self._delete_from_run, _reserved(cipher))
                except StoreError as error:
                    self._note(error)
            yield

    def known_failure(
        self, grant: str, *, refresh_token: str | None = None, since: float = 0.0, seen: float = 0.0
    ) -> TokenError | None:
        """Why a request with GRANT must not be sent now, or None.

        since: epoch seconds before which nothing counts. seen: the same for failures that are not kept for the run.
        """
        for subject in (*_rejectable(grant), REFRESH_TOKEN, ENDPOINT, REQUEST):
            if subject == REFRESH_TOKEN and refresh_token is None:
                continue
            # A server's rejection counts wherever the request comes from. Whether it can be reached does not, and a
            # loopback URL means another server.
            is_same_server = subject in _REJECTED and not self._request.is_loopback
            for place in dict.fromkeys(("", self._place) if is_same_server else (self._place,)):
                cipher = self._failure_cipher(subject, grant, refresh_token, place=place)
                failure = self._read_failure(cipher, subject, since=since, seen=seen)
                if failure is not None:
                    return failure
        return None

    def remember_failure(self, error: TokenError, grant: str, *, refresh_token: str | None = None) -> None:
        """Record ERROR, with which a request with GRANT ended, as the table at the top says."""
        self._remember(error, self._failure_cipher(error.subject, grant, refresh_token))
        if error.subject == USER and refresh_token is not None:
            # A locked account. A refresh does not look at what is remembered about the password.
            self._remember(error, self._failure_cipher(REFRESH_TOKEN, grant, refresh_token))

    def _remember(self, error: TokenError, cipher: EntryCipher) -> None:
        content = {"at": time.time(), "error": error.to_entry()}
        try:
            self._run.write(cipher.name, cipher.encrypt(_packed(content)), _RUN_SECONDS)
        except StoreError as problem:
            self._note(problem)
            if error.subject in _REJECTED:
                # An empty entry says that the credentials were rejected, and needs no space.
                with suppress(StoreError):
                    self._run.rename(_reserved(cipher), cipher.name)

    def forget_failures(self, grant: str) -> None:
        """The server accepted the credentials of a request with GRANT, so older rejections say nothing any more."""
        for subject in (*_rejectable(grant), ENDPOINT, REQUEST):
            self._delete_from_run(self._failure_cipher(subject, grant).name)

    def _delete_from_run(self, name: str) -> None:
        with suppress(StoreError):
            self._run.delete(name)

    def _read_failure(self, cipher: EntryCipher, subject: str, *, since: float, seen: float) -> TokenError | None:
        content = self._read(self._run, cipher)
        is_kept_for_run = subject in _REJECTED
        try:
            if content is None and is_kept_for_run:
                at = self._run.written_at(cipher.name) or 0.0
                error = TokenError("The details could not be recorded", subject=subject) if at else None
            else:
                at, error = float(content["at"]), TokenError.from_entry(content["error"])
        except (StoreError, KeyError, TypeError, ValueError):
            return None
        if error is None or at < since:
            return None
        if is_kept_for_run:
            return _repeated(error, subject)
        window = max(error.retry_after or 0, _SHARED_FAILURE_SECONDS)
        return error if at > seen and time.time() < at + window else None

    def _failure_cipher(
        self, subject: str, grant: str, refresh_token: str | None = None, *, place: str | None = None
    ) -> EntryCipher:
        request = self._request
        key: dict[str, object] = {"subject": subject, "place": self._place if place is None else place}
        if subject in (ENDPOINT, REQUEST):
            key.update(grant=grant, revoke_url=request.given_revoke_url if grant == REVOCATION else None)
        if subject == USER:
            key.update(origin=request.origin, username=request.username, password=request.password)
        elif subject == ENDPOINT:
            settings = [str(getattr(request.transport, name)) for name in request.transport.__dataclass_fields__]
            key.update(url=request.token_url, connection=request.transport.identity(), settings=settings)
        elif subject == REQUEST:
            key.update(identity=hashlib.sha256(self._identity).hexdigest())
        else:
            key.update(origin=request.origin, consumer_key=request.consumer_key, secret=request.consumer_secret)
            key.update(authentication=request.client_authentication)
            key.update(refresh_token=refresh_token if subject == REFRESH_TOKEN else None)
        return EntryCipher(_packed(key))


def open_store(named: str) -> TokenStore | None:
    """The store that the option C(token_store) names; None for C(none). Raises C(OptionError)."""
    if named == "none":
        return None
    if named == "run":
        return DirectoryStore(run_directory())
    if named.startswith(REDIS_SCHEMES):
        # Imported lazily: most runs do without Redis.
        from ansible_collections.apiops.wso2.plugins.plugin_utils._redis_store import RedisStore

        return RedisStore(named)
    directory = os.path.expanduser(named)
    if not os.path.isabs(directory) or "\0" in directory:
        raise OptionError("token_store", "must be run, none, an absolute directory path, or a redis:// URL")
    return DirectoryStore(directory)


def task_start(task_id: str) -> float:
    """Epoch seconds at which the first host of this run began the task with the ID."""
    run = DirectoryStore(run_directory())
    name = f"task-{hashlib.sha256(task_id.encode('utf-8')).hexdigest()}"
    started = None
    with suppress(StoreError):
        run.create(name)
        started = run.written_at(name)
    return time.time() if started is None else started


def _repeated(error: TokenError, subject: str) -> TokenError:
    entry = error.to_entry()
    cause = f"{_REPEATED.format(what=_REJECTED[subject])}: {error.cause}"
    hint = f"{error.hint}. {_FORCE_HINT}" if error.hint else _FORCE_HINT
    return TokenError.from_entry({**entry, "cause": cause, "hint": hint, "attempts": 0})


def _rejectable(grant: str) -> list[str]:
    """Whose credentials the server can reject, in the order in which their locks are taken."""
    return [CLIENT, USER] if grant == PASSWORD_GRANT else [CLIENT]


def _reserved(cipher: EntryCipher) -> str:
    return f"{cipher.name}.reserved"


def _lifetime(token: Token) -> int:
    """Seconds for which TOKEN, or the refresh token that came with it, can be of use."""
    if token.lifetime is None:
        return _REFRESH_TOKEN_SECONDS if token.expires else _NEVER_EXPIRES_SECONDS
    return token.lifetime + (_REFRESH_TOKEN_SECONDS if token.refresh_token is not None else 1)


def _texts(token: Token) -> Sequence[str]:
    return [token.access_token, *([token.refresh_token] if token.refresh_token else [])]


def _state_cipher(text: str) -> EntryCipher:
    """Of the record about one token. The token itself is secret enough to derive a key from."""
    return EntryCipher(b"state of a token\0" + text.encode("utf-8"))


def _to_token(content: Any) -> Token | None:
    try:
        return None if content is None else Token.from_entry(content)
    except (KeyError, TypeError, ValueError):
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _packed(content: object) -> bytes:
    return json.dumps(content, sort_keys=True).encode("utf-8")


def _unpacked(content: bytes | None) -> Any:
    try:
        return None if content is None else json.loads(content)
    except ValueError:
        return None
