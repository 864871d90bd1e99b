# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""Why no response arrived, and how to fix it.

The texts of requests and urllib3 contain URLs, headers and, at times, credentials. Only the classes of the errors, the
texts of OpenSSL and of the operating system, and the status of a proxy are used.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from ansible_collections.apiops.wso2.plugins.module_utils._errors import ENDPOINT, TokenError, api_cloud_hint
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TransportSettings, shown_url

REQUEST_FROM_HINT = "If only the managed node can reach the server, set request_from: managed_node"

_CA_HINT = "Set ca_path to the certificate of the certificate authority (CA) that signed it"
_EXPIRED_HINT = (
    "Renew the certificate of the server. The certificates that WSO2 ships expired on 2024-04-30 or 2025-01-07, and no "
    "ca_path makes an expired certificate valid"
)
_NAME_HINT = (
    "Use a hostname or IP address from the subject alternative names of the certificate, or create a certificate that "
    "has this one"
)


class TransportError(TokenError):
    """No response arrived: no connection, no trust, or no time."""


class DeadlineExceeded(Exception):
    """The deadline passed before the response was complete."""


class ResponseTooLarge(Exception):
    """The response is larger than any token could need."""


class EncodedResponse(Exception):
    """The response has a content encoding that the request did not accept."""


class NotLoopback(Exception):
    """A loopback name was resolved to another machine."""


class _Problem(NamedTuple):
    """cause: what failed, after C(Cannot get a response from URL: ). connecting: was the server not reached at all?"""

    cause: str
    hint: str
    is_transient: bool = True
    connecting: bool = False


# OpenSSL's X509_V_ERR_* numbers (x509_vfy.h). The cause is OpenSSL's own reason.
_EXPIRED = 10
_SELF_SIGNED = 18
_CERTIFICATE_HINTS = {
    9: "Check the clock of the machine that sends the request",
    _EXPIRED: _EXPIRED_HINT,
    _SELF_SIGNED: "Set ca_path to this certificate, or to that of the CA that signed it",
    19: _CA_HINT,
    20: _CA_HINT,
    21: _CA_HINT,
    62: _NAME_HINT,
    64: _NAME_HINT,
}

_NOT_LOOPBACK_CAUSE = "a loopback hostname was resolved to another machine"
_CLOSED = (ssl.SSLEOFError, ssl.SSLZeroReturnError)

_NOT_HTTP = _Problem("the response is not valid HTTP", "Check that token_url is the token endpoint", False)

# The first row with a class, or the name of a class of urllib3 or requests, in the chain of the error decides.
_PROBLEMS: tuple[tuple[tuple[type[BaseException] | str, ...], _Problem], ...] = (
    (
        (ResponseTooLarge,),
        _Problem("the response is larger than 1 MiB", "Check that token_url is the token endpoint", False),
    ),
    (
        (EncodedResponse,),
        _Problem("the response is compressed, which the request did not accept", "Check the proxies of the server"),
    ),
    (
        (NotLoopback,),
        _Problem(_NOT_LOOPBACK_CAUSE, "Check the name resolution, or use https://"),
    ),
    (
        # A name with a label that is empty or too long cannot be encoded.
        (socket.gaierror, UnicodeError, "NameResolutionError", "LocationParseError", "InvalidURL"),
        _Problem("the hostname cannot be resolved", "Check the host in token_url and the DNS server", connecting=True),
    ),
    (
        (ConnectionRefusedError,),
        _Problem("the connection was refused", "Check the port in token_url, and that WSO2 runs", connecting=True),
    ),
    (
        ("ConnectTimeout", "ConnectTimeoutError"),
        _Problem("no connection within {timeout} seconds", "Check the host and the firewall", connecting=True),
    ),
    (
        (DeadlineExceeded, socket.timeout, "ReadTimeout", "ReadTimeoutError"),
        _Problem("no complete response within {timeout} seconds", "Check the WSO2 server, or increase timeout"),
    ),
    (
        ("BadStatusLine", "LineTooLong", "HTTPException"),
        _NOT_HTTP,
    ),
    (
        (ConnectionError, *_CLOSED, "ProtocolError"),
        _Problem("the connection was closed before the response was complete", "Check the WSO2 server log"),
    ),
    (
        ("NewConnectionError",),
        _Problem("the host cannot be reached", "Check the host in token_url and the route to it", connecting=True),
    ),
)


def explain(
    error: BaseException,
    *,
    url: str,
    settings: TransportSettings,
    proxy: str | None,
    attempts: int,
    url_option: str = "token_url",
) -> TransportError:
    """The cause of ERROR, raised by a request to URL through PROXY, from its chain of errors, and the hint.

    url_option: the option that names the server.
    """
    chain = list(_chain(error))
    of_proxy = _proxy_problem(chain, proxy) if proxy else None
    problem = (
        of_proxy
        or _certificate_problem(chain, settings)
        or _handshake_problem(chain, settings)
        or _known_problem(chain, settings)
    )
    hint = api_cloud_hint(url) or problem.hint
    if problem.connecting:
        hint = f"{hint}. {REQUEST_FROM_HINT}"
    elif urlsplit(url).scheme == "http" and problem.cause != _NOT_LOOPBACK_CAUSE:
        hint = f"{hint}. If the port uses TLS, use https://"
    if proxy and not of_proxy:
        hint = f"{hint}. The request went through the proxy {_shown_proxy(proxy)}"
    if url_option != "token_url":
        hint = hint.replace(" that token_url is the token endpoint", " token_url").replace("token_url", url_option)
    return TransportError(
        f"Cannot get a response from {shown_url(url)}: {problem.cause}",
        hint=hint,
        url=shown_url(url),
        attempts=attempts,
        subject=ENDPOINT,
        is_transient=problem.is_transient,
    )


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


def _known_problem(chain: list[BaseException], settings: TransportSettings) -> _Problem:
    names = {type(each).__name__ for each in chain}
    for signs, problem in _PROBLEMS:
        classes = tuple(sign for sign in signs if isinstance(sign, type))
        if names.intersection(signs) or any(isinstance(each, classes) for each in chain):
            return problem._replace(cause=problem.cause.format(timeout=settings.timeout))
    return _NOT_HTTP


def _shown_proxy(proxy: str) -> str:
    return shown_url(proxy if "://" in proxy else f"http://{proxy}")


def _proxy_problem(chain: list[BaseException], proxy: str) -> _Problem | None:
    """What the proxy did, with its URL and the status of its response."""
    shown = _shown_proxy(proxy)
    names = {type(each).__name__ for each in chain}
    texts = [str(each) for each in chain if isinstance(each, (OSError, ValueError))]
    hint = "Check HTTPS_PROXY and NO_PROXY, or set use_proxy: false"
    if any("SOCKS" in text for text in texts):
        return _Problem(f"the proxy {shown} needs the Python library PySocks", "Install it: pip install pysocks", False)
    status = next(filter(None, (re.search(r"Tunnel connection failed: (\d{3})\b", text) for text in texts)), None)
    if status:
        return _Problem(f"the proxy {shown} rejected the connection with HTTP {status.group(1)}", hint, False)
    if names.intersection(("ProxyError", "InvalidProxyURL", "InvalidURL", "LocationParseError", "ProxySchemeUnknown")):
        return _Problem(f"the proxy {shown} cannot be used or did not connect", hint)
    return None


def _certificate_problem(chain: list[BaseException], settings: TransportSettings) -> _Problem | None:
    """OpenSSL's own reason. A hint only where it follows from the reason and the options that are set."""
    errors = [each for each in chain if isinstance(each, ssl.SSLCertVerificationError)]
    if not errors:
        return None
    code = int(getattr(errors[0], "verify_code", 0) or 0)
    reason = str(getattr(errors[0], "verify_message", "") or errors[0].reason or "certificate verify failed")
    hint = _CERTIFICATE_HINTS.get(code, "Check the certificate of the server, and renew it if necessary")
    if hint in (_CA_HINT, _CERTIFICATE_HINTS[_SELF_SIGNED]):
        if settings.ca_source is not None:
            hint = _ca_source_hint(*settings.ca_source)
        if code != _SELF_SIGNED:
            hint = f"{hint}. If an intermediate CA signed it, the server must send the certificate of that CA, too"
        else:
            hint = f"{hint}. If it is the certificate that WSO2 ships, it has expired, too: create a new one"
    return _Problem(f"the certificate of the server cannot be verified ({reason.strip('. ')})", hint, False)


def _ca_source_hint(source: str, path: str) -> str:
    """What can be wrong with PATH, in which SOURCE (an option or a variable) says that the CA is."""
    if os.path.isdir(path):
        # OpenSSL reads only files whose names are hashes.
        return (
            f"{source} is the directory {path}, in which OpenSSL did not find the CA that signed it. Run openssl "
            "rehash there, or set ca_path to a file with its certificate"
        )
    fix = "Use a file with its certificate" if source == "ca_path" else "Set ca_path to its certificate"
    return f"{source} is {path}, which does not contain the CA that signed it. {fix}"


def _handshake_problem(chain: list[BaseException], settings: TransportSettings) -> _Problem | None:
    errors = [each for each in chain if isinstance(each, ssl.SSLError)]
    # A connection that was closed can have been closed after the handshake, too.
    if not errors or any(isinstance(each, _CLOSED) for each in errors):
        return None
    reason = next((str(each.reason) for each in errors if each.reason), "unknown reason").replace("_", " ").lower()
    if settings.client_cert and "alert" in reason and re.search(r"certificate|unknown ca|decrypt error", reason):
        hint = "The server rejected client_cert. Use a valid certificate of a CA that the server trusts"
    elif "certificate required" in reason or ("handshake failure" in reason and not settings.client_cert):
        hint = (
            "The server may require a client certificate: set client_cert and client_key. Or it supports no cipher of "
            "TLS 1.2 or later"
        )
    elif "wrong version number" in reason or "http request" in reason or "record layer failure" in reason:
        hint = "The server does not use TLS on this port. Check the port in token_url"
    elif "unrecognized name" in reason:
        hint = "The server does not know the hostname in token_url"
    else:
        hint = "Check that the server supports TLS 1.2 or later"
    return _Problem(f"the TLS handshake failed ({reason})", hint, False)
