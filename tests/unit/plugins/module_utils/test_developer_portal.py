# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys of an application in the Developer Portal: duties K11 to K20."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._developer_portal import generate_keys, remove_keys
from ansible_collections.apiops.wso2.plugins.module_utils._errors import USER, TokenError
from ansible_collections.apiops.wso2.tests.unit.keys_examples import (
    APPLICATION_ID,
    DEAD_ROW,
    KEY,
    KEY_MANAGERS,
    LIVE_TOKEN,
    MAPPING_ID,
    PORTAL,
    SECRET,
    UNAUTHENTICATED,
    Sent,
    application,
    key_row,
    keys_request,
    page_of,
    portal,
    portal_error,
)

PLACE = f"/applications/{APPLICATION_ID}"
GENERATED = key_row(
    keyState="APPROVED", token={"accessToken": LIVE_TOKEN, "tokenScopes": ["default"], "validityTime": 3600}
)
NOTHING = page_of()
KEYS_EXIST = (409, portal_error(901409, "Key Mappings already exists"))
CLEAN = [NOTHING, page_of(key_row())]


def generate(**changes: Any) -> Any:
    check_mode = changes.pop("check_mode", False)
    return generate_keys(keys_request(PORTAL, **changes), check_mode=check_mode)


def failure(**changes: Any) -> TokenError:
    with pytest.raises(TokenError) as failed:
        generate(**changes)
    return failed.value


def test_keys_that_exist_are_found_by_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """K13."""
    server = portal(monkeypatch)
    keys = generate()
    assert server.changes() == []
    assert (keys.consumer_key, keys.consumer_secret, keys.origin, keys.is_changed) == (KEY, SECRET, "found", False)
    assert keys.token_url == "https://wso2.example.com:9443/oauth2/token"
    assert keys.revoke_url == "https://wso2.example.com:9443/oauth2/revoke"
    assert (keys.key_type, keys.key_manager, keys.key_state) == ("PRODUCTION", "Resident Key Manager", "COMPLETED")
    assert (keys.application_id, keys.key_mapping_id) == (APPLICATION_ID, MAPPING_ID)


def test_only_the_missing_steps_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    server = portal(monkeypatch, keys=[NOTHING], generate=(200, GENERATED))
    keys = generate(key_type="production", token_lifetimes={"user": 900}, callback_url="https://a.example")
    content = {
        "keyType": "PRODUCTION",
        "keyManager": "Resident Key Manager",
        "grantTypesToBeSupported": ["password", "refresh_token"],
        "callbackUrl": "https://a.example",
        "additionalProperties": {"user_access_token_expiry_time": "900"},
    }
    assert server.changes() == [Sent("POST", f"{PLACE}/generate-keys", content)]
    assert (keys.consumer_secret, keys.origin, keys.is_changed) == (SECRET, "created", True)


def test_application_and_keys_are_created(monkeypatch: pytest.MonkeyPatch) -> None:
    server = portal(
        monkeypatch, applications=[NOTHING], create=(201, application()), keys=[NOTHING], generate=(200, GENERATED)
    )
    assert generate(throttling_policy="10PerMin").is_changed
    created = Sent("POST", "/applications", {"name": "ada_automation", "throttlingPolicy": "10PerMin"})
    assert [server.changes()[0], len(server.changes())] == [created, 2]


def test_a_created_application_is_a_change_also_if_its_keys_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    portal(monkeypatch, applications=[NOTHING], create=(201, application()))
    keys = generate()
    assert (keys.origin, keys.is_changed) == ("found", True)


class TestNames:
    @pytest.mark.parametrize("name", ["ada_automation", "ADA_Automation"])
    def test_capitals_are_not_distinguished(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        others = application("ada_automation_more", applicationId="other")
        server = portal(monkeypatch, applications=[page_of(others, application(name))])
        assert generate().application_id == APPLICATION_ID
        assert server.changes() == []

    def test_an_application_that_only_looks_similar(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Databases that ignore capitals distinguish ß from ss."""
        portal(monkeypatch, applications=[page_of(application("STRASSE", applicationId="other"))])
        assert generate(name="Straße", check_mode=True).application_id is None

    def test_all_pages_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K11: also if the server returns fewer rows than requested."""
        first = page_of(application("other", applicationId="1"), application("more", applicationId="2"), total=3)
        server = portal(monkeypatch, applications=[first, page_of(application(), total=3)])
        assert generate().application_id == APPLICATION_ID
        queries = [sent.content for sent in server.sent if sent.path == "/applications"]
        assert queries == ["limit=100&offset=0", "limit=100&offset=2"]

    def test_two_applications_with_one_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K11: those that a group shares."""
        both = page_of(application(), application("Ada_Automation", applicationId="other"))
        server = portal(monkeypatch, applications=[both])
        assert "sees 2 applications with the name ada_automation" in failure().message
        assert server.changes() == []

    def test_an_application_that_another_run_created(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K12."""
        exists = (409, portal_error(409, "Resource Already Exists"))
        portal(monkeypatch, applications=[NOTHING, page_of(application())], create=exists)
        keys = generate()
        assert (keys.application_id, keys.is_changed) == (APPLICATION_ID, False)

    def test_an_application_that_the_user_does_not_see(self, monkeypatch: pytest.MonkeyPatch) -> None:
        exists = (409, portal_error(409, "Resource Already Exists"))
        portal(monkeypatch, applications=[NOTHING], create=exists)
        assert "exists, but this user does not see it" in failure().message

    @pytest.mark.parametrize("status", ["CREATED", "REJECTED", "ON_HOLD"])
    def test_an_application_that_is_not_approved(self, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
        portal(monkeypatch, applications=[page_of(application(status=status))])
        message = failure().message
        assert f"is not approved (status {status})" in message
        assert "Admin Portal" in message

    def test_a_new_application_that_waits_for_an_approval(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = portal(monkeypatch, applications=[NOTHING], create=(202, application(status="CREATED")))
        assert "is not approved" in failure().message
        assert len(server.changes()) == 1


class TestKeys:
    def test_keys_that_another_run_generated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K14."""
        portal(monkeypatch, keys=CLEAN, generate=KEYS_EXIST)
        keys = generate()
        assert (keys.consumer_secret, keys.is_changed) == (SECRET, True)

    @pytest.mark.parametrize("rows", [[NOTHING], [NOTHING, page_of(DEAD_ROW)]])
    def test_a_conflict_without_keys(self, rows: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """K14."""
        portal(monkeypatch, keys=rows, generate=KEYS_EXIST)
        message = failure().message
        assert "clean-up" in message
        assert "state: absent" in message

    def test_a_row_that_is_left_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It says APPROVED, but only a consumer key that is not empty is a key."""
        server = portal(monkeypatch, keys=[page_of(DEAD_ROW)])
        assert "has an entry for production keys, but no keys" in failure().message
        assert server.changes() == []

    @pytest.mark.parametrize("state", ["CREATED", "ON_HOLD"])
    def test_keys_that_wait_for_an_approval(self, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """K15: with status 200."""
        pending = {**DEAD_ROW, "keyState": state}
        portal(monkeypatch, keys=[NOTHING], generate=(200, pending))
        assert "wait for an approval" in failure().message
        portal(monkeypatch, keys=[page_of(pending)])
        assert "wait for an approval" in failure().message

    @pytest.mark.parametrize("secret", ["***", "********", None, "", "Ma*e"])
    @pytest.mark.parametrize("is_new", [True, False])
    def test_a_masked_secret_is_a_failure(self, secret: Any, is_new: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        """K16."""
        if is_new:
            portal(monkeypatch, keys=[NOTHING], generate=(200, {**GENERATED, "consumerSecret": secret}))
        else:
            portal(monkeypatch, keys=[page_of(key_row(consumerSecret=secret))])
        message = failure().message
        assert "does not show the consumer secret" in message
        assert "only once" in message

    def test_the_live_token_is_a_secret(self, monkeypatch: pytest.MonkeyPatch, registered_secrets: list[str]) -> None:
        """K17."""
        portal(monkeypatch, keys=[NOTHING], generate=(200, GENERATED))
        keys = generate()
        assert LIVE_TOKEN in registered_secrets
        assert LIVE_TOKEN not in str(keys.to_entry())

    def test_the_live_token_is_not_in_a_message(self, monkeypatch: pytest.MonkeyPatch) -> None:
        broken = {**GENERATED, "consumerKey": None, "keyState": LIVE_TOKEN}
        portal(monkeypatch, keys=[NOTHING], generate=(200, broken))
        assert LIVE_TOKEN not in str(failure().to_entry())

    def test_other_keys_of_the_application_do_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        others = page_of(key_row(keyType="SANDBOX"), key_row(keyManager="Okta"))
        server = portal(monkeypatch, keys=[others], generate=(200, GENERATED))
        assert generate().origin == "created"
        assert len(server.changes()) == 1

    def test_keys_of_no_key_manager_do_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        nameless = page_of({"id": None, "name": "Resident Key Manager"})
        server = portal(monkeypatch, managers=(200, nameless), keys=[page_of(key_row(keyManager=None))])
        assert generate(check_mode=True).consumer_key is None
        assert server.changes() == []

    def test_a_key_manager_by_its_id(self, monkeypatch: pytest.MonkeyPatch) -> None:
        manager_id = KEY_MANAGERS["list"][0]["id"]  # type: ignore[index]
        portal(monkeypatch, keys=[page_of(key_row(keyManager=manager_id))])
        assert generate(key_manager=manager_id).key_manager == "Resident Key Manager"

    def test_an_unknown_key_manager(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = portal(monkeypatch)
        message = failure(key_manager="Okta").message
        assert "There is no key manager Okta" in message
        assert "Resident Key Manager" in message
        assert server.changes() == []

    def test_grants_that_the_portal_drops(self, monkeypatch: pytest.MonkeyPatch) -> None:
        portal(monkeypatch, keys=[NOTHING], generate=(200, {**GENERATED, "supportedGrantTypes": [""]}))
        assert "without the grant password, refresh_token" in failure().message


class TestChanges:
    def test_missing_grants_are_added_with_the_rest_unchanged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K18."""
        row = key_row(supportedGrantTypes=["client_credentials", "password"], callbackUrl="https://a.example")
        grants = ["client_credentials", "password", "refresh_token"]
        changed = {**row, "supportedGrantTypes": grants, "keyMappingId": None, "keyState": None, "token": None}
        server = portal(monkeypatch, keys=[page_of(row)], change=(200, changed))
        keys = generate()
        content = {
            "supportedGrantTypes": grants,
            "callbackUrl": "https://a.example",
            "keyManager": "Resident Key Manager",
            "keyType": "PRODUCTION",
            "additionalProperties": row["additionalProperties"],
        }
        assert server.changes() == [Sent("PUT", f"{PLACE}/oauth-keys/{MAPPING_ID}", content)]
        assert (keys.grant_types, keys.is_changed, keys.origin) == (tuple(grants), True, "found")
        assert (keys.key_mapping_id, keys.key_state) == (MAPPING_ID, "COMPLETED")

    @pytest.mark.parametrize(
        ("options", "is_changed"),
        [
            ({"token_lifetimes": {"user": 3600}}, False),
            ({"token_lifetimes": {"user": 900}}, True),
            ({"token_lifetimes": {"application": 900}}, True),
            ({"callback_url": "https://b.example"}, True),
            ({"grant_types": ["password"]}, False),
        ],
    )
    def test_what_is_a_change(self, options: Any, is_changed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        server = portal(monkeypatch, change=(200, key_row()))
        assert generate(**options).is_changed is is_changed
        assert len(server.changes()) == int(is_changed)

    @pytest.mark.parametrize("mapping", [None, "", 7])
    def test_keys_without_an_id_are_not_changed(self, mapping: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        server = portal(monkeypatch, keys=[page_of(key_row(keyMappingId=mapping))])
        assert "keys without an ID" in failure(grant_types=["custom_grant"]).message
        assert server.changes() == []

    def test_a_grant_that_is_not_added(self, monkeypatch: pytest.MonkeyPatch) -> None:
        portal(monkeypatch, change=(200, key_row()))
        assert "did not add the grant teleport" in failure(grant_types=["password", "teleport"]).message

    def test_no_secret_is_generated_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """K19."""
        server = portal(monkeypatch, keys=[page_of(key_row(consumerSecret="***"))])
        failure()
        assert server.changes() == []


class TestCheckMode:
    @pytest.mark.parametrize(
        ("given", "options", "expected"),
        [
            ({}, {}, (KEY, False)),
            ({}, {"token_lifetimes": {"user": 900}}, (KEY, True)),
            ({"keys": [NOTHING]}, {}, (None, True)),
            ({"applications": [NOTHING]}, {}, (None, True)),
        ],
    )
    def test_nothing_is_changed(
        self, given: Any, options: Any, expected: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server = portal(monkeypatch, **given)
        keys = generate(check_mode=True, **options)
        assert (keys.consumer_key, keys.is_changed) == expected
        assert server.changes() == []

    def test_nothing_is_deleted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = portal(monkeypatch)
        assert remove_keys(keys_request(PORTAL, state="absent"), check_mode=True).is_changed
        assert server.changes() == []


class TestRemoval:
    REQUEST = keys_request(PORTAL, state="absent")

    @pytest.mark.parametrize("row", [key_row(), DEAD_ROW], ids=["keys", "left over"])
    def test_the_keys_are_deleted(self, row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        server = portal(monkeypatch, keys=[page_of(row)], delete=(200, b""))
        assert remove_keys(self.REQUEST).is_changed
        assert server.changes() == [Sent("DELETE", f"{PLACE}/oauth-keys/{MAPPING_ID}")]

    @pytest.mark.parametrize("given", [{"keys": [NOTHING]}, {"applications": [NOTHING]}])
    def test_what_is_not_there_is_no_change(self, given: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        server = portal(monkeypatch, **given)
        assert not remove_keys(self.REQUEST).is_changed
        assert server.changes() == []

    @pytest.mark.parametrize("status", [404, 500])
    def test_keys_that_another_run_deleted(self, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
        portal(monkeypatch, keys=[page_of(key_row()), NOTHING], delete=(status, portal_error(status, "x")))
        assert not remove_keys(self.REQUEST).is_changed

    @pytest.mark.parametrize(
        ("reply", "text"),
        [
            ((403, portal_error(403, "Forbidden")), "Only the owner"),
            ((405, b""), "Up to API Manager 4.2, delete the application"),
            ((500, portal_error(500, "Internal server error")), "The server failed"),
        ],
    )
    def test_failures(self, reply: Any, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """K20."""
        portal(monkeypatch, delete=reply)
        with pytest.raises(TokenError) as failed:
            remove_keys(self.REQUEST)
        assert text in failed.value.message


def test_a_rejected_login_is_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    server = portal(monkeypatch, managers=(401, UNAUTHENTICATED))
    assert failure().subject == USER
    assert len(server.sent) == 1


def test_a_server_that_repeats_its_last_page_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second page has only applications that the first one had."""
    server = portal(monkeypatch, applications=[page_of(application("x", applicationId="x"), total=10**9)])
    generate(check_mode=True)
    assert len(server.sent) == 3


def test_a_list_of_applications_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is created, because the application can be on a page that was not read."""
    pages = [page_of(application("x", applicationId=str(number)), total=10**9) for number in range(6)]
    server = portal(monkeypatch, applications=pages)
    monkeypatch.setattr("ansible_collections.apiops.wso2.plugins.module_utils._developer_portal._MOST_PAGES", 5)
    assert "does not end after 5 pages" in failure().message
    assert (len(server.sent), server.changes()) == (6, [])


def test_a_total_that_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    full = page_of(*(application("x", applicationId=str(number)) for number in range(100)), total=1)
    server = portal(monkeypatch, applications=[full, page_of(application())])
    assert generate().application_id == APPLICATION_ID
    assert server.changes() == []


@pytest.mark.parametrize("body", [{}, {"list": None}, {"list": "x"}, b"<html></html>"])
def test_a_response_without_a_list(body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    portal(monkeypatch, managers=(200, body))
    assert "Check portal_url" in failure().message
