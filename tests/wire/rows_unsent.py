# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Questions that are wrong in themselves: nothing is sent, and the option is named (B16, B18)."""

from __future__ import annotations

from row import EVERYWHERE, Row

WRONG_PASSWORD = "wrong-password-7391"


def unsent(name: str, cause: str, hint: str = "", *, everywhere: bool = False, **options: object) -> Row:
    """Not even a connection is tried."""
    failure = {"url": None, "attempts": 0}
    doors = EVERYWHERE if everywhere else Row.doors
    return Row(name, "B16, B18", options, sent=(), cause=cause, hint=hint, failure=failure, doors=doors)


UNSENT = (
    unsent("no consumer key", "consumer_key is missing", "WSO2_CONSUMER_KEY", consumer_key=None, everywhere=True),
    unsent("no user name", "username is missing", "wso2_username", username=None),
    unsent("no password", "password is missing", "WSO2_PASSWORD", password=None),
    unsent("empty password", "password is missing", "Set the option password", password=""),
    unsent("password is a boolean", "password must be a string, but it is a boolean", "Quote the value", password=True),
    unsent("URL is none", "token_url is not an http or https URL", "https://HOST:9443/", token_url="wso2.example.com"),
    unsent(
        "http to another host",
        "token_url would send secrets unencrypted over http://",
        "Use https://",
        token_url="http://wso2.example.com/token",
        everywhere=True,
    ),
    unsent(
        "URL with credentials",
        "token_url contains user information",
        "Use consumer_key and consumer_secret",
        token_url="https://me:secret-in-url@localhost/token",
    ),
    unsent(
        "colon under Basic",
        "consumer_secret contains a colon, which Basic authentication cannot carry",
        "Set client_authentication: body",
        consumer_secret="colon:secret",
        everywhere=True,
    ),
    unsent(
        "colon in the key",
        "consumer_key contains a colon, which Basic authentication cannot carry",
        "Set client_authentication: body",
        consumer_key="colon:key",
    ),
    unsent(
        "option and alias disagree",
        "consumer_key is given twice, with different values, as consumer_key and client_id",
        client_id="other_key",
    ),
    unsent(
        "organization with an @",
        "organization must not contain @",
        "Set the organization key alone",
        organization="@johnsorg",
    ),
    unsent("scope with a quote", "scope contains a character that RFC 6749 does not allow in a scope", scope=['a"b']),
    unsent(
        "authority without verification",
        "ca_path contradicts validate_certs: false, which disables certificate verification",
        "Remove one of the two options",
        validate_certs=False,
    ),
    unsent(
        "key without certificate",
        "client_key requires client_cert",
        "Set client_cert",
        client_key="$client_key",
    ),
    unsent(
        "authority is not there",
        "ca_path /nowhere/ca.pem cannot be read (No such file or directory)",
        ca_path="/nowhere/ca.pem",
    ),
    unsent(
        "authority holds no certificate",
        "ca_path $client_key contains no certificate in PEM format",
        ca_path="$client_key",
        everywhere=True,
    ),
    unsent(
        "certificate without key",
        "client_cert contains no private key that can be used",
        "Set an unencrypted PEM key",
        client_cert="$ca_path",
    ),
    unsent("time-out is no number", "timeout is not of type int", timeout="soon"),
    unsent("time-out is zero", "timeout must be between 1 and 86400 seconds", timeout=0),
    unsent("retries are negative", "retries must not be negative", retries=-1),
    unsent(
        "client authentication is unknown",
        "client_authentication must be basic or body",
        client_authentication="digest",
    ),
    unsent("option is unknown", "passwrd is not an option", passwrd=WRONG_PASSWORD, everywhere=True),
)
