# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Special characters in credentials and tokens, byte-exact from the playbook to the server and back (B16, B17)."""

from __future__ import annotations

from row import ALL_ENTRY_POINTS, Row, application, token_response, user

VALUES = {
    "non-ASCII letters": "Grüße-пароль-密码-é",
    "composed and decomposed letters": "e\u0301-\u00e9-\u212b",
    "special characters of forms": "a&b=c+d%e%20f%2B;g",
    "special characters of shells and URLs": "#'\"\\:@/?!$`~*|<>()[]^,",
    "spaces at the ends": "  two spaces  ",
    "a newline": "from a file\n",
    "emoji": "🔑 and 👩‍👩‍👧",
    "a number": "0123456789",
    "a boolean": "yes",
    "percent signs": "%%%%%%%%",
    "4 KB": "pässwörd" * 512,
}
# The usernames of WSO2 contain no newlines.
NAMES = {name: value for name, value in VALUES.items() if "\n" not in value}
# WSO2 accepts no colon in Basic authentication.
SECRETS = {name: value for name, value in VALUES.items() if ":" not in value}

ODD_TOKEN = "odd {{ 6 * 7 }} {% raw %} \"quoted\" 'twice' \\ %s !vault"

ENCODING = (
    *(
        Row(
            f"password: {name}",
            covers="B17",
            options={"password": value},
            before=(user("alice", password=value),),
            entry_points=ALL_ENTRY_POINTS,
            warning="password starts or ends with whitespace" if value != value.strip() else "",
        )
        for name, value in VALUES.items()
    ),
    *(
        Row(
            f"username: {name}",
            covers="B17",
            # WSO2 treats the text after the last @ as the tenant.
            options={"username": value.replace("@", "")},
            before=(user(value.replace("@", ""), password="alice-pass", roles=[]),),
        )
        for name, value in NAMES.items()
    ),
    *(
        Row(
            f"consumer secret in the header: {name}",
            covers="B16",
            options={"consumer_secret": value},
            before=(application("demo_key", secret=value),),
            warning="consumer_secret starts or ends with whitespace" if value != value.strip() else "",
            entry_points=ALL_ENTRY_POINTS if name == "special characters of forms" else Row.entry_points,
        )
        for name, value in SECRETS.items()
    ),
    *(
        Row(
            f"consumer secret in the body: {name}",
            covers="B16, B17",
            options={"consumer_secret": value, "client_authentication": "body"},
            before=(application("demo_key", secret=value),),
        )
        for name, value in VALUES.items()
    ),
    Row(
        "consumer key: special characters of forms",
        covers="B16",
        options={"consumer_key": "k&e=y+%20ü", "consumer_secret": "any-secret"},
        before=(application("k&e=y+%20ü", secret="any-secret"),),
    ),
    Row(
        "odd token",
        covers="B23",
        before=(token_response(access_token=ODD_TOKEN, refresh_token=ODD_TOKEN * 2),),
        result={"access_token": ODD_TOKEN, "refresh_token": ODD_TOKEN * 2, "authorization": f"Bearer {ODD_TOKEN}"},
        entry_points=ALL_ENTRY_POINTS,
    ),
    Row(
        "token and scope that contain the password",
        covers="B15",
        options={"username": "admin", "password": "admin", "scope": ["apim:api_view"]},
        before=(token_response(access_token="admin-token-admin", scope="apim:api_view admin"),),
        result={"access_token": "admin-token-admin", "scope": ["apim:api_view", "admin"]},
        entry_points=ALL_ENTRY_POINTS,
    ),
)
