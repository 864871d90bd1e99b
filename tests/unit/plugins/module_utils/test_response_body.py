# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parsing of error bodies: all formats of WSO2, its gateways and proxies. Other texts result in nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from ansible_collections.apiops.wso2.plugins.module_utils._response_body import ErrorBody, parse_body

BOM = b"\xef\xbb\xbf"

OAUTH = b'{"error_description":"Authentication failed for alice","error":"invalid_grant"}'
AM_FAULT = (
    b'<am:fault xmlns:am="http://wso2.org/apimanager"><am:code>101503</am:code><am:type>Status report</am:type>'
    b"<am:message>Runtime Error</am:message>"
    b"<am:description>Error connecting to the back end</am:description></am:fault>"
)
AMS_FAULT = (
    b'<ams:fault xmlns:ams="http://wso2.org/apimanager/security"><ams:code>900910</ams:code>'
    b"<ams:message>The access token does not allow you to access the requested resource</ams:message></ams:fault>"
)
STRING_CODE = (
    b'{"code":"101503","type":"Status report","message":"Runtime Error",'
    b'"description":"Error connecting to the back end"}'
)
NUMBER_CODE = b'{"fault":{"code":900900,"message":"Unclassified","description":"See the log"}}'
CXF = (
    b'<ns1:XMLFault xmlns:ns1="http://cxf.apache.org/bindings/xformat">'
    b'<ns1:faultstring xmlns:ns1="http://cxf.apache.org/bindings/xformat">java.lang.RuntimeException</ns1:faultstring>'
    b"</ns1:XMLFault>"
)
SOAP_11 = (
    b'<?xml version="1.0" encoding="utf-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    b"<soapenv:Body><soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>Policy Falsified</faultstring>"
    b"</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
)
SOAP_12 = (
    b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Code><e:Value>e:Receiver</e:Value>'
    b'</e:Code><e:Reason><e:Text xml:lang="en">Back end is down</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>'
)
TOMCAT = (
    "<!doctype html><html><head><title>HTTP Status 500 \u2013 Internal Server Error</title></head><body>x</body></html>"
).encode()
NGINX = b"<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body></body></html>"
ENTITIES = (
    b'<!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><am:fault xmlns:am="x"><am:code>&b;</am:code></am:fault>'
)
EXTERNAL = b'<!DOCTYPE f SYSTEM "file:///etc/hostname"><f><code>1</code></f>'

BODIES: list[tuple[str, bytes, ErrorBody]] = [
    ("OAuth error", OAUTH, ErrorBody("oauth", "invalid_grant", "Authentication failed for alice")),
    ("OAuth error alone", b'{"error":"invalid_client"}', ErrorBody("oauth", "invalid_client")),
    ("error is a number", b'{"error":17003}', ErrorBody("other")),
    ("error is a numeric string", b'{"error":"17003"}', ErrorBody("oauth", "17003")),
    ("error is a mapping", b'{"error":{"code":"x"}}', ErrorBody("other")),
    ("description is no text", b'{"error":"e","error_description":["a"]}', ErrorBody("oauth", "e", '["a"]')),
    (
        "white space around",
        b"\r\n " + OAUTH + b"\n",
        ErrorBody("oauth", "invalid_grant", "Authentication failed for alice"),
    ),
    ("gateway up to 3.x", AM_FAULT, ErrorBody("gateway", "101503", "Error connecting to the back end")),
    (
        "gateway's security fault",
        AMS_FAULT,
        ErrorBody("gateway", "900910", "The access token does not allow you to access the requested resource"),
    ),
    ("gateway 4.x, code is a string", STRING_CODE, ErrorBody("gateway", "101503", "Error connecting to the back end")),
    ("managed API, code is a number", NUMBER_CODE, ErrorBody("gateway", "900900", "See the log")),
    ("code and message", b'{"code":404,"message":"not here"}', ErrorBody("gateway", "404", "not here")),
    ("CXF", CXF, ErrorBody("gateway", None, "java.lang.RuntimeException")),
    ("SOAP 1.1", SOAP_11, ErrorBody("gateway", None, "Policy Falsified")),
    ("SOAP 1.2", SOAP_12, ErrorBody("gateway", None, "Back end is down")),
    (
        "XML entities of XML itself",
        b"<f><code>1</code><message>a &lt; b &amp; c</message></f>",
        ErrorBody("gateway", "1", "a < b & c"),
    ),
    (
        "XML in Latin-1 by its own word",
        b'<?xml version="1.0" encoding="ISO-8859-1"?><f><code>1</code></f>',
        ErrorBody("gateway", "1"),
    ),
    ("HTML of Tomcat", TOMCAT, ErrorBody("html", None, "HTTP Status 500 \u2013 Internal Server Error")),
    ("HTML of a load balancer", NGINX, ErrorBody("html", None, "504 Gateway Time-out")),
    (
        "XHTML",
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x" "y">' + NGINX,
        ErrorBody("html", None, "504 Gateway Time-out"),
    ),
    ("HTML in capitals", b"<HTML><TITLE>Welcome to APIM</TITLE></HTML>", ErrorBody("html", None, "Welcome to APIM")),
    ("HTML without a title", b"<html><body>x</body></html>", ErrorBody("html", description="x")),
    ("nothing", b"", ErrorBody("empty")),
    ("white space", b" \r\n", ErrorBody("empty")),
    ("byte order mark, JSON", BOM + OAUTH, ErrorBody("oauth", "invalid_grant", "Authentication failed for alice")),
    ("byte order mark, XML", BOM + AM_FAULT, ErrorBody("gateway", "101503", "Error connecting to the back end")),
    ("byte order mark, HTML", BOM + NGINX, ErrorBody("html", None, "504 Gateway Time-out")),
    ("byte order mark alone", BOM, ErrorBody("empty")),
    ("entities are rejected", ENTITIES, ErrorBody("other")),
    ("outside entities are rejected", EXTERNAL, ErrorBody("other")),
    (
        "free text",
        b"Service temporarily unavailable",
        ErrorBody("other", description="Service temporarily unavailable"),
    ),
    ("form", b"access_token=abc&token_type=Bearer", ErrorBody("other")),
    ("truncated JSON", b'{"access_token":"0b9e6c1a-1111', ErrorBody("other")),
    ("truncated XML", b"<am:fault><am:code>101503</am:co", ErrorBody("other")),
    ("JSON list", b'[{"error":"x"}]', ErrorBody("other")),
    ("JSON string", b'"invalid_grant"', ErrorBody("other")),
    ("JSON without an error", b'{"status":"UP"}', ErrorBody("other")),
    ("error is null", b'{"error":null}', ErrorBody("other")),
    ("fault is a text", b'{"fault":"x"}', ErrorBody("other")),
    ("token whose type is wrong", b'{"access_token":5}', ErrorBody("other")),
    ("XML of something else", b"<status><up>yes</up></status>", ErrorBody("other")),
    ("no UTF-8", b"\xff\xfe\x00\x01", ErrorBody("other")),
    (
        "a letter in Latin-1",
        '{"error":"invalid_grant","error_description":"J\u00fcrgen"}'.encode("latin-1"),
        ErrorBody("oauth", "invalid_grant", "J\ufffdrgen"),
    ),
    ("UTF-16", '{"error":"x"}'.encode("utf-16"), ErrorBody("other")),
]


@pytest.mark.parametrize(("body", "fault"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_parse_body(body: bytes, fault: ErrorBody) -> None:
    assert parse_body(body) == fault


# The number of pieces makes the body about as large as the limit.
LARGE_BODIES: list[tuple[str, int, Callable[[int], bytes]]] = [
    ("nested JSON lists", 1_000_000, lambda n: b"[" * n),
    ("nested JSON mappings", 100_000, lambda n: b'{"error":' * n),
    ("nested XML", 300_000, lambda n: b"<a>" * n),
    ("one long text in JSON", 1_000_000, lambda n: b'{"error":"' + b"x" * n + b'"}'),
    ("one long text in XML", 1_000_000, lambda n: b"<code>" + b"x" * n + b"</code>"),
    ("endless digits", 1_000_000, lambda n: b'{"error":' + b"9" * n + b"}"),
    ("XML of many lines", 500_000, lambda n: b"<code>" + b"x\n" * n + b"</code>"),
    ("HTML of many open titles", 140_000, lambda n: b"<html>" + b"<title>" * n),
    ("HTML of many broken titles", 160_000, lambda n: b"<html>" + b"<title" * n),
]


@pytest.mark.parametrize(("pieces", "make"), [row[1:] for row in LARGE_BODIES], ids=[row[0] for row in LARGE_BODIES])
def test_parsing_time_is_proportional_to_the_size(pieces: int, make: Callable[[int], bytes]) -> None:
    """Parsing has no deadline, so its time must not grow with the square of the size."""
    small, large = (min(_parse_seconds(make(n)) for _round in range(3)) for n in (pieces // 8, pieces))
    # Shorter times are below the resolution of the clock.
    assert large < 24 * max(small, 0.002)


def _parse_seconds(body: bytes) -> float:
    started = time.thread_time()
    parse_body(body)
    return time.thread_time() - started
