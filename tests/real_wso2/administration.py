# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes users, tenants and applications on a server, and changes them: by its SOAP and REST interfaces."""

from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree
from xml.sax.saxutils import escape

TIMEOUT_SECONDS = 60
AXIS = "http://org.apache.axis2/xsd"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
TENANTS = "http://services.mgt.tenant.carbon.wso2.org"
TENANT = "http://beans.common.stratos.carbon.wso2.org/xsd"
PROFILES = "http://mgt.profile.user.identity.carbon.wso2.org"
PROFILE = "http://mgt.profile.user.identity.carbon.wso2.org/xsd"
CLAIMS = "http://wso2.org/claims/identity/"
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<a:{name} xmlns:a="{namespace}">{content}</a:{name}></s:Body></s:Envelope>'
)


class AdministrationError(Exception):
    """The server rejected a call."""


@dataclass(frozen=True)
class Application:
    """An OAuth client."""

    name: str
    consumer_key: str
    consumer_secret: str


class Administration:
    """What an administrator does. user: with the tenant, if it is the administrator of one."""

    def __init__(self, url: str, ca_path: Path, user: str, password: str) -> None:
        self._url = url
        self._basic = basic(user, password)
        context = ssl.create_default_context(cafile=str(ca_path))
        handlers = urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler({})
        self._opener = urllib.request.build_opener(*handlers)

    def add_user(self, name: str, password: str) -> None:
        self._soap("UserAdmin", "addUser", AXIS, _element("userName", name) + _element("password", password))

    def add_tenant(self, domain: str, admin: str, password: str) -> None:
        """Make a tenant and its administrator."""
        values = {
            "active": "true",
            "admin": admin,
            "adminPassword": password,
            "email": f"{admin}@{domain}",
            "firstname": "Test",
            "lastname": "Test",
            "tenantDomain": domain,
            "usagePlan": "Demo",
        }
        bean = "".join(f'<b:{key} xmlns:b="{TENANT}">{escape(value)}</b:{key}>' for key, value in values.items())
        self._soap("TenantMgtAdminService", "addTenant", TENANTS, f"<a:tenantInfoBean>{bean}</a:tenantInfoBean>")
        self._soap("TenantMgtAdminService", "activateTenant", TENANTS, _element("tenantDomain", domain))

    def set_claim(self, user: str, claim: str, value: str) -> None:
        """Set a claim of the identity dialect, such as C(accountDisabled)."""
        field = f"<p:claimUri>{CLAIMS}{claim}</p:claimUri><p:fieldValue>{escape(value)}</p:fieldValue>"
        profile = (
            f'<a:profile xmlns:p="{PROFILE}"><p:fieldValues>{field}</p:fieldValues>'
            "<p:profileName>default</p:profileName></a:profile>"
        )
        self._soap("UserProfileMgtService", "setUserProfile", PROFILES, _element("username", user) + profile)

    def add_application(self, name: str, *grants: str, key: str = "", secret: str = "") -> Application:
        """Register a client, with key and secret of our own if they are given."""
        wanted: dict[str, Any] = {"client_name": name, "grant_types": grants, "redirect_uris": []}
        if key:
            wanted |= {"ext_param_client_id": key, "ext_param_client_secret": secret}
        answer = self._request(
            "/api/identity/oauth2/dcr/v1.1/register", json.dumps(wanted), {"Content-Type": "application/json"}
        )
        client = json.loads(answer)
        return Application(name, client["client_id"], client["client_secret"])

    def configure_client(self, application: Application, **changes: object) -> None:
        """Change members of the OAuth client, such as C(tokenType) or C(userAccessTokenExpiryTime)."""
        service, name = "OAuthAdminService", _element("appName", application.name)
        found = self._soap(service, "getOAuthApplicationDataByAppName", AXIS, name)
        self._soap(service, "updateConsumerApplication", AXIS, _changed(found, "consumerAppDTO", changes))

    def configure_application(self, application: Application, **changes: object) -> None:
        """Change members of the application around the client, such as C(saasApp)."""
        service, name = "IdentityApplicationManagementService", _element("applicationName", application.name)
        found = self._soap(service, "getApplication", AXIS, name)
        self._soap(service, "updateApplication", AXIS, _changed(found, "serviceProvider", changes))

    def introspect(self, token: str, tenant: str = "") -> dict[str, Any]:
        """What the server says about a token of TENANT, or of the super tenant."""
        path = f"/t/{tenant}/oauth2/introspect" if tenant else "/oauth2/introspect"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer: dict[str, Any] = json.loads(self._request(path, urlencode({"token": token}), headers))
        return answer

    def _soap(self, service: str, operation: str, namespace: str, content: str) -> str:
        envelope = ENVELOPE.format(name=operation, namespace=namespace, content=content)
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": f"urn:{operation}"}
        return self._request(f"/services/{service}", envelope, headers)

    def _request(self, path: str, body: str, headers: Mapping[str, str]) -> str:
        request = urllib.request.Request(  # noqa: S310 - always https
            self._url + path, body.encode(), {**headers, "Authorization": self._basic}
        )
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return str(response.read().decode())
        except urllib.error.HTTPError as error:
            raise AdministrationError(f"{path}: {error.code} {error.read().decode()}") from None


def basic(user: str, password: str) -> str:
    """The header of a user."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _element(name: str, value: str) -> str:
    return f"<a:{name}>{escape(value)}</a:{name}>"


def _changed(response: str, name: str, changes: Mapping[str, object]) -> str:
    """The object of a response as the argument NAME of a request, with other values for some of its members."""
    found = ElementTree.fromstring(response).find(f".//{{{AXIS}}}return")  # noqa: S314 - from our own server
    if found is None:
        raise AdministrationError(response)
    found.tag = f"{{{AXIS}}}{name}"
    for element in found.iter():
        # Its value has a prefix that is lost here, and the server knows the types.
        element.attrib.pop(f"{{{INSTANCE}}}type", None)
    for member, value in changes.items():
        element = next(child for child in found if child.tag.endswith(f"}}{member}"))
        element.attrib.pop(f"{{{INSTANCE}}}nil", None)
        element.text = str(value)
    return ElementTree.tostring(found, "unicode")
