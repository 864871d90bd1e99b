# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(AnswerCache) of the lookup: a hit needs the same inputs and an unchanged entry in the token store."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants

from ansible_collections.apiops.wso2.plugins.lookup.wso2_password_token import AnswerCache, LookupModule
from ansible_collections.apiops.wso2.tests.unit import task_run
from ansible_collections.apiops.wso2.tests.unit.examples import ACCESS_TOKEN, GIVEN, NOW, PASSWORD, token, token_request
from ansible_collections.apiops.wso2.tests.unit.shared_run import Endpoint

MODULE = sys.modules[LookupModule.__module__]
VALUES = {**token(asked_at=NOW).to_result(now=NOW), "origin": "stored"}


class Clock:
    now = NOW + 10.7


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(MODULE, "_opened", {})
    clock = Clock()
    monkeypatch.setattr(MODULE, "time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.fixture(autouse=True)
def run_directory(tmp_path: Path) -> Path:
    directory = tmp_path / "ansible-local" / "apiops.wso2"
    directory.mkdir(mode=0o700)
    return directory


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    """The file of the token store that the answer comes from."""
    path = tmp_path / "entry"
    path.write_bytes(b"encrypted")
    return path


def template(value: Any) -> Any:
    """A templar for one template."""
    if value == "{{ undefined }}":
        raise ValueError("undefined")
    return "alice" if value == "{{ user }}" else value


def open_cache(*, grant: str = "password", variables: dict[str, Any] | None = None, **changes: Any) -> AnswerCache:
    given = {name: value for name, value in {**GIVEN, **changes}.items() if value is not None}
    return AnswerCache(grant, given, variables or {}, template)


def write(cache: AnswerCache, *paths: Path, **changes: Any) -> None:
    versions = [[str(path), path.stat().st_ino, path.stat().st_mtime_ns, float("inf")] for path in paths]
    span = {"since": NOW - 60, "until": NOW + 3540, "expires_at": NOW + 3600}
    cache.write({"values": VALUES, "versions": versions, **span, **changes})


def in_new_process(cache: Callable[[], AnswerCache] = open_cache) -> dict[str, Any] | None:
    MODULE._opened.clear()
    return cache().read()


READERS = pytest.mark.parametrize(
    "read", [in_new_process, lambda: open_cache().read()], ids=["another process", "the same process"]
)
Read = Callable[[], Any]


@READERS
def test_the_same_inputs_have_the_same_answer(read: Read, entry: Path) -> None:
    assert read() is None
    write(open_cache(), entry)
    for _evaluation in range(2):
        assert read() == {**VALUES, "expires_in": 3590}


@pytest.mark.parametrize(("expires_at", "left"), [(None, None), (NOW + 5, 0), (NOW + 3600, 3590)])
def test_expires_in_is_counted_from_now(expires_at: int | None, left: int | None, entry: Path) -> None:
    write(open_cache(), entry, expires_at=expires_at)
    answer = in_new_process()
    assert answer is not None
    assert answer["expires_in"] == left


OTHER_ARGUMENTS: list[dict[str, Any]] = [
    {"password": "wrong"},
    {"username": "bob"},
    {"organization": "org"},
    {"consumer_key": "other"},
    {"consumer_secret": "other"},
    {"scope": ["orders_read"]},
    {"token_url": "https://other.example.com/token"},
    {"token_store": "/elsewhere"},
    {"min_validity": 3000},
    {"validate_certs": False},
    {"ca_path": "/ca.pem"},
    {"require_scope": True},
    {"use_proxy": False},
    {"grant": "client_credentials"},
]


@pytest.mark.parametrize("changes", OTHER_ARGUMENTS, ids=[next(iter(changes)) for changes in OTHER_ARGUMENTS])
def test_other_arguments_are_a_miss(changes: dict[str, Any], entry: Path) -> None:
    write(open_cache(), entry)
    assert in_new_process(partial(open_cache, **changes)) is None


@pytest.mark.parametrize("name", MODULE.VARIABLES["password"])
def test_other_variables_and_environment_variables_are_a_miss(
    name: str, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(open_cache(), entry)
    assert in_new_process(lambda: open_cache(variables={name: "other"})) is None
    monkeypatch.setenv(name.upper(), "other")
    assert in_new_process() is None


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_other_authorities_are_a_miss(name: str, entry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authorities = tmp_path / "ca.pem"
    authorities.write_text("one", "utf-8")
    write(open_cache(), entry)
    monkeypatch.setenv(name, str(authorities))
    assert in_new_process() is None
    write(open_cache(), entry)
    assert in_new_process() is not None
    replace(authorities)
    assert in_new_process() is None


def replace(path: Path) -> None:
    replacement = path.with_name("replacement")
    replacement.write_bytes(path.read_bytes())
    os.replace(replacement, path)


def test_another_file_of_ca_path_is_a_miss(entry: Path, tmp_path: Path) -> None:
    authorities = tmp_path / "ca.pem"
    authorities.write_text("one", "utf-8")

    def cache() -> AnswerCache:
        return open_cache(ca_path=str(authorities))

    write(cache(), entry)
    assert in_new_process(cache) is not None
    replace(authorities)
    assert in_new_process(cache) is None


def test_another_ansible_cfg_is_a_miss(entry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = tmp_path / "ansible.cfg"
    configuration.write_text("[wso2]\n", "utf-8")
    write(open_cache(), entry)
    monkeypatch.setattr(constants, "CONFIG_FILE", str(configuration))
    assert in_new_process() is None
    write(open_cache(), entry)
    assert in_new_process() is not None
    replace(configuration)
    assert in_new_process() is None


def test_variables_count_as_templated(entry: Path) -> None:
    write(open_cache(username=None, variables={"wso2_username": "{{ user }}"}), entry)
    assert in_new_process(lambda: open_cache(username=None, variables={"wso2_username": "alice"})) is not None
    assert in_new_process(lambda: open_cache(username=None, variables={"wso2_username": "bob"})) is None


def test_unrelated_variables_do_not_count(entry: Path) -> None:
    write(open_cache(variables={"inventory_hostname": "web1", "x": "{{ undefined }}"}), entry)
    assert in_new_process(lambda: open_cache(variables={"inventory_hostname": "web2"})) is not None


NO_SHORTCUT: list[tuple[str, dict[str, Any]]] = [
    ("no consumer secret", {"consumer_secret": None}),
    ("empty consumer secret", {"consumer_secret": ""}),
    ("client certificate", {"client_cert": "/c.pem"}),
    ("client certificate in a variable", {"variables": {"wso2_client_cert": "/c.pem"}}),
    ("template that fails", {"variables": {"wso2_username": "{{ undefined }}"}}),
    ("value that JSON cannot represent", {"username": b"alice"}),
    ("key that JSON cannot sort", {"scope": {1: "a", "b": "c"}}),
]


@pytest.mark.parametrize("changes", [row[1] for row in NO_SHORTCUT], ids=[row[0] for row in NO_SHORTCUT])
def test_inputs_without_a_shortcut(changes: dict[str, Any], entry: Path, run_directory: Path) -> None:
    write(open_cache(**changes), entry)
    assert in_new_process(partial(open_cache, **changes)) is None
    assert list(run_directory.iterdir()) == []


def test_a_client_certificate_in_the_environment_is_no_shortcut(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSO2_CLIENT_CERT", "/c.pem")
    write(open_cache(), entry)
    assert in_new_process() is None


@pytest.mark.parametrize("source", ["client_secret", "wso2_consumer_secret", "WSO2_CLIENT_SECRET"])
def test_the_secret_can_come_from_any_source(source: str, entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes: dict[str, Any] = {"consumer_secret": None}
    if source.isupper():
        monkeypatch.setenv(source, "s3cret-1")
    elif source.startswith("wso2_"):
        changes["variables"] = {source: "s3cret-1"}
    else:
        changes[source] = "s3cret-1"
    write(open_cache(**changes), entry)
    assert in_new_process(partial(open_cache, **changes)) is not None


@pytest.mark.parametrize(("after", "is_hit"), [(-61, False), (-60, True), (3539.9, True), (3540, False)])
def test_the_time_in_which_it_is_valid(after: float, is_hit: bool, entry: Path, clock: Clock) -> None:
    write(open_cache(), entry)
    clock.now = NOW + after
    assert (in_new_process() is not None) is is_hit


@READERS
@pytest.mark.parametrize("change", [replace, Path.unlink], ids=["replaced", "removed"])
def test_a_changed_entry_ends_it(change: Callable[[Path], object], read: Read, entry: Path) -> None:
    write(open_cache(), entry)
    assert read() is not None
    change(entry)
    assert read() is None


@READERS
def test_a_new_record_of_a_revocation_ends_it(read: Read, entry: Path, tmp_path: Path) -> None:
    """The versions name files that do not exist yet."""
    record = tmp_path / "record"
    missing = [str(record), 0, 0, float("inf")]
    present = [str(entry), entry.stat().st_ino, entry.stat().st_mtime_ns, float("inf")]
    write(open_cache(), versions=[present, missing])
    assert read() is not None
    record.write_bytes(b"")
    assert read() is None


@READERS
def test_a_version_that_is_reliable_for_a_while(read: Read, entry: Path, clock: Clock) -> None:
    """Like the near cache of a Redis store."""
    status = entry.stat()
    write(open_cache(), versions=[[str(entry), status.st_ino, status.st_mtime_ns, NOW + 12.0]])
    assert read() is not None
    clock.now = NOW + 12.0
    assert read() is None


def answers(run_directory: Path) -> Iterator[Path]:
    yield from run_directory.glob("*.answer")


def test_it_is_encrypted_and_private(entry: Path, run_directory: Path) -> None:
    write(open_cache(), entry)
    (answer,) = run_directory.iterdir()
    assert answer.stat().st_mode & 0o077 == 0
    for plain in (ACCESS_TOKEN, PASSWORD, "alice", "access_token", "versions"):
        assert plain.encode() not in answer.read_bytes()
        assert plain not in answer.name


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_access_is_a_miss(mode: int, entry: Path, run_directory: Path) -> None:
    write(open_cache(), entry)
    (answer,) = answers(run_directory)
    answer.chmod(mode)
    assert in_new_process() is None


def test_a_link_is_a_miss(entry: Path, run_directory: Path, tmp_path: Path) -> None:
    write(open_cache(), entry)
    (answer,) = answers(run_directory)
    answer.rename(tmp_path / "elsewhere")
    answer.symlink_to(tmp_path / "elsewhere")
    assert in_new_process() is None


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 12, b"x" * 200], ids=["empty", "short", "nonce", "foreign"])
def test_a_damaged_answer_is_a_miss(content: bytes, entry: Path, run_directory: Path) -> None:
    write(open_cache(), entry)
    (answer,) = answers(run_directory)
    answer.write_bytes(content)
    assert in_new_process() is None


def test_an_answer_copied_to_other_inputs_is_a_miss(entry: Path, run_directory: Path) -> None:
    write(open_cache(), entry)
    (answer,) = answers(run_directory)
    other = open_cache(password="wrong")
    (run_directory / f"{other.name}.answer").write_bytes(answer.read_bytes())
    (run_directory / f"{other.name}.answer").chmod(0o600)
    assert in_new_process(lambda: open_cache(password="wrong")) is None


@pytest.mark.parametrize("problem", ["missing", "file"])
def test_without_its_directory_nothing_is_kept(problem: str, entry: Path, run_directory: Path) -> None:
    run_directory.rmdir()
    if problem == "file":
        run_directory.write_text("not a directory", "utf-8")
    write(open_cache(), entry)
    assert in_new_process() is None


def test_a_process_decrypts_an_answer_once(entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(open_cache(), entry)
    decrypted: list[object] = []
    decrypt = AnswerCache._decrypted
    monkeypatch.setattr(AnswerCache, "_decrypted", lambda self: decrypted.append(self) or decrypt(self))
    for _evaluation in range(5):
        assert open_cache().read() is not None
    assert len(decrypted) == 1


def test_a_returned_answer_can_be_changed_without_harm(entry: Path) -> None:
    write(open_cache(), entry)
    for _evaluation in range(2):
        answer = open_cache().read()
        assert answer is not None
        assert (answer["scope"], answer["extra"]) == (VALUES["scope"], {})
        answer["scope"].append("more")
        answer["extra"]["more"] = 1


# --- with the token store behind it


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setattr(MODULE, "time", time)
    recording = task_run.record_requests(monkeypatch)
    recording.password = [token()]
    return recording


def look_up(**changes: Any) -> str:
    """The origin of the token, in a new process."""
    MODULE._opened.clear()
    lookup = LookupModule(templar=SimpleNamespace(template=template))
    return str(lookup.run(["token"], {}, **{**GIVEN, **changes})[0]["origin"])


@pytest.fixture
def misses(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    recorded: list[object] = []
    resolve = MODULE._resolve
    monkeypatch.setattr(MODULE, "_resolve", lambda *args: recorded.append(args) or resolve(*args))
    return recorded


@pytest.mark.parametrize("token_store", ["run", "directory"])
def test_the_process_that_requests_the_token_fills_it(
    token_store: str, endpoint: Endpoint, misses: list[object], tmp_path: Path
) -> None:
    store_option = "run" if token_store == "run" else str(tmp_path / "tokens")
    assert [look_up(token_store=store_option) for _process in range(3)] == ["granted", "stored", "stored"]
    assert len(misses) == 1


def test_a_revoked_token_is_not_returned(endpoint: Endpoint) -> None:
    """Neither under the spelling that was revoked nor under another one."""
    from ansible_collections.apiops.wso2.plugins.plugin_utils._token_cache import TokenCache

    for username in ("alice", "ALICE"):
        look_up(username=username)
        assert look_up(username=username) == "stored"
    TokenCache(token_request(), "run").revoke(token())
    endpoint.password = [token(access_token="second", refresh_token="r-second")]
    assert [look_up(username=username) for username in ("alice", "ALICE")] == ["granted", "granted"]


@pytest.mark.parametrize("changes", [{"scope": "orders_delete"}, {"token_store": "none"}], ids=repr)
def test_an_answer_with_a_warning_or_without_a_store_is_not_kept(
    changes: dict[str, Any], endpoint: Endpoint, misses: list[object]
) -> None:
    for _process in range(3):
        look_up(**changes)
    assert len(misses) == 3
