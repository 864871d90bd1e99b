# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""One request, one response: TLS, retries, one deadline, no redirects, no netrc."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import ssl
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._retries import BoundedRetry
from ansible_collections.apiops.wso2.plugins.module_utils._token_request import TransportSettings, is_loopback
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import (
    DeadlineExceeded,
    EncodedResponse,
    NotLoopback,
    ResponseTooLarge,
    TransportError,
    explain,
)

try:
    import requests
    import urllib3.exceptions
    from requests.adapters import HTTPAdapter
    from requests.auth import HTTPBasicAuth
    from urllib3.connection import HTTPSConnection
    from urllib3.util import parse_url

    IMPORT_ERROR: str | None = None
except ImportError as import_error:
    # Also where urllib3 refuses to work with the OpenSSL of this Python.
    IMPORT_ERROR = str(import_error)
    HTTPAdapter = HTTPSConnection = object  # type: ignore[assignment,misc]

LONGEST_BODY = 1024 * 1024
# What may be received in addition to the body: headers, and what frames the chunks.
_LONGEST_FRAMING = 256 * 1024
_THREAD = "wso2-token-request"
_OUR_ERRORS = (DeadlineExceeded, ResponseTooLarge, EncodedResponse, NotLoopback)
T = TypeVar("T")


class _NotFromRequests(logging.Filter):
    """Drops what is logged while a request is sent.

    urllib3 logs the headers of a response that it cannot parse, and WSO2 sends tokens in headers. ansible-core writes
    what is logged to its log file.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return record.threadName != _THREAD


for _logger in list(logging.root.manager.loggerDict):
    if _logger.partition(".")[0] in ("requests", "urllib3"):
        logging.getLogger(_logger).addFilter(_NotFromRequests())


@dataclass(frozen=True)
class Response:
    """status: of the last attempt. body: at most C(LONGEST_BODY) bytes. attempts: requests sent.

    retry_after: whole seconds that the server asks the client to wait, or None.
    header_names: in lower case. Their values are left out, because WSO2 sends tokens in headers.
    """

    status: int
    retry_after: int | None
    body: bytes
    attempts: int
    header_names: frozenset[str] = frozenset()


def send_request(
    method: str,
    url: str,
    *,
    settings: TransportSettings,
    data: Mapping[str, str] | bytes | None = None,
    basic: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    url_option: str = "token_url",
    is_final: Callable[[int, bytes], bool] = lambda _status, _body: False,
) -> Response:
    """Send one request and return the response, whatever its status.

    data: the members of a form, or a body. basic: user and password of the Basic authentication, sent as raw UTF-8.
    url_option: the option that names the server, for messages.
    is_final: is a response with this status and body one that another attempt cannot change?
    Raises C(TransportError) if there is no response, C(OptionError) if a certificate file cannot be used.
    """
    if IMPORT_ERROR is not None:
        raise TransportError(
            f"The Python library requests cannot be imported by {sys.executable}: {IMPORT_ERROR}",
            hint="Install it for that Python, on the machine that sends the request: pip install requests",
        )
    _check_host(url, url_option)
    exchange = _Exchange(url, settings)
    retry = BoundedRetry.until(exchange.deadline, retries=settings.retries, is_final=is_final)
    request = requests.Request(
        method,
        url,
        data=data,
        auth=HTTPBasicAuth(*(part.encode("utf-8") for part in basic)) if basic else None,
        # Identity: a compressed response can be small on the wire and huge in memory.
        headers={"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close", **(headers or {})},
    )

    def send() -> Response:
        with _session(exchange, retry) as session, _send(session, request, settings) as response:
            return Response(
                status=response.status_code,
                retry_after=retry.get_retry_after(response.raw),  # type: ignore[arg-type]
                attempts=retry.state.attempts,
                body=_read(response) if retry.state.body is None else retry.state.body,
                header_names=frozenset(name.lower() for name in response.headers),
            )

    try:
        return exchange.run(send)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError, *_OUR_ERRORS) as error:
        # A chain would show the library's text, and with it the request.
        raise explain(
            error,
            url=url,
            settings=settings,
            proxy=exchange.proxy,
            attempts=retry.state.attempts,
            url_option=url_option,
        ) from None


class _Exchange:
    """What all attempts of one request share: the deadline, the sockets, and how many bytes may be received."""

    def __init__(self, url: str, settings: TransportSettings) -> None:
        self.deadline = time.monotonic() + settings.timeout
        self.proxy = proxy_for(url, settings)
        self.needs_loopback_peer = urlsplit(url).scheme == "http"
        self.tls = _tls_context(settings, self)
        self._timeout = settings.timeout
        self._lock = threading.Lock()
        self._has_ended = False
        self._handles: list[socket.socket] = []
        self._received = 0

    def run(self, work: Callable[[], T]) -> T:
        """Run WORK, but not beyond the deadline; raises C(DeadlineExceeded).

        The timeouts of requests begin again with every byte, and do not cover name resolution. So the work is done by a
        thread, whose sockets are shut down when the deadline passes.
        """
        outcome: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

        def run() -> None:
            try:
                outcome.put((True, work()))
            except BaseException as error:  # passed to the waiting side, whatever it is
                outcome.put((False, error))

        threading.Thread(target=run, name=_THREAD, daemon=True).start()
        try:
            done, value = outcome.get(timeout=self._timeout)
        except Empty:
            raise DeadlineExceeded from None
        finally:
            self._end()
        if done:
            return value  # type: ignore[no-any-return]
        raise value

    def admit(self, connected: socket.socket) -> None:
        """Raise unless a request may be sent on the socket, which is shut down when the deadline passes."""
        with self._lock:
            if self._has_ended or time.monotonic() >= self.deadline:
                connected.close()
                raise DeadlineExceeded
            # A duplicate shuts down the same connection, also after TLS has taken over the original.
            self._handles.append(socket.socket(fileno=os.dup(connected.fileno())))
        if self.needs_loopback_peer and not _is_loopback_peer(connected):
            connected.close()
            raise NotLoopback

    def count(self, received: int) -> None:
        """Count RECEIVED bytes; raises C(ResponseTooLarge)."""
        self._received += received
        if self._received > LONGEST_BODY + _LONGEST_FRAMING:
            raise ResponseTooLarge

    def reset_count(self) -> None:
        """Begin to count again, for another attempt."""
        self._received = 0

    def _end(self) -> None:
        with self._lock:
            self._has_ended = True
            for handle in self._handles:
                with suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)
                handle.close()


def proxy_for(url: str, settings: TransportSettings) -> str | None:
    """The URL of the proxy for URL, from the environment variables in effect; None for none.

    A loopback URL never uses one: the proxy would get the request in clear, and answer for another machine.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""

    def variable(name: str) -> str:
        return settings.environ.get(name.lower()) or settings.environ.get(name) or ""

    proxy = variable(f"{parts.scheme.upper()}_PROXY") or variable("ALL_PROXY")
    if not settings.use_proxy or not proxy or is_loopback(host):
        return None
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if any(_excludes(entry.strip(), host, port) for entry in variable("NO_PROXY").split(",")):
        return None
    return proxy


def _excludes(entry: str, host: str, port: int) -> bool:
    """Does ENTRY of NO_PROXY name HOST: a name, a domain, an address, a network, or C(*); perhaps with a port?"""
    if entry == "*":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
    name, colon, given_port = entry.rpartition(":")
    if colon and given_port.isdigit():
        if int(given_port) != port:
            return False
        entry = name
    entry = entry.strip("[]").lstrip(".").lower()
    return bool(entry) and (host.lower() == entry or host.lower().endswith(f".{entry}"))


def _check_host(url: str, url_option: str) -> None:
    """Two parsers see URL: the one that checks it, and the one that sends. They must find the same host."""
    checked = urlsplit(url).hostname or ""
    sent = (parse_url(url).host or "").strip("[]")
    if checked.isascii() and sent.lower() != checked.lower():
        raise OptionError(url_option, "has a malformed host")


def _is_loopback_peer(connected: socket.socket) -> bool:
    try:
        address = ipaddress.ip_address(connected.getpeername()[0].partition("%")[0])
    except (OSError, ValueError):
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


@contextmanager
def _session(exchange: _Exchange, retry: BoundedRetry) -> Iterator[requests.Session]:
    with requests.Session() as session:
        # Also disables .netrc, whose entry would replace the client credentials, and the proxy settings of the system.
        session.trust_env = False
        session.proxies = {"http": exchange.proxy, "https": exchange.proxy} if exchange.proxy else {}
        # Although no redirect is followed, requests would read its whole body and parse its location.
        session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        adapter = _Adapter(exchange, max_retries=retry)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        yield session


def _send(session: requests.Session, request: requests.Request, settings: TransportSettings) -> requests.Response:
    with warnings.catch_warnings():
        # The documentation of validate_certs says what it means.
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        return session.send(
            session.prepare_request(request),
            allow_redirects=False,
            stream=True,
            timeout=settings.timeout,
            verify=_verify(settings),
        )


def _read(response: requests.Response) -> bytes:
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise EncodedResponse
    body = b""
    for chunk in response.raw.stream(16 * 1024, decode_content=False):
        body += chunk
        if len(body) > LONGEST_BODY:
            raise ResponseTooLarge
    return body


class _Adapter(HTTPAdapter):
    """Opens connections that belong to an exchange, with its TLS context."""

    def __init__(self, exchange: _Exchange, **kwargs: Any) -> None:
        self._exchange = exchange
        super().__init__(**kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._exchange.tls, **kwargs)
        self._use_own_connections(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._exchange.tls, **kwargs)
        self._use_own_connections(manager)
        return manager

    def _use_own_connections(self, manager: Any) -> None:
        manager.pool_classes_by_scheme = {
            scheme: type(pool.__name__, (pool,), {"ConnectionCls": _connection_class(pool, self._exchange)})
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }


def _connection_class(pool: Any, exchange: _Exchange) -> Any:
    """The connection class of POOL, whose sockets EXCHANGE admits and counts."""

    class Response(pool.ConnectionCls.response_class):  # type: ignore[misc]
        def _read_status(self) -> tuple[str, int, str]:
            """Also skip the interim responses 102 and 103, as http.client does with 100 only (RFC 9110, 15.2)."""
            version, status, reason = super()._read_status()
            return version, 100 if status in (102, 103) else status, reason

    class Connection(pool.ConnectionCls):  # type: ignore[misc]
        response_class = Response

        def _new_conn(self) -> socket.socket:
            connected = super()._new_conn()
            exchange.admit(connected)
            exchange.reset_count()
            if issubclass(pool.ConnectionCls, HTTPSConnection):
                return connected  # type: ignore[no-any-return]
            return _counting_socket(connected, exchange)

    return Connection


def _counting_socket(connected: socket.socket, exchange: _Exchange) -> socket.socket:
    timeout = connected.gettimeout()
    counting_class = _counting(socket.socket, exchange)
    counting = counting_class(connected.family, connected.type, connected.proto, fileno=connected.detach())
    counting.settimeout(timeout)
    return counting  # type: ignore[no-any-return]


def _counting(socket_class: Any, exchange: _Exchange) -> Any:
    """SOCKET_CLASS, with what is received counted by EXCHANGE."""

    class CountingSocket(socket_class):  # type: ignore[misc]
        def recv_into(self, *args: Any, **kwargs: Any) -> int:
            received: int = super().recv_into(*args, **kwargs)
            exchange.count(received)
            return received

    return CountingSocket


def _tls_context(settings: TransportSettings, exchange: _Exchange) -> ssl.SSLContext:
    # Not ssl.create_default_context, which writes the keys of the session to the file that SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if sys.version_info >= (3, 13):
        # As ssl.create_default_context does from then on.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    if not settings.validate_certs:
        # In this order, or the second is rejected.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif settings.ca_source is not None:
        _check_authorities(context, *settings.ca_source)
    if settings.client_cert:
        _load_client_certificate(context, settings.client_cert, settings.client_key)
    context.sslsocket_class = _counting(ssl.SSLSocket, exchange)
    return context


def _check_authorities(context: ssl.SSLContext, source: str, path: str) -> None:
    if os.path.isdir(path):
        return
    name = "ca_path" if source == "ca_path" else f"The environment variable {source}"
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise OptionError(name, f"{path} contains no certificate in PEM format") from None
    except OSError as error:
        raise OptionError(name, f"{path} cannot be read ({error.strerror})") from None


def _load_client_certificate(context: ssl.SSLContext, certificate: str, key: str | None) -> None:
    for option, path in (("client_cert", certificate), ("client_key", key)):
        if path and not os.access(path, os.R_OK):
            raise OptionError(option, f"{path} cannot be read")
    try:
        # Without a password given, OpenSSL would prompt for one on the terminal and wait.
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, OSError, ValueError):
        option = "client_key" if key else "client_cert"
        hint = "Set an unencrypted PEM key that belongs to the certificate"
        raise OptionError(option, "contains no private key that can be used", hint=hint) from None


def _verify(settings: TransportSettings) -> str | bool:
    if not settings.validate_certs:
        return False
    return settings.ca_source[1] if settings.ca_source is not None else True
