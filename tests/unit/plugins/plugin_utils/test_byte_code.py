# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rooms are imported as any file is, and nothing else is imported otherwise than before."""

from __future__ import annotations

import gc
import importlib
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

import pytest

from ansible_collections.apiops.wso2.plugins import module_utils, plugin_utils
from ansible_collections.apiops.wso2.plugins import test as test_plugins
from ansible_collections.apiops.wso2.plugins.module_utils import _unexpected
from ansible_collections.apiops.wso2.plugins.plugin_utils import _host_fact
from ansible_collections.apiops.wso2.plugins.plugin_utils._byte_code import ByteCode
from ansible_collections.apiops.wso2.plugins.test import valid_token

ROOMS = [(module_utils, _unexpected), (plugin_utils, _host_fact)]


def imported_anew(package: ModuleType, room: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.delitem(sys.modules, room.__name__)
    monkeypatch.setattr(package, room.__name__.rpartition(".")[2], room)  # which puts it back in the end
    return importlib.import_module(room.__name__)


@pytest.mark.parametrize(("package", "room"), ROOMS, ids=["module_utils", "plugin_utils"])
def test_a_room(package: ModuleType, room: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with ByteCode():
        anew = imported_anew(package, room, monkeypatch)
    assert isinstance(anew.__loader__, SourceFileLoader)
    assert anew.__spec__ is not None
    assert str(anew.__cached__).endswith(".pyc")
    assert (anew.__file__, anew.__name__, anew.__package__) == (room.__file__, room.__name__, room.__package__)


@pytest.mark.parametrize(("package", "room"), ROOMS, ids=["module_utils", "plugin_utils"])
def test_a_room_imported_afterwards(package: ModuleType, room: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with ByteCode():
        pass
    assert not isinstance(imported_anew(package, room, monkeypatch).__loader__, SourceFileLoader)


def test_what_is_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    with ByteCode():
        anew = imported_anew(test_plugins, valid_token, monkeypatch)
    assert not isinstance(anew.__loader__, SourceFileLoader)


def test_a_failure_leaves_nothing_behind() -> None:
    before = list(sys.meta_path)
    with pytest.raises(FileNotFoundError), ByteCode():
        importlib.import_module("ansible_collections.apiops.wso2.plugins.module_utils._no_such_room")
    assert sys.meta_path == before
    assert gc.isenabled()


def test_no_garbage_is_looked_for_meanwhile() -> None:
    with ByteCode():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_garbage_that_nobody_looked_for_before() -> None:
    gc.disable()
    try:
        with ByteCode():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
