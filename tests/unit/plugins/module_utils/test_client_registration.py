# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Registration of clients, in the format of API Manager and by RFC 7591: duties K3 to K10 and K20."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._client_registration import (
    register_client,
    register_dynamically,
    remove_dynamically,
)
from ansible_collections.apiops.wso2.plugins.module_utils._errors import REQUEST, USER, TokenError
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    ADMIN_PASSWORD,
    IDENTITY_SERVER,
    KEY,
    SECRET,
    UNAUTHENTICATED,
    Sent,
    dynamic_client,
    keys_request,
    name_exists,
    portal_error,
    registered,
    scripted,
)

AM_PATH = "/client-registration/v0.17/register"
DCR_PATH = "/api/identity/oauth2/dcr/v1.1/register"
SEARCH = Sent("GET", f"{DCR_PATH}?client_name=ada_automation")
CREATE = Sent(
    "POST",
    DCR_PATH,
    {"client_name": "ada_automation", "grant_types": ["password", "refresh_token"], "response_types": []},
)
CHALLENGE = "www-authenticate"


class TestApiManager:
    def test_one_request_with_all_that_the_server_needs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = scripted(monkeypatch, (200, registered()))
        keys = register_client(keys_request(organization="acme"))
        content = {
            "clientName": "ada_automation",
            "owner": "admin@acme",
            "grantType": "password refresh_token",
            "saasApp": False,
        }
        assert server.sent == [Sent("POST", AM_PATH, content)]
        assert server.sent[0].credentials == ("admin@acme", ADMIN_PASSWORD)
        assert (keys.consumer_key, keys.consumer_secret) == (KEY, SECRET)
        assert (keys.origin, keys.is_changed, keys.grant_types) == ("registered", False, ("password", "refresh_token"))

    def test_a_callback_url_is_sent_only_if_it_is_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        callback = "https://app.example/cb"
        server = scripted(monkeypatch, (200, registered(callBackURL=callback)))
        assert register_client(keys_request(callback_url=callback)).callback_url == callback
        assert server.sent[0].content["callbackUrl"] == callback

    def test_a_grant_that_the_client_lacks_is_a_failure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K3: the server returns the client as it is, whatever the request says."""
        scripted(monkeypatch, (200, registered("client_credentials")))
        with pytest.raises(TokenError, match="registered before without the grant password, refresh_token") as failed:
            register_client(keys_request())
        assert "Use another name" in failed.value.message
        assert failed.value.http_status == 200

    def test_grants_that_are_unknown_are_no_failure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K4: old versions send text that is no JSON."""
        scripted(monkeypatch, (200, registered(None)))
        keys = register_client(keys_request())
        assert (keys.consumer_key, keys.grant_types) == (KEY, None)

    @pytest.mark.parametrize(
        ("is_shared", "wanted"),
        [(True, False), (False, True)],
    )
    def test_a_client_that_is_shared_differently(
        self, is_shared: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scripted(monkeypatch, (200, registered(isSaasApplication=is_shared)))
        with pytest.raises(TokenError, match="shared with tenants") as failed:
            register_client(keys_request(shared_with_tenants=wanted))
        assert f"shared_with_tenants: {str(is_shared).lower()}" in failed.value.message

    def test_a_client_with_another_callback_url(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scripted(monkeypatch, (200, registered(callBackURL="https://other.example")))
        with pytest.raises(TokenError, match="another callback URL"):
            register_client(keys_request(callback_url="https://app.example/cb"))

    @pytest.mark.parametrize("secret", [None, "", "***", 5])
    def test_no_secret_is_a_failure(self, secret: object, monkeypatch: pytest.MonkeyPatch) -> None:
        """K5."""
        scripted(monkeypatch, (200, registered(clientSecret=secret)))
        with pytest.raises(TokenError, match="without its consumer secret"):
            register_client(keys_request())

    @pytest.mark.parametrize("key", [None, "", "a\nb", 5])
    def test_no_key_is_a_failure(self, key: object, monkeypatch: pytest.MonkeyPatch) -> None:
        """K5."""
        scripted(monkeypatch, (200, registered(clientId=key)))
        with pytest.raises(TokenError, match="HTTP 200 without the expected members"):
            register_client(keys_request())

    def test_a_rejected_login_is_about_the_user(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K2. Without a challenge, as recorded."""
        scripted(monkeypatch, (401, UNAUTHENTICATED))
        with pytest.raises(TokenError) as failed:
            register_client(keys_request())
        assert failed.value.subject == USER
        assert "Check username and password" in failed.value.message

    def test_check_mode_sends_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = scripted(monkeypatch)
        keys = register_client(keys_request(), check_mode=True)
        assert server.sent == []
        assert (keys.consumer_key, keys.is_changed, len(keys.warnings)) == (None, False, 1)

    @pytest.mark.parametrize(("status", "expected"), [(500, True), (503, False), (429, False), (502, False)])
    def test_500_is_never_sent_again(self, status: int, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        server = scripted(monkeypatch, (200, registered()))
        register_client(keys_request())
        assert server.finals[0](status, b"{}") is expected


class TestDynamicRegistration:
    def test_a_new_client(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = scripted(monkeypatch, (201, dynamic_client()))
        keys = register_dynamically(keys_request(IDENTITY_SERVER))
        assert server.sent == [CREATE]
        assert (keys.consumer_key, keys.consumer_secret, keys.origin) == (KEY, SECRET, "created")
        assert keys.is_changed
        assert keys.callback_url is None

    @pytest.mark.parametrize("grant", ["authorization_code", "implicit"])
    def test_a_grant_with_a_redirect_keeps_the_default_response_type(
        self, grant: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """RFC 7591, section 2: without response_types, the client may use the response type code."""
        callback = "https://app.example/cb"
        reply = dynamic_client(grant_types=[grant], redirect_uris=[callback])
        server = scripted(monkeypatch, (201, reply))
        register_dynamically(keys_request(IDENTITY_SERVER, grant_types=[grant], callback_url=callback))
        expected = {"client_name": "ada_automation", "grant_types": [grant], "redirect_uris": [callback]}
        assert server.sent[0].content == expected

    def test_a_client_that_exists_is_found_by_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K8: created first, because the 401 of a search is ambiguous."""
        server = scripted(monkeypatch, (400, name_exists()), (200, dynamic_client()))
        keys = register_dynamically(keys_request(IDENTITY_SERVER))
        assert server.sent == [CREATE, SEARCH]
        assert (keys.consumer_secret, keys.origin, keys.is_changed) == (SECRET, "found", False)

    def test_the_conflict_of_newer_servers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scripted(monkeypatch, (409, name_exists()), (200, dynamic_client()))
        assert register_dynamically(keys_request(IDENTITY_SERVER)).origin == "found"

    def test_missing_grants_are_added_and_none_is_removed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = dynamic_client(grant_types=["client_credentials", "password"], redirect_uris=["https://a.example"])
        grants = ["client_credentials", "password", "refresh_token"]
        server = scripted(monkeypatch, (400, name_exists()), (200, found), (200, {**found, "grant_types": grants}))
        keys = register_dynamically(keys_request(IDENTITY_SERVER))
        content = {"client_name": "ada_automation", "grant_types": grants, "redirect_uris": ["https://a.example"]}
        assert server.sent[2] == Sent("PUT", f"{DCR_PATH}/{KEY}", content)
        assert (keys.grant_types, keys.is_changed, keys.origin) == (tuple(grants), True, "found")

    def test_a_missing_callback_url_is_added(self, monkeypatch: pytest.MonkeyPatch) -> None:
        callback = "https://app.example/cb"
        changed = dynamic_client(redirect_uris=[callback])
        server = scripted(monkeypatch, (400, name_exists()), (200, dynamic_client()), (200, changed))
        keys = register_dynamically(keys_request(IDENTITY_SERVER, callback_url=callback))
        assert server.sent[2].content["redirect_uris"] == [callback]
        assert (keys.callback_url, keys.is_changed) == (callback, True)

    @pytest.mark.parametrize("replies", [[(201, dynamic_client(grant_types=["password"]))]])
    def test_a_grant_that_the_server_drops(self, replies: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        scripted(monkeypatch, *replies)
        with pytest.raises(TokenError, match="did not allow the grant refresh_token"):
            register_dynamically(keys_request(IDENTITY_SERVER))

    def test_a_grant_that_the_server_does_not_add(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = dynamic_client(grant_types=["password"])
        scripted(monkeypatch, (400, name_exists()), (200, found), (200, found))
        with pytest.raises(TokenError, match="did not allow the grant refresh_token"):
            register_dynamically(keys_request(IDENTITY_SERVER))

    @pytest.mark.parametrize("reply", [(401, b""), (403, b"", CHALLENGE)])
    def test_a_client_of_another_user(self, reply: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        scripted(monkeypatch, (400, name_exists()), reply)
        with pytest.raises(TokenError, match="exists, but this user must not read it") as failed:
            register_dynamically(keys_request(IDENTITY_SERVER))
        assert failed.value.subject == REQUEST

    @pytest.mark.parametrize("headers", [(), (CHALLENGE,)])
    def test_401_of_a_creation_is_the_login(self, headers: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        server = scripted(monkeypatch, (401, b"", *headers))
        with pytest.raises(TokenError) as failed:
            register_dynamically(keys_request(IDENTITY_SERVER))
        assert failed.value.subject == USER
        assert len(server.sent) == 1

    def test_another_400_is_passed_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K9: a message about a field names it."""
        body = {"error": "invalid_client_metadata", "error_description": "Unrecognized field : nonsense"}
        server = scripted(monkeypatch, (400, body))
        with pytest.raises(TokenError, match="Unrecognized field : nonsense"):
            register_dynamically(keys_request(IDENTITY_SERVER))
        assert len(server.sent) == 1

    def test_a_server_that_cannot_search(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scripted(monkeypatch, (400, name_exists()), (404, b""))
        with pytest.raises(TokenError, match="already exist"):
            register_dynamically(keys_request(IDENTITY_SERVER))

    @pytest.mark.parametrize("secret", [None, "", "********"])
    def test_a_secret_that_is_not_shown(self, secret: object, monkeypatch: pytest.MonkeyPatch) -> None:
        scripted(monkeypatch, (400, name_exists()), (200, dynamic_client(client_secret=secret)))
        with pytest.raises(TokenError, match="without its consumer secret") as failed:
            register_dynamically(keys_request(IDENTITY_SERVER))
        assert "hashed" in failed.value.message

    def test_a_secret_that_expires(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K10."""
        soon = int(time.time()) + 3600
        scripted(monkeypatch, (201, dynamic_client(client_secret_expires_at=soon)))
        keys = register_dynamically(keys_request(IDENTITY_SERVER))
        assert keys.secret_expires_at == soon
        assert len(keys.warnings) == 1

    @pytest.mark.parametrize("status", [500, 502, 504, 408])
    def test_a_creation_is_not_sent_again(self, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Other servers of RFC 7591 create a second client for it."""
        server = scripted(monkeypatch, (201, dynamic_client()))
        register_dynamically(keys_request(IDENTITY_SERVER))
        assert server.finals[0](status, b"") is True
        assert server.finals[0](503, b"") is False

    def test_a_registration_token_is_sent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = scripted(monkeypatch, (201, dynamic_client()))
        register_dynamically(keys_request(IDENTITY_SERVER, registration_token="initial"))
        assert server.sent[0].credentials == "Bearer initial"

    @pytest.mark.parametrize(
        ("replies", "expected"),
        [
            ([(401, b"")], (None, True, 0)),
            ([(404, b"")], (None, True, 1)),
            ([(200, dynamic_client())], (KEY, False, 0)),
            ([(200, dynamic_client(grant_types=["password"]))], (KEY, True, 0)),
        ],
    )
    def test_check_mode_only_reads(
        self, replies: list[Any], expected: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server = scripted(monkeypatch, *replies)
        keys = register_dynamically(keys_request(IDENTITY_SERVER), check_mode=True)
        assert server.sent == [SEARCH]
        assert (keys.consumer_key, keys.is_changed, len(keys.warnings)) == expected

    def test_a_rejected_login_in_check_mode(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scripted(monkeypatch, (401, b"", CHALLENGE))
        with pytest.raises(TokenError) as failed:
            register_dynamically(keys_request(IDENTITY_SERVER), check_mode=True)
        assert failed.value.subject == USER


class TestRemoval:
    REQUEST = keys_request(IDENTITY_SERVER, state="absent")

    @pytest.mark.parametrize("status", [200, 204])
    def test_a_client_is_deleted(self, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
        server = scripted(monkeypatch, (200, dynamic_client()), (status, b""))
        assert remove_dynamically(self.REQUEST).is_changed
        assert server.sent == [SEARCH, Sent("DELETE", f"{DCR_PATH}/{KEY}")]

    @pytest.mark.parametrize("replies", [[(401, b"")], [(200, dynamic_client()), (401, b"")]])
    def test_a_client_that_is_gone_is_no_change(self, replies: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """K20."""
        scripted(monkeypatch, *replies)
        assert not remove_dynamically(self.REQUEST).is_changed

    def test_a_secret_is_not_needed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        scripted(monkeypatch, (200, dynamic_client(client_secret=None)), (204, b""))
        assert remove_dynamically(self.REQUEST).is_changed

    def test_check_mode_deletes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = scripted(monkeypatch, (200, dynamic_client()))
        assert remove_dynamically(self.REQUEST, check_mode=True).is_changed
        assert server.sent == [SEARCH]

    @pytest.mark.parametrize(
        ("replies", "text"),
        [
            ([(401, b"", CHALLENGE)], "Check username and password"),
            ([(404, b"")], "does not find clients by their name"),
            ([(200, dynamic_client()), (403, b"", CHALLENGE)], "needs the permissions"),
            ([(200, dynamic_client()), (405, b"")], "cannot delete clients"),
            ([(200, {})], "without the expected members"),
        ],
    )
    def test_failures(self, replies: list[Any], text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        scripted(monkeypatch, *replies)
        with pytest.raises(TokenError) as failed:
            remove_dynamically(self.REQUEST)
        assert text in failed.value.message


def test_secrets_of_responses_are_registered_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, registered_secrets: list[str]
) -> None:
    """K21."""
    body = {"code": 400, "description": f"odd {SECRET} and {ADMIN_PASSWORD}", "clientSecret": SECRET}
    scripted(monkeypatch, (400, body))
    with pytest.raises(TokenError) as failed:
        register_client(keys_request())
    assert SECRET in registered_secrets
    assert SECRET not in str(failed.value.to_entry())
    assert ADMIN_PASSWORD not in str(failed.value.to_entry())


def test_an_owner_that_is_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """K6."""
    text = "Logged in user 'admin@acme' and application owner 'admin' should be same."
    scripted(monkeypatch, (400, portal_error(400, "Bad Request", text)))
    with pytest.raises(TokenError, match="should be same") as failed:
        register_client(keys_request())
    assert "Set or correct organization" in failed.value.message
