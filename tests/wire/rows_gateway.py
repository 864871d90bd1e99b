# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers of whatever stands before the token endpoint, in all their shapes and with all their codes (section 3.2)."""

from __future__ import annotations

from failing_row import KEY_MANAGER, PATIENCE, TROUBLE, answered, faulty
from row import EVERYWHERE, Row, fault, raw

FORBIDDEN = "The gateway handled the request as an API call"

HTML = ("Content-Type", "text/html")
JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")

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
        ": java.lang.RuntimeException: Could not connect to jdbc:mysql://db.internal.example.test:3306/apim",
        TROUBLE,
        fault("cxf_xml_fault"),
        description="java.lang.RuntimeException: Could not connect to jdbc:mysql://db.internal.example.test:3306/apim",
    ),
    answered(
        "SOAP of another gateway",
        500,
        ": Policy Falsified",
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
        "XML with entities", 500, " with a body of unknown form", TROUBLE, fault("xml_with_entities"), doors=EVERYWHERE
    ),
    answered(
        "page of Tomcat",
        500,
        " with an HTML page: Internal Server Error",
        TROUBLE,
        fault("tomcat_html"),
        description="HTTP Status 500 \u2013 Internal Server Error",
    ),
    answered(
        "page of a load balancer",
        504,
        " with an HTML page: Gateway Time-out",
        TROUBLE,
        fault("load_balancer_html"),
        description="504 Gateway Time-out",
        doors=EVERYWHERE,
    ),
    answered(
        "page without a title",
        502,
        " with an HTML page: Oops",
        TROUBLE,
        raw(502, "<HTML><body>Oops</body></HTML>", JSON),
        description="Oops",
    ),
    answered("nothing at all", 500, " with an empty body", TROUBLE, raw(500)),
    answered(
        "free text", 500, ": Sorry for that", TROUBLE, raw(500, "Sorry for that", JSON), description="Sorry for that"
    ),
    answered("a list", 500, " with a body of unknown form", TROUBLE, raw(500, '["sorry"]', JSON)),
    answered(
        "bytes that are no text",
        500,
        " with a body of unknown form",
        TROUBLE,
        fault("raw", status=500, body_base64="//79/A=="),
    ),
    answered(
        "a token in an error",
        500,
        " with a body of unknown form",
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
            ((900901, 900902, 900905, 900907, 900909, 900911), 401, FORBIDDEN),
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
