# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invalid options: no request is sent, and the failure contains the name of the option (B16, B18)."""

from __future__ import annotations

from row import ALL_ENTRY_POINTS, Row

WRONG_PASSWORD = "wrong-password-7391"


def invalid_option(name: str, cause: str, hint: str = "", *, everywhere: bool = False, **options: object) -> Row:
    """The plugin opens no connection."""
    failure = {"url": None, "attempts": 0}
    entry_points = ALL_ENTRY_POINTS if everywhere else Row.entry_points
    return Row(
        name, "B16, B18", options, requests=(), cause=cause, hint=hint, failure=failure, entry_points=entry_points
    )


INVALID_OPTIONS = (
    invalid_option(
        "no consumer key", "consumer_key is missing", "WSO2_CONSUMER_KEY", consumer_key=None, everywhere=True
    ),
    invalid_option("no username", "username is missing", "wso2_username", username=None),
    invalid_option("no password", "password is missing", "WSO2_PASSWORD", password=None),
    invalid_option("empty password", "password is missing", "Set the option password", password=""),
    invalid_option(
        "password is a boolean", "password must be a string, but it is a boolean", "Quote the value", password=True
    ),
    invalid_option(
        "URL is none", "token_url is not an http or https URL", "https://HOST:9443/", token_url="wso2.example.com"
    ),
    invalid_option(
        "http to another host",
        "token_url would send secrets unencrypted over http://",
        "Use https://",
        token_url="http://wso2.example.com/token",
        everywhere=True,
    ),
    invalid_option(
        "URL with credentials",
        "token_url contains user information",
        "Use consumer_key and consumer_secret",
        token_url="https://me:secret-in-url@localhost/token",
    ),
    invalid_option(
        "colon under Basic",
        "consumer_secret contains a colon, which Basic authentication cannot carry",
        "Set client_authentication: body",
        consumer_secret="colon:secret",
        everywhere=True,
    ),
    invalid_option(
        "colon in the key",
        "consumer_key contains a colon, which Basic authentication cannot carry",
        "Set client_authentication: body",
        consumer_key="colon:key",
    ),
    invalid_option(
        "option and alias disagree",
        "consumer_key is given twice, with different values, as consumer_key and client_id",
        client_id="other_key",
    ),
    invalid_option(
        "organization with an @",
        "organization must not contain @",
        "Set the organization key alone",
        organization="@johnsorg",
    ),
    invalid_option(
        "scope with a quote", "scope contains a character that RFC 6749 does not allow in a scope", scope=['a"b']
    ),
    invalid_option(
        "CA without verification",
        "ca_path contradicts validate_certs: false, which disables certificate verification",
        "Remove one of the two options",
        validate_certs=False,
    ),
    invalid_option(
        "key without certificate",
        "client_key requires client_cert",
        "Set client_cert",
        client_key="$client_key",
    ),
    invalid_option(
        "CA file does not exist",
        "ca_path /nowhere/ca.pem cannot be read (No such file or directory)",
        ca_path="/nowhere/ca.pem",
    ),
    invalid_option(
        "CA file without a certificate",
        "ca_path $client_key contains no certificate in PEM format",
        ca_path="$client_key",
        everywhere=True,
    ),
    invalid_option(
        "certificate without key",
        "client_cert contains no private key that can be used",
        "Set an unencrypted PEM key",
        client_cert="$ca_path",
    ),
    invalid_option("timeout is no number", "timeout is not of type int", timeout="soon"),
    invalid_option("timeout is zero", "timeout must be between 1 and 86400 seconds", timeout=0),
    invalid_option("retries are negative", "retries must not be negative", retries=-1),
    invalid_option(
        "client authentication is unknown",
        "client_authentication must be basic or body",
        client_authentication="digest",
    ),
    invalid_option("option is unknown", "passwrd is not an option", passwrd=WRONG_PASSWORD, everywhere=True),
)
