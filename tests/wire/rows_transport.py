# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS, proxies, redirects, and slow or malformed responses (B1, B20, B23)."""

from __future__ import annotations

from row import ALL_ENTRY_POINTS, Request, Row, fault, raw

REJECTED_BY_PROXY = "rejected the connection with HTTP 407"
NO_HOST_FOR_PROXY = "rejected the connection with HTTP 502"
NO_PROXY_THERE = "cannot be used or did not connect"
CHECK_PROXY = "Check HTTPS_PROXY and NO_PROXY, or set use_proxy: false"
RETIRED = "WSO2 API Cloud was retired at the end of 2023. Set token_url, for example https://HOST:9443/oauth2/token"
OTHER_NAME = (
    "the certificate of the server cannot be verified (Hostname mismatch, certificate is not valid for '$host')"
)
MTLS = {"consumer_key": "mtls_key", "consumer_secret": None}


def no_request(name: str, cause: str, hint: str, **options: object) -> Row:
    """A connection attempt fails, so no request arrives."""
    more = {
        key: options.pop(key)
        for key in ("is_prefix", "environment", "proxy_targets", "entry_points", "covers")
        if key in options
    }
    covers = str(more.pop("covers", "B1"))
    failure = {"attempts": 1}
    return Row(name, covers=covers, options=options, requests=(), cause=cause, hint=hint, failure=failure, **more)  # type: ignore[arg-type]


TLS = (
    Row("CA in a directory", covers="B1", options={"ca_path": "$hashed_ca_path"}, entry_points=ALL_ENTRY_POINTS),
    Row(
        "certificates are not verified",
        covers="B1",
        options={"ca_path": None, "validate_certs": False},
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "certificates are not verified, and are for another name",
        covers="B1",
        options={"token_url": "$wrong_name_url/oauth2/token", "ca_path": None, "validate_certs": False},
    ),
    Row("address instead of a name", covers="B1", options={"token_url": "$loopback_url/oauth2/token"}),
    Row("no TLS to the machine itself", covers="B1", options={"token_url": "$http_url/oauth2/token", "ca_path": None}),
    Row(
        "client certificate",
        covers="7",
        options={**MTLS, "client_cert": "$client_cert", "client_key": "$client_key"},
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "private CA",
        "the certificate of the server cannot be verified (self-signed certificate in certificate chain)",
        "Set ca_path to the certificate of the certificate authority (CA) that signed it",
        ca_path=None,
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "another CA",
        "the certificate of the server cannot be verified (self-signed certificate in certificate chain)",
        "which does not contain the CA that signed it. Use a file with its certificate",
        ca_path="$other_ca_path",
    ),
    no_request(
        "self-signed",
        "the certificate of the server cannot be verified (self-signed certificate)",
        "which does not contain the CA that signed it. Use a file with its certificate",
        token_url="$self_signed_url/oauth2/token",
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "expired",
        "the certificate of the server cannot be verified (certificate has expired)",
        "Renew the certificate of the server",
        token_url="$expired_url/oauth2/token",
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "another name",
        OTHER_NAME,
        "Use a hostname or IP address from the subject alternative names of the certificate",
        token_url="$wrong_name_url/oauth2/token",
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "TLS 1.1 at most",
        "the TLS handshake failed (tlsv1 alert protocol version)",
        "Check that the server supports TLS 1.2 or later",
        token_url="$old_tls_url/oauth2/token",
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "no TLS on an https URL",
        "the TLS handshake failed (wrong version number)",
        "Check the port in token_url",
        token_url="$https_as_http_url/oauth2/token",
    ),
    no_request(
        "http on a port of TLS",
        "the connection was closed before the response was complete",
        "If the port uses TLS, use https://",
        token_url="$tls_as_http_url/oauth2/token",
        ca_path=None,
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "no HTTP",
        "the response is not valid HTTP",
        "Check that token_url is the token endpoint",
        token_url="$banner_url/oauth2/token",
        ca_path=None,
    ),
    no_request(
        "no common cipher",
        "the TLS handshake failed (",
        "Or it supports no cipher of TLS 1.2 or later",
        token_url="$rare_cipher_url/oauth2/token",
        is_prefix=True,
    ),
    no_request(
        "no client certificate",
        "the TLS handshake failed (",
        "set client_cert and client_key",
        token_url="$strict_url/oauth2/token",
        is_prefix=True,
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "client certificate of another CA",
        "the TLS handshake failed (",
        "The server rejected client_cert. Use a valid certificate of a CA that the server trusts",
        token_url="$strict_url/oauth2/token",
        client_cert="$self_signed_path",
        client_key="$self_signed_key",
        is_prefix=True,
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "unknown name",
        "the TLS handshake failed (",
        "The server does not know the hostname in token_url",
        token_url="$other_names_url/oauth2/token",
        is_prefix=True,
    ),
    no_request(
        "CA in a directory without hashes",
        "the certificate of the server cannot be verified (self-signed certificate in certificate chain)",
        "Run openssl rehash there",
        ca_path="$not_hashed_ca_path",
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "no handshake",
        "no complete response within 1 seconds",
        "Check the WSO2 server, or increase timeout",
        token_url="$silent_url/oauth2/token",
        timeout=1,
    ),
    no_request(
        "no such host",
        "the hostname cannot be resolved",
        "Check the host in token_url and the DNS server",
        token_url="https://wso2.invalid/oauth2/token",
        entry_points=ALL_ENTRY_POINTS,
    ),
)

REDIRECTS = tuple(
    Row(
        f"HTTP {status} to {name}",
        covers="B20",
        options={"retries": 3},
        before=(fault("redirect", status=status, location=location, times=9),),
        cause=f"The token endpoint $shown_url returned HTTP {status} with an empty body",
        hint="Redirects are not followed",
        failure={"http_status": status},
        entry_points=ALL_ENTRY_POINTS if status == 307 else Row.entry_points,
    )
    for status, name, location in (
        (301, "the same host", "/oauth2/token/"),
        (302, "another host", "https://elsewhere.example.com/oauth2/token"),
        (303, "a page of the same host", "$base_url/welcome"),
        (307, "no TLS", "$http_url/oauth2/token"),
        (308, "another port", "$self_signed_url/oauth2/token"),
    )
)

SLOW_OR_MALFORMED = (
    Row(
        "too large",
        covers="B23",
        options={"retries": 3},
        before=(fault("oversized", mib=2, times=9),),
        cause="the response is larger than 1 MiB",
        hint="Check that token_url is the token endpoint",
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "just below the maximum size",
        covers="B23",
        before=(fault("oversized", mib=0.99),),
        result={"access_token": "oversized"},
    ),
    *(
        Row(
            f"byte by byte, {part}",
            covers="B11",
            options={"retries": 3, "timeout": 1},
            before=(fault("drip", pause=0.05, part=part, times=9),),
            cause="no complete response within 1 seconds",
            hint="Check the WSO2 server, or increase timeout",
            entry_points=ALL_ENTRY_POINTS if part == "all" else Row.entry_points,
        )
        for part in ("body", "all")
    ),
    Row("slow, but within the timeout", covers="B11", before=(fault("slow", delay=0.5),)),
    Row(
        "shorter than Content-Length",
        covers="B13",
        before=(raw(200, '{"access_token": "cut-off-in-the-middle"', ("Content-Length", "500")),),
        cause="the connection was closed before the response was complete",
        hint="Check the WSO2 server log",
    ),
)

PROXIES = (
    *tuple(
        Row(name, covers="1", environment="proxy", options=options, proxy_targets=through, entry_points=entry_points)
        for name, options, through, entry_points in (
            (
                "https through the proxy",
                {"token_url": "https://wso2.example.com/oauth2/token", "ca_path": None, "validate_certs": False},
                ("CONNECT wso2.example.com:443",),
                Row.entry_points,
            ),
            ("no proxy for a loopback URL, https", {}, (), Row.entry_points),
            (
                "no proxy for a loopback URL, http",
                {"token_url": "$http_url/oauth2/token", "ca_path": None},
                (),
                Row.entry_points,
            ),
            ("without the proxy, by NO_PROXY", {"token_url": "$loopback_url/oauth2/token"}, (), Row.entry_points),
            ("without the proxy, by use_proxy", {"use_proxy": False}, (), Row.entry_points),
            ("CA from REQUESTS_CA_BUNDLE", {"ca_path": None, "use_proxy": False}, (), Row.entry_points),
        )
    ),
    no_request(
        "ca_path counts more than REQUESTS_CA_BUNDLE",
        "the certificate of the server cannot be verified (self-signed certificate in certificate chain)",
        "which does not contain the CA that signed it. Use a file with its certificate",
        environment="proxy",
        ca_path="$other_ca_path",
        use_proxy=False,
    ),
    no_request(
        "the proxy requires a password",
        f"the proxy $proxy_url {REJECTED_BY_PROXY}",
        CHECK_PROXY,
        environment="proxy",
        token_url="https://refused.example.com/oauth2/token",
        proxy_targets=("CONNECT refused.example.com:443",),
        retries=3,
    ),
    no_request(
        "the proxy cannot find the host",
        f"the proxy $proxy_url {NO_HOST_FOR_PROXY}",
        CHECK_PROXY,
        environment="proxy",
        token_url="https://lost.example.com/oauth2/token",
        proxy_targets=("CONNECT lost.example.com:443",),
    ),
    no_request(
        "the proxy connects to another server",
        OTHER_NAME,
        "Use a hostname or IP address from the subject alternative names of the certificate",
        environment="proxy",
        token_url="https://wso2.example.com/oauth2/token",
        proxy_targets=("CONNECT wso2.example.com:443",),
    ),
    no_request(
        "API Cloud is another server",
        OTHER_NAME,
        RETIRED,
        environment="proxy",
        token_url=None,
        proxy_targets=("CONNECT gateway.api.cloud.wso2.com:443",),
    ),
    Row(
        "API Cloud is a web page",
        covers="B1, B13",
        environment="proxy",
        options={"token_url": None, "ca_path": None, "validate_certs": False},
        before=(fault("tomcat_html", status=404),),
        requests=(Request({"grant_type": "password", "username": "alice", "password": "alice-pass"}, path="/token"),),
        cause="The token endpoint $shown_url returned HTTP 404 with an HTML page: Not Found",
        hint=RETIRED,
        failure={"http_status": 404, "error_description": "HTTP Status 404 \u2013 Not Found"},
        proxy_targets=("CONNECT gateway.api.cloud.wso2.com:443",),
    ),
)

WRONG_SETTINGS = (
    Row(
        "the proxy does not run",
        covers="B11",
        environment="wrong settings",
        options={"retries": 1, "token_url": "https://wso2.example.com/oauth2/token"},
        requests=(),
        cause=f"the proxy $closed_proxy_url {NO_PROXY_THERE}",
        hint=CHECK_PROXY,
        failure={"attempts": 2},
    ),
    Row("without the proxy that does not run", covers="1", environment="wrong settings", options={"use_proxy": False}),
    Row(
        "REQUESTS_CA_BUNDLE does not exist",
        covers="B1",
        environment="wrong settings",
        options={"use_proxy": False, "ca_path": None},
        requests=(),
        cause="The environment variable REQUESTS_CA_BUNDLE /nowhere/ca.pem cannot be read (No such file or directory)",
        failure={"url": None, "attempts": 0},
    ),
)

# On a control node of macOS, reading the proxies of the system would end the process: unit tests check that nothing
# reads them.
OTHER_SETTINGS = (
    Row(
        "CA from SSL_CERT_FILE",
        covers="B1",
        environment="SOCKS",
        options={"ca_path": None},
        entry_points=ALL_ENTRY_POINTS,
    ),
    no_request(
        "SOCKS proxy without PySocks",
        "the proxy socks5://127.0.0.1:1080 needs the Python library PySocks",
        "Install it: pip install pysocks",
        environment="SOCKS",
        token_url="https://wso2.example.com/oauth2/token",
        entry_points=ALL_ENTRY_POINTS,
    ),
)

TRANSPORT = (*TLS, *REDIRECTS, *SLOW_OR_MALFORMED, *PROXIES, *WRONG_SETTINGS, *OTHER_SETTINGS)
