# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assembles a server from the artifacts: the kernel, the features, web applications and configuration of our own."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from artifacts import Artifact

KERNEL = "wso2carbon-core"
ENDPOINT = "org.wso2.carbon.identity.oauth.endpoint"
REGISTRATION = "org.wso2.carbon.identity.api.server.dcr"
# Libraries of web applications. All other jars are bundles.
WEB_GROUPS = ("org.apache.cxf", "org.springframework", "com.fasterxml", "com.sun", "jakarta", "org.glassfish")
WEB_NAMES = (
    *("woodstox-core", "stax2-api", "xmlschema-core", "validation-api", "swagger-annotations"),
    *("org.wso2.carbon.identity.oauth.client.authn.filter", REGISTRATION),
)
# Bundles of features that newer ones or the kernel replace, or that need a module that is not in Maven Central.
LEFT_OUT = ("-6.4.112", "slf4j", "gson", "user.store.count")

JSON_KINDS = ("default", "infer", "key-mappings", "validator", "unit-resolve")
INSTRUCTION = re.compile(r"natives\.(mkdir|copy)\(([^)]*)\)")

# What Java 17 has, and the kernel does not pass on to bundles.
SYSTEM_PACKAGES = ("", ".dom", ".dsig", ".dsig.dom", ".dsig.keyinfo", ".dsig.spec")
VALVES = (
    "org.wso2.carbon.identity.auth.valve.AuthenticationValve",
    "org.wso2.carbon.identity.authz.valve.AuthorizationValve",
    "org.wso2.carbon.identity.cors.valve.CORSValve",
    "org.wso2.carbon.tomcat.ext.valves.SameSiteCookieValve",
    "org.wso2.carbon.identity.context.rewrite.valve.TenantContextRewriteValve",
)
# Imports of a bundle whose exporters are not in Maven Central.
OPTIONAL_IMPORTS = ("org.apache.axis2.transport.mail", "org.wso2.carbon.registry.indexing")


def assemble(home: Path, directory: Path, artifacts: Sequence[Artifact]) -> None:
    """Put a server together at HOME from the ARTIFACTS in DIRECTORY. It has no configuration of our own yet."""
    paths = {artifact: directory / artifact.file_name for artifact in artifacts}
    kernel = next(path for artifact, path in paths.items() if artifact.name == KERNEL)
    _unpack_kernel(kernel, home)
    components = home / "repository" / "components"
    for artifact, path in paths.items():
        if artifact.kind == "zip" and artifact.name != KERNEL:
            _install_feature(path, home)
    for artifact, path in paths.items():
        if artifact.kind == "jar":
            target = home / "lib" / "runtimes" / "cxf3" if _is_web_library(artifact) else components / "dropins"
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    _install_web_applications(home, next(path for artifact, path in paths.items() if artifact.name == ENDPOINT))
    merge_defaults(home / "repository" / "resources" / "conf")
    _change_manifests(components / "dropins")
    change_text(home / "repository/conf/etc/launch.ini", "javax.crypto,\\", _system_packages())


def _unpack_kernel(archive: Path, home: Path) -> None:
    """Unpack the archive without the directory that it has at the top."""
    scratch = home.with_name(home.name + ".kernel")
    with zipfile.ZipFile(archive) as kernel:
        kernel.extractall(scratch)
    next(scratch.iterdir()).rename(home)
    scratch.rmdir()


def _is_web_library(artifact: Artifact) -> bool:
    return artifact.group.startswith(WEB_GROUPS) or artifact.name in WEB_NAMES


def _install_feature(archive: Path, home: Path) -> None:
    """Copy the bundles of a feature, and follow its instructions for the installer p2."""
    repository = home / "repository"
    feature = repository / "components" / "features"
    with zipfile.ZipFile(archive) as content:
        names = content.namelist()
        content.extractall(feature, [name for name in names if name.startswith("features/")])
        for name in names:
            if name.startswith("plugins/") and name.endswith(".jar") and not any(part in name for part in LEFT_OUT):
                target = repository / "components" / "dropins" / Path(name).name
                target.write_bytes(content.read(name))
    for unpacked in (feature / "features").iterdir():
        target = feature / unpacked.name
        shutil.rmtree(target, ignore_errors=True)
        unpacked.rename(target)
        follow_instructions(target / "p2.inf", repository / "components" / "default")
    (feature / "features").rmdir()


def follow_instructions(path: Path, install_folder: Path) -> None:
    """Carry out the instructions for the installer in a p2.inf."""
    if not path.exists():
        return
    for action, arguments in INSTRUCTION.findall(path.read_text("utf-8").replace("\\\n", "")):
        named = dict(argument.split(":", 1) for argument in arguments.split(","))
        places = {
            key: Path(value.strip().replace("${installFolder}", str(install_folder))) for key, value in named.items()
        }
        if action == "mkdir":
            _resolved(places["path"]).mkdir(parents=True, exist_ok=True)
            continue
        source, target = _resolved(places["source"]), _resolved(places["target"])
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


def _resolved(path: Path) -> Path:
    """PATH without C(..), which the operating system refuses after a directory that does not exist."""
    return Path(*_normal_parts(path.parts))


def _normal_parts(parts: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for part in parts:
        if part == "..":
            kept.pop()
        else:
            kept.append(part)
    return kept


def _install_web_applications(home: Path, endpoint: Path) -> None:
    webapps = home / "repository" / "deployment" / "server" / "webapps"
    shutil.rmtree(webapps, ignore_errors=True)
    webapps.mkdir(parents=True)
    shutil.copy(endpoint, webapps / "oauth2.war")
    with zipfile.ZipFile(webapps / "api#identity#oauth2#dcr#v1.1.war", "w") as archive:
        own = Path(__file__).with_name("registration_application")
        for file in sorted(path for path in own.rglob("*") if path.is_file()):
            archive.write(file, file.relative_to(own))


def merge_defaults(directory: Path) -> None:
    """Merge the defaults of the features into those of the kernel, the only ones that the server reads."""
    for kind in JSON_KINDS:
        kernel = directory / f"{kind}.json"
        merged: dict[str, Any] = json.loads(kernel.read_text("utf-8")) if kernel.exists() else {}
        for feature in sorted(directory.glob(f"*.feature.{kind}.json")):
            _merge(merged, json.loads(feature.read_text("utf-8")))
            feature.unlink()
        kernel.write_text(json.dumps(merged, indent=1), "utf-8")


def _merge(target: dict[str, Any], source: dict[str, Any]) -> None:
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value


def _change_manifests(dropins: Path) -> None:
    for path in dropins.glob("org.wso2.carbon.security.mgt-*.jar"):
        rewrite_manifest(path, "Axis2RequiredServices", lambda _value: None)
    for path in dropins.glob("org.wso2.carbon.identity.mgt-*.jar"):
        rewrite_manifest(path, "Import-Package", with_optional_imports)


def with_optional_imports(imports: str) -> str:
    """Mark the packages that nothing exports as optional."""
    for package in OPTIONAL_IMPORTS:
        imports = re.sub(rf"(^|,){re.escape(package)}(?=[;,]|$)", r"\g<0>;resolution:=optional", imports)
    return imports


def rewrite_manifest(path: Path, header: str, change: Callable[[str], str | None]) -> None:
    """Change the value of a header of a bundle, or remove it if CHANGE returns nothing."""
    scratch = path.with_suffix(".new")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "META-INF/MANIFEST.MF":
                headers = read_headers(content.decode())
                changed = [(key, change(value) if key == header else value) for key, value in headers]
                content = _manifest([(key, value) for key, value in changed if value is not None])
            new.writestr(name, content)
    scratch.replace(path)


def read_headers(manifest: str) -> Iterator[tuple[str, str]]:
    """The headers of the main section, with their continued lines joined."""
    main = manifest.replace("\r\n", "\n").replace("\n ", "").split("\n\n", 1)[0]
    for line in filter(None, main.split("\n")):
        name, value = line.split(": ", 1)
        yield name, value


def _manifest(headers: Sequence[tuple[str, str]]) -> bytes:
    """Write headers, broken into lines as the format demands (at most 72 bytes)."""
    lines = []
    for name, value in headers:
        line = f"{name}: {value}"
        lines += [line[:70], *(f" {line[start : start + 69]}" for start in range(70, len(line), 69))]
    return "\r\n".join([*lines, "", ""]).encode()


def _system_packages() -> str:
    return "javax.crypto,\\\n" + "".join(f"javax.xml.crypto{name},\\\n" for name in SYSTEM_PACKAGES).rstrip("\n")


def change_text(path: Path, old: str, new: str) -> None:
    """Replace a text that the file has exactly once."""
    text = path.read_text("utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{path} has {text.count(old)} times: {old}")
    path.write_text(text.replace(old, new), "utf-8")
