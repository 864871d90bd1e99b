# Copyright (c) 2026, apiops.wso2 contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What credentials and tokens may hold, byte-exact from the playbook to the server and back (B16, B17)."""

from __future__ import annotations

from row import EVERYWHERE, Row, application, token_answer, user

VALUES = {
    "non-ASCII letters": "Grüße-пароль-密码-é",
    "letters that are composed, and not": "e\u0301-\u00e9-\u212b",
    "what forms are made of": "a&b=c+d%e%20f%2B;g",
    "what shells and URLs are made of": "#'\"\\:@/?!$`~*|<>()[]^,",
    "spaces at the ends": "  two spaces  ",
    "a line end": "from a file\n",
    "emoji": "🔑 and 👩‍👩‍👧",
    "a number": "0123456789",
    "a boolean": "yes",
    "nothing but a percent sign": "%%%%%%%%",
    "4 KB": "pässwörd" * 512,
}
# The directory of users that the simulator stands for has no line ends in their names.
NAMES = {name: value for name, value in VALUES.items() if "\n" not in value}
# Basic carries no colon, and ansible-core strips the white space around no option of this module.
SECRETS = {name: value for name, value in VALUES.items() if ":" not in value}

ODD_TOKEN = "odd {{ 6 * 7 }} {% raw %} \"quoted\" 'twice' \\ %s !vault"

ENCODING = (
    *(
        Row(
            f"password: {name}",
            covers="B17",
            options={"password": value},
            before=(user("alice", password=value),),
            doors=EVERYWHERE,
            warning="password starts or ends with whitespace" if value != value.strip() else "",
        )
        for name, value in VALUES.items()
    ),
    *(
        Row(
            f"user name: {name}",
            covers="B17",
            # The text behind the last @ would be the tenant.
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
            doors=EVERYWHERE if name == "what forms are made of" else Row.doors,
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
        "consumer key: what forms are made of",
        covers="B16",
        options={"consumer_key": "k&e=y+%20ü", "consumer_secret": "any-secret"},
        before=(application("k&e=y+%20ü", secret="any-secret"),),
    ),
    Row(
        "odd token",
        covers="B23",
        before=(token_answer(access_token=ODD_TOKEN, refresh_token=ODD_TOKEN * 2),),
        result={"access_token": ODD_TOKEN, "refresh_token": ODD_TOKEN * 2, "authorization": f"Bearer {ODD_TOKEN}"},
        doors=EVERYWHERE,
    ),
    Row(
        "token and scope that hold the password",
        covers="B15",
        options={"username": "admin", "password": "admin", "scope": ["apim:api_view"]},
        before=(token_answer(access_token="admin-token-admin", scope="apim:api_view admin"),),
        result={"access_token": "admin-token-admin", "scope": ["apim:api_view", "admin"]},
        doors=EVERYWHERE,
    ),
)
