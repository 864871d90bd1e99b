# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other servers for the rows: a proxy, servers with unusual TLS, and malformed servers."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from certificate_files import write_self_signed

Serve = Callable[[socket.socket], None]

_LONGEST_HEAD = 64 * 1024


@contextmanager
def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on a free port of this machine that calls SERVE with each connection. Yields the port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def handle(connection: socket.socket) -> None:
            with suppress(OSError), closing(connection):
                if tls is None:
                    serve(connection)
                else:
                    with tls.wrap_socket(connection, server_side=True) as wrapped:
                        serve(wrapped)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _address = listener.accept()
                    threading.Thread(target=handle, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield int(listener.getsockname()[1])
        # Ends C(accept) in the thread; closing the socket does not.
        listener.shutdown(socket.SHUT_RDWR)


class Proxy:
    """An HTTP proxy that tunnels and forwards to this machine only, and records its requests.

    hosts: ports of this machine by hostname.
    """

    UNAUTHORIZED = "refused.example.com"
    UNKNOWN = "lost.example.com"

    def __init__(self, hosts: Mapping[str, int]) -> None:
        self.hosts = hosts
        self.requests: list[tuple[float, str]] = []

    def serve(self, client: socket.socket) -> None:
        """Answer one connection."""
        head = _head(client)
        method, target, version = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        self.requests.append((time.time(), f"{method} {target}"))
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host = url.hostname or ""
        if host == self.UNAUTHORIZED:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        port = self.hosts.get(host, url.port)
        if host == self.UNKNOWN or port is None:
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as server:
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                rest = head.split(b"\r\n", 1)[1]
                server.sendall(f"{method} {url.path} {version}\r\n".encode("latin-1") + rest)
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join()


def _head(connection: socket.socket) -> bytes:
    """The bytes up to the end of the headers, and any that arrived with them."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
        part = connection.recv(4096)
        if not part:
            raise ConnectionError
        head += part
    return head


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(16 * 1024):
            target.sendall(part)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _send_banner(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    _send_nothing(connection)


def _send_nothing(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


class _EndlessFirstResponse:
    """The first response is a 503 that does not end, each later one a token."""

    def __init__(self) -> None:
        self._answered = False

    def __call__(self, connection: socket.socket) -> None:
        _head(connection)
        if not self._answered:
            self._answered = True
            connection.sendall(b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n")
            while True:
                connection.sendall(b"x" * 65536)
        body = json.dumps({"access_token": "after the endless response", "token_type": "Bearer"}).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))


def _tls(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def old_tls(certificate: Path, key: Path) -> ssl.SSLContext:
    """A server context with TLS 1.1 at most. Raises C(ssl.SSLError) if OpenSSL does not support it."""
    context = _tls(certificate, key)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def strict_tls(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """A server context of TLS 1.2 that requires a client certificate of AUTHORITY."""
    context = _tls(certificate, key)
    # In TLS 1.3, the client sends its request before the server has rejected the certificate.
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority)
    return context


def rare_cipher(certificate: Path, key: Path) -> ssl.SSLContext:
    """A server context whose only cipher the plugins do not support."""
    context = _tls(certificate, key)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA")
    return context


def other_names(certificate: Path, key: Path) -> ssl.SSLContext:
    """A server context that does not know the name that the client sends."""
    context = _tls(certificate, key)
    context.sni_callback = lambda *_names: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    return context


def closed_port() -> int:
    """A port of this machine without a server."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def hashed_directory(directory: Path, authority: Path) -> Path:
    """A directory with AUTHORITY under its hash name, as C(openssl rehash) creates it."""
    directory.mkdir()
    command = ["openssl", "x509", "-noout", "-subject_hash", "-in", str(authority)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (directory / f"{done.stdout.strip()}.0").write_bytes(authority.read_bytes())
    return directory


@contextmanager
def running_servers(directory: Path, simulator: Mapping[str, Any]) -> Iterator[tuple[Proxy, dict[str, str]]]:
    """Start all of them in addition to the SIMULATOR. Yields the proxy, and facts for the rows."""
    state = Path(simulator["state_dir"])
    certificate, key = write_self_signed(directory)
    (directory / "not-hashed").mkdir()
    (directory / "not-hashed" / "ca.pem").write_bytes(Path(simulator["ca_path"]).read_bytes())
    https_port = urlsplit(simulator["base_url"]).port or 0
    hosts = {"gateway.api.cloud.wso2.com": https_port, "wso2.example.com": https_port}
    proxy = Proxy(hosts)
    own = (state / "server.pem", state / "server.key")
    old = old_tls(*own)
    with ExitStack() as stack:

        def start(serve: Serve, tls: ssl.SSLContext | None = None) -> int:
            return stack.enter_context(listening(serve, tls))

        self_signed_port = start(_send_nothing, _tls(certificate, key))
        yield (
            proxy,
            {
                "proxy_url": f"http://127.0.0.1:{start(proxy.serve)}",
                "self_signed_url": f"https://localhost:{self_signed_port}",
                "self_signed_path": str(certificate),
                "self_signed_key": str(key),
                "tls_as_http_url": f"http://localhost:{self_signed_port}",
                "strict_url": f"https://localhost:{start(_send_nothing, strict_tls(*own, Path(simulator['ca_path'])))}",
                "rare_cipher_url": f"https://localhost:{start(_send_nothing, rare_cipher(*own))}",
                "other_names_url": f"https://localhost:{start(_send_nothing, other_names(*own))}",
                "banner_url": f"http://localhost:{start(_send_banner)}",
                "not_hashed_ca_path": str(directory / "not-hashed"),
                "old_tls_url": f"https://localhost:{start(_send_nothing, old)}",
                "silent_url": f"https://localhost:{start(_send_nothing)}",
                "endless_url": f"http://127.0.0.1:{start(_EndlessFirstResponse())}",
                "closed_url": f"https://127.0.0.1:{closed_port()}",
                "closed_proxy_url": f"http://127.0.0.1:{closed_port()}",
                "other_ca_path": str(state / "other-ca.pem"),
                "hashed_ca_path": str(hashed_directory(directory / "hashed", Path(simulator["ca_path"]))),
                "https_as_http_url": simulator["http_url"].replace("http://", "https://"),
                "loopback_url": f"https://127.0.0.1:{https_port}",
            },
        )
