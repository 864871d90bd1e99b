# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why no answer came: real errors of requests, urllib3 and ssl become sentences, and their texts never show."""

from __future__ import annotations

import socket
import ssl

import pytest
import requests
import urllib3.exceptions as u
from urllib3.connectionpool import HTTPSConnectionPool

from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import AnswerTooLong, OutOfTime, explained
from ansible_collections.apiops.wso2.plugins.module_utils._transport_settings import TransportSettings

TEXT = "s3cret-text-of-the-library"
URL = "https://wso2.example.com/token"
RETIRED = "https://gateway.api.cloud.wso2.com/token"
POOL = HTTPSConnectionPool("wso2.example.com")


def chained(outer: BaseException, inner: BaseException) -> BaseException:
    """OUTER as Python leaves it when it was raised while INNER was handled."""
    outer.__context__ = inner
    return outer


def in_requests(inner: BaseException) -> requests.ConnectionError:
    """INNER in the wrapping that requests gives to whatever urllib3 gives up upon."""
    return requests.ConnectionError(u.MaxRetryError(POOL, f"/token?{TEXT}", inner))  # type: ignore[arg-type]


def certificate_error(code: int) -> requests.exceptions.SSLError:
    error = ssl.SSLCertVerificationError(1, TEXT)
    error.verify_code = code
    return requests.exceptions.SSLError(u.MaxRetryError(POOL, "/", u.SSLError(error)))


def tls_error(reason: str) -> requests.exceptions.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] {TEXT}")
    error.reason = reason
    return requests.exceptions.SSLError(u.MaxRetryError(POOL, "/", u.SSLError(error)))


REFUSED = chained(u.NewConnectionError(None, TEXT), ConnectionRefusedError(111, TEXT))  # type: ignore[arg-type]
UNREACHABLE = chained(u.NewConnectionError(None, TEXT), OSError(113, TEXT))  # type: ignore[arg-type]
UNKNOWN_HOST = chained(u.NewConnectionError(None, TEXT), socket.gaierror(-2, TEXT))  # type: ignore[arg-type]
TIMED_OUT = chained(u.ConnectTimeoutError(None, TEXT), socket.timeout(TEXT))

ERRORS: list[tuple[str, BaseException, str, str]] = [
    # id, error, cause, a part of the hint
    ("refused", in_requests(REFUSED), "the connection was refused", "port"),
    ("unreachable", in_requests(UNREACHABLE), "the host cannot be reached", "address"),
    ("unknown host", in_requests(UNKNOWN_HOST), "the host name cannot be found", "host in token_url"),
    (
        "connecting took too long",
        requests.ConnectTimeout(u.MaxRetryError(POOL, "/", TIMED_OUT)),  # type: ignore[arg-type]
        "no answer came within 7 s",
        "raise timeout",
    ),
    (
        "answering took too long",
        requests.ReadTimeout(u.ReadTimeoutError(POOL, "/", TEXT)),
        "no answer came within 7 s",
        "timeout",
    ),
    (
        "reading took too long",
        requests.ConnectionError(chained(u.ReadTimeoutError(POOL, "/", TEXT), socket.timeout(TEXT))),
        "no answer came within 7 s",
        "timeout",
    ),
    ("deadline", OutOfTime(TEXT), "no answer came within 7 s", "timeout"),
    (
        "reset",
        requests.ConnectionError(u.ProtocolError(TEXT, ConnectionResetError(104, TEXT))),
        "the connection broke off before the answer was complete",
        "Try again",
    ),
    (
        "body broke off",
        requests.exceptions.ChunkedEncodingError(u.ProtocolError(TEXT, u.IncompleteRead(3, 5))),
        "the connection broke off before the answer was complete",
        "Try again",
    ),
    ("too long", AnswerTooLong(TEXT), "the answer is larger than 1 MiB", "token endpoint"),
    (
        "proxy",
        requests.exceptions.ProxyError(u.MaxRetryError(POOL, "/", u.ProxyError(TEXT, OSError(TEXT)))),
        "the proxy refused or failed",
        "use_proxy: false",
    ),
    (
        "proxy cannot be reached",
        requests.exceptions.ProxyError(u.MaxRetryError(POOL, "/", u.ProxyError(TEXT, REFUSED))),  # type: ignore[arg-type]
        "the proxy refused or failed",
        "use_proxy: false",
    ),
    ("proxy URL", requests.exceptions.InvalidProxyURL(TEXT), "the proxy refused or failed", "HTTPS_PROXY"),
    ("no HTTP", requests.ConnectionError(TEXT), "the answer could not be read as HTTP", "token endpoint"),
    ("not valid yet", certificate_error(9), "the server's certificate is not valid yet", "clock"),
    ("expired", certificate_error(10), "the server's certificate has expired", "renewed"),
    ("self-signed", certificate_error(18), "the server's certificate is self-signed", "ca_path"),
    ("private authority", certificate_error(19), "the server's certificate comes from a private authority", "ca_path"),
    ("unknown authority", certificate_error(20), "the server's certificate comes from an unknown authority", "ca_path"),
    ("no chain", certificate_error(21), "the server's certificate comes from an unknown authority", "ca_path"),
    ("other name", certificate_error(62), "the server's certificate is for another host name", "host name"),
    ("other address", certificate_error(64), "the server's certificate is for another IP address", "address"),
    ("other problem", certificate_error(99), "the server's certificate cannot be verified", "ca_path"),
    (
        "client certificate, TLS 1.3",
        tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"),
        "the server asks for a client certificate",
        "client_cert",
    ),
    (
        "client certificate, TLS 1.2",
        tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"),
        "the server asks for a client certificate",
        "client_cert",
    ),
    ("plain HTTP there", tls_error("WRONG_VERSION_NUMBER"), "the server does not speak TLS on that port", "port"),
    ("old TLS", tls_error("UNSUPPORTED_PROTOCOL"), "the TLS handshake failed", "TLS 1.2"),
]


@pytest.mark.parametrize(("error", "cause", "hint"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_errors_become_sentences(error: BaseException, cause: str, hint: str) -> None:
    failed = explained(error, url=URL, settings=TransportSettings(timeout=7), attempts=2)
    assert failed.cause == cause
    assert hint in (failed.hint or "")
    assert failed.attempts == 2
    assert failed.refused is False
    assert TEXT not in failed.message + str(failed.failure()) + repr(failed)
    assert failed.__cause__ is None
    assert failed.__context__ is None


def test_handshake_failure_with_a_client_certificate_has_another_cause() -> None:
    settings = TransportSettings(client_cert="/c.pem")
    failed = explained(tls_error("SSLV3_ALERT_HANDSHAKE_FAILURE"), url=URL, settings=settings, attempts=1)
    assert failed.cause == "the TLS handshake failed"


def test_a_chain_that_ends_in_itself_ends() -> None:
    error, other = requests.ConnectionError(), ConnectionRefusedError()
    error.__context__, other.__context__ = other, error
    assert explained(error, url=URL, settings=TransportSettings(), attempts=1).cause == "the connection was refused"


@pytest.mark.parametrize("inner", [UNKNOWN_HOST, REFUSED, UNREACHABLE])
@pytest.mark.parametrize(
    ("url", "hint"),
    [
        (RETIRED, "API Cloud was retired"),
        (RETIRED.replace("com/", "com:8243/"), "API Cloud was retired"),
        (URL, "Check"),
    ],
)
def test_an_address_that_is_no_more_is_the_first_suspect(inner: BaseException, url: str, hint: str) -> None:
    failed = explained(in_requests(inner), url=url, settings=TransportSettings(), attempts=1)
    assert hint in (failed.hint or "")
