# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of a server: our own files, ports, certificates, valves and the identity database."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from string import Template

import trustme
from assembly import VALVES, change_text
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
from cryptography.x509 import load_pem_x509_certificate

OWN_FILES = Path(__file__).with_name("server_files")
TEMPLATES = Path("repository/resources/conf/templates/repository/conf")
SECURITY = Path("repository/resources/security")
TLS_ALIAS = "server"
TLS_PASSWORD = "made-for-tests"
ADMIN_NAME = "admin"
ADMIN_PASSWORD = "admin"
DATABASE = "jdbc:h2:./repository/database/WSO2IDENTITY_DB"


@dataclass(frozen=True)
class Ports:
    """Ports on the loopback address. shipped: the one with the expired certificate that WSO2 ships."""

    https: int
    http: int
    shipped: int


def configure(home: Path, ports: Ports) -> Path:
    """Configure the server at HOME, and return the certificate of the CA that its clients have to trust."""
    shutil.copytree(OWN_FILES, home, dirs_exist_ok=True)
    deployment = home / "repository" / "conf" / "deployment.toml"
    values = {
        "https_port": ports.https,
        "http_port": ports.http,
        "admin_name": ADMIN_NAME,
        "admin_password": ADMIN_PASSWORD,
        "tls_alias": TLS_ALIAS,
        "tls_password": TLS_PASSWORD,
    }
    deployment.write_text(Template(deployment.read_text("utf-8")).substitute(values), "utf-8")
    _configure_tomcat(home / TEMPLATES / "tomcat" / "catalina-server.xml.j2", ports)
    _create_database(home)
    return _issue_certificate(home / SECURITY)


def _configure_tomcat(template: Path, ports: Ports) -> None:
    valves = "".join(f'<Valve className="{name}"/>\n' for name in VALVES)
    change_text(template, "<!--Error pages -->", valves)
    shipped = SHIPPED_CONNECTOR.format(port=ports.shipped, security="${carbon.home}/" + str(SECURITY))
    change_text(template, '<Engine name="Catalina"', shipped + '<Engine name="Catalina"')


SHIPPED_CONNECTOR = """\
<Connector protocol="org.apache.coyote.http11.Http11NioProtocol" address="127.0.0.1" port="{port}" bindOnInit="false"
           scheme="https" secure="true" SSLEnabled="true" server="WSO2 Carbon Server">
    <SSLHostConfig protocols="+TLSv1.2">
        <Certificate certificateKeystoreFile="{security}/wso2carbon.jks" certificateKeystorePassword="wso2carbon"
                     certificateKeystoreType="JKS" certificateKeyAlias="wso2carbon"/>
    </SSLHostConfig>
</Connector>
"""


def _create_database(home: Path) -> None:
    library = next((home / "repository/components/plugins").glob("h2-engine_*.jar"))
    script = "dbscripts/identity/own.sql"
    command = ["java", "-cp", str(library), "org.h2.tools.RunScript", "-url", DATABASE, "-script", script]
    subprocess.run([*command, "-user", "wso2carbon", "-password", "wso2carbon"], cwd=home, check=True)


def _issue_certificate(security: Path) -> Path:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1")
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    certificate = load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    encryption = BestAvailableEncryption(TLS_PASSWORD.encode())
    store = pkcs12.serialize_key_and_certificates(TLS_ALIAS.encode(), key, certificate, None, encryption)  # type: ignore[arg-type]
    (security / "tls.p12").write_bytes(store)
    ca_path = security / "ca.pem"
    authority.cert_pem.write_to_path(ca_path)
    return ca_path
