# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of whatever stands before the token endpoint, in all their shapes and labels (section 3.2)."""

from __future__ import annotations

from typing import Any

from row import EVERYWHERE, Row, Step, fault, raw, settings

KEY_MANAGER = "The gateway cannot reach the key manager: see the gateway's log"
TROUBLE = "The server is in trouble: try again later, and see the server's log"
PATIENCE = "The server asks for patience: try again later"
CONSUMER = "Check consumer_key and consumer_secret"
NEW_URL = "An API Manager from version 4 on has its token endpoint at https://HOST:9443/oauth2/token"
ENDPOINT = "Check that token_url is a token endpoint, such as https://HOST:9443/oauth2/token"
FORBIDDEN = "The API gateway takes this for a call of an API"
LOG = "See the server's log"

HTML, XML, JSON = (
    ("Content-Type", "text/html"),
    ("Content-Type", "application/xml"),
    ("Content-Type", "application/json"),
)
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def answered(
    name: str,
    status: int,
    what: str,
    hint: str,
    *before: Step,
    error: str | None = None,
    description: str | None = None,
    covers: str = "B12",
    failure: dict[str, Any] | None = None,
    **more: Any,
) -> Row:
    """WHAT: the cause behind the status."""
    shown = {"http_status": status, "error": error, "error_description": description, **(failure or {})}
    cause = f"the token endpoint answered HTTP {status}{what}"
    return Row(name, covers=covers, before=before, cause=cause, hint=hint, failure=shown, **more)


def faulty(name: str, status: int, code: str, text: str, hint: str, *before: Step, **more: Any) -> Row:
    """The gateway's CODE and TEXT are shown."""
    return answered(name, status, f", {code}: {text.rstrip('.')}", hint, *before, error=code, description=text, **more)


BACK_END = "Error connecting to the back end"
SHAPES = (
    faulty("XML of API Manager", 500, "101503", BACK_END, KEY_MANAGER, fault("am_fault_xml"), doors=EVERYWHERE),
    faulty("JSON of API Manager 4", 500, "101503", BACK_END, KEY_MANAGER, fault("am_fault_json"), doors=EVERYWHERE),
    faulty("XML of the security handler", 403, "900910", "Access failure", FORBIDDEN, fault("ams_fault")),
    faulty("JSON of a managed API", 500, "900900", "Access failure", TROUBLE, fault("managed_fault")),
    faulty(
        "JSON, labelled as a form",
        500,
        "101500",
        "Sender I/O",
        KEY_MANAGER,
        raw(500, '{"code":"101500","type":"Status report","message":"Runtime Error","description":"Sender I/O"}', FORM),
    ),
    faulty(
        "XML, labelled as JSON, with a declaration and other prefixes",
        500,
        "101505",
        "Connection closed & <gone>",
        KEY_MANAGER,
        raw(
            500,
            '<?xml version="1.0" encoding="UTF-8"?>\n<x:fault xmlns:x="http://wso2.org/apimanager"><x:code>101505'
            "</x:code><x:description>Connection closed &amp; &lt;gone&gt;</x:description></x:fault>",
            JSON,
        ),
    ),
    faulty(
        "a message for want of a description",
        500,
        "101508",
        "Runtime Error",
        KEY_MANAGER,
        raw(500, '{"code":101508,"message":"Runtime Error"}', HTML),
    ),
    answered(
        "XML of CXF",
        500,
        ", java.lang.RuntimeException: Could not connect to jdbc:mysql://db.internal.example.test:3306/apim",
        TROUBLE,
        fault("cxf_xml_fault"),
        description="java.lang.RuntimeException: Could not connect to jdbc:mysql://db.internal.example.test:3306/apim",
    ),
    answered(
        "SOAP of another gateway",
        500,
        ", Policy Falsified",
        TROUBLE,
        raw(
            500,
            '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><soapenv:Fault>'
            "<faultcode>soapenv:Server</faultcode><faultstring>Policy Falsified</faultstring><detail>"
            '<l7:policyResult status="Error" xmlns:l7="http://www.layer7tech.com/ws/policy/fault"/></detail>'
            "</soapenv:Fault></soapenv:Body></soapenv:Envelope>",
            ("Content-Type", "text/xml"),
        ),
        description="Policy Falsified",
    ),
    answered(
        "XML with entities", 500, " in a form that is not known", TROUBLE, fault("xml_with_entities"), doors=EVERYWHERE
    ),
    answered(
        "page of Tomcat",
        500,
        " with an HTML page, HTTP Status 500 \u2013 Internal Server Error",
        TROUBLE,
        fault("tomcat_html"),
        description="HTTP Status 500 \u2013 Internal Server Error",
    ),
    answered(
        "page of a load balancer",
        504,
        " with an HTML page, 504 Gateway Time-out",
        TROUBLE,
        fault("load_balancer_html"),
        description="504 Gateway Time-out",
        doors=EVERYWHERE,
    ),
    answered(
        "page without a title", 502, " with an HTML page", TROUBLE, raw(502, "<HTML><body>Oops</body></HTML>", JSON)
    ),
    answered("nothing at all", 500, " with an empty body", TROUBLE, raw(500)),
    answered("free text", 500, " in a form that is not known", TROUBLE, raw(500, "Sorry for that", JSON)),
    answered("a list", 500, " in a form that is not known", TROUBLE, raw(500, '["sorry"]', JSON)),
    answered(
        "bytes that are no text",
        500,
        " in a form that is not known",
        TROUBLE,
        fault("raw", status=500, body_base64="//79/A=="),
    ),
    answered(
        "a token in an error",
        500,
        " in a form that is not known",
        TROUBLE,
        raw(500, '{"access_token": "must-not-be-used"}', JSON),
        covers="B13",
    ),
)

CODES = (
    *(
        faulty(
            f"code {code} of the gateway",
            500,
            str(code),
            BACK_END,
            KEY_MANAGER,
            fault("am_fault_xml", code=code),
            covers="B11",
        )
        for code in (101500, 101501, 101503, 101504, 101505, 101507, 101508, 101509)
    ),
    *(
        faulty(f"code {code}", status, str(code), "Access failure", hint, fault("managed_fault", code=code))
        for codes, status, hint in (
            ((900801, 700700), 503, TROUBLE),
            ((900901, 900902, 900905, 900907, 900909, 900911), 401, CONSUMER),
            ((900906, 900908), 403, FORBIDDEN),
        )
        for code in codes
    ),
    *(
        faulty(
            f"code {code}",
            429,
            str(code),
            "You have exceeded your quota",
            PATIENCE,
            fault("throttled", code=code, retry_after=77),
            covers="B11",
            failure={"retry_after": 77},
            doors=EVERYWHERE if code == 900800 else Row.doors,
        )
        for code in (900800, 900802, 900803, 900804, 900805, 900806, 900807)
    ),
    faulty(
        "database error", 502, "server_error", "Service Unavailable Error.", TROUBLE, fault("sql_error"), covers="B11"
    ),
    faulty(
        "any other server error",
        500,
        "server_error",
        "Internal Server Error.",
        TROUBLE,
        fault("server_error"),
        covers="B11",
    ),
)

WRONG_ADDRESS = (
    faulty(
        "no gateway any more",
        404,
        "404",
        "The requested resource (/token) is not available.",
        NEW_URL,
        settings(gateway=False),
        covers="B24",
        options={"token_url": "$base_url/token"},
        doors=EVERYWHERE,
    ),
    answered(
        "page for a path that is not there",
        404,
        " with an HTML page, HTTP Status 404 \u2013 Not Found",
        NEW_URL,
        fault("tomcat_html", status=404),
        description="HTTP Status 404 \u2013 Not Found",
        covers="B24",
    ),
    answered("a path that wants to be read", 405, " with an empty body", NEW_URL, raw(405), covers="B24"),
    faulty(
        "plain HTTP where HTTPS is wanted",
        403,
        "403",
        "Unsupported Transport [ http ]",
        "Use https://, as the gateway wants it",
        settings(https_only=True),
        options={"token_url": "$http_url/token", "ca_path": None},
    ),
    answered("forbidden by something unknown", 403, " with an empty body", LOG, raw(403)),
    answered("content type is refused", 415, " with an empty body", LOG, raw(415)),
    answered(
        "base URL instead of the endpoint",
        200,
        " with an HTML page, WSO2 API Manager",
        ENDPOINT,
        options={"token_url": "$base_url/"},
        description="WSO2 API Manager",
        covers="B13",
    ),
    answered(
        "welcome page in the place of the endpoint",
        200,
        " with an HTML page, Welcome to APIM",
        ENDPOINT,
        raw(200, "<!DOCTYPE html><html><head><title>Welcome to APIM</title></head></html>", HTML),
        description="Welcome to APIM",
        covers="B13",
        doors=EVERYWHERE,
    ),
    *(
        answered(f"success without a token: {name}", 200, what, ENDPOINT, raw(200, body, JSON), covers="B13")
        for name, body, what in (
            ("nothing", "", " with an empty body"),
            ("other members", '{"status": "UP"}', " without an access token"),
            ("an empty token", '{"access_token": "", "token_type": "Bearer"}', " without an access token"),
            ("a number for a token", '{"access_token": 4711}', " without an access token"),
            ("a list", '["access_token"]', " without an access token"),
            ("half a token", '{"access_token": "half-of-a-token-that-is', " without an access token"),
            ("free text", "OK", " without an access token"),
        )
    ),
    answered("no content", 204, " with an empty body", ENDPOINT, raw(204), covers="B13"),
)

LONG = "x" * 5000
TEXTS = (
    answered(
        "a text that is long",
        400,
        f", invalid_request: {'x' * 199}…",
        LOG,
        fault("oauth_error", error="invalid_request", description=LONG),
        error="invalid_request",
        description="x" * 199 + "…",
        doors=EVERYWHERE,
    ),
    answered(
        "a text with control characters",
        400,
        ", invalid request: [31mred line [0m",
        LOG,
        fault("oauth_error", error="invalid\nrequest", description="\x1b[31mred\x00\r\nline\t\u202e\x1b[0m"),
        error="invalid request",
        description="[31mred line [0m",
    ),
    *(
        Row(
            f"an echo of everything, {form}, {authentication}",
            covers="B15",
            options={
                "password": "echoed & secret+passwörd",
                "consumer_secret": "echoed/secret=ß",
                "client_authentication": authentication,
            },
            before=(fault("echo", format=form),),
            cause="the token endpoint answered HTTP 400",
            cut=True,
            failure={"http_status": 400, "error": ..., "error_description": ...},
            doors=EVERYWHERE if form == "json" else Row.doors,
        )
        for form in ("json", "html", "text")
        for authentication in ("basic", "body")
    ),
    answered(
        "secrets in the headers of a refusal",
        400,
        ", invalid_grant: Not today",
        "Check username and password",
        raw(
            400,
            '{"error": "invalid_grant", "error_description": "Not today"}',
            ("DeactivatedAccessToken", "token-in-a-header"),
            ("WWW-Authenticate", "Basic realm=null, password=alice-pass"),
        ),
        error="invalid_grant",
        description="Not today",
        covers="B15",
    ),
)

GATEWAY = (*SHAPES, *CODES, *WRONG_ADDRESS, *TEXTS)
