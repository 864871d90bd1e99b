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
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from typing import Any, NamedTuple, TypeVar

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
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import (
    PASSWORD_GRANT,
    REVOCATION,
    TokenRequest,
)
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import (
    DirectoryStore,
    EntryVersion,
    StoreError,
    TokenStore,
    run_directory,
)
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import EntryCipher, store_secret
from ansible_collections.apiops.wso2.plugins.plugin_utils._options import REDIS_SCHEMES

# The value of the option token_store that means the store of this run.
RUN = "run"

# The lifetime of a refresh token in WSO2's default configuration; the server does not report it.
_REFRESH_TOKEN_SECONDS = 24 * 60 * 60
_RUN_SECONDS = 24 * 60 * 60
_NEVER_EXPIRES_SECONDS = 30 * 24 * 60 * 60
_SHARED_FAILURE_SECONDS = 10
# A chain of rotated refresh tokens is followed for so many steps; more would be a loop.
_LONGEST_CHAIN = 1000

_REPEATED = "The server rejected {what} earlier in this run, so no request was sent"
_REJECTED = {USER: "this username and password", CLIENT: "this client", REFRESH_TOKEN: "this refresh token"}
FORCE_HINT = "To send a request with the same credentials, use the module with force: true"

# What this process has decrypted already: a template can contain many lookups of one token.
_decrypted: dict[tuple[str, bytes], Any] = {}

# The same bytes for the same content, because keys are derived from them.
_to_json = json.JSONEncoder(sort_keys=True).encode
T = TypeVar("T")


# By subject and place.
_FailureCiphers = dict[tuple[str, str], EntryCipher]


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
        self._run = DirectoryStore(run_directory())
        self._state_ciphers: dict[str, EntryCipher] = {}
        connection = request.transport.identity()
        credentials = _to_json(
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
        identity = credentials + _to_json(
            {
                "token_url": request.token_url,
                "grant": request.grant,
                # WSO2 issues the same token for the same scopes in any order.
                "scope": sorted(request.scope),
                "connection": connection,
                "place": place,
            }
        )
        self.failures = FailureMemory(
            request, self._run, identity=identity.encode("ascii"), connection=connection, place=place, note=self._note
        )
        store = open_store(token_store, request_timeout=request.transport.timeout)
        self._entries = self._choose_entries(store, credentials.encode("ascii"), identity.encode("ascii"), place)

    def _choose_entries(
        self, store: TokenStore | None, credentials: bytes, identity: bytes, place: str
    ) -> list[_Entry]:
        """The entry in the named store, and the one in the run's own that replaces it where that cannot be used."""
        if store is None:
            return []
        own = _Entry(self._run, EntryCipher(identity))
        # What came through a managed node stays in this run.
        if place or store.shown_name == self._run.shown_name:
            return [own]
        try:
            secret = store_secret(credentials, store, self._run)
        except StoreError as error:
            self._unavailable = error
            return [own]
        return [_Entry(store, EntryCipher(secret + identity)), own]

    # --- the token

    def read(self) -> Token | None:
        """The cached token, valid or not; None if there is none, or it was revoked or replaced."""
        for entry in self._entries:
            content = _read_entry(entry.store, entry.cipher)
            token = None if content is None else _to_token(content)
            # A store that cannot be written still has the token that another one replaced.
            if token is not None and not self._is_replaced(token):
                return token
        return None

    def write(self, token: Token, *, previous: Token | None) -> None:
        """Cache TOKEN. PREVIOUS, which the same entry held, is never returned again, under whichever entry."""
        if not self._entries:
            return
        if previous is not None and previous.access_token != token.access_token:
            self._mark_replaced(previous, successor=token.refresh_token)
        current = {"access_token": _digest(token.access_token), "successor": None}
        ciphers = self._ciphers_of(_texts(token))
        # An access token needs a state only if it has one: a server can issue a token again that it was to revoke.
        has_state = False
        for entry in self._entries:
            with suppress(StoreError):
                has_state = has_state or entry.store.read(ciphers[0].name) is not None
        contents: dict[EntryCipher | None, object] = dict.fromkeys(ciphers if has_state else ciphers[1:], current)
        contents[None] = token.to_entry()
        self._write_all(contents, ttl=_lifetime(token))

    def revoke(self, token: Token | None, *texts: str) -> None:
        """Forget TOKEN, which this cache holds, and TEXTS; none of them is returned again. Raises C(StoreError)."""
        for text in texts:
            self._write_state(text, {"access_token": None, "successor": None}, ttl=_NEVER_EXPIRES_SECONDS)
        if token is None:
            return
        self._mark_replaced(token, successor=None)
        for entry in reversed(self._entries):
            entry.store.delete(entry.cipher.name)

    def replace_refresh_token(self, refresh_token: str, token: Token) -> None:
        """REFRESH_TOKEN, which was sent, is replaced by the one in TOKEN, or by none if that has none."""
        if token.refresh_token != refresh_token:
            state = {"access_token": None, "successor": token.refresh_token or ""}
            self._write_state(refresh_token, state, ttl=_lifetime(token))

    def latest_refresh_token(self, refresh_token: str) -> str:
        """REFRESH_TOKEN, or what replaced it as far as this cache knows: an empty text for a token without one."""
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
        states = self._ciphers_of(_texts(token))
        try:
            return [each.store.version(cipher.name) for each in self._entries for cipher in (each.cipher, *states)]
        except StoreError:
            return None

    def lock(self) -> AbstractContextManager[object]:
        """Held from reading the cache to writing it, so that one process at a time can request this token."""
        if self._unavailable is not None:
            self._note(self._unavailable)
        with ExitStack() as held:
            for entry in self._entries:
                try:
                    held.enter_context(entry.store.lock(entry.cipher.name))
                except StoreError as error:
                    self._note(error)
            return held.pop_all()

    def _note(self, error: StoreError) -> None:
        """Remember the first problem: it is the one of the store that the option names."""
        self.error = self.error or error

    def _write_all(self, contents: Mapping[EntryCipher | None, object], *, ttl: int) -> None:
        """Write each of CONTENTS, by its cipher (None for that of the token), to the first usable store.

        What another store holds in the token's entry is removed.
        """
        pending = {cipher: _to_json(content).encode("ascii") for cipher, content in contents.items()}
        for entry in self._entries:
            if None in contents and None not in pending:
                try:
                    entry.store.delete(entry.cipher.name)
                except StoreError as error:
                    self._note(error)
            encrypted = {cipher: (cipher or entry.cipher).encrypt(content) for cipher, content in pending.items()}
            for cipher, data in encrypted.items():
                try:
                    entry.store.write((cipher or entry.cipher).name, data, ttl)
                    del pending[cipher]
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
        (cipher,) = self._ciphers_of([text])
        for entry in self._entries:
            state = _read_entry(entry.store, cipher)
            if isinstance(state, dict):
                return state
        return None

    def _write_state(self, text: str, state: object, *, ttl: int) -> None:
        (cipher,) = self._ciphers_of([text])
        self._write_all({cipher: state}, ttl=ttl)
        # Also where the tasks of this run that use another store look.
        for entry in self._entries[1:]:
            with suppress(StoreError):
                entry.store.write(cipher.name, cipher.encrypt(_to_json(state).encode("ascii")), ttl)

    def _ciphers_of(self, texts: Sequence[str]) -> list[EntryCipher]:
        """Of the records about tokens. Such a text is secret enough to derive a key from."""
        ciphers = []
        for text in texts:
            if text not in self._state_ciphers:
                self._state_ciphers[text] = EntryCipher(b"state of a token\0" + text.encode("utf-8"))
            ciphers.append(self._state_ciphers[text])
        return ciphers


class FailureMemory:
    """Which requests of this run would fail again, see the table at the top.

    identity: what decides which token is issued. connection: what C(TransportSettings.identity) returned.
    note: called with the error if the run's own store cannot be used.
    """

    def __init__(
        self,
        request: TokenRequest,
        run: DirectoryStore,
        *,
        identity: bytes,
        connection: object,
        place: str,
        note: Callable[[StoreError], None],
    ) -> None:
        self._request = request
        self._run = run
        self._identity = hashlib.sha256(identity).hexdigest()
        self._connection = connection
        self._place = place
        self._note = note

    def guard(
        self,
        send: Callable[[], T],
        grant: str,
        *,
        refresh_token: str | None = None,
        since: float = 0.0,
        seen: float = 0.0,
    ) -> T:
        """What SEND returns, one request with GRANT, unless it is known to fail. Records what C(TokenError) it raises.

        No other process sends the same credentials meanwhile, so that rejected ones are not sent again before it is
        known. since: epoch seconds before which no failure counts. seen: the same for those not kept for the run.
        """
        rejectable = _rejectable(grant)
        ciphers = self._ciphers(grant, refresh_token)
        with ExitStack() as held:
            for subject in rejectable:
                name = ciphers[subject, self._place].name
                try:
                    held.enter_context(self._run.lock(name))
                    # Needs no space, so that a rejection can be recorded even if the disk is full.
                    held.enter_context(self._run.reservation(name))
                except StoreError as error:
                    self._note(error)
            found: _FailureCiphers = {}
            for key, cipher in ciphers.items():
                if self._run.exists(cipher.name):
                    found[key] = cipher
                    failure = self._read(cipher, key[0], since=since, seen=seen)
                    if failure is not None:
                        raise failure
            try:
                outcome = send()
            except OptionError:
                raise
            except TokenError as error:
                self._remember(error, grant, ciphers, refresh_token)
                raise
            if found:
                self._forget(found)
            return outcome

    def _read(self, cipher: EntryCipher, subject: str, *, since: float, seen: float) -> TokenError | None:
        content = _read_entry(self._run, cipher)
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
        # A clock that was set back says nothing about the time since then.
        return error if at > seen and 0 <= time.time() - at < window else None

    def _remember(self, error: TokenError, grant: str, ciphers: _FailureCiphers, refresh_token: str | None) -> None:
        subjects = [error.subject]
        if error.subject == USER and refresh_token is not None:
            # A locked account. A refresh does not look at what is remembered about the password.
            subjects.append(REFRESH_TOKEN)
        for subject in subjects:
            cipher = ciphers.get((subject, self._place))
            self._write(error, cipher or EntryCipher(self._material(subject, self._place, grant, refresh_token)))

    def _write(self, error: TokenError, cipher: EntryCipher) -> None:
        content = _to_json({"at": time.time(), "error": error.to_entry()})
        try:
            self._run.write(cipher.name, cipher.encrypt(content.encode("ascii")), _RUN_SECONDS)
        except StoreError as problem:
            self._note(problem)
            if error.subject in _REJECTED:
                # An empty entry says that the credentials were rejected.
                with suppress(StoreError):
                    self._run.use_reservation(cipher.name)

    def _forget(self, ciphers: _FailureCiphers) -> None:
        """The server accepted the credentials, so older rejections say nothing any more."""
        for (subject, place), cipher in ciphers.items():
            if place == self._place and subject != REFRESH_TOKEN:
                with suppress(StoreError):
                    self._run.delete(cipher.name)

    def _ciphers(self, grant: str, refresh_token: str | None) -> _FailureCiphers:
        """The entries that can hold a failure of a request with GRANT, in the order in which they are looked at."""
        subjects = [*_rejectable(grant), *([] if refresh_token is None else [REFRESH_TOKEN]), ENDPOINT, REQUEST]
        # A server's rejection counts wherever the request comes from. Whether it can be reached does not, and a
        # loopback URL means another server.
        is_shared = bool(self._place) and not self._request.is_loopback
        materials = {}
        for subject in subjects:
            for place in ("", self._place) if is_shared and subject in _REJECTED else (self._place,):
                materials[subject, place] = self._material(subject, place, grant, refresh_token)
        return {key: EntryCipher(material) for key, material in materials.items()}

    def _material(self, subject: str, place: str, grant: str, refresh_token: str | None) -> bytes:
        request = self._request
        key: dict[str, object] = {"subject": subject, "place": place}
        if subject in (ENDPOINT, REQUEST):
            key.update(grant=grant, revoke_url=request.given_revoke_url if grant == REVOCATION else None)
        if subject == USER:
            key.update(origin=request.origin, username=request.username, password=request.password)
        elif subject == ENDPOINT:
            settings = [str(getattr(request.transport, name)) for name in request.transport.__dataclass_fields__]
            key.update(url=request.token_url, connection=self._connection, settings=settings)
        elif subject == REQUEST:
            key.update(identity=self._identity)
        else:
            key.update(origin=request.origin, consumer_key=request.consumer_key, secret=request.consumer_secret)
            key.update(authentication=request.client_authentication)
            key.update(refresh_token=refresh_token if subject == REFRESH_TOKEN else None)
        return _to_json(key).encode("ascii")


def open_store(named: str, *, request_timeout: float = 30.0) -> TokenStore | None:
    """The store that the option C(token_store) names; None for C(none). Raises C(OptionError)."""
    if named == "none":
        return None
    if named == RUN:
        return DirectoryStore(run_directory())
    if named.startswith(REDIS_SCHEMES):
        # Imported lazily: most runs do without Redis.
        from ansible_collections.apiops.wso2.plugins.plugin_utils._redis_store import RedisStore

        return RedisStore(named, request_timeout=request_timeout)
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
    hint = f"{error.hint}. {FORCE_HINT}" if error.hint else FORCE_HINT
    return TokenError.from_entry({**entry, "cause": cause, "hint": hint, "attempts": 0})


def _rejectable(grant: str) -> list[str]:
    """Whose credentials the server can reject, in the order in which their locks are taken."""
    return [CLIENT, USER] if grant == PASSWORD_GRANT else [CLIENT]


def _lifetime(token: Token) -> int:
    """Seconds for which TOKEN, or the refresh token that came with it, can be of use."""
    if token.lifetime is None:
        return _REFRESH_TOKEN_SECONDS if token.expires else _NEVER_EXPIRES_SECONDS
    return token.lifetime + (_REFRESH_TOKEN_SECONDS if token.refresh_token is not None else 1)


def _texts(token: Token) -> Sequence[str]:
    return [token.access_token, *([token.refresh_token] if token.refresh_token else [])]


def _to_token(content: Any) -> Token | None:
    try:
        return Token.from_entry(content)
    except (KeyError, TypeError, ValueError):
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _read_entry(store: TokenStore, cipher: EntryCipher) -> Any:
    """What the entry contains, or None."""
    try:
        encrypted = store.read(cipher.name)
    except StoreError:
        # A cache miss. Locking and writing meet the same problem, and report it once.
        return None
    if encrypted is None:
        return None
    key = (cipher.name, encrypted)
    if key not in _decrypted:
        content = cipher.decrypt(encrypted)
        try:
            _decrypted[key] = None if content is None else json.loads(content)
        except ValueError:
            _decrypted[key] = None
    return _decrypted[key]
