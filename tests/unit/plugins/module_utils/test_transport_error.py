# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why no response arrived: one sentence from the chain of an error, a hint, and no text of a library."""

from __future__ import annotations

import socket
import ssl
from http.client import BadStatusLine, RemoteDisconnected
from pathlib import Path

import pytest
import requests
import urllib3.exceptions as u
from urllib3.connectionpool import HTTPSConnectionPool

from ansible_collections.apiops.wso2.plugins.module_utils._errors import ENDPOINT
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TransportSettings
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import (
    DeadlineExceeded,
    EncodedResponse,
    NotLoopback,
    ResponseTooLarge,
    TransportError,
    explain,
)

TEXT = "s3cret-text-of-the-library"
URL = "https://wso2.example.com/token"
RETIRED = "https://gateway.api.cloud.wso2.com/token"
PROXY = "http://user:pw@proxy.example.com:3128"
POOL = HTTPSConnectionPool("wso2.example.com")
LATER = "request_from: managed_node"


def chained(outer: BaseException, inner: BaseException) -> BaseException:
    """OUTER as if it was raised while INNER was handled."""
    outer.__context__ = inner
    return outer


def in_requests(inner: BaseException) -> requests.ConnectionError:
    """INNER as requests wraps the errors of urllib3."""
    return requests.ConnectionError(u.MaxRetryError(POOL, f"/token?{TEXT}", inner))  # type: ignore[arg-type]


def certificate_error(code: int, reason: str) -> requests.exceptions.SSLError:
    error = ssl.SSLCertVerificationError(1, TEXT)
    error.verify_code = code
    error.verify_message = reason
    return requests.exceptions.SSLError(u.MaxRetryError(POOL, "/", u.SSLError(error)))


def tls_error(reason: str) -> requests.exceptions.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] {TEXT}")
    error.reason = reason
    return requests.exceptions.SSLError(u.MaxRetryError(POOL, "/", u.SSLError(error)))


def explained(
    error: BaseException, *, url: str = URL, proxy: str | None = None, settings: TransportSettings | None = None
) -> TransportError:
    return explain(error, url=url, settings=settings or TransportSettings(timeout=7), proxy=proxy, attempts=2)


REFUSED = chained(u.NewConnectionError(None, TEXT), ConnectionRefusedError(111, TEXT))  # type: ignore[arg-type]
UNREACHABLE = chained(u.NewConnectionError(None, TEXT), OSError(113, TEXT))  # type: ignore[arg-type]
UNKNOWN_HOST = chained(u.NewConnectionError(None, TEXT), socket.gaierror(-2, TEXT))  # type: ignore[arg-type]
NOT_CONNECTED = chained(u.ConnectTimeoutError(None, TEXT), socket.timeout(TEXT))

ERRORS: list[tuple[str, BaseException, str, str, bool]] = [
    # id, error, cause, a part of the hint, can it pass?
    ("refused", in_requests(REFUSED), "the connection was refused", LATER, True),
    ("unreachable", in_requests(UNREACHABLE), "the host cannot be reached", LATER, True),
    ("unknown host", in_requests(UNKNOWN_HOST), "the hostname cannot be resolved", LATER, True),
    ("no connection", requests.ConnectTimeout(NOT_CONNECTED), "no connection within 7 seconds", LATER, True),
    (
        "no response",
        requests.ReadTimeout(u.ReadTimeoutError(POOL, "/", TEXT)),
        "no complete response within 7 seconds",
        "increase timeout",
        True,
    ),
    ("deadline", DeadlineExceeded(TEXT), "no complete response within 7 seconds", "increase timeout", True),
    (
        "reset",
        requests.ConnectionError(u.ProtocolError(TEXT, ConnectionResetError(104, TEXT))),
        "the connection was closed before the response was complete",
        "server log",
        True,
    ),
    (
        "incomplete body",
        requests.exceptions.ChunkedEncodingError(u.ProtocolError(TEXT, u.IncompleteRead(3, 5))),
        "the connection was closed before the response was complete",
        "server log",
        True,
    ),
    ("too large", ResponseTooLarge(TEXT), "the response is larger than 1 MiB", "token endpoint", False),
    ("compressed", EncodedResponse(TEXT), "the response is compressed", "proxies", True),
    ("not loopback", NotLoopback(TEXT), "resolved to another machine", "https://", True),
    ("no HTTP", requests.ConnectionError(TEXT), "the response is not valid HTTP", "token endpoint", False),
    ("not valid yet", certificate_error(9, "certificate is not yet valid"), "not yet valid", "clock", False),
    ("expired", certificate_error(10, "certificate has expired"), "has expired", "no ca_path makes", False),
    ("self-signed", certificate_error(18, "self-signed certificate"), "self-signed certificate", "Set ca_path", False),
    ("private CA", certificate_error(19, "self-signed certificate in chain"), "in chain", "Set ca_path", False),
    ("unknown CA", certificate_error(20, "unable to get local issuer"), "local issuer", "Set ca_path", False),
    ("no chain", certificate_error(21, "unable to verify the first"), "verify the first", "Set ca_path", False),
    (
        "hostname",
        certificate_error(62, "Hostname mismatch, certificate is not valid for 'a'"),
        "Hostname",
        "subject alternative names",
        False,
    ),
    (
        "address",
        certificate_error(64, "IP address mismatch"),
        "IP address mismatch",
        "subject alternative names",
        False,
    ),
    (
        "strict",
        certificate_error(92, "Missing Authority Key Identifier"),
        "(Missing Authority",
        "Check the cert",
        False,
    ),
    (
        "bad name",
        chained(requests.exceptions.InvalidURL(TEXT), UnicodeError("label too long")),
        "resolved",
        LATER,
        True,
    ),
    (
        "no status line",
        requests.ConnectionError(u.ProtocolError(TEXT, BadStatusLine("SSH-2.0"))),
        "the response is not valid HTTP",
        "token endpoint",
        False,
    ),
    (
        "closed",
        requests.ConnectionError(u.ProtocolError(TEXT, RemoteDisconnected(TEXT))),
        "the connection was closed before",
        "server log",
        True,
    ),
    ("client, TLS 1.3", tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "certificate required", "client_cert", False),
    ("client, TLS 1.2", tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), "handshake failure", "client_cert", False),
    ("no TLS", tls_error("WRONG_VERSION_NUMBER"), "wrong version number", "does not use TLS on this port", False),
    ("old TLS", tls_error("UNSUPPORTED_PROTOCOL"), "unsupported protocol", "TLS 1.2", False),
    ("unknown name", tls_error("TLSV1_UNRECOGNIZED_NAME"), "unrecognized name", "hostname in token_url", False),
]


@pytest.mark.parametrize(
    ("error", "cause", "hint", "is_transient"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS]
)
def test_errors_become_sentences(error: BaseException, cause: str, hint: str, is_transient: bool) -> None:
    failed = explained(error)
    assert failed.cause.startswith(f"Cannot get a response from {URL}: ")
    assert cause in failed.cause
    assert hint in (failed.hint or "")
    assert (LATER in (failed.hint or "")) is (hint == LATER)
    assert (failed.attempts, failed.subject, failed.is_transient) == (2, ENDPOINT, is_transient)
    assert TEXT not in failed.message + str(failed.failure()) + repr(failed)
    assert failed.__cause__ is None
    assert failed.__context__ is None


PROXY_ERRORS: list[tuple[str, BaseException, str, str]] = [
    (
        "status",
        requests.exceptions.ProxyError(
            u.MaxRetryError(POOL, "/", u.ProxyError(TEXT, OSError("Tunnel connection failed: 407 s3cret")))
        ),
        "the proxy http://proxy.example.com:3128 rejected the connection with HTTP 407",
        "NO_PROXY",
    ),
    (
        "refused",
        requests.exceptions.ProxyError(u.MaxRetryError(POOL, "/", u.ProxyError(TEXT, REFUSED))),  # type: ignore[arg-type]
        "the proxy http://proxy.example.com:3128 cannot be used or did not connect",
        "use_proxy: false",
    ),
    (
        "port",
        requests.exceptions.InvalidURL(u.LocationParseError(TEXT)),
        "the proxy http://proxy.example.com:3128 cannot be used",
        "HTTPS_PROXY",
    ),
    ("URL", requests.exceptions.InvalidProxyURL(TEXT), "the proxy http://proxy.example.com:3128", "HTTPS_PROXY"),
    (
        "SOCKS",
        requests.exceptions.InvalidSchema("Missing dependencies for SOCKS support."),
        "the proxy http://proxy.example.com:3128 needs the Python library PySocks",
        "pip install pysocks",
    ),
]


@pytest.mark.parametrize(
    ("error", "cause", "hint"), [row[1:] for row in PROXY_ERRORS], ids=[r[0] for r in PROXY_ERRORS]
)
def test_errors_of_a_proxy_name_it(error: BaseException, cause: str, hint: str) -> None:
    failed = explained(error, proxy=PROXY)
    assert cause in failed.cause
    assert hint in (failed.hint or "")
    assert "user" not in failed.message
    assert TEXT not in failed.message


def test_the_hint_does_not_request_a_ca_path_that_is_set() -> None:
    error = certificate_error(20, "unable to get local issuer certificate")
    hint = explained(error, settings=TransportSettings(ca_path="/ca.pem")).hint or ""
    assert "Set ca_path" not in hint
    assert "ca_path is /ca.pem, which does not contain the CA that signed it. Use a file with its certificate" in hint
    hint = explained(error, settings=TransportSettings(environ={"SSL_CERT_FILE": "/company.pem"})).hint or ""
    assert "SSL_CERT_FILE is /company.pem" in hint and "Set ca_path to its certificate" in hint


@pytest.mark.parametrize("source", ["ca_path", "SSL_CERT_DIR"])
def test_a_directory_of_authorities_may_lack_the_hashes(tmp_path: Path, source: str) -> None:
    error = certificate_error(20, "unable to get local issuer certificate")
    if source == "ca_path":
        settings = TransportSettings(ca_path=str(tmp_path))
    else:
        settings = TransportSettings(environ={source: str(tmp_path)})
    hint = explained(error, settings=settings).hint or ""
    assert f"{source} is the directory {tmp_path}, in which OpenSSL did not find the CA" in hint
    assert "openssl rehash" in hint
    assert "does not contain" not in hint


@pytest.mark.parametrize("error_class", [ssl.SSLEOFError, ssl.SSLZeroReturnError])
def test_a_connection_that_is_closed_is_no_failed_handshake(error_class: type[ssl.SSLError]) -> None:
    error = requests.exceptions.SSLError(u.MaxRetryError(POOL, "/", u.SSLError(error_class(8, TEXT))))
    failed = explained(error)
    assert "the connection was closed before the response was complete" in failed.cause
    assert "TLS 1.2" not in (failed.hint or "")


def test_a_self_signed_certificate_can_have_expired_too() -> None:
    assert "it has expired, too" in (explained(certificate_error(18, "self-signed certificate")).hint or "")


def test_handshake_failure_with_a_client_certificate_has_another_hint() -> None:
    failed = explained(tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), settings=TransportSettings(client_cert="/c.pem"))
    assert "client_cert" not in (failed.hint or "")


@pytest.mark.parametrize(
    "reason", ["TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_CERTIFICATE_EXPIRED", "SSLV3_ALERT_BAD_CERTIFICATE"]
)
def test_a_client_certificate_that_is_rejected_is_named(reason: str) -> None:
    failed = explained(tls_error(reason), settings=TransportSettings(client_cert="/c.pem"))
    assert "The server rejected client_cert" in (failed.hint or "")
    assert "rejected client_cert" not in (explained(tls_error(reason)).hint or "")


def test_an_intermediate_certificate_can_be_missing() -> None:
    error, settings = certificate_error(20, "unable to get local issuer"), TransportSettings(ca_path="/ca.pem")
    assert "the server must send the certificate" in (explained(error, settings=settings).hint or "")
    own = certificate_error(18, "self-signed certificate")
    assert "intermediate" not in (explained(own, settings=settings).hint or "")


def test_the_proxy_of_a_response_that_broke_off_is_named() -> None:
    error = requests.ConnectionError(u.ProtocolError(TEXT, BadStatusLine(TEXT)))
    assert "went through the proxy http://proxy.example.com:3128" in (explained(error, proxy=PROXY).hint or "")
    assert "proxy" not in (explained(error).hint or "")


def test_plain_http_to_a_tls_port_is_suspected() -> None:
    error = requests.ConnectionError(u.ProtocolError(TEXT, ConnectionResetError(104, TEXT)))
    assert "use https://" in (explained(error, url="http://localhost:9443/token").hint or "")
    assert "use https://" not in (explained(error).hint or "")


def test_a_cyclic_chain_of_errors_is_followed_once() -> None:
    error, other = requests.ConnectionError(), ConnectionRefusedError()
    error.__context__, other.__context__ = other, error
    assert "the connection was refused" in explained(error).cause


@pytest.mark.parametrize("inner", [UNKNOWN_HOST, REFUSED, UNREACHABLE])
@pytest.mark.parametrize(
    ("url", "hint"),
    [
        (RETIRED, "API Cloud was retired"),
        (RETIRED.replace("com/", "com:8243/"), "API Cloud was retired"),
        (URL, "Check"),
    ],
)
def test_the_retired_api_cloud_is_named_first(inner: BaseException, url: str, hint: str) -> None:
    assert (explained(in_requests(inner), url=url).hint or "").startswith(("WSO2 API Cloud was retired", "Check"))
    assert hint in (explained(in_requests(inner), url=url).hint or "")
