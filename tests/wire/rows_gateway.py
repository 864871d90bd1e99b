# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Error responses of gateways and load balancers, in all forms and with all codes (section 3.2)."""

from __future__ import annotations

from failure_rows import KEY_MANAGER, RATE_LIMIT, SERVER_FAILED, error_failure, http_failure
from row import ALL_ENTRY_POINTS, Row, fault, raw

FORBIDDEN = "The gateway handled the request as an API call"

HTML = ("Content-Type", "text/html")
JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")

BACK_END = "Error connecting to the back end"
SHAPES = (
    error_failure(
        "XML of API Manager", 500, "101503", BACK_END, KEY_MANAGER, fault("am_fault_xml"), entry_points=ALL_ENTRY_POINTS
    ),
    error_failure(
        "JSON of API Manager 4",
        500,
        "101503",
        BACK_END,
        KEY_MANAGER,
        fault("am_fault_json"),
        entry_points=ALL_ENTRY_POINTS,
    ),
    error_failure("XML of the security handler", 403, "900910", "Access failure", FORBIDDEN, fault("ams_fault")),
    error_failure("JSON of a managed API", 500, "900900", "Access failure", SERVER_FAILED, fault("managed_fault")),
    error_failure(
        "JSON, labeled as a form",
        500,
        "101500",
        "Sender I/O",
        KEY_MANAGER,
        raw(500, '{"code":"101500","type":"Status report","message":"Runtime Error","description":"Sender I/O"}', FORM),
    ),
    error_failure(
        "XML, labeled as JSON, with a declaration and other prefixes",
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
    error_failure(
        "a message without a description",
        500,
        "101508",
        "Runtime Error",
        KEY_MANAGER,
        raw(500, '{"code":101508,"message":"Runtime Error"}', HTML),
    ),
    http_failure(
        "XML of CXF",
        500,
        ": java.lang.RuntimeException: Could not connect to jdbc:mysql://db.internal.example.test:3306/apim",
        SERVER_FAILED,
        fault("cxf_xml_fault"),
        description="java.lang.RuntimeException: Could not connect to jdbc:mysql://db.internal.example.test:3306/apim",
    ),
    http_failure(
        "SOAP of another gateway",
        500,
        ": Policy Falsified",
        SERVER_FAILED,
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
    http_failure(
        "XML with entities",
        500,
        " with a body of unknown form",
        SERVER_FAILED,
        fault("xml_with_entities"),
        entry_points=ALL_ENTRY_POINTS,
    ),
    http_failure(
        "page of Tomcat",
        500,
        " with an HTML page: Internal Server Error",
        SERVER_FAILED,
        fault("tomcat_html"),
        description="HTTP Status 500 \u2013 Internal Server Error",
    ),
    http_failure(
        "page of a load balancer",
        504,
        " with an HTML page: Gateway Time-out",
        SERVER_FAILED,
        fault("load_balancer_html"),
        description="504 Gateway Time-out",
        entry_points=ALL_ENTRY_POINTS,
    ),
    http_failure(
        "page without a title",
        502,
        " with an HTML page: Oops",
        SERVER_FAILED,
        raw(502, "<HTML><body>Oops</body></HTML>", JSON),
        description="Oops",
    ),
    http_failure("empty body", 500, " with an empty body", SERVER_FAILED, raw(500)),
    http_failure(
        "free text",
        500,
        ": Sorry for that",
        SERVER_FAILED,
        raw(500, "Sorry for that", JSON),
        description="Sorry for that",
    ),
    http_failure("a list", 500, " with a body of unknown form", SERVER_FAILED, raw(500, '["sorry"]', JSON)),
    http_failure(
        "bytes that are not text",
        500,
        " with a body of unknown form",
        SERVER_FAILED,
        fault("raw", status=500, body_base64="//79/A=="),
    ),
    http_failure(
        "a token in an error",
        500,
        " with a body of unknown form",
        SERVER_FAILED,
        raw(500, '{"access_token": "must-not-be-used"}', JSON),
        covers="B13",
    ),
)

CODES = (
    *(
        error_failure(
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
        error_failure(f"code {code}", status, str(code), "Access failure", hint, fault("managed_fault", code=code))
        for codes, status, hint in (
            ((900801, 700700), 503, SERVER_FAILED),
            ((900901, 900902, 900905, 900907, 900909, 900911), 401, FORBIDDEN),
            ((900906, 900908), 403, FORBIDDEN),
        )
        for code in codes
    ),
    *(
        error_failure(
            f"code {code}",
            429,
            str(code),
            "You have exceeded your quota",
            RATE_LIMIT,
            fault("throttled", code=code, retry_after=77),
            covers="B11",
            failure={"retry_after": 77},
            entry_points=ALL_ENTRY_POINTS if code == 900800 else Row.entry_points,
        )
        for code in (900800, 900802, 900803, 900804, 900805, 900806, 900807)
    ),
    error_failure(
        "database error",
        502,
        "server_error",
        "Service Unavailable Error.",
        SERVER_FAILED,
        fault("sql_error"),
        covers="B11",
    ),
    error_failure(
        "any other server error",
        500,
        "server_error",
        "Internal Server Error.",
        SERVER_FAILED,
        fault("server_error"),
        covers="B11",
    ),
)
