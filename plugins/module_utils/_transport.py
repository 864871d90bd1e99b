# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This file is private to the collection apiops.wso2. It may change without notice.

"""One form, one POST, one answer: TLS, retries, a deadline, no redirects, no netrc."""

from __future__ import annotations

import logging
import os
import ssl
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from ansible_collections.apiops.wso2.plugins.module_utils._retries import BoundedRetry
from ansible_collections.apiops.wso2.plugins.module_utils._errors import OptionError
from ansible_collections.apiops.wso2.plugins.module_utils._transport_error import (
    AnswerTooLong,
    OutOfTime,
    TransportError,
    explained,
)
from ansible_collections.apiops.wso2.plugins.module_utils._transport_settings import TransportSettings

try:
    import requests
    import urllib3.exceptions
    from requests.adapters import HTTPAdapter
    from requests.auth import HTTPBasicAuth
    from urllib3.util.ssl_ import create_urllib3_context

    HAS_REQUESTS = True
except ImportError:
    HTTPAdapter = object  # type: ignore[assignment,misc]
    HAS_REQUESTS = False

LONGEST_ANSWER = 1024 * 1024
T = TypeVar("T")


_THREAD = "wso2-token-request"


class _NotOfRequests(logging.Filter):
    """Lets nothing through that is logged while a token is asked for.

    urllib3 logs the headers of an answer that it cannot parse, and WSO2 puts tokens there; ansible-core writes what is
    logged to its log file.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return record.threadName != _THREAD


def _keep_out_of_logs() -> None:
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("requests", "urllib3"):
            logging.getLogger(name).addFilter(_NotOfRequests())


_keep_out_of_logs()


@dataclass(frozen=True)
class Answer:
    """status: of the last attempt. body: at most C(LONGEST_ANSWER) bytes. attempts: requests sent.

    retry_after: whole seconds the server asked to wait, or None.
    header_names: in lower case. Not what stands in them, for WSO2 puts tokens there.
    """

    status: int
    retry_after: int | None
    body: bytes
    attempts: int
    header_names: frozenset[str] = frozenset()


def post_form(
    url: str,
    form: Mapping[str, str],
    *,
    basic: tuple[str, str] | None,
    settings: TransportSettings,
) -> Answer:
    """POST FORM to URL and return the answer, whatever its status.

    BASIC: user and password of the Basic authentication, sent as raw UTF-8.
    Raises C(TransportError) when there is no answer, C(OptionError) when a certificate file is of no use.
    """
    if not HAS_REQUESTS:
        raise TransportError(
            f"the Python library requests is missing from {sys.executable}",
            hint="Install it for that Python, on the machine that sends the request: pip install requests",
        )
    tls = _tls_context(settings)
    deadline = time.monotonic() + settings.timeout
    retry = BoundedRetry.until(deadline, retries=settings.retries)

    request = requests.Request(
        "POST",
        url,
        data=dict(form),
        auth=HTTPBasicAuth(*(part.encode("utf-8") for part in basic)) if basic else None,
        # Identity: a compressed answer could be small on the wire and endless in memory.
        headers={"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"},
    )

    def exchange() -> Answer:
        with _session(tls, settings, url, retry) as session, _send(session, request, settings) as response:
            return Answer(
                status=response.status_code,
                retry_after=retry.seconds_asked(response.headers.get("Retry-After")),
                body=_read(response) if retry.body is None else retry.body,
                attempts=retry.attempts,
                header_names=frozenset(name.lower() for name in response.headers),
            )

    try:
        return _within(settings.timeout, exchange)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, OutOfTime, AnswerTooLong) as error:
        # A chain would carry the library's text, and with it the request, to the screen.
        raise explained(error, url=url, settings=settings, attempts=retry.attempts) from None


def _session(tls: ssl.SSLContext, settings: TransportSettings, url: str, retry: BoundedRetry) -> requests.Session:
    session = requests.Session()
    # Also switches off .netrc, whose entry would replace the consumer's credentials.
    session.trust_env = False
    session.proxies = requests.utils.get_environ_proxies(url) if settings.use_proxy else {}
    # Told not to follow a redirect, requests would still read its whole body and take its address apart.
    session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
    adapter = _TlsAdapter(tls, max_retries=retry)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _send(session: requests.Session, request: requests.Request, settings: TransportSettings) -> requests.Response:
    with warnings.catch_warnings():
        # Whoever sets validate_certs: false has been told so by the documentation.
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        return session.send(
            session.prepare_request(request),
            allow_redirects=False,
            stream=True,
            timeout=settings.timeout,
            verify=_verify(settings),
        )


def _read(response: requests.Response) -> bytes:
    body = b""
    for chunk in response.iter_content(16 * 1024):
        body += chunk
        if len(body) > LONGEST_ANSWER:
            raise AnswerTooLong
    return body


def _within(seconds: float, work: Callable[[], T]) -> T:
    """Run WORK, but wait for it no longer than SECONDS; raises C(OutOfTime).

    The time-outs of requests begin anew with every byte, and do not cover the name lookup; only leaving the work
    behind in a thread ends all of them.
    """
    outcome: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put((True, work()))
        except BaseException as error:  # handed to the waiting side, whatever it is
            outcome.put((False, error))

    threading.Thread(target=run, name=_THREAD, daemon=True).start()
    try:
        done, value = outcome.get(timeout=seconds)
    except Empty:
        raise OutOfTime from None
    if done:
        return value  # type: ignore[no-any-return]
    raise value


class _TlsAdapter(HTTPAdapter):
    """Uses our own context, for its oldest TLS version and its client certificate."""

    def __init__(self, tls: ssl.SSLContext, **kwargs: Any) -> None:
        self._tls = tls
        super().__init__(**kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._tls, **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._tls, **kwargs)


def _tls_context(settings: TransportSettings) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not settings.validate_certs:
        # In this order, or the second is refused; urllib3 leaves both to whoever brings a context.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if settings.ca_path:
        _check_authorities(context, settings.ca_path)
    if settings.client_cert:
        _load_client_certificate(context, settings.client_cert, settings.client_key)
    return context


def _check_authorities(context: ssl.SSLContext, path: str) -> None:
    if os.path.isdir(path):
        return
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise OptionError("ca_path", f"{path} holds no certificate in PEM form") from None
    except OSError as error:
        raise OptionError("ca_path", f"{path} cannot be read ({error.strerror})") from None


def _load_client_certificate(context: ssl.SSLContext, certificate: str, key: str | None) -> None:
    for option, path in (("client_cert", certificate), ("client_key", key)):
        if path and not os.access(path, os.R_OK):
            raise OptionError(option, f"{path} cannot be read")
    try:
        # Without a password given, OpenSSL would ask for one on the terminal and wait.
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, OSError, ValueError):
        option = "client_key" if key else "client_cert"
        hint = "Give an unencrypted PEM key that belongs to the certificate"
        raise OptionError(option, "holds no private key that can be used", hint=hint) from None


def _verify(settings: TransportSettings) -> str | bool:
    if not settings.validate_certs:
        return False
    # Read here, because the session is told to trust nothing else of the environment.
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        bundle = os.environ.get(variable)
        if bundle and not settings.ca_path:
            if not os.path.exists(bundle):
                raise OptionError("ca_path", f"is not given, and {variable} names a file that is not there")
            return bundle
    return settings.ca_path or True
