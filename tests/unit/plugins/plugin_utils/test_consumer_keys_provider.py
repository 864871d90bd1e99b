# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Consumer keys are registered once in a run, and a rejected login is sent once."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible import constants

from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys import ConsumerKeys
from ansible_collections.apiops.wso2.plugins.module_utils._consumer_keys_request import ConsumerKeysRequest
from ansible_collections.apiops.wso2.plugins.module_utils._errors import (
    ENDPOINT,
    REQUEST,
    USER,
    OptionError,
    TokenError,
)
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import PASSWORD_GRANT
from ansible_collections.apiops.wso2.plugins.plugin_utils._consumer_keys_provider import ConsumerKeysProvider
from ansible_collections.apiops.wso2.plugins.plugin_utils._directory_store import DirectoryStore, StoreError
from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache
from ansible_collections.apiops.wso2.tests.unit.examples import token_request
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    ADMIN_PASSWORD,
    IDENTITY_SERVER,
    KEY,
    PORTAL,
    SECRET,
    keys_request,
)
from ansible_collections.apiops.wso2.tests.unit.shared_run import known_failure, record_failure

KEYS = ConsumerKeys(consumer_key=KEY, consumer_secret=SECRET, origin="created", is_changed=True)
REJECTED = TokenError("HTTP 401", hint="Check it", http_status=401, attempts=1, subject=USER)


class Endpoint:
    """Returns or raises OUTCOME, and counts."""

    def __init__(self, outcome: ConsumerKeys | TokenError = KEYS) -> None:
        self.outcome = outcome
        self.calls: list[tuple[str, str, bool]] = []

    def ensure_keys(self, request: ConsumerKeysRequest, *, check_mode: bool) -> ConsumerKeys:
        return self._record("present", request, check_mode)

    def remove_keys(self, request: ConsumerKeysRequest, *, check_mode: bool) -> ConsumerKeys:
        return self._record("absent", request, check_mode)

    def _record(self, state: str, request: ConsumerKeysRequest, check_mode: bool) -> ConsumerKeys:
        self.calls.append((state, request.name, check_mode))
        if isinstance(self.outcome, TokenError):
            raise self.outcome
        return self.outcome


def acquire(endpoint: Endpoint, *, check_mode: bool = False, place: str = "", **changes: Any) -> ConsumerKeys:
    request = keys_request(changes.pop("url", IDENTITY_SERVER), **changes)
    return ConsumerKeysProvider(endpoint, request, place=place).acquire(check_mode=check_mode)


def failure(endpoint: Endpoint, **changes: Any) -> TokenError:
    with pytest.raises(TokenError) as failed:
        acquire(endpoint, **changes)
    return failed.value


def test_all_hosts_share_one_registration() -> None:
    endpoint = Endpoint()
    results = [acquire(endpoint) for _host in range(5)]
    assert len(endpoint.calls) == 1
    assert {(keys.consumer_key, keys.consumer_secret) for keys in results} == {(KEY, SECRET)}
    assert [keys.is_changed for keys in results] == [True, *[False] * 4]
    assert [keys.origin for keys in results] == ["created", *["found"] * 4]


def test_what_api_manager_does_not_say_stays_unsaid() -> None:
    endpoint = Endpoint(ConsumerKeys(consumer_key=KEY, consumer_secret=SECRET, origin="registered"))
    assert [acquire(endpoint).origin for _host in range(2)] == ["registered"] * 2


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "other"},
        {"url": PORTAL},
        {"username": "other"},
        {"password": "other"},
        {"grant_types": ["password"]},
        {"callback_url": "https://a.example"},
        {"place": "managed node"},
        {"registration_token": "initial"},
    ],
)
def test_another_request_is_sent(changes: dict[str, Any]) -> None:
    endpoint = Endpoint()
    acquire(endpoint)
    acquire(endpoint, **changes)
    assert len(endpoint.calls) == 2


def test_the_order_of_grants_means_nothing() -> None:
    endpoint = Endpoint()
    acquire(endpoint, grant_types=["password", "refresh_token"])
    acquire(endpoint, grant_types=["refresh_token", "password"])
    assert len(endpoint.calls) == 1


def test_a_later_task_with_other_grants_replaces_what_was_kept() -> None:
    endpoint = Endpoint()
    for grants in (["password"], ["client_credentials"], ["password"]):
        acquire(endpoint, grant_types=grants)
    assert len(endpoint.calls) == 3


def test_removed_keys_are_not_returned_again() -> None:
    endpoint = Endpoint()
    acquire(endpoint)
    endpoint.outcome = ConsumerKeys(is_changed=True)
    removed = ConsumerKeysProvider(endpoint, keys_request(IDENTITY_SERVER, state="absent")).remove()
    assert removed.is_changed
    endpoint.outcome = KEYS
    acquire(endpoint)
    assert [call[0] for call in endpoint.calls] == ["present", "absent", "present"]


def test_check_mode_keeps_nothing_and_removes_nothing() -> None:
    endpoint = Endpoint()
    acquire(endpoint, check_mode=True)
    assert acquire(endpoint).is_changed
    ConsumerKeysProvider(endpoint, keys_request(IDENTITY_SERVER, state="absent")).remove(check_mode=True)
    acquire(endpoint)
    assert endpoint.calls == [
        ("present", "ada_automation", True),
        ("present", "ada_automation", False),
        ("absent", "ada_automation", True),
    ]


def _files() -> list[Path]:
    return [path for path in Path(constants.DEFAULT_LOCAL_TMP).rglob("*") if path.is_file()]


def test_what_is_kept_is_encrypted_private_and_in_the_run() -> None:
    acquire(Endpoint())
    files = _files()
    assert files
    content = b"".join(path.read_bytes() for path in files)
    for secret in (SECRET, KEY, ADMIN_PASSWORD, "ada_automation"):
        assert secret.encode() not in content
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@pytest.mark.parametrize("damage", [lambda raw: raw[:-1], lambda raw: b"", lambda raw: raw[:20] + b"x" + raw[21:]])
def test_a_damaged_entry_is_a_miss(damage: Callable[[bytes], bytes]) -> None:
    endpoint = Endpoint()
    acquire(endpoint)
    for path in _files():
        path.write_bytes(damage(path.read_bytes()))
    acquire(endpoint)
    assert len(endpoint.calls) == 2


class TestFailures:
    def test_a_rejected_login_is_sent_once(self) -> None:
        endpoint = Endpoint(REJECTED)
        first = failure(endpoint)
        assert first.attempts == 1
        for changes in ({}, {"name": "other"}, {"url": PORTAL}, {"grant_types": ["password"]}):
            second = failure(endpoint, **changes)
            assert second.attempts == 0
            assert "earlier in this run" in second.message
            assert "run the playbook again" in second.message
            assert "force" not in second.message
        assert len(endpoint.calls) == 1

    @pytest.mark.parametrize("changes", [{"password": "other"}, {"username": "other"}])
    def test_other_credentials_are_sent(self, changes: dict[str, Any]) -> None:
        endpoint = Endpoint(REJECTED)
        failure(endpoint)
        failure(endpoint, **changes)
        assert len(endpoint.calls) == 2

    def test_the_token_plugins_share_the_memory(self) -> None:
        """Both ways: it locks the same account."""
        request = token_request(
            token_url="https://wso2.example.com:9443/oauth2/token", username="admin", password=ADMIN_PASSWORD
        )
        failure(Endpoint(REJECTED))
        known = known_failure(TokenCache(request, "run"), PASSWORD_GRANT)
        assert known is not None
        assert (known.subject, known.attempts) == (USER, 0)

    def test_a_login_that_the_token_endpoint_rejected(self) -> None:
        request = token_request(
            token_url="https://wso2.example.com:9443/oauth2/token", username="admin", password=ADMIN_PASSWORD
        )
        record_failure(TokenCache(request, "run"), REJECTED, PASSWORD_GRANT)
        endpoint = Endpoint()
        assert failure(endpoint).attempts == 0
        assert endpoint.calls == []

    def test_a_rejected_token_says_nothing_about_the_user(self) -> None:
        endpoint = Endpoint(TokenError("HTTP 401", subject=REQUEST))
        failure(endpoint, registration_token="initial")
        endpoint.outcome = KEYS
        assert acquire(endpoint).consumer_key == KEY

    @pytest.mark.parametrize(("subject", "sent"), [(REQUEST, 2), (ENDPOINT, 1)])
    def test_other_failures_are_shared_for_a_moment(self, subject: str, sent: int) -> None:
        endpoint = Endpoint(TokenError("HTTP 503", subject=subject))
        for _host in range(3):
            failure(endpoint)
        failure(endpoint, name="other")
        assert len(endpoint.calls) == sent

    def test_a_failure_of_one_state_says_nothing_about_the_other(self) -> None:
        """Keys that are left over are removed by the next task."""
        endpoint = Endpoint(TokenError("left over", subject=REQUEST))
        failure(endpoint)
        endpoint.outcome = ConsumerKeys(is_changed=True)
        assert ConsumerKeysProvider(endpoint, keys_request(IDENTITY_SERVER, state="absent")).remove().is_changed
        endpoint.outcome = KEYS
        assert acquire(endpoint).is_changed

    def test_a_retry_of_the_task_sends_a_request(self) -> None:
        endpoint = Endpoint(TokenError("HTTP 503", subject=ENDPOINT))
        failure(endpoint)
        provider = ConsumerKeysProvider(endpoint, keys_request(IDENTITY_SERVER), failure_seen=float("inf"))
        with pytest.raises(TokenError):
            provider.acquire()
        assert len(endpoint.calls) == 2

    def test_an_option_error_is_not_remembered(self) -> None:
        endpoint = Endpoint(OptionError("ca_path", "cannot be read"))
        failure(endpoint)
        failure(endpoint)
        assert len(endpoint.calls) == 2

    def test_check_mode_at_api_manager_needs_no_server(self) -> None:
        endpoint = Endpoint(REJECTED)
        failure(endpoint, url="https://wso2.example.com:9443/client-registration/v0.17/register")
        endpoint.outcome = ConsumerKeys(warnings=("Nothing was sent.",))
        keys = acquire(
            endpoint, url="https://wso2.example.com:9443/client-registration/v0.17/register", check_mode=True
        )
        assert keys.consumer_key is None


@pytest.mark.parametrize("method", ["lock", "write"])
def test_a_directory_that_cannot_be_used_costs_a_warning(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise StoreError("Cannot write to the token store: no space left")

    monkeypatch.setattr(DirectoryStore, method, fail)
    keys = acquire(Endpoint())
    assert keys.consumer_secret == SECRET
    assert len(keys.warnings) == 1
    assert "no space left" in keys.warnings[0]


def test_parallel_processes_register_once(tmp_path: Path) -> None:
    """The lock is held from reading the entry to writing it."""
    log = tmp_path / "log"

    class Slow(Endpoint):
        def ensure_keys(self, request: ConsumerKeysRequest, *, check_mode: bool) -> ConsumerKeys:
            with log.open("a") as file:
                file.write("x")
            time.sleep(0.2)
            return KEYS

    children = []
    for _number in range(6):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if acquire(Slow()).consumer_secret == SECRET else 1
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 6
    assert log.read_text() == "x"
