# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The seal: who asks for the same token finds the entry and can read it, and nobody else does."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.apiops.wso2.plugins.plugin_utils import _encryption as module
from ansible_collections.apiops.wso2.plugins.plugin_utils._encryption import Seal, seal_for
from ansible_collections.apiops.wso2.tests.unit.examples import (
    ACCESS_TOKEN,
    CONSUMER_KEY,
    CONSUMER_SECRET,
    GIVEN,
    PASSWORD,
    TOKEN_URL,
    token_request,
)


def seal(*, place: str = "", **changes: Any) -> Seal:
    return seal_for(token_request(**changes), place=place)


SAME: list[tuple[str, dict[str, Any]]] = [
    ("nothing", {}),
    ("order of the scopes", {"scope": ["b", "a"]}),
    ("scopes as one text", {"scope": ["a b"]}),
    ("a scope twice", {"scope": ["a", "b", "a"]}),
    ("timeout", {"timeout": 99}),
    ("retries", {"retries": 0}),
    ("proxies", {"use_proxy": False}),
    ("no place", {"place": ""}),
    ("what is wanted of the token", {"min_validity": 5, "force": True, "require_scope": True}),
]


@pytest.mark.parametrize("changes", [row[1] for row in SAME], ids=[row[0] for row in SAME])
def test_what_does_not_tell_tokens_apart(changes: dict[str, Any]) -> None:
    first = seal(scope=["a", "b"])
    module._encryption.cache_clear()
    again = seal(**{"scope": ["a", "b"], **changes})
    assert again is not first
    assert again.name == first.name
    assert again.open(first.close(b"content")) == b"content"


OTHER: list[tuple[str, dict[str, Any]]] = [
    ("host", {"token_url": TOKEN_URL.replace("wso2", "other")}),
    ("tenant", {"token_url": TOKEN_URL.replace("/oauth2", "/t/x/oauth2")}),
    ("query", {"token_url": f"{TOKEN_URL}?a=b"}),
    ("consumer key", {"consumer_key": f"{CONSUMER_KEY}x"}),
    ("consumer secret", {"consumer_secret": f"{CONSUMER_SECRET}x"}),
    ("no consumer secret", {"consumer_secret": None}),
    ("username", {"username": "alic"}),
    ("letters of the username", {"username": "Alice"}),
    ("organization", {"organization": "org"}),
    ("password", {"password": f"{PASSWORD}x"}),
    ("white space of the password", {"password": f"{PASSWORD} "}),
    ("where the username ends", {"username": f"alice{PASSWORD[0]}", "password": PASSWORD[1:]}),
    ("no user", {"username": None, "password": None, "refresh_token": "r"}),
    ("one scope more", {"scope": ["a", "b", "c"]}),
    ("one scope less", {"scope": ["a"]}),
    ("no scope", {"scope": []}),
    ("client certificate", {"client_cert": "/nowhere/client.pem"}),
    ("another client certificate", {"client_cert": "/nowhere/other.pem"}),
    ("no verification", {"validate_certs": False}),
    ("place", {"place": "web1"}),
    ("another place", {"place": "web2"}),
]


@pytest.mark.parametrize("changes", [row[1] for row in OTHER], ids=[row[0] for row in OTHER])
def test_what_tells_tokens_apart(changes: dict[str, Any]) -> None:
    one, other = seal(scope=["a", "b"]), seal(**{"scope": ["a", "b"], **changes})
    assert other.name != one.name
    assert other.open(one.close(b"content")) is None
    assert one.open(other.close(b"content")) is None


def test_all_of_these_have_names_of_their_own() -> None:
    names = [seal(**{"scope": ["a", "b"], **changes}).name for changes in ({}, *(row[1] for row in OTHER))]
    assert len(set(names)) == len(OTHER) + 1


def test_a_refresh_token_tells_whose_token_is_meant_where_no_password_does() -> None:
    alone = token_request(username=None, password=None, refresh_token="r")
    names = {seal_for(alone, refresh_token=refresh_token).name for refresh_token in (None, "r-bob", "r-eve")}
    assert len(names) == 3
    both = token_request(refresh_token="r")
    assert len({seal_for(both, refresh_token=refresh_token).name for refresh_token in (None, "r-bob", "r-eve")}) == 1


def test_a_client_certificate_counts_by_its_path_and_by_its_content(tmp_path: Path) -> None:
    first, second = tmp_path / "first.pem", tmp_path / "second.pem"
    names = [seal(client_cert=str(first)).name]
    first.write_text("old", "utf-8")
    second.write_text("old", "utf-8")
    names += [seal(client_cert=str(first)).name, seal(client_cert=str(second)).name]
    first.write_text("new", "utf-8")
    names += [seal(client_cert=str(first)).name]
    assert len(set(names)) == 4
    first.write_text("old", "utf-8")
    assert seal(client_cert=str(first)).name == names[1]


@pytest.mark.parametrize("secret", [CONSUMER_SECRET, None], ids=["confidential client", "public client"])
def test_the_name_says_nothing(secret: str | None) -> None:
    request = token_request(consumer_secret=secret, scope=["orders_read"])
    name = seal_for(request, place="web1").name
    assert len(name) == 64
    assert set(name) <= set("0123456789abcdef")
    known = [str(value) for value in (*GIVEN.values(), "orders_read", "web1")]
    digests = [hashlib.new(kind, text.encode()).hexdigest() for kind in ("md5", "sha1", "sha256") for text in known]
    assert not [text for text in (*known, *(text.encode().hex() for text in known), *digests) if text in name]


CONTENTS = [
    ("nothing", b""),
    ("a text", ACCESS_TOKEN.encode()),
    ("every byte", bytes(range(256))),
    ("a megabyte", b"x" * 2**20),
]


@pytest.mark.parametrize("content", [row[1] for row in CONTENTS], ids=[row[0] for row in CONTENTS])
def test_what_is_closed_can_be_opened(content: bytes) -> None:
    sealed = seal().close(content)
    assert seal().open(sealed) == content
    assert not content or content not in sealed


def test_the_same_content_is_never_sealed_the_same() -> None:
    sealed = [seal().close(b"content") for turn in range(50)]
    assert len(set(sealed)) == len({each[:12] for each in sealed}) == 50


def test_every_flipped_bit_is_noticed() -> None:
    sealed = seal().close(b"{}")
    for position in range(len(sealed) * 8):
        damaged = bytearray(sealed)
        damaged[position // 8] ^= 1 << position % 8
        assert seal().open(bytes(damaged)) is None, position


def test_every_truncation_is_noticed() -> None:
    sealed = seal().close(b"{}")
    for length in range(len(sealed)):
        assert seal().open(sealed[:length]) is None, length
        assert seal().open(sealed[-length:] if length else b"") is None, length


@pytest.mark.parametrize("foreign", [b"\0", b"\0" * 8, b"\0" * 12, b"\0" * 28, b'{"access_token": "t"}', b"x" * 9999])
def test_what_was_never_sealed_is_not_opened(foreign: bytes) -> None:
    assert seal().open(foreign) is None
    assert seal().open(seal().close(b"content") + foreign) is None


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The n of each call of scrypt, in a process that has made no seal yet."""
    asked: list[int] = []
    scrypt = hashlib.scrypt

    def counted(*args: Any, **options: Any) -> bytes:
        asked.append(options["n"])
        return scrypt(*args, **options)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    module._encryption.cache_clear()
    return asked


def test_a_consumer_secret_cannot_be_guessed_and_costs_nothing(costs: list[int]) -> None:
    seal()
    seal(password="another")
    assert costs == []


def test_each_guess_at_a_password_alone_is_dear(costs: list[int]) -> None:
    seal(consumer_secret=None)
    assert len(costs) == 1
    assert costs[0] >= 2**14
    seal(consumer_secret=None, password="another")
    assert len(costs) == 2


def test_a_process_pays_once_for_the_same_request(costs: list[int]) -> None:
    names = {seal(consumer_secret=None, scope=scope).name for scope in (["a", "b"], ["b", "a"], ["a", "b"])}
    assert (len(names), len(costs)) == (1, 1)
