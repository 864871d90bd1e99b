# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that change files of WSO2: instructions, defaults and manifests."""

from __future__ import annotations

import zipfile
from pathlib import Path

import assembly
import pytest


def test_instructions_copy_files_and_directories(tmp_path: Path) -> None:
    folder = tmp_path / "repository" / "components" / "default"
    source = tmp_path / "repository" / "components" / "features" / "f_1"
    (source / "more").mkdir(parents=True)
    (source / "a.xml").write_text("a", "utf-8")
    (source / "more" / "b.xml").write_text("b", "utf-8")
    (source / "p2.inf").write_text(
        "instructions.configure = \\\n"
        "org.eclipse.equinox.p2.touchpoint.natives.mkdir(path:${installFolder}/../../conf/new);\\\n"
        "org.eclipse.equinox.p2.touchpoint.natives.copy(source:${installFolder}/../features/f_1/a.xml,"
        "target:${installFolder}/../../conf/a.xml,overwrite:true);\\\n"
        "org.eclipse.equinox.p2.touchpoint.natives.copy(source:${installFolder}/../features/f_1/more/,"
        "target:${installFolder}/../../../more,overwrite:true);\n",
        "utf-8",
    )
    assembly.follow_instructions(source / "p2.inf", folder)
    assert (tmp_path / "repository" / "conf" / "new").is_dir()
    assert (tmp_path / "repository" / "conf" / "a.xml").read_text("utf-8") == "a"
    assert (tmp_path / "more" / "b.xml").read_text("utf-8") == "b"


def test_defaults_are_merged_deeply(tmp_path: Path) -> None:
    (tmp_path / "infer.json").write_text('{"a": {"x": 1, "y": 1}, "list": [1]}', "utf-8")
    (tmp_path / "one.feature.infer.json").write_text('{"a": {"y": 2, "z": 2}, "list": [2]}', "utf-8")
    assembly.merge_defaults(tmp_path)
    assert '"x": 1' in (tmp_path / "infer.json").read_text("utf-8")
    assert sorted(path.name for path in tmp_path.glob("*.feature.*")) == []
    text = "".join((tmp_path / "infer.json").read_text("utf-8").split())
    assert text == '{"a":{"x":1,"y":2,"z":2},"list":[2]}'


def test_manifests_lose_and_change_headers(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.jar"
    packages = ",".join(f"org.example.package{number}" for number in range(9))
    imports = f"org.wso2.carbon.registry.indexing;version=1,{packages}"
    lines = [imports[start : start + 60] for start in range(0, len(imports), 60)]
    with zipfile.ZipFile(bundle, "w") as archive:
        folded = "\r\n ".join(lines)
        archive.writestr(
            "META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\r\nGone: x\r\nImport-Package: {folded}\r\n\r\n"
        )
        archive.writestr("other", "kept")
    assembly.rewrite_manifest(bundle, "Gone", lambda _value: None)
    assembly.rewrite_manifest(bundle, "Import-Package", assembly.with_optional_imports)
    with zipfile.ZipFile(bundle) as archive:
        manifest = archive.read("META-INF/MANIFEST.MF").decode()
        assert archive.read("other") == b"kept"
    assert max(map(len, manifest.split("\r\n"))) <= 72
    headers = dict(assembly.read_headers(manifest))
    assert set(headers) == {"Manifest-Version", "Import-Package"}
    assert headers["Import-Package"] == f"org.wso2.carbon.registry.indexing;resolution:=optional;version=1,{packages}"


def test_a_text_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "launch.ini"
    path.write_text("a", "utf-8")
    with pytest.raises(ValueError, match="0 times: b"):
        assembly.change_text(path, "b", "c")
