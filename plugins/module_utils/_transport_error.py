# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Why no answer came, told by the classes and numbers of the libraries' errors and never by their texts.

The texts of requests and urllib3 hold URLs, headers and, at times, the credentials themselves.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from ansible_collections.apiops.wso2.plugins.module_utils._api_cloud import retired_hint
from ansible_collections.apiops.wso2.plugins.module_utils._errors import TokenError
from ansible_collections.apiops.wso2.plugins.module_utils._transport_settings import TransportSettings


class TransportError(TokenError):
    """No answer came: nothing was reached, nothing was trusted, or time ran out."""


class OutOfTime(Exception):
    """The deadline passed before the exchange was over."""


class AnswerTooLong(Exception):
    """The answer is larger than any token could need."""


# OpenSSL's X509_V_ERR_* numbers (x509_vfy.h).
_CERTIFICATE_PROBLEMS = {
    9: ("the server's certificate is not valid yet", "Check the clock of the machine that sends the request"),
    10: ("the server's certificate has expired", "Have the certificate renewed"),
    18: ("the server's certificate is self-signed", "Name it, or the authority that signed it, by ca_path"),
    19: ("the server's certificate comes from a private authority", "Name that authority's certificate by ca_path"),
    20: ("the server's certificate comes from an unknown authority", "Name that authority's certificate by ca_path"),
    21: ("the server's certificate comes from an unknown authority", "Name that authority's certificate by ca_path"),
    62: ("the server's certificate is for another host name", "Use the host name that the certificate was made for"),
    64: ("the server's certificate is for another IP address", "Use the address that the certificate was made for"),
}


# What stands in the chain of an error (a class, or the name of one of urllib3's), what it means, what to do.
# The first that is found is taken, so the narrower stand before the wider.
_PROBLEMS: tuple[tuple[tuple[type[BaseException] | str, ...], str, str], ...] = (
    (
        (AnswerTooLong,),
        "the answer is larger than 1 MiB",
        "Check that token_url is a token endpoint",
    ),
    (
        ("ProxyError", "InvalidProxyURL", "ProxySchemeUnknown"),
        "the proxy refused or failed",
        "Check HTTPS_PROXY and NO_PROXY, or set use_proxy: false",
    ),
    (
        (socket.gaierror,),
        "the host name cannot be found",
        "Check the host in token_url, and the name server",
    ),
    (
        (ConnectionRefusedError,),
        "the connection was refused",
        "Check the port in token_url, and that the server runs",
    ),
    (
        (OutOfTime, socket.timeout, "ConnectTimeout", "ReadTimeout"),
        "no answer came within {timeout} s",
        "Check that the server is well, or raise timeout",
    ),
    (
        (ConnectionError, "ProtocolError"),
        "the connection broke off before the answer was complete",
        "Try again, and look at the server's log",
    ),
    (
        ("NewConnectionError",),
        "the host cannot be reached",
        "Check the address in token_url, and the route to it",
    ),
)


def explained(error: BaseException, *, url: str, settings: TransportSettings, attempts: int) -> TransportError:
    """The cause of ERROR, met on the way to URL, as far as its chain tells, and its cure."""
    chain = list(_chain(error))
    cause, hint = _tls_problem(chain, settings) or _problem(chain, settings)
    return TransportError(cause, hint=retired_hint(url) or hint, attempts=attempts)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """ERROR and all that it wraps: as cause, context, C(reason), C(original_error) or argument."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        each = waiting.pop(0)
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__, *each.args]
        waiting += [getattr(each, "reason", None), getattr(each, "original_error", None)]


def _problem(chain: list[BaseException], settings: TransportSettings) -> tuple[str, str]:
    names = {type(each).__name__ for each in chain}
    for signs, cause, hint in _PROBLEMS:
        classes = tuple(sign for sign in signs if isinstance(sign, type))
        if names.intersection(signs) or any(isinstance(each, classes) for each in chain):
            return cause.format(timeout=settings.timeout), hint
    return "the answer could not be read as HTTP", "Check that token_url is a token endpoint"


def _tls_problem(chain: list[BaseException], settings: TransportSettings) -> tuple[str, str] | None:
    errors = [each for each in chain if isinstance(each, ssl.SSLError)]
    for error in errors:
        if isinstance(error, ssl.SSLCertVerificationError):
            unknown = ("the server's certificate cannot be verified", "Name its authority's certificate by ca_path")
            return _CERTIFICATE_PROBLEMS.get(error.verify_code, unknown)
    reasons = " ".join(str(error.reason) for error in errors)
    if "CERTIFICATE_REQUIRED" in reasons or ("HANDSHAKE_FAILURE" in reasons and not settings.client_cert):
        return "the server asks for a client certificate", "Give client_cert and client_key"
    if "WRONG_VERSION_NUMBER" in reasons or "HTTP_REQUEST" in reasons:
        return "the server does not speak TLS on that port", "Check the port in token_url"
    if errors:
        return "the TLS handshake failed", "Check that the server offers TLS 1.2 or newer, and takes client_cert"
    return None
